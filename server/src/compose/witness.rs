//! What terminals say of themselves, passed on to the metrics: neither room has heard of the other.

use std::time::Duration;

use crate::{
    telemetry::{Direction, Metrics},
    terminal::Witness,
};

/// Hears of all terminals of a server.
#[derive(Clone, Debug)]
pub(super) struct Measured(pub(super) Metrics);

impl Witness for Measured {
    fn input(&self, bytes: usize) {
        self.0.terminal_io(Direction::Inbound, bytes);
    }

    fn output(&self, bytes: usize) {
        self.0.terminal_io(Direction::Outbound, bytes);
    }

    fn echo(&self, latency: Duration) {
        self.0.terminal_echo(latency);
    }

    fn paused(&self, time: Duration) {
        self.0.terminal_paused(time);
    }

    fn evicted(&self, blocks: u64) {
        self.0.terminal_evicted(blocks);
    }
}
