//! What one terminal has produced and who has seen it: the state behind a terminal's one short lock.

use opentelemetry::trace::SpanContext;
use tokio::time::Instant;

use super::answers::Answers;
use super::ring::Ring;
use super::viewers::{Gate, Viewers};

#[derive(Debug)]
pub(super) struct Output {
    pub(super) ring: Ring,
    pub(super) viewers: Viewers,
    pub(super) answers: Answers,
}

impl Output {
    pub(super) fn new(capacity: usize) -> Self {
        Self { ring: Ring::new(capacity), viewers: Viewers::default(), answers: Answers::default() }
    }

    /// What has produced everything before `start` already.
    pub(super) fn starting_at(capacity: usize, start: u64) -> Self {
        let mut output = Self::new(capacity);
        output.ring.restart(start);
        output
    }

    /// Appends what the PTY produced and returns the new end.
    pub(super) fn append(&mut self, bytes: &[u8], now: Instant) -> u64 {
        let seq = self.ring.end();
        self.viewers.output_follows(seq, now);
        self.answers.output(seq, now);
        self.ring.push(bytes);
        self.ring.end()
    }

    /// Notes a finished write whose span was sampled.
    pub(super) fn wrote(&mut self, context: SpanContext, now: Instant) {
        self.answers.wrote(context, now);
    }

    pub(super) fn gate(&self, now: Instant) -> Gate {
        self.viewers.gate(self.ring.end(), now)
    }
}
