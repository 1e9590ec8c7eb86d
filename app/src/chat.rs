//! What the people of a session have said, as far as this window has it. It changes only by what the server says.

mod conversation;

pub use conversation::{Conversation, KEPT, Line, Loading};

use std::collections::BTreeMap;

use leptos::prelude::{ArcRwSignal, StoredValue, Update, UpdateValue, use_context};

use crate::{
    protocol::{
        SessionId,
        message::{ChatMessageSent, MessageKind, SessionMessage},
        session::SessionReady,
    },
    workspace::Notice,
};

/// The conversations of this window's sessions.
#[derive(Clone, Copy)]
pub struct ChatState {
    conversations: StoredValue<BTreeMap<SessionId, ArcRwSignal<Conversation>>>,
}

impl ChatState {
    /// Nothing has been said yet.
    #[must_use]
    pub fn new() -> Self {
        Self { conversations: StoredValue::new(BTreeMap::new()) }
    }

    /// What was said in a session.
    #[must_use]
    pub fn conversation(self, session: SessionId) -> ArcRwSignal<Conversation> {
        self.conversations
            .try_update_value(|conversations| conversations.entry(session).or_default().clone())
            .unwrap_or_default()
    }

    /// Takes over what the server says at the beginning of a connection: what was said meanwhile is to be asked for.
    pub fn fill(self, ready: &SessionReady) {
        let sessions = &ready.workspace.sessions;
        self.conversations.update_value(|conversations| {
            conversations.retain(|id, _| sessions.iter().any(|session| session.id == *id));
            conversations.values().for_each(|conversation| conversation.update(Conversation::outdate));
        });
    }

    /// Takes over one change; most are about something else.
    pub fn apply(self, notice: &Notice) {
        match notice {
            Notice::Message(message) => self.hear(message.clone()),
            Notice::Chat(sent) => self.hear(words(sent)),
            Notice::Listed(page) => {
                self.conversation(page.session_id).update(|conversation| conversation.fill(page.clone()));
            }
            Notice::Read(read) => {
                self.conversation(read.session_id).update(|conversation| conversation.read_up_to(read.message_id));
            }
            _ => {}
        }
    }

    fn hear(self, message: SessionMessage) {
        self.conversation(message.session_id).update(|conversation| conversation.hear(message));
    }
}

impl Default for ChatState {
    fn default() -> Self {
        Self::new()
    }
}

/// The conversations of this window; empty ones while the server renders.
#[must_use]
pub fn use_chat() -> ChatState {
    use_context().unwrap_or_default()
}

/// Words from the chat are messages of the kind `text`.
fn words(sent: &ChatMessageSent) -> SessionMessage {
    let ChatMessageSent { id, session_id, from, text, sent_at } = sent.clone();
    SessionMessage { id, session_id, from, kind: MessageKind::Text, content: text, metadata: None, sent_at }
}

#[cfg(test)]
mod tests {
    use super::{conversation::tests::message, *};
    use crate::protocol::{
        session::{ClientConfig, UserRole, UserView},
        workspace::Workspace,
    };
    use leptos::prelude::{GetUntracked, Owner};

    const HERE: SessionId = SessionId::from_random(1);

    #[test]
    fn what_is_said_stands_in_its_own_session_and_goes_with_it() {
        let owner = Owner::new();
        owner.set();
        let chat = ChatState::new();
        chat.apply(&Notice::Message(message(1, "ada")));
        assert!(!chat.conversation(HERE).get_untracked().is_empty());
        assert!(chat.conversation(SessionId::from_random(2)).get_untracked().is_empty());
        chat.fill(&SessionReady {
            client_id: String::new(),
            user: UserView { id: String::new(), name: String::new(), role: UserRole::User },
            config: ClientConfig::default(),
            workspace: Workspace::default(),
            terminals: Vec::new(),
            received_at: 0,
            sent_at: 0,
        });
        assert!(chat.conversation(HERE).get_untracked().is_empty());
    }
}
