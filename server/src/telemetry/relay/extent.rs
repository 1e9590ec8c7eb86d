//! How much there is in a body, counted before any of it is made: an empty message of two bytes takes hundreds in memory.

use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};

use crate::telemetry::signal::Signal;

/// How deep messages are looked into: as deep as prost reads them.
const MAX_MESSAGE_DEPTH: usize = 100;

/// What is known of JSON without reading it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Extent {
    /// How deep it nests.
    pub(super) depth: usize,
    /// How many members and elements there are, objects and arrays themselves among them.
    pub(super) parts: usize,
}

/// Measures JSON; what stands inside strings does not count.
pub(super) fn json(body: &[u8]) -> Extent {
    let (mut depth, mut extent) = (0_usize, Extent::default());
    let (mut in_string, mut escaped) = (false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                extent.parts += 1;
                extent.depth = extent.depth.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            b',' if !in_string => extent.parts += 1,
            _ => {}
        }
    }
    extent
}

/// Counts the messages in a request in Protobuf, at every level. What cannot be read ends the count: it is refused anyway.
pub(super) fn messages(body: &[u8], signal: Signal) -> usize {
    let item = match signal {
        Signal::Traces => Shape::Span,
        Signal::Logs => Shape::LogRecord,
        Signal::Metrics => Shape::Metric,
    };
    let mut count = 0;
    // The rest of a body that cannot be read is not counted.
    let _ = walk(body, Shape::Request, item, 0, &mut count);
    count
}

fn walk(mut body: &[u8], shape: Shape, item: Shape, depth: usize, count: &mut usize) -> Option<()> {
    while !body.is_empty() {
        let (field, wire_type) = decode_key(&mut body).ok()?;
        if wire_type != WireType::LengthDelimited {
            skip_field(wire_type, field, &mut body, DecodeContext::default()).ok()?;
            continue;
        }
        let length = usize::try_from(decode_varint(&mut body).ok()?).ok()?;
        let (content, rest) = body.split_at_checked(length)?;
        body = rest;
        if let Some(inner) = shape.message_in(field, item) {
            *count += 1;
            if depth < MAX_MESSAGE_DEPTH {
                walk(content, inner, item, depth + 1, count)?;
            }
        }
    }
    Some(())
}

/// The messages of OTLP (<https://github.com/open-telemetry/opentelemetry-proto>), as far as they hold others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Request,
    OfResource,
    Resource,
    OfScope,
    Scope,
    Span,
    Event,
    Link,
    Metric,
    /// Any of the five kinds of data of a metric.
    Data,
    /// Any of the four kinds of data points; their fields have numbers of their own.
    Point,
    Exemplar,
    LogRecord,
    Pair,
    Value,
    Array,
    Pairs,
    /// A message without others in it.
    Leaf,
}

impl Shape {
    /// The message that a field holds; none where there is text, bytes or numbers.
    fn message_in(self, field: u32, item: Self) -> Option<Self> {
        Some(match (self, field) {
            (Self::Request, 1) => Self::OfResource,
            (Self::OfResource, 1) => Self::Resource,
            (Self::OfResource, 2) => Self::OfScope,
            (Self::OfScope, 1) => Self::Scope,
            (Self::OfScope, 2) => item,
            (Self::Resource, 1) | (Self::Scope, 3) => Self::Pair,
            // References to entities.
            (Self::Resource, 3) => Self::Leaf,
            (Self::Span, 9) | (Self::Event, 3) | (Self::Link, 4) => Self::Pair,
            (Self::Span, 11) => Self::Event,
            (Self::Span, 13) => Self::Link,
            (Self::Span, 15) => Self::Leaf,
            (Self::Metric, 5 | 7 | 9 | 10 | 11) => Self::Data,
            (Self::Metric, 12) => Self::Pair,
            (Self::Data, 1) => Self::Point,
            // Attributes: of numbers and summaries, of histograms, of exponential histograms.
            (Self::Point, 1 | 7 | 9) => Self::Pair,
            // Exemplars, quantiles and buckets.
            (Self::Point, 5 | 8 | 11) => Self::Exemplar,
            (Self::Point, 6) => Self::Leaf,
            (Self::Exemplar, 7) => Self::Pair,
            (Self::LogRecord, 5) => Self::Value,
            (Self::LogRecord, 6) => Self::Pair,
            (Self::Pair, 2) => Self::Value,
            (Self::Value, 5) => Self::Array,
            (Self::Value, 6) => Self::Pairs,
            (Self::Array, 1) => Self::Value,
            (Self::Pairs, 1) => Self::Pair,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
    use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, any_value::Value};
    use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, span::Event};
    use prost::Message;

    use super::*;
    use crate::telemetry::record::attribute;

    #[test]
    fn brackets_and_commas_in_strings_do_not_count() {
        let check = |body: &str, depth, parts| assert_eq!(json(body.as_bytes()), Extent { depth, parts }, "{body}");
        check(r#"{"a":["[[[\"[[,,,"]}"#, 2, 2);
        check("[[[]],[]]", 3, 5);
        check("]]}", 0, 0);
        check("{},{},{}", 1, 5);
    }

    #[test]
    fn messages_are_counted_at_every_level() {
        let text = AnyValue { value: Some(Value::StringValue("text".to_owned())) };
        let values = Value::ArrayValue(ArrayValue { values: vec![text; 3] });
        let mut list = attribute("list", "");
        list.value = Some(AnyValue { value: Some(values) });
        let event = Event { attributes: vec![attribute("a", "b")], ..Event::default() };
        let span =
            Span { name: "socketio.x".to_owned(), attributes: vec![list], events: vec![event], ..Span::default() };
        let scope_spans = vec![ScopeSpans { spans: vec![span], ..ScopeSpans::default() }];
        let resource_spans = vec![ResourceSpans { scope_spans, ..ResourceSpans::default() }];
        let body = ExportTraceServiceRequest { resource_spans }.encode_to_vec();
        // Resource spans, scope spans, span; pair, value, array, three values; event, pair, value.
        assert_eq!(messages(&body, Signal::Traces), 3 + 6 + 3);
        assert_eq!(messages(&body[..body.len() - 1], Signal::Traces), 0, "what is cut off is not looked into");
        assert_eq!(messages(b"\xff\xff\xff", Signal::Metrics), 0);
    }
}
