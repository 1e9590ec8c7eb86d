//! The message family: what people say to each other, and how far they have read.

use std::sync::Arc;

use app::protocol::{
    Event, Refusal, RefusalCode, SessionId,
    message::{
        Author, ChatMessage, ChatMessageSent, MAX_METADATA, MAX_PAGE, MAX_TEXT, MessageKind, MessageList, MessageRead,
        MessagesListed, MessagesRead, SessionMessage, SessionMessageSend,
    },
};
use serde::Serialize;

use super::{answer::Answer, traced::Call, windows};
use crate::{
    chat::Saying,
    share::{self, timestamp},
    store::{MessageRecord, Page, Unread},
    workspace::Action,
};

/// How many messages a page has that does not say.
const PAGE: u32 = 50;

/// Says something, of whatever kind, to a session.
pub(super) fn send(call: &Call, request: SessionMessageSend) -> Result<Answer<SessionMessage>, Refusal> {
    let SessionMessageSend { session_id, content, kind, metadata } = request;
    let metadata = metadata.map(|metadata| serde_json::Value::from(metadata).to_string());
    if metadata.as_ref().is_some_and(|metadata| metadata.len() > MAX_METADATA) {
        return Err(too_long("metadata", "A message's metadata", MAX_METADATA));
    }
    say(call, session_id, "content", content, kind, metadata, view)
}

/// Says something to the people of a session.
pub(super) fn chat(call: &Call, request: ChatMessage) -> Result<Answer<ChatMessageSent>, Refusal> {
    let ChatMessage { session_id, text } = request;
    say(call, session_id, "text", text, MessageKind::Text, None, |record| {
        let SessionMessage { id, session_id, from, content: text, sent_at, .. } = view(record);
        ChatMessageSent { id, session_id, from, text, sent_at }
    })
}

fn say<T: Event + Serialize + Send + 'static>(
    call: &Call,
    session: SessionId,
    field: &'static str,
    content: String,
    kind: MessageKind,
    metadata: Option<String>,
    told: impl FnOnce(MessageRecord) -> T + Send + 'static,
) -> Result<Answer<T>, Refusal> {
    let client = Arc::clone(&call.client);
    client.hub.sessions.allow(&client.user.id, session, Action::Say)?;
    if content.trim().is_empty() {
        return Err(Refusal::invalid(field, "A message has at least one character."));
    }
    if content.len() > MAX_TEXT {
        return Err(too_long(field, "A message", MAX_TEXT));
    }
    let (user_id, name, cause) = (client.user.id.clone(), client.user.name.clone(), call.cause());
    let saying = Saying { session, user_id, name, kind, content, metadata };
    Ok(Answer::handed(move |completion| {
        let hub = Arc::clone(&client.hub);
        let said = move |record| {
            let windows = client.hub.windows_because(session, cause);
            let told = told(record);
            windows.say_to_others(&client.id, &told);
            completion.finish(Ok(told.into()));
        };
        hub.lasting.chat.say(saying, share::now(), said);
    }))
}

/// Reads what was said before.
pub(super) fn list(call: &Call, request: MessageList) -> Result<Answer<MessagesListed>, Refusal> {
    let MessageList { session_id, before, limit } = request;
    let (client, limit) = (Arc::clone(&call.client), limit.unwrap_or(PAGE));
    client.hub.sessions.allow(&client.user.id, session_id, Action::Read)?;
    if !(1..=MAX_PAGE).contains(&limit) {
        return Err(Refusal::invalid("limit", format!("A page has 1 to {MAX_PAGE} messages.")));
    }
    Ok(Answer::handed(move |completion| {
        let hub = Arc::clone(&client.hub);
        let read = hub.lasting.chat.last_read(session_id, &client.user.id);
        // One more says whether there are more.
        let page = move |page: Page| {
            completion.finish(page.map_err(unread).map(|mut page| {
                let more = page.len() > limit as usize;
                page.truncate(limit as usize);
                let messages = page.into_iter().rev().map(view).collect();
                MessagesListed { session_id, messages, more, read }.into()
            }));
        };
        hub.lasting.chat.page(session_id, before, limit + 1, page);
    }))
}

/// Notes how far somebody has read, and tells their other windows.
pub(super) fn read(call: &Call, request: MessageRead) -> Result<Answer<MessagesRead>, Refusal> {
    let MessageRead { session_id, message_id } = request;
    let (client, cause) = (Arc::clone(&call.client), call.cause());
    client.hub.sessions.allow(&client.user.id, session_id, Action::Read)?;
    if !client.hub.lasting.chat.has(session_id, message_id) {
        return Err(Refusal::not_found("messageId", "message"));
    }
    Ok(Answer::handed(move |completion| {
        let hub = Arc::clone(&client.hub);
        let user = client.user.id.clone();
        let noted = move |message_id, unread| {
            let told = MessagesRead { session_id, message_id, unread };
            let theirs = client.hub.rooms.of(&client.hub.sessions.windows_of(&client.user.id));
            windows::tell_others(&theirs, &client.id, session_id, &told, cause);
            completion.finish(Ok(told.into()));
        };
        hub.lasting.chat.read(session_id, &user, message_id, noted);
    }))
}

fn view(record: MessageRecord) -> SessionMessage {
    let MessageRecord { id, session: session_id, user_id, name, kind, content, metadata, sent_at } = record;
    let metadata = metadata.and_then(|metadata| serde_json::from_str(&metadata).ok());
    let (from, sent_at) = (Author { user_id, name }, timestamp(sent_at));
    SessionMessage { id, session_id, from, kind, content, metadata, sent_at }
}

fn unread(why: Unread) -> Refusal {
    match why {
        Unread::Busy => Refusal::new(RefusalCode::Busy, "Too many are reading messages at once."),
        Unread::Failed => Refusal::new(RefusalCode::Internal, "The messages cannot be read just now."),
    }
}

fn too_long(field: &str, what: &str, most: usize) -> Refusal {
    let message = format!("{what} has at most {most} bytes.");
    Refusal { field: Some(field.to_owned()), ..Refusal::new(RefusalCode::TooLarge, message) }
}
