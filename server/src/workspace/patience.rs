//! How long people may be away from a session, and what comes of it when they are longer.

use std::time::{Duration, Instant};

use app::protocol::{SessionId, TerminalId};

use super::Sessions;

/// How long people may be away before it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// A guest, until they are no member any more: who reloads a page is back before.
    pub guest: Duration,
    /// The owner of a session that closes with their last window.
    pub owner: Duration,
    /// What a minute of a session's timeout is.
    pub minute: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { guest: Duration::from_secs(30), owner: Duration::from_secs(10), minute: Duration::from_secs(60) }
    }
}

/// Something whose time has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Overdue {
    /// A guest has gone for good.
    Guest(SessionId, String),
    /// The owner of a session that closes with their last window has gone: nobody else may stay.
    Owner(SessionId, Vec<String>),
    /// Nobody has had a window for so long that the shells are to end.
    Idle(Vec<TerminalId>),
}

impl Sessions {
    /// What has been waited for long enough.
    pub fn overdue(&self, now: Instant, patience: Patience) -> Vec<Overdue> {
        let books = self.books();
        books.sessions.values().flat_map(|session| session.overdue(now, patience)).collect()
    }
}
