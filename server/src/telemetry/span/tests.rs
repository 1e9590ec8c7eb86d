use app::trace::Sampling;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span as Received;

use super::*;
use crate::telemetry::tests::collector::Collector;
use crate::telemetry::tests::{parent, start};
use crate::telemetry::{Telemetry, TelemetryConfig};

async fn telemetry() -> (Collector, Telemetry, tracing::subscriber::DefaultGuard) {
    let collector = Collector::start().await;
    let (telemetry, guard) =
        start(&TelemetryConfig { backends: vec![collector.backend()], ..TelemetryConfig::default() });
    (collector, telemetry, guard)
}

/// The attributes by name, as the text that a table can compare.
fn attributes(span: &Received) -> Vec<(&str, String)> {
    let value = |attribute: &KeyValue| match attribute.value.as_ref().and_then(|any| any.value.as_ref()) {
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::BoolValue(flag)) => format!("bool {flag}"),
        Some(Value::IntValue(number)) => format!("int {number}"),
        Some(Value::DoubleValue(number)) => format!("double {number}"),
        other => format!("{other:?}"),
    };
    let mut attributes: Vec<_> = span.attributes.iter().map(|pair| (pair.key.as_str(), value(pair))).collect();
    attributes.sort();
    attributes
}

fn request() -> Request<'static> {
    Request {
        client_id: "c_1",
        request_id: Some("req_1"),
        namespace: "/",
        ack: true,
        data_size: 42,
        protocol: "websocket",
        service: "aetherterm-backend",
    }
}

#[tokio::test]
async fn a_server_span_has_exactly_the_attributes_of_the_conventions() {
    let (collector, _telemetry, _guard) = telemetry().await;
    let span = server_span("terminal:create", true, Extracted::Parent(parent(Sampling::Accept)), Unsampled::Held);
    record_request(&span, &request());
    record_subject(
        &span,
        &Subject { session_id: Some("s_1"), tab_id: Some("b_1"), pane_id: Some("p_1"), terminal_id: Some("t_1") },
    );
    record_outcome(&span, Outcome::Success, Some("terminal:created"), Duration::from_micros(1_500));
    drop(span);

    let (_, span) = collector.span("socketio.terminal:create").await;
    let expected = [
        ("messaging.destination.template", "terminal:create"),
        ("messaging.message.conversation_id", "req_1"),
        ("messaging.operation.type", "process"),
        ("messaging.system", "socket.io"),
        ("network.protocol.name", "websocket"),
        ("service.name", "aetherterm-backend"),
        ("session.id", "s_1"),
        ("socketio.ack", "bool true"),
        ("socketio.client_id", "c_1"),
        ("socketio.data_size_bytes", "int 42"),
        ("socketio.direction", "inbound"),
        ("socketio.duration_ms", "double 1.5"),
        ("socketio.event", "terminal:create"),
        ("socketio.namespace", "/"),
        ("socketio.pane_id", "p_1"),
        ("socketio.request_id", "req_1"),
        ("socketio.response_event", "terminal:created"),
        ("socketio.session_id", "s_1"),
        ("socketio.success", "bool true"),
        ("socketio.tab_id", "b_1"),
        ("socketio.terminal_id", "t_1"),
    ];
    assert_eq!(attributes(&span), expected.map(|(key, value)| (key, value.to_owned())));
    assert_eq!((span.kind, span.status.unwrap().code), (2, 1));
}

#[tokio::test]
async fn a_refused_request_is_an_error_that_says_why() {
    let (collector, _telemetry, _guard) = telemetry().await;
    let span = server_span("terminal:attach", true, Extracted::None, Unsampled::Held);
    let refused = Outcome::Failure { code: "not_found", message: "no such terminal" };
    record_outcome(&span, refused, Some("terminal:error"), Duration::ZERO);
    drop(span);

    let (_, span) = collector.span("socketio.terminal:attach").await;
    let attributes = attributes(&span);
    for (key, value) in [
        ("error.type", "not_found"),
        ("socketio.error", "no such terminal"),
        ("socketio.response_event", "terminal:error"),
        ("socketio.success", "bool false"),
    ] {
        assert!(attributes.contains(&(key, value.to_owned())), "{key} in {attributes:?}");
    }
    let status = span.status.unwrap();
    assert_eq!((status.code, status.message.as_str()), (2, "no such terminal"));
    assert!(span.parent_span_id.is_empty());
}

#[tokio::test]
async fn a_message_without_an_answer_is_consumed() {
    let (collector, _telemetry, _guard) = telemetry().await;
    drop(server_span("terminal:input", false, Extracted::None, Unsampled::Held));
    assert_eq!(collector.span("socketio.terminal:input").await.1.kind, 5);
}

