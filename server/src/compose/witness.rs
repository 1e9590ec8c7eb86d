//! What terminals and the store say of themselves, passed on to the metrics: none of these rooms has heard of another.

use std::time::Duration;

use crate::{
    store::{self, Fate},
    telemetry::{Direction, Metrics, Stored},
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

/// Hears of all changes that are to outlive a server.
pub(super) fn stored(metrics: Metrics) -> store::Witness {
    Box::new(move |fate, changes| {
        let result = match fate {
            Fate::Saved => Stored::Saved,
            Fate::Remembered => Stored::Remembered,
            Fate::Failed => Stored::Failed,
            Fate::Dropped => Stored::Dropped,
        };
        metrics.stored(result, changes);
    })
}
