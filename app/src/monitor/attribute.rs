//! Looking up attributes by name.

use crate::trace::otlp::{AnyValue, KeyValue};

/// The text under `key`; `None` when it is absent, empty or no text.
pub(super) fn text<'a>(attributes: &'a [KeyValue], key: &str) -> Option<&'a str> {
    let value = attributes.iter().find(|attribute| attribute.key == key)?.value.as_ref()?;
    match value {
        AnyValue::String(text) => Some(text.as_ref()).filter(|text| !text.is_empty()),
        AnyValue::Bool(_)
        | AnyValue::Int(_)
        | AnyValue::Double(_)
        | AnyValue::Array(_)
        | AnyValue::KeyValueList(_)
        | AnyValue::Bytes(_) => None,
    }
}
