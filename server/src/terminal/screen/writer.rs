//! Writes a terminal down as output that makes another one equal to it: history, both screens, cursor, modes, title, colours.
//! It contains no query.

mod lines;
mod state;

use std::io::Write as _;

use app::width::Properties;

use super::cell::{Cell, Content};
use super::emulator::Screen;
use super::recall::Recall;
use super::style::{Color, Style};

/// How many bytes a row takes at least, for a first guess of the size.
const ROW: usize = 48;

/// Writes all of it.
pub(super) fn write(screen: &Screen) -> Vec<u8> {
    let rows = screen.main.history.len() + screen.rows;
    let mut writer = Writer::new(screen, Vec::with_capacity(rows * ROW));
    writer.begin();
    writer.lines(&screen.main);
    writer.state_of(&screen.main);
    if screen.is_alternate {
        writer.draw(Style::default());
        writer.escape(b"\x1b[?47h\x1b[H");
        writer.lines(&screen.alternate);
        writer.state_of(&screen.alternate);
    }
    writer.end();
    writer.out
}

/// The last printed character, as far as it decides whether the next one joins it.
#[derive(Clone, Copy)]
enum Last {
    Nothing,
    Ascii(u8),
    Other(Properties),
}

impl Last {
    fn properties(self) -> Properties {
        match self {
            Self::Nothing => Properties::default(),
            Self::Ascii(byte) => Properties::of(byte.into(), Properties::default()),
            Self::Other(properties) => properties,
        }
    }
}

struct Writer<'a> {
    screen: &'a Screen,
    out: Vec<u8>,
    /// The reading terminal's pen.
    pen: Style,
    /// The number of the style last drawn with.
    ink: Option<u32>,
    last: Last,
    recall: Recall,
}

impl<'a> Writer<'a> {
    fn new(screen: &'a Screen, out: Vec<u8>) -> Self {
        Self { screen, out, pen: Style::default(), ink: Some(0), last: Last::Nothing, recall: Recall::default() }
    }

    /// Writes a sequence, after which nothing joins what was printed before.
    fn escape(&mut self, sequence: &[u8]) {
        self.out.extend_from_slice(sequence);
        self.last = Last::Nothing;
    }

    /// Writes a control sequence with one number.
    fn control(&mut self, number: usize, last: char) {
        // Writing to memory does not fail.
        let _ = write!(self.out, "\x1b[{number}{last}");
        self.last = Last::Nothing;
    }

    /// Makes a style the pen.
    fn draw(&mut self, style: Style) {
        let before = self.out.len();
        style.write(self.pen, &mut self.out);
        if style.link != self.pen.link {
            let link = self.screen.links.get(style.link);
            let id = if link.id.is_empty() { "" } else { "id=" };
            // Writing to memory does not fail.
            let _ = write!(self.out, "\x1b]8;{id}{};{}\x1b\\", link.id, link.uri);
        }
        if self.out.len() > before {
            self.last = Last::Nothing;
        }
        self.pen = style;
        self.ink = None;
    }

    /// Makes the style of that number the pen.
    fn draw_with(&mut self, ink: u32) {
        if self.ink != Some(ink) {
            self.draw(*self.screen.styles.get(ink));
            self.ink = Some(ink);
        }
    }

    /// Prints a cell that holds a character.
    fn print(&mut self, cell: Cell) {
        self.draw_with(cell.style);
        match cell.content() {
            Content::Empty => self.print_ascii(b' '),
            Content::Code(code) => match u8::try_from(code) {
                Ok(byte) if byte.is_ascii() => self.print_ascii(byte),
                _ => self.print_chars(char::from_u32(code).into_iter()),
            },
            Content::Cluster(id) => self.print_chars(self.screen.cluster(id).chars()),
        }
    }

    fn print_ascii(&mut self, byte: u8) {
        if let Last::Other(before) = self.last
            && Properties::of(byte.into(), before).joins()
        {
            self.keep_apart();
        }
        self.out.push(byte);
        self.last = Last::Ascii(byte);
    }

    fn print_chars(&mut self, chars: impl Iterator<Item = char>) {
        let mut before = self.last.properties();
        for (n, c) in chars.enumerate() {
            let mut properties = self.recall.properties(c.into(), before);
            if n == 0 && properties.joins() {
                self.keep_apart();
                properties = self.recall.properties(c.into(), Properties::default());
            }
            self.out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            before = properties;
        }
        self.last = Last::Other(before);
    }

    /// Two cells that stand side by side were not printed one after the other. A control without effect tells them apart.
    fn keep_apart(&mut self) {
        self.escape(b"\0");
    }

    /// Starts a row that does not continue the one before. What scrolls in is blank, so the background must be none.
    fn new_line(&mut self) {
        if self.pen.background != Color::Default {
            self.draw(Style::default());
        }
        self.escape(b"\r\n");
    }
}
