//! One session: its people, its tabs and what is in their panes. Each change takes the revision one further and returns what the
//! members are told of it.

mod overdue;
mod panes;
mod people;
mod stored;
mod tabs;
mod terminals;

use std::sync::Arc;

use app::protocol::{
    PaneId, SessionId, TabId, TerminalId,
    session::UserView,
    tab::TabCreated,
    workspace::{self as view, MemberRole, SessionSettings, TabKind},
};

pub use self::terminals::Filled;
pub(super) use self::terminals::Reserved;
use super::{
    Action, Denied, Label, MAX_PANES_IN_ALL, MAX_TABS, Part, Seen, may,
    members::{Member, Members},
    pane::Pane,
    people::Newcomer,
    random,
    tab::{Tab, lowest_free},
};

/// A set of tabs that outlives its viewers.
#[derive(Debug)]
pub struct Session {
    pub(super) id: SessionId,
    name: String,
    description: String,
    settings: SessionSettings,
    /// Grows by one with each change that members are told of.
    revision: u64,
    /// The revision from which on it is known what changed when.
    known_since: u64,
    /// The revision with the last change of which tabs there are, and in which order.
    row_changed_at: u64,
    /// The revision with the last change of name, description and settings.
    settings_changed_at: u64,
    /// Whether there is something in it that is not stored.
    is_unsaved: bool,
    pub(super) members: Members,
    /// At least one, but for a moment while a session is put together.
    tabs: Vec<Tab>,
    /// How many tabs are to come for terminals that are just being opened.
    coming: usize,
    /// Who asks to be let in.
    asking: Vec<Newcomer>,
}

/// What a taking away has left.
#[derive(Debug)]
pub struct Closed<T> {
    /// What the members are told.
    pub told: T,
    /// The tab that has taken the place of the last one; told after that.
    pub made: Option<TabCreated>,
    /// The terminals that were in there, alive or ended: they are nowhere any more.
    pub terminals: Vec<TerminalId>,
}

impl Session {
    /// The session that a user finds on first contact.
    pub(super) fn first(owner: &UserView) -> Self {
        let mut session = Self::empty(SessionId::from_random(random()), owner.name.clone());
        session.members.add(owner.id.clone(), owner.name.clone(), MemberRole::Owner);
        session.tabs.push(Tab::new(TabKind::Terminal));
        session
    }

    /// The session that a label speaks of, still without tabs.
    pub(super) fn found(label: &Label) -> Self {
        let Label { session: id, session_name, owner_id, owner_name, .. } = label.clone();
        let mut session = Self::empty(id, session_name);
        session.members.add(owner_id, owner_name, MemberRole::Owner);
        session
    }

    fn empty(id: SessionId, name: String) -> Self {
        Self {
            id,
            name,
            description: String::new(),
            settings: SessionSettings::default(),
            revision: 1,
            known_since: 1,
            row_changed_at: 1,
            settings_changed_at: 1,
            is_unsaved: true,
            members: Members::default(),
            tabs: Vec::new(),
            coming: 0,
            asking: Vec::new(),
        }
    }

    /// What a member may do in it; `None` for who is none.
    pub fn role(&self, user_id: &str) -> Option<MemberRole> {
        self.members.of(user_id).map(|member| member.role)
    }

    /// Whether a user may do that.
    ///
    /// # Errors
    /// [`Denied::NoSession`] for who is no member, else who might.
    pub fn allow(&self, user_id: &str, action: Action) -> Result<(), Denied> {
        let member = self.members.of(user_id).ok_or(Denied::NoSession)?;
        if member.only.is_some() && !is_of_one_terminal(action) {
            return Err(Denied::OnlyTerminal);
        }
        match member.role {
            role if may(role, action) => Ok(()),
            _ if may(MemberRole::Collaborator, action) => Err(Denied::OnlyLook),
            _ => Err(Denied::OnlyOwner),
        }
    }

    /// Whether a user may do that, and has seen what it is done to as it is now.
    ///
    /// # Errors
    /// As [`Session::allow`], and [`Denied::Stale`].
    pub(super) fn permit(&self, user_id: &str, action: Action, seen: Option<Seen>) -> Result<(), Denied> {
        self.allow(user_id, action)?;
        match seen {
            Some(Seen { part, revision }) if revision < self.changed_at(part) => Err(Denied::Stale),
            Some(_) | None => Ok(()),
        }
    }

    /// The revision with the last change of a part, as far as that is known.
    fn changed_at(&self, part: Part) -> u64 {
        let tab = |id: TabId| self.tabs.iter().find(|tab| tab.id == id);
        let changed_at = match part {
            Part::Tab(id) => tab(id).map(|tab| tab.changed_at),
            Part::Title(id) => tab(id).map(|tab| tab.named_at),
            Part::Row => Some(self.row_changed_at),
            Part::Settings => Some(self.settings_changed_at),
        };
        // That a tab is gone is what is to be said of it.
        changed_at.map_or(0, |changed_at| changed_at.max(self.known_since))
    }

