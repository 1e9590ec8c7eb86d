//! Rows, written so that they wrap, scroll and end up where they were.

use super::Writer;
use crate::terminal::screen::buffer::Buffer;
use crate::terminal::screen::cell::Cell;
use crate::terminal::screen::row::{End, Milestones, Row};
use crate::terminal::screen::style::{Color, Style};

/// How a row hangs together with the row after it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seam {
    /// Not at all.
    Apart,
    /// The next row continues this one: the character that does not fit any more will wrap by itself.
    Wraps,
    /// The next row continues this one though the last cell is empty: a blank was printed there, to be erased again.
    Bridged(Cell),
}

impl Writer<'_> {
    /// Writes history and screen from the current row on: what does not fit scrolls out of sight.
    pub(super) fn lines(&mut self, buffer: &Buffer) {
        let above = buffer.history.len();
        let blank = |row: &&Row| {
            let is_empty = row.cells().iter().all(|cell| *cell == Cell::empty(0));
            is_empty && !row.is_wrapped && row.milestones == Milestones::default()
        };
        let trailing = if above > 0 { 0 } else { buffer.rows.iter().rev().take_while(blank).count() };
        let total = above + buffer.rows.len() - trailing;
        let mut read = [Row::new(self.screen.cols, Cell::empty(0)), Row::new(self.screen.cols, Cell::empty(0))];
        let mut seam = Seam::Apart;
        let mut is_read = false;
        for index in 0..total {
            // The row and the one after it; rows of the history are unpacked once.
            let [this, next] = &mut read;
            if index < above && !is_read {
                buffer.history.read(index, this);
            }
            is_read = index + 1 < above;
            if is_read {
                buffer.history.read(index + 1, next);
            }
            let row = if index < above { &read[0] } else { &buffer.rows[index - above] };
            let after = if is_read { Some(&read[1]) } else { buffer.rows.get(index + 1 - above.min(index + 1)) };
            let after = after.filter(|_| index + 1 < total);
            if index > 0 && seam == Seam::Apart {
                self.new_line();
            }
            seam = self.row(row, after, seam);
            read.swap(0, 1);
        }
    }

    fn row(&mut self, row: &Row, next: Option<&Row>, seam: Seam) -> Seam {
        let cells = row.cells();
        let cols = cells.len();
        let mut col = 0;
        let mut is_filled = false;
        if seam != Seam::Apart {
            is_filled = self.wrap(row, seam);
            col = usize::from(cells[0].width().max(1));
        }
        let Milestones { output, end: mut ends, prompt } = row.milestones;
        if output {
            self.escape(b"\x1b]133;C\x1b\\");
        }
        if ends.is_none() {
            self.close(None, prompt);
        }
        let wraps = next.filter(|next| next.is_wrapped);
        // Blank cells at the end are there already, unless the row came with a background.
        let end = match cells.iter().rposition(|cell| *cell != Cell::empty(0)) {
            _ if is_filled => cols,
            last => last.map_or(0, |last| last + 1),
        };
        while col < end {
            if ends.is_some_and(|ends| usize::from(ends.col) <= col) {
                self.close(ends.take(), prompt);
            }
            let cell = cells[col];
            if cell.is_filled() {
                self.print(cell);
                col += usize::from(cell.width().max(1));
                if cell.width() == 2 && col == cols && cells[cols - 1].is_filled() {
                    self.overprint(cells[cols - 1]);
                }
                continue;
            }
            let stop = ends.map_or(end, |ends| end.min(ends.col.into()));
            let length = cells[col..stop].iter().take_while(|other| **other == cell).count();
            col += length;
            // A mark that is still to come stands at the cursor, even behind the last column.
            self.gap(cell, length, is_filled, col < cols || ends.is_some());
        }
        if let Some(ends) = ends {
            let ahead = usize::from(ends.col).min(cols).saturating_sub(col);
            if ahead > 0 {
                self.control(ahead, 'C');
            }
            self.close(Some(ends), prompt);
        }
        match wraps {
            None => Seam::Apart,
            Some(next) => self.seam(row, next),
        }
    }

    /// Prints over the second half of the wide character in the last columns, as it happens where nothing wraps.
    pub(super) fn overprint(&mut self, cell: Cell) {
        self.escape(b"\x1b[?7l");
        self.print(cell);
        self.escape(b"\x1b[?7h");
    }

    /// Says where a command ended, and then where the next prompt begins.
    fn close(&mut self, end: Option<End>, prompt: bool) {
        if let Some(end) = end {
            self.escape(if end.has_failed { b"\x1b]133;D;1\x1b\\" } else { b"\x1b]133;D;0\x1b\\" });
        }
        if prompt {
            self.escape(b"\x1b]133;A\x1b\\");
        }
    }

    /// Passes over empty cells; what is erased has the background alone, so anything else has to be printed.
    fn gap(&mut self, cell: Cell, length: usize, is_filled: bool, goes_on: bool) {
        let style = *self.screen.styles.get(cell.style);
        if style != style.erased() {
            (0..length).for_each(|_| self.print(cell));
            return;
        }
        if is_filled || style != Style::default() {
            self.draw_with(cell.style);
            self.control(length, 'X');
        }
        if goes_on {
            self.control(length, 'C');
        }
    }

    /// Brings the cursor to where the next row's first character wraps.
    fn seam(&mut self, row: &Row, next: &Row) -> Seam {
        let cols = row.cells().len();
        let last = row.get(cols - 1);
        // A wide character that found no room may have blanked the second half of this one, which printing fills again.
        if last.is_filled() || cols.checked_sub(2).is_some_and(|col| row.get(col).width() == 2) {
            return Seam::Wraps;
        }
        let style = *self.screen.styles.get(last.style);
        if style != style.erased() {
            // Not erased but overwritten, so it was printed as a blank.
            return Seam::Wraps;
        }
        self.control(cols, 'G');
        if next.get(0).width() == 2 && next.get(0).style == last.style {
            return Seam::Wraps;
        }
        self.draw_with(0);
        self.print_ascii(b' ');
        Seam::Bridged(last)
    }

    /// Prints the first cell of a row that continues the one before. True if the row may have come with a background.
    fn wrap(&mut self, row: &Row, seam: Seam) -> bool {
        let first = row.get(0);
        let mut is_filled = false;
        if first.is_filled() {
            self.draw_with(first.style);
            is_filled = self.pen.background != Color::Default;
            self.print(first);
        } else {
            self.draw_with(0);
            self.print_ascii(b' ');
            self.escape(b"\x08");
            self.gap(first, 1, true, true);
        }
        if let Seam::Bridged(last) = seam {
            let here = usize::from(first.width().max(1));
            self.draw_with(last.style);
            self.escape(b"\x1b[A");
            self.control(row.cells().len(), 'G');
            self.escape(b"\x1b[X\x1b[B");
            self.control(here + 1, 'G');
        }
        is_filled
    }
}
