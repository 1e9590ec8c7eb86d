//! What a tracker is told of a request and of its answer.

use std::{borrow::Cow, fmt, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::{
    protocol::{Refusal, RequestId, event::Answer},
    trace::SpanContext,
};

use super::Micros;

/// A request as it leaves or arrives.
#[derive(Clone, Copy, Debug)]
pub struct NewRequest<'a> {
    /// The event's name.
    pub event: &'a str,
    /// When it left or arrived.
    pub at: Micros,
    /// The name of the response it expects.
    pub response: Option<&'a str>,
    /// Whether it waits at all.
    pub answer: Answer,
    /// How long it waits; the tracker's own limit when `None`.
    pub timeout: Option<Duration>,
    /// The id it came with; the tracker makes one when `None`.
    pub request_id: Option<&'a RequestId>,
    /// The public id of the connection it came by.
    pub client_id: Option<&'a str>,
    /// Its span.
    pub context: Option<SpanContext>,
}

impl<'a> NewRequest<'a> {
    /// A request that waits for an answer as long as the tracker says; the other fields are for struct update syntax.
    #[must_use]
    pub const fn new(event: &'a str, at: Micros) -> Self {
        Self {
            event,
            at,
            response: None,
            answer: Answer::Expected,
            timeout: None,
            request_id: None,
            client_id: None,
            context: None,
        }
    }
}

/// An answer, or an event that nobody asked for.
#[derive(Clone, Copy, Debug)]
pub struct Response<'a> {
    /// The name of the event that came; for an ack, of the response it repeats.
    pub event: &'a str,
    /// The request it answers; `None` for a received event.
    pub request_id: Option<&'a RequestId>,
    /// Whether the answer is yes.
    pub result: Result<(), Reason<'a>>,
}

/// Why a request failed: a word for programs, a sentence for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason<'a> {
    /// From a closed vocabulary: a refusal's code, `malformed`, `disconnected`.
    pub code: &'a str,
    /// What went wrong.
    pub message: &'a str,
}

impl<'a> From<&'a Refusal> for Reason<'a> {
    fn from(refusal: &'a Refusal) -> Self {
        Self { code: refusal.code.as_str(), message: &refusal.message }
    }
}

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

/// A request without an answer yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PendingRequest {
    /// Its name.
    pub request_id: RequestId,
    /// The event's name, or `_OTHER`.
    pub event_name: Cow<'static, str>,
    /// When it left or arrived; written in milliseconds since 1970, as `Date.now()` counts.
    #[serde(rename = "timestamp", with = "millis")]
    pub started: Micros,
    /// How long it waits, in milliseconds.
    pub timeout_ms: u32,
    /// The public id of the connection it came by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<Box<str>>,
    /// What is kept of its payload, as a [`Capture`](super::Capture) has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
}

impl PendingRequest {
    /// When it counts as timed out.
    #[must_use]
    pub fn deadline(&self) -> Micros {
        self.started.saturating_add(u64::from(self.timeout_ms) * 1_000)
    }
}

/// The line of the detailed log: `Socket request tracked: {event} [{requestId}]`.
impl fmt::Display for PendingRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Socket request tracked: {} [{}]", self.event_name, self.request_id)
    }
}

/// Microseconds as milliseconds with a fraction.
mod millis {
    use super::{Deserialize, Deserializer, Micros, Serializer};

    pub fn serialize<S: Serializer>(micros: &Micros, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(*micros as f64 / 1_000.0)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Micros, D::Error> {
        // A float-to-integer cast saturates: a negative or absurd time becomes the nearest one there is.
        Ok((f64::deserialize(deserializer)? * 1_000.0).round() as Micros)
    }
}
