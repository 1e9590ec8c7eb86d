//! How terminals look and behave in this browser, as a person has set it. Each setting has a word for its value: that is what
//! is remembered, checked and chosen from.

/// The sizes of letters there are, in CSS pixels.
const FONT_SIZES: std::ops::RangeInclusive<u8> = 8..=32;
/// The most lines that are kept above the screen: about 100 MB of a browser's memory.
const MAX_SCROLLBACK: u32 = 100_000;
/// The longest list of font families.
const MAX_FAMILIES: usize = 200;

/// A setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// The size of the letters, in CSS pixels.
    FontSize,
    /// CSS font families, in front of the page's own.
    FontFamily,
    /// The form of the cursor.
    CursorShape,
    /// Whether it blinks.
    CursorBlink,
    /// How many lines are kept above the screen.
    Scrollback,
    /// The least contrast between text and ground.
    Contrast,
    /// What draws the letters.
    Renderer,
    /// Whether output is told to screen readers.
    ScreenReader,
    /// Whether the bell is heard.
    BellSound,
    /// Whether what is selected is copied at once.
    CopyOnSelect,
    /// Whether one is asked before lines are pasted into a prompt.
    PasteWarning,
    /// Whether programs may put text on the clipboard.
    ClipboardWrite,
    /// Whether programs may read the clipboard.
    ClipboardRead,
}

impl Setting {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::FontSize,
        Self::FontFamily,
        Self::CursorShape,
        Self::CursorBlink,
        Self::Scrollback,
        Self::Contrast,
        Self::Renderer,
        Self::ScreenReader,
        Self::BellSound,
        Self::CopyOnSelect,
        Self::PasteWarning,
        Self::ClipboardWrite,
        Self::ClipboardRead,
    ];

    /// Where it is remembered.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::FontSize => "aetherterm.font-size",
            Self::FontFamily => "aetherterm.font-family",
            Self::CursorShape => "aetherterm.cursor",
            Self::CursorBlink => "aetherterm.cursor-blink",
            Self::Scrollback => "aetherterm.scrollback",
            Self::Contrast => "aetherterm.contrast",
            Self::Renderer => "aetherterm.renderer",
            Self::ScreenReader => "aetherterm.screen-reader",
            Self::BellSound => "aetherterm.bell-sound",
            Self::CopyOnSelect => "aetherterm.copy-on-select",
            Self::PasteWarning => "aetherterm.paste-warning",
            Self::ClipboardWrite => "aetherterm.clipboard-write",
            Self::ClipboardRead => "aetherterm.clipboard-read",
        }
    }
}

/// Declares a choice: its values with their words, the first being the default.
macro_rules! choice {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $value:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$doc])* $value),+ }

        impl $name {
            /// All of them, in the order they are offered.
            pub const ALL: &[Self] = &[$(Self::$value),+];

            /// Its word.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$value => $word),+ }
            }

            fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.word() == word)
            }
        }
    };
}

choice! {
    /// The form of the cursor.
    CursorShape {
        /// The whole cell.
        Block = "block",
        /// A line below.
        Underline = "underline",
        /// A line at the left.
        Bar = "bar",
    }
}

choice! {
    /// The least contrast between text and ground, as WCAG counts it.
    Contrast {
        /// As the program says.
        AsIs = "1",
        /// AA.
        Readable = "4.5",
        /// AAA.
        High = "7",
    }
}

choice! {
    /// What draws the letters.
    Renderer {
        /// WebGL where the machine has it in hardware, else the document.
        Auto = "auto",
        /// WebGL, be it in software.
        WebGl = "webgl",
        /// The document.
        Dom = "dom",
    }
}

choice! {
    /// What a program may do without being asked.
    Permission {
        /// The person is asked.
        Ask = "ask",
        /// It may.
        Allow = "allow",
        /// It may not.
        Deny = "deny",
    }
}

/// All settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// See [`Setting::FontSize`].
    pub font_size: u8,
    /// See [`Setting::FontFamily`]; empty for the page's own.
    pub font_family: String,
    /// See [`Setting::CursorShape`].
    pub cursor_shape: CursorShape,
    /// See [`Setting::CursorBlink`].
    pub cursor_blink: bool,
    /// See [`Setting::Scrollback`].
    pub scrollback: u32,
    /// See [`Setting::Contrast`].
    pub contrast: Contrast,
    /// See [`Setting::Renderer`].
    pub renderer: Renderer,
    /// See [`Setting::ScreenReader`].
    pub screen_reader: bool,
    /// See [`Setting::BellSound`].
    pub bell_sound: bool,
    /// See [`Setting::CopyOnSelect`].
    pub copy_on_select: bool,
    /// See [`Setting::PasteWarning`].
    pub paste_warning: bool,
    /// See [`Setting::ClipboardWrite`].
    pub clipboard_write: Permission,
    /// See [`Setting::ClipboardRead`].
    pub clipboard_read: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            font_size: 13,
            font_family: String::new(),
            cursor_shape: CursorShape::Block,
            cursor_blink: true,
            scrollback: 10_000,
            contrast: Contrast::AsIs,
            renderer: Renderer::Auto,
            screen_reader: false,
            bell_sound: false,
            copy_on_select: false,
            paste_warning: true,
            clipboard_write: Permission::Ask,
            clipboard_read: false,
        }
    }
}

/// The word is none of this setting's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfit;

