//! What a tracker keeps of a payload: nothing, the names and kinds of its fields, or its values without secrets.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

use crate::{
    protocol::envelope::{REQUEST_ID_KEY, TRACE_KEY},
    redact::{REDACTED, is_secret_key, without_secrets},
};

/// Fields kept of an object, and elements of an array: more than any request of ours has.
const MAX_FIELDS: usize = 32;
/// Characters kept of a text.
const MAX_TEXT: usize = 128;
/// How deep values are kept.
const MAX_DEPTH: usize = 4;

/// How much of a payload is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Capture {
    /// Nothing.
    None,
    /// The names of its fields, and what kind of value each has.
    #[default]
    Keys,
    /// Its values, with everything replaced that is, or may be, a secret.
    Redacted,
}

impl Capture {
    /// Returns what is kept of an object's JSON; nothing of what is no object. Of a private one, which carries what somebody
    /// types, it is the names at most.
    #[must_use]
    pub fn of(self, payload: &str, is_private: bool) -> Option<Value> {
        match self {
            Self::None => None,
            Self::Keys => keys(payload),
            Self::Redacted if is_private => keys(payload),
            Self::Redacted => {
                let mut payload: Map<String, Value> = serde_json::from_str(payload).ok()?;
                payload.retain(|name, _| !is_envelope(name));
                Some(Value::Object(redacted(payload, 0)))
            }
        }
    }
}

fn is_envelope(name: &str) -> bool {
    name == REQUEST_ID_KEY || name == TRACE_KEY
}

fn keys(payload: &str) -> Option<Value> {
    let kinds: BTreeMap<String, Kind> = serde_json::from_str(payload).ok()?;
    let kinds = kinds.into_iter().filter(|(name, _)| !is_envelope(name)).take(MAX_FIELDS);
    Some(kinds.map(|(name, Kind(kind))| (text(&name), Value::from(kind))).collect())
}

fn redacted(object: Map<String, Value>, depth: usize) -> Map<String, Value> {
    let pair = |(name, kept): (String, Value)| {
        let kept = if is_secret_key(&name) { Value::from(REDACTED) } else { value(kept, depth + 1) };
        (text(&name), kept)
    };
    object.into_iter().take(MAX_FIELDS).map(pair).collect()
}

fn value(kept: Value, depth: usize) -> Value {
    match kept {
        Value::Null | Value::Bool(_) | Value::Number(_) => kept,
        Value::String(string) => text(&string).into(),
        Value::Array(_) if depth >= MAX_DEPTH => "array".into(),
        Value::Array(list) => list.into_iter().take(MAX_FIELDS).map(|kept| value(kept, depth + 1)).collect(),
        Value::Object(_) if depth >= MAX_DEPTH => "object".into(),
        Value::Object(object) => redacted(object, depth).into(),
    }
}

/// First the secrets, so that a cut cannot leave half of one that is no longer recognised.
fn text(text: &str) -> String {
    without_secrets(text).as_deref().unwrap_or(text).chars().take(MAX_TEXT).collect()
}

/// The kind of a value, as JSON calls it.
struct Kind(&'static str);

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KindVisitor)
    }
}

struct KindVisitor;

impl<'de> Visitor<'de> for KindVisitor {
    type Value = Kind;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Kind, E> {
        Ok(Kind("null"))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Kind, E> {
        Ok(Kind("boolean"))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Kind, E> {
        Ok(Kind("number"))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Kind, E> {
        Ok(Kind("number"))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Kind, E> {
        Ok(Kind("number"))
    }

    fn visit_str<E>(self, _: &str) -> Result<Kind, E> {
        Ok(Kind("string"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Kind, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Kind("array"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Kind, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Kind("object"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(capture: Capture, is_private: bool, payload: &Value, expected: &Value) {
        assert_eq!(
            capture.of(&payload.to_string(), is_private).unwrap_or_default(),
            *expected,
            "{capture:?} {payload}"
        );
    }

    #[test]
    fn of_an_input_only_the_names_are_ever_kept() {
        let input = json!({"terminalId": "t_1", "data": "hunter2", "_requestId": "req_1", "_trace": {"b3": "1"}});
        check(Capture::None, true, &input, &Value::Null);
        for capture in [Capture::Keys, Capture::Redacted] {
            check(capture, true, &input, &json!({"terminalId": "string", "data": "string"}));
        }
    }

    #[test]
    fn keys_are_names_and_kinds() {
        let payload = json!({"a": 1, "b": -0.5, "c": null, "d": true, "e": ["x"], "f": {"g": "x"}, "h": "x"});
        let kinds = json!({
            "a": "number", "b": "number", "c": "null", "d": "boolean", "e": "array", "f": "object", "h": "string",
        });
        check(Capture::Keys, false, &payload, &kinds);
        check(Capture::Keys, false, &json!("hunter2"), &Value::Null);
        check(Capture::Keys, false, &json!({"Bearer hunter2": 1}), &json!({"Bearer REDACTED": "number"}));
    }

    #[test]
    fn values_are_kept_without_secrets_and_not_beyond_measure() {
        let payload = json!({
            "cols": 80,
            "password": "hunter2",
            "api-key": ["hunter2"],
            "shell": "curl -H 'Authorization: Bearer hunter2'",
            "list": [{"token": {"a": "hunter2"}}, "ghp_0123456789abcdefghij"],
            "deep": [[[["hunter2"]]]],
            "long": "x".repeat(500),
        });
        let kept = json!({
            "cols": 80,
            "password": "REDACTED",
            "api-key": "REDACTED",
            "shell": "curl -H 'Authorization: Bearer REDACTED'",
            "list": [{"token": "REDACTED"}, "REDACTED"],
            "deep": [[["array"]]],
            "long": "x".repeat(MAX_TEXT),
        });
        check(Capture::Redacted, false, &payload, &kept);
        let wide: Value = (0..100).map(|n| (format!("f{n}"), Value::from(n))).collect::<Map<_, _>>().into();
        for capture in [Capture::Keys, Capture::Redacted] {
            assert_eq!(capture.of(&wide.to_string(), false).unwrap().as_object().unwrap().len(), MAX_FIELDS);
        }
    }
}
