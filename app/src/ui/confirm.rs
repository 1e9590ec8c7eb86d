//! The question before something is done that cannot be undone.

use leptos::{html, prelude::*};

use super::text::{Message, use_texts};

/// A question that waits for a yes.
#[derive(Clone)]
pub struct Question {
    /// What is about to be done.
    pub title: String,
    /// What comes of it, a sentence each.
    pub lines: Vec<String>,
    /// What does it.
    pub action: Message,
    /// What happens then.
    pub then: Callback<()>,
}

/// The question that is asked, if any.
#[derive(Clone, Copy)]
pub struct Confirm {
    question: RwSignal<Option<Question>>,
}

impl Confirm {
    /// No question.
    #[must_use]
    pub fn new() -> Self {
        Self { question: RwSignal::new(None) }
    }

    /// Asks; one question at a time, the latest.
    pub fn ask(self, question: Question) {
        self.question.set(Some(question));
    }

    /// Whether a question waits; reading it follows it.
    #[must_use]
    pub fn is_asked(self) -> bool {
        self.question.with(Option::is_some)
    }
}

/// Where questions are asked; there from the root component on.
#[must_use]
pub fn use_confirm() -> Confirm {
    expect_context()
}

/// The dialog, while a question waits.
#[component]
pub fn ConfirmDialog() -> impl IntoView {
    let confirm = use_confirm();
    move || confirm.question.get().map(|question| view! { <Asking question/> })
}

#[component]
fn Asking(question: Question) -> impl IntoView {
    let text = use_texts();
    let confirm = use_confirm();
    let dialog = NodeRef::<html::Dialog>::new();
    let Question { title, lines, action, then } = question;
    Effect::new(move || {
        if let Some(dialog) = dialog.get() {
            // It has only just come: it cannot be open already.
            drop(dialog.show_modal());
        }
    });
    let answer = move |yes: bool| {
        confirm.question.set(None);
        if yes {
            then.run(());
        }
    };
    view! {
        <dialog
            class="sheet sheet--small"
            role="alertdialog"
            aria-labelledby="confirm-title"
            aria-describedby="confirm-lines"
            node_ref=dialog
            on:close=move |_| answer(false)
        >
            <header class="sheet__head">
                <h2 id="confirm-title">{title}</h2>
            </header>
            <div class="sheet__body" id="confirm-lines">
                {lines.into_iter().map(|line| view! { <p>{line}</p> }).collect_view()}
            </div>
            <footer class="sheet__foot">
                <span class="space"></span>
                // What cannot be undone is not what Enter does.
                <button class="button" autofocus on:click=move |_| answer(false)>{text.of(Message::Cancel)}</button>
                <button class="button button--bad" on:click=move |_| answer(true)>{text.of(action)}</button>
            </footer>
        </dialog>
    }
}
