//! The map of header names to values in which a context travels beside a message (`_trace`).

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

/// Enough for every known propagator together; more is nobody's context.
const MAX_ENTRIES: usize = 16;
/// The longest value kept, in bytes; a single `b3` needs 70, a W3C `tracestate` must carry up to 512.
const MAX_VALUE: usize = 512;
/// The longest name kept, in bytes.
const MAX_NAME: usize = 64;

/// A small map of header names to values; names are compared without case and written in lower case.
///
/// It is read from any JSON value without error: what is not a header map, and what exceeds the limits, is left out
/// and remembered as malformed, because a bad context must never refuse the message that carries it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carrier {
    entries: Vec<(String, String)>,
    malformed: bool,
}

impl Carrier {
    /// Makes an empty carrier.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the value of a header; `name` may have any case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.entries.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Sets a header, replacing the value it had; one beyond the size limits marks the carrier malformed instead.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        let value = value.into();
        let known = self.entries.iter_mut().find(|(key, _)| key.eq_ignore_ascii_case(name));
        if name.len() > MAX_NAME || value.len() > MAX_VALUE {
            self.malformed = true;
        } else if let Some((_, old)) = known {
            *old = value;
        } else if self.entries.len() == MAX_ENTRIES {
            self.malformed = true;
        } else {
            self.entries.push((name.to_ascii_lowercase(), value));
        }
    }

    /// Lists the headers, names in lower case, in the order they were set.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether it holds no header.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether something was left out on reading because it was no header.
    pub fn is_malformed(&self) -> bool {
        self.malformed
    }
}

impl Serialize for Carrier {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Carrier {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CarrierVisitor)
    }
}

struct CarrierVisitor;

impl CarrierVisitor {
    fn malformed<E>(self) -> Result<Carrier, E> {
        Ok(Carrier { entries: Vec::new(), malformed: true })
    }
}

impl<'de> Visitor<'de> for CarrierVisitor {
    type Value = Carrier;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of header names to values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Carrier, A::Error> {
        let mut carrier = Carrier::new();
        while let Some(name) = map.next_key::<String>()? {
            match map.next_value()? {
                // B3: the first value of a repeated header counts.
                Value::Text(value) if carrier.get(&name).is_none() => carrier.set(&name, value),
                Value::Text(_) | Value::Null => {}
                // Only the founding form has a value that is no text: `sampled`.
                Value::Flag(value) if name.eq_ignore_ascii_case("sampled") => {
                    carrier.set(&name, if value { "1" } else { "0" });
                }
                Value::Flag(_) | Value::Other => carrier.malformed = true,
            }
        }
        Ok(carrier)
    }

    fn visit_unit<E>(self) -> Result<Carrier, E> {
        Ok(Carrier::new())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Carrier, E> {
        self.malformed()
    }

    fn visit_i64<E>(self, _: i64) -> Result<Carrier, E> {
        self.malformed()
    }

    fn visit_u64<E>(self, _: u64) -> Result<Carrier, E> {
        self.malformed()
    }

    fn visit_f64<E>(self, _: f64) -> Result<Carrier, E> {
        self.malformed()
    }

    fn visit_str<E>(self, _: &str) -> Result<Carrier, E> {
        self.malformed()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Carrier, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        self.malformed()
    }
}

/// One value of the map, told apart without keeping anything that is not text.
enum Value {
    Text(String),
    Flag(bool),
    Null,
    Other,
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a header value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(if text.len() > MAX_VALUE { Value::Other } else { Value::Text(text.to_owned()) })
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Flag(flag))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(if number > 1 { Value::Other } else { Value::Flag(number == 1) })
    }

    fn visit_i64<E>(self, _: i64) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Carrier {
        serde_json::from_str(json).expect("any JSON value is read")
    }

    #[test]
    fn names_have_no_case() {
        let carrier = read(r#"{"X-B3-TraceId": "a"}"#);
        assert_eq!(carrier.get("x-b3-traceid"), Some("a"));
        assert_eq!(serde_json::to_string(&carrier).unwrap(), r#"{"x-b3-traceid":"a"}"#);
    }

    #[test]
    fn the_first_value_of_a_repeated_header_counts() {
        assert_eq!(read(r#"{"b3": "1", "B3": "0"}"#).get("b3"), Some("1"));
    }

    #[test]
    fn setting_replaces() {
        let mut carrier = read(r#"{"b3": "1"}"#);
        carrier.set("B3", "0");
        assert_eq!(carrier.iter().collect::<Vec<_>>(), [("b3", "0")]);
    }

    #[test]
    fn oversized_headers_are_left_out() {
        let carrier = read(&format!(r#"{{"b3": "{}", "ok": "1"}}"#, "a".repeat(513)));
        assert_eq!((carrier.get("b3"), carrier.get("ok"), carrier.is_malformed()), (None, Some("1"), true));

        let many = (0..17).map(|n| format!(r#""h{n}":"v""#)).collect::<Vec<_>>().join(",");
        let carrier = read(&format!("{{{many}}}"));
        assert_eq!((carrier.iter().count(), carrier.is_malformed()), (16, true));
    }

    #[test]
    fn anything_but_a_header_map_is_malformed_and_empty() {
        for json in ["1", "-1", "1.5", "true", r#""b3""#, "[[1]]", r#"{"b3": 1}"#, r#"{"b3": {"a": [1]}}"#] {
            let carrier = read(json);
            assert!(carrier.is_malformed() && carrier.is_empty(), "{json}");
        }
        assert!(!read("null").is_malformed());
    }
}
