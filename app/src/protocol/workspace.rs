//! What a user may see of sessions, tabs and panes.

use serde::{Deserialize, Serialize};

use super::{PaneId, SessionId, TabId, TerminalId, event::notice, layout::Layout};

/// All a user may see.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Workspace {
    /// Their sessions.
    pub sessions: Vec<Session>,
    /// The one their window shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_session_id: Option<SessionId>,
}

impl Workspace {
    /// The session the window shows.
    #[must_use]
    pub fn active_session(&self) -> Option<&Session> {
        self.sessions.iter().find(|session| Some(session.id) == self.active_session_id)
    }
}

/// A set of tabs that outlives its viewers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// The name to show.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Grows by one with each change.
    pub revision: u64,
    /// What the reader may do in it.
    pub role: MemberRole,
    /// The people in it.
    pub members: Vec<Member>,
    /// Its tabs, in order.
    pub tabs: Vec<Tab>,
    /// The tab the window shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_tab_id: Option<TabId>,
}

/// One of a session's people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// Their id.
    pub user_id: String,
    /// The name to show.
    pub name: String,
    /// What they may do in the session.
    pub role: MemberRole,
    /// Whether a window of theirs is connected.
    pub online: bool,
}

/// What a member may do in a session; assigned by the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberRole {
    /// Everything, and say who else may.
    Owner,
    /// Type and arrange.
    Collaborator,
    /// Look.
    Viewer,
}

/// One screenful.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tab {
    /// Its id.
    pub id: TabId,
    /// The title to show.
    pub title: String,
    /// What it holds.
    pub kind: TabKind,
    /// Its panes.
    pub panes: Vec<Pane>,
    /// Where they are.
    pub layout: Layout,
}

/// What a tab holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TabKind {
    /// Shells.
    Terminal,
}

/// A place for one terminal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pane {
    /// Its id.
    pub id: PaneId,
    /// The title to show.
    pub title: String,
    /// The terminal in it, alive or ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal_id: Option<TerminalId>,
    /// The directory of its shell, as far as the shell says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cwd: Option<String>,
}

/// A pane is not what it was; told to the session's members.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaneUpdated {
    /// The tab it is in.
    pub tab_id: TabId,
    /// The pane as it is now.
    pub pane: Pane,
    /// Where the tab's panes are.
    pub layout: Layout,
    /// The session's revision with this change.
    pub revision: u64,
}

notice!(PaneUpdated = "pane:updated");
