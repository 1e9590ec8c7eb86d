//! What the rooms say as it happens. Each call is a few atomic additions and allocates nothing after the first of its kind.

use std::sync::Arc;
use std::time::Duration;

use app::protocol::{Event, RefusalCode, terminal::TerminalCreate};
use app::trace::Extracted;
use app::tracking::meter::{ERROR_TYPE, EVENT_NAME};
use opentelemetry::KeyValue;
use opentelemetry::metrics::Meter;

use super::bound::Bound;
use super::instruments::Instruments;
use super::labels::{Correlation, Direction, Handshake, Label, Side, Stored};

/// Where everything that is counted and measured is said; clones say it to the same. The default one hears nothing.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    recording: Option<Arc<Recording>>,
}

#[derive(Debug)]
pub(super) struct Recording {
    pub(super) instruments: Instruments,
    bound: Bound,
    pub(super) meter: Meter,
    /// From which duration on an answer is slow.
    slow: Duration,
}

/// How a request ended.
#[derive(Clone, Copy, Debug)]
pub struct Answered {
    /// The request's name, from the catalogue.
    pub event: &'static str,
    /// Whether somebody waited for it.
    pub expected: bool,
    /// How long it took.
    pub took: Duration,
    /// Why it failed, if it did.
    pub refused: Option<RefusalCode>,
}

/// A request that has not been answered yet, for as long as this lives.
#[derive(Debug)]
pub struct Pending(Option<Arc<Recording>>);

/// The figures of the sockets that are looked at and not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SocketFigures {
    /// Sessions with a connected member.
    pub active_sessions: u64,
    /// Connections.
    pub connected_clients: u64,
}

impl Metrics {
    pub(super) fn new(meter: Meter, slow: Duration) -> Self {
        let instruments = Instruments::new(&meter);
        let bound = Bound::new(&instruments);
        Self { recording: Some(Arc::new(Recording { instruments, bound, meter, slow })) }
    }

    pub(super) fn recording(&self) -> Option<&Recording> {
        self.recording.as_deref()
    }

    /// An event of the catalogue has come, so many bytes long, with this context.
    pub fn received(&self, event: &'static str, bytes: usize, context: &Extracted) {
        let Some(Recording { instruments, bound, .. }) = self.recording() else { return };
        bound.requested(instruments, event);
        bound.passed(instruments, event, Direction::Inbound, bytes);
        let result = match context {
            Extracted::Parent(_) => Correlation::Linked,
            Extracted::None | Extracted::Root(_) => Correlation::MissingContext,
            Extracted::Invalid => Correlation::InvalidContext,
        };
        bound.correlated(instruments, result);
    }

    /// An event of the catalogue has been handed to the transport, so many bytes long.
    pub fn sent(&self, event: &'static str, bytes: usize) {
        if let Some(Recording { instruments, bound, .. }) = self.recording() {
            bound.passed(instruments, event, Direction::Outbound, bytes);
        }
    }

    /// A request waits for its answer as long as what is returned lives.
    #[must_use]
    pub fn pending(&self) -> Pending {
        if let Some(Recording { bound, .. }) = self.recording() {
            bound.pending.add(1);
        }
        Pending(self.recording.clone())
    }

    /// A request has been answered.
    pub fn answered(&self, answered: Answered) {
        let Some(Recording { instruments, bound, slow, .. }) = self.recording() else { return };
        let Answered { event, expected, took, refused } = answered;
        if expected {
            bound.answered(instruments, event, took.as_secs_f64());
        }
        let is_slow = expected && took >= *slow;
        if !is_slow && refused.is_none() {
            return;
        }
        let of_event = [KeyValue::new(EVENT_NAME, event), Side::Server.pair()];
        if is_slow {
            instruments.slow.add(1, &of_event);
        }
        let Some(code) = refused else { return };
        if code == RefusalCode::Timeout {
            instruments.timeouts.add(1, &of_event);
        }
        let [event_name, side] = of_event;
        instruments.errors.add(1, &[event_name, side, KeyValue::new(ERROR_TYPE, code.as_str())]);
        if event == TerminalCreate::NAME {
            instruments.creation_failures.add(1, &[]);
        }
    }

    /// A handshake has ended.
    pub fn handshake(&self, result: Handshake) {
        if let Some(Recording { instruments, .. }) = self.recording() {
            instruments.connections.add(1, &[result.pair()]);
        }
    }

