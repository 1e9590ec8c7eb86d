//! One of a terminal's two screens: its rows, its cursor, its margins, its tab stops.

mod reflow;

use std::collections::VecDeque;

use super::cell::Cell;
use super::charset::Charset;
use super::history::History;
use super::row::Row;
use super::style::Style;

/// What `DECSC` keeps. It counts the row from the top of the history, as xterm.js does, so that it moves with the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Saved {
    pub(super) x: usize,
    pub(super) line: usize,
    pub(super) style: Style,
    pub(super) charset: Charset,
}

/// A screen. The alternate one has no history, and no rows while it is not shown.
#[derive(Debug)]
pub(super) struct Buffer {
    pub(super) rows: VecDeque<Row>,
    pub(super) history: History,
    cols: usize,
    height: usize,
    /// The cursor's column; as large as the number of columns when the next character wraps.
    pub(super) x: usize,
    /// The cursor's row.
    pub(super) y: usize,
    /// The first row that scrolls.
    pub(super) top: usize,
    /// The last row that scrolls.
    pub(super) bottom: usize,
    pub(super) saved: Saved,
    pub(super) tabs: Vec<bool>,
}

impl Buffer {
    pub(super) fn new(cols: usize, rows: usize, history: usize) -> Self {
        let mut buffer = Self {
            rows: VecDeque::new(),
            history: History::new(history),
            cols,
            height: rows,
            x: 0,
            y: 0,
            top: 0,
            bottom: rows - 1,
            saved: Saved::default(),
            tabs: Vec::new(),
        };
        buffer.set_default_tabs();
        buffer
    }

    /// Fills the screen, which has no rows yet.
    pub(super) fn show(&mut self, fill: Cell) {
        while self.rows.len() < self.height {
            self.rows.push_back(Row::new(self.cols, fill));
        }
    }

    /// Begins anew, with no rows.
    pub(super) fn clear(&mut self) {
        self.rows = VecDeque::new();
        (self.x, self.y, self.top, self.bottom) = (0, 0, 0, self.height - 1);
        self.set_default_tabs();
    }

    /// The row of the cursor.
    pub(super) fn row_mut(&mut self) -> &mut Row {
        &mut self.rows[self.y]
    }

    pub(super) fn row(&self) -> &Row {
        &self.rows[self.y]
    }

    /// Moves the rows between the margins up by one.
    pub(super) fn scroll(&mut self, fill: Cell, is_wrapped: bool) {
        let row = if self.top > 0 {
            self.rows.remove(self.top)
        } else {
            let row = self.rows.pop_front();
            if let Some(row) = &row {
                self.history.push(row);
            }
            row
        };
        if let Some(mut row) = row {
            row.reset(fill);
            row.is_wrapped = is_wrapped;
            if self.bottom == self.rows.len() {
                self.rows.push_back(row);
            } else {
                self.rows.insert(self.bottom, row);
            }
        }
    }

    /// Removes `count` rows at `first`, and puts as many blank ones in below `last`.
    pub(super) fn remove_rows(&mut self, first: usize, last: usize, count: usize, fill: Cell) {
        let count = count.min(last + 1 - first);
        let rows = &mut self.rows.make_contiguous()[first..=last];
        rows.rotate_left(count);
        let kept = rows.len() - count;
        rows[kept..].iter_mut().for_each(|row| row.reset(fill));
    }

    /// Puts `count` blank rows in at `first`; those moved below `last` are lost.
    pub(super) fn insert_rows(&mut self, first: usize, last: usize, count: usize, fill: Cell) {
        let count = count.min(last + 1 - first);
        let rows = &mut self.rows.make_contiguous()[first..=last];
        rows.rotate_right(count);
        rows[..count].iter_mut().for_each(|row| row.reset(fill));
    }

    /// The column of the next tab stop.
    pub(super) fn next_stop(&self) -> usize {
        let stops = self.tabs.iter().enumerate().skip(self.x + 1);
        stops.filter(|(_, is_stop)| **is_stop).map(|(col, _)| col).next().unwrap_or(self.cols).min(self.cols - 1)
    }

    /// The column of the tab stop before.
    pub(super) fn previous_stop(&self) -> usize {
        let stops = self.tabs.iter().enumerate().take(self.x);
        stops.filter(|(_, is_stop)| **is_stop).map(|(col, _)| col).next_back().unwrap_or(0)
    }

    pub(super) fn is_default_tabs(&self) -> bool {
        self.tabs.iter().enumerate().all(|(col, is_stop)| *is_stop == is_default_stop(col))
    }

    /// The row that `DECSC` meant, on the screen.
    pub(super) fn saved_row(&self) -> usize {
        self.saved.line.saturating_sub(self.history.len()).min(self.height - 1)
    }

    /// Changes the size. With a history, lines that wrap are wrapped anew.
    pub(super) fn resize(&mut self, cols: usize, height: usize, reflows: bool) {
        if !self.rows.is_empty() {
            if cols > self.cols {
                self.rows.iter_mut().for_each(|row| row.resize(cols));
            }
            let moved = self.resize_height(cols, height);
            self.x = self.x.min(cols - 1);
            self.y = self.y.min(height - 1) + moved;
            self.saved.x = self.saved.x.min(cols - 1);
        }
        (self.top, self.bottom) = (0, height - 1);
        let old_cols = std::mem::replace(&mut self.cols, cols);
        self.height = height;
        if cols != old_cols {
            if reflows {
                self.reflow(old_cols);
            }
            self.rows.iter_mut().for_each(|row| row.resize(cols));
            let tabs = self.tabs.len();
            self.tabs.resize(cols, false);
            (tabs..cols).for_each(|col| self.tabs[col] = is_default_stop(col));
        }
    }

    /// Adds or removes rows where there is nothing to lose; returns by how many rows the text moved down.
    fn resize_height(&mut self, cols: usize, height: usize) -> usize {
        let mut moved = 0;
        while self.rows.len() < height {
            let no_room_below = self.rows.len() <= self.y + moved + 1;
            match no_room_below.then(|| self.history.pop(self.cols)).flatten() {
                Some(mut row) => {
                    row.resize(cols.max(self.cols));
                    self.rows.push_front(row);
                    moved += 1;
                }
                None => self.rows.push_back(Row::new(cols.max(self.cols), Cell::empty(0))),
            }
        }
        while self.rows.len() > height {
            if self.rows.len() > self.y + 1 {
                self.rows.pop_back();
            } else if let Some(mut row) = self.rows.pop_front() {
                row.resize(self.cols);
                if self.history.push(&row) {
                    self.saved.line = self.saved.line.saturating_sub(1);
                }
            }
        }
        moved
    }

    fn set_default_tabs(&mut self) {
        self.tabs = (0..self.cols).map(is_default_stop).collect();
    }
}

fn is_default_stop(col: usize) -> bool {
    col.is_multiple_of(8)
}
