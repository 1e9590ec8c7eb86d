//! One finished span on its way to the destinations, with who recorded it.

use std::sync::Arc;

use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value::Value};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;

/// A span and its source, cheap to hand to several destinations.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) source: Arc<Source>,
    pub(super) span: Arc<Span>,
}

/// Who recorded spans: a process or page, and the instrumentation within it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Source {
    pub(super) resource: Option<Resource>,
    pub(super) resource_schema: String,
    pub(super) scope: Option<InstrumentationScope>,
    pub(super) scope_schema: String,
}

impl Source {
    /// The `service.name` of the resource; empty when it has none.
    pub(super) fn service(&self) -> &str {
        self.resource.as_ref().and_then(|resource| text(&resource.attributes, "service.name")).unwrap_or_default()
    }

    /// Its size as it is encoded.
    pub(super) fn encoded_len(&self) -> usize {
        let resource = self.resource.as_ref().map_or(0, Message::encoded_len);
        let scope = self.scope.as_ref().map_or(0, Message::encoded_len);
        resource + scope + self.resource_schema.len() + self.scope_schema.len()
    }
}

/// Takes a batch apart into its spans.
pub(super) fn split(batch: Vec<ResourceSpans>) -> Vec<Record> {
    let mut records = Vec::new();
    for of_resource in batch {
        for of_scope in of_resource.scope_spans {
            let source = Arc::new(Source {
                resource: of_resource.resource.clone(),
                resource_schema: of_resource.schema_url.clone(),
                scope: of_scope.scope,
                scope_schema: of_scope.schema_url,
            });
            records.extend(
                of_scope.spans.into_iter().map(|span| Record { source: Arc::clone(&source), span: Arc::new(span) }),
            );
        }
    }
    records
}

/// Puts spans back together into a batch; neighbours of one source share its description.
pub(super) fn join<'a>(spans: impl IntoIterator<Item = (&'a Source, Span)>) -> Vec<ResourceSpans> {
    let mut batch: Vec<(&Source, ResourceSpans)> = Vec::new();
    for (source, span) in spans {
        let known = batch.iter_mut().find(|(other, _)| std::ptr::eq(*other, source));
        match known {
            Some((_, of_resource)) => of_resource.scope_spans[0].spans.push(span),
            None => batch.push((
                source,
                ResourceSpans {
                    resource: source.resource.clone(),
                    schema_url: source.resource_schema.clone(),
                    scope_spans: vec![ScopeSpans {
                        scope: source.scope.clone(),
                        schema_url: source.scope_schema.clone(),
                        spans: vec![span],
                    }],
                },
            )),
        }
    }
    batch.into_iter().map(|(_, of_resource)| of_resource).collect()
}

/// The text of an attribute.
pub(super) fn text<'a>(attributes: &'a [KeyValue], key: &str) -> Option<&'a str> {
    let attribute = attributes.iter().find(|attribute| attribute.key == key)?;
    match &attribute.value {
        Some(AnyValue { value: Some(Value::StringValue(text)) }) => Some(text),
        _ => None,
    }
}

/// Makes an attribute that holds text.
pub(super) fn attribute(key: &str, value: &str) -> KeyValue {
    let value = Some(AnyValue { value: Some(Value::StringValue(value.to_owned())) });
    KeyValue { key: key.to_owned(), value, ..KeyValue::default() }
}
