use app::tracking::TraceStatus;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::Status;

use super::*;
use crate::telemetry::record::attribute;

const SECOND: u64 = 1_000_000_000;

fn source(service: &str) -> Arc<Source> {
    let resource = Resource { attributes: vec![attribute("service.name", service)], ..Resource::default() };
    Arc::new(Source {
        resource: Some(resource),
        resource_schema: String::new(),
        scope: None,
        scope_schema: String::new(),
    })
}

/// A root span of trace `trace` that began at second `trace` and took `millis`.
fn span(trace: u8, id: u8, millis: u64) -> Span {
    let start = u64::from(trace) * SECOND;
    Span {
        trace_id: vec![trace; 16],
        span_id: vec![id; 8],
        name: format!("span {id}"),
        start_time_unix_nano: start,
        end_time_unix_nano: start + millis * 1_000_000,
        ..Span::default()
    }
}

fn record(service: &str, span: &Span) -> Record {
    Record { source: source(service), item: span.encode_to_vec().into(), weight: 1 }
}

fn store(spans: impl IntoIterator<Item = Span>) -> TraceStore {
    let mut store = TraceStore::new(BUDGET);
    for span in spans {
        store.insert(&record("backend", &span)).expect("the span has ids");
    }
    store
}

fn id(trace: u8) -> TraceId {
    TraceId::from_bytes([trace; 16]).unwrap()
}

/// Lists with a query and compares the numbers of the traces.
fn check(store: &TraceStore, query: &[(&str, &str)], expected: &[u8]) {
    let (rows, _) = store.list(&TraceFilter::from_query(query.iter().copied()).unwrap());
    let traces: Vec<u8> = rows.iter().map(|row| row.trace_id.to_bytes()[0]).collect();
    assert_eq!(traces, expected, "{query:?}");
}

#[test]
fn a_row_sums_up_browser_and_server() {
    let mut server = span(1, 2, 30);
    server.parent_span_id = vec![1; 8];
    server.start_time_unix_nano += 5_000_000;
    server.attributes = vec![
        attribute("socketio.event", "terminal:create"),
        attribute("socketio.terminal_id", "t_1"),
        attribute("socketio.session_id", "s_1"),
    ];
    let mut store = TraceStore::new(BUDGET);
    store.insert(&record("aetherterm-backend", &server));
    assert_eq!(store.row(id(1)).unwrap().name, "span 2");
    store.insert(&record("aetherterm-frontend", &span(1, 1, 40)));

    let row = store.row(id(1)).unwrap();
    assert_eq!((row.name.as_str(), row.spans, row.status), ("span 1", 2, TraceStatus::Ok));
    assert_eq!((row.start_time.to_string().as_str(), row.duration_ms), ("1970-01-01T00:00:01.000000Z", 40.0));
    assert_eq!(row.services, ["aetherterm-backend", "aetherterm-frontend"]);
    assert_eq!(row.event.as_deref(), Some("terminal:create"));
    assert_eq!((row.terminal_id.as_deref(), row.session_id.as_deref()), (Some("t_1"), Some("s_1")));
}

#[test]
fn a_failed_span_marks_the_trace_and_a_timeout_marks_it_so() {
    let failed = |trace, id, error: &str| Span {
        status: Some(Status { code: 2, message: String::new() }),
        attributes: vec![attribute("error.type", error)],
        ..span(trace, id, 1)
    };
    let store = store([failed(1, 1, "not_found"), span(1, 2, 1), failed(2, 1, "timeout"), failed(2, 2, "not_found")]);
    assert_eq!(store.row(id(1)).unwrap().status, TraceStatus::Error);
    assert_eq!(store.row(id(2)).unwrap().status, TraceStatus::Timeout);
}

#[test]
fn the_oldest_trace_leaves_first_and_whole() {
    let one = span(1, 1, 1).encode_to_vec().len() + OVERHEAD;
    let of_source = source("backend").encoded_len() + OVERHEAD;
    let mut store = TraceStore::new(3 * one + of_source);
    for span in [span(1, 1, 1), span(2, 1, 1), span(1, 2, 1), span(3, 1, 1)] {
        store.insert(&record("backend", &span));
    }
    check(&store, &[], &[3, 2]);
    assert_eq!(store.trace(id(1)), None);
    assert_eq!(store.bytes, 2 * one);
}

