//! How often something came that was taken no offence at: counted, because what is ignored silently is never mended.

use std::sync::atomic::{AtomicU64, Ordering};

use app::tracking::Tracker;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Oddity {
    /// A `_trace` that is no context.
    InvalidContext,
    /// A `_requestId` that cannot be echoed.
    InvalidRequestId,
    /// A packet that is no event.
    NotAnEvent,
    /// A handler that panicked.
    Panic,
}

impl Oddity {
    const ALL: [Self; 4] = [Self::InvalidContext, Self::InvalidRequestId, Self::NotAnEvent, Self::Panic];

    const fn name(self) -> &'static str {
        match self {
            Self::InvalidContext => "socketio.invalid_context",
            Self::InvalidRequestId => "socketio.invalid_request_id",
            Self::NotAnEvent => "socketio.not_an_event",
            Self::Panic => "socketio.panics",
        }
    }
}

/// The counts since the start; they stand among the tracker's own figures.
#[derive(Debug, Default)]
pub(super) struct Tally([AtomicU64; Oddity::ALL.len()]);

impl Tally {
    /// Counts one more.
    pub(super) fn count(&self, oddity: Oddity, tracker: &dyn Tracker) {
        let count = self.0[oddity as usize].fetch_add(1, Ordering::Relaxed) + 1;
        // A tracker that takes no figures of ours is one that is off.
        tracker.custom_metric(oddity.name(), count as f64);
    }
}
