//! The terminal itself: what xterm.js in the page makes of the same bytes, cell by cell.
//!
//! Its rules are those of xterm.js 6 (`InputHandler.ts`, `Buffer.ts`), also where other terminals differ: the two must agree
//! about every wrap, or a viewer who comes back sees another screen than one who stayed.

mod command;
mod control;
mod cursor;
mod erase;
mod mode;
mod print;
mod rendition;
mod saved;

use std::collections::BTreeMap;

use app::width::Properties;

use super::buffer::Buffer;
use super::cell::{Cell, Content};
use super::charset::Charset;
use super::parser::Parser;
use super::pool::{Marks, Pool};
use super::recall::Recall;
use super::row::Row;
use super::style::Style;
use super::{Heard, ScreenModel, Snapshot, writer};
use crate::terminal::Size;
pub(super) use command::{Link, PaletteEntry};
pub(super) use mode::Modes;

/// The fewest columns: xterm.js has no fewer either, and a wide character needs two.
const COLS_MIN: u16 = 2;

/// A terminal without a face.
pub struct Emulator {
    parser: Parser,
    screen: Screen,
    size: Size,
}

/// Everything that output changes.
pub(super) struct Screen {
    pub(super) cols: usize,
    pub(super) rows: usize,
    pub(super) main: Buffer,
    pub(super) alternate: Buffer,
    /// Whether the alternate screen is shown.
    pub(super) is_alternate: bool,
    pub(super) styles: Pool<Style>,
    pub(super) clusters: Pool<Box<str>>,
    pub(super) links: Pool<Link>,
    link_serial: u64,
    pub(super) pen: Style,
    /// The pen's number.
    ink: u32,
    /// The number of what the pen erases with.
    eraser: u32,
    pub(super) charsets: [Charset; 4],
    /// Which of them is in use.
    pub(super) level: usize,
    /// The set in use; restoring the cursor may make it another than that of the level.
    pub(super) charset: Charset,
    /// What the next character may join: the last one, until anything else happens.
    pub(super) join: Properties,
    recall: Recall,
    pub(super) modes: Modes,
    pub(super) title: String,
    pub(super) titles: Vec<String>,
    pub(super) palette: BTreeMap<PaletteEntry, String>,
    heard: Heard,
}

impl Emulator {
    /// A blank terminal that keeps up to `history` rows that scrolled off its screen.
    pub fn new(size: Size, history: usize) -> Self {
        Self { parser: Parser::default(), screen: Screen::new(size, history), size }
    }
}

impl ScreenModel for Emulator {
    fn feed(&mut self, bytes: &[u8]) -> Heard {
        self.parser.feed(bytes, &mut self.screen);
        self.screen.collect();
        std::mem::take(&mut self.screen.heard)
    }

    fn resize(&mut self, size: Size) {
        self.size = size;
        self.screen.resize(size);
    }

    fn snapshot(&self) -> Snapshot {
        let mut bytes = writer::write(&self.screen);
        bytes.extend(self.parser.unfinished());
        Snapshot { size: self.size, bytes }
    }
}

impl Screen {
    fn new(size: Size, history: usize) -> Self {
        let (cols, rows) = dimensions(size);
        let mut main = Buffer::new(cols, rows, history);
        main.show(Cell::empty(0));
        Self {
            cols,
            rows,
            main,
            alternate: Buffer::new(cols, rows, 0),
            is_alternate: false,
            styles: Pool::default(),
            clusters: Pool::default(),
            links: Pool::default(),
            link_serial: 0,
            pen: Style::default(),
            ink: 0,
            eraser: 0,
            charsets: [Charset::default(); 4],
            level: 0,
            charset: Charset::default(),
            join: Properties::default(),
            recall: Recall::default(),
            modes: Modes::default(),
            title: String::new(),
            titles: Vec::new(),
            palette: BTreeMap::new(),
            heard: Heard::default(),
        }
    }

    /// The screen that is shown.
    pub(super) fn buffer(&self) -> &Buffer {
        if self.is_alternate { &self.alternate } else { &self.main }
    }

    fn buffer_mut(&mut self) -> &mut Buffer {
        if self.is_alternate { &mut self.alternate } else { &mut self.main }
    }

    fn resize(&mut self, size: Size) {
        let (cols, rows) = dimensions(size);
        if (cols, rows) == (self.cols, self.rows) {
            return;
        }
        (self.cols, self.rows) = (cols, rows);
        self.main.resize(cols, rows, true);
        self.alternate.resize(cols, rows, false);
    }

    /// What erasing leaves behind.
    fn blank(&self) -> Cell {
        Cell::empty(self.eraser)
    }

    /// Changes the pen.
    fn draw_with(&mut self, pen: Style) {
        if pen != self.pen {
            self.pen = pen;
            self.ink = self.styles.id(pen.of_cell());
            self.eraser = self.styles.id(pen.erased());
        }
    }

    /// The text of a cell that holds a cluster.
    pub(super) fn cluster(&self, id: u32) -> &str {
        self.clusters.get(id)
    }

    /// Begins anew, as after a full reset. The title and the colours stay, as in xterm.js.
    fn reset(&mut self) {
        let history = self.main.history.limit();
        self.main = Buffer::new(self.cols, self.rows, history);
        self.main.show(Cell::empty(0));
        self.alternate = Buffer::new(self.cols, self.rows, 0);
        self.is_alternate = false;
        self.draw_with(Style::default());
        self.reset_charsets();
        self.modes.reset_fully();
    }

    fn reset_charsets(&mut self) {
        self.charsets = [Charset::default(); 4];
        self.level = 0;
        self.charset = Charset::default();
    }

    /// Forgets styles, clusters and links that no cell has any more, once there are many.
    fn collect(&mut self) {
        if !(self.styles.is_full() || self.clusters.is_full() || self.links.is_full()) {
            return;
        }
        let (mut styles, mut clusters, mut links) = (self.styles.marks(), self.clusters.marks(), self.links.marks());
        for buffer in [&self.main, &self.alternate] {
            buffer.history.mark(&mut styles, &mut clusters);
            buffer.rows.iter().for_each(|row| mark(row, &mut styles, &mut clusters));
            links.mark(buffer.saved.style.link);
        }
        styles.mark(self.ink);
        styles.mark(self.eraser);
        links.mark(self.pen.link);
        for (style, id) in self.styles.iter() {
            if styles.has(id) {
                links.mark(style.link);
            }
        }
        self.styles.keep(&styles);
        self.clusters.keep(&clusters);
        self.links.keep(&links);
    }
}

fn dimensions(size: Size) -> (usize, usize) {
    (size.cols().max(COLS_MIN).into(), size.rows().into())
}

fn mark(row: &Row, styles: &mut Marks, clusters: &mut Marks) {
    for cell in row.cells() {
        styles.mark(cell.style);
        if let Content::Cluster(id) = cell.content() {
            clusters.mark(id);
        }
    }
}

#[cfg(test)]
mod tests;
