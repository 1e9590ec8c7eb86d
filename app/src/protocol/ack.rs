//! The one reply to a request.

use serde::{Deserialize, Serialize};

use super::{Refusal, RequestId};
use crate::json::{self, Malformed};

/// `{"ok": true, "_requestId", …the response's fields}` or `{"ok": false, "_requestId", "error": {…}}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ack<T> {
    /// The request was carried out.
    Ok {
        /// The id the request came with.
        request_id: Option<RequestId>,
        /// The fields of the named response.
        body: T,
    },
    /// The request was refused.
    Refused {
        /// The id the request came with.
        request_id: Option<RequestId>,
        /// Why.
        error: Refusal,
    },
}

#[derive(Serialize)]
struct Written<'a, T> {
    ok: bool,
    #[serde(rename = "_requestId", skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a RequestId>,
    #[serde(flatten)]
    body: Option<&'a T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Refusal>,
}

/// What every ack has, whatever it answers.
#[derive(Deserialize)]
struct Head {
    ok: bool,
    #[serde(default, rename = "_requestId")]
    request_id: Option<RequestId>,
    #[serde(default)]
    error: Option<Refusal>,
}

impl<T: Serialize> Serialize for Ack<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = match self {
            Self::Ok { request_id, body } => {
                Written { ok: true, request_id: request_id.as_ref(), body: Some(body), error: None }
            }
            Self::Refused { request_id, error } => {
                Written { ok: false, request_id: request_id.as_ref(), body: None, error: Some(error) }
            }
        };
        written.serialize(serializer)
    }
}

impl<T: for<'de> Deserialize<'de>> Ack<T> {
    /// Reads an ack from JSON, in two passes: what every ack has, then the response's fields. One pass would have to hold
    /// all fields in a form that fits every response, at several kilobytes of the page's code for each.
    ///
    /// # Errors
    /// When it is no JSON, or not what the protocol says.
    pub fn read(text: &str) -> Result<Self, Malformed> {
        let Head { ok, request_id, error } = json::read(text)?;
        match error {
            _ if ok => Ok(Self::Ok { request_id, body: json::read(text)? }),
            Some(error) => Ok(Self::Refused { request_id, error }),
            None => Err(serde::de::Error::missing_field("error")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{RefusalCode, terminal::TerminalInputResponse};

    fn check(ack: &Ack<TerminalInputResponse>, json: &str) {
        assert_eq!(serde_json::to_string(ack).expect("serialises"), json);
        assert_eq!(&Ack::<TerminalInputResponse>::read(json).expect("reads back"), ack);
    }

    #[test]
    fn an_ack_repeats_the_responses_fields() {
        let body = TerminalInputResponse { terminal_id: crate::protocol::TerminalId::from_random(1), bytes: 1 };
        check(
            &Ack::Ok { request_id: RequestId::parse("req_1_1_a"), body },
            r#"{"ok":true,"_requestId":"req_1_1_a","terminalId":"t_0000000000001","bytes":1}"#,
        );
    }

    #[test]
    fn a_refusal_carries_its_reason() {
        check(
            &Ack::Refused { request_id: None, error: Refusal::new(RefusalCode::Busy, "later") },
            r#"{"ok":false,"error":{"code":"busy","message":"later"}}"#,
        );
    }
}
