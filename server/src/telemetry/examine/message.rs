//! A Socket.IO message that is recorded to try: its span as the door makes it, and what a collector must then find of it.

use std::time::Duration;

use app::trace::{Extracted, Sampling};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;

use super::NAME;
use crate::telemetry::span::{self, Outcome, Request, Unsampled};

/// Its event, which is none of the catalogue.
const EVENT: &str = "telemetry:doctor";
/// What it is answered by.
const RESPONSE: &str = "telemetry:doctored";
/// Its request id.
const REQUEST_ID: &str = "telemetry_doctor";

/// Handles it, as far as its span is concerned.
pub(super) fn record() {
    // Debug, because it must not fall victim to sampling.
    let span = span::server_span(EVENT, true, Extracted::Root(Sampling::Debug), Unsampled::Dropped);
    let request = Request {
        client_id: NAME,
        request_id: Some(REQUEST_ID),
        namespace: "/",
        ack: true,
        data_size: 0,
        protocol: "websocket",
        service: NAME,
    };
    span::record_request(&span, &request);
    span::record_outcome(&span, Outcome::Success, Some(RESPONSE), Duration::ZERO);
}

/// Checks that its span has arrived as every message that is answered has one.
///
/// # Errors
///
/// Says in a sentence what is wrong with it.
pub(super) fn check(span: &Span) -> Result<(), String> {
    let is_ok = span.status.as_ref().is_some_and(|status| status.code == StatusCode::Ok as i32);
    if span.name != format!("socketio.{EVENT}") || span.kind != SpanKind::Server as i32 || !is_ok {
        return Err("its name, kind or status are not those of a message that was answered".to_owned());
    }
    let received = |name: &str| {
        let attribute = span.attributes.iter().find(|attribute| attribute.key == name)?;
        attribute.value.as_ref()?.value.as_ref()
    };
    let mut wrong = attributes().to_vec();
    wrong.retain(|(name, value)| received(name) != Some(value));
    if wrong.is_empty() {
        return Ok(());
    }
    let mut why = String::new();
    if span.dropped_attributes_count > 0 {
        why.push_str(": OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT or OTEL_ATTRIBUTE_COUNT_LIMIT leaves no room for it");
    }
    // What is cut is counted nowhere.
    if wrong.iter().any(|(name, value)| is_cut(received(name), value)) {
        why.push_str(": OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT or OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT cuts it short");
    }
    let wrong: Vec<_> = wrong.into_iter().map(|(name, _)| name).collect();
    Err(format!("the span has no {}, or not as it was recorded{why}", wrong.join(", ")))
}

/// Whether a text is the beginning of what was recorded.
fn is_cut(received: Option<&Value>, recorded: &Value) -> bool {
    match (received, recorded) {
        (Some(Value::StringValue(received)), Value::StringValue(recorded)) => {
            received.len() < recorded.len() && recorded.starts_with(received)
        }
        _ => false,
    }
}

/// What it has of the attributes of every message, and those that come with an answer.
fn attributes() -> [(&'static str, Value); 16] {
    let text = |text: &str| Value::StringValue(text.to_owned());
    [
        ("socketio.event", text(EVENT)),
        ("socketio.direction", text("inbound")),
        ("socketio.client_id", text(NAME)),
        ("socketio.request_id", text(REQUEST_ID)),
        ("socketio.namespace", text("/")),
        ("socketio.ack", Value::BoolValue(true)),
        ("socketio.success", Value::BoolValue(true)),
        ("socketio.duration_ms", Value::DoubleValue(0.0)),
        ("socketio.data_size_bytes", Value::IntValue(0)),
        ("socketio.response_event", text(RESPONSE)),
        ("messaging.system", text("socket.io")),
        ("messaging.operation.type", text("process")),
        ("messaging.destination.template", text(EVENT)),
        ("messaging.message.conversation_id", text(REQUEST_ID)),
        ("network.protocol.name", text("websocket")),
        ("service.name", text(NAME)),
    ]
}
