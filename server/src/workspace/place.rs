//! A pane that is kept for a terminal until the terminal is there or has failed to come.

use std::time::{SystemTime, UNIX_EPOCH};

use app::protocol::{PaneId, SessionId, TabId, TerminalId};

use super::{Denied, Filled, KnownAs, Label, Sessions, session::Reserved};

/// A pane kept for a terminal; dropping it unfilled gives the pane back, and takes away the tab that was to come with it.
#[derive(Debug)]
pub struct Place {
    sessions: Sessions,
    /// Who wants it.
    user_id: String,
    /// The session.
    pub session: SessionId,
    /// The tab.
    pub tab: TabId,
    /// The pane.
    pub pane: PaneId,
    /// Where the shell that was there before a restart was.
    pub directory: Option<String>,
    /// What is kept, until it is filled.
    reserved: Option<Reserved>,
}

impl Place {
    pub(super) fn new(
        sessions: Sessions,
        user_id: String,
        session: SessionId,
        directory: Option<String>,
        reserved: Reserved,
    ) -> Self {
        let (tab, pane) = (reserved.tab(), reserved.pane());
        Self { sessions, user_id, session, tab, pane, directory, reserved: Some(reserved) }
    }

    /// What to write down beside a terminal that is opened here now, by a name or by none.
    pub fn label(&self, name: Option<String>) -> Label {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let opened_at_ms = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
        let books = self.sessions.books();
        let session = books.sessions.get(&self.session);
        let (session_name, owner_id, owner_name, tab_index) =
            session.map(|session| session.describe(self.tab)).unwrap_or_default();
        let (session, tab, pane) = (self.session, self.tab, self.pane);
        let known_as = name.map(|name| KnownAs { user_id: self.user_id.clone(), name });
        Label { session, session_name, owner_id, owner_name, tab, tab_index, pane, opened_at_ms, known_as }
    }

    /// Puts the terminal into the pane; returns what the members are told and the ended terminal that was there, which is
    /// nowhere any more.
    ///
    /// # Errors
    /// [`Denied::ClosedMeanwhile`].
    pub fn fill(mut self, terminal: TerminalId) -> Result<(Filled, Option<TerminalId>), Denied> {
        let reserved = self.reserved.take().ok_or(Denied::ClosedMeanwhile)?;
        let mut books = self.sessions.books();
        let session = books.sessions.get_mut(&self.session).ok_or(Denied::ClosedMeanwhile)?;
        let (filled, replaced) = session.fill(reserved, &self.user_id, terminal)?;
        if let Some(replaced) = replaced {
            books.terminals.remove(&replaced);
        }
        books.terminals.insert(terminal, self.session);
        Ok((filled, replaced))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(reserved) = self.reserved.take() else { return };
        if let Some(session) = self.sessions.books().sessions.get_mut(&self.session) {
            session.release(&reserved);
        }
    }
}
