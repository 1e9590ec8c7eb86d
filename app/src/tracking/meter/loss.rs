//! Why a page has lost spans: each word is one of the ledger's.

/// A reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// More was recorded than the queue holds.
    QueueFull,
    /// The server refused it for good.
    Rejected,
    /// It was too old to be sent, or younger spans needed its room with the browser.
    Evicted,
    /// The browser had no room for what the page could not send before it went.
    SpoolFailed,
}

impl Loss {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::QueueFull, Self::Rejected, Self::Evicted, Self::SpoolFailed];

    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::Rejected => "rejected",
            Self::Evicted => "evicted",
            Self::SpoolFailed => "spool_failed",
        }
    }

    /// The one with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|loss| loss.name() == name)
    }
}
