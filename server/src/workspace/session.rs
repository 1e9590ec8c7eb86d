//! One session: its people, its tabs and what is in their panes.

use app::protocol::{
    PaneId, SessionId, TabId, TerminalId,
    layout::Layout,
    pane::PaneUpdated,
    session::UserView,
    workspace::{self as view, MemberRole, SessionSettings, TabKind},
};

use super::{Label, MAX_TABS, PlaceError};

#[derive(Debug)]
pub(super) struct Session {
    pub(super) id: SessionId,
    name: String,
    /// Grows by one with each change that members are told of.
    revision: u64,
    members: Vec<Member>,
    tabs: Vec<Tab>,
}

#[derive(Debug)]
struct Member {
    user_id: String,
    name: String,
    role: MemberRole,
}

/// One pane for now: dividing it is not something a member can ask for yet.
#[derive(Debug)]
struct Tab {
    id: TabId,
    pane: Pane,
    /// Whether it was made for a terminal that is still being opened; nobody is told of it before.
    hidden: bool,
}

#[derive(Debug)]
struct Pane {
    id: PaneId,
    holds: Content,
    /// Where its shell is, as far as the shell says.
    directory: Option<String>,
    reserved: bool,
}

impl Pane {
    fn new(id: PaneId, holds: Content) -> Self {
        Self { id, holds, directory: None, reserved: false }
    }

    /// Takes another terminal, of which nothing is known yet, and returns the one that was there.
    fn take(&mut self, terminal: TerminalId) -> Option<TerminalId> {
        std::mem::replace(self, Self::new(self.id, Content::Living(terminal))).holds.terminal()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    Nothing,
    Living(TerminalId),
    Ended(TerminalId),
}

impl Content {
    fn terminal(self) -> Option<TerminalId> {
        match self {
            Self::Nothing => None,
            Self::Living(terminal) | Self::Ended(terminal) => Some(terminal),
        }
    }
}

/// The pane that a reservation is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reserved {
    pub(super) tab: TabId,
    pub(super) pane: PaneId,
}

impl Session {
    /// The session that a user finds on first contact.
    pub(super) fn first(owner: &UserView) -> Self {
        let member = Member { user_id: owner.id.clone(), name: owner.name.clone(), role: MemberRole::Owner };
        Self {
            id: SessionId::from_random(random()),
            name: owner.name.clone(),
            revision: 1,
            members: vec![member],
            tabs: vec![Tab::new()],
        }
    }

    /// The session that a label speaks of, still without tabs.
    pub(super) fn found(label: &Label) -> Self {
        let Label { session: id, session_name: name, owner_id, owner_name, .. } = label.clone();
        let owner = Member { user_id: owner_id, name: owner_name, role: MemberRole::Owner };
        Self { id, name, revision: 1, members: vec![owner], tabs: Vec::new() }
    }

    /// Its name, id and name of its owner, and the place of one of its tabs.
    pub(super) fn describe(&self, tab: TabId) -> (String, String, String, usize) {
        let owner = self.members.iter().find(|member| member.role == MemberRole::Owner);
        let (id, name) = owner.map(|owner| (owner.user_id.clone(), owner.name.clone())).unwrap_or_default();
        let index = self.tabs.iter().position(|other| other.id == tab).unwrap_or(self.tabs.len());
        (self.name.clone(), id, name, index)
    }

    /// Puts a terminal back into its tab, which is added if it is not there, and returns the one it replaces.
    pub(super) fn restore(&mut self, label: &Label, terminal: TerminalId) -> Option<TerminalId> {
        self.revision += 1;
        if let Some(tab) = self.tabs.iter_mut().find(|tab| tab.id == label.tab) {
            return tab.pane.take(terminal);
        }
        let pane = Pane::new(label.pane, Content::Living(terminal));
        self.tabs.push(Tab { id: label.tab, pane, hidden: false });
        None
    }

    pub(super) fn role(&self, user_id: &str) -> Option<MemberRole> {
        self.members.iter().find(|member| member.user_id == user_id).map(|member| member.role)
    }

    /// What a member with `role` sees.
    pub(super) fn view(&self, role: MemberRole, is_online: impl Fn(&str) -> bool) -> view::Session {
        let tabs: Vec<_> = self.tabs.iter().enumerate().filter(|(_, tab)| !tab.hidden).map(Tab::view).collect();
        view::Session {
            id: self.id,
            name: self.name.clone(),
            description: String::new(),
            revision: self.revision,
            role,
            members: self
                .members
                .iter()
                .map(|member| view::Member {
                    user_id: member.user_id.clone(),
                    name: member.name.clone(),
                    role: member.role,
                    color: 0,
                    online: is_online(&member.user_id),
                    pane_id: None,
                    client_ids: Vec::new(),
                })
                .collect(),
            active_tab_id: tabs.first().map(|tab| tab.id),
            tabs,
            settings: SessionSettings::default(),
            unread: 0,
            asking: Vec::new(),
        }
    }

