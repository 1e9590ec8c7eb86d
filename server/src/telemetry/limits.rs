//! How much one span may hold: the counts, which the SDK keeps, and the lengths, which it does not know.

use opentelemetry::{Array, KeyValue, StringValue, Value};
use opentelemetry_sdk::trace::{SpanData, SpanLimits as Counts};

use super::config::SpanLimits;

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
    if let Some((end, _)) = value.as_str().char_indices().nth(length) {
        *value = value.as_str()[..end].to_owned().into();
    }
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
}
