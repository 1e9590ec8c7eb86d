//! Who is in a session, who asks to be, and what its owner decides.

use app::protocol::{
    settings::SettingsChange,
    workspace::{Asking, MemberRole, SessionSettings},
};

use super::Session;
use crate::{
    share::is_guest,
    workspace::{
        Denied, MAX_ASKING, MAX_DESCRIPTION, MAX_TITLE, MAX_USERS, Part, cleaned,
        people::{Entry, Newcomer},
    },
};

impl Session {
    /// A session that somebody has asked for.
    pub(in crate::workspace) fn founded(
        &mut self,
        name: Option<&str>,
        description: Option<&str>,
        settings: Option<SessionSettings>,
    ) -> Result<(), Denied> {
        if let Some(name) = name {
            let name = cleaned("name", name, MAX_TITLE)?;
            if !name.is_empty() {
                self.name = name;
            }
        }
        if let Some(description) = description {
            self.description = cleaned("description", description, MAX_DESCRIPTION)?;
        }
        if let Some(settings) = settings {
            if !(1..=MAX_USERS).contains(&settings.max_users) {
                return Err(Denied::BadMaxUsers);
            }
            self.settings = settings;
        }
        Ok(())
    }

    /// Changes what is given of name, description and settings; an empty name stays what it was.
    pub(in crate::workspace) fn update(
        &mut self,
        name: Option<&str>,
        description: Option<&str>,
        settings: Option<SettingsChange>,
    ) -> Result<u64, Denied> {
        // All or nothing.
        let before = (self.name.clone(), self.description.clone(), self.settings);
        let settings = settings.map(|change| change.over(self.settings));
        if let Err(denied) = self.founded(name, description, settings) {
            (self.name, self.description, self.settings) = before;
            return Err(denied);
        }
        Ok(self.change_part(Part::Settings))
    }

    /// Who is in it and may not be by its settings, each with the reason. Where there are too many, who is away goes before who
    /// is here, and who came last before who came first.
    pub(in crate::workspace) fn unfit(&self) -> Vec<(String, Denied)> {
        let (mut fit, mut unfit) = (Vec::new(), Vec::new());
        for member in self.members.iter() {
            match self.takes(member.role) {
                Ok(()) => fit.push(member),
                Err(why) => unfit.push((member.user_id.clone(), why)),
            }
        }
        let most = self.settings.max_users;
        let excess = fit.len().saturating_sub(most as usize);
        fit.retain(|member| member.role != MemberRole::Owner);
        fit.reverse();
        fit.sort_by_key(|member| member.away_since.is_none());
        unfit.extend(fit.into_iter().take(excess).map(|member| (member.user_id.clone(), Denied::Full(most))));
        unfit
    }

    /// Decides about those who wait for what the owner says where settings say it already: the revision with each who is in now, or
    /// why they are not.
    pub(in crate::workspace) fn reconsider(&mut self) -> Vec<(String, Result<u64, Denied>)> {
        let mut decided = Vec::new();
        for newcomer in std::mem::take(&mut self.asking) {
            match self.takes(newcomer.role) {
                Ok(()) if self.settings.require_approval_for_join => self.asking.push(newcomer),
                taken => {
                    let user_id = newcomer.user_id.clone();
                    let entered = taken.and_then(|()| self.has_room()).map(|()| self.add(newcomer));
                    decided.push((user_id, entered));
                }
            }
        }
        decided
    }

    pub(in crate::workspace) fn described(&self) -> (String, String, SessionSettings) {
        (self.name.clone(), self.description.clone(), self.settings)
    }

    /// Whether the owner lets people of a role in.
    fn takes(&self, role: MemberRole) -> Result<(), Denied> {
        match role {
            MemberRole::Viewer if !self.settings.allow_observers => Err(Denied::NoObservers),
            MemberRole::Collaborator if !self.settings.allow_collaborators => Err(Denied::NoCollaborators),
            MemberRole::Owner | MemberRole::Collaborator | MemberRole::Viewer => Ok(()),
        }
    }

    fn has_room(&self) -> Result<(), Denied> {
        let most = self.settings.max_users;
        if self.members.len() >= most as usize { Err(Denied::Full(most)) } else { Ok(()) }
    }

