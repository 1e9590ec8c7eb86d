//! The spans of the Socket.IO door: names, kinds and attributes as the conventions have them, and how they travel.

use std::sync::OnceLock;
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

/// The `service.name` of a process that has not said its own.
pub const SERVICE: &str = "aetherterm-backend";

/// What this process is called, for spans that no connection gives a name.
static OWN_SERVICE: OnceLock<String> = OnceLock::new();

/// Says what this process is called. The first word counts, as with everything that a process has one of.
pub(super) fn name_service(name: &str) {
    OWN_SERVICE.get_or_init(|| name.to_owned());
}

/// Whom a notice goes to, with what is the same of all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recipients<'a> {
    count: usize,
    client_id: Option<&'a str>,
    protocol: Option<&'static str>,
}

impl<'a> Recipients<'a> {
    /// The one connection with this public id, and what it runs over: `websocket`, or `http` while it polls.
    pub fn one(client_id: &'a str, protocol: Option<&'static str>) -> Self {
        Self { count: 1, client_id: Some(client_id), protocol }
    }

    /// All of these.
    pub fn all(each: impl IntoIterator<Item = Self>) -> Self {
        each.into_iter().reduce(Self::and).unwrap_or_default()
    }

    fn and(self, other: Self) -> Self {
        let protocol = self.protocol.filter(|_| self.protocol == other.protocol);
        Self { count: self.count + other.count, client_id: None, protocol }
    }

    /// How many they are.
    pub fn count(self) -> usize {
        self.count
    }
}

/// Starts the span of a notice: PRODUCER, a child of the span that caused it; where nobody did, a trace of its own, which
/// sampling decides about. Where several get it, no `socketio.client_id` names one of them, and `network.protocol.name` is said
/// where they have it in common.
pub fn emit_span(event: &'static str, recipients: Recipients<'_>, cause: Option<Cause>) -> Span {
    let span = info_span!(
        parent: None,
        "socketio.emit",
        otel.name = format!("socketio.emit.{event}"),
        otel.kind = "producer",
        socketio.event = event,
        socketio.direction = "outbound",
        socketio.client_id = recipients.client_id,
        socketio.namespace = "/",
        socketio.ack = false,
        // Handed to whoever gets it: that cannot fail.
        socketio.success = true,
        socketio.duration_ms = field::Empty,
        socketio.data_size_bytes = field::Empty,
        socketio.session_id = field::Empty,
        socketio.tab_id = field::Empty,
        socketio.pane_id = field::Empty,
        socketio.terminal_id = field::Empty,
        session.id = field::Empty,
        messaging.system = "socket.io",
        messaging.operation.type = "send",
        messaging.destination.template = event,
        messaging.batch.message_count = whole(recipients.count()),
        network.protocol.name = recipients.protocol,
        service.name = OWN_SERVICE.get().map_or(SERVICE, String::as_str),
    );
    // It has no end that could be bad: by itself it need not be held.
    adopt(&span, cause.map_or_else(|| Context::new().with_value(NeverHeld), |cause| cause.0));
    span
}

/// Whose beginning or end a span is of.
#[derive(Clone, Copy, Debug)]
pub struct Connection<'a> {
    /// The public id of the connection.
    pub client_id: &'a str,
    /// `websocket`, or `http` while the connection polls.
    pub protocol: &'static str,
    /// The server's `service.name`, mirrored on the span.
    pub service: &'a str,
}

/// Starts the span of a connection being made, under what the handshake's `auth._trace` says; `data_size` is the size of that
/// `auth` in bytes.
pub fn connect_span(connection: Connection<'_>, data_size: usize, parent: Extracted) -> Span {
    let Connection { client_id, protocol, service } = connection;
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
        socketio.ack = false,
        socketio.success = field::Empty,
        socketio.duration_ms = field::Empty,
        socketio.data_size_bytes = whole(data_size),
        socketio.session_id = field::Empty,
        socketio.response_event = field::Empty,
        socketio.error = field::Empty,
        messaging.system = "socket.io",
        messaging.operation.type = "process",
        messaging.destination.template = "connect",
        network.protocol.name = protocol,
        session.id = field::Empty,
        error.type = field::Empty,
        service.name = service,
    );
    adopt(&span, propagator::remote(&Context::new(), parent));
    span
}

/// Starts the span of a connection's end: a trace of its own, linked to the one in which it was made.
pub fn disconnect_span(connection: Connection<'_>, reason: &str, connected: Option<SpanContext>) -> Span {
    let Connection { client_id, protocol, service } = connection;
    let span = info_span!(
        parent: None,
        "socketio.disconnect",
        otel.kind = "internal",
        otel.status_code = field::Empty,
        socketio.event = "disconnect",
        socketio.direction = "inbound",
        socketio.client_id = client_id,
        socketio.namespace = "/",
        socketio.disconnect_reason = reason,
        socketio.ack = false,
        socketio.success = field::Empty,
        socketio.duration_ms = field::Empty,
        // The packet is its type and nothing else, if there is one at all.
        socketio.data_size_bytes = 0_i64,
        socketio.session_id = field::Empty,
        messaging.system = "socket.io",
        messaging.operation.type = "process",
        messaging.destination.template = "disconnect",
        network.protocol.name = protocol,
        session.id = field::Empty,
        service.name = service,
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
    span.record("socketio.data_size_bytes", whole(request.data_size));
    span.record("network.protocol.name", request.protocol);
    span.record("service.name", request.service);
    if let Some(id) = request.request_id {
        span.record("socketio.request_id", id);
        span.record("messaging.message.conversation_id", id);
    }
}

/// Records of a notice that has been written how large it is, in bytes, and how long that took.
pub fn record_written(span: &Span, bytes: usize, took: Duration) {
    span.record("socketio.data_size_bytes", whole(bytes));
    span.record("socketio.duration_ms", took.as_secs_f64() * 1e3);
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
