//! What travels with a payload without being part of it: the request id and the trace carrier.

use core::fmt;

use serde::{Deserialize, Serialize};

/// The key of the request id in a payload.
pub const REQUEST_ID_KEY: &str = "_requestId";
/// The key of the propagation carrier in a payload.
pub const TRACE_KEY: &str = "_trace";

/// The longest request id that is accepted and echoed, in bytes.
const MAX_REQUEST_ID: usize = 128;

/// The two envelope fields of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope<C> {
    /// The name of this one emit.
    pub request_id: Option<RequestId>,
    /// The propagation carrier.
    pub carrier: C,
}

/// The name of one emit: `req_{epoch_ms}_{n}_{suffix}` from our page, any printable ASCII up to 128 bytes from others.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct RequestId(Box<str>);

impl RequestId {
    /// Makes an id of the window's clock in milliseconds, its count of requests and its random suffix.
    #[must_use]
    pub fn mint(epoch_ms: u64, count: u64, suffix: &str) -> Self {
        Self(format!("req_{epoch_ms}_{count}_{suffix}").into())
    }

    /// Takes an id from the wire; `None` for what is empty, too long or not printable ASCII.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let accepted =
            (1..=MAX_REQUEST_ID).contains(&text.len()) && text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        accepted.then(|| Self(text.into()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for RequestId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a request id"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_ours_is_accepted() {
        let id = RequestId::mint(1_790_000_000_000, 7, "k3f9");
        assert_eq!(id.as_str(), "req_1790000000000_7_k3f9");
        assert_eq!(RequestId::parse(id.as_str()), Some(id));
    }

    #[test]
    fn what_cannot_be_echoed_safely_is_not_an_id() {
        for text in ["", "line\nbreak", "タブ", "\u{7f}", &"a".repeat(129)] {
            assert_eq!(RequestId::parse(text), None, "{text:?}");
        }
        assert!(RequestId::parse(&"a".repeat(128)).is_some());
    }
}
