//! Erasing, inserting, deleting and repeating.

use super::Screen;
use crate::terminal::screen::cell::{Cell, Content};
use crate::terminal::screen::style::{Attributes, Style};

/// The most that one sequence repeats a character: several of the largest screens people have.
const REPEAT: usize = 0xffff;

impl Screen {
    /// `ED`. Selective erasure spares what is protected.
    pub(super) fn erase_display(&mut self, which: u32, is_selective: bool) {
        self.restrict(self.cols);
        let (cols, rows) = (self.cols, self.rows);
        let (x, y) = (self.buffer().x, self.buffer().y);
        match which {
            0 => {
                self.erase_cells(y, x, cols, is_selective);
                if x == 0 {
                    self.buffer_mut().row_mut().is_wrapped = false;
                }
                (y + 1..rows).for_each(|row| self.erase_row(row, is_selective));
            }
            1 => {
                self.erase_cells(y, 0, x + 1, is_selective);
                self.buffer_mut().row_mut().is_wrapped = false;
                // As in xterm.js, which counts this row from the top of the history.
                if x + 1 >= cols
                    && self.buffer().history.len() == 0
                    && let Some(next) = self.buffer_mut().rows.get_mut(y + 1)
                {
                    next.is_wrapped = false;
                }
                (0..y).for_each(|row| self.erase_row(row, is_selective));
            }
            2 => (0..rows).for_each(|row| self.erase_row(row, is_selective)),
            3 => self.buffer_mut().history.clear(),
            _ => {}
        }
    }

    /// `EL`.
    pub(super) fn erase_line(&mut self, which: u32, is_selective: bool) {
        self.restrict(self.cols);
        let (x, y) = (self.buffer().x, self.buffer().y);
        let (start, end, unwraps) = match which {
            0 => (x, self.cols, x == 0),
            1 => (0, x + 1, false),
            2 => (0, self.cols, true),
            _ => return,
        };
        self.erase_cells(y, start, end, is_selective);
        if unwraps {
            self.buffer_mut().row_mut().is_wrapped = false;
        }
    }

    fn erase_row(&mut self, row: usize, is_selective: bool) {
        if is_selective {
            self.erase_cells(row, 0, self.cols, true);
            self.buffer_mut().rows[row].is_wrapped = false;
        } else {
            let blank = self.blank();
            self.buffer_mut().rows[row].reset(blank);
        }
    }

    fn erase_cells(&mut self, row: usize, start: usize, end: usize, is_selective: bool) {
        let blank = self.blank();
        let styles = &self.styles;
        let buffer = if self.is_alternate { &mut self.alternate } else { &mut self.main };
        let spares = |cell: Cell| is_selective && styles.get(cell.style).attributes.has(Attributes::PROTECTED);
        buffer.rows[row].erase(start, end, blank, spares);
    }

    pub(super) fn erase_chars(&mut self, count: usize) {
        self.restrict(self.cols - 1);
        let (x, y) = (self.buffer().x, self.buffer().y);
        self.erase_cells(y, x, x.saturating_add(count), false);
    }

    pub(super) fn insert_chars(&mut self, count: usize) {
        self.restrict(self.cols - 1);
        let blank = self.blank();
        let buffer = self.buffer_mut();
        let x = buffer.x;
        buffer.row_mut().insert(x, count, blank);
    }

    pub(super) fn delete_chars(&mut self, count: usize) {
        self.restrict(self.cols - 1);
        let blank = self.blank();
        let buffer = self.buffer_mut();
        let x = buffer.x;
        buffer.row_mut().delete(x, count, blank);
    }

    pub(super) fn insert_lines(&mut self, count: usize) {
        self.restrict(self.cols - 1);
        let blank = self.blank();
        let buffer = self.buffer_mut();
        if (buffer.top..=buffer.bottom).contains(&buffer.y) {
            buffer.insert_rows(buffer.y, buffer.bottom, count, blank);
            buffer.x = 0;
        }
    }

    pub(super) fn delete_lines(&mut self, count: usize) {
        self.restrict(self.cols - 1);
        let blank = self.blank();
        let buffer = self.buffer_mut();
        if (buffer.top..=buffer.bottom).contains(&buffer.y) {
            buffer.remove_rows(buffer.y, buffer.bottom, count, blank);
            buffer.x = 0;
        }
    }

    pub(super) fn scroll_up(&mut self, count: usize) {
        let blank = self.blank();
        let buffer = self.buffer_mut();
        buffer.remove_rows(buffer.top, buffer.bottom, count, blank);
    }

    pub(super) fn scroll_down(&mut self, count: usize) {
        let buffer = self.buffer_mut();
        // Not in the pen's background, as in xterm.js.
        buffer.insert_rows(buffer.top, buffer.bottom, count, Cell::empty(0));
    }

    pub(super) fn insert_columns(&mut self, col: usize, count: usize) {
        let blank = self.blank();
        self.change_columns(|row| row.insert(col, count, blank));
    }

    pub(super) fn delete_columns(&mut self, col: usize, count: usize) {
        let blank = self.blank();
        self.change_columns(|row| row.delete(col, count, blank));
    }

    fn change_columns(&mut self, change: impl Fn(&mut super::Row)) {
        let buffer = self.buffer_mut();
        let (top, bottom) = (buffer.top, buffer.bottom);
        if (top..=bottom).contains(&buffer.y) {
            for row in buffer.rows.range_mut(top..=bottom) {
                change(row);
                row.is_wrapped = false;
            }
        }
    }

    /// `REP`.
    pub(super) fn repeat(&mut self, count: usize) {
        if self.join == app::width::Properties::default() {
            return;
        }
        let buffer = self.buffer();
        let Some(cell) = buffer.x.checked_sub(self.join.width().into()).map(|x| buffer.row().get(x)) else { return };
        let text: Vec<u32> = match cell.content() {
            Content::Empty => return,
            Content::Code(code) => vec![code],
            Content::Cluster(id) => self.cluster(id).chars().map(u32::from).collect(),
        };
        for _ in 0..count.min(REPEAT) {
            text.iter().for_each(|code| self.print(self.repeated(*code)));
        }
    }

    /// What printing `code` again means in the character set in use.
    fn repeated(&self, code: u32) -> u32 {
        match u8::try_from(code) {
            Ok(byte @ 0x20..0x7f) => self.charset.map(byte),
            _ => code,
        }
    }

    /// `DECALN`: fills the screen with E.
    pub(super) fn align(&mut self) {
        let style = Style { link: 0, ..self.pen.of_cell() };
        let cell = Cell::code(b'E'.into(), 1, self.styles.id(style));
        self.go_to(0, 0);
        let buffer = self.buffer_mut();
        let first = buffer.y;
        buffer.rows.range_mut(first..).for_each(|row| row.reset(cell));
        self.go_to(0, 0);
    }
}
