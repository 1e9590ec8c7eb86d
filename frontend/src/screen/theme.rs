//! The terminal's looks, read from the page's style sheet.

use app::client::Settings;
use web_sys::{CssStyleDeclaration, HtmlElement};

use crate::js::{
    media, page,
    xterm::{Ansi, Marks, Options, Theme, WindowOptions},
};

/// Height of a line as a multiple of the font's own.
const LINE_HEIGHT: f64 = 1.15;

/// The options of a terminal inside `mount`, as the person has set them.
pub fn options(mount: &HtmlElement, settings: &Settings) -> Options {
    let own = property(page::style_of(mount).as_ref(), "--mono").unwrap_or_else(|| "monospace".to_owned());
    let font_family = match settings.font_family.as_str() {
        "" => own,
        chosen => format!("{chosen}, {own}"),
    };
    Options {
        cols: 80,
        rows: 24,
        font_family,
        font_size: settings.font_size.into(),
        line_height: LINE_HEIGHT,
        cursor_blink: settings.cursor_blink && !media::reduced_motion(),
        cursor_style: settings.cursor_shape.word(),
        scrollback: settings.scrollback,
        // The words of this choice are its numbers.
        minimum_contrast_ratio: settings.contrast.word().parse().unwrap_or(1.0),
        screen_reader_mode: settings.screen_reader,
        mac_option_is_meta: true,
        allow_proposed_api: true,
        window_options: WindowOptions {
            get_win_size_pixels: true,
            get_cell_size_pixels: true,
            get_win_size_chars: true,
        },
        theme: theme(mount),
    }
}

/// The colours of what a search has found in a terminal inside `mount`.
pub fn marks(mount: &HtmlElement) -> Marks {
    let style = page::style_of(mount);
    let colour = |name| property(style.as_ref(), name);
    Marks {
        match_background: colour("--find"),
        active_match_background: colour("--find-active"),
        match_overview_ruler: String::new(),
        active_match_color_overview_ruler: String::new(),
    }
}

/// The colours of a terminal inside `mount` as the page's theme has them now; a colour that the style sheet does not
/// have is xterm's own.
pub fn theme(mount: &HtmlElement) -> Theme {
    let style = page::style_of(mount);
    let colour = |name| property(style.as_ref(), name);
    Theme {
        foreground: colour("--term-ink"),
        background: colour("--term"),
        cursor: colour("--cursor"),
        cursor_accent: colour("--term"),
        selection_background: colour("--term-selection"),
        ansi: Ansi {
            black: colour("--ansi-black"),
            red: colour("--ansi-red"),
            green: colour("--ansi-green"),
            yellow: colour("--ansi-yellow"),
            blue: colour("--ansi-blue"),
            magenta: colour("--ansi-magenta"),
            cyan: colour("--ansi-cyan"),
            white: colour("--ansi-white"),
            bright_black: colour("--ansi-bright-black"),
            bright_red: colour("--ansi-bright-red"),
            bright_green: colour("--ansi-bright-green"),
            bright_yellow: colour("--ansi-bright-yellow"),
            bright_blue: colour("--ansi-bright-blue"),
            bright_magenta: colour("--ansi-bright-magenta"),
            bright_cyan: colour("--ansi-bright-cyan"),
            bright_white: colour("--ansi-bright-white"),
        },
    }
}

/// A custom property, where the style sheet has it.
fn property(style: Option<&CssStyleDeclaration>, name: &str) -> Option<String> {
    let value = style?.get_property_value(name).ok()?;
    Some(value.trim().to_owned()).filter(|value| !value.is_empty())
}
