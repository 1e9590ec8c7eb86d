//! The terminal's looks, read from the page's style sheet.

use web_sys::{CssStyleDeclaration, HtmlElement};

use crate::js::{
    media, page,
    xterm::{Ansi, Options, Theme},
};

/// Size of the letters, in CSS pixels.
const FONT_SIZE: f64 = 13.0;
/// Height of a line as a multiple of the font's own.
const LINE_HEIGHT: f64 = 1.15;
/// How many lines are kept above the screen.
const SCROLLBACK: u32 = 10_000;

/// The options of a terminal inside `mount`.
pub fn options(mount: &HtmlElement) -> Options {
    Options {
        cols: 80,
        rows: 24,
        font_family: property(page::style_of(mount).as_ref(), "--mono").unwrap_or_else(|| "monospace".to_owned()),
        font_size: FONT_SIZE,
        line_height: LINE_HEIGHT,
        cursor_blink: !media::reduced_motion(),
        scrollback: SCROLLBACK,
        mac_option_is_meta: true,
        theme: theme(mount),
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
        cursor: colour("--accent"),
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
