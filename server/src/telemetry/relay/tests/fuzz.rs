//! Whatever is posted: an answer as OTLP has it, no panic, and no more memory than a small multiple of the limits.

use axum::body::to_bytes;
use axum::response::IntoResponse;
use futures_util::FutureExt;
use http::header;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;
use crate::telemetry::record::tests::{logs as some_logs, metrics as some_metrics, spans as some_spans};

/// What one body may take beside its own bytes: many times what is kept of it, and nothing to a server.
const MEMORY: u64 = 64 << 20;

const JSON: &str = "application/json";
const PROTOBUF: &str = "application/x-protobuf";

/// `google.rpc.Status`, as a client knows it.
#[derive(Clone, PartialEq, Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}

/// Posts to every address and checks that the answer can be read by who posts; returns the statuses.
#[track_caller]
fn check(body: &Bytes, content_type: Option<&str>, content_encoding: Option<&str>) -> Vec<u16> {
    let statuses = [Sender::Page, Sender::Program("t_1")].into_iter().flat_map(|sender| {
        let post = Post { body, content_type, content_encoding, sender };
        Signal::ALL.map(|signal| {
            let (answer, records) = match signal {
                Signal::Traces => traces(post, &stamp(), now()),
                Signal::Logs => super::super::logs(post, &stamp(), now()),
                Signal::Metrics => super::super::metrics(post, &stamp(), now(), &super::metrics::registry(), || true),
            };
            assert!(records.len() <= MAX_ITEMS);
            check_answer(answer, content_type)
        })
    });
    statuses.collect()
}

#[track_caller]
fn check_answer(answer: RelayAnswer, content_type: Option<&str>) -> u16 {
    let response = answer.into_response();
    let status = response.status().as_u16();
    let spoken = Encoding::of(content_type).unwrap_or(Encoding::Json);
    assert_eq!(response.headers()[header::CONTENT_TYPE], spoken.content_type());
    let body = to_bytes(response.into_body(), 1 << 20).now_or_never().unwrap().unwrap();
    match (status, spoken) {
        (200, Encoding::Protobuf) => drop(ExportTraceServiceResponse::decode(body).unwrap()),
        (200, Encoding::Json) => {
            let answer: Value = serde_json::from_slice(&body).unwrap();
            let fields: Vec<_> = answer.as_object().unwrap().keys().collect();
            assert!(fields.is_empty() || fields == ["partialSuccess"], "{answer}");
        }
        (400 | 413 | 415, Encoding::Protobuf) => {
            let Status { code, message } = Status::decode(body).unwrap();
            assert!(code > 0 && !message.is_empty());
        }
        (400 | 413 | 415, Encoding::Json) => {
            let answer: Value = serde_json::from_slice(&body).unwrap();
            assert!(answer["code"].as_i64() > Some(0) && answer["message"] != "", "{answer}");
        }
        _ => panic!("answered {status}"),
    }
    status
}

/// Bodies that are all right, in both encodings.
fn right() -> Vec<(&'static str, Vec<u8>)> {
    let rich = with(&json!({
        "attributes": [
            {"key": "a", "value": {"stringValue": "日本"}},
            {"key": "b", "value": {"arrayValue": {"values": [{"intValue": "7"}, {"doubleValue": 0.5}]}}},
            {"key": "c", "value": {"kvlistValue": {"values": [{"key": "d", "value": {"boolValue": true}}]}}},
        ],
        "events": [{"timeUnixNano": nanos(NOW), "name": "painted"}],
        "status": {"code": 2, "message": "timeout"},
    }));
    let written = body(&[span(), rich]);
    let read: ExportTraceServiceRequest = serde_json::from_slice(&written).unwrap();
    vec![
        (JSON, written),
        (PROTOBUF, read.encode_to_vec()),
        (PROTOBUF, some_spans("a", vec![Span { name: "work".to_owned(), ..Span::default() }]).to_vec()),
        (PROTOBUF, some_metrics(&[2, 3]).to_vec()),
        (PROTOBUF, some_logs(3).to_vec()),
    ]
}

/// One small thing that goes wrong with a body.
#[derive(Clone, Debug)]
enum Change {
    Replace(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    Cut(Index),
    Repeat(Index, Index),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Replace(at, byte)),
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Insert(at, byte)),
        any::<Index>().prop_map(Change::Remove),
        any::<Index>().prop_map(Change::Cut),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Change::Repeat(from, to)),
    ]
}

fn changed(mut body: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        let length = body.len().max(1);
        match change {
            _ if body.is_empty() => break,
            Change::Replace(at, byte) => body[at.index(length)] = *byte,
            Change::Insert(at, byte) => body.insert(at.index(length), *byte),
            Change::Remove(at) => drop(body.remove(at.index(length))),
            Change::Cut(at) => body.truncate(at.index(length)),
            Change::Repeat(from, to) => {
                let (from, to) = (from.index(length), to.index(length));
                let piece = body[from.min(to)..from.max(to)].to_vec();
                body.splice(to..to, piece);
            }
        }
    }
    body
}

fn content_type() -> impl Strategy<Value = Option<&'static str>> {
    select(vec![
        None,
        Some(JSON),
        Some(PROTOBUF),
        Some("application/json; charset=utf-8"),
        Some("text/plain"),
        Some(""),
    ])
}

