//! How far a program says it has come, as a thin bar.

use leptos::prelude::*;

use crate::client::Progress;

use super::text::{Message, use_texts};

/// The bar, as long as there is a progress.
#[component]
pub fn ProgressMark(
    /// What the program says.
    progress: Signal<Option<Progress>>,
) -> impl IntoView {
    let text = use_texts();
    let shown = Memo::new(move |_| progress.get().is_some());
    let percent = move || progress.get().and_then(Progress::percent);
    move || {
        shown.get().then(|| {
            view! {
                <span
                    class="progress"
                    role="progressbar"
                    aria-label=text.of(Message::Progress)
                    aria-valuenow=move || percent().map(|percent| percent.to_string())
                    data-state=move || progress.get().map(Progress::word)
                >
                    <span class="progress__done" style:width=move || percent().map(|percent| format!("{percent}%"))></span>
                </span>
            }
        })
    }
}
