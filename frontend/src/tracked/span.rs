//! The spans of Socket.IO messages, from emit to answer, with the names that `TELEMETRY.md` gives them.

use std::borrow::Cow;

use app::{
    protocol::{RequestId, event::Subject},
    trace::{
        SpanContext, SpanId,
        otlp::{KeyValue, Span, SpanKind, Status, StatusCode},
    },
};

use crate::telemetry::{KEPT, SERVICE};

/// The longest sentence of a failure that a span keeps, in bytes.
const MAX_MESSAGE: usize = 256;

/// A span that has begun.
#[derive(Clone, Debug)]
pub struct OpenSpan {
    /// What travels with the message.
    pub context: SpanContext,
    parent: Option<SpanId>,
    name: Cow<'static, str>,
    kind: SpanKind,
    started: u64,
    attributes: Vec<KeyValue>,
}

/// What a message is, as far as its span says so.
#[derive(Clone, Debug)]
pub struct About<'a> {
    /// The event's name.
    pub event: &'static str,
    /// Its part in the conversation.
    pub kind: SpanKind,
    /// The response it waits for.
    pub response: Option<&'static str>,
    /// Its name.
    pub request_id: Option<&'a RequestId>,
    /// What it is about.
    pub subject: Subject,
    /// How many bytes it has.
    pub bytes: Option<u64>,
    /// The public id of the connection.
    pub client_id: Option<String>,
    /// The session the window shows.
    pub session: Option<String>,
    /// What carries the connection.
    pub transport: Option<&'static str>,
}

impl About<'_> {
    /// A message of which no more is known than its event; for struct update syntax.
    pub fn event(event: &'static str, kind: SpanKind) -> Self {
        Self {
            event,
            kind,
            response: None,
            request_id: None,
            subject: Subject::default(),
            bytes: None,
            client_id: None,
            session: None,
            transport: None,
        }
    }

    fn attributes(self) -> Vec<KeyValue> {
        let (direction, operation) = match self.kind {
            SpanKind::Consumer | SpanKind::Server => ("inbound", "process"),
            SpanKind::Client | SpanKind::Producer | SpanKind::Internal | SpanKind::Unspecified => ("outbound", "send"),
        };
        let mut attributes = vec![
            KeyValue::new("service.name", SERVICE),
            KeyValue::new("socketio.event", self.event),
            KeyValue::new("socketio.direction", direction),
            KeyValue::new("socketio.namespace", "/"),
            KeyValue::new("socketio.ack", self.kind == SpanKind::Client),
            KeyValue::new("messaging.system", "socket.io"),
            KeyValue::new("messaging.operation.type", operation),
            KeyValue::new("messaging.destination.template", self.event),
        ];
        let mut add = |key: &'static str, value: Option<String>| {
            attributes.extend(value.map(|value| KeyValue::new(key, value)));
        };
        let request_id = self.request_id.map(RequestId::to_string);
        add("messaging.message.conversation_id", request_id.clone());
        add("socketio.request_id", request_id);
        add("operation_name", self.response.map(|response| format!("{} -> {response}", self.event)));
        add("socketio.client_id", self.client_id);
        add("socketio.terminal_id", self.subject.terminal.map(|id| id.to_string()));
        add("socketio.tab_id", self.subject.tab.map(|id| id.to_string()));
        add("socketio.pane_id", self.subject.pane.map(|id| id.to_string()));
        let session = self.subject.session.map(|id| id.to_string()).or(self.session);
        add("socketio.session_id", session.clone());
        add("session.id", session);
        add("network.protocol.name", self.transport.map(str::to_owned));
        let bytes = self.bytes.map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX));
        attributes.extend(bytes.map(|bytes| KeyValue::new("socketio.data_size_bytes", bytes)));
        attributes
    }
}

/// How a span ended.
#[derive(Clone, Copy, Debug)]
pub struct End<'a> {
    /// When, in microseconds since the epoch.
    pub at: u64,
    /// The name of what came back.
    pub response: Option<&'a str>,
    /// Why it failed: a word for programs, a sentence for people.
    pub error: Option<(&'static str, &'a str)>,
}

impl End<'_> {
    /// A good end.
    pub fn ok(at: u64) -> Self {
        Self { at, response: None, error: None }
    }
}

impl OpenSpan {
    /// Begins a span at `started`, in microseconds since the epoch.
    pub fn begin(context: SpanContext, parent: Option<SpanId>, started: u64, about: About<'_>) -> Self {
        let name = format!("socketio.{}", about.event).into();
        Self { context, parent, name, kind: about.kind, started, attributes: about.attributes() }
    }

    /// Begins the span of something a person does.
    pub fn action(context: SpanContext, name: &'static str, started: u64, session: Option<String>) -> Self {
        let session = session.map(|session| KeyValue::new("session.id", session));
        let attributes = [KeyValue::new("service.name", SERVICE)].into_iter().chain(session).collect();
        Self { context, parent: None, name: format!("ui.{name}").into(), kind: SpanKind::Internal, started, attributes }
    }

    /// Says in words what happens between its ends.
    pub fn describing(mut self, operation: &'static str) -> Self {
        self.attributes.push(KeyValue::new("operation_name", operation));
        self
    }

