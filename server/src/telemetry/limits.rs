//! How much one span may hold: the counts, which the SDK keeps, and the lengths, which it does not know. How much one log
//! record may hold, which the SDK has no part in.

use opentelemetry::{Array, KeyValue, StringValue, Value};
use opentelemetry_proto::tonic::common::v1::AnyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_sdk::trace::{SpanData, SpanLimits as Counts};

use super::config::{LogLimits, SpanLimits};

/// The counts as the SDK takes them. Given to it explicitly, or it would read the environment.
pub(super) fn counts(limits: &SpanLimits) -> Counts {
    Counts {
        max_events_per_span: limits.events,
        max_attributes_per_span: limits.attributes,
        max_links_per_span: limits.links,
        max_attributes_per_event: limits.event_attributes,
        max_attributes_per_link: limits.link_attributes,
    }
}

/// Cuts the texts of a span.
pub(super) fn cut(span: &mut SpanData, limits: &SpanLimits) {
    if let Some(length) = limits.value_length {
        attributes(&mut span.attributes, length);
    }
    if let Some(length) = limits.inner_value_length {
        span.events.events.iter_mut().for_each(|event| attributes(&mut event.attributes, length));
        span.links.links.iter_mut().for_each(|link| attributes(&mut link.attributes, length));
    }
}

/// Takes the attributes of a log record that are too many, which it counts, and cuts the texts of the others.
pub(super) fn cut_log(record: &mut LogRecord, limits: LogLimits) {
    let kept = usize::try_from(limits.attributes).unwrap_or(usize::MAX);
    let excess = record.attributes.len().saturating_sub(kept);
    record.attributes.truncate(kept);
    let dropped = &mut record.dropped_attributes_count;
    *dropped = dropped.saturating_add(u32::try_from(excess).unwrap_or(u32::MAX));
    if let Some(length) = limits.value_length {
        record.attributes.iter_mut().filter_map(|pair| pair.value.as_mut()).for_each(|value| any(value, length));
    }
}

/// Cuts the texts of a value.
fn any(value: &mut AnyValue, length: usize) {
    match &mut value.value {
        Some(Any::StringValue(text)) => text.truncate(end(text, length)),
        Some(Any::ArrayValue(array)) => array.values.iter_mut().for_each(|value| any(value, length)),
        _ => {}
    }
}

fn attributes(attributes: &mut [KeyValue], length: usize) {
    for attribute in attributes {
        match &mut attribute.value {
            Value::String(value) => text(value, length),
            Value::Array(Array::String(values)) => values.iter_mut().for_each(|value| text(value, length)),
            _ => {}
        }
    }
}

/// Cuts a text to so many characters, as the specification counts them.
fn text(value: &mut StringValue, length: usize) {
    let end = end(value.as_str(), length);
    if end < value.as_str().len() {
        *value = value.as_str()[..end].to_owned().into();
    }
}

/// Where a text ends that has so many characters at most.
fn end(text: &str, length: usize) -> usize {
    text.char_indices().nth(length).map_or(text.len(), |(end, _)| end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(original: &str, length: usize, expected: &str) {
        let mut value = [KeyValue::new("key", original.to_owned())];
        attributes(&mut value, length);
        assert_eq!(value[0].value.as_str(), expected);
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        check("short", 5, "short");
        check("longer", 5, "longe");
        check("日本語", 2, "日本");
        check("any", 0, "");
    }

    #[test]
    fn every_text_of_a_list_is_cut_and_numbers_stay() {
        let list = Array::String(vec!["abc".into(), "d".into()]);
        let mut values = [KeyValue::new("list", Value::Array(list)), KeyValue::new("number", 12_345)];
        attributes(&mut values, 2);
        assert_eq!(values[0].value, Value::Array(Array::String(vec!["ab".into(), "d".into()])));
        assert_eq!(values[1].value, Value::I64(12_345));
    }

    #[test]
    fn a_log_record_keeps_so_many_attributes_of_such_length_and_counts_the_others() {
        use crate::telemetry::record::{attribute, text};
        let attributes = ["日本語", "longer", "left out"].map(|value| attribute(value, value));
        let record = || LogRecord { attributes: attributes.to_vec(), ..LogRecord::default() };
        let mut cut = record();
        cut_log(&mut cut, LogLimits { attributes: 2, value_length: Some(2) });
        assert_eq!((cut.attributes.len(), cut.dropped_attributes_count), (2, 1));
        assert_eq!((text(&cut.attributes, "日本語"), text(&cut.attributes, "longer")), (Some("日本"), Some("lo")));
        let mut whole = record();
        cut_log(&mut whole, LogLimits::default());
        assert_eq!(whole, record());
    }
}