    /// A connection has ended that lasted so long.
    pub fn disconnected(&self, after: Duration) {
        if let Some(Recording { instruments, .. }) = self.recording() {
            instruments.connection_durations.record(after.as_secs_f64(), &[]);
        }
    }

    /// Looks at the sockets' figures whenever metrics are collected; `None` once there are no sockets any more.
    pub fn look_at_sockets(&self, figures: impl Fn() -> Option<SocketFigures> + Clone + Send + Sync + 'static) {
        let Some(Recording { meter, .. }) = self.recording() else { return };
        let of_sessions = figures.clone();
        // The meter keeps what is built.
        meter
            .u64_observable_gauge("socketio.active.sessions")
            .with_description("Sessions with a connected member.")
            .with_callback(move |observer| {
                if let Some(figures) = of_sessions() {
                    observer.observe(figures.active_sessions, &[]);
                }
            })
            .build();
        meter
            .u64_observable_gauge("socketio.connected.clients")
            .with_description("Connections.")
            .with_callback(move |observer| {
                if let Some(figures) = figures() {
                    observer.observe(figures.connected_clients, &[]);
                }
            })
            .build();
    }

    /// So many bytes went into terminals or came out of them.
    pub fn terminal_io(&self, direction: Direction, bytes: usize) {
        if let Some(Recording { bound, .. }) = self.recording() {
            bound.terminal_io(direction, bytes as u64);
        }
    }

    /// Input was answered by output after so long.
    pub fn terminal_echo(&self, latency: Duration) {
        if let Some(Recording { instruments, bound, .. }) = self.recording() {
            bound.terminal_echo(instruments, latency.as_secs_f64());
        }
    }

    /// A terminal was not read for so long.
    pub fn terminal_paused(&self, time: Duration) {
        if let Some(Recording { instruments, .. }) = self.recording() {
            instruments.paused.add(time.as_secs_f64(), &[]);
        }
    }

    /// So many blocks have left a terminal's ring.
    pub fn terminal_evicted(&self, blocks: u64) {
        if let Some(Recording { instruments, .. }) = self.recording() {
            instruments.ring_evictions.add(blocks, &[]);
        }
    }

    /// So many changes have been written down, or not.
    pub fn stored(&self, result: Stored, changes: usize) {
        if let Some(Recording { instruments, .. }) = self.recording() {
            instruments.stored.add(changes as u64, &[result.pair()]);
        }
    }

    /// Looks whenever metrics are collected whether changes reach the disk.
    pub fn look_at_store(&self, is_durable: impl Fn() -> bool + Send + Sync + 'static) {
        let Some(Recording { meter, .. }) = self.recording() else { return };
        // The meter keeps what is built.
        meter
            .u64_observable_gauge("store.durable")
            .with_description("1 while all changes are in the database, 0 while some are only remembered.")
            .with_callback(move |observer| observer.observe(u64::from(is_durable()), &[]))
            .build();
    }

    /// An HTTP request has been answered: its method and the status are from closed lists, the route is the router's.
    pub(in crate::telemetry) fn http_request(
        &self,
        method: &'static str,
        route: Option<&str>,
        status: u16,
        took: Duration,
    ) {
        let Some(Recording { instruments, .. }) = self.recording() else { return };
        let method = KeyValue::new("http.request.method", method);
        let status = KeyValue::new("http.response.status_code", i64::from(status));
        let took = took.as_secs_f64();
        match route.map(|route| KeyValue::new("http.route", route.to_owned())) {
            Some(route) => instruments.http_durations.record(took, &[method, status, route]),
            None => instruments.http_durations.record(took, &[method, status]),
        }
    }
}

impl Instruments {
    /// Counts messages in each of the series that tell of them.
    pub(super) fn correlated(&self, result: Correlation, count: u64) {
        self.correlations.add(count, &[result.pair()]);
        match result {
            Correlation::Linked => self.correlation_successes.add(count, &[]),
            Correlation::MissingContext | Correlation::InvalidContext | Correlation::OrphanResponse => {
                self.correlation_failures.add(count, &[]);
            }
        }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if let Some(recording) = &self.0 {
            recording.bound.pending.add(-1);
        }
    }
}
