//! What is recorded of every event that there is: name, kind, attributes, and how it ended.

mod attributes;

use std::{collections::BTreeSet, time::Instant};

use app::protocol::catalog;
use opentelemetry::trace::{SpanKind, Status};
use opentelemetry_sdk::trace::SpanData;
use serde_json::{Value, json};

use self::attributes::{ALWAYS, CONNECTED, TOLD};
use crate::support::{Answered, Client, Packet, Recorder, Scene, TestServer, attribute};

/// An event, and what is expected of its span.
struct Case {
    event: &'static str,
    /// The named response, where there is one.
    answered: Option<&'static str>,
    /// The event that carries a refusal, where there is one.
    refused: Option<&'static str>,
    /// What is recorded of what it makes, beside what it names.
    made: &'static [&'static str],
    /// The kind of its span when nobody asks for an ack.
    kind: SpanKind,
}

/// A request that is answered.
const fn asked(event: &'static str, answered: &'static str) -> Case {
    Case { event, answered: Some(answered), refused: None, made: &[], kind: SpanKind::Server }
}

/// One that may be refused by name, too.
const fn of_terminal(event: &'static str, answered: &'static str) -> Case {
    Case { refused: Some("terminal:error"), ..asked(event, answered) }
}

/// One that nobody waits for.
const fn told(event: &'static str) -> Case {
    Case { answered: None, kind: SpanKind::Consumer, ..asked(event, "") }
}

const TERMINAL: &str = "socketio.terminal_id";
const PLACE: &[&str] = &[TERMINAL, "socketio.tab_id", "socketio.pane_id"];

const CASES: &[Case] = &[
    asked("session:init", "session:ready"),
    asked("session:end", "session:ended"),
    Case { made: PLACE, ..of_terminal("terminal:create", "terminal:created") },
    of_terminal("terminal:attach", "terminal:attached"),
    of_terminal("terminal:detach", "terminal:detached"),
    of_terminal("terminal:input", "terminal:input_response"),
    of_terminal("terminal:resize", "terminal:resized"),
    of_terminal("terminal:close", "terminal:closed"),
    told("terminal:ack"),
    Case { made: PLACE, ..of_terminal("create_terminal", "terminal_ready") },
    Case { made: &[TERMINAL], refused: Some("terminal:error"), ..told("terminal_input") },
    Case { made: &[TERMINAL], refused: Some("terminal:error"), ..told("terminal_resize") },
    asked("workspace_sync_request", "workspace:sync_response"),
    asked("session_create", "session:created"),
    asked("session_join", "session:joined"),
    asked("session_leave", "session:left"),
    asked("session_update", "session:updated"),
    asked("session_delete", "session:deleted"),
    asked("member_set_role", "user:updated"),
    asked("member_remove", "user:left"),
    asked("join_decide", "join:decided"),
    asked("tab_create", "tab:created"),
    asked("tab_switch", "tab:switched"),
    asked("tab_close", "tab:closed"),
    asked("tab_rename", "tab:updated"),
    asked("tab_move", "tab:updated"),
    asked("pane_split", "pane:created"),
    asked("pane_resize", "pane:updated"),
    asked("pane_zoom", "pane:updated"),
    asked("pane_arrange", "pane:updated"),
    asked("pane_focus", "user:focused"),
    asked("pane_close", "pane:closed"),
    asked("share_create", "share:created"),
    asked("share_list", "share:list"),
    asked("share_revoke", "share:revoked"),
    asked("session_message_send", "session:message"),
    asked("chat_message", "chat_message"),
    asked("message_list", "message:list"),
    asked("message_read", "message:read"),
    asked("ai_chat_message", "ai_chat_accepted"),
    asked("ai_chat_cancel", "ai_chat_complete"),
    asked("ai_terminal_analysis", "ai_analysis_accepted"),
    asked("ai_get_info", "ai_info_response"),
    asked("admin_pause_terminal", "admin_pause_terminal"),
    asked("admin_resume_terminal", "admin_resume_terminal"),
    asked("admin_suppress_output", "admin_suppress_output"),
    asked("command_approval", "command_approval"),
];