#[tokio::test]
async fn a_notice_is_produced_under_the_handler_and_carries_its_own_context() {
    let (collector, _telemetry, _guard) = telemetry().await;
    let handler = server_span("terminal:create", true, Extracted::Parent(parent(Sampling::Accept)), Unsampled::Held);
    let three = Recipients::all(["c1", "c2", "c3"].map(|id| Recipients::one(id, Some("websocket"))));
    let notice = emit_span("terminal:created", three, cause_of(&handler));
    let carrier = carrier_of(&notice).unwrap();
    record_written(&notice, 42, Duration::from_micros(500));
    drop((notice, handler));

    let (_, handler) = collector.span("socketio.terminal:create").await;
    let (_, notice) = collector.span("socketio.emit.terminal:created").await;
    assert_eq!((notice.kind, &notice.parent_span_id), (4, &handler.span_id));
    let expected = [
        ("messaging.batch.message_count", "int 3"),
        ("messaging.destination.template", "terminal:created"),
        ("messaging.operation.type", "send"),
        ("messaging.system", "socket.io"),
        ("network.protocol.name", "websocket"),
        ("service.name", "aetherterm-backend"),
        ("socketio.ack", "bool false"),
        ("socketio.data_size_bytes", "int 42"),
        ("socketio.direction", "outbound"),
        ("socketio.duration_ms", "double 0.5"),
        ("socketio.event", "terminal:created"),
        ("socketio.namespace", "/"),
        ("socketio.success", "bool true"),
    ];
    assert_eq!(attributes(&notice), expected.map(|(key, value)| (key, value.to_owned())));
    let sent = app::trace::extract(&carrier).parent().unwrap();
    assert_eq!(sent.trace_id.to_bytes().to_vec(), notice.trace_id);
    assert_eq!(sent.span_id.to_bytes().to_vec(), notice.span_id);
    assert_eq!(sent.sampling, Sampling::Accept);
}

#[test]
fn of_several_recipients_is_said_what_is_the_same_of_all() {
    let one = |id, protocol| Recipients::one(id, Some(protocol));
    let both = |first, second| Recipients::all([one("c1", first), one("c2", second)]);
    assert_eq!(Recipients::all([one("c1", "http")]), one("c1", "http"));
    assert_eq!(both("http", "http"), Recipients { count: 2, client_id: None, protocol: Some("http") });
    assert_eq!(both("http", "websocket"), Recipients { count: 2, client_id: None, protocol: None });
    assert_eq!(Recipients::all([]).count(), 0);
}

#[tokio::test]
async fn debug_is_passed_on_as_debug() {
    let (_collector, _telemetry, _guard) = telemetry().await;
    let handler = server_span("terminal:create", true, Extracted::Parent(parent(Sampling::Debug)), Unsampled::Held);
    let notice = emit_span("terminal:created", Recipients::one("c1", None), cause_of(&handler));
    assert!(carrier_of(&notice).unwrap().get("b3").unwrap().ends_with("-d"));
}

#[tokio::test]
async fn a_disconnect_is_linked_to_its_connect() {
    let (collector, _telemetry, _guard) = telemetry().await;
    let connection = Connection { client_id: "c_1", protocol: "websocket", service: "aetherterm-backend" };
    let connect = connect_span(connection, 42, Extracted::Parent(parent(Sampling::Accept)));
    let connected = context_of(&connect);
    drop(connect);
    let disconnect = disconnect_span(connection, "transport close", connected);
    record_outcome(&disconnect, Outcome::Success, None, Duration::from_micros(1_500));
    drop(disconnect);

    let (_, connect) = collector.span("socketio.connect").await;
    let (_, disconnect) = collector.span("socketio.disconnect").await;
    assert_eq!((connect.kind, disconnect.kind), (2, 1));
    assert_eq!(disconnect.status.as_ref().unwrap().code, 1);
    let expected = [
        ("messaging.destination.template", "disconnect"),
        ("messaging.operation.type", "process"),
        ("messaging.system", "socket.io"),
        ("network.protocol.name", "websocket"),
        ("service.name", "aetherterm-backend"),
        ("socketio.ack", "bool false"),
        ("socketio.client_id", "c_1"),
        ("socketio.data_size_bytes", "int 0"),
        ("socketio.direction", "inbound"),
        ("socketio.disconnect_reason", "transport close"),
        ("socketio.duration_ms", "double 1.5"),
        ("socketio.event", "disconnect"),
        ("socketio.namespace", "/"),
        ("socketio.success", "bool true"),
    ];
    assert_eq!(attributes(&disconnect), expected.map(|(key, value)| (key, value.to_owned())));
    assert_ne!(disconnect.trace_id, connect.trace_id);
    assert_eq!((&disconnect.links[0].trace_id, &disconnect.links[0].span_id), (&connect.trace_id, &connect.span_id));
}

#[test]
fn without_telemetry_there_is_no_context_to_send() {
    let _guard = tracing::subscriber::set_default(tracing::subscriber::NoSubscriber::default());
    let span = server_span("terminal:create", true, Extracted::Parent(parent(Sampling::Accept)), Unsampled::Held);
    assert_eq!((context_of(&span), carrier_of(&span)), (None, None));
}
