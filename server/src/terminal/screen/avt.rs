//! The screen model on top of the `avt` emulator.

use std::fmt::Write as _;

use avt::{Cell, Color, Line, Pen, Terminal};

use super::modes::Modes;
use super::text::Decoder;
use super::{Heard, ScreenModel, Snapshot};
use crate::terminal::Size;

/// An `avt` terminal and the little that it does not keep.
pub struct AvtScreen {
    terminal: Terminal,
    size: Size,
    history: usize,
    decoder: Decoder,
    modes: Modes,
}

impl AvtScreen {
    /// A blank screen that keeps up to `history` lines that scrolled off it.
    pub fn new(size: Size, history: usize) -> Self {
        Self { terminal: blank(size, history), size, history, decoder: Decoder::default(), modes: Modes::default() }
    }

    /// The lines above the screen, written so that they end up above the screen again. Only that the last of them goes
    /// on in the first row of the screen is lost: what is there is written anew.
    fn history(&self, out: &mut String) {
        let rows = usize::from(self.size.rows());
        let cols = usize::from(self.size.cols());
        let lines = || self.terminal.primary_screen().all_lines();
        let above = lines().count().saturating_sub(rows);
        if above == 0 {
            return;
        }
        for (n, line) in lines().take(above).enumerate() {
            // A full row that goes on in the next one is left to the terminal to wrap, so that it can reflow later.
            let wraps = line.is_wrapped() && line.len() == cols && n + 1 < above;
            write_line(line, wraps, out);
            if !wraps {
                out.push_str("\r\n");
            }
        }
        // From the last row, as many line feeds as rows are filled push all of it out of sight.
        let _ = write!(out, "\x1b[{rows};1H");
        out.extend(std::iter::repeat_n('\n', above.min(rows - 1)));
        out.push_str("\x1b[H");
    }
}

impl ScreenModel for AvtScreen {
    fn feed(&mut self, mut bytes: &[u8]) -> Heard {
        let mut heard = Heard::default();
        while !bytes.is_empty() {
            let followed = self.modes.follow(bytes, &mut heard);
            let (now, later) = bytes.split_at(followed.bytes);
            self.decoder.decode(now, |text| self.terminal.feed(text));
            if followed.erased_history
                && self.terminal.primary_screen().all_lines().nth(self.size.rows().into()).is_some()
            {
                // avt ignores "erase saved lines"; a terminal made from its own dump has none.
                let visible = self.terminal.dump();
                self.terminal = blank(self.size, self.history);
                self.terminal.feed(visible.as_str());
            }
            bytes = later;
        }
        heard
    }

    fn resize(&mut self, size: Size) {
        self.size = size;
        self.terminal.resize(size.cols().into(), size.rows().into());
    }

    fn snapshot(&self) -> Snapshot {
        let mut out = String::from("\x1bc");
        out.push_str(&self.modes.restore());
        self.history(&mut out);
        write_portably(&self.terminal.dump(), &mut out);
        let mut bytes = out.into_bytes();
        bytes.extend_from_slice(self.decoder.unfinished());
        Snapshot { size: self.size, bytes }
    }
}

fn blank(size: Size, history: usize) -> Terminal {
    Terminal::with_scrollback(size.cols().into(), size.rows().into(), Some(history)).expect("a size is at least 1×1")
}

fn write_line(line: &Line, whole: bool, out: &mut String) {
    let cells = line.cells();
    let blank = |cell: &&Cell| cell.char() == ' ' && cell.pen().is_default();
    let trailing = if whole { 0 } else { cells.iter().rev().take_while(blank).count() };
    let mut pen = Pen::default();
    for cell in &cells[..cells.len() - trailing] {
        // The right half of a wide character.
        if cell.width() == 0 {
            continue;
        }
        if *cell.pen() != pen {
            pen = *cell.pen();
            write_pen(&pen, out);
        }
        out.push(cell.char());
    }
    if !pen.is_default() {
        out.push_str("\x1b[m");
    }
}

fn write_pen(pen: &Pen, out: &mut String) {
    out.push_str("\x1b[0");
    let attributes = [
        (pen.is_bold(), 1),
        (pen.is_faint(), 2),
        (pen.is_italic(), 3),
        (pen.is_underline(), 4),
        (pen.is_blink(), 5),
        (pen.is_inverse(), 7),
        (pen.is_strikethrough(), 9),
    ];
    for (_, code) in attributes.into_iter().filter(|(on, _)| *on) {
        let _ = write!(out, ";{code}");
    }
    for (color, base) in [(pen.foreground(), 38), (pen.background(), 48)] {
        let _ = match color {
            Some(Color::Indexed(index)) => write!(out, ";{base};5;{index}"),
            Some(Color::RGB(rgb)) => write!(out, ";{base};2;{};{};{}", rgb.r, rgb.g, rgb.b),
            None => Ok(()),
        };
    }
    out.push('m');
}

/// Copies avt's dump in the dialect that xterm.js reads: it takes the first value of `38:2:r:g:b` for a colour space,
/// and knows no CTC. What follows the last complete sequence (an unfinished one, in C1 form) is left as it is.
fn write_portably(dump: &str, out: &mut String) {
    let mut rest = dump;
    while let Some(start) = rest.find("\x1b[") {
        let (before, sequence) = rest.split_at(start + 2);
        out.push_str(before);
        let Some(length) = sequence.find(|c: char| ('\x40'..='\x7e').contains(&c)) else {
            rest = sequence;
            break;
        };
        let (parameters, last) = (&sequence[..length], &sequence[length..=length]);
        match (parameters, last) {
            ("0", "W") => {
                out.pop();
                out.push('H');
            }
            ("5", "W") => out.push_str("3g"),
            (_, "m") => out.extend([parameters.replace(':', ";").as_str(), last]),
            _ => out.extend([parameters, last]),
        }
        rest = &sequence[length + 1..];
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests;
