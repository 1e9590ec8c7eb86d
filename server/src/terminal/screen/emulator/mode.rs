//! Modes: what is set and reset, and the switch between the two screens.

use super::Screen;
use crate::terminal::screen::charset::Charset;
use crate::terminal::screen::parser::Parameters;

/// Everything that is on or off, and the few modes of which one of several holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::terminal::screen) struct Modes {
    pub(in crate::terminal::screen) insert: bool,
    /// A line feed also returns to the first column.
    pub(in crate::terminal::screen) newline: bool,
    pub(in crate::terminal::screen) application_cursor: bool,
    pub(in crate::terminal::screen) application_keypad: bool,
    /// Rows are counted from the upper margin.
    pub(in crate::terminal::screen) origin: bool,
    pub(in crate::terminal::screen) wrap: bool,
    pub(in crate::terminal::screen) reverse_wrap: bool,
    pub(in crate::terminal::screen) bracketed_paste: bool,
    pub(in crate::terminal::screen) focus: bool,
    /// A frame is being drawn that is not to be shown yet.
    pub(in crate::terminal::screen) synchronized: bool,
    pub(in crate::terminal::screen) is_cursor_hidden: bool,
    /// As by `DECSCUSR`; 0 is the viewer's own choice.
    pub(in crate::terminal::screen) cursor_style: u8,
    /// Whether the cursor blinks, where a program has said so.
    pub(in crate::terminal::screen) blink: Option<bool>,
    /// Which mouse events are told, by the number of their mode; 0 for none.
    pub(in crate::terminal::screen) mouse: u32,
    /// How they are told, likewise.
    pub(in crate::terminal::screen) mouse_encoding: u32,
}

impl Default for Modes {
    fn default() -> Self {
        Self {
            insert: false,
            newline: false,
            application_cursor: false,
            application_keypad: false,
            origin: false,
            wrap: true,
            reverse_wrap: false,
            bracketed_paste: false,
            focus: false,
            synchronized: false,
            is_cursor_hidden: false,
            cursor_style: 0,
            blink: None,
            mouse: 0,
            mouse_encoding: 0,
        }
    }
}

impl Modes {
    /// What a soft reset brings back.
    pub(super) fn reset(&mut self) {
        let Self { newline, blink, mouse, mouse_encoding, .. } = *self;
        *self = Self { newline, blink, mouse, mouse_encoding, ..Self::default() };
    }

    /// What a full reset brings back; as in xterm.js, a hidden cursor stays hidden.
    pub(super) fn reset_fully(&mut self) {
        let Self { newline, blink, is_cursor_hidden, .. } = *self;
        *self = Self { newline, blink, is_cursor_hidden, ..Self::default() };
    }

    /// `DECSCUSR`.
    pub(super) fn set_cursor_style(&mut self, style: u32) {
        if let Ok(style @ 0..=6) = u8::try_from(style) {
            self.cursor_style = style;
        }
    }
}

impl Screen {
    /// `SM` and `RM`.
    pub(super) fn set_modes(&mut self, parameters: &Parameters, on: bool) {
        for mode in parameters.values() {
            match mode {
                4 => self.modes.insert = on,
                20 => self.modes.newline = on,
                _ => {}
            }
        }
    }

    /// `DECSET` and `DECRST`.
    pub(super) fn set_private_modes(&mut self, parameters: &Parameters, on: bool) {
        for mode in parameters.values() {
            self.set_private_mode(*mode, on);
        }
    }

    fn set_private_mode(&mut self, mode: u32, on: bool) {
        let modes = &mut self.modes;
        match mode {
            1 => modes.application_cursor = on,
            2 if on => (0..4).for_each(|level| self.designate(level, Charset::default())),
            6 => {
                modes.origin = on;
                self.go_to(0, 0);
            }
            7 => modes.wrap = on,
            9 | 1000 | 1002 | 1003 => modes.mouse = if on { mode } else { 0 },
            12 => modes.blink = Some(on),
            25 => modes.is_cursor_hidden = !on,
            45 => modes.reverse_wrap = on,
            66 => modes.application_keypad = on,
            1004 => modes.focus = on,
            1006 | 1016 => modes.mouse_encoding = if on { mode } else { 0 },
            2004 => modes.bracketed_paste = on,
            2026 => modes.synchronized = on,
            1048 if on => self.save_cursor(),
            1048 => self.restore_cursor(),
            47 | 1047 | 1049 if on => {
                if mode == 1049 {
                    self.save_cursor();
                }
                self.show_alternate();
            }
            47 | 1047 | 1049 => {
                self.show_main();
                if mode == 1049 {
                    self.restore_cursor();
                }
            }
            _ => {}
        }
    }

    fn show_alternate(&mut self) {
        if !self.is_alternate {
            self.is_alternate = true;
            let blank = self.blank();
            self.alternate.show(blank);
            (self.alternate.x, self.alternate.y) = (self.main.x, self.main.y);
        }
    }

    fn show_main(&mut self) {
        if self.is_alternate {
            self.is_alternate = false;
            (self.main.x, self.main.y) = (self.alternate.x, self.alternate.y);
            self.alternate.clear();
        }
    }
}
