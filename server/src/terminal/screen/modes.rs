//! The few things a terminal remembers that the emulator does not: input modes, title, bell, erased history.

use std::fmt::Write as _;

use super::Heard;

/// A title longer than this is cut: it is shown on a tab.
const TITLE_MAX: usize = 512;

/// A control sequence longer than this is none of those looked for.
const SEQUENCE_MAX: usize = 64;

/// Follows output byte by byte, through text at the speed of a search for the next escape.
#[derive(Debug, Default)]
pub(super) struct Modes {
    state: State,
    sequence: Vec<u8>,
    title: String,
    mouse: Option<u16>,
    mouse_encoding: Option<u16>,
    bracketed_paste: bool,
    application_keypad: bool,
    cursor_style: u8,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Text,
    Escape,
    /// After `ESC` and an intermediate byte: one more byte ends it.
    EscapeIntermediate,
    Control,
    Osc,
    /// DCS, SOS, PM or APC: everything up to ST is data.
    String,
    /// `ESC` inside one of the strings: a backslash ends it.
    OscEscape,
    StringEscape,
}

/// How far [`Modes::follow`] came.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Followed {
    /// Bytes taken.
    pub(super) bytes: usize,
    /// Whether it stopped just after "erase saved lines" (ED 3).
    pub(super) erased_history: bool,
}

impl Modes {
    /// Follows `bytes`, at most up to the next "erase saved lines".
    pub(super) fn follow(&mut self, bytes: &[u8], heard: &mut Heard) -> Followed {
        let mut at = 0;
        while at < bytes.len() {
            if self.state == State::Text {
                match bytes[at..].iter().position(|byte| matches!(byte, 0x1b | 0x07)) {
                    Some(skipped) => at += skipped,
                    None => break,
                }
            }
            let erased_history = self.step(bytes[at], heard);
            at += 1;
            if erased_history {
                return Followed { bytes: at, erased_history };
            }
        }
        Followed { bytes: bytes.len(), erased_history: false }
    }

    /// What restores these modes and the title on a terminal that has just been reset.
    ///
    /// Focus reporting is left out: a terminal answers its being switched on with a report, and a snapshot must not
    /// make the page type.
    pub(super) fn restore(&self) -> String {
        let mut out = String::new();
        if !self.title.is_empty() {
            let _ = write!(out, "\x1b]2;{}\x1b\\", self.title);
        }
        for mode in [self.mouse, self.mouse_encoding, self.bracketed_paste.then_some(2004)].into_iter().flatten() {
            let _ = write!(out, "\x1b[?{mode}h");
        }
        if self.application_keypad {
            out.push_str("\x1b=");
        }
        if self.cursor_style != 0 {
            let _ = write!(out, "\x1b[{} q", self.cursor_style);
        }
        out
    }

    fn step(&mut self, byte: u8, heard: &mut Heard) -> bool {
        use State::{Control, Escape, EscapeIntermediate, Osc, OscEscape, String, StringEscape, Text};
        match (self.state, byte) {
            // CAN and SUB abort whatever was under way.
            (_, 0x18 | 0x1a) => self.state = Text,
            (Osc, 0x1b) => self.state = OscEscape,
            (String, 0x1b) => self.state = StringEscape,
            (Osc, 0x07) | (OscEscape, b'\\') => {
                self.state = Text;
                self.end_of_osc(heard);
            }
            (StringEscape, b'\\') => self.state = Text,
            (Osc, _) => self.collect(byte, TITLE_MAX),
            (String, _) => {}
            (_, 0x1b) => self.state = Escape,
            (_, 0x07) => heard.bells += 1,
            (Control, 0x40..=0x7e) => {
                self.state = Text;
                return self.end_of_control(byte);
            }
            (Control, _) => self.collect(byte, SEQUENCE_MAX),
            (EscapeIntermediate, 0x30..=0x7e) => self.state = Text,
            (Escape | OscEscape | StringEscape, _) => self.after_escape(byte),
            (Text | EscapeIntermediate, _) => {}
        }
        false
    }

    fn after_escape(&mut self, byte: u8) {
        self.sequence.clear();
        self.state = match byte {
            b'[' => State::Control,
            b']' => State::Osc,
            b'P' | b'X' | b'^' | b'_' => State::String,
            0x20..=0x2f => State::EscapeIntermediate,
            _ => State::Text,
        };
        match byte {
            b'c' => *self = Self::default(),
            b'=' => self.application_keypad = true,
            b'>' => self.application_keypad = false,
            _ => {}
        }
    }

    fn collect(&mut self, byte: u8, max: usize) {
        if self.sequence.len() <= max {
            self.sequence.push(byte);
        }
    }

