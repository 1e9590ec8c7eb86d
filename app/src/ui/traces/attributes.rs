//! What a span says of itself.

use leptos::prelude::*;

use crate::trace::otlp::{AnyValue, Span};

use super::super::text::{Message, use_texts};

/// The attributes of one span, by name.
#[component]
pub fn Attributes(span: Span) -> impl IntoView {
    let text = use_texts();
    let none = span.attributes.is_empty();
    let mut attributes = span.attributes;
    attributes.sort_by(|one, other| one.key.cmp(&other.key));
    let lines = attributes.into_iter().map(|attribute| {
        let value = attribute.value.as_ref().map(shown).unwrap_or_default();
        view! { <dt>{attribute.key}</dt> <dd>{value}</dd> }
    });
    let failure = (!span.status.message.is_empty()).then(|| view! { <dt>"status"</dt> <dd>{span.status.message}</dd> });
    view! {
        <div class="section__head">
            <h2>{text.of(Message::Attributes)}</h2>
            <span class="num muted">{span.name}</span>
        </div>
        <p class="pending__none" hidden=!none>{text.of(Message::NoAttributes)}</p>
        <dl class="attributes">{failure} {lines.collect_view()}</dl>
    }
}

/// A value on one line.
fn shown(value: &AnyValue) -> String {
    match value {
        AnyValue::String(text) => text.to_string(),
        AnyValue::Bool(flag) => flag.to_string(),
        AnyValue::Int(number) => number.to_string(),
        AnyValue::Double(number) => number.to_string(),
        AnyValue::Array(array) => format!("[{}]", array.values.iter().map(shown).collect::<Vec<_>>().join(", ")),
        AnyValue::KeyValueList(list) => {
            let pair = |pair: &crate::trace::otlp::KeyValue| {
                format!("{}: {}", pair.key, pair.value.as_ref().map(shown).unwrap_or_default())
            };
            format!("{{{}}}", list.values.iter().map(pair).collect::<Vec<_>>().join(", "))
        }
        AnyValue::Bytes(base64) => base64.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_shown_on_one_line() {
        assert_eq!(shown(&"terminal:input".to_owned().into()), "terminal:input");
        assert_eq!(shown(&AnyValue::Bool(true)), "true");
        assert_eq!(shown(&AnyValue::Int(7)), "7");
    }
}
