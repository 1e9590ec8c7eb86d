//! A pane that is reserved for a terminal until the terminal is there or has failed to come.

use std::time::{SystemTime, UNIX_EPOCH};

use app::protocol::{PaneId, SessionId, TabId, TerminalId};

use super::{Label, Sessions, session::Reserved};

/// A reserved pane; dropping it unfilled gives the pane back, and takes away the tab that was made for it.
#[derive(Debug)]
pub struct Place {
    sessions: Sessions,
    /// The session.
    pub session: SessionId,
    /// The tab.
    pub tab: TabId,
    /// The pane.
    pub pane: PaneId,
}

impl Place {
    pub(super) fn new(sessions: Sessions, session: SessionId, Reserved { tab, pane }: Reserved) -> Self {
        Self { sessions, session, tab, pane }
    }

    /// What to write down beside a terminal that is opened here now.
    pub fn label(&self) -> Label {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let opened_at_ms = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
        let books = self.sessions.books();
        let session = books.sessions.get(&self.session);
        let (session_name, owner_id, owner_name, tab_index) =
            session.map(|session| session.describe(self.tab)).unwrap_or_default();
        let (session, tab, pane) = (self.session, self.tab, self.pane);
        Label { session, session_name, owner_id, owner_name, tab, tab_index, pane, opened_at_ms }
    }

    /// Puts the terminal into the pane and returns the ended one that was there, which is nowhere any more.
    pub fn fill(self, terminal: TerminalId) -> Option<TerminalId> {
        let mut books = self.sessions.books();
        let replaced = books.sessions.get_mut(&self.session)?.fill(self.reserved(), terminal);
        if let Some(replaced) = replaced {
            books.terminals.remove(&replaced);
        }
        books.terminals.insert(terminal, self.session);
        replaced
    }

    fn reserved(&self) -> Reserved {
        Reserved { tab: self.tab, pane: self.pane }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(session) = self.sessions.books().sessions.get_mut(&self.session) {
            session.release(self.reserved());
        }
    }
}
