//! Log records through the relay: within the limits of every signal, redacted, and by no other name than their sender's.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::common::v1::AnyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;

use super::*;

fn record(changes: &Value) -> Value {
    let mut record = json!({
        "timeUnixNano": nanos(NOW),
        "severityNumber": 9,
        "severityText": "INFO",
        "body": {"stringValue": "it works"},
        "traceId": "80f198ee56343ba864fe8b2a57d3eff7",
        "spanId": "e457b5a2e4d86bd1",
    });
    for (key, value) in changes.as_object().unwrap() {
        record[key] = value.clone();
    }
    record
}

fn body_of(records: &[Value]) -> Vec<u8> {
    let resource = json!({"attributes": [{"key": "service.name", "value": {"stringValue": "a-program"}}]});
    let scope = json!({"scope": {"name": "s"}, "logRecords": records});
    json!({"resourceLogs": [{"resource": resource, "scopeLogs": [scope]}]}).to_string().into_bytes()
}

fn post_as(
    sender: Sender<'_>,
    body: Vec<u8>,
    content_type: &str,
    encoding: Option<&str>,
) -> (RelayAnswer, Vec<Record>) {
    let post = Post { body: &body.into(), content_type: Some(content_type), content_encoding: encoding, sender };
    super::super::logs(post, &stamp(), now())
}

fn log_of(record: &Record) -> LogRecord {
    LogRecord::decode(record.item.clone()).unwrap()
}

#[test]
fn json_protobuf_and_gzip_say_the_same() {
    let json = body_of(&[record(&json!({}))]);
    let request: ExportLogsServiceRequest = serde_json::from_slice(&json).unwrap();
    let (_, from_json) = post_as(Sender::Page, json.clone(), "application/json", None);
    assert_eq!((from_json.len(), from_json[0].source.service()), (1, "a-program"));
    let log = log_of(&from_json[0]);
    assert_eq!((log.severity_number, log.trace_id.len(), log.span_id.len()), (9, 16, 8));
    for (bytes, content_type, encoding) in [
        (request.encode_to_vec(), "application/x-protobuf", None),
        (gzip(&request.encode_to_vec()), "application/x-protobuf", Some("gzip")),
        (gzip(&json), "application/json", Some("gzip")),
    ] {
        let (answer, records) = post_as(Sender::Page, bytes, content_type, encoding);
        assert_eq!((answer.status(), &records), (StatusCode::OK, &from_json), "{content_type} {encoding:?}");
    }
}

#[test]
fn a_bad_one_of_two_is_a_partial_success() {
    let check = |changes: &Value, reason: &str| {
        let body = body_of(&[record(&json!({})), record(changes)]);
        let (answer, records) = post_as(Sender::Page, body, "application/json", None);
        let rejected = Rejected { items: 1, reason: Some(reason.to_owned()) };
        assert_eq!(answer, RelayAnswer::accepted(Encoding::Json, Signal::Logs, rejected), "{changes}");
        assert_eq!(records.len(), 1);
    };
    check(&json!({"traceId": "00"}), "a trace id is not 16 bytes, or zero");
    check(&json!({"spanId": "0000000000000000"}), "a span id is not 8 bytes, or zero, or of no trace");
    check(&json!({"traceId": ""}), "a span id is not 8 bytes, or zero, or of no trace");
    check(&json!({"severityNumber": 25}), "a log record is of no known severity");
    check(&json!({"timeUnixNano": nanos(NOW - 90_000)}), "a log record lies more than 24 hours from now");
    check(&json!({"observedTimeUnixNano": "1"}), "a log record lies more than 24 hours from now");
}

#[test]
fn one_without_ids_and_without_a_time_is_taken_as_of_now() {
    let body = body_of(&[json!({"body": {"stringValue": "x"}})]);
    let (_, records) = post_as(Sender::Page, body, "application/json", None);
    let log = log_of(&records[0]);
    assert_eq!((log.time_unix_nano, log.observed_time_unix_nano), (0, NOW * 1_000_000_000));
}

#[test]
fn secrets_and_excess_go_from_body_and_attributes() {
    let long = "x".repeat(5_000);
    let body = json!({"kvlistValue": {"values": [
        {"key": "password", "value": {"stringValue": "hunter2"}},
        {"key": "said", "value": {"stringValue": "Bearer hunter2"}},
    ]}});
    let attributes: Vec<_> = (0..70)
        .map(|n| json!({"key": format!("token.{n}"), "value": {"stringValue": "hunter2"}}))
        .chain([json!({"key": "late", "value": {"stringValue": long}})])
        .collect();
    let changes = json!({"body": body, "attributes": attributes, "severityText": long});
    let (_, records) = post_as(Sender::Page, body_of(&[record(&changes)]), "application/json", None);
    let log = log_of(&records[0]);
    assert!(!format!("{log:?}").contains("hunter2"), "{log:?}");
    assert_eq!((log.attributes.len(), log.dropped_attributes_count), (MAX_ATTRIBUTES, 7));
    assert_eq!(log.severity_text.len(), 256);
    let (_, records) =
        post_as(Sender::Page, body_of(&[record(&json!({"body": {"stringValue": long}}))]), "application/json", None);
    let Some(AnyValue { value: Some(Any::StringValue(text)) }) = log_of(&records[0]).body else { panic!("no text") };
    assert_eq!(text.len(), MAX_VALUE);
}

#[test]
fn the_limits_are_those_of_every_signal() {
    let refused = |body: Vec<u8>, status: StatusCode| {
        let (answer, records) = post_as(Sender::Page, body, "application/json", None);
        assert_eq!((answer.status(), records.len()), (status, 0));
    };
    refused(vec![b' '; MAX_BODY + 1], StatusCode::PAYLOAD_TOO_LARGE);
    refused(body_of(&vec![json!({}); MAX_ITEMS + 1]), StatusCode::PAYLOAD_TOO_LARGE);
    refused(b"[]".to_vec(), StatusCode::BAD_REQUEST);
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
    refused(deep.into_bytes(), StatusCode::BAD_REQUEST);
    let (answer, _) = post_as(Sender::Page, Vec::new(), "text/plain", None);
    assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[test]
fn spans_posted_as_log_records_say_nothing() {
    let (answer, records) = post_as(Sender::Page, body(&[span()]), "application/json", None);
    let rejected = Rejected { items: 1, reason: Some("a log record says nothing".to_owned()) };
    assert_eq!((answer, records.len()), (RelayAnswer::accepted(Encoding::Json, Signal::Logs, rejected), 0));
}

#[test]
fn a_programs_records_are_marked_with_its_terminal() {
    let (_, records) = post_as(Sender::Program("t_1"), body_of(&[record(&json!({}))]), "application/json", None);
    let resource = records[0].source.resource.as_ref().unwrap();
    assert_eq!(text(&resource.attributes, "socketio.terminal_id"), Some("t_1"));
    assert_eq!(records[0].source.service(), "a-program");
}