fn content_encoding() -> impl Strategy<Value = Option<&'static str>> {
    select(vec![None, Some("gzip"), Some("identity"), Some("br"), Some("gzip, gzip")])
}

const NAMES: [&str; 8] =
    ["resourceSpans", "scopeSpans", "spans", "resourceLogs", "logRecords", "metrics", "attributes", "value"];
const LEAVES: [&str; 7] = ["1", "null", "\"x\"", "[]", "{}", "1e999", "-0"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_are_answered(
        bytes in vec(any::<u8>(), 0..2_048),
        content_type in content_type(),
        content_encoding in content_encoding(),
    ) {
        check(&bytes.into(), content_type, content_encoding);
    }

    #[test]
    fn a_right_body_with_something_wrong_is_answered(
        (content_type, body) in select(right()),
        changes in vec(change(), 0..6),
        is_compressed: bool,
        cut in any::<Index>(),
    ) {
        let body = changed(body, &changes);
        check(&body.clone().into(), Some(content_type), None);
        let mut compressed = gzip(&body);
        if is_compressed {
            let at = cut.index(compressed.len());
            compressed.truncate(at);
        }
        check(&compressed.into(), Some(content_type), Some("gzip"));
    }

    #[test]
    fn any_json_is_answered(depth in 0..40_usize, names in vec(select(&NAMES[..]), 1..8), leaf in select(&LEAVES[..])) {
        let mut body = leaf.to_owned();
        for level in 0..depth {
            let name = names[level % names.len()];
            body = if level % 2 == 0 { format!("[{body},{body}]") } else { format!("{{\"{name}\":{body}}}") };
            if body.len() > 4_096 {
                break;
            }
        }
        check(&body.into(), Some(JSON), None);
    }
}

/// The most memory that this process has taken since it was last asked, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}

/// A message with a field that holds the bytes.
fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let mut written = vec![number << 3 | 2];
    prost::encoding::encode_varint(content.len() as u64, &mut written);
    written.extend_from_slice(content);
    written
}

/// A request with this in its one span or metric.
fn around(item: &[u8]) -> Vec<u8> {
    field(1, &field(2, &field(2, item)))
}

#[test]
fn what_is_small_on_the_wire_and_large_in_memory_is_refused_before_it_is_made() {
    let empty = |number: u8, count: usize| field(number, &[]).repeat(count);
    let many = MAX_BODY / 2 - 64;
    let expanding = "[1],".repeat(MAX_BODY / 4 - 64);
    let bodies: Vec<(&str, &str, Vec<u8>)> = vec![
        ("resources", PROTOBUF, empty(1, many)),
        ("scopes", PROTOBUF, field(1, &empty(2, many))),
        ("items", PROTOBUF, field(1, &field(2, &empty(2, many)))),
        ("attributes of a span", PROTOBUF, around(&empty(9, many))),
        ("attributes of a log record", PROTOBUF, around(&empty(6, many))),
        ("events", PROTOBUF, around(&empty(11, many))),
        ("links", PROTOBUF, around(&empty(13, many))),
        ("data points", PROTOBUF, around(&field(5, &empty(1, many)))),
        ("exemplars", PROTOBUF, around(&field(5, &field(1, &empty(5, many))))),
        ("values", PROTOBUF, around(&field(9, &field(2, &field(5, &empty(1, many)))))),
        ("resources", JSON, format!("{{\"resourceSpans\":[{}{{}}]}}", "{},".repeat(MAX_BODY / 3 - 64)).into_bytes()),
        ("an array", JSON, format!("{{\"x\":[{expanding}1]}}").into_bytes()),
        (
            "spans",
            JSON,
            format!("{{\"resourceSpans\":[{{\"scopeSpans\":[{{\"spans\":[{expanding}1]}}]}}]}}").into_bytes(),
        ),
    ];
    for (what, content_type, body) in bodies {
        assert!(body.len() <= MAX_BODY, "{what}: {}", body.len());
        let before = peak();
        let statuses = check(&body.clone().into(), Some(content_type), None);
        // Four times as much, as long as it may be when it is compressed.
        let long = if content_type == PROTOBUF { body.repeat(4) } else { body.clone() };
        check(&gzip(&long).into(), Some(content_type), Some("gzip"));
        let taken = peak().saturating_sub(before);
        assert!(taken < MEMORY, "{what} in {content_type} takes {taken} bytes");
        assert!(statuses.contains(&413), "{what} in {content_type}: {statuses:?}");
    }
}

#[test]
fn bombs_are_refused_before_they_go_off() {
    let before = peak();
    let zeros = gzip(&vec![0; 64 << 20]);
    let nested = gzip(&gzip(&vec![b' '; 64 << 20]));
    let made = peak().saturating_sub(before);
    for bomb in [zeros, nested] {
        for content_type in [JSON, PROTOBUF] {
            let statuses = check(&bomb.clone().into(), Some(content_type), Some("gzip"));
            assert!(statuses.iter().all(|status| *status == 413), "{statuses:?}");
        }
    }
    let taken = peak();
    assert!(taken < before + MEMORY, "{taken} bytes, after {made} for making them");
}
