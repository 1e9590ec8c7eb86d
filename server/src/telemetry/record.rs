//! One finished record on its way to the destinations, with who recorded it: a span, a log record or a metric, encoded.
//!
//! The requests of the three signals have one shape and the same field numbers (`opentelemetry-proto`, collector
//! services), so that one set of messages takes all of them apart and puts them together.

use std::sync::Arc;

use bytes::Bytes;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value::Value};
use opentelemetry_proto::tonic::metrics::v1::Metric;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::resource::v1::Resource;
use prost::{DecodeError, Message};

use super::signal::Signal;

/// A record and its source, cheap to hand to several destinations.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Record {
    pub(super) source: Arc<Source>,
    /// The span, log record or metric in Protobuf.
    pub(super) item: Bytes,
    /// What the ledger counts: the data points of a metric, one for anything else.
    pub(super) weight: u64,
}

/// Who recorded: a process or page, and the instrumentation within it.
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

/// Takes the body of a request apart. The records share its memory.
///
/// # Errors
///
/// When it is not a request of OTLP.
pub(super) fn split(signal: Signal, body: Bytes) -> Result<Vec<Record>, DecodeError> {
    let mut records = Vec::new();
    for of_resource in Request::decode(body)?.resources {
        for of_scope in of_resource.scopes {
            let source = Arc::new(Source {
                resource: of_resource.resource.clone(),
                resource_schema: of_resource.schema_url.clone(),
                scope: of_scope.scope,
                scope_schema: of_scope.schema_url,
            });
            for item in of_scope.items {
                let weight = weight(signal, &item)?;
                // A metric without data points says nothing.
                if weight > 0 {
                    records.push(Record { source: Arc::clone(&source), item, weight });
                }
            }
        }
    }
    Ok(records)
}

/// Puts records together into the body of a request; those of one source share its description.
pub(super) fn join<'a>(records: impl IntoIterator<Item = &'a Record>) -> Bytes {
    let mut sources: Vec<&Source> = Vec::new();
    let mut request = Request::default();
    for Record { source, item, .. } in records {
        let known = sources.iter().position(|known| std::ptr::eq(*known, source.as_ref()) || *known == source.as_ref());
        match known {
            Some(index) => request.resources[index].scopes[0].items.push(item.clone()),
            None => {
                sources.push(source);
                request.resources.push(OfResource {
                    resource: source.resource.clone(),
                    schema_url: source.resource_schema.clone(),
                    scopes: vec![OfScope {
                        scope: source.scope.clone(),
                        schema_url: source.scope_schema.clone(),
                        items: vec![item.clone()],
                    }],
                });
            }
        }
    }
    request.encode_to_vec().into()
}

/// Adds up what the ledger counts.
pub(super) fn weigh<'a>(records: impl IntoIterator<Item = &'a Record>) -> u64 {
    records.into_iter().map(|record| record.weight).sum()
}

/// Writes the body of a request as OTLP/JSON.
///
/// # Errors
///
/// When it is not a request of this signal.
pub(super) fn json(signal: Signal, body: Bytes) -> Result<Vec<u8>, DecodeError> {
    let json = match signal {
        Signal::Traces => serde_json::to_vec(&ExportTraceServiceRequest::decode(body)?),
        Signal::Logs => serde_json::to_vec(&ExportLogsServiceRequest::decode(body)?),
        Signal::Metrics => serde_json::to_vec(&ExportMetricsServiceRequest::decode(body)?),
    };
    Ok(json.expect("OTLP's messages have text keys, and numbers that JSON cannot write are written as text"))
}

/// How many data points a metric has: what it counts as.
pub(super) fn data_points(metric: &Metric) -> usize {
    match &metric.data {
        Some(Data::Gauge(gauge)) => gauge.data_points.len(),
        Some(Data::Sum(sum)) => sum.data_points.len(),
        Some(Data::Histogram(histogram)) => histogram.data_points.len(),
        Some(Data::ExponentialHistogram(histogram)) => histogram.data_points.len(),
        Some(Data::Summary(summary)) => summary.data_points.len(),
        None => 0,
    }
}

fn weight(signal: Signal, item: &Bytes) -> Result<u64, DecodeError> {
    Ok(match signal {
        Signal::Traces | Signal::Logs => 1,
        Signal::Metrics => data_points(&Metric::decode(item.clone())?) as u64,
    })
}

/// An export request of any signal. Embedded messages and bytes are the same on the wire, so the records stay encoded.
#[derive(Clone, PartialEq, Message)]
struct Request {
    #[prost(message, repeated, tag = "1")]
    resources: Vec<OfResource>,
}

/// `ResourceSpans`, `ResourceLogs` or `ResourceMetrics`.
#[derive(Clone, PartialEq, Message)]
struct OfResource {
    #[prost(message, optional, tag = "1")]
    resource: Option<Resource>,
    #[prost(message, repeated, tag = "2")]
    scopes: Vec<OfScope>,
    #[prost(string, tag = "3")]
    schema_url: String,
}

/// `ScopeSpans`, `ScopeLogs` or `ScopeMetrics`.
#[derive(Clone, PartialEq, Message)]
struct OfScope {
    #[prost(message, optional, tag = "1")]
    scope: Option<InstrumentationScope>,
    #[prost(bytes = "bytes", repeated, tag = "2")]
    items: Vec<Bytes>,
    #[prost(string, tag = "3")]
    schema_url: String,
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

#[cfg(test)]
pub(super) mod tests;
