//! What a span, a log record or a metric must be like to be taken.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use opentelemetry_proto::tonic::logs::v1::{LogRecord, SeverityNumber};
use opentelemetry_proto::tonic::metrics::v1::Metric;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;

use super::Rejected;

/// How far a sender's clock may be off.
const MAX_SKEW: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a name stays, in bytes.
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
    if !is_near(span.start_time_unix_nano, now) || !is_near(span.end_time_unix_nano, now) {
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

/// Checks a log record; one that does not say when it was made was made now.
///
/// # Errors
///
/// Says why the log record is rejected.
pub(super) fn log(record: &mut LogRecord, now: SystemTime) -> Result<(), &'static str> {
    if !record.trace_id.is_empty() && !is_id(&record.trace_id, 16) {
        return Err("a trace id is not 16 bytes, or zero");
    }
    if !record.span_id.is_empty() && (record.trace_id.is_empty() || !is_id(&record.span_id, 8)) {
        return Err("a span id is not 8 bytes, or zero, or of no trace");
    }
    if SeverityNumber::try_from(record.severity_number).is_err() {
        return Err("a log record is of no known severity");
    }
    if record.body.is_none() && record.attributes.is_empty() && record.event_name.is_empty() {
        return Err("a log record says nothing");
    }
    let times = [record.time_unix_nano, record.observed_time_unix_nano];
    if times.into_iter().any(|time| time != 0 && !is_near(time, now)) {
        return Err("a log record lies more than 24 hours from now");
    }
    if record.observed_time_unix_nano == 0 {
        record.observed_time_unix_nano = nanos(now);
    }
    super::redact::cut(&mut record.severity_text, MAX_NAME);
    super::redact::cut(&mut record.event_name, MAX_NAME);
    Ok(())
}

/// Checks a metric as a whole.
///
/// # Errors
///
/// Says why all of its data points are rejected.
pub(super) fn metric(metric: &mut Metric) -> Result<(), &'static str> {
    if metric.name.is_empty() || metric.name.len() > MAX_NAME {
        return Err("a metric has no name, or a longer one than 256 bytes");
    }
    if metric.data.is_none() {
        return Err("a metric has no data");
    }
    super::redact::cut(&mut metric.description, MAX_NAME);
    super::redact::cut(&mut metric.unit, MAX_NAME);
    Ok(())
}

/// Checks the data points of a metric one by one, and drops those that are wrong.
pub(super) fn points(metric: &mut Metric, now: SystemTime, rejected: &mut Rejected) {
    let mut check = |time: u64, has_buckets: bool| {
        let problem = if !is_near(time, now) {
            "a data point lies more than 24 hours from now"
        } else if !has_buckets {
            "a histogram has not one bucket more than bounds"
        } else {
            return true;
        };
        rejected.add(1, problem);
        false
    };
    match &mut metric.data {
        Some(Data::Gauge(gauge)) => gauge.data_points.retain(|point| check(point.time_unix_nano, true)),
        Some(Data::Sum(sum)) => sum.data_points.retain(|point| check(point.time_unix_nano, true)),
        Some(Data::Histogram(histogram)) => histogram.data_points.retain(|point| {
            let (buckets, bounds) = (point.bucket_counts.len(), point.explicit_bounds.len());
            check(point.time_unix_nano, buckets == bounds + 1 || buckets + bounds == 0)
        }),
        Some(Data::ExponentialHistogram(histogram)) => {
            histogram.data_points.retain(|point| check(point.time_unix_nano, true));
        }
        Some(Data::Summary(summary)) => summary.data_points.retain(|point| check(point.time_unix_nano, true)),
        None => {}
    }
}

fn is_near(time: u64, now: SystemTime) -> bool {
    u128::from(nanos(now).abs_diff(time)) <= MAX_SKEW.as_nanos()
}

fn nanos(time: SystemTime) -> u64 {
    u64::try_from(time.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos()).unwrap_or(u64::MAX)
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
