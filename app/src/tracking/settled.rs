//! How a request ended.

use std::{borrow::Cow, fmt, time::Duration};

use crate::trace::SpanContext;

use super::{Micros, PendingRequest, Reason};

/// A request that ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Settled {
    /// The request as it was while it waited.
    pub request: PendingRequest,
    /// The name of the response it expected.
    pub expected: Option<Cow<'static, str>>,
    /// The name of what came instead of silence.
    pub response: Option<Cow<'static, str>>,
    /// Its span.
    pub context: Option<SpanContext>,
    /// How long it took, in microseconds.
    pub duration: Micros,
    /// How it ended.
    pub ending: Ending,
}

/// The ways a request can end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The answer was yes.
    Ok,
    /// The answer was no, or sending or reading failed.
    Error {
        /// From a closed vocabulary.
        code: Cow<'static, str>,
        /// What went wrong.
        message: String,
    },
    /// No answer in time.
    Timeout,
    /// An answer, but after the request had timed out.
    Late,
    /// The connection went first.
    Disconnected,
    /// Newer requests took its place in the table; an answer that comes still completes it.
    Evicted,
}

impl Settled {
    /// How long it took.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        Duration::from_micros(self.duration)
    }

    /// The pair that names it: `terminal:create -> terminal:created`, or the event alone where no response is expected.
    #[must_use]
    pub fn operation_name(&self) -> String {
        match self.expected.as_ref().or(self.response.as_ref()) {
            Some(response) => format!("{} -> {response}", self.request.event_name),
            None => self.request.event_name.to_string(),
        }
    }

    /// Why it failed; `None` when it succeeded or is still open.
    #[must_use]
    pub fn reason(&self) -> Option<Reason<'_>> {
        match &self.ending {
            Ending::Ok | Ending::Evicted => None,
            Ending::Error { code, message } => Some(Reason { code, message }),
            Ending::Timeout | Ending::Late => Some(Reason { code: "timeout", message: "no answer in time" }),
            Ending::Disconnected => {
                Some(Reason { code: "disconnected", message: "the connection broke before the answer" })
            }
        }
    }
}

/// The line of the detailed log: `Socket response tracked: {event} ok|error [{requestId}] ({n}ms)`.
impl fmt::Display for Settled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let event = self.response.as_ref().unwrap_or(&self.request.event_name);
        let word = if self.ending == Ending::Ok { "ok" } else { "error" };
        let millis = self.duration / 1_000;
        write!(f, "Socket response tracked: {event} {word} [{}] ({millis}ms)", self.request.request_id)
    }
}

/// What an answer turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Matched {
    /// The one that ended a request.
    Ended(Settled),
    /// One that came after its request had timed out.
    Late(Settled),
    /// The second of ack and named response, or one for a request that already ended otherwise.
    Repeated,
    /// One whose request id is not known here.
    Orphan,
    /// An event that nobody asked for.
    Received,
    /// Tracking is off.
    Untracked,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::RequestId;

    fn settled(expected: Option<&'static str>, response: Option<&'static str>, ending: Ending) -> Settled {
        Settled {
            request: PendingRequest {
                request_id: RequestId::parse("req_1").unwrap(),
                event_name: "terminal:create".into(),
                started: 0,
                timeout_ms: 5_000,
                client_id: None,
                data: None,
            },
            expected: expected.map(Cow::Borrowed),
            response: response.map(Cow::Borrowed),
            context: None,
            duration: 150_900,
            ending,
        }
    }

    #[test]
    fn the_operation_keeps_the_expected_pair_when_it_is_refused() {
        let refused = Ending::Error { code: "busy".into(), message: String::new() };
        let settled = settled(Some("terminal:created"), Some("terminal:error"), refused);
        assert_eq!(settled.operation_name(), "terminal:create -> terminal:created");
    }

    #[test]
    fn a_custom_pair_is_named_by_what_came() {
        assert_eq!(settled(None, Some("custom:done"), Ending::Ok).operation_name(), "terminal:create -> custom:done");
        assert_eq!(settled(None, None, Ending::Timeout).operation_name(), "terminal:create");
    }

    #[test]
    fn the_log_lines_are_those_of_the_notes() {
        let settled = settled(Some("terminal:created"), Some("terminal:created"), Ending::Ok);
        assert_eq!(settled.request.to_string(), "Socket request tracked: terminal:create [req_1]");
        assert_eq!(settled.to_string(), "Socket response tracked: terminal:created ok [req_1] (150ms)");
    }
}
