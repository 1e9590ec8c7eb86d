//! Every text of the page, in English and Japanese, side by side: a message without both does not compile. One room per screen.

mod language;

use leptos::prelude::{Get, GetUntracked, RwSignal, expect_context};

pub use language::Language;

/// The page's texts in the language of the moment.
#[derive(Clone, Copy)]
pub struct Texts(pub RwSignal<Language>);

impl Texts {
    /// The text now; reading it in a view follows the language.
    #[must_use]
    pub fn now(self, message: Message) -> &'static str {
        message.text(self.0.get())
    }

    /// The text now, for an event handler: nothing follows it.
    #[must_use]
    pub fn once(self, message: Message) -> &'static str {
        message.text(self.0.get_untracked())
    }

    /// The text with `value` in its gap.
    #[must_use]
    pub fn filled(self, message: Message, value: impl std::fmt::Display) -> String {
        self.now(message).replace(GAP, &value.to_string())
    }

    /// The text as a view keeps it: it changes with the language.
    pub fn of(self, message: Message) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
        move || self.now(message)
    }
}

/// The texts of the page; there from the root component on.
#[must_use]
pub fn use_texts() -> Texts {
    expect_context()
}

/// Where a text has a gap for one value.
const GAP: &str = "{}";

/// A text of the page. The rooms below name them all: `Message::Dock` stands in [`frame`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message(&'static Pair);

/// A text in both languages.
#[derive(Debug, PartialEq, Eq)]
struct Pair {
    english: &'static str,
    japanese: &'static str,
}

impl Message {
    /// The text in `language`.
    #[must_use]
    pub const fn text(self, language: Language) -> &'static str {
        match language {
            Language::English => self.0.english,
            Language::Japanese => self.0.japanese,
        }
    }
}

/// The texts of one screen: `Name: "English", "Japanese";` makes `Message::Name`. No two screens can have the same name.
macro_rules! texts {
    ($($name:ident: $english:literal, $japanese:literal;)+) => {
        #[expect(missing_docs, reason = "each message is documented by its own text")]
        #[expect(non_upper_case_globals, reason = "a message is used like a variant of an enum")]
        impl super::Message {
            $(pub const $name: Self = Self(&super::Pair { english: $english, japanese: $japanese });)+
        }

        #[cfg(test)]
        pub(super) const ALL: &[(&str, super::Message)] = &[$((stringify!($name), super::Message::$name)),+];
    };
}

macro_rules! screens {
    ($($screen:ident)+) => {
        $(mod $screen;)+

        #[cfg(test)]
        const SCREENS: &[&[(&str, Message)]] = &[$($screen::ALL),+];
    };
}

screens! { chat frame guest monitor pane people refusal session settings share traces work }

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> impl Iterator<Item = (&'static str, Message)> {
        SCREENS.iter().copied().flatten().copied()
    }

    #[test]
    fn every_text_is_there_in_both_languages() {
        for (name, message) in all() {
            for language in Language::ALL {
                assert!(!message.text(language).trim().is_empty(), "{name} in {language:?}");
            }
        }
    }

    #[test]
    fn both_languages_have_the_same_gaps() {
        for (name, message) in all() {
            let gaps = |language| message.text(language).matches(GAP).count();
            assert_eq!(gaps(Language::English), gaps(Language::Japanese), "{name}");
            assert!(gaps(Language::English) <= 1, "{name}");
        }
    }
}
