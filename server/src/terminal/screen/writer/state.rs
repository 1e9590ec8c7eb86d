//! Everything beside the cells.

use std::io::Write as _;

use super::{Last, Writer};
use crate::terminal::screen::buffer::{Buffer, Saved};
use crate::terminal::screen::cell::{Cell, Content};
use crate::terminal::screen::charset::Charset;
use crate::terminal::screen::emulator::{PaletteEntry, Screen};
use crate::terminal::screen::style::Style;
use app::width::Properties;

/// A full reset, and what it leaves as it was in xterm.js. Nothing is shown before all is there.
const BEGIN: &[u8] = b"\x1bc\x1b[?2026h\x1b[20l\x1b[?25h\x1b]104\x1b\\\x1b]110\x1b\\\x1b]111\x1b\\\x1b]112\x1b\\";

impl Writer<'_> {
    pub(super) fn begin(&mut self) {
        self.escape(BEGIN);
        let screen = self.screen;
        // Writing to memory does not fail.
        for (entry, color) in &screen.palette {
            let _ = match entry {
                PaletteEntry::Indexed(index) => write!(self.out, "\x1b]4;{index};{color}\x1b\\"),
                PaletteEntry::Special(number) => write!(self.out, "\x1b]{number};{color}\x1b\\"),
            };
        }
        for title in &screen.titles {
            let _ = write!(self.out, "\x1b]2;{title}\x1b\\\x1b[22;2t");
        }
        if !screen.title.is_empty() || !screen.titles.is_empty() {
            let _ = write!(self.out, "\x1b]2;{}\x1b\\", screen.title);
        }
    }

    /// Margins, tab stops and saved cursor of the screen that is shown.
    pub(super) fn state_of(&mut self, buffer: &Buffer) {
        if (buffer.top, buffer.bottom) != (0, self.screen.rows - 1) {
            // Writing to memory does not fail.
            let _ = write!(self.out, "\x1b[{};{}r", buffer.top + 1, buffer.bottom + 1);
        }
        if !buffer.is_default_tabs() {
            self.escape(b"\x1b[3g");
            let stops = buffer.tabs.iter().enumerate().filter(|(_, is_stop)| **is_stop);
            for (col, _) in stops {
                self.control(col + 1, 'G');
                self.escape(b"\x1bH");
            }
        }
        let Saved { x, style, charset, .. } = buffer.saved;
        if buffer.saved != Saved::default() {
            self.draw(Style { link: 0, ..style });
            self.go_to(x.min(self.screen.cols - 1), buffer.saved_row());
            self.designate(b'(', charset);
            self.escape(b"\x1b7");
            if !charset.is_ascii() {
                self.escape(b"\x1b(B");
            }
        }
    }

    /// Cursor, character sets, modes and pen. The last character is printed once more at the very end, so that what follows
    /// may join it or wrap after it.
    pub(super) fn end(&mut self) {
        let screen = self.screen;
        let buffer = screen.buffer();
        let (x, origin) = (buffer.x, if screen.modes.origin { buffer.top } else { 0 });
        if screen.modes.origin {
            self.escape(b"\x1b[?6h");
        }
        let y = buffer.y.saturating_sub(origin);
        let last = last_cell(buffer.row().cells(), x);
        // Only printing brings the cursor behind the last column; an erased cell there becomes a blank by it.
        let under = last.and_then(|(col, cell)| Some((col.checked_sub(1)?, cell))).and_then(|(col, cell)| {
            let under = buffer.row().get(col);
            (under.width() == 2 && cell.is_filled()).then_some((col, under))
        });
        if let Some((col, cell)) = last.filter(|_| x >= screen.cols) {
            self.again((col, cell), under, y, false);
        } else {
            self.go_to(x, y);
        }
        self.charsets();
        self.modes();
        self.draw(screen.pen);
        if screen.modes.insert {
            self.escape(b"\x1b[4h");
        }
        if !screen.modes.synchronized {
            self.escape(b"\x1b[?2026l");
        }
        if !matches!(self.last, Last::Nothing) {
            self.keep_apart();
        }
        if let Some((col, cell)) = last.filter(|(_, cell)| self.makes_join(*cell)) {
            self.again((col, cell), under, y, true);
        }
    }

    /// Prints a cell once more, after the wide character whose second half it has replaced, if that is how it came there;
    /// with or without the modes in effect.
    fn again(&mut self, (col, cell): (usize, Cell), under: Option<(usize, Cell)>, y: usize, in_modes: bool) {
        let (first_col, first) = under.unwrap_or((col, cell));
        self.go_to(first_col, y);
        if in_modes && self.screen.modes.insert {
            // As many as printing will push aside: a cluster does that only with its first character.
            self.control(first_width(self.screen, first), 'P');
        }
        self.print(first);
        match under {
            Some(_) if !in_modes || self.screen.modes.wrap => self.overprint(cell),
            Some(_) => self.print(cell),
            None => {}
        }
    }

    /// Whether printing a cell once more leaves the terminal where it is: with something to join.
    fn makes_join(&self, cell: Cell) -> bool {
        let screen = self.screen;
        if screen.join == Properties::default() || *screen.styles.get(cell.style) != screen.pen.of_cell() {
            return false;
        }
        let of = |before, code| Properties::of(code, before);
        let made = match cell.content() {
            Content::Empty => return false,
            Content::Code(code) => of(Properties::default(), code),
            Content::Cluster(id) => screen.cluster(id).chars().map(u32::from).fold(Properties::default(), of),
        };
        made == screen.join
    }

    /// Goes to a place counted from the origin.
    fn go_to(&mut self, x: usize, y: usize) {
        // Writing to memory does not fail.
        let _ = write!(self.out, "\x1b[{};{}H", y + 1, x + 1);
        self.last = Last::Nothing;
    }

    fn charsets(&mut self) {
        let screen = self.screen;
        for (level, head) in [b'(', b')', b'*', b'+'].into_iter().enumerate() {
            let in_use = level == screen.level;
            self.designate(head, if in_use { screen.charset } else { screen.charsets[level] });
        }
        match screen.level {
            1 => self.escape(b"\x0e"),
            2 => self.escape(b"\x1bn"),
            3 => self.escape(b"\x1bo"),
            _ => {}
        }
    }

    fn designate(&mut self, head: u8, charset: Charset) {
        if !charset.is_ascii() {
            self.escape(&[0x1b, head, charset.designator()]);
        }
    }

    fn modes(&mut self) {
        let modes = &self.screen.modes;
        let switched = [
            (modes.newline, "20h"),
            (modes.application_cursor, "?1h"),
            (!modes.wrap, "?7l"),
            (modes.reverse_wrap, "?45h"),
            (modes.bracketed_paste, "?2004h"),
            (modes.focus, "?1004h"),
            (modes.is_cursor_hidden, "?25l"),
            (modes.blink == Some(true), "?12h"),
            (modes.blink == Some(false), "?12l"),
        ];
        // Writing to memory does not fail.
        for (_, mode) in switched.into_iter().filter(|(on, _)| *on) {
            let _ = write!(self.out, "\x1b[{mode}");
        }
        if modes.application_keypad {
            self.out.extend_from_slice(b"\x1b=");
        }
        for mode in [modes.mouse, modes.mouse_encoding].into_iter().filter(|mode| *mode > 0) {
            let _ = write!(self.out, "\x1b[?{mode}h");
        }
        if modes.cursor_style > 0 {
            let _ = write!(self.out, "\x1b[{} q", modes.cursor_style);
        }
    }
}

/// How many cells the first character of a cell takes.
fn first_width(screen: &Screen, cell: Cell) -> usize {
    let first = match cell.content() {
        Content::Empty => None,
        Content::Code(code) => Some(code),
        Content::Cluster(id) => screen.cluster(id).chars().next().map(u32::from),
    };
    first.map_or(1, |code| Properties::of(code, Properties::default()).width().into())
}

/// The cell before column `x`, and where it begins.
fn last_cell(cells: &[Cell], x: usize) -> Option<(usize, Cell)> {
    let before = x.checked_sub(1)?;
    let col = if cells[before].is_spacer() { before.checked_sub(1)? } else { before };
    Some((col, cells[col]))
}
