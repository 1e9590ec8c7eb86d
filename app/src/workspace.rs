//! The browser's copy of what the server owns: which tabs and panes there are and what their terminals say of themselves.
//! It changes only by what the server says.

mod notice;
mod terminal;

pub use notice::Notice;
pub use terminal::TerminalState;

use std::collections::BTreeMap;

use leptos::prelude::{GetValue, ReadSignal, RwSignal, Set, SetValue, StoredValue, Update, UpdateValue, use_context};

use crate::protocol::{
    PaneId, TerminalId,
    session::{ClientConfig, SessionReady},
    terminal::TerminalCreated,
    workspace::{Pane, Workspace},
};

/// The copy; what it hands out are signals, so that a change redraws only what shows it.
#[derive(Clone, Copy)]
pub struct WorkspaceState {
    view: RwSignal<Option<Workspace>>,
    terminals: StoredValue<BTreeMap<TerminalId, TerminalState>>,
    config: StoredValue<ClientConfig>,
}

impl WorkspaceState {
    /// Nothing is known yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            view: RwSignal::new(None),
            terminals: StoredValue::new(BTreeMap::new()),
            config: StoredValue::new(ClientConfig::default()),
        }
    }

    /// All that the user may see; `None` until the server has said so for the first time.
    #[must_use]
    pub fn view(self) -> ReadSignal<Option<Workspace>> {
        self.view.read_only()
    }

    /// The settings that depend on the user.
    #[must_use]
    pub fn config(self) -> ClientConfig {
        self.config.get_value()
    }

    /// What is known of a terminal.
    #[must_use]
    pub fn terminal(self, id: TerminalId) -> TerminalState {
        self.terminals.try_update_value(|terminals| terminals.entry(id).or_default().clone()).unwrap_or_default()
    }

    /// Takes over what the server says at the beginning of a connection.
    pub fn fill(self, ready: &SessionReady) {
        self.config.set_value(ready.config.clone());
        let shown: Vec<TerminalId> = panes(&ready.workspace).filter_map(|pane| pane.terminal_id).collect();
        self.terminals.update_value(|terminals| terminals.retain(|id, _| shown.contains(id)));
        panes(&ready.workspace).for_each(|pane| self.locate(pane));
        self.view.set(Some(ready.workspace.clone()));
    }

    /// Takes over one change.
    pub fn apply(self, notice: &Notice) {
        match notice {
            Notice::Created(created) => self.place(created),
            Notice::Attached(attached) => {
                let terminal = self.terminal(attached.terminal_id);
                terminal.size.set(Some((attached.cols, attached.rows)));
                terminal.leader.set(attached.leader.clone());
                // Who comes keeps it from being idle.
                terminal.closes_in.set(None);
            }
            Notice::Resized(resized) => self.terminal(resized.terminal_id).size.set(Some((resized.cols, resized.rows))),
            Notice::Title(title) => self.terminal(title.terminal_id).title.set(Some(title.title.clone())),
            Notice::Idle(idle) => {
                let seconds = idle.closes_in_ms.map(|millis| millis.div_ceil(1000));
                self.terminal(idle.terminal_id).closes_in.set(seconds);
            }
            Notice::Command(command) => self.terminal(command.terminal_id).command.set(Some(command.clone())),
            Notice::Leader(leader) => self.terminal(leader.terminal_id).leader.set(leader.leader.clone()),
            Notice::Bell(bell) => self.terminal(bell.terminal_id).bells.update(|bells| *bells += 1),
            Notice::Pane(updated) => {
                if let Some(pane) = &updated.pane {
                    self.locate(pane);
                }
            }
            Notice::Closed(closed) => self.terminal(closed.terminal_id).ended.set(Some(closed.clone())),
            // They change nothing here: one is for the connection, the other for the pane that asked.
            Notice::Closing(_) | Notice::Error(_) => {}
        }
    }

    /// Where a pane's shell is belongs to its terminal: a `cd` redraws what shows that, and not the tabs.
    fn locate(self, pane: &Pane) {
        if let Some(terminal) = pane.terminal_id {
            self.terminal(terminal).cwd.set(pane.cwd.clone());
        }
    }

    fn place(self, created: &TerminalCreated) {
        self.terminal(created.terminal_id).size.set(Some((created.cols, created.rows)));
        self.view.update(|view| {
            if let Some(pane) = view.as_mut().and_then(|view| pane_mut(view, created.pane_id)) {
                pane.terminal_id = Some(created.terminal_id);
            }
        });
    }
}

impl Default for WorkspaceState {
    fn default() -> Self {
        Self::new()
    }
}

/// The copy of this window; an empty one while the server renders.
#[must_use]
pub fn use_workspace() -> WorkspaceState {
    use_context().unwrap_or_default()
}

fn panes(workspace: &Workspace) -> impl Iterator<Item = &Pane> {
    workspace.sessions.iter().flat_map(|session| &session.tabs).flat_map(|tab| &tab.panes)
}