    /// Why a span that was not sampled is kept when it ends so: it failed, or took at least `slow` microseconds.
    pub fn kept_for(&self, end: End<'_>, slow: u64) -> Option<&'static str> {
        let why = match end.error {
            Some(("timeout", _)) => "timeout",
            Some(_) => "error",
            None if end.at.saturating_sub(self.started) >= slow => "slow",
            None => return None,
        };
        (!self.context.sampling.is_sampled()).then_some(why)
    }

    /// Ends a span that was sampled; `None` for one that was not.
    pub fn end(self, end: End<'_>) -> Option<Span> {
        self.end_as(end, None)
    }

    /// Ends a span that was sampled, or is kept for a reason.
    pub fn end_as(mut self, end: End<'_>, kept: Option<&'static str>) -> Option<Span> {
        match kept {
            Some(why) => self.attributes.push(KeyValue::new(KEPT, why)),
            None if self.context.sampling.is_sampled() => {}
            None => return None,
        }
        Some(self.finish(end))
    }

    fn finish(self, end: End<'_>) -> Span {
        let Self { context, parent, name, kind, started, mut attributes } = self;
        // The clock never runs backwards, but a message may be stamped before the span that it ends.
        let ended = end.at.max(started);
        attributes.push(KeyValue::new("socketio.success", end.error.is_none()));
        attributes.push(KeyValue::new("socketio.duration_ms", (ended - started) as f64 / 1_000.0));
        if let Some(response) = end.response {
            attributes.push(KeyValue::new("socketio.response_event", response.to_owned()));
        }
        let mut status = Status { code: StatusCode::Ok, message: Cow::Borrowed("") };
        if let Some((code, message)) = end.error {
            let message = shortened(message);
            attributes.push(KeyValue::new("error.type", code.to_owned()));
            attributes.push(KeyValue::new("socketio.error", message.to_owned()));
            status = Status { code: StatusCode::Error, message: message.to_owned().into() };
        }
        Span {
            trace_id: context.trace_id,
            span_id: context.span_id,
            parent_span_id: parent,
            name,
            kind,
            start_time_unix_nano: started * 1_000,
            end_time_unix_nano: ended * 1_000,
            attributes,
            events: Vec::new(),
            links: Vec::new(),
            status,
        }
    }
}

fn shortened(message: &str) -> &str {
    &message[..message.floor_char_boundary(MAX_MESSAGE)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::{
        protocol::TerminalId,
        trace::{Sampling, TraceId, otlp::AnyValue},
    };

    fn open(sampling: Sampling) -> OpenSpan {
        let context = SpanContext {
            trace_id: TraceId::from_bytes([1; 16]).expect("not zero"),
            span_id: SpanId::from_bytes([2; 8]).expect("not zero"),
            sampling,
        };
        let request_id = RequestId::mint(1_790_000_000_000, 7, "k3f9");
        let about = About {
            response: Some("terminal:created"),
            request_id: Some(&request_id),
            subject: Subject { terminal: Some(TerminalId::from_random(1)), ..Subject::default() },
            bytes: Some(40),
            ..About::event("terminal:create", SpanKind::Client)
        };
        OpenSpan::begin(context, None, 1_000, about)
    }

    fn attribute<'a>(span: &'a Span, key: &str) -> Option<&'a AnyValue> {
        span.attributes.iter().find(|attribute| attribute.key == key)?.value.as_ref()
    }

    #[test]
    fn a_request_is_a_client_span_with_the_names_of_the_notes() {
        let span = open(Sampling::Accept).end(End { at: 3_000, response: Some("terminal:created"), error: None });
        let span = span.expect("it was sampled");
        assert_eq!((span.name.as_ref(), span.kind), ("socketio.terminal:create", SpanKind::Client));
        assert_eq!((span.start_time_unix_nano, span.end_time_unix_nano), (1_000_000, 3_000_000));
        assert_eq!(span.status.code, StatusCode::Ok);
        for (key, value) in [
            ("operation_name", AnyValue::from("terminal:create -> terminal:created")),
            ("socketio.event", "terminal:create".into()),
            ("socketio.request_id", "req_1790000000000_7_k3f9".into()),
            ("socketio.terminal_id", "t_0000000000001".into()),
            ("socketio.success", true.into()),
            ("socketio.duration_ms", 2.0.into()),
            ("socketio.data_size_bytes", 40.into()),
            ("socketio.response_event", "terminal:created".into()),
            ("socketio.direction", "outbound".into()),
            ("messaging.system", "socket.io".into()),
        ] {
            assert_eq!(attribute(&span, key), Some(&value), "{key}");
        }
    }

    #[test]
    fn a_failure_is_never_a_success() {
        let error = Some(("conflict", "The pane has a terminal."));
        let span = open(Sampling::Accept).end(End { at: 3_000, response: None, error }).expect("it was sampled");
        assert_eq!(span.status, Status { code: StatusCode::Error, message: "The pane has a terminal.".into() });
        assert_eq!(attribute(&span, "error.type"), Some(&"conflict".into()));
        assert_eq!(attribute(&span, "socketio.success"), Some(&false.into()));
    }

    fn check_kept(at: u64, error: Option<(&'static str, &str)>, kept: Option<&'static str>) {
        let (span, end) = (open(Sampling::Deny), End { at, response: None, error });
        let why = span.kept_for(end, 1_000_000);
        let span = span.end_as(end, why);
        let reason = span.as_ref().map(|span| attribute(span, "sampling.kept").cloned());
        assert_eq!(reason, kept.map(|kept| Some(kept.into())));
    }

    #[test]
    fn what_was_not_sampled_is_kept_when_it_ends_badly() {
        check_kept(3_000, None, None);
        check_kept(1_001_000, None, Some("slow"));
        check_kept(3_000, Some(("busy", "")), Some("error"));
        check_kept(3_000, Some(("timeout", "")), Some("timeout"));
        assert!(open(Sampling::Deny).end(End::ok(3_000)).is_none());
        assert_eq!(
            open(Sampling::Accept).kept_for(End { at: 3_000, response: None, error: Some(("busy", "")) }, 1),
            None
        );
    }

    #[test]
    fn a_long_message_is_cut_between_characters() {
        assert_eq!(shortened(&"あ".repeat(100)).len(), 255);
        assert_eq!(shortened("short"), "short");
    }
}
