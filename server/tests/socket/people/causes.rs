//! What people are told of one another is in the trace of what was asked.

use opentelemetry::trace::SpanKind;
use serde_json::{Value, json};

use super::{Scene, link};
use crate::support::{Client, Recorder};

/// A request in the trace of that number.
fn numbered(number: u64, mut payload: Value) -> Value {
    payload["_trace"] = json!({"b3": format!("{number:032x}-{number:016x}-1")});
    payload
}

/// Waits for a notice in the trace of that number: its span is a producer's, under that of the request.
async fn check_told(recorder: &Recorder, window: &mut Client, notice: &str, request: &str, number: u64) {
    let trace = format!("{number:032x}");
    let b3 = |told: &Value| told["_trace"]["b3"].as_str().unwrap_or_default().to_owned();
    let told = b3(&window.event_if(notice, |told| b3(told).starts_with(&trace)).await);
    let in_trace = |id: opentelemetry::trace::TraceId| id.to_string() == trace;
    let name = format!("socketio.{request}");
    let request = recorder.span_if(&name, |span| in_trace(span.span_context.trace_id())).await;
    let is_its = |id: opentelemetry::trace::SpanId| told.contains(&id.to_string());
    let emit = recorder.span_if(&format!("socketio.emit.{notice}"), |span| is_its(span.span_context.span_id())).await;
    assert_eq!((emit.span_kind, emit.parent_span_id), (SpanKind::Producer, request.span_context.span_id()), "{notice}");
}

#[tokio::test]
async fn what_people_are_told_of_one_another_is_in_the_trace_of_what_was_asked() {
    let recorder = Recorder::start();
    let mut scene = Scene::set("viewer").await;
    let mut other = Client::connect_as(&scene.server, "ada").await;
    let token = link(&mut scene.ada, &scene.session, "viewer").await;
    let spare = scene.ada.granted("share_create", json!({"sessionId": scene.session})).await["share"]["id"].clone();
    let of_session = |more: Value| scene.of_session(more);
    let said = of_session(json!({"text": "hello"}));
    let approval = of_session(json!({"settings": {"requireApprovalForJoin": true}}));
    let (ask, admit) =
        (of_session(json!({"shareToken": token})), of_session(json!({"userId": "bob", "approved": true})));
    let lift = of_session(json!({"userId": "eve", "role": "collaborator"}));
    let (remove, delete) = (of_session(json!({"userId": "eve"})), of_session(json!({})));
    let Scene { server, ada, eve, session, .. } = &mut scene;

    ada.granted("session_create", numbered(1, json!({"name": "second"}))).await;
    check_told(&recorder, &mut other, "session:created", "session_create", 1).await;
    ada.granted("session_join", json!({"sessionId": session})).await;

    let message = ada.granted("chat_message", said).await["id"].clone();
    ada.granted("message_read", numbered(2, json!({"sessionId": session, "messageId": message}))).await;
    check_told(&recorder, &mut other, "message:read", "message_read", 2).await;

    ada.granted("share_revoke", numbered(3, json!({"shareId": spare}))).await;
    check_told(&recorder, &mut other, "share:revoked", "share_revoke", 3).await;

    ada.granted("session_update", numbered(4, approval)).await;
    check_told(&recorder, eve, "session:updated", "session_update", 4).await;

    let mut bob = Client::connect_as(server, "bob").await;
    bob.granted("session_join", numbered(5, ask)).await;
    check_told(&recorder, ada, "join:requested", "session_join", 5).await;

    ada.granted("join_decide", numbered(6, admit)).await;
    check_told(&recorder, &mut bob, "session:joined", "join_decide", 6).await;
    check_told(&recorder, &mut other, "join:decided", "join_decide", 6).await;
    check_told(&recorder, ada, "join:requested", "join_decide", 6).await;

    ada.granted("member_set_role", numbered(7, lift)).await;
    check_told(&recorder, eve, "user:updated", "member_set_role", 7).await;
    ada.granted("member_remove", numbered(8, remove)).await;
    check_told(&recorder, eve, "session:left", "member_remove", 8).await;

    ada.granted("session_delete", numbered(9, delete)).await;
    check_told(&recorder, &mut bob, "session:deleted", "session_delete", 9).await;
    check_told(&recorder, ada, "session:joined", "session_delete", 9).await;
}
