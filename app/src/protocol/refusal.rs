//! The typed reason when the answer is no.

use core::fmt;

use serde::{Deserialize, Serialize};

use super::TerminalId;

/// Why a request was refused, in words for a person and a code for a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// The closed vocabulary.
    pub code: RefusalCode,
    /// One sentence that names what was wrong.
    pub message: String,
    /// The path of the payload field that was wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// When it is worth trying again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// The terminal that stands in the way, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal_id: Option<TerminalId>,
}

impl Refusal {
    /// A refusal with a code and a sentence.
    #[must_use]
    pub fn new(code: RefusalCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), field: None, retry_after_ms: None, terminal_id: None }
    }

    /// The payload field `field` is missing or of the wrong kind.
    #[must_use]
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..Self::new(RefusalCode::InvalidPayload, message) }
    }

    /// The id in `field` names nothing the caller may see.
    #[must_use]
    pub fn not_found(field: &'static str, what: &str) -> Self {
        Self { field: Some(field.to_owned()), ..Self::new(RefusalCode::NotFound, format!("There is no such {what}.")) }
    }

    /// Adds the terminal the refusal is about.
    #[must_use]
    pub fn about(mut self, terminal: TerminalId) -> Self {
        self.terminal_id = Some(terminal);
        self
    }

    /// Adds how long to wait before trying again, in milliseconds.
    #[must_use]
    pub fn retry_after(mut self, millis: u64) -> Self {
        self.retry_after_ms = Some(millis);
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.message)
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal),+ $(,)?) => {
        /// The closed vocabulary of refusals.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum RefusalCode { $($(#[$doc])* $variant),+ }

        impl RefusalCode {
            /// Every code, in the protocol's order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The code as it stands on the wire; also the `error.type` of a span.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
    };
}

codes! {
    /// A field is missing, of the wrong kind or out of its range.
    InvalidPayload = "invalid_payload",
    /// No such event.
    UnknownEvent = "unknown_event",
    /// No credential.
    Unauthenticated = "unauthenticated",
    /// A credential that does not allow it.
    Forbidden = "forbidden",
    /// The id names nothing the caller may see.
    NotFound = "not_found",
    /// The state of things does not allow it now.
    Conflict = "conflict",
    /// A limit on how many there may be.
    LimitReached = "limit_reached",
    /// Too many in too short a time.
    RateLimited = "rate_limited",
    /// More bytes than a message may have.
    TooLarge = "too_large",
    /// The program on the terminal does not read its input.
    Busy = "busy",
    /// A supervisor holds the terminal.
    Paused = "paused",
    /// The deployment lacks what this needs.
    NotConfigured = "not_configured",
    /// Somebody else's service failed.
    UpstreamError = "upstream_error",
    /// The handler took longer than the event allows.
    Timeout = "timeout",
    /// The server is ending.
    ShuttingDown = "shutting_down",
    /// Our fault.
    Internal = "internal",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_as_it_is_written() {
        for &code in RefusalCode::ALL {
            let json = serde_json::to_string(&code).expect("a unit variant serialises");
            assert_eq!(json, format!("\"{}\"", code.as_str()));
            assert_eq!(serde_json::from_str::<RefusalCode>(&json).expect("and reads back"), code);
        }
    }

    #[test]
    fn what_is_absent_is_not_written() {
        let refusal = Refusal::new(RefusalCode::Busy, "later");
        assert_eq!(serde_json::to_string(&refusal).expect("serialises"), r#"{"code":"busy","message":"later"}"#);
    }
}
