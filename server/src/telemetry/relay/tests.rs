use std::io::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use flate2::Compression;
use flate2::write::GzEncoder;
use http::StatusCode;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use serde_json::{Value, json};

use super::*;
use crate::telemetry::{Signal, TelemetryConfig};

mod fuzz;
mod logs;
mod metrics;

const NOW: u64 = 1_790_000_000;

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(NOW)
}

fn stamp() -> Stamp {
    Stamp::new(&TelemetryConfig::default())
}

fn nanos(seconds: u64) -> String {
    format!("{seconds}000000000")
}

fn span() -> Value {
    json!({
        "traceId": "80f198ee56343ba864fe8b2a57d3eff7",
        "spanId": "e457b5a2e4d86bd1",
        "name": "socketio.terminal:create",
        "kind": 3,
        "startTimeUnixNano": nanos(NOW),
        "endTimeUnixNano": nanos(NOW + 1),
    })
}

/// The span with some fields changed.
fn with(changes: &Value) -> Value {
    let mut span = span();
    for (key, value) in changes.as_object().unwrap() {
        span[key] = value.clone();
    }
    span
}

fn body(spans: &[Value]) -> Vec<u8> {
    let resource = json!({"attributes": [{"key": "service.name", "value": {"stringValue": "aetherterm-frontend"}}]});
    json!({"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": {"name": "s"}, "spans": spans}]}]})
        .to_string()
        .into_bytes()
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn posted(body: &Bytes, content_type: &str, encoding: Option<&str>) -> (RelayAnswer, Vec<Record>) {
    let content_type = Some(content_type);
    traces(Post { body, content_type, content_encoding: encoding, sender: Sender::Page }, &stamp(), now())
}

fn post(body: Vec<u8>, content_type: &str, encoding: Option<&str>) -> (StatusCode, Vec<Record>) {
    let (answer, records) = posted(&body.into(), content_type, encoding);
    (answer.status(), records)
}

fn accepted(spans: &[Value]) -> Vec<Span> {
    let (status, records) = post(body(spans), "application/json", None);
    assert_eq!(status, StatusCode::OK);
    records.iter().map(span_of).collect()
}

fn span_of(record: &Record) -> Span {
    Span::decode(record.item.clone()).unwrap()
}

/// Posts a body that must be refused as a whole.
fn refused(body: Vec<u8>, content_type: &str, encoding: Option<&str>, status: StatusCode) {
    let length = body.len();
    let (answered, records) = post(body, content_type, encoding);
    assert_eq!((answered, records.len()), (status, 0), "{length} bytes of {content_type}");
}

/// Posts a good span and a bad one: the good one passes, the bad one is rejected with a reason.
fn rejected(changes: &Value, reason: &str) {
    let bytes = body(&[span(), with(changes)]).into();
    let (answer, records) = posted(&bytes, "application/json", None);
    assert_eq!((answer.status(), records.len()), (StatusCode::OK, 1), "{changes}");
    let expected = Rejected { items: 1, reason: Some(reason.to_owned()) };
    assert_eq!(answer, RelayAnswer::accepted(Encoding::Json, Signal::Traces, expected), "{changes}");
}

#[test]
fn json_protobuf_and_gzip_say_the_same() {
    let (_, from_json) = post(body(&[span()]), "application/json", None);
    let request: ExportTraceServiceRequest = serde_json::from_slice(&body(&[span()])).unwrap();
    for (bytes, content_type, encoding) in [
        (request.encode_to_vec(), "application/x-protobuf", None),
        (gzip(&request.encode_to_vec()), "application/x-protobuf", Some("gzip")),
        (gzip(&body(&[span()])), "application/json; charset=utf-8", Some("GZIP")),
    ] {
        let (status, records) = post(bytes, content_type, encoding);
        assert_eq!((status, records.len()), (StatusCode::OK, 1), "{content_type} {encoding:?}");
        assert_eq!(records, from_json);
    }
}

