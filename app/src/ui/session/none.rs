//! What stands where the terminals would, as long as no session is shown.

use leptos::prelude::*;

use crate::workspace::use_workspace;

use super::{
    super::text::{Message, use_texts},
    use_sessions,
};

/// Why there is no session, and the way to one.
#[component]
pub fn NoSession() -> impl IntoView {
    let (text, sessions) = (use_texts(), use_sessions());
    let view = use_workspace().view();
    // Before the server has said which there are, they are waited for.
    let in_none = Memo::new(move |_| view.with(|view| view.as_ref().is_some_and(|view| view.sessions.is_empty())));
    let among_others =
        Memo::new(move |_| view.with(|view| view.as_ref().is_some_and(|view| !view.sessions.is_empty())));
    let words = move || text.now(if in_none.get() { Message::InNoSession } else { Message::NoSession });
    view! {
        <div class="work__none" role="status">
            <p>{words}</p>
            // The server chooses the next one at once; should it not, the person does.
            <Show when=move || among_others.get()>
                <button class="button work__choose" on:click=move |_| sessions.open_menu()>
                    {text.of(Message::ChooseSession)}
                </button>
            </Show>
            <Show when=move || in_none.get() && sessions.may_create()>
                <button class="button button--main" on:click=move |_| sessions.begin_new()>
                    {text.of(Message::NewSession)}
                </button>
            </Show>
        </div>
    }
}