fn pane_mut(workspace: &mut Workspace, id: PaneId) -> Option<&mut Pane> {
    let tabs = workspace.sessions.iter_mut().flat_map(|session| &mut session.tabs);
    tabs.flat_map(|tab| &mut tab.panes).find(|pane| pane.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{
        SessionId, TabId,
        layout::Layout,
        pane::PaneUpdated,
        session::{UserRole, UserView},
        terminal::{CloseReason, TerminalClosed, TerminalStatus, TerminalTitle},
        workspace::{MemberRole, Session, SessionSettings, Tab, TabKind},
    };
    use leptos::prelude::{GetUntracked, Owner};

    const PANE: PaneId = PaneId::from_random(1);
    const TERMINAL: TerminalId = TerminalId::from_random(2);

    fn ready(terminal_id: Option<TerminalId>) -> SessionReady {
        let pane = Pane { id: PANE, title: String::new(), terminal_id, cwd: None };
        let tab = Tab {
            id: TabId::from_random(1),
            title: "shell".into(),
            kind: TabKind::Terminal,
            panes: vec![pane],
            layout: Layout::Pane { pane: PANE },
            zoomed_pane_id: None,
        };
        let session = Session {
            id: SessionId::from_random(1),
            name: "home".into(),
            description: String::new(),
            revision: 1,
            role: MemberRole::Owner,
            members: Vec::new(),
            tabs: vec![tab],
            active_tab_id: None,
            settings: SessionSettings::default(),
            unread: 0,
            asking: Vec::new(),
        };
        SessionReady {
            client_id: "c1".into(),
            user: UserView { id: "owner".into(), name: "owner".into(), role: UserRole::Admin },
            config: ClientConfig::default(),
            workspace: Workspace { sessions: vec![session], active_session_id: Some(SessionId::from_random(1)) },
            received_at: 0,
            sent_at: 0,
        }
    }

    fn filled(terminal: Option<TerminalId>) -> (Owner, WorkspaceState) {
        let owner = Owner::new();
        owner.set();
        let state = WorkspaceState::new();
        state.fill(&ready(terminal));
        (owner, state)
    }

    #[test]
    fn a_created_terminal_stands_in_its_pane() {
        let (_owner, state) = filled(None);
        state.apply(&Notice::Created(TerminalCreated {
            terminal_id: TERMINAL,
            pane_id: PANE,
            tab_id: TabId::from_random(1),
            cols: 80,
            rows: 24,
            status: TerminalStatus::Ready,
        }));
        let view = state.view().get_untracked().expect("it was filled");
        assert_eq!(panes(&view).next().and_then(|pane| pane.terminal_id), Some(TERMINAL));
        assert_eq!(state.terminal(TERMINAL).size.get_untracked(), Some((80, 24)));
    }

    #[test]
    fn an_ended_terminal_keeps_its_pane_and_says_how() {
        let (_owner, state) = filled(Some(TERMINAL));
        let closed =
            TerminalClosed { terminal_id: TERMINAL, exit_code: Some(3), signal: None, reason: CloseReason::Exited };
        state.apply(&Notice::Closed(closed.clone()));
        assert_eq!(state.terminal(TERMINAL).ended.get_untracked(), Some(closed));
        let view = state.view().get_untracked().expect("it was filled");
        assert_eq!(panes(&view).next().and_then(|pane| pane.terminal_id), Some(TERMINAL));
    }

    #[test]
    fn a_shell_says_where_it_is_and_who_comes_later_knows() {
        let (_owner, state) = filled(Some(TERMINAL));
        let cwd = || state.terminal(TERMINAL).cwd.get_untracked();
        assert_eq!(cwd(), None);
        let moved =
            |to: &str| Pane { cwd: Some(to.into()), ..panes(&ready(Some(TERMINAL)).workspace).next().unwrap().clone() };
        let layout = Layout::Pane { pane: PANE };
        state.apply(&Notice::Pane(PaneUpdated {
            session_id: SessionId::from_random(1),
            tab_id: TabId::from_random(1),
            pane: Some(moved("/usr")),
            layout,
            zoomed_pane_id: None,
            revision: 2,
        }));
        assert_eq!(cwd().as_deref(), Some("/usr"));
        let mut later = ready(Some(TERMINAL));
        later.workspace.sessions[0].tabs[0].panes[0] = moved("/tmp");
        state.fill(&later);
        assert_eq!(cwd().as_deref(), Some("/tmp"));
    }

    #[test]
    fn a_terminal_that_is_nowhere_any_more_is_forgotten() {
        let (_owner, state) = filled(Some(TERMINAL));
        state.apply(&Notice::Title(TerminalTitle { terminal_id: TERMINAL, title: "vim".into() }));
        state.fill(&ready(Some(TERMINAL)));
        assert_eq!(state.terminal(TERMINAL).title.get_untracked().as_deref(), Some("vim"));
        state.fill(&ready(None));
        assert_eq!(state.terminal(TERMINAL).title.get_untracked(), None);
    }
}
