//! Attributes and their values.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};

use super::number::{decimal, double};

/// An attribute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyValue {
    /// Its name.
    pub key: Cow<'static, str>,
    /// Its value; absent where a sender left it empty.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "value_or_empty")]
    pub value: Option<AnyValue>,
}

impl KeyValue {
    /// Makes an attribute.
    pub fn new(key: impl Into<Cow<'static, str>>, value: impl Into<AnyValue>) -> Self {
        Self { key: key.into(), value: Some(value.into()) }
    }
}

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum AnyValue {
    /// Text.
    #[serde(rename = "stringValue")]
    String(Cow<'static, str>),
    /// A truth value.
    #[serde(rename = "boolValue")]
    Bool(bool),
    /// A whole number.
    #[serde(rename = "intValue", with = "decimal")]
    Int(i64),
    /// A number; the ones JSON cannot write are text.
    #[serde(rename = "doubleValue", with = "double")]
    Double(f64),
    /// A list.
    #[serde(rename = "arrayValue")]
    Array(ArrayValue),
    /// A map.
    #[serde(rename = "kvlistValue")]
    KeyValueList(KeyValueList),
    /// Bytes in base64, kept as they came.
    #[serde(rename = "bytesValue")]
    Bytes(String),
}

/// A list of values.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ArrayValue {
    /// The values.
    pub values: Vec<AnyValue>,
}

/// A list of named values.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeyValueList {
    /// The named values.
    pub values: Vec<KeyValue>,
}

impl From<&'static str> for AnyValue {
    fn from(value: &'static str) -> Self {
        Self::String(value.into())
    }
}

impl From<String> for AnyValue {
    fn from(value: String) -> Self {
        Self::String(value.into())
    }
}

impl From<Cow<'static, str>> for AnyValue {
    fn from(value: Cow<'static, str>) -> Self {
        Self::String(value)
    }
}

impl From<bool> for AnyValue {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for AnyValue {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<f64> for AnyValue {
    fn from(value: f64) -> Self {
        Self::Double(value)
    }
}

/// A value, where the empty object stands for none.
fn value_or_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<AnyValue>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Value {
        Some(AnyValue),
        Empty {},
    }
    match Option::<Value>::deserialize(deserializer)? {
        Some(Value::Some(value)) => Ok(Some(value)),
        Some(Value::Empty {}) | None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_kind_of_value_survives_the_round_trip() {
        let values = [
            (AnyValue::from("text"), json!({"stringValue": "text"})),
            (AnyValue::from(true), json!({"boolValue": true})),
            (AnyValue::from(i64::MIN), json!({"intValue": "-9223372036854775808"})),
            (AnyValue::from(0.5), json!({"doubleValue": 0.5})),
            (AnyValue::from(f64::NEG_INFINITY), json!({"doubleValue": "-Infinity"})),
            (
                AnyValue::Array(ArrayValue { values: vec![AnyValue::from(1)] }),
                json!({"arrayValue": {"values": [{"intValue": "1"}]}}),
            ),
            (
                AnyValue::KeyValueList(KeyValueList { values: vec![KeyValue::new("k", false)] }),
                json!({"kvlistValue": {"values": [{"key": "k", "value": {"boolValue": false}}]}}),
            ),
        ];
        for (value, written) in values {
            assert_eq!(serde_json::to_value(&value).unwrap(), written);
            assert_eq!(serde_json::from_value::<AnyValue>(written).unwrap(), value);
        }
    }
}
