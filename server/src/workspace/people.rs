//! Sessions made and ended, and the people who come to them, go, and are put out.

use std::sync::Arc;

use app::protocol::{
    SessionId, TerminalId,
    people::{
        JoinRequested, SessionCreate, SessionUpdate, SessionUpdated, UserJoined, UserLeft, UserPresence, UserUpdated,
    },
    session::{UserRole, UserView},
    workspace::{self as view, MemberRole},
};

use super::{Action, Books, Denied, MAX_SESSIONS, Part, Sessions, session::Session};
use crate::{share::is_guest, store::Change};

/// Somebody who is to be a member.
#[derive(Clone, Debug)]
pub struct Newcomer {
    /// Their id.
    pub user_id: String,
    /// The name to show.
    pub name: String,
    /// What they may do.
    pub role: MemberRole,
    /// The one terminal they are to see.
    pub only: Option<TerminalId>,
    /// Whether nobody is to be asked (again).
    pub is_admitted: bool,
}

/// How far a join has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// They are a member already.
    Member,
    /// They have become one; the revision with that.
    Joined(u64),
    /// The owner is asked.
    Asked,
    /// The owner was asked before.
    Asking,
}

/// What the members are told of somebody who has come, or was not a stranger.
#[derive(Clone, Debug, PartialEq)]
pub struct Joined {
    /// How far they have come.
    pub entry: Entry,
    /// What the others are told.
    pub told: Option<UserJoined>,
    /// What they see.
    pub session: Option<view::Session>,
}

/// Somebody who is no member any more.
#[derive(Clone, Debug, PartialEq)]
pub struct Out {
    /// Who.
    pub user_id: String,
    /// The windows they have open.
    pub windows: Vec<Arc<str>>,
    /// What the others are told.
    pub told: UserLeft,
}

/// A session that is no more.
#[derive(Clone, Debug, PartialEq)]
pub struct Deleted {
    /// The ids of who was in it, the owner first.
    pub members: Vec<String>,
    /// The windows of all of them, and of who asked to be in.
    pub windows: Vec<Arc<str>>,
    /// The terminals in it, alive or ended.
    pub terminals: Vec<TerminalId>,
}

/// What is told of a session's new settings, and what they mean for who is in it or wants to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Updated {
    /// What the members are told.
    pub told: SessionUpdated,
    /// Who may not be in it any more, and why.
    pub out: Vec<(Out, Denied)>,
    /// Those who waited to be let in and wait no more: they are in, or may not be.
    pub decided: Vec<(String, Result<Joined, Denied>)>,
}

impl Sessions {
    /// Makes a session, which its owner's windows show from then on.
    ///
    /// # Errors
    /// A guest asks, there are too many, a text is too long, or a setting is out of its range.
    pub fn create(&self, owner: &UserView, wanted: &SessionCreate) -> Result<view::Session, Denied> {
        if owner.role == UserRole::Guest {
            return Err(Denied::NotForGuests);
        }
        let mut books = self.books();
        books.has_room_for_session(&owner.id)?;
        let mut session = Session::first(owner);
        session.founded(wanted.name.as_deref(), wanted.description.as_deref(), wanted.settings)?;
        let id = session.id;
        books.sessions.insert(id, session);
        books.show(&owner.id, id);
        books.view(&owner.id, id).ok_or(Denied::NoSession)
    }

    /// Shows a session to a member's windows.
    ///
    /// # Errors
    /// [`Denied::NoSession`] for who is none.
    pub fn show(&self, user_id: &str, session: SessionId) -> Result<view::Session, Denied> {
        let mut books = self.books();
        let view = books.view(user_id, session).ok_or(Denied::NoSession)?;
        books.show(user_id, session);
        Ok(view)
    }

    /// Brings somebody into a session, or has its owner asked.
    ///
    /// # Errors
    /// [`Denied`] says what stands in the way.
    pub fn join(&self, session: SessionId, newcomer: Newcomer) -> Result<Joined, Denied> {
        let user_id = newcomer.user_id.clone();
        let mut books = self.books();
        if !books.is_member(&user_id, session) {
            books.has_room_for_session(&user_id)?;
        }
        let entry = books.sessions.get_mut(&session).ok_or(Denied::NoSession)?.join(newcomer)?;
        Ok(books.joined(&user_id, session, entry))
    }

    /// Answers who asks to be let in; what is told of them is there if they are in now.
    ///
    /// # Errors
    /// Nobody of that id asks, the session is full, or who decides may not.
    pub fn decide(
        &self,
        by: &str,
        session: SessionId,
        user_id: &str,
        approved: bool,
    ) -> Result<Option<Joined>, Denied> {
        let mut books = self.books();
        let found = books.sessions.get_mut(&session).ok_or(Denied::NoSession)?;
        found.allow(by, Action::DecideJoin)?;
        let revision = found.decide(user_id, approved)?;
        Ok(revision.map(|revision| books.joined(user_id, session, Entry::Joined(revision))))
    }

