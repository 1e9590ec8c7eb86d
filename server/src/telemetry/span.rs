//! The spans of the Socket.IO door: names, kinds and attributes as the conventions have them, and how they travel.

use std::time::Duration;

use app::trace::{Carrier, Extracted, SpanContext, b3};
use opentelemetry::{Context, trace::TraceContextExt};
use tracing::{Span, field, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::propagator;
use super::tail::NeverHeld;

mod sampling;

pub use sampling::{Foresight, InputSampling, RemoteTrust, Unrecorded, Unsampled};

/// Starts the span of handling an event: SERVER when the client expects an answer, else CONSUMER.
///
/// The span ends when its last clone is dropped, and its time runs to the last moment it was entered (a future with
/// `.instrument(span)` enters it by itself). What is not known yet is recorded later: [`record_request`],
/// [`record_subject`], [`record_outcome`].
pub fn server_span(event: &'static str, expects_answer: bool, parent: Extracted, unsampled: Unsampled) -> Span {
    let span = info_span!(
        parent: None,
        "socketio.request",
        otel.name = format!("socketio.{event}"),
        otel.kind = if expects_answer { "server" } else { "consumer" },
        otel.status_code = field::Empty,
        otel.status_description = field::Empty,
        socketio.event = event,
        socketio.direction = "inbound",
        socketio.client_id = field::Empty,
        socketio.request_id = field::Empty,
        socketio.namespace = field::Empty,
        socketio.ack = field::Empty,
        socketio.success = field::Empty,
        socketio.duration_ms = field::Empty,
        socketio.data_size_bytes = field::Empty,
        socketio.terminal_id = field::Empty,
        socketio.session_id = field::Empty,
        socketio.tab_id = field::Empty,
        socketio.pane_id = field::Empty,
        socketio.response_event = field::Empty,
        socketio.error = field::Empty,
        messaging.system = "socket.io",
        messaging.operation.type = "process",
        messaging.destination.template = event,
        messaging.message.conversation_id = field::Empty,
        network.protocol.name = field::Empty,
        session.id = field::Empty,
        error.type = field::Empty,
        service.name = field::Empty,
    );
    let cx = match unsampled {
        Unsampled::Held => Context::new(),
        // Its children have it in their context, too.
        Unsampled::Dropped => Context::new().with_value(NeverHeld),
    };
    adopt(&span, propagator::remote(&cx, parent));
    span
}

/// What has caused a notice: the span that was current, also when that has ended since.
#[derive(Clone, Debug)]
pub struct Cause(Context);

impl Cause {
    /// The span with this context, wherever it is.
    pub fn context(context: SpanContext) -> Self {
        Self(propagator::remote(&Context::new(), Extracted::Parent(context)))
    }
}

/// Returns a span as the cause of a notice; nothing when nobody records.
pub fn cause_of(span: &Span) -> Option<Cause> {
    let cx = span.context();
    propagator::span_context(&cx).map(|_| Cause(cx))
}

impl Unrecorded {
    /// Names it as the cause of a notice, which is then not recorded either.
    pub fn cause(self) -> Cause {
        let Cause(cx) = Cause::context(self.0);
        Cause(cx.with_value(NeverHeld))
    }
}

/// Starts the span of a notice: PRODUCER, a child of the span that caused it; where nobody did, a trace of its own, which
/// sampling decides about.
///
/// `recipients` is how many sockets it goes to.
pub fn emit_span(event: &'static str, recipients: usize, cause: Option<Cause>) -> Span {
    let span = info_span!(
        parent: None,
        "socketio.emit",
        otel.name = format!("socketio.emit.{event}"),
        otel.kind = "producer",
        socketio.event = event,
        socketio.direction = "outbound",
        socketio.namespace = "/",
        socketio.ack = false,
        socketio.data_size_bytes = field::Empty,
        socketio.session_id = field::Empty,
        socketio.tab_id = field::Empty,
        socketio.pane_id = field::Empty,
        socketio.terminal_id = field::Empty,
        session.id = field::Empty,
        messaging.system = "socket.io",
        messaging.operation.type = "send",
        messaging.destination.template = event,
        messaging.batch.message_count = whole(recipients),
    );
    // It has no end that could be bad: by itself it need not be held.
    adopt(&span, cause.map_or_else(|| Context::new().with_value(NeverHeld), |cause| cause.0));
    span
}

/// Starts the span of a connection being made by this transport, under what the handshake's `auth._trace` says.
pub fn connect_span(client_id: &str, protocol: &'static str, parent: Extracted) -> Span {
    let span = info_span!(
        parent: None,
        "socketio.connect",
        otel.kind = "server",
        otel.status_code = field::Empty,
        otel.status_description = field::Empty,
        socketio.event = "connect",
        socketio.direction = "inbound",
        socketio.client_id = client_id,
        socketio.namespace = "/",
        socketio.success = field::Empty,
        socketio.duration_ms = field::Empty,
        socketio.session_id = field::Empty,
        socketio.response_event = field::Empty,
        socketio.error = field::Empty,
        messaging.system = "socket.io",
        network.protocol.name = protocol,
        session.id = field::Empty,
        error.type = field::Empty,
    );
    adopt(&span, propagator::remote(&Context::new(), parent));
    span
}

/// Starts the span of a connection's end: a trace of its own, linked to the one in which it was made.
pub fn disconnect_span(client_id: &str, reason: &str, connected: Option<SpanContext>) -> Span {
    let span = info_span!(
        parent: None,
        "socketio.disconnect",
        otel.kind = "internal",
        socketio.event = "disconnect",
        socketio.direction = "inbound",
        socketio.client_id = client_id,
        socketio.namespace = "/",
        socketio.disconnect_reason = reason,
        socketio.session_id = field::Empty,
        messaging.system = "socket.io",
        session.id = field::Empty,
    );
    if let Some(context) = connected {
        let cx = propagator::remote(&Context::new(), Extracted::Parent(context));
        span.add_link(cx.span().span_context().clone());
    }
    span
}

/// Returns the context of a span that has begun, and whether anything that is written down in it is kept, if only until it
/// is known how it ends.
pub fn begun(span: &Span) -> (Option<SpanContext>, bool) {
    let cx = span.context();
    (propagator::span_context(&cx), cx.span().is_recording())
}

/// What a message says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The public id of the connection; never the Engine.IO id, which is a capability.
    pub client_id: &'a str,
    /// The envelope's request id.
    pub request_id: Option<&'a str>,
    /// The namespace.
    pub namespace: &'a str,
    /// Whether the client waits for an ack.
    pub ack: bool,
    /// The size of the payload with its attachments, in bytes.
    pub data_size: usize,
    /// `websocket`, or `http` while the connection polls.
    pub protocol: &'static str,
    /// The server's `service.name`, mirrored on the span.
    pub service: &'a str,
}

