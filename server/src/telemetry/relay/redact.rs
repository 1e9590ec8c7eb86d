//! Takes secrets and excess out of attributes: by the name of the key, by the look of the value, by length.

use app::redact::{REDACTED, is_secret_key, without_secrets};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{Exemplar, Metric};
use opentelemetry_proto::tonic::trace::v1::Span;

use super::{MAX_ATTRIBUTES, MAX_VALUE};

/// Redacts everything a span says about itself.
pub(super) fn span(span: &mut Span) {
    attributes(&mut span.attributes, &mut span.dropped_attributes_count);
    text(&mut span.name);
    span.trace_state.clear();
    for event in &mut span.events {
        text(&mut event.name);
        attributes(&mut event.attributes, &mut event.dropped_attributes_count);
    }
    for link in &mut span.links {
        link.trace_state.clear();
        attributes(&mut link.attributes, &mut link.dropped_attributes_count);
    }
    if let Some(status) = &mut span.status {
        text(&mut status.message);
    }
}

/// Redacts everything a log record says.
pub(in crate::telemetry) fn log(record: &mut LogRecord) {
    attributes(&mut record.attributes, &mut record.dropped_attributes_count);
    text(&mut record.severity_text);
    text(&mut record.event_name);
    if let Some(body) = &mut record.body {
        value(body);
    }
}

/// Redacts everything a metric says about itself and its data points.
pub(super) fn metric(metric: &mut Metric) {
    text(&mut metric.description);
    metric.metadata.clear();
    // Exemplars hold what was left out of the attributes on purpose.
    let point = |labels: &mut Vec<KeyValue>, exemplars: &mut Vec<Exemplar>| {
        // A data point has no place for how many were dropped.
        attributes(labels, &mut 0);
        exemplars.clear();
    };
    match &mut metric.data {
        Some(Data::Gauge(gauge)) => {
            gauge.data_points.iter_mut().for_each(|of| point(&mut of.attributes, &mut of.exemplars));
        }
        Some(Data::Sum(sum)) => {
            sum.data_points.iter_mut().for_each(|of| point(&mut of.attributes, &mut of.exemplars));
        }
        Some(Data::Histogram(histogram)) => {
            histogram.data_points.iter_mut().for_each(|of| point(&mut of.attributes, &mut of.exemplars));
        }
        Some(Data::ExponentialHistogram(histogram)) => {
            histogram.data_points.iter_mut().for_each(|of| point(&mut of.attributes, &mut of.exemplars));
        }
        Some(Data::Summary(summary)) => {
            summary.data_points.iter_mut().for_each(|of| point(&mut of.attributes, &mut Vec::new()));
        }
        None => {}
    }
}

/// Redacts attributes and drops those beyond the limit, which are counted.
pub(super) fn attributes(attributes: &mut Vec<KeyValue>, dropped: &mut u32) {
    let excess = attributes.len().saturating_sub(MAX_ATTRIBUTES);
    attributes.truncate(MAX_ATTRIBUTES);
    *dropped = dropped.saturating_add(u32::try_from(excess).unwrap_or(u32::MAX));
    attributes.iter_mut().for_each(pair);
}

/// Cuts a text to at most `max` bytes, between characters.
pub(super) fn cut(text: &mut String, max: usize) {
    if text.len() > max {
        text.truncate(text.floor_char_boundary(max));
    }
}

fn pair(pair: &mut KeyValue) {
    cut(&mut pair.key, MAX_VALUE);
    if is_secret_key(&pair.key) {
        pair.value = Some(AnyValue { value: Some(Value::StringValue(REDACTED.to_owned())) });
    } else if let Some(any) = &mut pair.value {
        value(any);
    }
}

fn value(any: &mut AnyValue) {
    match &mut any.value {
        Some(Value::StringValue(string)) => text(string),
        Some(Value::BytesValue(bytes)) => bytes.truncate(MAX_VALUE),
        Some(Value::ArrayValue(array)) => {
            array.values.truncate(MAX_ATTRIBUTES);
            array.values.iter_mut().for_each(value);
        }
        Some(Value::KvlistValue(list)) => {
            list.values.truncate(MAX_ATTRIBUTES);
            list.values.iter_mut().for_each(pair);
        }
        Some(Value::BoolValue(_) | Value::IntValue(_) | Value::DoubleValue(_) | Value::StringValueStrindex(_))
        | None => {}
    }
}

fn text(text: &mut String) {
    // First the secrets, so that a cut cannot leave half of one that is no longer recognised.
    if let Some(clean) = without_secrets(text) {
        *text = clean;
    }
    cut(text, MAX_VALUE);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_never_splits_a_character() {
        let mut text = "ああ".to_owned();
        cut(&mut text, 4);
        assert_eq!(text, "あ");
    }
}
