//! The browser's copy of what the server owns: sessions, their people, tabs and panes, and what terminals say of themselves.
//! It changes only by what the server says.

mod apply;
mod geometry;
mod notice;
mod parts;
mod room;
mod sync;
mod terminal;

pub use apply::{Applied, apply, renew, stay};
pub use geometry::{Arrangement, Divider, Rect, Toward};
pub use notice::Notice;
pub use parts::{PaneState, TabState};
pub use room::Room;
pub use terminal::{Stir, TerminalState};

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::{
    GetUntracked, GetValue, ReadSignal, RwSignal, Set, SetValue, StoredValue, Update, UpdateUntracked, UpdateValue,
    WithUntracked, use_context,
};

use crate::protocol::{
    PaneId, SessionId, TabId, TerminalId,
    session::{ClientConfig, SessionReady},
    workspace::{Pane, Workspace},
};

use self::{parts::change, sync::Missing};

/// The copy; what it hands out are signals, so that a change redraws only what shows it.
#[derive(Clone, Copy)]
pub struct WorkspaceState {
    view: RwSignal<Option<Workspace>>,
    tabs: StoredValue<BTreeMap<TabId, TabState>>,
    panes: StoredValue<BTreeMap<PaneId, PaneState>>,
    terminals: StoredValue<BTreeMap<TerminalId, TerminalState>>,
    config: StoredValue<ClientConfig>,
    me: RwSignal<String>,
    missing: StoredValue<Missing>,
    /// The tab that this window has asked for last, until the server has said the same.
    asked: StoredValue<Option<TabId>>,
}

/// What is to be done after news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Next {
    /// Nothing: the copy is good.
    Nothing,
    /// Ask for everything: something is missing.
    Sync,
}

