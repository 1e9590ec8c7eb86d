//! Trace and span ids: fixed-size, never zero, lower-case hex wherever they are written.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Names one trace: 16 bytes, never all zero.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TraceId([u8; 16]);

/// Names one span within its trace: 8 bytes, never all zero.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpanId([u8; 8]);

/// The text is no id: wrong length, not hex, or all zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidId;

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a trace or span id")
    }
}

impl std::error::Error for InvalidId {}

macro_rules! id {
    ($name:ident, $len:literal) => {
        impl $name {
            /// Takes random bytes of the caller as an id; `None` when they are all zero.
            pub fn from_bytes(bytes: [u8; $len]) -> Option<Self> {
                (bytes != [0; $len]).then_some(Self(bytes))
            }

            /// Returns the id in its binary form.
            pub fn to_bytes(self) -> [u8; $len] {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut text = [0; $len * 2];
                for (byte, pair) in self.0.iter().zip(text.chunks_exact_mut(2)) {
                    pair[0] = HEX[usize::from(byte >> 4)];
                    pair[1] = HEX[usize::from(byte & 15)];
                }
                f.write_str(std::str::from_utf8(&text).expect("hex digits are ASCII"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            /// Reads hex digits of either case.
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                parse_hex(text).and_then(Self::from_bytes).ok_or(InvalidId)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id!(TraceId, 16);
id!(SpanId, 8);

impl TraceId {
    /// Reads a trace id as B3 writes it: 32 hex digits, or 16 that are padded with zeros on the left.
    pub fn from_b3(text: &str) -> Result<Self, InvalidId> {
        let half: Option<[u8; 8]> = parse_hex(text);
        match half {
            Some(half) => {
                let mut bytes = [0; 16];
                bytes[8..].copy_from_slice(&half);
                Self::from_bytes(bytes).ok_or(InvalidId)
            }
            None => text.parse(),
        }
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";

fn parse_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != N * 2 {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

fn digit(c: u8) -> Option<u8> {
    match c {
        b'0'..=b'9' => Some(c - b'0'),
        b'a'..=b'f' => Some(c - b'a' + 10),
        b'A'..=b'F' => Some(c - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_written_as_lower_case_hex_and_read_in_either_case() {
        let id: TraceId = "80F198EE56343BA864FE8B2A57D3EFF7".parse().unwrap();
        assert_eq!(id.to_string(), "80f198ee56343ba864fe8b2a57d3eff7");
        assert_eq!(serde_json::to_string(&id).unwrap(), r#""80f198ee56343ba864fe8b2a57d3eff7""#);
        assert_eq!(serde_json::from_str::<TraceId>(r#""80f198ee56343ba864fe8b2a57d3eff7""#).unwrap(), id);
    }

    #[test]
    fn zero_is_no_id() {
        assert_eq!(SpanId::from_bytes([0; 8]), None);
        assert_eq!("0000000000000000".parse::<SpanId>(), Err(InvalidId));
        assert_eq!(TraceId::from_b3("0000000000000000"), Err(InvalidId));
    }

    #[test]
    fn a_wrong_length_or_digit_is_no_id() {
        for text in ["", "e457b5a2e4d86bd", "e457b5a2e4d86bd11", "e457b5a2e4d86bdg", "e457b5a2e4d86b\u{e9}"] {
            assert_eq!(text.parse::<SpanId>(), Err(InvalidId), "{text}");
        }
    }

    #[test]
    fn a_short_trace_id_is_padded_on_the_left() {
        assert_eq!(TraceId::from_b3("64fe8b2a57d3eff7").unwrap().to_string(), "000000000000000064fe8b2a57d3eff7");
    }
}
