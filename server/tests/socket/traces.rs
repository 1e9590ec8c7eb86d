//! A request's span continues the client's trace, and the trace comes back with the answer.

use opentelemetry::trace::{SpanId, SpanKind, Status};
use serde_json::{Value, json};

use crate::support::{Client, Recorder, TestServer, attribute};

const TRACE: &str = "80f198ee56343ba864fe8b2a57d3eff7";
const SPAN: &str = "e457b5a2e4d86bd1";

fn traced(mut payload: Value) -> Value {
    payload["_requestId"] = json!("req_1");
    payload["_trace"] = json!({"b3": format!("{TRACE}-{SPAN}-1")});
    payload
}

#[tokio::test]
async fn the_server_span_is_a_child_of_the_emit_span() {
    let recorder = Recorder::start();
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    client.request("terminal:create", &[traced(json!({"cols": 80, "rows": 24}))], &[]).await;
    let created = client.event("terminal:created").await;

    let span = recorder.span("socketio.terminal:create").await;
    assert_eq!(
        (span.span_context.trace_id().to_string(), span.parent_span_id.to_string()),
        (TRACE.into(), SPAN.into())
    );
    assert_eq!((&span.span_kind, &span.status), (&SpanKind::Server, &Status::Ok));
    for (name, value) in [
        ("socketio.event", "terminal:create"),
        ("socketio.direction", "inbound"),
        ("socketio.request_id", "req_1"),
        ("socketio.ack", "true"),
        ("socketio.success", "true"),
        ("socketio.response_event", "terminal:created"),
        ("network.protocol.name", "websocket"),
        ("messaging.system", "socket.io"),
    ] {
        assert_eq!(attribute(&span, name).as_deref(), Some(value), "{name}");
    }
    let answer = format!("{TRACE}-{}-1", span.span_context.span_id());
    assert_eq!(created["_trace"], json!({"b3": answer}), "the answer carries the server's span");
    let spawn = recorder.span("terminal.spawn").await;
    assert_eq!(spawn.parent_span_id, span.span_context.span_id());
}

#[tokio::test]
async fn the_first_output_after_a_keystroke_carries_the_span_of_its_write() {
    let recorder = Recorder::start();
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    let terminal = client.open_terminal().await;
    client.ask("terminal:input", traced(json!({"terminalId": terminal, "data": "l"}))).await;
    let output = client.output().await;
    let input = recorder.span("socketio.terminal:input").await;
    let write = recorder.span("pty.write").await;
    assert_eq!(write.parent_span_id, input.span_context.span_id());
    assert_eq!(output.trace, Some(format!("{TRACE}-{}-1", write.span_context.span_id())));
    assert_eq!(attribute(&input, "socketio.terminal_id"), Some(terminal));
}

#[tokio::test]
async fn a_refused_request_is_an_error_and_never_a_success() {
    let recorder = Recorder::start();
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    client.ask("terminal:attach", traced(json!({"terminalId": "t1"}))).await;
    let span = recorder.span("socketio.terminal:attach").await;
    assert!(matches!(span.status, Status::Error { .. }), "{:?}", span.status);
    assert_eq!(attribute(&span, "socketio.success").as_deref(), Some("false"));
    assert_eq!(attribute(&span, "error.type").as_deref(), Some("not_found"));
    assert_eq!(attribute(&span, "socketio.response_event").as_deref(), Some("terminal:error"));
    assert_eq!(attribute(&span, "socketio.terminal_id"), None, "it is not an id of ours");
}

#[tokio::test]
async fn what_expects_no_answer_is_consumed() {
    let recorder = Recorder::start();
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    let terminal = client.open_terminal().await;
    client.emit("terminal:ack", traced(json!({"terminalId": terminal, "seq": 0}))).await;
    assert_eq!(recorder.span("socketio.terminal:ack").await.span_kind, SpanKind::Consumer);
}

#[tokio::test]
async fn a_bad_context_refuses_nothing_and_is_counted() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    for trace in [json!("80f198ee"), json!({"b3": "nonsense"}), json!(7)] {
        assert_eq!(client.ask("session:init", json!({"_trace": trace})).await["ok"], true);
    }
    assert_eq!(server.sockets.tracker_view().metrics.custom.get("socketio.invalid_context"), Some(&3.0));
}

#[tokio::test]
async fn connecting_continues_the_trace_of_the_handshake_and_leaving_links_to_it() {
    let recorder = Recorder::start();
    let server = TestServer::start().await;
    let auth = json!({"_trace": {"b3": format!("{TRACE}-{SPAN}-1")}});
    let mut client = Client::knock(&server, Some("ada"), &auth).await;
    client.next().await;
    let connect = recorder.span("socketio.connect").await;
    assert_eq!(
        (connect.span_context.trace_id().to_string(), connect.parent_span_id.to_string()),
        (TRACE.into(), SPAN.into())
    );
    drop(client);
    let disconnect = recorder.span("socketio.disconnect").await;
    assert_eq!(disconnect.links.iter().next().unwrap().span_context.span_id(), connect.span_context.span_id());
    assert_ne!(disconnect.span_context.trace_id(), connect.span_context.trace_id());
}

