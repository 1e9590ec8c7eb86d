//! Short notices that need nobody's answer: a refusal, a failure, a thing done.

use leptos::prelude::*;

use super::{
    icon::{Glyph, Icon},
    text::{Message, Texts, use_texts},
};

/// How many notices stand at once: more would hide the terminal, so the oldest goes.
const MAX_TOASTS: usize = 4;

/// How important a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// It was done.
    Done,
    /// It was refused or failed.
    Failed,
}

/// One notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// How important it is.
    pub tone: Tone,
    /// What it says.
    pub text: String,
}

/// The notices that stand.
#[derive(Clone, Copy)]
pub struct Toasts {
    standing: RwSignal<Vec<(u64, Toast)>>,
    next: StoredValue<u64>,
}

impl Toasts {
    /// No notice.
    #[must_use]
    pub fn new() -> Self {
        Self { standing: RwSignal::new(Vec::new()), next: StoredValue::new(0) }
    }

    /// Says that something was done; it goes by itself.
    pub fn done(self, text: impl Into<String>) {
        const SHOWN: std::time::Duration = std::time::Duration::from_secs(3);
        let id = self.push(Toast { tone: Tone::Done, text: text.into() });
        set_timeout(move || self.dismiss(id), SHOWN);
    }

    /// Says that something failed; it stays until it is dismissed.
    pub fn failed(self, text: impl Into<String>) {
        self.push(Toast { tone: Tone::Failed, text: text.into() });
    }

    /// Says whether text is on the clipboard now.
    pub fn copied(self, text: Texts, done: bool) {
        if done {
            self.done(text.once(Message::Copied));
        } else {
            self.failed(text.once(Message::CopyDenied));
        }
    }

    fn push(self, toast: Toast) -> u64 {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        self.standing.update(|standing| {
            // The same failure again is the same notice.
            standing.retain(|(_, other)| *other != toast);
            standing.push((id, toast));
            let surplus = standing.len().saturating_sub(MAX_TOASTS);
            standing.drain(..surplus);
        });
        id
    }

    fn dismiss(self, id: u64) {
        // The window may be going, and its signals with it: then there is nothing to take away.
        self.standing.try_update(|standing| standing.retain(|(other, _)| *other != id));
    }
}

impl Default for Toasts {
    fn default() -> Self {
        Self::new()
    }
}

/// Where notices go; there from the root component on.
#[must_use]
pub fn use_toasts() -> Toasts {
    expect_context()
}

/// The notices, one above the other.
#[component]
pub fn ToastStack() -> impl IntoView {
    let toasts = use_toasts();
    let text = use_texts();
    view! {
        <ol class="toasts" aria-live="polite" aria-label=text.of(Message::Notices)>
            <For each=move || toasts.standing.get() key=|(id, _)| *id let:entry>
                {
                    let (id, toast) = entry;
                    let (state, glyph) = match toast.tone {
                        Tone::Done => ("done", Glyph::Check),
                        Tone::Failed => ("failed", Glyph::Alert),
                    };
                    view! {
                        <li class="toast" data-state=state>
                            <Icon of=glyph/>
                            <span class="toast__text">{toast.text}</span>
                            <button
                                class="button button--icon"
                                aria-label=text.of(Message::Dismiss)
                                on:click=move |_| toasts.dismiss(id)
                            >
                                <Icon of=Glyph::Cross/>
                            </button>
                        </li>
                    }
                }
            </For>
        </ol>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(toasts: Toasts) -> Vec<String> {
        toasts.standing.get_untracked().into_iter().map(|(_, toast)| toast.text).collect()
    }

    #[test]
    fn the_oldest_notice_makes_room_and_a_repeated_one_stands_once() {
        let owner = Owner::new();
        owner.set();
        let toasts = Toasts::new();
        for text in ["a", "b", "c", "d", "b", "e"] {
            toasts.failed(text);
        }
        assert_eq!(texts(toasts), ["c", "d", "b", "e"]);
    }
}