impl WorkspaceState {
    /// Nothing is known yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            view: RwSignal::new(None),
            tabs: StoredValue::new(BTreeMap::new()),
            panes: StoredValue::new(BTreeMap::new()),
            terminals: StoredValue::new(BTreeMap::new()),
            config: StoredValue::new(ClientConfig::default()),
            me: RwSignal::new(String::new()),
            missing: StoredValue::new(Missing::default()),
            asked: StoredValue::new(None),
        }
    }

    /// All that the user may see; `None` until the server has said so for the first time. It changes with everything: what
    /// shows a part of it reads a memo, or the signals of that part.
    #[must_use]
    pub fn view(self) -> ReadSignal<Option<Workspace>> {
        self.view.read_only()
    }

    /// The id of the user whose window this is; empty until the server has said so.
    #[must_use]
    pub fn me(self) -> ReadSignal<String> {
        self.me.read_only()
    }

    /// The settings that depend on the user.
    #[must_use]
    pub fn config(self) -> ClientConfig {
        self.config.get_value()
    }

    /// What is known of a tab.
    #[must_use]
    pub fn tab(self, id: TabId) -> TabState {
        self.tabs.try_update_value(|tabs| tabs.entry(id).or_default().clone()).unwrap_or_default()
    }

    /// What is known of a pane.
    #[must_use]
    pub fn pane(self, id: PaneId) -> PaneState {
        self.panes.try_update_value(|panes| panes.entry(id).or_default().clone()).unwrap_or_default()
    }

    /// What is known of a terminal.
    #[must_use]
    pub fn terminal(self, id: TerminalId) -> TerminalState {
        self.terminals.try_update_value(|terminals| terminals.entry(id).or_default().clone()).unwrap_or_default()
    }

    /// Takes over what the server says at the beginning of a connection. The window stays where it was before, and opens
    /// shells in the panes that have none.
    pub fn fill(self, ready: &SessionReady) {
        self.config.set_value(ready.config.clone());
        self.me.set(ready.user.id.clone());
        self.missing.update_value(Missing::forget);
        self.asked.set_value(None);
        let mut workspace = ready.workspace.clone();
        self.view.with_untracked(|before| stay(&mut workspace, before.as_ref().unwrap_or(&Workspace::default())));
        let again = self.view.with_untracked(Option::is_some);
        let empty: Vec<PaneId> =
            panes(&workspace).filter(|pane| pane.terminal_id.is_none()).map(|pane| pane.id).collect();
        self.view.update_untracked(|view| *view = Some(workspace));
        self.publish();
        ready.terminals.iter().for_each(|summary| self.terminal(summary.terminal_id).fill(summary, again));
        empty.into_iter().for_each(|pane| self.claim(pane));
    }

    /// Takes over the answer to [`Next::Sync`]; none when there was no answer.
    pub fn renew(self, answer: Option<Workspace>) -> Next {
        let Some(answer) = answer else {
            self.missing.update_value(Missing::unanswered);
            return Next::Nothing;
        };
        self.view.update_untracked(|view| renew(view.get_or_insert_default(), answer));
        self.publish();
        let again = self.view.with_untracked(|view| {
            let missing = |missing: &mut Missing| view.as_ref().is_some_and(|view| missing.answered(view));
            self.missing.try_update_value(missing).unwrap_or_default()
        });
        if again { Next::Sync } else { Next::Nothing }
    }

    /// Takes over one change.
    pub fn apply(self, notice: &Notice) -> Next {
        let alone = self.alone_after(notice);
        let is_new = self.is_new_with(notice);
        let me = self.me.get_untracked();
        let applied = self.view.try_update_untracked(|view| match view {
            Some(view) => apply(view, notice, &me),
            // What is told before the beginning is in what is said then.
            None => Applied::Unchanged,
        });
        match applied.unwrap_or(Applied::Unchanged) {
            Applied::Unchanged => {}
            Applied::Changed => {
                self.settle(notice);
                self.publish();
            }
            Applied::Gap => {
                let ask = |(session, revision)| self.missing.try_update_value(|missing| missing.gap(session, revision));
                return if notice.revision().and_then(ask) == Some(true) { Next::Sync } else { Next::Nothing };
            }
        }
        self.tell_terminal(notice);
        if let Some(pane) = alone {
            self.claim(pane);
        }
        if is_new {
            self.claim_all_of_shown();
        }
        Next::Nothing
    }

    /// Shows another tab in this window, before the server has said so: it is this window's own affair.
    pub fn switch(self, session: SessionId, tab: TabId) {
        self.asked.set_value(Some(tab));
        let shown = |session: &mut crate::protocol::workspace::Session| session.active_tab_id = Some(tab);
        self.view.update_untracked(|view| {
            let sessions = view.iter_mut().flat_map(|view| &mut view.sessions);
            sessions.filter(|other| other.id == session).for_each(shown);
        });
        self.publish();
    }

    /// Shows another session in this window, once the server has said that it does.
    pub fn show(self, session: SessionId) {
        self.view.update_untracked(|view| {
            if let Some(view) = view.as_mut().filter(|view| view.sessions.iter().any(|other| other.id == session)) {
                view.active_session_id = Some(session);
            }
        });
        self.publish();
    }

    /// This window is to open a shell in the pane, if it has none by then.
    pub fn claim(self, pane: PaneId) {
        self.pane(pane).claimed.set(true);
    }

    /// The server's word on the tab that is shown counts only when it is the last one that was asked for.
    fn settle(self, notice: &Notice) {
        let Notice::TabSwitched(switched) = notice else { return };
        match self.asked.get_value() {
            Some(asked) if asked != switched.tab_id => self.switch(switched.session_id, asked),
            Some(_) | None => self.asked.set_value(None),
        }
    }

    /// Whether a session comes to be shown with this that was not there: it has been made in the place of the last one, and
    /// nobody has asked for a shell in it.
    fn is_new_with(self, notice: &Notice) -> bool {
        let Notice::SessionJoined(joined) = notice else { return false };
        self.view.with_untracked(|view| {
            let known = view.iter().flat_map(|view| &view.sessions).any(|session| session.id == joined.session_id);
            let shows_another = view.as_ref().is_some_and(|view| view.active_session().is_some());
            joined.session.is_some() && !known && !shows_another
        })
    }

    /// Opens shells in the panes of the session that is shown that have none.
    fn claim_all_of_shown(self) {
        let empty: Vec<PaneId> = self.view.with_untracked(|view| {
            let tabs = view.iter().filter_map(Workspace::active_session).flat_map(|session| &session.tabs);
            tabs.flat_map(|tab| &tab.panes).filter(|pane| pane.terminal_id.is_none()).map(|pane| pane.id).collect()
        });
        empty.into_iter().for_each(|pane| self.claim(pane));
    }

    /// The pane of a tab that comes into a session without any: nobody has asked for it, so that every window that shows the
    /// session tries to open a shell there, and one succeeds.
    fn alone_after(self, notice: &Notice) -> Option<PaneId> {
        let Notice::TabCreated(created) = notice else { return None };
        let alone = self.view.with_untracked(|view| {
            view.as_ref()?.active_session().map(|shown| shown.id == created.session_id && shown.tabs.is_empty())
        });
        alone.filter(|alone| *alone).and(created.tab.panes.first().map(|pane| pane.id))
    }

    /// What a terminal says of itself.
    fn tell_terminal(self, notice: &Notice) {
        match notice {
            Notice::Created(created) => {
                self.terminal(created.terminal_id).size.set(Some((created.cols, created.rows)));
            }
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
            Notice::Command(command) => self.terminal(command.terminal_id).ran(command),
            Notice::Leader(leader) => self.terminal(leader.terminal_id).leader.set(leader.leader.clone()),
            Notice::Bell(bell) => self.terminal(bell.terminal_id).stirred(Stir::Bell),
            Notice::Closed(closed) => {
                let terminal = self.terminal(closed.terminal_id);
                terminal.ended.set(Some(closed.clone()));
                terminal.stirred(Stir::Ended);
            }
            _ => {}
        }
    }

    /// Brings the signals of the parts in line with the copy: only what differs is set.
    fn publish(self) {
        self.view.with_untracked(|view| {
            let Some(view) = view else { return };
            let tabs = || view.sessions.iter().flat_map(|session| &session.tabs);
            let (mut tab_ids, mut pane_ids, mut terminal_ids) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
            for tab in tabs() {
                tab_ids.insert(tab.id);
                self.tab(tab.id).take(tab);
            }
            for pane in panes(view) {
                pane_ids.insert(pane.id);
                self.pane(pane.id).take(pane);
                if let Some(terminal) = pane.terminal_id {
                    terminal_ids.insert(terminal);
                    // Where a pane's shell is belongs to its terminal.
                    change(&self.terminal(terminal).cwd, &pane.cwd);
                }
            }
            self.tabs.update_value(|known| known.retain(|id, _| tab_ids.contains(id)));
            self.panes.update_value(|known| known.retain(|id, _| pane_ids.contains(id)));
            self.terminals.update_value(|known| known.retain(|id, _| terminal_ids.contains(id)));
        });
        // The parts are right by the time that somebody reads the whole.
        self.view.update(|_| {});
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

#[cfg(test)]
mod tests;
