//! Which output does what: the tables of controls, escape sequences and control sequences.

use app::width::Properties;

use super::Screen;
use crate::terminal::screen::charset::Charset;
use crate::terminal::screen::parser::{Sequence, Sink};

impl Sink for Screen {
    fn ascii(&mut self, text: &[u8]) {
        self.print_ascii(text);
    }

    fn character(&mut self, code: u32) {
        self.print(code);
    }

    fn control(&mut self, code: u8) {
        match code {
            0x07 => self.heard.bells += 1,
            0x08 => self.backspace(),
            0x09 => self.tab(1),
            0x0a..=0x0c => self.line_feed(),
            0x0d => self.buffer_mut().x = 0,
            0x0e => self.use_level(1),
            0x0f => self.use_level(0),
            0x84 => self.index(),
            0x85 => self.next_line(),
            0x88 => self.set_tab(),
            _ => {}
        }
        self.join = Properties::default();
    }

    fn escape(&mut self, intermediate: u8, last: u8) {
        match (intermediate, last) {
            (0, b'7') => self.save_cursor(),
            (0, b'8') => self.restore_cursor(),
            (0, b'D') => self.index(),
            (0, b'E') => self.next_line(),
            (0, b'H') => self.set_tab(),
            (0, b'M') => self.reverse_index(),
            (0, b'=') => self.modes.application_keypad = true,
            (0, b'>') => self.modes.application_keypad = false,
            (0, b'c') => self.reset(),
            (0, b'n' | b'}') => self.use_level(2),
            (0, b'o' | b'|') => self.use_level(3),
            (0, b'~') => self.use_level(1),
            (b'%', b'@' | b'G') => {
                self.use_level(0);
                self.designate(0, Charset::default());
            }
            (b'(', set) => self.designate(0, Charset::designated(set)),
            (b')' | b'-', set) => self.designate(1, Charset::designated(set)),
            (b'*' | b'.', set) => self.designate(2, Charset::designated(set)),
            (b'+', set) => self.designate(3, Charset::designated(set)),
            (b'#', b'8') => self.align(),
            _ => {}
        }
        self.join = Properties::default();
    }

    fn sequence(&mut self, sequence: &Sequence) {
        let parameters = &sequence.parameters;
        let count = parameters.count(0);
        match (sequence.prefix, sequence.intermediate, sequence.last) {
            (0, 0, b'm') => self.render(parameters),
            (0, 0, b'H' | b'f') => self.go_to(parameters.count(1) - 1, count - 1),
            (0, 0, b'A') => self.up(count),
            (0, 0, b'B') => self.down(count),
            (0, 0, b'C' | b'a') => self.forward(count),
            (0, 0, b'D') => self.back(count),
            (0, 0, b'E') => {
                self.down(count);
                self.buffer_mut().x = 0;
            }
            (0, 0, b'F') => {
                self.up(count);
                self.buffer_mut().x = 0;
            }
            (0, 0, b'G' | b'`') => self.go_to(count - 1, self.buffer().y),
            (0, 0, b'd') => self.go_to(self.buffer().x, count - 1),
            (0, 0, b'e') => self.down_anywhere(count),
            (0, 0, b'I') => self.tab(count),
            (0, 0, b'Z') => self.back_tab(count),
            (0, 0, b'J') => self.erase_display(parameters.get(0), false),
            (b'?', 0, b'J') => self.erase_display(parameters.get(0), true),
            (0, 0, b'K') => self.erase_line(parameters.get(0), false),
            (b'?', 0, b'K') => self.erase_line(parameters.get(0), true),
            (0, 0, b'X') => self.erase_chars(count),
            (0, 0, b'@') => self.insert_chars(count),
            (0, 0, b'P') => self.delete_chars(count),
            (0, 0, b'L') => self.insert_lines(count),
            (0, 0, b'M') => self.delete_lines(count),
            (0, 0, b'S') => self.scroll_up(count),
            (0, 0, b'T') => self.scroll_down(count),
            (0, b' ', b'@') => self.delete_columns(0, count),
            (0, b' ', b'A') => self.insert_columns(0, count),
            (0, b'\'', b'}') => self.insert_columns(self.buffer().x, count),
            (0, b'\'', b'~') => self.delete_columns(self.buffer().x, count),
            (0, 0, b'b') => self.repeat(count),
            (0, 0, b'g') => self.clear_tabs(parameters.get(0)),
            (0, 0, b'h') => self.set_modes(parameters, true),
            (0, 0, b'l') => self.set_modes(parameters, false),
            (b'?', 0, b'h') => self.set_private_modes(parameters, true),
            (b'?', 0, b'l') => self.set_private_modes(parameters, false),
            (0, b'!', b'p') => self.reset_softly(),
            (0, b' ', b'q') => self.modes.set_cursor_style(parameters.get(0)),
            (0, b'"', b'q') => self.protect(parameters.get(0)),
            (0, 0, b'r') => self.set_margins(parameters),
            (0, 0, b's') => self.save_cursor(),
            (0, 0, b'u') => self.restore_cursor(),
            (0, 0, b't') => self.stack_title(parameters),
            _ => {}
        }
        self.join = Properties::default();
    }

    fn command(&mut self, payload: &[u8]) {
        self.run_command(payload);
        self.join = Properties::default();
    }

    fn string(&mut self) {
        self.join = Properties::default();
    }
}