    /// Takes somebody out who wants to leave.
    ///
    /// # Errors
    /// They are no member, or the owner.
    pub fn quit(&self, user_id: &str, session: SessionId) -> Result<Out, Denied> {
        let mut books = self.books();
        books.sessions.get(&session).ok_or(Denied::NoSession)?.allow(user_id, Action::Leave)?;
        books.put_out(user_id, session)
    }

    /// Puts a member out.
    ///
    /// # Errors
    /// There is no such member, it is the owner, or who asks may not.
    pub fn remove(&self, by: &str, session: SessionId, user_id: &str) -> Result<Out, Denied> {
        let mut books = self.books();
        books.sessions.get(&session).ok_or(Denied::NoSession)?.allow(by, Action::RemoveMember)?;
        books.put_out(user_id, session)
    }

    /// Takes somebody out whose time is over.
    ///
    /// # Errors
    /// They are no member, or the owner.
    pub fn dismiss(&self, user_id: &str, session: SessionId) -> Result<Out, Denied> {
        self.books().put_out(user_id, session)
    }

    /// Gives a member another role. Who sees all of the session from now on, and did not, is to be shown it: that is there then.
    ///
    /// # Errors
    /// There is no such member, it is not to be had, or who asks may not.
    pub fn set_role(
        &self,
        by: &str,
        session_id: SessionId,
        user_id: &str,
        role: MemberRole,
    ) -> Result<(UserUpdated, Option<view::Session>), Denied> {
        let mut books = self.books();
        let session = books.sessions.get_mut(&session_id).ok_or(Denied::NoSession)?;
        session.allow(by, Action::SetRole)?;
        let is_narrow = |session: &Session| session.members.of(user_id).is_some_and(|member| member.only.is_some());
        let was_narrow = is_narrow(session);
        let revision = session.set_role(user_id, role)?;
        let is_new = was_narrow && !is_narrow(session);
        let seen = if is_new { books.view(user_id, session_id) } else { None };
        let members = books.members(session_id);
        Ok((UserUpdated { session_id, members, revision }, seen))
    }

    /// Changes a session's name, description or settings. Settings hold for who is in it already, too.
    ///
    /// # Errors
    /// A text is too long, a setting out of its range, somebody has changed them meanwhile, or who asks may not.
    pub fn update(&self, by: &str, wanted: &SessionUpdate) -> Result<Updated, Denied> {
        let SessionUpdate { session_id, name, description, settings, revision } = wanted;
        let mut books = self.books();
        let session = books.sessions.get_mut(session_id).ok_or(Denied::NoSession)?;
        session.permit(by, Action::ChangeSession, Part::Settings.at(*revision))?;
        let revision = session.update(name.as_deref(), description.as_deref(), *settings)?;
        let (name, description, settings) = session.described();
        let told = SessionUpdated { session_id: *session_id, name, description, settings, revision };
        let unfit = session.unfit().into_iter();
        let out = unfit.filter_map(|(user, why)| Some((books.put_out(&user, *session_id).ok()?, why))).collect();
        let decided = books.sessions.get_mut(session_id).map(Session::reconsider).unwrap_or_default().into_iter();
        let decided = decided.map(|(user, entered)| {
            let joined = entered.map(|revision| books.joined(&user, *session_id, Entry::Joined(revision)));
            (user, joined)
        });
        Ok(Updated { told, out, decided: decided.collect() })
    }

    /// Ends a session.
    ///
    /// # Errors
    /// Who asks may not.
    pub fn delete(&self, by: &str, session: SessionId) -> Result<Deleted, Denied> {
        let mut books = self.books();
        books.sessions.get(&session).ok_or(Denied::NoSession)?.allow(by, Action::DeleteSession)?;
        let gone = books.sessions.remove(&session).ok_or(Denied::NoSession)?;
        let members: Vec<_> = gone.members.iter().map(|member| member.user_id.clone()).collect();
        let asking = gone.asking().into_iter().map(|asking| asking.user_id);
        let windows = members.iter().cloned().chain(asking).flat_map(|user| books.windows_of(&user)).collect();
        books.unsaved.push(Change::SessionGone(session));
        for member in gone.members.iter() {
            books.turn_away(&member.user_id, &member.name, session);
        }
        Ok(Deleted { members, windows, terminals: gone.terminals() })
    }

    /// Notes that somebody asks to be in no session any more, or not in this one; returns those in which they did.
    pub fn withdraw(&self, user_id: &str, from: Option<SessionId>) -> Vec<SessionId> {
        let mut books = self.books();
        let sessions = books.sessions.values_mut().filter(|session| from.is_none_or(|id| session.id == id));
        sessions.filter_map(|session| session.withdraw(user_id).then_some(session.id)).collect()
    }

    /// Whether somebody asks to be in a session.
    pub fn is_asking(&self, user_id: &str, session: SessionId) -> bool {
        let asks = |session: &Session| session.asking().iter().any(|asking| asking.user_id == user_id);
        self.books().sessions.get(&session).is_some_and(asks)
    }

