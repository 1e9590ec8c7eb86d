//! What the list shows of a trace, kept up to date span by span.

use app::monitor::{Timestamp, TraceRow};
use app::trace::TraceId;
use app::tracking::TraceStatus;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;

use crate::telemetry::record::{Source, text};

/// How many services are named; a trace through more of them is not one of ours.
const MAX_SERVICES: usize = 16;

/// A trace's name, extent, status and subjects.
#[derive(Debug, Default)]
pub(super) struct Summary {
    pub(super) name: String,
    /// Whether the name is the root's, which no later span replaces.
    has_root: bool,
    /// Nanoseconds since 1970.
    pub(super) start: u64,
    end: u64,
    pub(super) status: TraceStatus,
    spans: u32,
    services: Vec<String>,
    pub(super) event: Option<String>,
    pub(super) terminal_id: Option<String>,
    pub(super) session_id: Option<String>,
}

impl Summary {
    /// Takes one more span into account.
    pub(super) fn add(&mut self, source: &Source, span: &Span) {
        let is_root = span.parent_span_id.is_empty();
        let is_first = self.spans == 0 || span.start_time_unix_nano < self.start;
        if (is_root || is_first) && !self.has_root {
            self.name.clone_from(&span.name);
        }
        self.has_root |= is_root;
        if is_first {
            self.start = span.start_time_unix_nano;
        }
        self.end = self.end.max(span.end_time_unix_nano);
        self.spans = self.spans.saturating_add(1);
        let service = source.service();
        if self.services.len() < MAX_SERVICES
            && !service.is_empty()
            && !self.services.iter().any(|known| known == service)
        {
            self.services.push(service.to_owned());
        }
        if span.status.as_ref().is_some_and(|status| status.code == StatusCode::Error as i32) {
            let timed_out = text(&span.attributes, "error.type") == Some("timeout");
            self.status = match self.status {
                TraceStatus::Timeout => TraceStatus::Timeout,
                TraceStatus::Ok | TraceStatus::Error if timed_out => TraceStatus::Timeout,
                TraceStatus::Ok | TraceStatus::Error => TraceStatus::Error,
            };
        }
        let subject = |key| text(&span.attributes, key).map(str::to_owned);
        self.event = self.event.take().or_else(|| subject("socketio.event"));
        self.terminal_id = self.terminal_id.take().or_else(|| subject("socketio.terminal_id"));
        self.session_id = self.session_id.take().or_else(|| subject("socketio.session_id"));
    }

    /// From the earliest start to the latest end, in milliseconds.
    pub(super) fn duration_ms(&self) -> f64 {
        self.end.saturating_sub(self.start) as f64 / 1e6
    }

    /// The services in order of appearance.
    pub(super) fn services(&self) -> &[String] {
        &self.services
    }

    /// Returns the summary as the API shows it.
    pub(super) fn row(&self, trace_id: TraceId) -> TraceRow {
        TraceRow {
            trace_id,
            name: self.name.clone(),
            start_time: Timestamp(self.start / 1_000),
            duration_ms: self.duration_ms(),
            status: self.status,
            spans: self.spans,
            services: self.services.clone(),
            event: self.event.clone(),
            terminal_id: self.terminal_id.clone(),
            session_id: self.session_id.clone(),
        }
    }
}
