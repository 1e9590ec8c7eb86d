//! Bytes into what they mean to a terminal: text, controls, sequences. Follows the state machine of xterm.js, which is
//! Paul Williams' (<https://vt100.net/emu/dec_ansi_parser>) over code points, so that both understand broken output alike.

mod parameters;
mod utf8;

pub(super) use parameters::Parameters;
use utf8::{Decoded, Utf8};

/// The longest string whose payload is looked at, in bytes: titles and links are shorter, and nothing else is needed.
const PAYLOAD: usize = 8 * 1024;

/// How much of an unfinished sequence is kept. Of a longer string no terminal needs the rest to be there.
const UNFINISHED: usize = 8 * 1024;

/// What the parser finds, in the order of the bytes.
pub(super) trait Sink {
    /// Printable ASCII; never empty.
    fn ascii(&mut self, text: &[u8]);
    /// One printable code point beyond ASCII.
    fn character(&mut self, code: u32);
    /// A C0 or C1 control.
    fn control(&mut self, code: u8);
    /// An escape sequence.
    fn escape(&mut self, intermediate: u8, last: u8);
    /// A control sequence.
    fn sequence(&mut self, sequence: &Sequence);
    /// A complete operating system command, without what encloses it.
    fn command(&mut self, payload: &[u8]);
    /// A string that means nothing to a screen has ended.
    fn string(&mut self);
}

/// A control sequence: `CSI`, a prefix, parameters, intermediates, and what it does.
#[derive(Debug, Default)]
pub(super) struct Sequence {
    /// One of `<=>?`, or 0.
    pub(super) prefix: u8,
    /// The last intermediate, or 0; sequences with more mean nothing.
    pub(super) intermediate: u8,
    pub(super) last: u8,
    pub(super) parameters: Parameters,
    intermediates: u8,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Ground,
    Escape,
    EscapeIntermediate,
    Entry,
    Parameter,
    Intermediate,
    Ignore,
    Command,
    /// SOS, PM or APC: nothing in it matters.
    Ignored,
    DeviceEntry,
    DeviceParameter,
    DeviceIntermediate,
    DeviceIgnore,
    DeviceString,
}

/// What a code point does to the record of the unfinished sequence.
#[derive(PartialEq, Eq)]
enum Step {
    /// It is part of the sequence.
    Part,
    /// A sequence begins with it.
    Begins,
    /// It was carried out in the middle of the sequence, and is done.
    Done,
}

#[derive(Debug, Default)]
pub(super) struct Parser {
    state: State,
    utf8: Utf8,
    sequence: Sequence,
    payload: Vec<u8>,
    is_payload_cut: bool,
    unfinished: Vec<u8>,
    is_unfinished_cut: bool,
}

impl Parser {
    /// Takes the next bytes, which may end anywhere.
    pub(super) fn feed(&mut self, mut bytes: &[u8], sink: &mut impl Sink) {
        while let Some(&first) = bytes.first() {
            if self.state == State::Ground && self.utf8.is_empty() && is_text(first) {
                let (text, rest) = bytes.split_at(text_length(bytes));
                sink.ascii(text);
                bytes = rest;
                continue;
            }
            match self.utf8.next(&mut bytes) {
                Decoded::Code(code) => self.step(code, sink),
                Decoded::Nothing => {}
            }
        }
    }

    /// What has to be fed to a fresh parser so that it continues as this one would: the beginning of a sequence and of a
    /// character.
    pub(super) fn unfinished(&self) -> Vec<u8> {
        let mut bytes = match self.state {
            _ if !self.is_unfinished_cut => self.unfinished.clone(),
            // A string of the same kind, which ends the same way and means nothing.
            State::Command => b"\x1b]9999;".to_vec(),
            State::Ignored => b"\x1b^".to_vec(),
            State::DeviceString | State::DeviceIgnore => b"\x1bP:z".to_vec(),
            _ => b"\x1b[<<".to_vec(),
        };
        bytes.extend_from_slice(self.utf8.partial());
        bytes
    }

    fn step(&mut self, code: u32, sink: &mut impl Sink) {
        let step = if self.state == State::Ground && code >= 0xa0 {
            sink.character(code);
            return;
        } else {
            self.transition(code, sink)
        };
        if self.state == State::Ground {
            self.unfinished.clear();
            self.is_unfinished_cut = false;
            return;
        }
        match step {
            Step::Done => return,
            Step::Begins => {
                self.unfinished.clear();
                self.is_unfinished_cut = false;
            }
            Step::Part => {}
        }
        if self.unfinished.len() + 4 > UNFINISHED {
            self.is_unfinished_cut = true;
        } else {
            utf8::encode(code, &mut self.unfinished);
        }
    }

