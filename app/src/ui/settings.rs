//! What a person has set for their terminals: kept by the browser, applied to all of them at once, changed in a dialog.

mod control;
mod dialog;

pub use dialog::SettingsDialog;

use leptos::{ev, prelude::*};

use crate::client::{Browser, ClientContext, Permission, Setting, Settings};

/// The settings of this window.
#[derive(Clone, Copy)]
pub struct SettingsState {
    values: RwSignal<Settings>,
    opened: RwSignal<u32>,
    /// Whether programs may write the clipboard as long as this window lives.
    granted: StoredValue<bool>,
    // Event handlers have no context of their own to ask.
    client: Option<ClientContext>,
}

impl SettingsState {
    /// What this browser has kept; a value that does not fit is named on the console and left out.
    #[must_use]
    pub fn new() -> Self {
        let client = use_context::<ClientContext>();
        let values = client.map(|client| client.with_value(|client| recalled(&*client.browser))).unwrap_or_default();
        Self { values: RwSignal::new(values), opened: RwSignal::new(0), granted: StoredValue::new(false), client }
    }

    /// Takes over at once what is set in another window of this browser, as long as the page lives.
    pub fn follow(self) {
        Effect::new(move || {
            let listening = window_event_listener(ev::storage, move |_| {
                let Some(client) = self.client else { return };
                let values = client.with_value(|client| recalled(&*client.browser));
                if self.now() != values {
                    self.values.set(values);
                }
            });
            on_cleanup(move || listening.remove());
        });
    }

    /// All of them; reading them in a view follows them.
    pub fn values(self) -> ReadSignal<Settings> {
        self.values.read_only()
    }

    /// All of them, for an event handler.
    pub fn now(self) -> Settings {
        self.values.get_untracked()
    }

    /// Sets one, where the word is one of its own; `false` otherwise.
    pub fn change(self, setting: Setting, word: &str) -> bool {
        let mut values = self.now();
        if values.set(setting, word).is_err() {
            return false;
        }
        if let Some(client) = self.client {
            client.with_value(|client| client.browser.remember(setting.key(), &values.word(setting)));
        }
        self.values.set(values);
        true
    }

    /// Sets all of them as they are for somebody new.
    pub fn restore(self) {
        let defaults = Settings::default();
        for setting in Setting::ALL {
            self.change(setting, &defaults.word(setting));
        }
    }

    /// Makes the letters larger or smaller.
    pub fn step_font_size(self, steps: i8) {
        let size = self.now().stepped_font_size(steps);
        self.change(Setting::FontSize, &size.to_string());
    }

    /// Shows the dialog.
    pub fn open(self) {
        self.opened.update(|times| *times += 1);
    }

    /// Whether the dialog has ever been shown; reading it follows each time.
    pub fn is_asked(self) -> bool {
        self.opened.get() > 0
    }

    /// What programs may do with the clipboard now.
    pub fn clipboard_permission(self) -> Permission {
        match self.now().clipboard_write {
            Permission::Ask if self.granted.get_value() => Permission::Allow,
            permission => permission,
        }
    }

    /// Lets programs write the clipboard as long as this window lives.
    pub fn grant_clipboard(self) {
        self.granted.set_value(true);
    }

    /// Says for good what programs may do with the clipboard.
    pub fn permit_clipboard(self, permission: Permission) {
        self.change(Setting::ClipboardWrite, permission.word());
    }
}

/// The settings of this window; there from the root component on.
#[must_use]
pub fn use_settings() -> SettingsState {
    expect_context()
}

fn recalled(browser: &dyn Browser) -> Settings {
    let mut settings = Settings::default();
    for setting in Setting::ALL {
        let key = setting.key();
        if let Some(word) = browser.recall(key)
            && settings.set(setting, &word).is_err()
        {
            browser.warn(&format!("{key} holds {word:?}, which is no value of this setting: it is left out."));
        }
    }
    settings
}
