//! Text onto the screen (`InputHandler.print`).

use app::width::Properties;

use super::Screen;
use crate::terminal::screen::cell::{Cell, Content};

/// The longest cluster, in bytes: a family of emoji takes 25, and marks can be piled up without end.
const CLUSTER: usize = 128;

impl Screen {
    /// Prints ASCII. Where nothing special is under way, cells are written as fast as they can be.
    pub(super) fn print_ascii(&mut self, mut text: &[u8]) {
        if self.modes.insert || !self.charset.is_ascii() {
            for byte in text {
                self.print(self.charset.map(*byte));
            }
            return;
        }
        // What comes before may hold on to the first of them.
        if self.join != Properties::default()
            && let Some((first, rest)) = text.split_first()
            && Properties::of((*first).into(), self.join).joins()
        {
            self.print((*first).into());
            text = rest;
        }
        let Some(last) = text.last() else { return };
        self.join = Properties::of((*last).into(), Properties::default());
        // Once, and where the cursor stands now: text that finds no room spares what the last column brings it behind.
        self.tidy_before();
        let (cols, ink) = (self.cols, self.ink);
        while !text.is_empty() {
            if self.buffer().x >= cols {
                if self.modes.wrap {
                    self.wrap(cols);
                } else {
                    // All of it lands in the last column, one over the other.
                    self.buffer_mut().x = cols - 1;
                    text = &text[text.len() - 1..];
                }
            }
            let buffer = self.buffer_mut();
            let start = buffer.x;
            let (now, later) = text.split_at(text.len().min(cols - start));
            let end = start + now.len();
            let cells = buffer.rows[buffer.y].cells_mut();
            for (cell, byte) in cells[start..end].iter_mut().zip(now) {
                *cell = Cell::code((*byte).into(), 1, ink);
            }
            if end < cols && cells[end].is_spacer() {
                cells[end] = Cell::empty(ink);
            }
            buffer.x = end;
            text = later;
        }
    }

    /// Prints one code point.
    pub(super) fn print(&mut self, code: u32) {
        let properties = self.recall.properties(code, self.join);
        let width = usize::from(properties.width());
        let old = if properties.joins() { usize::from(self.join.width()) } else { 0 };
        self.join = properties;
        let (cols, ink) = (self.cols, self.ink);
        self.tidy_before();
        if self.buffer().x + width - old.min(width) > cols {
            if self.modes.wrap {
                self.wrap(self.buffer().x.saturating_sub(old));
            } else {
                self.buffer_mut().x = cols - 1;
                if width == 2 {
                    // It does not fit and is left out, so nothing can join it.
                    self.join = Properties::default();
                    self.tidy_after();
                    return;
                }
            }
        }
        if properties.joins() && self.buffer().x > 0 {
            self.join_to_last(code, width, old);
        } else {
            let insert = self.modes.insert;
            let buffer = self.buffer_mut();
            let (x, row) = (buffer.x, &mut buffer.rows[buffer.y]);
            if insert {
                row.insert(x, width - old.min(width), Cell::empty(ink));
            }
            row.set(x, Cell::code(code, properties.width(), ink));
            let end = (x + width).min(cols);
            (x + 1..end).for_each(|col| row.set(col, Cell::spacer(ink)));
            buffer.x = end;
        }
        self.tidy_after();
    }

    /// Adds a code point to the cell before the cursor, which may become wider by it.
    fn join_to_last(&mut self, code: u32, width: usize, old: usize) {
        let (x, ink) = (self.buffer().x, self.ink);
        let row = self.buffer().row();
        let col = x.saturating_sub(if row.get(x - 1).width() > 0 { 1 } else { 2 });
        let cell = row.get(col);
        let joined = match cell.content() {
            // Erased meanwhile, though nothing but text has come since.
            Content::Empty => Cell::code(code, width as u8, cell.style),
            Content::Code(first) => self.clustered(&[first, code], "", width, cell),
            Content::Cluster(id) => {
                let before: Box<str> = self.clusters.get(id).clone();
                self.clustered(&[code], &before, width, cell)
            }
        };
        let (cols, buffer) = (self.cols, self.buffer_mut());
        buffer.row_mut().set(col, joined);
        let end = (x + width.saturating_sub(old)).min(cols);
        (x..end).for_each(|col| buffer.rows[buffer.y].set(col, Cell::spacer(ink)));
        buffer.x = end;
    }

    fn clustered(&mut self, codes: &[u32], before: &str, width: usize, cell: Cell) -> Cell {
        let mut text = String::from(before);
        text.extend(codes.iter().filter_map(|code| char::from_u32(*code)));
        text.truncate(text.floor_char_boundary(CLUSTER));
        Cell::cluster(self.clusters.id(text.into()), width as u8, cell.style)
    }

    /// Goes on in the next row, and takes what stands at `from` and after it along: a character that has become too wide.
    /// What it leaves behind is blank.
    fn wrap(&mut self, from: usize) {
        let (cols, rows, ink, blank) = (self.cols, self.rows, self.ink, self.blank());
        let buffer = self.buffer_mut();
        let moved = [0, 1].map(|n| buffer.row().cells().get(from + n).copied().filter(|_| from + n < buffer.x));
        let row = buffer.row_mut();
        (from..cols).for_each(|col| row.set(col, Cell::empty(ink)));
        if buffer.y == buffer.bottom {
            buffer.scroll(blank, true);
        } else {
            buffer.y = (buffer.y + 1).min(rows - 1);
            buffer.row_mut().is_wrapped = true;
        }
        buffer.x = 0;
        for cell in moved.into_iter().flatten() {
            let col = buffer.x;
            buffer.row_mut().set(col, cell);
            buffer.x += 1;
        }
    }

    /// Blanks the first half of a wide character whose second half is about to be written over.
    fn tidy_before(&mut self) {
        let blank = Cell::empty(self.ink);
        let buffer = self.buffer_mut();
        if let Some(before) = buffer.x.checked_sub(1)
            && buffer.row().get(before).width() == 2
        {
            buffer.row_mut().set(before, blank);
        }
    }

    /// Blanks the second half of a wide character whose first half has been written over.
    fn tidy_after(&mut self) {
        let blank = Cell::empty(self.ink);
        let (cols, buffer) = (self.cols, self.buffer_mut());
        let x = buffer.x;
        if x < cols && buffer.row().get(x).is_spacer() {
            buffer.row_mut().set(x, blank);
        }
    }
}
