//! Lines that wrap, wrapped anew for another width: as xterm.js does, which leaves the line with the cursor alone, because
//! the program in the terminal redraws it.

use std::collections::VecDeque;

use super::Buffer;
use crate::terminal::screen::cell::Cell;
use crate::terminal::screen::history::History;
use crate::terminal::screen::row::{End, Milestones, Row};

impl Buffer {
    /// Wraps everything, history included, from `old` columns to those in force.
    pub(super) fn reflow(&mut self, old: usize) {
        let mut page = Page {
            base: self.history.len(),
            y: self.y,
            saved: self.saved.line,
            old,
            cols: self.cols,
            height: self.height,
            limit: self.history.limit() + self.height,
            done: VecDeque::new(),
        };
        let lines = self.take_lines(old.max(self.cols));
        if self.cols > old {
            page.widen(&lines);
        } else {
            page.narrow(&lines);
        }
        (self.y, self.saved.line) = (page.y.min(self.height - 1), page.saved);
        self.put_lines(page.done, page.base);
    }

    fn take_lines(&mut self, cols: usize) -> Vec<Row> {
        let mut lines: Vec<Row> = (0..self.history.len())
            .map(|index| {
                let mut row = Row::new(cols, Cell::empty(0));
                self.history.read(index, &mut row);
                row
            })
            .collect();
        lines.extend(std::mem::take(&mut self.rows));
        lines
    }

    fn put_lines(&mut self, mut lines: VecDeque<Row>, base: usize) {
        self.history = History::new(self.history.limit());
        let base = base.min(lines.len());
        for mut row in lines.drain(..base) {
            row.resize(self.cols);
            self.history.push(&row);
        }
        lines.truncate(self.height);
        self.rows = lines;
        self.show(Cell::empty(0));
    }
}

/// A screen and its history while they are wrapped anew.
struct Page {
    /// How many lines are above the screen.
    base: usize,
    /// The cursor's row on the screen.
    y: usize,
    saved: usize,
    old: usize,
    cols: usize,
    height: usize,
    limit: usize,
    /// What has its new shape.
    done: VecDeque<Row>,
}

impl Page {
    fn widen(&mut self, lines: &[Row]) {
        let cursor = self.base + self.y;
        let mut removed = 0;
        let mut first = 0;
        for group in lines.chunk_by(|_, next| next.is_wrapped) {
            let range = first..first + group.len();
            first = range.end;
            if group.len() == 1 || range.contains(&cursor) {
                self.done.extend(group.iter().cloned());
                continue;
            }
            let wrapped = self.wrap(group);
            removed += group.len() - wrapped.len();
            self.done.extend(wrapped);
        }
        for _ in 0..removed {
            if self.base > 0 {
                self.base -= 1;
            } else {
                self.y = self.y.saturating_sub(1);
                self.done.push_back(Row::new(self.cols, Cell::empty(0)));
            }
        }
        self.saved = self.saved.saturating_sub(removed);
    }

    fn narrow(&mut self, lines: &[Row]) {
        let mut total = lines.len();
        let mut end = lines.len();
        // From the end, because what does not fit any more leaves at the beginning.
        for group in lines.chunk_by(|_, next| next.is_wrapped).rev() {
            let range = end - group.len()..end;
            end = range.start;
            let fits = group.len() == 1 && group[0].trimmed() <= self.cols;
            if fits || range.contains(&(self.base + self.y)) {
                group.iter().rev().for_each(|row| self.done.push_front(row.clone()));
                continue;
            }
            let wrapped = self.wrap(group);
            let added = wrapped.len().saturating_sub(group.len());
            total += added;
            wrapped.into_iter().rev().for_each(|row| self.done.push_front(row));
            self.make_room(added, total);
        }
        while self.done.len() > self.limit {
            self.done.pop_front();
            self.base = self.base.min(self.done.len().saturating_sub(self.height));
        }
    }

    /// Wraps one line anew; what is marked on it stays with its text.
    fn wrap(&self, group: &[Row]) -> Vec<Row> {
        let mut wrapped = wrap(&cells(group, self.old), self.cols);
        let last = wrapped.len() - 1;
        let row_of = |place: usize| (place / self.cols).min(last);
        for (n, row) in group.iter().enumerate() {
            let Milestones { output, end, prompt } = row.milestones;
            let mut at = row_of(n * self.old);
            wrapped[at].milestones.output |= output;
            if let Some(end) = end {
                let place = n * self.old + usize::from(end.col);
                at = row_of(place);
                wrapped[at].milestones.end = Some(End { col: (place - at * self.cols) as u16, ..end });
            }
            // It stands behind the end of the command before it.
            wrapped[at].milestones.prompt |= prompt;
        }
        wrapped
    }

    /// Lets the screen move down over `added` lines: over blank ones below the cursor first.
    fn make_room(&mut self, added: usize, total: usize) {
        for _ in 0..added {
            if self.base == 0 && self.y + 1 < self.height {
                self.y += 1;
                self.done.pop_back();
            } else if self.base < self.limit.min(total).saturating_sub(self.height) {
                self.base += 1;
            }
        }
        self.saved = (self.saved + added).min(self.base + self.height - 1);
    }
}

/// The cells of a line that wraps over several rows: of each row all, of the last what is written.
fn cells(group: &[Row], cols: usize) -> Vec<Cell> {
    let mut cells = Vec::new();
    for (n, row) in group.iter().enumerate() {
        let length = match group.get(n + 1) {
            None => row.trimmed(),
            // A wide character that did not fit has left the last cell empty.
            Some(next) if row.get(cols - 1).is_empty() && next.get(0).width() == 2 => cols - 1,
            Some(_) => cols,
        };
        cells.extend_from_slice(&row.cells()[..length.min(row.cells().len())]);
    }
    cells
}

/// Cuts a line into rows; a wide character is not cut in two.
fn wrap(mut cells: &[Cell], cols: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    loop {
        let mut length = cells.len().min(cols);
        if length == cols && cells[length - 1].width() == 2 {
            length -= 1;
        }
        let (now, later) = cells.split_at(length);
        let mut row = Row::new(cols, Cell::empty(0));
        row.cells_mut()[..length].copy_from_slice(now);
        row.is_wrapped = !rows.is_empty();
        rows.push(row);
        cells = later;
        if cells.is_empty() {
            return rows;
        }
    }
}