    /// Brings somebody in, or notes that they ask to be where the owner wants to be asked.
    pub(in crate::workspace) fn join(&mut self, newcomer: Newcomer) -> Result<Entry, Denied> {
        if self.role(&newcomer.user_id).is_some() {
            return Ok(Entry::Member);
        }
        self.takes(newcomer.role)?;
        if self.is_closed() {
            return Err(Denied::OwnerAway);
        }
        self.has_room()?;
        if self.settings.require_approval_for_join && !newcomer.is_admitted {
            if self.asking.iter().any(|asking| asking.user_id == newcomer.user_id) {
                return Ok(Entry::Asking);
            }
            if self.asking.len() >= MAX_ASKING {
                return Err(Denied::TooManyAsking);
            }
            self.asking.push(newcomer);
            return Ok(Entry::Asked);
        }
        Ok(Entry::Joined(self.add(newcomer)))
    }

    /// Answers who asks to be let in; returns the revision with the newcomer if they are.
    pub(in crate::workspace) fn decide(&mut self, user_id: &str, approved: bool) -> Result<Option<u64>, Denied> {
        let at = self.asking.iter().position(|newcomer| newcomer.user_id == user_id).ok_or(Denied::NotAsking)?;
        if !approved {
            self.asking.remove(at);
            return Ok(None);
        }
        self.has_room()?;
        let newcomer = self.asking.remove(at);
        Ok(Some(self.add(newcomer)))
    }

    /// Notes that somebody asks no more; returns whether they did.
    pub(in crate::workspace) fn withdraw(&mut self, user_id: &str) -> bool {
        let before = self.asking.len();
        self.asking.retain(|newcomer| newcomer.user_id != user_id);
        self.asking.len() < before
    }

    /// Who asks to be let in.
    pub(in crate::workspace) fn asking(&self) -> Vec<Asking> {
        let asking = |Newcomer { user_id, name, role, .. }: &Newcomer| Asking {
            user_id: user_id.clone(),
            name: name.clone(),
            role: *role,
        };
        self.asking.iter().map(asking).collect()
    }

    fn add(&mut self, newcomer: Newcomer) -> u64 {
        let Newcomer { user_id, name, role, only, .. } = newcomer;
        // Who asked before the owner let everybody in.
        self.withdraw(&user_id);
        self.members.add(user_id.clone(), name, role);
        if let Some(member) = self.members.of_mut(&user_id) {
            member.only = only;
        }
        self.change()
    }

    /// Gives a member another role. Who becomes the owner takes the place of the one who was, who goes on as a collaborator, or as a
    /// viewer where there are no collaborators.
    pub(in crate::workspace) fn set_role(&mut self, user_id: &str, role: MemberRole) -> Result<u64, Denied> {
        let now = self.role(user_id).ok_or(Denied::NoMember)?;
        match (now, role) {
            (MemberRole::Owner, MemberRole::Owner) => {}
            (MemberRole::Owner, MemberRole::Collaborator | MemberRole::Viewer) => return Err(Denied::OwnerStays),
            (_, MemberRole::Owner) if is_guest(user_id) => return Err(Denied::GuestCannotOwn),
            (_, MemberRole::Owner) => {
                let mut roles = [MemberRole::Collaborator, MemberRole::Viewer].into_iter();
                let next = roles.find(|role| self.takes(*role).is_ok()).ok_or(Denied::NoCollaborators)?;
                for member in self.members.iter_mut().filter(|member| member.role == MemberRole::Owner) {
                    member.role = next;
                }
            }
            (_, MemberRole::Collaborator | MemberRole::Viewer) => self.takes(role)?,
        }
        let member = self.members.of_mut(user_id).ok_or(Denied::NoMember)?;
        member.role = role;
        if role == MemberRole::Owner {
            // Whoever owns a session sees all of it.
            member.only = None;
        }
        Ok(self.change())
    }

    /// Takes a member out, who is not the owner.
    pub(in crate::workspace) fn remove(&mut self, user_id: &str) -> Result<u64, Denied> {
        match self.role(user_id).ok_or(Denied::NoMember)? {
            MemberRole::Owner => Err(Denied::OwnerStays),
            MemberRole::Collaborator | MemberRole::Viewer => {
                self.members.remove(user_id);
                Ok(self.change())
            }
        }
    }

    /// Whether it is open only while its owner is here, who is not.
    fn is_closed(&self) -> bool {
        let owner_is_away = self.members.owner().is_none_or(|owner| owner.away_since.is_some());
        self.settings.auto_close_on_owner_disconnect && owner_is_away
    }
}
