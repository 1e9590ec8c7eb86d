//! Where a terminal belongs, written down beside it: what the sessions are put together from again after a restart.

use app::protocol::{PaneId, SessionId, TabId};
use serde::{Deserialize, Serialize};

/// The place of one terminal. What has no terminal is not written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Label {
    /// The session.
    pub session: SessionId,
    /// Its name.
    pub session_name: String,
    /// The id of the user whose session it is.
    pub owner_id: String,
    /// The name of that user.
    pub owner_name: String,
    /// The tab.
    pub tab: TabId,
    /// Which of the session's tabs it was.
    pub tab_index: usize,
    /// The pane.
    pub pane: PaneId,
    /// When the terminal was opened, in milliseconds since the epoch: of two in one pane the later one is there.
    pub opened_at_ms: u64,
    /// The name that its shell was opened by, where it was by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_as: Option<KnownAs>,
}

/// What a client of before there were panes calls a shell. The name is its user's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KnownAs {
    /// Whose name it is.
    pub user_id: String,
    /// The name.
    pub name: String,
}

impl Label {
    /// Reads what [`Label::write`] has written; `None` for anything else.
    pub fn read(text: &str) -> Option<Self> {
        let label: Self = serde_json::from_str(text).ok()?;
        let is_known = label.session != SessionId::NOBODY && label.tab != TabId::NOBODY && label.pane != PaneId::NOBODY;
        is_known.then_some(label)
    }

    /// Writes it down.
    pub fn write(&self) -> String {
        serde_json::to_string(self).expect("ids, texts and numbers serialise without fail")
    }
}
