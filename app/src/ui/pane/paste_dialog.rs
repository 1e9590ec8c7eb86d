//! The question before lines are pasted into a prompt that would run them.

use leptos::{html, prelude::*};

use crate::client::Setting;

use super::{
    super::{
        later::{Late, Piece, use_later},
        settings::use_settings,
        text::{Message, Texts, use_texts},
    },
    Held, act,
    paste::Warning,
    read,
};

/// The dialog, while a paste waits.
#[component]
pub fn PasteDialog(
    /// The shell that would get it.
    attachment: Held,
) -> impl IntoView {
    let warning = move || read(attachment, |attachment| attachment.said().question.get()).flatten();
    let waits = Memo::new(move |_| warning().is_some());
    let later = use_later();
    Effect::new(move || {
        if waits.get() {
            later.ask();
        }
    });
    move || waits.get().then(|| view! { <Late piece=Piece::PasteQuestion(attachment)/> })
}

/// The question that waits.
#[component]
pub fn PasteQuestion(
    /// The shell that would get it.
    attachment: Held,
) -> impl IntoView {
    let warning = move || read(attachment, |attachment| attachment.said().question.get()).flatten();
    move || warning().map(|warning| view! { <Asking attachment warning/> })
}

#[component]
fn Asking(attachment: Held, warning: Warning) -> impl IntoView {
    let text = use_texts();
    let settings = use_settings();
    let dialog = NodeRef::<html::Dialog>::new();
    let never_again = RwSignal::new(false);
    let Warning { lines, too_long, preview } = warning;
    Effect::new(move || {
        if let Some(dialog) = dialog.get() {
            // It has only just come: it cannot be open already.
            drop(dialog.show_modal());
        }
    });
    let answer = move |send| act(attachment, |attachment| attachment.answer_paste(send));
    let paste = move |_| {
        if never_again.get_untracked() {
            settings.change(Setting::PasteWarning, "off");
        }
        answer(true);
    };
    view! {
        <dialog class="sheet sheet--small" aria-labelledby="paste-title" node_ref=dialog on:close=move |_| answer(false)>
            <header class="sheet__head">
                <h2 id="paste-title">{move || title(text, lines)}</h2>
            </header>
            <div class="sheet__body">
                <p>{text.of(Message::PasteRuns)}</p>
                {too_long.then(|| view! { <p class="sheet__warning">{text.of(Message::PasteTooLong)}</p> })}
                <pre class="sheet__preview" tabindex="0" aria-label=text.of(Message::PastePreview)>{preview}</pre>
                <label class="sheet__check">
                    <input
                        type="checkbox"
                        prop:checked=never_again
                        on:change=move |event| never_again.set(event_target_checked(&event))
                    />
                    {text.of(Message::PasteNeverAsk)}
                </label>
            </div>
            <footer class="sheet__foot">
                <span class="space"></span>
                <button class="button" on:click=move |_| answer(false)>{text.of(Message::Cancel)}</button>
                <button class="button button--main" autofocus on:click=paste>{text.of(Message::Paste)}</button>
            </footer>
        </dialog>
    }
}

fn title(text: Texts, lines: usize) -> String {
    match lines {
        1 => text.now(Message::PasteLine).to_owned(),
        _ => text.filled(Message::PasteLines, super::super::format::count(lines as u64)),
    }
}
