//! Share links: how somebody without an account comes into a session.

use serde::{Deserialize, Serialize};

use super::{
    SessionId, ShareId, TerminalId,
    event::{Request, Subject, event},
    workspace::MemberRole,
};

/// Asks for a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShareCreate {
    /// Into which session.
    pub session_id: SessionId,
    /// The one terminal it shows; the whole session when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal_id: Option<TerminalId>,
    /// What its holders may do, which is never to own; look, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<MemberRole>,
    /// How long it works; until it is revoked when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_seconds: Option<u64>,
}

/// The link, with the secret that is shown this once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShareCreated {
    /// The link, with its `token` and its `url`.
    pub share: Share,
}

/// A link as its session's owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Share {
    /// Its id.
    pub id: ShareId,
    /// Into which session.
    pub session_id: SessionId,
    /// The one terminal it shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal_id: Option<TerminalId>,
    /// What its holders may do.
    pub role: MemberRole,
    /// When it was made, RFC 3339.
    pub created_at: String,
    /// Until when it works, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// How many of its guests are here.
    pub guests: u64,
    /// Its secret; told once, to who makes the link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Where it leads, from the server's own root on: `/?share=…`; told with the secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Asks for the links that work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShareList {
    /// Into which session.
    pub session_id: SessionId,
}

/// The links that work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SharesListed {
    /// Into which session.
    pub session_id: SessionId,
    /// The newest first.
    pub shares: Vec<Share>,
}

/// Asks to end a link, and with it the visits of all who came by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShareRevoke {
    /// Which.
    pub share_id: ShareId,
}

/// A link does not work any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShareRevoked {
    /// Which.
    pub share_id: ShareId,
}

event!(
    ShareCreate = "share_create",
    ShareCreated = "share:created",
    ShareList = "share_list",
    SharesListed = "share:list",
    ShareRevoke = "share_revoke",
    ShareRevoked = "share:revoked",
);

impl Request for ShareCreate {
    type Response = ShareCreated;

    fn subject(&self) -> Subject {
        Subject { session: Some(self.session_id), terminal: self.terminal_id, ..Subject::default() }
    }
}

impl Request for ShareList {
    type Response = SharesListed;

    fn subject(&self) -> Subject {
        Subject { session: Some(self.session_id), ..Subject::default() }
    }
}

impl Request for ShareRevoke {
    type Response = ShareRevoked;
}