#[test]
fn what_our_own_types_write_is_accepted_unchanged() {
    use app::trace::otlp;
    let written = otlp::Span {
        trace_id: "80f198ee56343ba864fe8b2a57d3eff7".parse().unwrap(),
        span_id: "e457b5a2e4d86bd1".parse().unwrap(),
        parent_span_id: Some("05e3ac9a4f6e3b90".parse().unwrap()),
        name: "socketio.terminal:create".into(),
        kind: otlp::SpanKind::Client,
        start_time_unix_nano: NOW * 1_000_000_000,
        end_time_unix_nano: NOW * 1_000_000_000 + 1,
        attributes: vec![
            otlp::KeyValue::new("text", "a"),
            otlp::KeyValue::new("whole", -3),
            otlp::KeyValue::new("number", 0.5),
            otlp::KeyValue::new("flag", true),
        ],
        events: vec![otlp::Event { time_unix_nano: 7, name: "painted".into(), attributes: Vec::new() }],
        links: vec![otlp::Link {
            trace_id: "80f198ee56343ba864fe8b2a57d3eff7".parse().unwrap(),
            span_id: "05e3ac9a4f6e3b90".parse().unwrap(),
            attributes: Vec::new(),
        }],
        status: otlp::Status { code: otlp::StatusCode::Error, message: "timeout".into() },
    };
    let request = otlp::ExportTraceServiceRequest {
        resource_spans: vec![otlp::ResourceSpans {
            resource: otlp::Resource::default(),
            scope_spans: vec![otlp::ScopeSpans { scope: otlp::Scope::default(), spans: vec![written.clone()] }],
        }],
    };
    let (status, records) = post(serde_json::to_vec(&request).unwrap(), "application/json", None);
    assert_eq!(status, StatusCode::OK);
    // And back: what the trace API answers is read by the same types.
    let answer = serde_json::to_string(&span_of(&records[0])).unwrap();
    assert_eq!(serde_json::from_str::<otlp::Span>(&answer).unwrap(), written);
}

#[test]
fn a_body_beyond_512_kib_is_refused() {
    refused(vec![b' '; MAX_BODY + 1], "application/json", None, StatusCode::PAYLOAD_TOO_LARGE);
}

#[test]
fn a_body_that_decompresses_to_more_than_2_mib_is_refused() {
    // Coin tosses compress to about a seventh: far from the ratio, past the limit.
    let mut state = 1_u32;
    let mut toss = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        b'a' + (state & 1) as u8
    };
    let long = gzip(&(0..=MAX_DECODED).map(|_| toss()).collect::<Vec<_>>());
    assert!(long.len() < MAX_BODY && MAX_DECODED / long.len() < MAX_RATIO, "{} bytes", long.len());
    refused(long, "application/json", Some("gzip"), StatusCode::PAYLOAD_TOO_LARGE);
}

#[test]
fn a_ratio_beyond_100_is_refused_even_when_short() {
    refused(gzip(&vec![b' '; 100_000]), "application/json", Some("gzip"), StatusCode::PAYLOAD_TOO_LARGE);
}

#[test]
fn json_deeper_than_32_levels_is_refused() {
    let nested = |levels: usize| [b"{\"x\":".repeat(levels), b"1".to_vec(), b"}".repeat(levels)].concat();
    refused(nested(33), "application/json", None, StatusCode::BAD_REQUEST);
    refused(nested(80_000), "application/json", None, StatusCode::BAD_REQUEST);
    assert_eq!(post(nested(32), "application/json", None).0, StatusCode::OK);
}

