//! The words for the page's colours, and their order.

use crate::page::Theme;

use super::{icon::Glyph, text::Message};

/// Where the choice is remembered.
pub const KEY: &str = "aetherterm.theme";

/// The value of `data-theme`.
pub const fn word(theme: Theme) -> &'static str {
    match theme {
        Theme::System => "system",
        Theme::Dark => "dark",
        Theme::Light => "light",
    }
}

/// The theme that a word names.
pub fn from_word(text: &str) -> Option<Theme> {
    [Theme::System, Theme::Dark, Theme::Light].into_iter().find(|theme| word(*theme) == text)
}

/// The one after it.
pub const fn next(theme: Theme) -> Theme {
    match theme {
        Theme::System => Theme::Dark,
        Theme::Dark => Theme::Light,
        Theme::Light => Theme::System,
    }
}

/// Its name for a person.
pub const fn name(theme: Theme) -> Message {
    match theme {
        Theme::System => Message::ThemeSystem,
        Theme::Dark => Message::ThemeDark,
        Theme::Light => Message::ThemeLight,
    }
}

/// Its drawing.
pub const fn glyph(theme: Theme) -> Glyph {
    match theme {
        Theme::System => Glyph::Display,
        Theme::Dark => Glyph::Moon,
        Theme::Light => Glyph::Sun,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remembered_word_finds_its_theme_and_another_none() {
        for theme in [Theme::System, Theme::Dark, Theme::Light] {
            assert_eq!(from_word(word(theme)), Some(theme));
        }
        assert_eq!(from_word("sepia"), None);
    }

    #[test]
    fn three_steps_lead_back() {
        assert_eq!(next(next(next(Theme::System))), Theme::System);
    }
}
