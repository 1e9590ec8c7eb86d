//! What the rows of the database mean: plain data, whole enough to begin from again.

use app::protocol::{
    MessageId, PaneId, SessionId, ShareId, TabId, TerminalId,
    layout::Layout,
    message::MessageKind,
    workspace::{MemberRole, SessionSettings, TabKind},
};

/// Everything a database holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Saved {
    /// The sessions.
    pub sessions: Vec<SessionRecord>,
    /// The session that each user's windows show.
    pub shown: Vec<(String, SessionId)>,
    /// The share links.
    pub shares: Vec<ShareRecord>,
    /// Who came by them.
    pub guests: Vec<GuestRecord>,
    /// Which messages there are, the oldest of a session first.
    pub messages: Vec<MessageIndex>,
    /// How far people have read.
    pub reads: Vec<ReadRecord>,
}

/// A session with all that is in it.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionRecord {
    /// Its id.
    pub id: SessionId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What its owner has decided.
    pub settings: SessionSettings,
    /// Its revision.
    pub revision: u64,
    /// The people in it, in the order in which they came.
    pub members: Vec<MemberRecord>,
    /// Its tabs, in order.
    pub tabs: Vec<TabRecord>,
}

/// One of a session's people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRecord {
    /// Their id.
    pub user_id: String,
    /// The name to show.
    pub name: String,
    /// What they may do.
    pub role: MemberRole,
    /// Their colour.
    pub color: u8,
    /// The one terminal they see, if they see no other.
    pub only: Option<TerminalId>,
    /// The tab that their windows show.
    pub active_tab: Option<TabId>,
}

/// A tab.
#[derive(Clone, Debug, PartialEq)]
pub struct TabRecord {
    /// Its id.
    pub id: TabId,
    /// What it is called while nobody has named it.
    pub number: usize,
    /// The title somebody gave it.
    pub title: Option<String>,
    /// What it holds.
    pub kind: TabKind,
    /// Where its panes are.
    pub layout: Layout,
    /// The pane that is shown alone.
    pub zoomed: Option<PaneId>,
    /// Its panes.
    pub panes: Vec<PaneRecord>,
}

/// A pane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaneRecord {
    /// Its id.
    pub id: PaneId,
    /// What it is called.
    pub number: usize,
    /// The terminal in it.
    pub terminal: Option<TerminalId>,
    /// Where its shell is or was.
    pub directory: Option<String>,
}

/// A share link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareRecord {
    /// Its id.
    pub id: ShareId,
    /// Into which session it leads.
    pub session: SessionId,
    /// The one terminal it shows.
    pub terminal: Option<TerminalId>,
    /// What its holders may do.
    pub role: MemberRole,
    /// The SHA-256 of its secret, which is kept nowhere.
    pub hash: [u8; 32],
    /// When it was made, in microseconds since 1970.
    pub created_at: u64,
    /// Until when it works, in microseconds since 1970.
    pub expires_at: Option<u64>,
}

/// Somebody who came by a share link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestRecord {
    /// Their id.
    pub id: String,
    /// By which link.
    pub share: ShareId,
    /// The name they were given.
    pub name: String,
    /// Whether the owner has let them in, where the owner is asked.
    pub is_admitted: bool,
    /// What the owner has said that they may do, in place of what the link says.
    pub role: Option<MemberRole>,
}

/// What somebody has said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRecord {
    /// Its id.
    pub id: MessageId,
    /// To which session.
    pub session: SessionId,
    /// Who.
    pub user_id: String,
    /// The name they had.
    pub name: String,
    /// What kind of message it is.
    pub kind: MessageKind,
    /// What.
    pub content: String,
    /// What a program has added, as JSON.
    pub metadata: Option<String>,
    /// When, in microseconds since 1970.
    pub sent_at: u64,
}

/// That there is a message, and who wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageIndex {
    /// In which session.
    pub session: SessionId,
    /// Its id.
    pub id: MessageId,
    /// Who.
    pub user_id: String,
}

/// How far somebody has read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadRecord {
    /// In which session.
    pub session: SessionId,
    /// Who.
    pub user_id: String,
    /// The last message that they have read.
    pub message: MessageId,
}