    /// Who asks to be in a session, and the windows of its owner.
    pub fn asking(&self, session_id: SessionId) -> Option<(JoinRequested, Vec<Arc<str>>)> {
        let books = self.books();
        let session = books.sessions.get(&session_id)?;
        let owner = session.members.owner()?;
        Some((JoinRequested { session_id, asking: session.asking() }, books.windows_of(&owner.user_id)))
    }

    /// A member as the others see them, in each of their sessions.
    pub fn presence(&self, user_id: &str) -> Vec<UserPresence> {
        let books = self.books();
        let here = |session: &Session| {
            let user = session.members.of(user_id)?.view(&books.windows_of(user_id));
            Some(UserPresence { session_id: session.id, user })
        };
        books.sessions.values().filter_map(here).collect()
    }

    /// Notes that a window of a member shows a session no more; returns what the others are told if it was in a pane of it.
    pub fn turn_from(&self, user_id: &str, window: &str, session: SessionId) -> Option<UserPresence> {
        let mut books = self.books();
        let was_there = books.sessions.get_mut(&session)?.members.of_mut(user_id)?.turn_from(window);
        let user = books.members(session).into_iter().find(|member| member.user_id == user_id)?;
        was_there.then_some(UserPresence { session_id: session, user })
    }

    /// What a user sees of the session that is shown to them.
    pub fn shown(&self, user_id: &str) -> Option<view::Session> {
        let books = self.books();
        books.view(user_id, *books.active.get(user_id)?)
    }

    /// The windows that somebody has open.
    pub fn windows_of(&self, user_id: &str) -> Vec<Arc<str>> {
        self.books().windows_of(user_id)
    }

    /// Whether a user may do that in a session.
    ///
    /// # Errors
    /// As [`Sessions::act`].
    pub fn allow(&self, user_id: &str, session: SessionId, action: Action) -> Result<(), Denied> {
        self.act(user_id, session, action, |_| Ok(()))
    }

    /// What a member may do in a session; `None` for who is none.
    pub fn role(&self, user_id: &str, session: SessionId) -> Option<MemberRole> {
        self.books().sessions.get(&session)?.role(user_id)
    }
}

impl Books {
    fn is_member(&self, user_id: &str, session: SessionId) -> bool {
        self.sessions.get(&session).is_some_and(|session| session.role(user_id).is_some())
    }

    fn has_room_for_session(&self, user_id: &str) -> Result<(), Denied> {
        let count = self.sessions.values().filter(|session| session.role(user_id).is_some()).count();
        if count >= MAX_SESSIONS { Err(Denied::TooManySessions) } else { Ok(()) }
    }

    pub(super) fn view(&self, user_id: &str, session: SessionId) -> Option<view::Session> {
        self.sessions.get(&session)?.view(user_id, |member| self.windows_of(member))
    }

    fn members(&self, session: SessionId) -> Vec<view::Member> {
        let members = self.sessions.get(&session).into_iter().flat_map(|session| session.members.iter());
        members.map(|member| member.view(&self.windows_of(&member.user_id))).collect()
    }

    pub(super) fn show(&mut self, user_id: &str, session: SessionId) {
        if self.active.insert(user_id.to_owned(), session) != Some(session) {
            self.unsaved.push(Change::Shown { user_id: user_id.to_owned(), session });
        }
    }

    fn joined(&mut self, user_id: &str, session_id: SessionId, entry: Entry) -> Joined {
        let told = match entry {
            Entry::Joined(revision) => {
                let member = self.members(session_id).into_iter().find(|member| member.user_id == user_id);
                member.map(|user| UserJoined { session_id, user, revision })
            }
            Entry::Member | Entry::Asked | Entry::Asking => None,
        };
        let session = self.view(user_id, session_id);
        if session.is_some() {
            self.show(user_id, session_id);
        }
        Joined { entry, told, session }
    }

    fn put_out(&mut self, user_id: &str, session_id: SessionId) -> Result<Out, Denied> {
        let session = self.sessions.get_mut(&session_id).ok_or(Denied::NoSession)?;
        let name = session.members.of(user_id).map(|member| member.name.clone()).unwrap_or_default();
        let revision = session.remove(user_id)?;
        self.turn_away(user_id, &name, session_id);
        let told = UserLeft { session_id, user_id: user_id.to_owned(), revision };
        Ok(Out { user_id: user_id.to_owned(), windows: self.windows_of(user_id), told })
    }

    /// Shows somebody another of their sessions when they are no member of this one any more; who has signed in always has one.
    fn turn_away(&mut self, user_id: &str, name: &str, session: SessionId) {
        if self.active.get(user_id) != Some(&session) {
            return;
        }
        self.active.remove(user_id);
        let theirs = self.sessions.values().filter(|session| session.role(user_id).is_some()).map(|session| session.id);
        let another = theirs.min().or_else(|| {
            let user = UserView { id: user_id.to_owned(), name: name.to_owned(), role: UserRole::User };
            (!is_guest(user_id)).then(|| self.found(&user))
        });
        if let Some(another) = another {
            self.show(user_id, another);
        }
    }
}