/// It measures, and is never recorded.
const NEVER: &str = "clock:probe";

/// The events by which a request is granted and refused.
pub fn answers(request: &str) -> (Option<&'static str>, Option<&'static str>) {
    if request == NEVER {
        return (Some("clock:probed"), None);
    }
    let case = CASES.iter().find(|case| case.event == request).unwrap_or_else(|| panic!("{request} is new"));
    (case.answered, case.refused)
}

/// How an event is sent.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Sent {
    Asking,
    Telling,
    /// With text where an object belongs.
    Wrongly,
}

/// One window, and everything that is recorded on its behalf.
struct Recorded {
    recorder: Recorder,
    scene: Scene,
}

impl Recorded {
    async fn set() -> Self {
        let recorder = Recorder::start();
        Self { recorder, scene: Scene::set().await }
    }

    /// Sends an event under a span of that number, and returns the server's span.
    async fn play(&mut self, event: &str, name: &str, mut payload: Value, sent: Sent, number: u64) -> SpanData {
        let envelope = json!({"_requestId": format!("req_{number}"), "_trace": {"b3": b3(number)}});
        for (field, value) in envelope.as_object().unwrap() {
            payload[field] = value.clone();
        }
        let client = &mut self.scene.client;
        match sent {
            Sent::Asking => drop(client.request(event, &[payload], &[]).await),
            Sent::Telling => client.emit(event, payload).await,
            Sent::Wrongly => drop(client.request(event, &[json!("no object"), envelope], &[]).await),
        }
        self.recorder.span_if(name, |span| span.parent_span_id.to_string() == format!("{number:016x}")).await
    }
}

fn b3(number: u64) -> String {
    format!("{number:032x}-{number:016x}-1")
}

/// The names of a span's attributes.
fn keys(span: &SpanData) -> BTreeSet<&str> {
    span.attributes.iter().map(|pair| pair.key.as_str()).collect()
}

#[track_caller]
fn check(span: &SpanData, expected: &[(&str, &str)]) {
    for (name, value) in expected {
        assert_eq!(attribute(span, name).as_deref(), Some(*value), "{name} of {}", span.name);
    }
}

#[test]
fn every_event_of_the_catalogue_has_a_case() {
    let cases: BTreeSet<_> = CASES.iter().map(|case| case.event).chain([NEVER]).collect();
    assert_eq!(cases, catalog::REQUESTS.iter().copied().collect());
}

/// What is recorded of the ids that a payload names.
fn named(payload: &Value) -> impl Iterator<Item = &'static str> {
    let fields = [("terminalId", TERMINAL), ("tabId", "socketio.tab_id"), ("paneId", "socketio.pane_id")];
    let is_there = |payload: &Value, field: &str| payload[field].is_string();
    fields.into_iter().filter(move |(field, _)| is_there(payload, field)).map(|(_, name)| name)
}

#[tokio::test]
async fn every_event_that_succeeds_is_recorded_with_what_it_is_about() {
    for (number, case) in (1..).zip(CASES) {
        for (sent, kind) in [(Sent::Asking, SpanKind::Server), (Sent::Telling, case.kind.clone())] {
            let mut recorded = Recorded::set().await;
            let (payload, answered) = recorded.scene.payload(case.event);
            let name = format!("socketio.{}", case.event);
            let span = recorded.play(case.event, &name, payload.clone(), sent, number).await;
            assert_eq!(&span.span_kind, &kind, "{name} {sent:?}");
            assert_eq!(span.span_context.trace_id().to_string(), format!("{number:032x}"));
            let (request_id, ack) = (format!("req_{number}"), (sent == Sent::Asking).to_string());
            check(
                &span,
                &[
                    ("socketio.event", case.event),
                    ("messaging.destination.template", case.event),
                    ("socketio.direction", "inbound"),
                    ("socketio.request_id", &request_id),
                    ("messaging.message.conversation_id", &request_id),
                    ("socketio.namespace", "/"),
                    ("socketio.ack", &ack),
                    ("messaging.system", "socket.io"),
                    ("messaging.operation.type", "process"),
                    ("network.protocol.name", "websocket"),
                ],
            );
            let transport = attribute(&span, "socketio.client_id").unwrap();
            assert!(transport.starts_with("c_"), "the transport's own id is told to nobody: {transport}");
            let Answered::Yes = answered else {
                check(&span, &[("socketio.success", "false")]);
                continue;
            };
            check(&span, &[("socketio.success", "true")]);
            assert_eq!(span.status, Status::Ok, "{name} {sent:?}");
            assert_eq!(attribute(&span, "socketio.response_event").as_deref(), case.answered, "{name}");
            let response = case.answered.map(|_| "socketio.response_event");
            let about = named(&payload).chain(case.made.iter().copied());
            let expected: BTreeSet<_> = ALWAYS.into_iter().chain(about).chain(response).collect();
            assert_eq!(keys(&span), expected, "{name}");
        }
    }
}

