//! Finds shell integration's sequences in output: OSC 133 (prompts and commands), OSC 7 (directory), OSC 633 ; P (the trace
//! that the next command belongs to).
//!
//! Sources: the FinalTerm sequences as kept at <https://sw.kovidgoyal.net/kitty/shell-integration/#notes-for-shell-developers>,
//! and <https://code.visualstudio.com/docs/terminal/shell-integration#_vs-code-custom-sequences-osc-633-st>.

use memchr::{memchr, memchr2};

use super::mark::Mark;

/// A sequence longer than this is not one of ours: a command of 4 KiB, each byte written in three.
const MAX_SEQUENCE: usize = 12 * 1024 + 64;

/// Follows output that may be cut anywhere, at the speed of a search for the next escape.
#[derive(Debug, Default)]
pub(super) struct Scanner {
    state: State,
    sequence: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Text,
    Escape,
    /// Inside an OSC that may still be one of ours.
    Osc,
    /// Inside one that is not.
    OtherOsc,
    /// `ESC` inside an OSC: a backslash ends it.
    OscEscape,
}

impl Scanner {
    /// Hands on each mark with the number of bytes up to and with its end.
    pub(super) fn follow(&mut self, bytes: &[u8], mut found: impl FnMut(usize, Mark)) {
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            let skipped = match self.state {
                State::Text => memchr(0x1b, rest),
                State::OtherOsc => memchr2(0x1b, 0x07, rest),
                State::Escape | State::Osc | State::OscEscape => Some(0),
            };
            let Some(skipped) = skipped else { return };
            at += skipped + 1;
            if self.step(bytes[at - 1])
                && let Some(mark) = Mark::read(&self.sequence)
            {
                found(at, mark);
            }
        }
    }

    /// Takes a byte; true if it ends a sequence that may be one of ours.
    fn step(&mut self, byte: u8) -> bool {
        match (self.state, byte) {
            (State::Escape, b']') => {
                self.sequence.clear();
                self.state = State::Osc;
            }
            (State::Osc, 0x07) | (State::OscEscape, b'\\') => {
                self.state = State::Text;
                return true;
            }
            (State::Osc | State::OtherOsc, 0x1b) => self.state = State::OscEscape,
            // CAN and SUB abort a sequence, as the bell ends one that is not ours.
            (State::OtherOsc, 0x07) | (State::Osc | State::OtherOsc | State::Escape, 0x18 | 0x1a) => {
                self.state = State::Text;
            }
            (State::Osc, _) => {
                self.sequence.push(byte);
                if self.sequence.len() > MAX_SEQUENCE || !may_be_ours(&self.sequence) {
                    self.sequence = Vec::new();
                    self.state = State::OtherOsc;
                }
            }
            (State::OtherOsc, _) => {}
            (_, 0x1b) => self.state = State::Escape,
            // What follows the escape is a new sequence or nothing of interest.
            (State::Text | State::Escape | State::OscEscape, _) => {
                self.state = if self.state == State::OscEscape && byte == b']' { State::Osc } else { State::Text };
                self.sequence.clear();
            }
        }
        false
    }
}

fn may_be_ours(beginning: &[u8]) -> bool {
    [b"133;".as_slice(), b"7;", b"633;P;"].iter().any(|ours| {
        let length = ours.len().min(beginning.len());
        ours[..length] == beginning[..length]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scan(pieces: &[&[u8]]) -> Vec<(usize, Mark)> {
        let mut scanner = Scanner::default();
        let mut found = Vec::new();
        let mut before = 0;
        for piece in pieces {
            scanner.follow(piece, |at, mark| found.push((before + at, mark)));
            before += piece.len();
        }
        found
    }

    fn check(output: &str, expected: &[(usize, Mark)]) {
        assert_eq!(scan(&[output.as_bytes()]), expected, "{output:?}");
        let bytes: Vec<&[u8]> = output.as_bytes().chunks(1).collect();
        assert_eq!(scan(&bytes), expected, "{output:?} byte by byte");
    }

    #[test]
    fn marks_are_found_where_they_end() {
        check("a\x1b]133;A\x07$ ", &[(9, Mark::Prompt)]);
        check("\x1b]133;A\x1b\\", &[(9, Mark::Prompt)]);
        check("\x1b]133;B\x07ls\r\n\x1b]133;D;0\x07", &[(8, Mark::Input), (22, Mark::Finished { exit: Some(0) })]);
    }

    #[test]
    fn what_is_not_ours_is_passed_over() {
        check("\x1b]0;133;A\x07\x1b]8;;x\x1b\\\x1b[31m\x1b]1337;A\x07", &[]);
        check("\x1b]0;t\x1b\\\x1b]133;A\x07", &[(15, Mark::Prompt)]);
        check("\x1bP\x1b]133;A\x07", &[(10, Mark::Prompt)]);
        check("\x1b]0;unfinished\x1b]133;A\x07", &[(22, Mark::Prompt)]);
    }

    #[test]
    fn an_aborted_sequence_is_none() {
        check("\x1b]133;A\x18\x07", &[]);
        check("\x1b]133;A\x1a\x1b]133;B\x07", &[(16, Mark::Input)]);
    }

    #[test]
    fn endless_sequences_take_no_endless_memory() {
        let mut scanner = Scanner::default();
        scanner.follow(b"\x1b]133;C;", |_, _| {});
        scanner.follow(&vec![b'x'; 1 << 20], |_, _| {});
        assert!(scanner.sequence.capacity() <= 2 * (MAX_SEQUENCE + 1));
        let mut found = Vec::new();
        scanner.follow(b"\x07\x1b]133;A\x07", |_, mark| found.push(mark));
        assert_eq!(found, [Mark::Prompt]);
    }

    proptest! {
        #[test]
        fn cutting_anywhere_changes_nothing(
            pieces in prop::collection::vec(
                prop::sample::select(vec!["\x1b", "]", "133;", "A", "D;1", "\x07", "\\", "7;file:///", "x", "\x18", "0;"]),
                0..24,
            ),
        ) {
            let whole = pieces.concat();
            let bytes: Vec<&[u8]> = whole.as_bytes().chunks(1).collect();
            prop_assert_eq!(scan(&bytes), scan(&[whole.as_bytes()]));
        }
    }
}
