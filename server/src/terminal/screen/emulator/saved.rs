//! What is kept for later: the cursor (`DECSC`), character sets, and what a soft reset brings back.

use super::Screen;
use crate::terminal::screen::buffer::Saved;
use crate::terminal::screen::charset::Charset;
use crate::terminal::screen::style::Style;

impl Screen {
    pub(super) fn save_cursor(&mut self) {
        let (style, charset) = (self.pen, self.charset);
        let buffer = self.buffer_mut();
        buffer.saved = Saved { x: buffer.x, line: buffer.history.len() + buffer.y, style, charset };
    }

    pub(super) fn restore_cursor(&mut self) {
        let buffer = self.buffer_mut();
        let saved = buffer.saved;
        buffer.x = saved.x;
        buffer.y = buffer.saved_row();
        // As in xterm.js, an underline's looks and the link are not among what is saved.
        let Style { underline, underline_color, link, .. } = self.pen;
        self.draw_with(Style { underline, underline_color, link, ..saved.style });
        self.charset = saved.charset;
        self.restrict(self.cols - 1);
    }

    pub(super) fn use_level(&mut self, level: usize) {
        self.level = level;
        self.charset = self.charsets[level];
    }

    pub(super) fn designate(&mut self, level: usize, charset: Charset) {
        self.charsets[level] = charset;
        if self.level == level {
            self.charset = charset;
        }
    }

    pub(super) fn reset_softly(&mut self) {
        self.draw_with(Style::default());
        self.reset_charsets();
        self.modes.reset();
        let rows = self.rows;
        let buffer = self.buffer_mut();
        (buffer.top, buffer.bottom) = (0, rows - 1);
        buffer.saved = Saved { line: buffer.history.len(), ..Saved::default() };
    }
}
