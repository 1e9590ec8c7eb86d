//! Listens to `tracing`: each event that may leave the machine becomes a log record.

use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use super::{Logs, record};

/// Crates whose events never leave, by the beginning of their targets, whatever the log filter says: those that log
/// message bodies and connection ids, and those by which records leave. A record about a record's departure would be one
/// more record to send, and so on for ever.
const KEPT_OUT: [&str; 9] = [
    "socketioxide",
    "engineioxide",
    "hyper",
    "reqwest",
    "opentelemetry",
    "h2",
    "rustls",
    "tracing_opentelemetry",
    "server::telemetry",
];

/// Turns events into log records.
#[derive(Debug)]
pub(in crate::telemetry) struct LogLayer(Logs);

impl LogLayer {
    /// Makes the layer; it is to be filtered by [`LogLayer::takes`].
    pub(in crate::telemetry) fn new(logs: Logs) -> Self {
        Self(logs)
    }

    /// Whether an event may leave the machine.
    pub(in crate::telemetry) fn takes(metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && !KEPT_OUT.iter().any(|name| metadata.target().starts_with(name))
    }
}

impl<S: Subscriber> Layer<S> for LogLayer {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        self.0.push(event.metadata().target(), record::of(event));
    }
}
