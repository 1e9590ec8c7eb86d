//! What the people of a session say to each other.

use serde::{Deserialize, Serialize};

use super::{
    MessageId, SessionId,
    event::{Event, Request, Subject, event},
};

/// The most bytes of a message's text.
pub const MAX_TEXT: usize = 4096;

/// The most bytes of a message's metadata, as JSON.
pub const MAX_METADATA: usize = 4096;

/// The most messages of a page.
pub const MAX_PAGE: u32 = 100;

/// Says something to a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionMessageSend {
    /// To which session.
    pub session_id: SessionId,
    /// What, at most [`MAX_TEXT`] bytes.
    pub content: String,
    /// What kind of message it is.
    #[serde(default, rename = "type")]
    pub kind: MessageKind,
    /// What a program adds, at most [`MAX_METADATA`] bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<serde_json::Map<String, serde_json::Value>>,
}

/// What a message is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// Words.
    #[default]
    Text,
    /// A command that somebody is to look at.
    Command,
    /// Where a file is.
    File,
    /// What a program has to say.
    Notification,
}

/// Somebody has said something; told to the members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionMessage {
    /// Its id.
    pub id: MessageId,
    /// To which session.
    pub session_id: SessionId,
    /// Who.
    pub from: Author,
    /// What kind of message it is.
    #[serde(rename = "type")]
    pub kind: MessageKind,
    /// What.
    pub content: String,
    /// What a program has added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<serde_json::Map<String, serde_json::Value>>,
    /// When, RFC 3339.
    pub sent_at: String,
}

/// Who has said something; still known by name when they have left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Author {
    /// Their id.
    pub user_id: String,
    /// The name to show.
    pub name: String,
}

/// Says something to the people of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatMessage {
    /// To which session.
    pub session_id: SessionId,
    /// What, at most [`MAX_TEXT`] bytes.
    pub text: String,
}

/// Somebody has said something; told to the members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatMessageSent {
    /// Its id.
    pub id: MessageId,
    /// To which session.
    pub session_id: SessionId,
    /// Who.
    pub from: Author,
    /// What.
    pub text: String,
    /// When, RFC 3339.
    pub sent_at: String,
}

/// Asks for what was said before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageList {
    /// In which session.
    pub session_id: SessionId,
    /// Before which message; the latest when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<MessageId>,
    /// How many at most, 1…[`MAX_PAGE`]; 50 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// A page of what was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessagesListed {
    /// In which session.
    pub session_id: SessionId,
    /// The oldest first; words from the chat are messages of the kind `text`.
    pub messages: Vec<SessionMessage>,
    /// Whether there are older ones.
    pub more: bool,
    /// The last message that the reader has read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<MessageId>,
}

/// Says how far one has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageRead {
    /// In which session.
    pub session_id: SessionId,
    /// The last message that was read.
    pub message_id: MessageId,
}

/// How far one has read; told to all windows of the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessagesRead {
    /// In which session.
    pub session_id: SessionId,
    /// The last message that was read.
    pub message_id: MessageId,
    /// How many are still to be read.
    pub unread: u64,
}

event!(
    SessionMessageSend = "session_message_send",
    SessionMessage = "session:message",
    ChatMessage = "chat_message",
    MessageList = "message_list",
    MessagesListed = "message:list",
    MessageRead = "message_read",
    MessagesRead = "message:read",
);

/// What is said comes back under the name it was sent by.
impl Event for ChatMessageSent {
    const NAME: &'static str = ChatMessage::NAME;
}

macro_rules! said_in_a_session {
    ($($request:ty => $response:ty, private: $private:literal;)+) => {
        $(
            impl Request for $request {
                type Response = $response;

                const IS_PRIVATE: bool = $private;

                fn subject(&self) -> Subject {
                    Subject { session: Some(self.session_id), ..Subject::default() }
                }
            }
        )+
    };
}

said_in_a_session!(
    SessionMessageSend => SessionMessage, private: true;
    ChatMessage => ChatMessageSent, private: true;
    MessageList => MessagesListed, private: false;
    MessageRead => MessagesRead, private: false;
);
