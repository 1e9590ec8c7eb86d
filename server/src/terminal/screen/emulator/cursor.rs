//! Where the cursor goes, and what scrolls because of it.

use super::Screen;
use crate::terminal::screen::parser::Parameters;

impl Screen {
    /// Keeps the cursor on the screen, or between the margins where the origin is theirs.
    pub(super) fn restrict(&mut self, col_max: usize) {
        let (rows, is_origin) = (self.rows, self.modes.origin);
        let buffer = self.buffer_mut();
        buffer.x = buffer.x.min(col_max);
        buffer.y = if is_origin { buffer.y.clamp(buffer.top, buffer.bottom) } else { buffer.y.min(rows - 1) };
    }

    fn restrict_to_screen(&mut self) {
        self.restrict(self.cols - 1);
    }

    /// Goes to a place counted from the origin.
    pub(super) fn go_to(&mut self, x: usize, y: usize) {
        let is_origin = self.modes.origin;
        let buffer = self.buffer_mut();
        buffer.x = x;
        buffer.y = if is_origin { y.saturating_add(buffer.top) } else { y };
        self.restrict_to_screen();
    }

    /// Goes to a row counted from the cursor's; as in xterm.js, the origin counts once more.
    fn move_rows(&mut self, y: impl FnOnce(usize) -> usize) {
        self.restrict_to_screen();
        self.go_to(self.buffer().x, y(self.buffer().y));
    }

    pub(super) fn up(&mut self, count: usize) {
        let to_top = self.buffer().y.checked_sub(self.buffer().top);
        let count = to_top.map_or(count, |to_top| to_top.min(count));
        self.move_rows(|y| y.saturating_sub(count));
    }

    pub(super) fn down(&mut self, count: usize) {
        let to_bottom = self.buffer().bottom.checked_sub(self.buffer().y);
        self.down_anywhere(to_bottom.map_or(count, |to_bottom| to_bottom.min(count)));
    }

    pub(super) fn down_anywhere(&mut self, count: usize) {
        self.move_rows(|y| y.saturating_add(count));
    }

    pub(super) fn forward(&mut self, count: usize) {
        self.restrict_to_screen();
        self.go_to(self.buffer().x.saturating_add(count), self.buffer().y);
    }

    pub(super) fn back(&mut self, count: usize) {
        self.restrict_to_screen();
        self.go_to(self.buffer().x.saturating_sub(count), self.buffer().y);
    }

    pub(super) fn line_feed(&mut self) {
        let (cols, rows, blank, starts) = (self.cols, self.rows, self.blank(), self.modes.newline);
        let buffer = self.buffer_mut();
        if starts {
            buffer.x = 0;
        }
        if buffer.y == buffer.bottom {
            buffer.scroll(blank, false);
        } else if buffer.y + 1 < rows {
            buffer.y += 1;
            buffer.row_mut().is_wrapped = false;
        }
        if buffer.x >= cols {
            buffer.x -= 1;
        }
    }

    pub(super) fn index(&mut self) {
        self.restrict_to_screen();
        let (rows, blank) = (self.rows, self.blank());
        let buffer = self.buffer_mut();
        if buffer.y == buffer.bottom {
            buffer.scroll(blank, false);
        } else {
            buffer.y = (buffer.y + 1).min(rows - 1);
        }
        self.restrict_to_screen();
    }

    pub(super) fn next_line(&mut self) {
        self.buffer_mut().x = 0;
        self.index();
    }

    pub(super) fn reverse_index(&mut self) {
        self.restrict_to_screen();
        let blank = self.blank();
        let buffer = self.buffer_mut();
        if buffer.y == buffer.top {
            buffer.insert_rows(buffer.top, buffer.bottom, 1, blank);
        } else {
            buffer.y = buffer.y.saturating_sub(1);
            self.restrict_to_screen();
        }
    }

    pub(super) fn backspace(&mut self) {
        let cols = self.cols;
        if !self.modes.reverse_wrap {
            self.restrict_to_screen();
            let buffer = self.buffer_mut();
            buffer.x = buffer.x.saturating_sub(1);
            return;
        }
        self.restrict(cols);
        let buffer = self.buffer_mut();
        if buffer.x > 0 {
            buffer.x -= 1;
        } else if buffer.y > buffer.top && buffer.y <= buffer.bottom && buffer.row().is_wrapped {
            buffer.row_mut().is_wrapped = false;
            buffer.y -= 1;
            buffer.x = cols - 1;
            // A wide character that did not fit has left this one empty.
            if buffer.row().get(buffer.x).is_empty() {
                buffer.x -= 1;
            }
        }
        self.restrict_to_screen();
    }

    pub(super) fn tab(&mut self, count: usize) {
        let cols = self.cols;
        let buffer = self.buffer_mut();
        if buffer.x < cols {
            (0..count.min(cols)).for_each(|_| buffer.x = buffer.next_stop());
        }
    }

    pub(super) fn back_tab(&mut self, count: usize) {
        let cols = self.cols;
        let buffer = self.buffer_mut();
        if buffer.x < cols {
            (0..count.min(cols)).for_each(|_| buffer.x = buffer.previous_stop());
        }
    }

    pub(super) fn set_tab(&mut self) {
        let buffer = self.buffer_mut();
        if let Some(tab) = buffer.tabs.get_mut(buffer.x) {
            *tab = true;
        }
    }

    pub(super) fn clear_tabs(&mut self, which: u32) {
        let buffer = self.buffer_mut();
        match which {
            0 => {
                if let Some(tab) = buffer.tabs.get_mut(buffer.x) {
                    *tab = false;
                }
            }
            3 => buffer.tabs.fill(false),
            _ => {}
        }
    }

    pub(super) fn set_margins(&mut self, parameters: &Parameters) {
        let rows = self.rows;
        let top = parameters.count(0);
        let bottom = match parameters.get(1) as usize {
            bottom if bottom == 0 || bottom > rows => rows,
            bottom => bottom,
        };
        if bottom > top {
            let buffer = self.buffer_mut();
            (buffer.top, buffer.bottom) = (top - 1, bottom - 1);
            self.go_to(0, 0);
        }
    }
}
