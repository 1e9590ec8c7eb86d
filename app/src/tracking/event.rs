//! What is told of a request once it ended: the founding notes' trace event, for the monitor, its export and exporters.

use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Serialize};

use crate::trace::{SpanId, TraceId};

use super::{Ending, Micros, Settled};

/// One completed, failed or timed-out request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SocketTraceEvent {
    /// When the request began, in microseconds since 1970.
    pub timestamp: Micros,
    /// Its trace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<TraceId>,
    /// Its span.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span_id: Option<SpanId>,
    /// `terminal:create -> terminal:created`.
    pub operation_name: String,
    /// How long it took, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<f64>,
    /// What else is known; never payload.
    pub tags: BTreeMap<Cow<'static, str>, Tag>,
    /// How it ended.
    pub status: TraceStatus,
    /// How much it matters.
    pub level: TraceLevel,
}

/// How a request or a trace ended, in the notes' three words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TraceStatus {
    /// The answer was yes.
    #[default]
    Ok,
    /// Refused, failed or disconnected.
    Error,
    /// No answer in time.
    Timeout,
}

/// How much an event matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TraceLevel {
    /// All is well.
    Info,
    /// The answer was slow.
    Warn,
    /// There was none, or it was no.
    Error,
}

/// The value of a tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Tag {
    /// A truth value.
    Flag(bool),
    /// Text.
    Text(Cow<'static, str>),
}

impl TraceStatus {
    /// The word as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Timeout => "timeout",
        }
    }
}

impl TraceLevel {
    /// The word as logs write it.
    #[must_use]
    pub const fn as_upper_str(self) -> &'static str {
        match self {
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
        }
    }

    /// The level of something that ended with `status` after `duration`, where `slow` is the limit.
    #[must_use]
    pub const fn of(status: TraceStatus, duration: Micros, slow: Micros) -> Self {
        match status {
            TraceStatus::Error | TraceStatus::Timeout => Self::Error,
            TraceStatus::Ok if duration >= slow => Self::Warn,
            TraceStatus::Ok => Self::Info,
        }
    }
}

impl Ending {
    /// The ending in the notes' three words; late and disconnected are told apart by tags.
    #[must_use]
    pub const fn status(&self) -> TraceStatus {
        match self {
            Self::Ok => TraceStatus::Ok,
            Self::Error { .. } | Self::Disconnected => TraceStatus::Error,
            Self::Timeout | Self::Late | Self::Evicted => TraceStatus::Timeout,
        }
    }
}

impl SocketTraceEvent {
    /// Tells how a request ended; from `slow` microseconds on a good answer is a warning.
    #[must_use]
    pub fn new(settled: &Settled, slow: Micros) -> Self {
        let status = settled.ending.status();
        let mut tags = BTreeMap::new();
        let mut tag = |name: &'static str, value: Tag| drop(tags.insert(Cow::Borrowed(name), value));
        tag("socket.request.event", Tag::Text(settled.request.event_name.clone()));
        if let Some(response) = settled.response.as_ref().or(settled.expected.as_ref()) {
            tag("socket.response.event", Tag::Text(response.clone()));
        }
        tag("socket.success", Tag::Flag(status == TraceStatus::Ok));
        tag("socketio.request_id", Tag::Text(settled.request.request_id.to_string().into()));
        if let Some(client) = &settled.request.client_id {
            tag("socketio.client_id", Tag::Text(client.to_string().into()));
        }
        if let Some(reason) = settled.reason() {
            tag("error.type", Tag::Text(reason.code.to_owned().into()));
        }
        match settled.ending {
            Ending::Late => tag("late", Tag::Flag(true)),
            Ending::Disconnected => tag("disconnected", Tag::Flag(true)),
            Ending::Ok | Ending::Error { .. } | Ending::Timeout | Ending::Evicted => {}
        }
        Self {
            timestamp: settled.request.started,
            trace_id: settled.context.map(|context| context.trace_id),
            span_id: settled.context.map(|context| context.span_id),
            operation_name: settled.operation_name(),
            duration: Some(settled.duration as f64 / 1_000.0),
            tags,
            status,
            level: TraceLevel::of(status, settled.duration, slow),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        protocol::RequestId,
        trace::{Sampling, SpanContext},
        tracking::PendingRequest,
    };
    use serde_json::json;

    fn settled(ending: Ending, duration: Micros) -> Settled {
        Settled {
            request: PendingRequest {
                request_id: RequestId::parse("req_1").unwrap(),
                event_name: "terminal:create".into(),
                started: 1_640_995_200_000_000,
                timeout_ms: 5_000,
                client_id: None,
                data: None,
            },
            expected: Some("terminal:created".into()),
            response: None,
            context: Some(SpanContext {
                trace_id: "1234567890abcdef1234567890abcdef".parse().unwrap(),
                span_id: "1234567890abcdef".parse().unwrap(),
                sampling: Sampling::Accept,
            }),
            duration,
            ending,
        }
    }

    fn check(ending: Ending, millis: u64, status: TraceStatus, level: TraceLevel, tag: Option<&'static str>) {
        let event = SocketTraceEvent::new(&settled(ending, millis * 1_000), 1_000_000);
        assert_eq!((event.status, event.level), (status, level));
        for name in ["late", "disconnected"] {
            assert_eq!(event.tags.contains_key(name), tag == Some(name), "{name} on {event:?}");
        }
    }

    #[test]
    fn status_and_level_follow_from_the_ending() {
        let error = Ending::Error { code: "busy".into(), message: "later".to_owned() };
        check(Ending::Ok, 999, TraceStatus::Ok, TraceLevel::Info, None);
        check(Ending::Ok, 1_000, TraceStatus::Ok, TraceLevel::Warn, None);
        check(error, 1, TraceStatus::Error, TraceLevel::Error, None);
        check(Ending::Timeout, 5_000, TraceStatus::Timeout, TraceLevel::Error, None);
        check(Ending::Late, 6_000, TraceStatus::Timeout, TraceLevel::Error, Some("late"));
        check(Ending::Disconnected, 10, TraceStatus::Error, TraceLevel::Error, Some("disconnected"));
    }

    #[test]
    fn it_is_written_in_the_notes_shape() {
        assert_eq!(
            serde_json::to_value(SocketTraceEvent::new(&settled(Ending::Ok, 150_000), 1_000_000)).unwrap(),
            json!({
                "timestamp": 1_640_995_200_000_000_u64,
                "traceId": "1234567890abcdef1234567890abcdef",
                "spanId": "1234567890abcdef",
                "operationName": "terminal:create -> terminal:created",
                "duration": 150.0,
                "tags": {
                    "socket.request.event": "terminal:create",
                    "socket.response.event": "terminal:created",
                    "socket.success": true,
                    "socketio.request_id": "req_1",
                },
                "status": "ok",
                "level": "info",
            })
        );
    }
}