/// Who leads in a terminal, who watches it, and its id.
async fn two_viewers(server: &TestServer) -> (Client, Client, String) {
    let mut first = Client::connect(server).await;
    let mut second = Client::connect(server).await;
    let terminal = first.open_terminal().await;
    second.ask("terminal:attach", json!({"terminalId": terminal, "fromSeq": 0})).await;
    (first, second, terminal)
}

#[tokio::test]
async fn what_others_are_told_carries_the_span_of_its_telling() {
    let recorder = Recorder::start();
    let server = TestServer::start().await;
    let (mut first, mut second, terminal) = two_viewers(&server).await;
    second.ask("terminal:input", traced(json!({"terminalId": terminal, "data": "l"}))).await;
    let leader = first.event("terminal:leader").await;
    let input = recorder.span("socketio.terminal:input").await;
    let emit = recorder.span("socketio.emit.terminal:leader").await;
    assert_eq!((emit.span_kind, emit.parent_span_id), (SpanKind::Producer, input.span_context.span_id()));
    assert_eq!(leader["_trace"], json!({"b3": format!("{TRACE}-{}-1", emit.span_context.span_id())}));
    assert_eq!(leader["_requestId"], Value::Null);
}

#[tokio::test]
async fn what_a_program_says_by_itself_is_a_trace_of_its_own() {
    let recorder = Recorder::start();
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    let terminal = client.open_terminal().await;
    client.type_into(&terminal, "\x1b]2;a title\x07\x07").await;
    for event in ["terminal:title", "terminal:bell"] {
        let notice = client.event(event).await;
        let emit = recorder.span(&format!("socketio.emit.{event}")).await;
        assert_eq!((&emit.span_kind, emit.parent_span_id), (&SpanKind::Producer, SpanId::INVALID), "{event}");
        assert_eq!(attribute(&emit, "socketio.terminal_id"), Some(terminal.clone()));
        assert_eq!(attribute(&emit, "messaging.batch.message_count").as_deref(), Some("1"));
        let context = &emit.span_context;
        assert_eq!(notice["_trace"], json!({"b3": format!("{}-{}-1", context.trace_id(), context.span_id())}));
    }
}

#[tokio::test]
async fn who_comes_later_hears_the_title_in_the_trace_of_their_coming() {
    let recorder = Recorder::start();
    let server = TestServer::start().await;
    let mut first = Client::connect(&server).await;
    let terminal = first.open_terminal().await;
    first.type_into(&terminal, "\x1b]2;a title\x07").await;
    first.event("terminal:title").await;
    let mut second = Client::connect(&server).await;
    let client_id = second.granted("session:init", json!({})).await["clientId"].as_str().map(str::to_owned);
    second.ask("terminal:attach", traced(json!({"terminalId": terminal}))).await;
    let title = second.event("terminal:title").await;
    let attach = recorder.span("socketio.terminal:attach").await;
    let name = "socketio.emit.terminal:title";
    let emit = recorder.span_if(name, |span| span.parent_span_id == attach.span_context.span_id()).await;
    assert_eq!(attribute(&emit, "socketio.terminal_id"), Some(terminal));
    assert!(client_id.is_some());
    assert_eq!(attribute(&emit, "socketio.client_id"), client_id);
    assert_eq!(title["_trace"], json!({"b3": format!("{TRACE}-{}-1", emit.span_context.span_id())}));
}

#[tokio::test]
async fn what_is_told_of_a_command_is_in_the_trace_of_the_command() {
    let recorder = Recorder::start();
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    let terminal = client.open_terminal().await;
    let given = format!("\x1b]633;P;Traceparent=00-{TRACE}-{SPAN}-01\x07");
    let marks = format!("\x1b]133;A\x07$ \x1b]133;B\x07{given}\x1b]133;C;cmdline_url=make\x07");
    client.type_into(&terminal, &marks).await;
    let started = client.event("terminal:command").await;
    assert_eq!(started["running"], true);
    let emit = recorder.span("socketio.emit.terminal:command").await;
    assert_eq!(emit.parent_span_id.to_string(), SPAN);
    assert_eq!(started["_trace"], json!({"b3": format!("{TRACE}-{}-1", emit.span_context.span_id())}));
}

#[tokio::test]
async fn a_keystroke_that_is_not_recorded_has_no_span_and_passes_that_on() {
    let recorder = Recorder::start();
    let server = TestServer::start().await;
    let (mut first, mut second, terminal) = two_viewers(&server).await;
    let mut typed = traced(json!({"terminalId": terminal, "data": "l"}));
    typed["_trace"] = json!({"b3": format!("{TRACE}-{SPAN}-0")});
    second.ask("terminal:input", typed).await;
    let leader = first.event("terminal:leader").await;
    let b3 = leader["_trace"]["b3"].as_str().unwrap();
    assert!(b3.starts_with(TRACE) && b3.ends_with("-0") && !b3.contains(SPAN), "{b3}");
    assert_eq!(first.outputs(1).await, b"l");
    let names = recorder.names();
    for name in ["socketio.terminal:input", "pty.write", "socketio.emit.terminal:leader"] {
        assert!(!names.iter().any(|recorded| recorded == name), "{name} in {names:?}");
    }
}
