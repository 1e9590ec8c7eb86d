//! What somebody had before them when they decided on a change.

use app::protocol::TabId;

/// A part of a session that is looked at by itself: what happens to the rest of it is no reason to look again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A tab: its title, where its panes are, and which of them is shown alone.
    Tab(TabId),
    /// The title of a tab alone: who names it does not mind where its panes are.
    Title(TabId),
    /// Which tabs there are, and in which order.
    Row,
    /// Name, description and settings.
    Settings,
}

/// A part of a session as it was at a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    pub(super) part: Part,
    pub(super) revision: u64,
}

impl Part {
    /// The part as somebody has seen it, if they say when.
    #[must_use]
    pub fn at(self, revision: Option<u64>) -> Option<Seen> {
        revision.map(|revision| Seen { part: self, revision })
    }
}
