//! Every instrument that something is recorded with as it happens: name, unit, buckets, and what it means.
//!
//! Names are OTLP's. On `/metrics` dots are underscores, and unit and `_total` follow as Prometheus has them
//! ([`super::name`]).

use app::protocol::catalog;
use app::tracking::meter::{
    BOUNDS, CORRELATIONS, DURATION, ECHO_LATENCY, ERROR_TYPE, ERRORS, LOST, Loss, REASON, REQUESTS, SLOW, TIMEOUTS,
};
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram, Meter, UpDownCounter};

use super::labels::{Correlation, Direction, Handshake, Label, Side, Stored, event};

/// Bounds of how long connections last, in seconds: up to a day, where those of requests would end at half a minute.
const CONNECTIONS: [f64; 8] = [1.0, 10.0, 60.0, 300.0, 1_800.0, 3_600.0, 14_400.0, 86_400.0];
/// Bounds of sizes, in bytes: up to the largest message.
const SIZES: [f64; 8] = [64.0, 256.0, 1_024.0, 4_096.0, 16_384.0, 65_536.0, 262_144.0, 1_048_576.0];
/// Bounds of HTTP requests in seconds, as the semantic conventions have them.
const HTTP: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// The instruments.
#[derive(Debug)]
pub(super) struct Instruments {
    pub(super) requests: Counter<u64>,
    pub(super) events: Counter<u64>,
    pub(super) errors: Counter<u64>,
    pub(super) timeouts: Counter<u64>,
    pub(super) slow: Counter<u64>,
    pub(super) durations: Histogram<f64>,
    pub(super) pending: UpDownCounter<i64>,
    pub(super) correlations: Counter<u64>,
    pub(super) correlation_successes: Counter<u64>,
    pub(super) correlation_failures: Counter<u64>,
    pub(super) creation_failures: Counter<u64>,
    pub(super) message_sizes: Histogram<u64>,
    pub(super) connections: Counter<u64>,
    pub(super) connection_durations: Histogram<f64>,
    pub(super) echo_latencies: Histogram<f64>,
    pub(super) terminal_io: Counter<u64>,
    pub(super) paused: Counter<f64>,
    pub(super) ring_evictions: Counter<u64>,
    pub(super) stored: Counter<u64>,
    pub(super) http_durations: Histogram<f64>,
    pub(super) page_losses: Counter<u64>,
}

impl Instruments {
    pub(super) fn new(meter: &Meter) -> Self {
        let count = |name: &'static str, description: &'static str| {
            meter.u64_counter(name).with_description(description).build()
        };
        let seconds = |name: &'static str, description: &'static str, bounds: &[f64]| {
            let histogram = meter.f64_histogram(name).with_description(description).with_unit("s");
            histogram.with_boundaries(bounds.to_vec()).build()
        };
        let instruments = Self {
            requests: count(REQUESTS, "Requests sent by pages and taken by the server."),
            events: count("socketio.events", "Socket.IO events that the server took and sent, acks apart."),
            errors: count(ERRORS, "Requests that were refused or failed, timeouts among them."),
            timeouts: count(TIMEOUTS, "Requests that were not answered in time."),
            slow: count(SLOW, "Requests whose answer took as long as the slow limit, or longer."),
            durations: seconds(DURATION, "Time from a request to its answer.", &BOUNDS),
            pending: meter
                .i64_up_down_counter("socketio.pending.requests")
                .with_description("Requests that the server has taken and not yet answered.")
                .build(),
            correlations: count(CORRELATIONS, "Messages by whether they named the span they came from."),
            correlation_successes: count(
                "socketio.correlations.success",
                "Messages linked to the span they came from.",
            ),
            correlation_failures: count(
                "socketio.correlation.failures",
                "Messages without a usable span, and answers to requests that nobody knows of.",
            ),
            creation_failures: count("socketio.terminal.creation.failures", "Terminals that could not be opened."),
            message_sizes: meter
                .u64_histogram("socketio.message.size.bytes")
                .with_description("Sizes of events with their attachments.")
                .with_unit("By")
                .with_boundaries(SIZES.to_vec())
                .build(),
            connections: count("socketio.connections", "Handshakes by how they ended."),
            connection_durations: seconds("socketio.connection.duration", "How long connections lasted.", &CONNECTIONS),
            echo_latencies: seconds(ECHO_LATENCY, "Time from input to the first output after it.", &BOUNDS),
            terminal_io: meter
                .u64_counter("terminal.io.bytes")
                .with_description("Bytes typed into terminals (inbound) and written by them (outbound).")
                .with_unit("By")
                .build(),
            paused: meter
                .f64_counter("terminal.paused")
                .with_description(
                    "Time in which output of terminals was not read, because those who look had not come on.",
                )
                .with_unit("s")
                .build(),
            ring_evictions: count("terminal.ring.evictions", "Blocks of old output that made room for newer."),
            stored: count("store.changes", "Attempts to write changes of sessions, people and messages down."),
            http_durations: seconds("http.server.request.duration", "Duration of HTTP server requests.", &HTTP),
            page_losses: count(LOST, "Spans that pages have lost before the server took them."),
        };
        instruments.begin();
        instruments
    }

    /// Begins what is counted at zero: a series that only appears with its first failure has no rate when it matters.
    fn begin(&self) {
        let server = Side::Server.pair();
        for name in catalog::RESPONSES_AND_NOTICES {
            self.events.add(0, &[event(name), Direction::Outbound.pair()]);
        }
        for name in catalog::REQUESTS.iter().chain([&catalog::OTHER]) {
            self.events.add(0, &[event(name), Direction::Inbound.pair()]);
            let of_event = [event(name), server.clone()];
            for counter in [&self.requests, &self.timeouts, &self.slow] {
                counter.add(0, &of_event);
            }
            let [event, side] = of_event;
            self.errors.add(0, &[event, side, KeyValue::new(ERROR_TYPE, "internal")]);
        }
        Correlation::ALL.iter().for_each(|result| self.correlations.add(0, &[result.pair()]));
        Handshake::ALL.iter().for_each(|result| self.connections.add(0, &[result.pair()]));
        Stored::ALL.iter().for_each(|result| self.stored.add(0, &[result.pair()]));
        Loss::ALL.iter().for_each(|loss| self.page_losses.add(0, &[KeyValue::new(REASON, loss.name())]));
        Direction::ALL.iter().for_each(|direction| self.terminal_io.add(0, &[direction.pair()]));
        for counter in
            [&self.correlation_successes, &self.correlation_failures, &self.creation_failures, &self.ring_evictions]
        {
            counter.add(0, &[]);
        }
        self.paused.add(0.0, &[]);
        self.pending.add(0, &[]);
    }
}
