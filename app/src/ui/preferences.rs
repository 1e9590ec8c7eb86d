//! What a person has chosen for this machine: colours, language, whether the dock is open and how wide it is.

use leptos::{ev, prelude::*, wasm_bindgen::JsCast, web_sys::HtmlElement};

use crate::{
    client::ClientContext,
    page::{PageConfig, Theme},
};

use super::{
    dock::{DockState, LEAST},
    text::Language,
    theme,
};

/// Where each choice is remembered.
mod key {
    pub use crate::ui::theme::KEY as THEME;
    pub const LANGUAGE: &str = "aetherterm.language";
    pub const DOCK: &str = "aetherterm.dock";
    pub const WIDTH: &str = "aetherterm.dock-width";
}

/// Shows what was chosen before the first thing is painted; the rest of the page takes longer to come to life.
pub const EARLY: &str = "try{\
    const recall=(key)=>localStorage.getItem('aetherterm.'+key),root=document.documentElement,\
    theme=recall('theme'),width=recall('dock-width');\
    if(['system','dark','light'].includes(theme))root.dataset.theme=theme;\
    if(width>=300)root.style.setProperty('--dock',width+'px');\
    if(recall('dock')==='closed')root.dataset.earlyDock='closed'\
    }catch{}";

/// A person's choices; they begin as the server says, so that the first render is the same on both sides.
#[derive(Clone, Copy)]
pub struct Preferences {
    theme: RwSignal<Theme>,
    language: RwSignal<Language>,
    // Event handlers have no context of their own to ask.
    client: Option<ClientContext>,
}

impl Preferences {
    /// The choices a page begins with.
    #[must_use]
    pub fn new(page: &PageConfig) -> Self {
        Self {
            theme: RwSignal::new(page.theme),
            language: RwSignal::new(Language::from_tag(&page.language)),
            client: use_context(),
        }
    }

    /// The colours.
    #[must_use]
    pub fn theme(self) -> ReadSignal<Theme> {
        self.theme.read_only()
    }

    /// The language.
    #[must_use]
    pub fn language(self) -> RwSignal<Language> {
        self.language
    }

    /// Goes on to the next colours.
    pub fn switch_theme(self) {
        self.set_theme(theme::next(self.theme.get_untracked()));
    }

    /// Shows these colours and remembers them.
    pub fn set_theme(self, theme: Theme) {
        self.theme.set(theme);
        self.remember(key::THEME, theme::word(theme));
    }

    /// Goes on to the other language.
    pub fn switch_language(self) {
        self.set_language(match self.language.get_untracked() {
            Language::English => Language::Japanese,
            Language::Japanese => Language::English,
        });
    }

    /// Speaks this language and remembers it.
    pub fn set_language(self, language: Language) {
        self.language.set(language);
        self.remember(key::LANGUAGE, language.tag());
    }

    /// Remembers how wide the dock is.
    pub fn keep_width(self, dock: DockState) {
        let width = dock.width().get_untracked().map(|width| width.to_string());
        self.remember(key::WIDTH, &width.unwrap_or_default());
    }

    /// Takes up what was remembered, once the page is alive, and keeps the document in step from then on.
    pub fn follow(self, dock: DockState) {
        Effect::new(move || {
            self.take_up();
            dock.settle(self.recall(key::DOCK).as_deref());
            let width = self.recall(key::WIDTH).and_then(|width| width.parse().ok());
            dock.width().set(width.filter(|width| *width >= LEAST));
            // What is chosen in another window is chosen here.
            let listening = window_event_listener(ev::storage, move |_| self.take_up());
            on_cleanup(move || listening.remove());
        });
        Effect::new(move || {
            if let Some(root) = document().document_element() {
                // Both names and both values are fixed words: they cannot be refused.
                drop(root.set_attribute("data-theme", theme::word(self.theme.get())));
                drop(root.set_attribute("lang", self.language.get().tag()));
            }
        });
        Effect::new(move || {
            let root = document().document_element().and_then(|root| root.dyn_into::<HtmlElement>().ok());
            if let Some(style) = root.map(|root| root.style()) {
                // Without a value it is as the style sheet says. A number of pixels cannot be refused.
                let width = dock.width().get().map(|width| format!("{width}px")).unwrap_or_default();
                drop(style.set_property("--dock", &width));
            }
        });
        Effect::new(move |first: Option<()>| {
            let word = dock.word();
            // The first run only reports what was recalled.
            if first.is_some() {
                self.remember(key::DOCK, word);
            }
        });
    }

    fn take_up(self) {
        if let Some(theme) = self.recall(key::THEME).as_deref().and_then(theme::from_word) {
            self.theme.set(theme);
        }
        if let Some(tag) = self.recall(key::LANGUAGE) {
            self.language.set(Language::from_tag(&tag));
        }
    }

    fn recall(self, key: &str) -> Option<String> {
        self.client?.with_value(|client| client.browser.recall(key))
    }

    fn remember(self, key: &str, value: &str) {
        if let Some(client) = self.client {
            client.with_value(|client| client.browser.remember(key, value));
        }
    }
}

/// The person's choices; there from the root component on.
#[must_use]
pub fn use_preferences() -> Preferences {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_early_is_what_is_remembered() {
        for key in [key::THEME, key::DOCK, key::WIDTH] {
            let key = key.strip_prefix("aetherterm.").expect("all of them are ours");
            assert!(EARLY.contains(&format!("recall('{key}')")), "{key}");
        }
        for theme in [Theme::System, Theme::Dark, Theme::Light] {
            assert!(EARLY.contains(&format!("'{}'", theme::word(theme))));
        }
        assert!(EARLY.contains(&format!("width>={LEAST}")));
    }
}