    pub(super) fn reserve(&mut self, tab: Option<TabId>, pane: Option<PaneId>) -> Result<Reserved, PlaceError> {
        let Some(pane) = pane else {
            return match tab {
                // A tab's only pane is the one meant.
                Some(id) => self.tabs.iter_mut().find(|tab| tab.id == id).ok_or(PlaceError::NoTab)?.reserve(),
                None => self.reserve_new(),
            };
        };
        let found = self.tabs.iter_mut().find(|candidate| candidate.pane.id == pane).ok_or(PlaceError::NoPane)?;
        if tab.is_some_and(|tab| tab != found.id) {
            return Err(PlaceError::NoPane);
        }
        found.reserve()
    }

    fn reserve_new(&mut self) -> Result<Reserved, PlaceError> {
        if self.tabs.len() >= MAX_TABS {
            return Err(PlaceError::TooManyTabs);
        }
        let mut tab = Tab { hidden: true, ..Tab::new() };
        let reserved = tab.reserve();
        self.tabs.push(tab);
        reserved
    }

    /// Puts a terminal into a reserved pane and returns the ended one that was there.
    pub(super) fn fill(&mut self, reserved: Reserved, terminal: TerminalId) -> Option<TerminalId> {
        let tab = self.tabs.iter_mut().find(|tab| tab.id == reserved.tab)?;
        tab.hidden = false;
        self.revision += 1;
        tab.pane.take(terminal)
    }

    /// Gives a reservation back.
    pub(super) fn release(&mut self, reserved: Reserved) {
        self.tabs.retain(|tab| !(tab.hidden && tab.id == reserved.tab));
        if let Some(tab) = self.tabs.iter_mut().find(|tab| tab.id == reserved.tab) {
            tab.pane.reserved = false;
        }
    }

    /// Notes where the shell in a terminal is; returns what the members are told if it was elsewhere.
    pub(super) fn moved(&mut self, terminal: TerminalId, directory: String) -> Option<PaneUpdated> {
        let mut tabs = self.tabs.iter_mut().enumerate();
        let (index, tab) = tabs.find(|(_, tab)| tab.pane.holds.terminal() == Some(terminal))?;
        if tab.pane.directory.as_ref() == Some(&directory) {
            return None;
        }
        tab.pane.directory = Some(directory);
        self.revision += 1;
        let view::Tab { id: tab_id, mut panes, layout, .. } = Tab::view((index, tab));
        Some(PaneUpdated {
            session_id: self.id,
            tab_id,
            pane: Some(panes.pop()?),
            layout,
            zoomed_pane_id: None,
            revision: self.revision,
        })
    }

    pub(super) fn ended(&mut self, terminal: TerminalId) {
        let living = Content::Living(terminal);
        if let Some(tab) = self.tabs.iter_mut().find(|tab| tab.pane.holds == living) {
            tab.pane.holds = Content::Ended(terminal);
        }
    }
}

impl Tab {
    fn new() -> Self {
        let pane = Pane::new(PaneId::from_random(random()), Content::Nothing);
        Self { id: TabId::from_random(random()), pane, hidden: false }
    }

    fn reserve(&mut self) -> Result<Reserved, PlaceError> {
        match self.pane.holds {
            Content::Living(terminal) => return Err(PlaceError::Occupied(terminal)),
            Content::Nothing | Content::Ended(_) if self.pane.reserved => return Err(PlaceError::Opening),
            Content::Nothing | Content::Ended(_) => self.pane.reserved = true,
        }
        Ok(Reserved { tab: self.id, pane: self.pane.id })
    }

    fn view((index, tab): (usize, &Self)) -> view::Tab {
        let title = format!("{}", index + 1);
        let pane = view::Pane {
            id: tab.pane.id,
            title: title.clone(),
            terminal_id: tab.pane.holds.terminal(),
            cwd: tab.pane.directory.clone(),
        };
        view::Tab {
            id: tab.id,
            title,
            kind: TabKind::Terminal,
            panes: vec![pane],
            layout: Layout::Pane { pane: tab.pane.id },
            zoomed_pane_id: None,
        }
    }
}

/// Random bits for an id.
fn random() -> u64 {
    getrandom::u64().expect("the system's random source works from boot on")
}