    fn transition(&mut self, code: u32, sink: &mut impl Sink) -> Step {
        use State::{
            Command, DeviceEntry, DeviceIgnore, DeviceIntermediate, DeviceParameter, DeviceString, Entry, Escape,
            EscapeIntermediate, Ground, Ignore, Ignored, Intermediate, Parameter,
        };
        // Beyond Latin-1 controls all code points are alike.
        let byte = u8::try_from(code).unwrap_or(u8::MAX);
        let from = self.state;
        // What ends strings, and holds anywhere.
        if matches!(byte, 0x18 | 0x1a | 0x1b | 0x80..=0x9f) || (byte == 0x07 && from == Command) {
            self.leave(from, matches!(byte, 0x07 | 0x1b | 0x9c), sink);
            self.state = match byte {
                0x1b => Escape,
                0x9b => Entry,
                // In a string the terminators are no controls of their own.
                0x90 => DeviceEntry,
                0x98 | 0x9e | 0x9f => Ignored,
                0x9d => Command,
                _ => Ground,
            };
            match byte {
                0x1b | 0x9b | 0x90 => self.clear(),
                0x9d => self.begin_payload(),
                0x98 | 0x9c | 0x9e | 0x9f => {}
                0x07 | 0x18 | 0x1a if matches!(from, Command | DeviceString) => {}
                _ => sink.control(byte),
            }
            return Step::Begins;
        }
        match (from, byte) {
            (Ground | Escape | EscapeIntermediate | Entry | Parameter | Intermediate | Ignore, 0x00..=0x1f) => {
                sink.control(byte);
                return Step::Done;
            }
            (Command | Ignored | DeviceEntry | DeviceParameter | DeviceIntermediate | DeviceIgnore, 0x00..=0x1f) => {}
            (Escape | EscapeIntermediate | Entry | Parameter | Intermediate | Ignore, 0x7f) => {}

            (Escape, b'[') => self.enter(Entry),
            (Escape, b']') => {
                self.state = Command;
                self.begin_payload();
            }
            (Escape, b'P') => self.enter(DeviceEntry),
            (Escape, b'X' | b'^' | b'_') => self.state = Ignored,
            (Escape | EscapeIntermediate, 0x20..=0x2f) => self.collect(byte, EscapeIntermediate),
            (Escape | EscapeIntermediate, 0x30..=0x7e) => {
                self.state = Ground;
                if self.sequence.intermediates <= 1 {
                    sink.escape(self.sequence.intermediate, byte);
                } else {
                    sink.string();
                }
            }

            (Entry | Parameter, b'0'..=b';') => {
                self.sequence.parameters.push(byte);
                self.state = Parameter;
            }
            (Entry, b'<'..=b'?') => {
                self.sequence.prefix = byte;
                self.state = Parameter;
            }
            (Entry | Parameter | Intermediate, 0x20..=0x2f) => self.collect(byte, Intermediate),
            (Entry | Parameter | Intermediate, 0x40..=0x7e) => {
                self.state = Ground;
                self.sequence.last = byte;
                if self.sequence.intermediates <= 1 {
                    sink.sequence(&self.sequence);
                } else {
                    sink.string();
                }
            }
            (Parameter | Intermediate, 0x30..=0x3f) => self.state = Ignore,
            (Ignore, 0x40..=0x7e) => self.state = Ground,
            (Ignore, _) => {}

            (Command, _) => self.put(code),

            (DeviceEntry | DeviceParameter, b'0'..=b';') => self.state = DeviceParameter,
            (DeviceEntry, b'<'..=b'?') => self.state = DeviceParameter,
            (DeviceEntry | DeviceParameter | DeviceIntermediate, 0x20..=0x2f) => self.state = DeviceIntermediate,
            (DeviceParameter | DeviceIntermediate, 0x30..=0x3f) => self.state = DeviceIgnore,
            (DeviceEntry | DeviceParameter | DeviceIntermediate, 0x40..=0x7e) => self.state = DeviceString,
            (DeviceEntry | DeviceParameter | DeviceIntermediate, 0x7f) => {}
            (DeviceString | DeviceIgnore, _) | (Ignored, ..=0x7f) => {}

            // What no state expects, such as a letter beyond ASCII inside a control sequence, ends the sequence.
            _ => self.state = Ground,
        }
        Step::Part
    }

    /// Ends a string, if one was under way.
    fn leave(&mut self, from: State, is_whole: bool, sink: &mut impl Sink) {
        match from {
            State::Command if is_whole && !self.is_payload_cut => sink.command(&self.payload),
            State::Command | State::DeviceString => sink.string(),
            _ => {}
        }
    }

    fn enter(&mut self, state: State) {
        self.clear();
        self.state = state;
    }

    fn clear(&mut self) {
        self.sequence = Sequence::default();
    }

    fn collect(&mut self, byte: u8, state: State) {
        self.sequence.intermediates = self.sequence.intermediates.saturating_add(1);
        self.sequence.intermediate = byte;
        self.state = state;
    }

    fn begin_payload(&mut self) {
        self.payload.clear();
        self.is_payload_cut = false;
    }

    fn put(&mut self, code: u32) {
        if self.payload.len() + 4 > PAYLOAD {
            self.is_payload_cut = true;
        } else {
            utf8::encode(code, &mut self.payload);
        }
    }
}

fn is_text(byte: u8) -> bool {
    (0x20..0x7f).contains(&byte)
}

/// How many bytes of printable ASCII there are at the beginning. Looks at 16 at a time, which compiles to vector code.
fn text_length(bytes: &[u8]) -> usize {
    const STEP: usize = 16;
    let whole = bytes.chunks_exact(STEP).take_while(|chunk| chunk.iter().fold(true, |all, byte| all & is_text(*byte)));
    let length = whole.count() * STEP;
    length + bytes[length..].iter().take_while(|byte| is_text(**byte)).count()
}
