//! Ended requests as log records: `Socket.IO Event: terminal:create -> terminal:created`, as the founding notes have it.

use std::borrow::Cow;
use std::time::SystemTime;

use app::protocol::clock::ClockProbe;
use app::protocol::event::Event;
use app::trace::{Sampling, SpanContext, SpanId, TraceId};
use app::tracking::{Micros, SocketTraceEvent, Tag, TraceLevel, TraceStatus};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, SeverityNumber};
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use prost::Message;

use super::record::{nanos, place};
use crate::telemetry::record::{Record, attribute, text};

/// What a page's span says of itself, and what the event calls it.
const OF_PAGES: [(&str, &str); 5] = [
    ("socketio.event", "socket.request.event"),
    ("socketio.response_event", "socket.response.event"),
    ("socketio.request_id", "socketio.request_id"),
    ("socketio.client_id", "socketio.client_id"),
    ("error.type", "error.type"),
];

/// Makes the record of an event; `sampled` says whether there is a span to go with it.
pub(in crate::telemetry) fn record(event: &SocketTraceEvent, sampled: bool) -> LogRecord {
    let mut attributes =
        vec![attribute("operation_name", &event.operation_name), attribute("status", event.status.as_str())];
    attributes.extend(event.duration.map(|duration| pair("duration_ms", Value::DoubleValue(duration))));
    attributes.extend(event.tags.iter().map(|(name, tag)| match tag {
        Tag::Flag(flag) => pair(name, Value::BoolValue(*flag)),
        Tag::Text(text) => attribute(name, text),
    }));
    let severity = match event.level {
        TraceLevel::Info => SeverityNumber::Info,
        TraceLevel::Warn => SeverityNumber::Warn,
        TraceLevel::Error => SeverityNumber::Error,
    };
    let body = format!("Socket.IO Event: {}", event.operation_name);
    let mut record = LogRecord {
        time_unix_nano: event.timestamp.saturating_mul(1_000),
        observed_time_unix_nano: nanos(SystemTime::now()),
        severity_number: severity.into(),
        severity_text: event.level.as_upper_str().to_owned(),
        body: Some(AnyValue { value: Some(Value::StringValue(body)) }),
        attributes,
        ..LogRecord::default()
    };
    if let (Some(trace_id), Some(span_id)) = (event.trace_id, event.span_id) {
        let sampling = if sampled { Sampling::Accept } else { Sampling::Deny };
        place(&mut record, &SpanContext { trace_id, span_id, sampling });
    }
    record
}

/// Makes the records of those among a page's spans that tell of a request: the page posts the span, and the event follows
/// from it. From `slow` microseconds on a good answer is a warning.
pub(in crate::telemetry) fn of_page(spans: &[Record], slow: Micros) -> Vec<Record> {
    let of_span = |record: &Record| {
        let event = told(&Span::decode(record.item.clone()).ok()?, slow)?;
        let item = self::record(&event, true).encode_to_vec().into();
        Some(Record { source: record.source.clone(), item, weight: 1 })
    };
    spans.iter().filter_map(of_span).collect()
}

/// Reads an event out of a page's span; `None` for one that is no request with an answer to come.
fn told(span: &Span, slow: Micros) -> Option<SocketTraceEvent> {
    if span.kind != SpanKind::Client as i32 || text(&span.attributes, "socketio.event")? == ClockProbe::NAME {
        return None;
    }
    let operation_name = text(&span.attributes, "operation_name")?.to_owned();
    let has_failed = span.status.as_ref().is_some_and(|status| status.code == StatusCode::Error as i32);
    let status = match text(&span.attributes, "error.type") {
        Some("timeout") if has_failed => TraceStatus::Timeout,
        _ if has_failed => TraceStatus::Error,
        _ => TraceStatus::Ok,
    };
    let tag = |(theirs, ours): (&str, &'static str)| {
        let value = text(&span.attributes, theirs)?;
        Some((Cow::Borrowed(ours), Tag::Text(value.to_owned().into())))
    };
    let success = (Cow::Borrowed("socket.success"), Tag::Flag(status == TraceStatus::Ok));
    let duration = span.end_time_unix_nano.saturating_sub(span.start_time_unix_nano);
    Some(SocketTraceEvent {
        timestamp: span.start_time_unix_nano / 1_000,
        trace_id: TraceId::from_bytes(span.trace_id.as_slice().try_into().ok()?),
        span_id: SpanId::from_bytes(span.span_id.as_slice().try_into().ok()?),
        operation_name,
        duration: Some(duration as f64 / 1e6),
        tags: OF_PAGES.into_iter().filter_map(tag).chain([success]).collect(),
        status,
        level: TraceLevel::of(status, duration / 1_000, slow),
    })
}

