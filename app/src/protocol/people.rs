//! Sessions and the people in them: made, joined, left, named, and who may do what.

use serde::{Deserialize, Serialize};

use super::{
    Refusal, SessionId,
    event::{Request, Subject, event, notice},
    settings::SettingsChange,
    workspace::{Asking, Member, MemberRole, Session, SessionSettings},
};

/// Asks for a new session, which the window shows from then on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionCreate {
    /// Its name; none for the user's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What is decided at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<SessionSettings>,
}

/// There is a new session; told to all windows of its owner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionCreated {
    /// The session.
    pub session: Session,
}

/// Asks to be in a session, or, as a member, to be shown it in this window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionJoin {
    /// Which.
    pub session_id: SessionId,
    /// The secret of a share link, for who is no member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share_token: Option<String>,
}

/// Whether one is in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionJoined {
    /// Which session.
    pub session_id: SessionId,
    /// Whether the owner is still to be asked.
    pub status: JoinStatus,
    /// The session; none while waiting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Session>,
    /// Who is in, as the others see them; none while waiting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<Member>,
}

impl SessionJoined {
    /// A session is shown to a member.
    #[must_use]
    pub fn joined(session: Session, user_id: &str) -> Self {
        let user = session.members.iter().find(|member| member.user_id == user_id).cloned();
        Self { session_id: session.id, status: JoinStatus::Joined, session: Some(session), user }
    }

    /// The owner is to be asked.
    #[must_use]
    pub fn waiting(session_id: SessionId) -> Self {
        Self { session_id, status: JoinStatus::Waiting, session: None, user: None }
    }
}

/// How far a join has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JoinStatus {
    /// The user is in.
    Joined,
    /// The owner has been asked; another `session:joined`, or `session:refused`, tells the answer.
    Waiting,
}

/// The owner does not let one in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionRefused {
    /// Which session.
    pub session_id: SessionId,
    /// Why.
    pub error: Refusal,
}

/// Asks to be out of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionLeave {
    /// Which.
    pub session_id: SessionId,
}

/// One is out, by one's own wish or the owner's; told to all windows of who left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionLeft {
    /// Which session.
    pub session_id: SessionId,
    /// Why, when it was not one's own wish.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Refusal>,
}

/// Asks for another name, description or other settings; what is absent stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionUpdate {
    /// Which.
    pub session_id: SessionId,
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Other settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<SettingsChange>,
    /// The session's revision at which this was decided; refused if name, description or settings have changed after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
}

/// A session is not what it was; told to the members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionUpdated {
    /// Which.
    pub session_id: SessionId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its settings.
    pub settings: SessionSettings,
    /// Its revision with this change.
    pub revision: u64,
}

/// Asks to end a session for everybody, with the shells in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionDelete {
    /// Which.
    pub session_id: SessionId,
}

/// A session is no more; told to the members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionDeleted {
    /// Which.
    pub session_id: SessionId,
}

/// Asks for another role of a member. Making somebody the owner makes the owner a collaborator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberSetRole {
    /// In which session.
    pub session_id: SessionId,
    /// Whose.
    pub user_id: String,
    /// The role.
    pub role: MemberRole,
}

/// Asks to put a member out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberRemove {
    /// Of which session.
    pub session_id: SessionId,
    /// Whom.
    pub user_id: String,
}

/// Answers who asks to be let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JoinDecide {
    /// Into which session.
    pub session_id: SessionId,
    /// Whom.
    pub user_id: String,
    /// Whether they may.
    pub approved: bool,
}

/// Somebody was let in or not; told to the owner's windows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JoinDecided {
    /// Into which session.
    pub session_id: SessionId,
    /// Whom.
    pub user_id: String,
    /// Whether they are in.
    pub approved: bool,
}

/// Somebody asks to be let in, or does not any more; told to the owner's windows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JoinRequested {
    /// Into which session.
    pub session_id: SessionId,
    /// All who ask now.
    pub asking: Vec<Asking>,
}

/// Somebody has come; told to the members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserJoined {
    /// Into which session.
    pub session_id: SessionId,
    /// Who.
    pub user: Member,
    /// The session's revision with this change.
    pub revision: u64,
}

/// Somebody has another role; told to the members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserUpdated {
    /// In which session.
    pub session_id: SessionId,
    /// All members: a role that is handed over changes two.
    pub members: Vec<Member>,
    /// The session's revision with this change.
    pub revision: u64,
}

/// Somebody is no member any more; told to the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserLeft {
    /// Which session.
    pub session_id: SessionId,
    /// Who.
    pub user_id: String,
    /// The session's revision with this change.
    pub revision: u64,
}

/// A member's first window has come, their last has gone, or one of several came or went; told to the members, and no
/// change of the session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserPresence {
    /// In which session.
    pub session_id: SessionId,
    /// The member as they are now.
    pub user: Member,
}

event!(
    SessionCreate = "session_create",
    SessionCreated = "session:created",
    SessionJoin = "session_join",
    SessionJoined = "session:joined",
    SessionLeave = "session_leave",
    SessionLeft = "session:left",
    SessionUpdate = "session_update",
    SessionUpdated = "session:updated",
    SessionDelete = "session_delete",
    SessionDeleted = "session:deleted",
    MemberSetRole = "member_set_role",
    MemberRemove = "member_remove",
    JoinDecide = "join_decide",
    JoinDecided = "join:decided",
    UserUpdated = "user:updated",
    UserLeft = "user:left",
);
notice!(
    SessionRefused = "session:refused",
    JoinRequested = "join:requested",
    UserJoined = "user:joined",
    UserPresence = "user:presence",
);

impl Request for SessionCreate {
    type Response = SessionCreated;
}

macro_rules! about_a_session {
    ($($request:ty => $response:ty),+ $(,)?) => {
        $(
            impl Request for $request {
                type Response = $response;

                fn subject(&self) -> Subject {
                    Subject { session: Some(self.session_id), ..Subject::default() }
                }
            }
        )+
    };
}

about_a_session!(
    SessionLeave => SessionLeft,
    SessionUpdate => SessionUpdated,
    SessionDelete => SessionDeleted,
    MemberSetRole => UserUpdated,
    MemberRemove => UserLeft,
    JoinDecide => JoinDecided,
);

impl Request for SessionJoin {
    type Response = SessionJoined;

    /// The token is a secret.
    const IS_PRIVATE: bool = true;

    fn subject(&self) -> Subject {
        Subject { session: Some(self.session_id), ..Subject::default() }
    }
}