    /// Takes a whole control sequence; true for "erase saved lines".
    fn end_of_control(&mut self, last: u8) -> bool {
        let sequence = std::mem::take(&mut self.sequence);
        match (sequence.as_slice(), last) {
            (b"3", b'J') => return true,
            (b"!", b'p') => (self.bracketed_paste, self.application_keypad) = (false, false),
            ([style @ .., b' '], b'q') => {
                self.cursor_style = number(style).and_then(|n| u8::try_from(n).ok()).unwrap_or(0);
            }
            ([b'?', modes @ ..], b'h') => self.set(modes, true),
            ([b'?', modes @ ..], b'l') => self.set(modes, false),
            _ => {}
        }
        self.sequence = sequence;
        self.sequence.clear();
        false
    }

    fn set(&mut self, modes: &[u8], on: bool) {
        for mode in modes.split(|byte| *byte == b';').filter_map(number) {
            match mode {
                9 | 1000 | 1002 | 1003 => self.mouse = on.then_some(mode),
                1006 | 1016 => self.mouse_encoding = on.then_some(mode),
                2004 => self.bracketed_paste = on,
                66 => self.application_keypad = on,
                _ => {}
            }
        }
    }

    fn end_of_osc(&mut self, heard: &mut Heard) {
        if let [b'0' | b'2', b';', title @ ..] = self.sequence.as_slice() {
            // Cut and decoded; a control character inside could end the sequence that restores it.
            let mut title = String::from_utf8_lossy(title).replace(char::is_control, "");
            title.truncate(title.floor_char_boundary(TITLE_MAX));
            heard.title = Some(title.clone());
            self.title = title;
        }
        self.sequence.clear();
    }
}

fn number(digits: &[u8]) -> Option<u16> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Output, whole and byte by byte, leaves behind what `restore` says.
    fn check(output: &str, restored: &str) {
        let mut whole = Modes::default();
        let mut bytewise = Modes::default();
        let mut heard = Heard::default();
        let mut rest = output.as_bytes();
        while !rest.is_empty() {
            rest = &rest[whole.follow(rest, &mut heard).bytes..];
        }
        for byte in output.bytes() {
            bytewise.follow(&[byte], &mut heard);
        }
        assert_eq!(whole.restore(), restored, "{output:?}");
        assert_eq!(bytewise.restore(), restored, "{output:?} byte by byte");
    }

    fn heard(output: &str) -> Heard {
        let mut heard = Heard::default();
        Modes::default().follow(output.as_bytes(), &mut heard);
        heard
    }

    #[test]
    fn modes_are_restored() {
        check("plain", "");
        check("\x1b[?2004h$ ", "\x1b[?2004h");
        check("\x1b[?2004h\x1b[?2004l", "");
        check("\x1b[?1000;1006h", "\x1b[?1000h\x1b[?1006h");
        check("\x1b[?1000h\x1b[?1003h", "\x1b[?1003h");
        check("\x1b[?1000h\x1b[?1003h\x1b[?1003l", "");
        check("\x1b=", "\x1b=");
        check("\x1b=\x1b>", "");
        check("\x1b[5 q", "\x1b[5 q");
        check("\x1b[?1004h", "");
    }

    #[test]
    fn a_full_reset_forgets() {
        check("\x1b[?1000h\x1b]2;t\x07\x1b=\x1bc", "");
    }

    #[test]
    fn titles_end_at_bell_or_st() {
        check("\x1b]0;one\x07", "\x1b]2;one\x1b\\");
        check("\x1b]2;漢字\x1b\\x", "\x1b]2;漢字\x1b\\");
        check("\x1b]1;icon\x07\x1b]8;;http://x\x07", "");
        assert_eq!(heard("\x1b]0;one\x07"), Heard { bells: 0, title: Some("one".into()) });
    }

    #[test]
    fn only_bells_outside_of_strings_ring() {
        assert_eq!(heard("\x07a\x07\x1b]2;t\x07\x1bPq\x07\x1b\\").bells, 2);
        assert_eq!(heard("\x1b[\x071m").bells, 1);
    }

    #[test]
    fn sequences_inside_of_strings_are_data() {
        check("\x1bP\x1b[?2004h\x1b\\", "\x1b[?2004h");
        check("\x1b_[?2004h\x1b\\", "");
        check("\x1b]2;a\x18\x1b[?2004h", "\x1b[?2004h");
    }

    #[test]
    fn erasing_history_is_noticed_where_it_happens() {
        let mut modes = Modes::default();
        let mut heard = Heard::default();
        assert_eq!(modes.follow(b"a\x1b[3", &mut heard), Followed { bytes: 4, erased_history: false });
        assert_eq!(modes.follow(b"Jrest", &mut heard), Followed { bytes: 1, erased_history: true });
        assert_eq!(modes.follow(b"rest\x1b[2J", &mut heard), Followed { bytes: 8, erased_history: false });
    }

    #[test]
    fn endless_sequences_take_no_endless_memory() {
        let mut modes = Modes::default();
        let mut heard = Heard::default();
        modes.follow(b"\x1b]2;", &mut heard);
        modes.follow(&vec![b'x'; 1 << 20], &mut heard);
        assert!(modes.sequence.capacity() <= 2 * (TITLE_MAX + 1));
    }
}
