//! What a user may see of sessions, tabs and panes.

use serde::{Deserialize, Serialize};

use super::{
    PaneId, SessionId, TabId, TerminalId,
    event::{Request, event},
    layout::Layout,
};

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
    /// What its owner has decided.
    #[serde(default)]
    pub settings: SessionSettings,
    /// How many messages the reader has not read.
    #[serde(default)]
    pub unread: u64,
    /// Who asks to be let in; told to owners alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asking: Vec<Asking>,
}

/// What the owner of a session decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SessionSettings {
    /// Whether viewers may be in it.
    pub allow_observers: bool,
    /// Whether collaborators may be in it.
    pub allow_collaborators: bool,
    /// Whether the owner is asked before somebody comes in.
    pub require_approval_for_join: bool,
    /// Whether it ends for everybody when its owner's last window has gone.
    pub auto_close_on_owner_disconnect: bool,
    /// After how many minutes without a window its shells end; 0 for never.
    pub session_timeout_minutes: u32,
    /// The most people in it, the owner included.
    pub max_users: u32,
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self {
            allow_observers: true,
            allow_collaborators: true,
            require_approval_for_join: false,
            auto_close_on_owner_disconnect: false,
            session_timeout_minutes: 0,
            max_users: 50,
        }
    }
}

/// Somebody who asks to be let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asking {
    /// Their id.
    pub user_id: String,
    /// The name to show.
    pub name: String,
    /// What they would be.
    pub role: MemberRole,
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
    /// Which of the eight colours marks them, from 0.
    #[serde(default)]
    pub color: u8,
    /// Whether a window of theirs is connected.
    pub online: bool,
    /// The pane they are in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pane_id: Option<PaneId>,
    /// The public ids of their windows: who leads at a terminal is told by one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub client_ids: Vec<String>,
    /// Whether they came by a share link, and so cannot own a session.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub is_guest: bool,
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
    /// The pane that is shown alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zoomed_pane_id: Option<PaneId>,
}

/// What a tab holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TabKind {
    /// Shells.
    #[default]
    Terminal,
    /// A conversation with the assistant.
    AiAssistant,
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

/// Asks for everything there is to see: after a gap in the revisions, or whenever a window is in doubt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceSyncRequest {
    /// The revision of the active session that the window has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
}

/// Everything the user may see.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceSyncResponse {
    /// The sessions; nothing that terminals have shown.
    pub workspace: Workspace,
    /// The revision of the active session; 0 when there is none.
    pub revision: u64,
}

event!(WorkspaceSyncRequest = "workspace_sync_request", WorkspaceSyncResponse = "workspace:sync_response");

impl Request for WorkspaceSyncRequest {
    type Response = WorkspaceSyncResponse;
}