#[test]
fn more_than_512_spans_are_refused() {
    let spans = |count: usize| body(&(0..count).map(|_| json!({})).collect::<Vec<_>>());
    refused(spans(513), "application/json", None, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(post(spans(512), "application/json", None).0, StatusCode::OK);
}

#[test]
fn a_span_keeps_64_attributes_and_counts_the_others() {
    let attributes: Vec<_> = (0..70).map(|n| json!({"key": format!("k{n}"), "value": {"intValue": n}})).collect();
    let span = &accepted(&[with(&json!({"attributes": attributes}))])[0];
    assert_eq!((span.attributes.len(), span.dropped_attributes_count), (64, 6));
}

#[test]
fn values_are_cut_to_1_kib() {
    let attribute = json!([{"key": "k", "value": {"stringValue": "x".repeat(5_000)}}]);
    let span = &accepted(&[with(&json!({"attributes": attribute, "name": "n".repeat(5_000)}))])[0];
    assert_eq!(text(&span.attributes, "k").map(str::len), Some(1_024));
    assert_eq!(span.name.len(), 256);
}

#[test]
fn what_is_neither_json_nor_protobuf_is_refused() {
    for (bytes, content_type, encoding, status) in [
        (b"{".to_vec(), "application/json", None, StatusCode::BAD_REQUEST),
        (b"[]".to_vec(), "application/json", None, StatusCode::BAD_REQUEST),
        (br#"{"resourceSpans": 1}"#.to_vec(), "application/json", None, StatusCode::BAD_REQUEST),
        (b"\xff\xff\xff".to_vec(), "application/x-protobuf", None, StatusCode::BAD_REQUEST),
        (b"{}".to_vec(), "application/json", Some("gzip"), StatusCode::BAD_REQUEST),
        (b"{}".to_vec(), "application/json", Some("br"), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (b"{}".to_vec(), "text/plain", None, StatusCode::UNSUPPORTED_MEDIA_TYPE),
    ] {
        refused(bytes, content_type, encoding, status);
    }
}

#[test]
fn one_bad_span_does_not_cost_the_other() {
    rejected(&json!({"traceId": "0".repeat(32)}), "a trace id is not 16 bytes, or zero");
    rejected(&json!({"traceId": "abcd"}), "a trace id is not 16 bytes, or zero");
    rejected(&json!({"spanId": "0".repeat(16)}), "a span id is not 8 bytes, or zero");
    rejected(&json!({"parentSpanId": "abcd"}), "a parent span id is not 8 bytes, or zero");
    rejected(&json!({"name": ""}), "a span has no name");
    rejected(&json!({"kind": 9}), "a span is of no known kind");
    rejected(&json!({"endTimeUnixNano": nanos(NOW - 1)}), "a span ends before it starts");
    let day = 24 * 60 * 60;
    let (start, end) = (nanos(NOW - day - 1), nanos(NOW));
    rejected(&json!({"startTimeUnixNano": start, "endTimeUnixNano": end}), "a span lies more than 24 hours from now");
}

#[test]
fn a_span_that_is_no_span_is_rejected_alone() {
    for bad in [json!(1), with(&json!({"traceId": "xyz"})), with(&json!({"attributes": "none"}))] {
        let bytes = body(&[bad, span()]).into();
        let (answer, records) = posted(&bytes, "application/json", None);
        assert_eq!((answer.status(), records.len()), (StatusCode::OK, 1));
        let full = RelayAnswer::accepted(Encoding::Json, Signal::Traces, Rejected::default());
        assert_ne!(answer, full, "the answer is partial");
    }
}

#[test]
fn secrets_are_redacted_wherever_a_span_speaks() {
    let secret = "Bearer hunter2hunter2";
    let any = json!({"stringValue": secret});
    let attributes = json!([
        {"key": "password", "value": {"stringValue": "hunter2"}},
        {"key": "note", "value": any},
        {"key": "list", "value": {"arrayValue": {"values": [any]}}},
        {"key": "map", "value": {"kvlistValue": {"values": [{"key": "api-key", "value": {"intValue": "4711"}}]}}},
    ]);
    let span = &accepted(&[with(&json!({
        "name": secret,
        "attributes": attributes,
        "traceState": secret,
        "status": {"code": 2, "message": secret},
        "events": [{"timeUnixNano": nanos(NOW), "name": secret, "attributes": attributes}],
        "links": [{"traceId": "80f198ee56343ba864fe8b2a57d3eff7", "spanId": "e457b5a2e4d86bd1", "attributes": attributes}],
    }))])[0];
    let written = serde_json::to_string(span).unwrap();
    assert!(!written.contains("hunter2") && !written.contains("4711"), "{written}");
    assert_eq!(text(&span.attributes, "password"), Some("REDACTED"));
    assert_eq!(text(&span.attributes, "note"), Some("Bearer REDACTED"));
}

#[test]
fn the_resource_is_stamped_and_nobody_else_is_the_server() {
    let check = |name: &str, expected: &str| {
        let request = json!({"resourceSpans": [{
            "resource": {"attributes": [
                {"key": "service.name", "value": {"stringValue": name}},
                {"key": "service.version", "value": {"stringValue": "forged"}},
                {"key": "browser.language", "value": {"stringValue": "ja"}},
            ]},
            "scopeSpans": [{"spans": [span()]}],
        }]});
        let (_, records) = post(request.to_string().into_bytes(), "application/json", None);
        let resource = &records[0].source.resource.as_ref().unwrap().attributes;
        for (key, value) in [
            ("service.name", expected),
            ("service.namespace", "aetherterm"),
            ("service.version", env!("CARGO_PKG_VERSION")),
            ("deployment.environment.name", "default"),
            ("browser.language", "ja"),
        ] {
            assert_eq!(text(resource, key), Some(value), "{key}");
        }
        assert_eq!(resource.len(), 5);
    };
    check("aetherterm-frontend", "aetherterm-frontend");
    check("my-build-script", "my-build-script");
    check("aetherterm-backend", "aetherterm-frontend");
    check("", "aetherterm-frontend");
}

#[test]
fn a_terminals_program_keeps_its_name_and_is_marked_with_the_terminal() {
    let check = |name: &str, expected: &str| {
        let bytes = body(&[span()]);
        let bytes = String::from_utf8(bytes).unwrap().replace("aetherterm-frontend", name).into_bytes().into();
        let sender = Sender::Program("t_1");
        let content_type = Some("application/json");
        let (_, records) = traces(Post { body: &bytes, content_type, content_encoding: None, sender }, &stamp(), now());
        let resource = &records[0].source.resource.as_ref().unwrap().attributes;
        assert_eq!(text(resource, "service.name"), Some(expected));
        assert_eq!(text(resource, "socketio.terminal_id"), Some("t_1"));
        assert_eq!(resource.len(), 2);
    };
    check("cargo", "cargo");
    check("aetherterm-backend", "unknown_service");
    check("aetherterm-frontend", "unknown_service");
}