#[tokio::test]
async fn every_event_that_is_refused_ends_in_error_with_the_reason() {
    let mut recorded = Recorded::set().await;
    for (number, case) in (1..).zip(CASES) {
        let name = format!("socketio.{}", case.event);
        let span = recorded.play(case.event, &name, json!({}), Sent::Wrongly, number).await;
        let Status::Error { description } = &span.status else { panic!("{name}: {:?}", span.status) };
        assert_eq!(span.span_kind, SpanKind::Server);
        check(
            &span,
            &[("socketio.success", "false"), ("error.type", "invalid_payload"), ("socketio.error", description)],
        );
        assert_eq!(attribute(&span, "socketio.response_event").as_deref(), case.refused, "{name}");
        let response = case.refused.map(|_| "socketio.response_event");
        let expected = ALWAYS.iter().copied().chain(["error.type", "socketio.error"]).chain(response).collect();
        assert_eq!(keys(&span), expected, "{name}");
    }
}

#[tokio::test]
async fn an_event_that_nobody_knows_is_recorded_under_the_name_of_all_such() {
    let mut recorded = Recorded::set().await;
    for (number, event) in (1..).zip(["made:up", "workspace_sync", "terminal:input:7"]) {
        let span = recorded.play(event, "socketio._OTHER", json!({}), Sent::Asking, number).await;
        assert!(matches!(span.status, Status::Error { .. }));
        check(&span, &[("error.type", "unknown_event"), ("socketio.event", "_OTHER"), ("socketio.success", "false")]);
        assert!(!format!("{span:?}").contains(event), "a name that anybody can make up is in no span");
    }
}

#[tokio::test]
async fn a_probe_of_the_clock_is_never_recorded() {
    let mut recorded = Recorded::set().await;
    recorded.scene.client.ask(NEVER, json!({"_trace": {"b3": b3(7)}})).await;
    recorded.play("session:init", "socketio.session:init", json!({}), Sent::Asking, 8).await;
    assert!(!recorded.recorder.names().iter().any(|name| name.contains(NEVER)));
}

#[tokio::test]
async fn of_a_key_that_repeats_twenty_a_second_are_recorded_and_all_are_counted() {
    let Recorded { recorder, mut scene } = Recorded::set().await;
    let began = Instant::now();
    let key = json!({"terminalId": scene.terminal, "data": "l", "_trace": {"b3": b3(7)}});
    let last = scene.client.burst("terminal:input", &key, 30).await;
    scene.client.ack(last).await;
    let seconds = usize::try_from(began.elapsed().as_secs()).unwrap() + 1;
    let names = recorder.names();
    for name in ["socketio.terminal:input", "pty.write"] {
        let recorded = names.iter().filter(|there| *there == name).count();
        assert!((19..=20 * seconds).contains(&recorded), "{recorded} of {name}");
    }
    scene.server.check_counted("terminal:input", (30, 0)).await;
}