#[test]
fn the_same_span_twice_is_kept_once() {
    let store = store([span(1, 1, 1), span(1, 1, 1)]);
    assert_eq!(store.row(id(1)).unwrap().spans, 1);
    let single = {
        let mut store = TraceStore::new(BUDGET);
        store.insert(&record("backend", &span(1, 1, 1)));
        store.bytes
    };
    assert!(store.bytes <= single, "{} bytes for one span of {single}", store.bytes);
}

#[test]
fn a_source_takes_its_room_once_however_many_batches_repeat_it() {
    let mut store = TraceStore::new(BUDGET);
    let long = "x".repeat(10_000);
    for id in 1..=100 {
        store.insert(&record(&long, &span(1, id, 1)));
    }
    assert!((10_000..40_000).contains(&store.bytes), "{}", store.bytes);

    for number in 0..2 * MAX_SOURCES {
        store.insert(&record(&format!("{long}{number}"), &span(2, number as u8 + 1, 1)));
    }
    assert!(store.bytes > 2 * MAX_SOURCES * 10_000, "{}", store.bytes);
    assert_eq!(store.sources.len(), MAX_SOURCES);
}

#[test]
fn a_trace_is_returned_as_it_was_received() {
    let mut store = TraceStore::new(BUDGET);
    store.insert(&record("backend", &span(1, 1, 1)));
    store.insert(&record("frontend", &span(1, 2, 2)));
    let batch = store.trace(id(1)).unwrap();
    assert_eq!(batch.len(), 2);
    assert_eq!(batch[1].resource, source("frontend").resource);
    assert_eq!(batch[1].scope_spans[0].spans, [span(1, 2, 2)]);
    assert_eq!(store.trace(id(9)), None);
}

#[test]
fn a_span_without_ids_has_no_trace() {
    let mut store = TraceStore::new(BUDGET);
    assert_eq!(store.insert(&record("backend", &Span { trace_id: vec![0; 16], ..span(1, 1, 1) })), None);
    assert_eq!(store.insert(&record("backend", &Span { span_id: vec![1; 7], ..span(1, 1, 1) })), None);
}

#[test]
fn every_filter_narrows_the_list() {
    let about = |trace, event: &str, session: &str| Span {
        attributes: vec![attribute("socketio.event", event), attribute("socketio.session_id", session)],
        ..span(trace, 1, u64::from(trace) * 10)
    };
    let failed = Span { status: Some(Status { code: 2, message: String::new() }), ..about(3, "terminal:input", "s_b") };
    let store = store([about(1, "terminal:create", "s_a"), about(2, "terminal:input", "s_a"), failed]);
    check(&store, &[], &[3, 2, 1]);
    check(&store, &[("event", "terminal:input")], &[3, 2]);
    check(&store, &[("status", "error")], &[3]);
    check(&store, &[("status", "ok"), ("event", "terminal:input")], &[2]);
    check(&store, &[("minDurationMs", "20")], &[3, 2]);
    check(&store, &[("session", "s_a")], &[2, 1]);
    check(&store, &[("text", "CREATE")], &[1]);
    check(&store, &[("text", "0202")], &[2]);
    check(&store, &[("since", "1970-01-01T00:00:02Z")], &[3, 2]);
    check(&store, &[("limit", "1")], &[3]);
    check(&store, &[("event", ""), ("unknown", "x")], &[3, 2, 1]);
}

#[test]
fn the_cursor_continues_where_the_page_ended_whatever_arrives_meanwhile() {
    let mut store = store((1..=5).map(|trace| span(trace, 1, 1)));
    let first = TraceFilter { limit: 2, ..TraceFilter::default() };
    let (rows, cursor) = store.list(&first);
    assert_eq!((rows.len(), rows[1].trace_id, cursor), (2, id(4), Some(3)));

    store.insert(&record("backend", &span(6, 1, 1)));
    let (rows, cursor) = store.list(&TraceFilter { cursor, limit: 10, ..first });
    assert_eq!(rows.iter().map(|row| row.trace_id).collect::<Vec<_>>(), [id(3), id(2), id(1)]);
    assert_eq!(cursor, None);
}

#[test]
fn a_parameter_that_cannot_be_understood_is_named() {
    for (parameter, value) in
        [("status", "fine"), ("minDurationMs", "long"), ("since", "yesterday"), ("limit", "-1"), ("cursor", "x")]
    {
        let error = TraceFilter::from_query([(parameter, value)]).unwrap_err().to_string();
        assert!(error.contains(parameter) && error.contains(value), "{error}");
    }
}
