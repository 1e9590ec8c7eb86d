//! What one wants to say: Enter sends it, Shift+Enter begins a line, and what was refused stays.

use leptos::{ev, html, prelude::*};

use crate::protocol::{
    SessionId,
    message::{ChatMessage, MAX_TEXT, MessageKind, SessionMessageSend},
};

use super::super::{
    ask::Asker,
    format,
    icon::{Glyph, Icon},
    text::{Message, use_texts},
};

/// From how many bytes on it is told how many are left.
const NEAR_LIMIT: usize = MAX_TEXT - 512;

/// The field and its button.
#[component]
pub fn Compose(
    /// To whom.
    session: SessionId,
    /// What was typed before.
    draft: ArcRwSignal<String>,
) -> impl IntoView {
    let text = use_texts();
    let asker = Asker::from_context();
    let typed = RwSignal::from(draft);
    let command = RwSignal::new(false);
    let sending = RwSignal::new(false);
    let refused = RwSignal::new(None::<String>);
    let field = NodeRef::<html::Textarea>::new();
    let length = Memo::new(move |_| typed.with(|typed| typed.trim().len()));
    let fits = move || (1..=MAX_TEXT).contains(&length.get());
    let sent = move |outcome: Option<String>| {
        // The field may be gone by now, with its words.
        sending.try_set(false);
        if outcome.is_none() {
            typed.try_set(String::new());
            command.try_set(false);
        }
        refused.try_set(outcome);
    };
    let send = move || {
        if sending.get_untracked() || !untrack(fits) {
            return;
        }
        sending.set(true);
        let words = typed.with_untracked(|typed| typed.trim().to_owned());
        if command.get_untracked() {
            let request =
                SessionMessageSend { session_id: session, content: words, kind: MessageKind::Command, metadata: None };
            asker.attempt("chat", &request, Box::new(move |outcome| sent(outcome.err())));
        } else {
            let request = ChatMessage { session_id: session, text: words };
            asker.attempt("chat", &request, Box::new(move |outcome| sent(outcome.err())));
        }
    };
    let keys = move |event: ev::KeyboardEvent| {
        // Enter that chooses among the words of an input method is not the one that sends.
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            send();
        }
    };
    let toggle = move |_| {
        command.update(|command| *command = !*command);
        if let Some(field) = field.get_untracked() {
            // A field that is shown can take the focus.
            drop(field.focus());
        }
    };
    let left = move || {
        let length = length.get();
        (length > NEAR_LIMIT).then(|| format!("{} / {}", format::count(length as u64), format::count(MAX_TEXT as u64)))
    };
    let placeholder = move || text.now(if command.get() { Message::WriteCommand } else { Message::WriteMessage });
    view! {
        <form
            class="compose"
            on:submit=move |event| {
                event.prevent_default();
                send();
            }
        >
            <p class="compose__refused" role="alert" hidden=move || refused.with(Option::is_none)>{move || refused.get()}</p>
            <textarea
                class="compose__field"
                class:compose__field--command=move || command.get()
                rows="2"
                aria-label=placeholder
                placeholder=placeholder
                prop:value=typed
                prop:readOnly=sending
                node_ref=field
                on:input=move |event| {
                    typed.set(event_target_value(&event));
                    refused.set(None);
                }
                on:keydown=keys
            ></textarea>
            <div class="compose__foot">
                <button
                    type="button"
                    class="pill"
                    aria-pressed=move || command.get().to_string()
                    title=text.of(Message::AsCommandHint)
                    on:click=toggle
                >
                    {text.of(Message::AsCommand)}
                </button>
                <span class="space"></span>
                <span class="num" aria-live="polite" data-state=move || (length.get() > MAX_TEXT).then_some("over")>{left}</span>
                <button class="button button--main" disabled=move || !fits()>
                    <Icon of=Glyph::Send/>
                    {text.of(Message::Send)}
                </button>
            </div>
        </form>
    }
}
