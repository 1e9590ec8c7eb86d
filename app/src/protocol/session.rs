//! A window's hello and goodbye.

use serde::{Deserialize, Serialize};

use super::{
    SessionId, TerminalId,
    event::{Request, event, notice},
    terminal::{TerminalClosed, TerminalCommand},
    workspace::{MemberRole, Workspace},
};

/// The first request of a window.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionInit {
    /// What connects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<ClientInfo>,
    /// What the window knew before it lost its link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<Resume>,
}

/// The program that connects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientInfo {
    /// Its name.
    pub name: String,
    /// Its version.
    #[serde(default)]
    pub version: String,
}

/// The state a window comes back with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resume {
    /// The session it showed.
    pub session_id: SessionId,
    /// The revision of that session it knew.
    pub revision: u64,
    /// The connection that it had, which may not have been told that it is no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
}

/// Everything a window needs to begin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionReady {
    /// The public id of this connection, for spans and people; never the transport's own.
    pub client_id: String,
    /// Who the window acts for.
    pub user: UserView,
    /// What depends on the user.
    pub config: ClientConfig,
    /// The sessions the user may see.
    pub workspace: Workspace,
    /// What there is to know of the terminals in them beyond that, of those that have said anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub terminals: Vec<TerminalSummary>,
    /// When the request arrived, in microseconds since the epoch.
    pub received_at: u64,
    /// When the answer left, in microseconds since the epoch.
    pub sent_at: u64,
}

/// What a terminal has said of itself, for a window that does not watch it yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TerminalSummary {
    /// Which.
    pub terminal_id: TerminalId,
    /// The name its program gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The command that runs, or was the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<TerminalCommand>,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<TerminalClosed>,
}

impl TerminalSummary {
    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.title.is_none() && self.command.is_none() && self.closed.is_none()
    }
}

/// A person as others see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserView {
    /// The id.
    pub id: String,
    /// The name to show.
    pub name: String,
    /// What they may do on this server.
    pub role: UserRole,
}

/// What a person may do on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserRole {
    /// Everything.
    Admin,
    /// Their own sessions.
    User,
    /// What a share link allows.
    Guest,
}

/// The settings of a window that depend on who is in front of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientConfig {
    /// The largest input message, in bytes; a page cuts longer pastes into pieces.
    pub max_input_bytes: usize,
    /// How many unacked output bytes the server sends before it waits.
    pub credit_bytes: u64,
    /// After how many parsed bytes a page acks.
    pub ack_every_bytes: u64,
    /// Whether the size of every window counts and not only that of the one that leads.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub every_size_counts: bool,
    /// By what link the user is here; none for who signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guest: Option<GuestPass>,
}

/// What a guest's link allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GuestPass {
    /// Into which session it leads.
    pub session_id: SessionId,
    /// What its holders may do there.
    pub role: MemberRole,
    /// The one terminal that it shows; all of the session where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal_id: Option<TerminalId>,
    /// Until when it works, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// Whether the owner is still to let the guest in.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub is_waiting: bool,
}

/// A polite goodbye.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionEnd {}

/// The answer to a goodbye.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionEnded {}

/// The server is going away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerClosing {
    /// Why, in words for a person.
    pub reason: String,
}

/// How well what people change is kept: layouts, names, people and messages. Told to a window that comes while it is not
/// [`Storage::Durable`], and to all when it changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerStorage {
    /// The condition.
    pub storage: Storage,
}

/// A condition of the server's store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Storage {
    /// It outlives the server.
    #[default]
    Durable,
    /// Some of it could not be written down, and is tried again.
    Behind,
    /// None of it can be: it is lost with the server if that stays so.
    Memory,
}

event!(
    SessionInit = "session:init",
    SessionReady = "session:ready",
    SessionEnd = "session:end",
    SessionEnded = "session:ended",
);
notice!(ServerClosing = "server:closing", ServerStorage = "server:storage");

impl Request for SessionInit {
    type Response = SessionReady;
}

impl Request for SessionEnd {
    type Response = SessionEnded;
}
