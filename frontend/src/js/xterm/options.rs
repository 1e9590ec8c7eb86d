//! How a terminal looks and behaves, as xterm takes it.

use serde::Serialize;
use wasm_bindgen::JsValue;

/// The options our terminals begin with.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Options {
    /// Width in cells before the first fit.
    pub cols: u16,
    /// Height in cells before the first fit.
    pub rows: u16,
    /// CSS font families.
    pub font_family: String,
    /// In CSS pixels.
    pub font_size: f64,
    /// As a multiple of the font's own height.
    pub line_height: f64,
    /// Whether the cursor blinks.
    pub cursor_blink: bool,
    /// The cursor's form: `block`, `underline` or `bar`.
    pub cursor_style: &'static str,
    /// Lines kept above the screen.
    pub scrollback: u32,
    /// The least contrast between text and ground; 1 leaves all colours as they are.
    pub minimum_contrast_ratio: f64,
    /// Whether output is told to screen readers.
    pub screen_reader_mode: bool,
    /// Whether Option is Meta on a Mac.
    pub mac_option_is_meta: bool,
    /// Widths and the marks of a search are what xterm calls proposals.
    pub allow_proposed_api: bool,
    /// Which questions about the window are answered.
    pub window_options: WindowOptions,
    /// The colours.
    pub theme: Theme,
}

impl Options {
    /// The options that may change while a terminal lives, as xterm names them.
    pub(super) fn changeable(&self) -> [(&'static str, JsValue); 7] {
        [
            ("fontFamily", JsValue::from_str(&self.font_family)),
            ("fontSize", self.font_size.into()),
            ("cursorBlink", self.cursor_blink.into()),
            ("cursorStyle", self.cursor_style.into()),
            ("scrollback", self.scrollback.into()),
            ("minimumContrastRatio", self.minimum_contrast_ratio.into()),
            ("screenReaderMode", self.screen_reader_mode.into()),
        ]
    }
}

/// Which questions about the window are answered: programs that draw images ask them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WindowOptions {
    /// How large the text is, in pixels.
    pub get_win_size_pixels: bool,
    /// How large a cell is, in pixels.
    pub get_cell_size_pixels: bool,
    /// How large the text is, in cells.
    pub get_win_size_chars: bool,
}

/// The colours of a terminal, as CSS colours.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Theme {
    /// Text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub foreground: Option<String>,
    /// Ground.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<String>,
    /// The cursor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// The character under the cursor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor_accent: Option<String>,
    /// The ground of what is selected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selection_background: Option<String>,
    /// The sixteen ANSI colours.
    #[serde(flatten)]
    pub ansi: Ansi,
}

/// The sixteen ANSI colours.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "sixteen colours whose names are their meaning")]
pub struct Ansi {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub black: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub red: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub green: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub yellow: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blue: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub magenta: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cyan: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub white: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bright_black: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bright_red: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bright_green: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bright_yellow: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bright_blue: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bright_magenta: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bright_cyan: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bright_white: Option<String>,
}
