use app::tracking::TraceStatus;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{Span, Status};

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
    let spans = [span(1, 1, 1), span(2, 1, 1), span(1, 2, 1), span(3, 1, 1)];
    let filled = |budget| {
        let mut store = TraceStore::new(budget);
        for span in &spans {
            store.insert(&record("backend", span));
        }
        store
    };
    let all = filled(BUDGET);
    check(&all, &[], &[3, 2, 1]);
    let store = filled(all.bytes + all.words.bytes() - 1);
    check(&store, &[], &[3, 2]);
    assert_eq!(store.trace(id(1)), None);
    assert_eq!(store.bytes, all.bytes - all.traces[&id(1)].bytes);
}

#[test]
fn what_has_left_leaves_nothing_behind() {
    let mut store = TraceStore::new(0);
    for trace in 1..=100 {
        let failed = Span { attributes: vec![attribute("socketio.event", "terminal:input")], ..span(trace, 1, 1) };
        store.insert(&record("backend", &failed));
    }
    check(&store, &[], &[]);
    assert_eq!((store.bytes, store.words.bytes(), store.by_age.len()), (0, 0, 0));
}

/// What a server records of a key that is typed into a terminal.
fn key(number: u64) -> [Span; 2] {
    let texts = |pairs: &[(&str, &str)]| pairs.iter().map(|(key, value)| attribute(key, value)).collect::<Vec<_>>();
    let trace = u128::from(number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835).to_be_bytes();
    let request = Span {
        trace_id: trace.to_vec(),
        span_id: (2 * number + 1).to_be_bytes().to_vec(),
        parent_span_id: vec![1; 8],
        flags: 769,
        name: "socketio.terminal:input".to_owned(),
        start_time_unix_nano: 1_795_375_472_641_473_864 + number,
        end_time_unix_nano: 1_795_375_472_641_535_159 + number,
        attributes: texts(&[
            ("socketio.event", "terminal:input"),
            ("socketio.direction", "inbound"),
            ("messaging.system", "socket.io"),
            ("messaging.operation.type", "process"),
            ("messaging.destination.template", "terminal:input"),
            ("socketio.client_id", "c_550232703ee468eb"),
            ("socketio.namespace", "/"),
            ("socketio.ack", "false"),
            ("socketio.data_size_bytes", "166"),
            ("network.protocol.name", "websocket"),
            ("service.name", "aetherterm-backend"),
            ("socketio.request_id", &format!("req_1_{number}")),
            ("messaging.message.conversation_id", &format!("req_1_{number}")),
            ("socketio.session_id", "s_c95sryhdzwqjg"),
            ("session.id", "s_c95sryhdzwqjg"),
            ("socketio.terminal_id", "t_c91bwammrs37g"),
            ("socketio.duration_ms", &format!("0.{number}")),
            ("socketio.response_event", "terminal:input_response"),
            ("socketio.success", "true"),
        ]),
        status: Some(Status { code: 1, message: String::new() }),
        ..Span::default()
    };
    let write = Span {
        span_id: (2 * number + 2).to_be_bytes().to_vec(),
        parent_span_id: request.span_id.clone(),
        name: "pty.write".to_owned(),
        attributes: texts(&[("socketio.terminal_id", "t_c91bwammrs37g"), ("socketio.data_size_bytes", "1")]),
        status: None,
        ..request.clone()
    };
    [request, write]
}

#[test]
fn ten_minutes_of_typing_take_less_than_four_megabytes_and_that_is_what_is_counted() {
    fn resident() -> usize {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1_024
    }
    let source = record("backend", &span(1, 1, 1)).source;
    let mut store = TraceStore::new(BUDGET);
    let mut insert = |number| {
        for span in key(number) {
            let record = Record { source: Arc::clone(&source), item: span.encode_to_vec().into(), weight: 1 };
            store.insert(&record).unwrap();
        }
    };
    // What is needed once.
    (0..100).for_each(&mut insert);
    let before = resident();
    (100..3_700).for_each(&mut insert);
    let taken = resident() - before;
    let counted = store.bytes + store.words.bytes();
    assert!(taken < 4_000_000, "{taken} bytes");
    assert!((taken / 4 * 3..=taken * 2).contains(&counted), "{counted} bytes are counted, {taken} are taken");
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