/// Records what a message says of itself.
pub fn record_request(span: &Span, request: &Request<'_>) {
    span.record("socketio.client_id", request.client_id);
    span.record("socketio.namespace", request.namespace);
    span.record("socketio.ack", request.ack);
    record_size(span, request.data_size);
    span.record("network.protocol.name", request.protocol);
    span.record("service.name", request.service);
    if let Some(id) = request.request_id {
        span.record("socketio.request_id", id);
        span.record("messaging.message.conversation_id", id);
    }
}

/// Records the size of a message that has been written, in bytes.
pub fn record_size(span: &Span, bytes: usize) {
    span.record("socketio.data_size_bytes", whole(bytes));
}

/// What a message is about.
#[derive(Clone, Copy, Debug, Default)]
pub struct Subject<'a> {
    /// The session.
    pub session_id: Option<&'a str>,
    /// The tab.
    pub tab_id: Option<&'a str>,
    /// The pane.
    pub pane_id: Option<&'a str>,
    /// The terminal.
    pub terminal_id: Option<&'a str>,
}

/// Records what a message is about; what is `None` stays as it was.
pub fn record_subject(span: &Span, subject: &Subject<'_>) {
    for (name, id) in [
        ("socketio.session_id", subject.session_id),
        ("session.id", subject.session_id),
        ("socketio.tab_id", subject.tab_id),
        ("socketio.pane_id", subject.pane_id),
        ("socketio.terminal_id", subject.terminal_id),
    ] {
        if let Some(id) = id {
            span.record(name, id);
        }
    }
}

/// How handling a message ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome<'a> {
    /// The handler said success.
    Success,
    /// The handler refused or failed.
    Failure {
        /// The refusal's code: `not_found`, `timeout`.
        code: &'a str,
        /// The refusal's message; it never holds payload.
        message: &'a str,
    },
}

/// Records how handling ended, and the named response that was sent.
pub fn record_outcome(span: &Span, outcome: Outcome<'_>, response_event: Option<&str>, took: Duration) {
    span.record("socketio.duration_ms", took.as_secs_f64() * 1e3);
    if let Some(event) = response_event {
        span.record("socketio.response_event", event);
    }
    match outcome {
        Outcome::Success => {
            span.record("socketio.success", true);
            span.record("otel.status_code", "ok");
        }
        Outcome::Failure { code, message } => {
            span.record("socketio.success", false);
            span.record("error.type", code);
            span.record("socketio.error", message);
            // Sets the error status as well.
            span.record("otel.status_description", message);
        }
    }
}

/// Returns the context of a span for whatever it causes elsewhere; nothing when nobody records.
pub fn context_of(span: &Span) -> Option<SpanContext> {
    propagator::span_context(&span.context())
}

/// Returns the `_trace` of a message that a span causes.
pub fn carrier_of(span: &Span) -> Option<Carrier> {
    context_of(span).as_ref().map(carrier)
}

/// Returns the `_trace` that carries a context.
pub fn carrier(context: &SpanContext) -> Carrier {
    let mut carrier = Carrier::new();
    b3::inject_single(context, &mut carrier);
    carrier
}

/// Returns the `_trace` of a message that a span causes of which only the context is left.
pub fn carrier_for(context: &opentelemetry::trace::SpanContext) -> Option<Carrier> {
    use opentelemetry::trace::TraceContextExt;
    let cx = Context::new().with_remote_span_context(context.clone());
    propagator::span_context(&cx).as_ref().map(carrier)
}

fn adopt(span: &Span, parent: Context) {
    // It fails only for a span that nobody records.
    let _ = span.set_parent(parent);
}

/// Attributes of type u64 would be written as text.
fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
