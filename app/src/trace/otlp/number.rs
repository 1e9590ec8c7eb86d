//! Numbers as OTLP/JSON writes them.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serializer};

/// A number as OTLP/JSON may hold it: itself, or as text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number<'a, T> {
    Plain(T),
    Text(#[serde(borrow)] Cow<'a, str>),
}

/// 64-bit integers: decimal strings out, strings and numbers in.
pub(super) mod decimal {
    use super::{Deserialize, Deserializer, Number, Serializer};
    use std::fmt::Display;
    use std::str::FromStr;

    pub fn serialize<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub fn deserialize<'de, T, D>(deserializer: D) -> Result<T, D::Error>
    where
        T: Deserialize<'de> + FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        match Number::<'de, T>::deserialize(deserializer)? {
            Number::Plain(number) => Ok(number),
            Number::Text(text) => text.parse().map_err(serde::de::Error::custom),
        }
    }
}

/// Doubles: numbers where JSON has them, else `"NaN"`, `"Infinity"`, `"-Infinity"`.
pub(super) mod double {
    use super::{Deserialize, Deserializer, Number, Serializer};

    pub fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        if value.is_finite() {
            serializer.serialize_f64(*value)
        } else if value.is_nan() {
            serializer.serialize_str("NaN")
        } else {
            serializer.serialize_str(if *value > 0.0 { "Infinity" } else { "-Infinity" })
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        match Option::<Number<'de, f64>>::deserialize(deserializer)? {
            None => Ok(f64::NAN),
            Some(Number::Plain(number)) => Ok(number),
            Some(Number::Text(text)) => text.parse().map_err(serde::de::Error::custom),
        }
    }
}
