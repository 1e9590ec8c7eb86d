//! What the list shows of a trace, kept up to date span by span.

use app::trace::TraceId;
use app::trace::view::{TraceRow, TraceStatus};
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::telemetry::record::{Record, text};

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
    pub(super) event: String,
    pub(super) terminal_id: Option<String>,
    pub(super) session_id: Option<String>,
}

impl Summary {
    /// Takes one more span into account.
    pub(super) fn add(&mut self, record: &Record) {
        let span = &record.span;
        let is_root = span.parent_span_id.is_empty();
        let is_first = self.spans == 0 || span.start_time_unix_nano < self.start;
        if (is_root && !self.has_root) || (is_first && !self.has_root) {
            self.name.clone_from(&span.name);
        }
        self.has_root |= is_root;
        if is_first {
            self.start = span.start_time_unix_nano;
        }
        self.end = self.end.max(span.end_time_unix_nano);
        self.spans = self.spans.saturating_add(1);
        let service = record.source.service();
        if !service.is_empty() && !self.services.iter().any(|known| known == service) {
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
        if self.event.is_empty() {
            self.event = subject("socketio.event").unwrap_or_default();
        }
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
            start_time: rfc3339(self.start),
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

/// Writes nanoseconds since 1970 as RFC 3339 in UTC.
fn rfc3339(nanos: u64) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(nanos))
        .ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .expect("64 bits of nanoseconds end in the year 2554, which both the calendar and RFC 3339 know")
}
