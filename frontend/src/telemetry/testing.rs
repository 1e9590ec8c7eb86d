//! Spans for tests.

use app::trace::{
    SpanId, TraceId,
    otlp::{Resource, ResourceSpans, Scope, ScopeSpans, Span, SpanKind, Status},
};

/// A span with a number of its own.
pub fn span(number: usize) -> Span {
    Span {
        trace_id: TraceId::from_bytes([1; 16]).expect("not zero"),
        span_id: SpanId::from_bytes((number as u64 + 1).to_be_bytes()).expect("not zero"),
        parent_span_id: None,
        name: "socketio.terminal:input".into(),
        kind: SpanKind::Client,
        start_time_unix_nano: 1_000_000_000,
        end_time_unix_nano: 1_002_000_000,
        attributes: Vec::new(),
        events: Vec::new(),
        links: Vec::new(),
        status: Status::default(),
    }
}

/// Spans of one recorder.
pub fn resource_spans(spans: Vec<Span>) -> ResourceSpans {
    ResourceSpans { resource: Resource::default(), scope_spans: vec![ScopeSpans { scope: Scope::default(), spans }] }
}
