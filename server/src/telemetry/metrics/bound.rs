//! The series that every keystroke adds to, each looked up once: an addition then hashes no labels.

use std::collections::HashMap;
use std::sync::OnceLock;

use app::protocol::catalog;
use app::tracking::meter::EVENT_NAME;
use opentelemetry::KeyValue;
use opentelemetry::metrics::{BoundCounter, BoundHistogram, BoundUpDownCounter};

use super::instruments::Instruments;
use super::labels::{Correlation, Direction, Label, Side, event};

/// Handles of series, by the events of the catalogue; events of others go the long way.
#[derive(Debug)]
pub(super) struct Bound {
    inbound: HashMap<&'static str, Passing>,
    outbound: HashMap<&'static str, Passing>,
    requests: HashMap<&'static str, Requests>,
    linked: [BoundCounter<u64>; 2],
    pub(super) pending: BoundUpDownCounter<i64>,
    terminal_in: BoundCounter<u64>,
    terminal_out: BoundCounter<u64>,
    echo_latencies: OnceLock<BoundHistogram<f64>>,
}

/// An event that passes in one direction.
#[derive(Debug)]
struct Passing {
    events: BoundCounter<u64>,
    /// Bound when first needed: a histogram that is bound is exported, empty or not.
    sizes: OnceLock<BoundHistogram<u64>>,
}

/// The requests of one event.
#[derive(Debug)]
struct Requests {
    count: BoundCounter<u64>,
    durations: OnceLock<BoundHistogram<f64>>,
}

impl Bound {
    /// Binds what begins at zero anyhow.
    pub(super) fn new(instruments: &Instruments) -> Self {
        let passing = |name: &&'static str, direction: Direction| {
            let events = instruments.events.bind(&[event(name), direction.pair()]);
            (*name, Passing { events, sizes: OnceLock::new() })
        };
        let requests = |name: &&'static str| {
            let count = instruments.requests.bind(&of_server(name));
            (*name, Requests { count, durations: OnceLock::new() })
        };
        let asked = || catalog::REQUESTS.iter().chain([&catalog::OTHER]);
        Self {
            inbound: asked().map(|name| passing(name, Direction::Inbound)).collect(),
            outbound: catalog::RESPONSES_AND_NOTICES.iter().map(|name| passing(name, Direction::Outbound)).collect(),
            requests: asked().map(requests).collect(),
            linked: [
                instruments.correlations.bind(&[Correlation::Linked.pair()]),
                instruments.correlation_successes.bind(&[]),
            ],
            pending: instruments.pending.bind(&[]),
            terminal_in: instruments.terminal_io.bind(&[Direction::Inbound.pair()]),
            terminal_out: instruments.terminal_io.bind(&[Direction::Outbound.pair()]),
            echo_latencies: OnceLock::new(),
        }
    }

    /// Counts a request.
    pub(super) fn requested(&self, instruments: &Instruments, name: &'static str) {
        match self.requests.get(name) {
            Some(requests) => requests.count.add(1),
            None => instruments.requests.add(1, &of_server(name)),
        }
    }

    /// Counts an event and its size.
    pub(super) fn passed(&self, instruments: &Instruments, name: &'static str, direction: Direction, bytes: usize) {
        let bytes = bytes as u64;
        let labels = || [KeyValue::new(EVENT_NAME, name), direction.pair()];
        let known = match direction {
            Direction::Inbound => &self.inbound,
            Direction::Outbound => &self.outbound,
        };
        match known.get(name) {
            Some(Passing { events, sizes }) => {
                events.add(1);
                sizes.get_or_init(|| instruments.message_sizes.bind(&labels())).record(bytes);
            }
            None => {
                instruments.events.add(1, &labels());
                instruments.message_sizes.record(bytes, &labels());
            }
        }
    }

    /// Notes how long the answer to a request took, in seconds.
    pub(super) fn answered(&self, instruments: &Instruments, name: &'static str, seconds: f64) {
        match self.requests.get(name) {
            Some(Requests { durations, .. }) => {
                durations.get_or_init(|| instruments.durations.bind(&of_server(name))).record(seconds);
            }
            None => instruments.durations.record(seconds, &of_server(name)),
        }
    }

    /// Counts a message by whether it was linked to the span it came from.
    pub(super) fn correlated(&self, instruments: &Instruments, result: Correlation) {
        match result {
            Correlation::Linked => self.linked.iter().for_each(|counter| counter.add(1)),
            Correlation::MissingContext | Correlation::InvalidContext | Correlation::OrphanResponse => {
                instruments.correlated(result, 1);
            }
        }
    }

    /// Counts bytes that went through terminals.
    pub(super) fn terminal_io(&self, direction: Direction, bytes: u64) {
        match direction {
            Direction::Inbound => self.terminal_in.add(bytes),
            Direction::Outbound => self.terminal_out.add(bytes),
        }
    }

    /// Notes how long a keystroke waited for its echo, in seconds.
    pub(super) fn terminal_echo(&self, instruments: &Instruments, seconds: f64) {
        let bind = || instruments.echo_latencies.bind(&[Side::Server.pair()]);
        self.echo_latencies.get_or_init(bind).record(seconds);
    }
}

/// The labels of what the server says of requests.
fn of_server(name: &'static str) -> [KeyValue; 2] {
    [KeyValue::new(EVENT_NAME, name), Side::Server.pair()]
}