    /// What a member sees; `None` for who is none. `windows` says which windows a user has open.
    pub(super) fn view(&self, user_id: &str, windows: impl Fn(&str) -> Vec<Arc<str>>) -> Option<view::Session> {
        let reader = self.members.of(user_id)?;
        let tabs: Vec<_> = match reader.only {
            Some(terminal) => self.tabs.iter().filter_map(|tab| tab.view_of(terminal)).collect(),
            None => self.tabs.iter().map(Tab::view).collect(),
        };
        let is_seen = |pane: &PaneId| tabs.iter().any(|tab| tab.panes.iter().any(|seen| seen.id == *pane));
        let members = self.members.iter().map(|member| {
            let member = member.view(&windows(&member.user_id));
            view::Member { pane_id: member.pane_id.filter(is_seen), ..member }
        });
        // Who was given one terminal knows whose it is and who is there with them, and nobody else.
        let is_shown = |member: &view::Member| {
            let is_there = member.role == MemberRole::Owner || member.pane_id.is_some();
            reader.only.is_none() || is_there || member.user_id == reader.user_id
        };
        Some(view::Session {
            id: self.id,
            name: self.name.clone(),
            description: if reader.only.is_none() { self.description.clone() } else { String::new() },
            revision: self.revision,
            role: reader.role,
            members: members.filter(is_shown).collect(),
            active_tab_id: match reader.only {
                Some(_) => tabs.first().map(|tab| tab.id),
                None => self.active_tab(reader),
            },
            settings: self.settings,
            unread: 0,
            asking: if reader.role == MemberRole::Owner { self.asking() } else { Vec::new() },
            tabs,
        })
    }

    /// Whether a member sees a terminal of it.
    pub(super) fn shows(&self, user_id: &str, terminal: TerminalId) -> bool {
        self.members.of(user_id).is_some_and(|member| member.only.is_none_or(|only| only == terminal))
    }

    /// The tab a member is shown.
    fn active_tab(&self, member: &Member) -> Option<TabId> {
        let is_there = |id: &TabId| self.tabs.iter().any(|tab| tab.id == *id);
        member.tab.filter(is_there).or(self.tabs.first().map(|tab| tab.id))
    }

    /// Its name, id and name of its owner, and the place of one of its tabs.
    pub(super) fn describe(&self, tab: TabId) -> (String, String, String, usize) {
        let owner = self.members.owner();
        let (id, name) = owner.map(|owner| (owner.user_id.clone(), owner.name.clone())).unwrap_or_default();
        let index = self.index(tab).unwrap_or(self.tabs.len());
        (self.name.clone(), id, name, index)
    }

    /// Whether the tab or the pane is in it that is named.
    pub(super) fn has(&self, tab: Option<TabId>, pane: Option<PaneId>) -> bool {
        let is_meant = |other: &Tab| tab == Some(other.id) || pane.is_some_and(|pane| other.pane(pane).is_ok());
        self.tabs.iter().any(is_meant)
    }

    fn index(&self, tab: TabId) -> Result<usize, Denied> {
        self.tabs.iter().position(|other| other.id == tab).ok_or(Denied::NoTab)
    }

    fn tab_mut(&mut self, id: TabId) -> Result<&mut Tab, Denied> {
        self.tabs.iter_mut().find(|tab| tab.id == id).ok_or(Denied::NoTab)
    }

    /// The next revision, which is now that of the session.
    fn change(&mut self) -> u64 {
        self.is_unsaved = true;
        self.revision += 1;
        self.revision
    }

    /// The same for a change of what people look at by itself.
    fn change_part(&mut self, part: Part) -> u64 {
        let revision = self.change();
        let tabs = self.tabs.iter_mut();
        match part {
            Part::Tab(id) => tabs.filter(|tab| tab.id == id).for_each(|tab| tab.changed_at = revision),
            // Who decides about the tab decides by its title, too.
            Part::Title(id) => tabs.filter(|tab| tab.id == id).for_each(|tab| {
                (tab.changed_at, tab.named_at) = (revision, revision);
            }),
            Part::Row => self.row_changed_at = revision,
            Part::Settings => self.settings_changed_at = revision,
        }
        revision
    }

    /// Whether there is room for another tab.
    fn has_room_for_tab(&self) -> Result<(), Denied> {
        if self.tabs.len() + self.coming >= MAX_TABS {
            return Err(Denied::TooManyTabs);
        }
        self.has_room_for_pane()
    }

    /// Whether there is room for another pane.
    fn has_room_for_pane(&self) -> Result<(), Denied> {
        let panes: usize = self.tabs.iter().map(|tab| tab.panes().len()).sum();
        if panes + self.coming >= MAX_PANES_IN_ALL { Err(Denied::TooManyPanesInAll) } else { Ok(()) }
    }

    /// Puts a new tab last, which becomes that of who made it.
    fn append(&mut self, tab: Tab, by: &str) -> TabCreated {
        let index = self.tabs.len();
        if let Some(member) = self.members.of_mut(by) {
            member.tab = Some(tab.id);
        }
        let tab = self.push(tab);
        TabCreated { session_id: self.id, tab, index, revision: self.change_part(Part::Row) }
    }

    /// Puts a tab last, under a number that no other one has.
    fn push(&mut self, mut tab: Tab) -> view::Tab {
        tab.number = lowest_free(self.tabs.iter().map(|tab| tab.number));
        let view = tab.view();
        self.tabs.push(tab);
        view
    }

    /// Notes that panes are gone: nobody is in them any more.
    fn clear_focus(&mut self, gone: &[PaneId]) {
        self.members.iter_mut().for_each(|member| member.clear(gone));
    }
}

/// What somebody may do at all who was given one terminal.
fn is_of_one_terminal(action: Action) -> bool {
    matches!(action, Action::Look | Action::Focus | Action::Type | Action::ResizeTerminal | Action::Leave)
}

/// The ids of panes.
fn ids(panes: &[Pane]) -> Vec<PaneId> {
    panes.iter().map(|pane| pane.id).collect()
}
