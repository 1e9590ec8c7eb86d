//! Output that comes before its screen: a shell's first bytes may overtake the page's own preparations.

use std::collections::VecDeque;

use app::{protocol::TerminalId, trace::SpanContext};

use crate::js::payload::Output;

/// The server sends no more than this before it is acked; the oldest frames yield to more, and are asked for again.
const MAX_BYTES: u32 = 256 * 1_024;

/// Frames without a screen, oldest first.
#[derive(Default)]
pub struct Held {
    frames: VecDeque<(Output, Option<SpanContext>)>,
    bytes: u32,
}

impl Held {
    /// Keeps a frame.
    pub fn push(&mut self, frame: Output, cause: Option<SpanContext>) {
        self.bytes = self.bytes.saturating_add(frame.data.length());
        self.frames.push_back((frame, cause));
        while self.bytes > MAX_BYTES
            && let Some((oldest, _)) = self.frames.pop_front()
        {
            self.bytes -= oldest.data.length();
        }
    }

    /// Hands out the frames of a terminal.
    pub fn take(&mut self, terminal: TerminalId) -> Vec<(Output, Option<SpanContext>)> {
        let (its, others): (Vec<_>, Vec<_>) =
            self.frames.drain(..).partition(|(frame, _)| frame.terminal_id == terminal);
        self.bytes = others.iter().map(|(frame, _)| frame.data.length()).sum();
        self.frames = others.into();
        its
    }
}
