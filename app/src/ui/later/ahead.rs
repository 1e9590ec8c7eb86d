//! What is typed ahead of a dialog or a search that is still on its way: it is kept from the shell, which would take it for
//! commands, and given to the field that comes.

use leptos::{ev, prelude::*};

use crate::client::ClientContext;

/// What a person has typed since they asked for a piece that is not there yet.
#[derive(Clone, Copy)]
pub struct Ahead {
    /// `None` while nobody waits.
    typed: StoredValue<Option<String>>,
    client: Option<ClientContext>,
}

impl Ahead {
    /// Nobody waits.
    pub fn from_context() -> Self {
        Self { typed: StoredValue::new(None), client: use_context() }
    }

    /// Keeps keys from now on.
    pub fn begin(self) {
        self.typed.update_value(|typed| {
            typed.get_or_insert_default();
        });
    }

    /// Keeps a key for what comes; whether it did. Combinations go where they always go, and Escape ends the waiting.
    pub fn keep(self, event: &ev::KeyboardEvent) -> bool {
        /// In bytes. Nobody types more than that blindly; the rest is dropped.
        const MOST: usize = 256;
        let combined = event.ctrl_key() || event.meta_key() || event.alt_key();
        let key = event.key();
        if combined || matches!(key.as_str(), "Shift" | "CapsLock") {
            return false;
        }
        let kept = self.typed.try_update_value(|kept| {
            let Some(typed) = kept else { return false };
            match key.as_str() {
                "Escape" => *kept = None,
                "Backspace" => drop(typed.pop()),
                _ if typed.len() >= MOST => {}
                "Enter" => typed.push('\n'),
                text if text.chars().count() == 1 => typed.push_str(text),
                _ => {}
            }
            true
        });
        if kept == Some(true) {
            event.prevent_default();
        }
        kept == Some(true)
    }

    /// Types what was kept into the field that has come to have the keyboard.
    pub fn give(self) {
        let typed = self.typed.try_update_value(Option::take).flatten().filter(|typed| !typed.is_empty());
        if let (Some(typed), Some(client)) = (typed, self.client) {
            client.with_value(|client| client.browser.type_in(&typed));
        }
    }

    /// Drops what was kept, because what was asked for does not come; whether somebody waited.
    pub fn forget(self) -> bool {
        self.typed.try_update_value(Option::take).flatten().is_some()
    }
}