fn pair(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(status: TraceStatus, level: TraceLevel) -> SocketTraceEvent {
        SocketTraceEvent {
            timestamp: 1_640_995_200_000_000,
            trace_id: "1234567890abcdef1234567890abcdef".parse().ok(),
            span_id: "1234567890abcdef".parse().ok(),
            operation_name: "terminal:create -> terminal:created".to_owned(),
            duration: Some(150.0),
            tags: [
                ("socket.request.event".into(), Tag::Text("terminal:create".into())),
                ("socket.response.event".into(), Tag::Text("terminal:created".into())),
                ("socket.success".into(), Tag::Flag(status == TraceStatus::Ok)),
            ]
            .into(),
            status,
            level,
        }
    }

    fn value(record: &LogRecord, key: &str) -> Option<Value> {
        record.attributes.iter().find(|attribute| attribute.key == key)?.value.clone()?.value
    }

    fn string(text: &str) -> Option<Value> {
        Some(Value::StringValue(text.to_owned()))
    }

    #[test]
    fn a_record_says_what_the_notes_say_of_an_event() {
        let record = record(&event(TraceStatus::Ok, TraceLevel::Info), true);
        let said = record.body.as_ref().unwrap().value.clone();
        assert_eq!(said, string("Socket.IO Event: terminal:create -> terminal:created"));
        assert_eq!((record.severity_text.as_str(), record.severity_number), ("INFO", SeverityNumber::Info as i32));
        assert_eq!(record.time_unix_nano, 1_640_995_200_000_000_000);
        assert_eq!(
            (record.trace_id.as_slice(), record.flags),
            (&0x1234567890abcdef1234567890abcdef_u128.to_be_bytes()[..], 1)
        );
        assert_eq!(record.span_id, 0x1234567890abcdef_u64.to_be_bytes());
        assert_eq!(value(&record, "operation_name"), string("terminal:create -> terminal:created"));
        assert_eq!(value(&record, "duration_ms"), Some(Value::DoubleValue(150.0)));
        assert_eq!(value(&record, "status"), string("ok"));
        assert_eq!(value(&record, "socket.request.event"), string("terminal:create"));
        assert_eq!(value(&record, "socket.response.event"), string("terminal:created"));
        assert_eq!(value(&record, "socket.success"), Some(Value::BoolValue(true)));
    }

    #[test]
    fn what_matters_more_is_more_severe() {
        let check = |status, level, text: &str, number: SeverityNumber| {
            let record = record(&event(status, level), false);
            assert_eq!((record.severity_text.as_str(), record.severity_number, record.flags), (text, number as i32, 0));
        };
        check(TraceStatus::Ok, TraceLevel::Warn, "WARN", SeverityNumber::Warn);
        check(TraceStatus::Error, TraceLevel::Error, "ERROR", SeverityNumber::Error);
        check(TraceStatus::Timeout, TraceLevel::Error, "ERROR", SeverityNumber::Error);
    }

    fn span(event: &str, kind: SpanKind, error: Option<&str>) -> Span {
        let mut attributes = vec![
            attribute("socketio.event", event),
            attribute("operation_name", &format!("{event} -> answered")),
            attribute("socketio.response_event", "answered"),
            attribute("socketio.request_id", "req_1"),
        ];
        attributes.extend(error.map(|error| attribute("error.type", error)));
        let code = if error.is_some() { StatusCode::Error } else { StatusCode::Ok };
        Span {
            trace_id: vec![1; 16],
            span_id: vec![2; 8],
            kind: kind.into(),
            start_time_unix_nano: 1_000_000,
            end_time_unix_nano: 3_500_000,
            attributes,
            status: Some(opentelemetry_proto::tonic::trace::v1::Status { code: code.into(), message: String::new() }),
            ..Span::default()
        }
    }

    #[test]
    fn a_pages_request_is_read_from_its_span() {
        let event = told(&span("terminal:create", SpanKind::Client, None), 1_000_000).unwrap();
        assert_eq!((event.timestamp, event.duration), (1_000, Some(2.5)));
        assert_eq!((event.operation_name.as_str(), event.status), ("terminal:create -> answered", TraceStatus::Ok));
        assert_eq!(event.tags["socket.request.event"], Tag::Text("terminal:create".into()));
        assert_eq!(event.tags["socket.response.event"], Tag::Text("answered".into()));
        assert_eq!(event.tags["socket.success"], Tag::Flag(true));
        assert_eq!(event.tags["socketio.request_id"], Tag::Text("req_1".into()));
        let check = |error, slow, status, level| {
            let event = told(&span("terminal:create", SpanKind::Client, error), slow).unwrap();
            assert_eq!((event.status, event.level), (status, level), "{error:?}");
        };
        check(None, 2_500, TraceStatus::Ok, TraceLevel::Warn);
        check(Some("busy"), 2_500, TraceStatus::Error, TraceLevel::Error);
        check(Some("timeout"), 2_500, TraceStatus::Timeout, TraceLevel::Error);
    }

    #[test]
    fn what_is_no_request_with_an_answer_is_no_event() {
        let none = |span: Span| assert_eq!(told(&span, 1), None);
        none(span("terminal:ack", SpanKind::Producer, None));
        none(span("terminal:output", SpanKind::Consumer, None));
        none(span("clock:probe", SpanKind::Client, None));
        let mut connect = span("connect", SpanKind::Client, None);
        connect.attributes.retain(|attribute| attribute.key != "operation_name");
        none(connect);
    }
}