#[tokio::test]
async fn what_others_are_told_is_a_producers_span_that_counts_them() {
    let Recorded { recorder, scene } = Recorded::set().await;
    let mut other = Client::connect(&scene.server).await;
    other.ask("terminal:attach", json!({"terminalId": scene.terminal})).await;
    let mut third = Client::connect(&scene.server).await;
    third.ask("terminal:attach", json!({"terminalId": scene.terminal})).await;
    // The other one types and leads; what comes of it is under its own spans.
    other.ask("terminal:input", json!({"terminalId": scene.terminal, "data": "l", "_trace": {"b3": b3(1)}})).await;
    other
        .ask("terminal:resize", json!({"terminalId": scene.terminal, "cols": 90, "rows": 30, "_trace": {"b3": b3(2)}}))
        .await;
    third.event("terminal:resized").await;
    other.ask("terminal:close", json!({"terminalId": scene.terminal, "_trace": {"b3": b3(3)}})).await;
    for (number, cause, event, told) in [
        (1, "terminal:input", "terminal:leader", "3"),
        (2, "terminal:resize", "terminal:resized", "2"),
        (3, "terminal:close", "terminal:closed", "2"),
    ] {
        let cause = recorder.span(&format!("socketio.{cause}")).await;
        let span = recorder.span(&format!("socketio.emit.{event}")).await;
        assert_eq!((&span.span_kind, span.parent_span_id), (&SpanKind::Producer, cause.span_context.span_id()));
        assert_eq!(span.span_context.trace_id().to_string(), format!("{number:032x}"));
        check(
            &span,
            &[
                ("socketio.event", event),
                ("socketio.direction", "outbound"),
                ("socketio.namespace", "/"),
                ("socketio.ack", "false"),
                ("socketio.terminal_id", &scene.terminal),
                ("messaging.system", "socket.io"),
                ("messaging.operation.type", "send"),
                ("messaging.destination.template", event),
                ("messaging.batch.message_count", told),
                ("network.protocol.name", "websocket"),
            ],
        );
        assert_eq!(keys(&span), BTreeSet::from(TOLD));
    }
}

#[tokio::test]
async fn a_connection_that_is_refused_ends_in_error() {
    let recorder = Recorder::start();
    let server = TestServer::start().await;
    let mut client = Client::knock(&server, None, &json!({"_trace": {"b3": b3(7)}})).await;
    assert!(matches!(client.next().await, Some(Packet::Refused { .. })));
    let span = recorder.span("socketio.connect").await;
    assert!(matches!(span.status, Status::Error { .. }), "{:?}", span.status);
    assert_eq!((span.span_kind.clone(), span.parent_span_id.to_string()), (SpanKind::Server, format!("{:016x}", 7)));
    check(
        &span,
        &[
            ("error.type", "unauthenticated"),
            ("socketio.success", "false"),
            ("socketio.response_event", "connect_error"),
            ("network.protocol.name", "websocket"),
        ],
    );
}

#[tokio::test]
async fn a_connection_and_its_end_say_whose_they_are() {
    let recorder = Recorder::start();
    let server = TestServer::start().await;
    drop(Client::connect(&server).await);
    let disconnect = recorder.span("socketio.disconnect").await;
    let connect = recorder.span("socketio.connect").await;
    assert_eq!((&connect.span_kind, &disconnect.span_kind), (&SpanKind::Server, &SpanKind::Internal));
    check(&connect, &[("socketio.success", "true"), ("socketio.response_event", "connect")]);
    check(&disconnect, &[("socketio.success", "true"), ("network.protocol.name", "websocket")]);
    for (span, own) in [(&connect, "socketio.response_event"), (&disconnect, "socketio.disconnect_reason")] {
        assert_eq!(keys(span), CONNECTED.into_iter().chain([own]).collect(), "{}", span.name);
    }
    for name in ["socketio.client_id", "socketio.session_id", "session.id"] {
        assert!(attribute(&connect, name).is_some_and(|value| attribute(&disconnect, name) == Some(value)), "{name}");
    }
    assert_eq!(disconnect.links.iter().next().unwrap().span_context.span_id(), connect.span_context.span_id());
}
