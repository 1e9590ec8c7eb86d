//! What a span must be like to be taken.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;

/// How far a sender's clock may be off.
const MAX_SKEW: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a span's name stays, in bytes.
const MAX_NAME: usize = 256;
/// How many events or links a span keeps.
const MAX_PARTS: usize = 64;

/// Checks a span and cuts what is merely too long.
///
/// # Errors
///
/// Says why the span is rejected.
pub(super) fn span(span: &mut Span, now: SystemTime) -> Result<(), &'static str> {
    if !is_id(&span.trace_id, 16) {
        return Err("a trace id is not 16 bytes, or zero");
    }
    if !is_id(&span.span_id, 8) {
        return Err("a span id is not 8 bytes, or zero");
    }
    if !span.parent_span_id.is_empty() && !is_id(&span.parent_span_id, 8) {
        return Err("a parent span id is not 8 bytes, or zero");
    }
    if span.name.is_empty() {
        return Err("a span has no name");
    }
    if span.end_time_unix_nano < span.start_time_unix_nano {
        return Err("a span ends before it starts");
    }
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    if now.abs_diff(u128::from(span.start_time_unix_nano)) > MAX_SKEW.as_nanos()
        || now.abs_diff(u128::from(span.end_time_unix_nano)) > MAX_SKEW.as_nanos()
    {
        return Err("a span lies more than 24 hours from now");
    }
    if SpanKind::try_from(span.kind).is_err() {
        return Err("a span is of no known kind");
    }
    super::redact::cut(&mut span.name, MAX_NAME);
    span.dropped_events_count = span.dropped_events_count.saturating_add(shorten(&mut span.events));
    span.links.retain(|link| is_id(&link.trace_id, 16) && is_id(&link.span_id, 8));
    span.dropped_links_count = span.dropped_links_count.saturating_add(shorten(&mut span.links));
    Ok(())
}

fn is_id(bytes: &[u8], length: usize) -> bool {
    bytes.len() == length && bytes.iter().any(|byte| *byte != 0)
}

/// Cuts a list and returns how many were cut off.
fn shorten<T>(parts: &mut Vec<T>) -> u32 {
    let cut = parts.len().saturating_sub(MAX_PARTS);
    parts.truncate(MAX_PARTS);
    u32::try_from(cut).unwrap_or(u32::MAX)
}
