//! Takes secrets out of what leaves the page, before it is posted or left with the browser. The relay does so again: a page is
//! not the only one that posts.

use std::borrow::Cow;

use app::{
    redact::{REDACTED, is_secret_key, without_secrets},
    trace::otlp::{AnyValue, KeyValue, Span},
};

/// Redacts everything a span says about itself.
pub fn span(span: &mut Span) {
    text(&mut span.name);
    text(&mut span.status.message);
    span.attributes.iter_mut().for_each(pair);
    for event in &mut span.events {
        text(&mut event.name);
        event.attributes.iter_mut().for_each(pair);
    }
    span.links.iter_mut().flat_map(|link| &mut link.attributes).for_each(pair);
}

fn pair(pair: &mut KeyValue) {
    if is_secret_key(&pair.key) {
        pair.value = Some(REDACTED.into());
    } else if let Some(known) = &mut pair.value {
        value(known);
    }
}

fn value(any: &mut AnyValue) {
    match any {
        AnyValue::String(string) => text(string),
        AnyValue::Array(array) => array.values.iter_mut().for_each(value),
        AnyValue::KeyValueList(list) => list.values.iter_mut().for_each(pair),
        AnyValue::Bool(_) | AnyValue::Int(_) | AnyValue::Double(_) | AnyValue::Bytes(_) => {}
    }
}

/// A borrowed text is one of the program's own words.
fn text(text: &mut Cow<'static, str>) {
    if let Cow::Owned(owned) = text
        && let Some(clean) = without_secrets(owned)
    {
        *owned = clean;
    }
}
