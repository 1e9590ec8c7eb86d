//! The chat of a session as a tool of the dock: what was said, and what one wants to say.

mod compose;
mod day;
mod list;
mod message;

use std::collections::BTreeMap;

use leptos::{either::Either, ev, prelude::*};

use crate::{
    chat::{Loading, use_chat},
    client::{LinkState, LinkStatus},
    protocol::{
        SessionId,
        message::{MessageList, MessageRead},
    },
};

use super::{
    ask::Asker,
    here::use_here,
    text::{Message, use_texts},
};

use self::{compose::Compose, list::MessageLines};

/// How many messages a page has.
const PAGE: u32 = 50;

/// What was typed and is not sent yet.
type Drafts = StoredValue<BTreeMap<SessionId, ArcRwSignal<String>>>;

/// The tool.
#[component]
pub fn ChatPanel(
    /// Whether it is in sight; what is not in sight is not read.
    shown: Signal<bool>,
) -> impl IntoView {
    let (text, here) = (use_texts(), use_here());
    let session = Memo::new(move |_| here.id());
    let watched = watched(shown);
    let refused = RwSignal::new(None::<String>);
    let drafts: Drafts = StoredValue::new(BTreeMap::new());
    keep_current(session, watched, refused);
    view! {
        <div class="chat">
            // Each session has its own place in what was said, and its own words that are not sent yet.
            {move || match session.get() {
                Some(session) => Either::Left(view! {
                    <MessageLines session watched refused/>
                    <Compose session draft=draft(drafts, session)/>
                }),
                None => Either::Right(view! { <p class="empty">{text.of(Message::NoSession)}</p> }),
            }}
        </div>
    }
}

fn draft(drafts: Drafts, session: SessionId) -> ArcRwSignal<String> {
    drafts.try_update_value(|drafts| drafts.entry(session).or_default().clone()).unwrap_or_default()
}

/// Whether somebody can see the messages: the tool is in sight, and so is the page.
fn watched(shown: Signal<bool>) -> Signal<bool> {
    let visible = RwSignal::new(true);
    Effect::new(move || {
        let look = move || visible.set(!document().hidden());
        look();
        let listening = window_event_listener(ev::visibilitychange, move |_| look());
        on_cleanup(move || listening.remove());
    });
    Signal::derive(move || shown.get() && visible.get())
}

/// Asks for the newest messages whenever somebody looks and they may not be here.
fn keep_current(session: Memo<Option<SessionId>>, watched: Signal<bool>, refused: RwSignal<Option<String>>) {
    let chat = use_chat();
    let asker = Asker::from_context();
    // What is said while the question is under way does not ask it again.
    let lacking = Memo::new(move |_| {
        let session = session.get().map(|session| chat.conversation(session));
        session.is_some_and(|conversation| conversation.with(|conversation| conversation.loading() != Loading::Current))
    });
    let status = expect_context::<LinkStatus>();
    let online = Memo::new(move |_| status.state.with(|state| *state == LinkState::Online));
    Effect::new(move || {
        let asks = lacking.get() && watched.get() && online.get();
        if let Some(session_id) = session.get().filter(|_| asks) {
            ask_for(asker, MessageList { session_id, before: None, limit: Some(PAGE) }, refused);
        }
    });
}

/// Asks for a page, which is told to the conversation as everything is.
fn ask_for(asker: Asker, page: MessageList, refused: RwSignal<Option<String>>) {
    // The panel may be gone by now.
    asker.attempt("chat", &page, Box::new(move |outcome| drop(refused.try_set(outcome.err()))));
}

/// Says how far one has read.
fn mark(asker: Asker, read: MessageRead) {
    // Whoever cannot say it now says it with the next message.
    asker.attempt("chat", &read, Box::new(drop));
}