impl Settings {
    /// The word for a setting's value.
    #[must_use]
    pub fn word(&self, setting: Setting) -> String {
        match setting {
            Setting::FontSize => self.font_size.to_string(),
            Setting::FontFamily => self.font_family.clone(),
            Setting::Scrollback => self.scrollback.to_string(),
            Setting::CursorShape => self.cursor_shape.word().to_owned(),
            Setting::Contrast => self.contrast.word().to_owned(),
            Setting::Renderer => self.renderer.word().to_owned(),
            Setting::ClipboardWrite => self.clipboard_write.word().to_owned(),
            Setting::CursorBlink => on_off(self.cursor_blink),
            Setting::ScreenReader => on_off(self.screen_reader),
            Setting::BellSound => on_off(self.bell_sound),
            Setting::CopyOnSelect => on_off(self.copy_on_select),
            Setting::PasteWarning => on_off(self.paste_warning),
            Setting::ClipboardRead => on_off(self.clipboard_read),
        }
    }

    /// Sets a setting to the value of a word.
    ///
    /// # Errors
    /// When the word is none of this setting's; nothing has changed then.
    pub fn set(&mut self, setting: Setting, word: &str) -> Result<(), Unfit> {
        match setting {
            Setting::FontSize => put(&mut self.font_size, word.parse().ok().filter(|size| FONT_SIZES.contains(size))),
            Setting::FontFamily => put(&mut self.font_family, families(word)),
            Setting::Scrollback => {
                put(&mut self.scrollback, word.parse().ok().filter(|lines| *lines <= MAX_SCROLLBACK))
            }
            Setting::CursorShape => put(&mut self.cursor_shape, CursorShape::from_word(word)),
            Setting::Contrast => put(&mut self.contrast, Contrast::from_word(word)),
            Setting::Renderer => put(&mut self.renderer, Renderer::from_word(word)),
            Setting::ClipboardWrite => put(&mut self.clipboard_write, Permission::from_word(word)),
            Setting::CursorBlink => put(&mut self.cursor_blink, is_on(word)),
            Setting::ScreenReader => put(&mut self.screen_reader, is_on(word)),
            Setting::BellSound => put(&mut self.bell_sound, is_on(word)),
            Setting::CopyOnSelect => put(&mut self.copy_on_select, is_on(word)),
            Setting::PasteWarning => put(&mut self.paste_warning, is_on(word)),
            Setting::ClipboardRead => put(&mut self.clipboard_read, is_on(word)),
        }
    }

    /// The size of the letters `steps` further, as far as sizes go.
    #[must_use]
    pub fn stepped_font_size(&self, steps: i8) -> u8 {
        self.font_size.saturating_add_signed(steps).clamp(*FONT_SIZES.start(), *FONT_SIZES.end())
    }
}

fn put<T>(place: &mut T, value: Option<T>) -> Result<(), Unfit> {
    *place = value.ok_or(Unfit)?;
    Ok(())
}

fn on_off(on: bool) -> String {
    if on { "on" } else { "off" }.to_owned()
}

fn is_on(word: &str) -> Option<bool> {
    match word {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    }
}

/// A list of families that can stand in a style: nothing in it ends a declaration or reaches outside.
fn families(word: &str) -> Option<String> {
    let word = word.trim();
    let stands = word.len() <= MAX_FAMILIES
        && word
            .chars()
            .all(|char| !char.is_control() && !matches!(char, ';' | '{' | '}' | '(' | ')' | '\\' | '<' | '>'));
    stands.then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(setting: Setting, word: &str, fits: bool) {
        let mut settings = Settings::default();
        assert_eq!(settings.set(setting, word).is_ok(), fits, "{setting:?} {word:?}");
        let expected = if fits { word.to_owned() } else { Settings::default().word(setting) };
        assert_eq!(settings.word(setting), expected);
    }

    #[test]
    fn every_default_has_a_word_that_fits() {
        let settings = Settings::default();
        for setting in Setting::ALL {
            check(setting, &settings.word(setting), true);
        }
    }

    #[test]
    fn a_word_out_of_bounds_changes_nothing() {
        check(Setting::FontSize, "18", true);
        check(Setting::FontSize, "7", false);
        check(Setting::FontSize, "huge", false);
        check(Setting::Scrollback, "0", true);
        check(Setting::Scrollback, "100001", false);
        check(Setting::CursorShape, "bar", true);
        check(Setting::CursorShape, "Bar", false);
        check(Setting::Contrast, "4.5", true);
        check(Setting::Renderer, "canvas", false);
        check(Setting::CopyOnSelect, "yes", false);
        check(Setting::ClipboardWrite, "deny", true);
    }

    #[test]
    fn families_cannot_leave_their_declaration() {
        check(Setting::FontFamily, "\"Fira Code\", 'Noto Sans JP'", true);
        check(Setting::FontFamily, "x; background: url(evil)", false);
        check(Setting::FontFamily, &"x".repeat(MAX_FAMILIES + 1), false);
    }

    #[test]
    fn no_two_settings_share_a_place() {
        let mut keys = Setting::ALL.map(Setting::key).to_vec();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), Setting::ALL.len());
    }

    #[test]
    fn letters_grow_and_shrink_within_bounds() {
        let settings = Settings { font_size: 31, ..Settings::default() };
        assert_eq!((settings.stepped_font_size(1), settings.stepped_font_size(5)), (32, 32));
        assert_eq!(settings.stepped_font_size(-128), 8);
    }
}
