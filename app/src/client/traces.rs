//! The traces as the UI knows them: the server's list and the page's own spans, already merged.

use std::{fmt, pin::Pin};

use crate::{
    json::Malformed,
    monitor::{TracePage, TraceRow},
    trace::{TraceId, otlp::ExportTraceServiceRequest},
    tracking::TraceStatus,
};

/// A future of the page's one thread.
pub type Local<T> = Pin<Box<dyn Future<Output = T>>>;

/// How an answer's JSON is read. Who asks brings it along: the code for it comes with the tool that shows traces, and a page
/// without that tool does without.
pub type Read<T> = fn(&str) -> Result<T, Malformed>;

/// Where traces are read.
pub trait TraceSource {
    /// Reads the newest traces that fit, newest first, and beside them what became of every record.
    fn list(&self, query: TraceQuery, read: Read<TracePage>) -> Local<Result<TracePage, TracesUnavailable>>;

    /// Reads all spans of a trace that are known by now: an empty answer means that there is no such trace.
    fn get(
        &self,
        trace_id: TraceId,
        read: Read<ExportTraceServiceRequest>,
    ) -> Local<Result<ExportTraceServiceRequest, TracesUnavailable>>;

    /// Calls `on_trace` with each trace that is new or has grown, until the answer is dropped.
    fn follow(&self, read: Read<TraceRow>, on_trace: Box<dyn Fn(TraceRow)>) -> Following;
}

/// Which traces to list; everything given must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TraceQuery {
    /// The name of the event.
    pub event: Option<String>,
    /// How the trace ended.
    pub status: Option<TraceStatus>,
    /// The least duration, in milliseconds.
    pub min_duration_ms: Option<f64>,
    /// Part of a name, an attribute or the trace id, in any letter case.
    pub text: Option<String>,
    /// The most lines to answer with.
    pub limit: u32,
}

/// Keeps a subscription alive; dropping it ends the subscription.
pub struct Following {
    end: Option<Box<dyn FnOnce()>>,
}

impl Following {
    /// A subscription that `end` ends.
    #[must_use]
    pub fn until(end: impl FnOnce() + 'static) -> Self {
        Self { end: Some(Box::new(end)) }
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        if let Some(end) = self.end.take() {
            end();
        }
    }
}

/// Why traces could not be read, in words for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracesUnavailable(pub String);

impl fmt::Display for TracesUnavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
