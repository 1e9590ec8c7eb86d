//! OTLP/JSON traces and metrics as plain serde types, small enough for the browser
//! (<https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding>): camelCase keys, hex ids, enums as integers,
//! 64-bit integers as decimal strings, empty fields left out.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{SpanId, TraceId};

pub mod metric;
mod number;
mod value;

use number::decimal;
pub use value::{AnyValue, ArrayValue, KeyValue, KeyValueList};

/// The body of `POST /v1/traces`, and the answer of `/api/traces/{traceId}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ExportTraceServiceRequest {
    /// The spans, grouped by who recorded them.
    pub resource_spans: Vec<ResourceSpans>,
}

/// The spans of one process or page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ResourceSpans {
    /// Who recorded them.
    #[serde(deserialize_with = "null_is_default")]
    pub resource: Resource,
    /// The spans, grouped by what made them.
    pub scope_spans: Vec<ScopeSpans>,
}

/// Who recorded spans: `service.name` and the like.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Resource {
    /// What is known about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<KeyValue>,
}

/// The spans of one instrumentation scope.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ScopeSpans {
    /// What made them.
    #[serde(deserialize_with = "null_is_default")]
    pub scope: Scope,
    /// The spans.
    pub spans: Vec<Span>,
}

/// An instrumentation scope.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scope {
    /// Its name: `aetherterm.socketio`.
    pub name: Cow<'static, str>,
    /// Its version; may be empty.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub version: Cow<'static, str>,
}

/// One timed step of a trace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Span {
    /// The trace it belongs to.
    pub trace_id: TraceId,
    /// Its own id.
    pub span_id: SpanId,
    /// What caused it; `None` for a root.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "id_or_empty")]
    pub parent_span_id: Option<SpanId>,
    /// Its name: `socketio.terminal:create`.
    pub name: Cow<'static, str>,
    /// Its part in a conversation.
    #[serde(default)]
    pub kind: SpanKind,
    /// When it began, in nanoseconds since 1970.
    #[serde(default, with = "decimal")]
    pub start_time_unix_nano: u64,
    /// When it ended, in nanoseconds since 1970.
    #[serde(default, with = "decimal")]
    pub end_time_unix_nano: u64,
    /// What is known about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<KeyValue>,
    /// Moments within it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Event>,
    /// Related spans that are not its parent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Status::is_unset", deserialize_with = "null_is_default")]
    pub status: Status,
}

/// A moment within a span.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Event {
    /// When, in nanoseconds since 1970.
    #[serde(with = "decimal")]
    pub time_unix_nano: u64,
    /// What happened.
    pub name: Cow<'static, str>,
    /// What is known about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<KeyValue>,
}

/// A relation to a span that is not the parent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    /// The other span's trace.
    pub trace_id: TraceId,
    /// The other span.
    pub span_id: SpanId,
    /// What is known about the relation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<KeyValue>,
}

/// How a span ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Status {
    /// Whether it succeeded.
    pub code: StatusCode,
    /// Why not.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub message: Cow<'static, str>,
}

impl Status {
    /// Whether nobody said how the span ended.
    pub fn is_unset(&self) -> bool {
        self.code == StatusCode::Unset && self.message.is_empty()
    }
}

/// A span's part in a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum SpanKind {
    /// Not said.
    #[default]
    Unspecified = 0,
    /// Work inside one process.
    Internal = 1,
    /// Handles a request and answers it.
    Server = 2,
    /// Sends a request and awaits the answer.
    Client = 3,
    /// Sends a message that nobody answers.
    Producer = 4,
    /// Handles a message that nobody answers.
    Consumer = 5,
}

/// Whether a span succeeded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum StatusCode {
    /// Not said.
    #[default]
    Unset = 0,
    /// It did.
    Ok = 1,
    /// It did not.
    Error = 2,
}

impl From<u8> for SpanKind {
    fn from(number: u8) -> Self {
        match number {
            1 => Self::Internal,
            2 => Self::Server,
            3 => Self::Client,
            4 => Self::Producer,
            5 => Self::Consumer,
            _ => Self::Unspecified,
        }
    }
}

impl From<u8> for StatusCode {
    fn from(number: u8) -> Self {
        match number {
            1 => Self::Ok,
            2 => Self::Error,
            _ => Self::Unset,
        }
    }
}

macro_rules! integer_enum {
    ($name:ident) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_u8(*self as u8)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                u8::deserialize(deserializer).map(Self::from)
            }
        }
    };
}

integer_enum!(SpanKind);
integer_enum!(StatusCode);

/// A span id, where the empty string stands for none.
fn id_or_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SpanId>, D::Error> {
    match Option::<Cow<'de, str>>::deserialize(deserializer)? {
        None => Ok(None),
        Some(text) if text.is_empty() => Ok(None),
        Some(text) => text.parse().map(Some).map_err(serde::de::Error::custom),
    }
}

/// As Protobuf's JSON does: a field that is `null` is a field that is absent.
fn null_is_default<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Deserialize<'de> + Default,
    D: Deserializer<'de>,
{
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn span() -> Span {
        Span {
            trace_id: "80f198ee56343ba864fe8b2a57d3eff7".parse().unwrap(),
            span_id: "e457b5a2e4d86bd1".parse().unwrap(),
            parent_span_id: None,
            name: "socketio.terminal:create".into(),
            kind: SpanKind::Client,
            start_time_unix_nano: 1_790_000_000_000_000_001,
            end_time_unix_nano: 1_790_000_000_003_000_001,
            attributes: Vec::new(),
            events: Vec::new(),
            links: Vec::new(),
            status: Status::default(),
        }
    }

    #[test]
    fn a_plain_span_is_written_without_empty_fields() {
        assert_eq!(
            serde_json::to_value(span()).unwrap(),
            json!({
                "traceId": "80f198ee56343ba864fe8b2a57d3eff7",
                "spanId": "e457b5a2e4d86bd1",
                "name": "socketio.terminal:create",
                "kind": 3,
                "startTimeUnixNano": "1790000000000000001",
                "endTimeUnixNano": "1790000000003000001",
            })
        );
    }

    #[test]
    fn reading_is_lenient_as_the_specification_asks() {
        let read: Span = serde_json::from_value(json!({
            "traceId": "80F198EE56343BA864FE8B2A57D3EFF7",
            "spanId": "e457b5a2e4d86bd1",
            "parentSpanId": "",
            "traceState": "unknown to us",
            "name": "x",
            "startTimeUnixNano": 12,
            "attributes": [{"key": "empty", "value": {}}, {"key": "null", "value": null}, {"key": "n", "value": {"intValue": 7}}],
            "status": null,
        }))
        .unwrap();
        assert_eq!(read.parent_span_id, None);
        assert_eq!(read.kind, SpanKind::Unspecified);
        assert_eq!((read.start_time_unix_nano, read.end_time_unix_nano), (12, 0));
        assert_eq!(read.attributes[1].value, None);
        assert_eq!(read.attributes[2], KeyValue::new("n", 7));
    }

    #[test]
    fn a_whole_request_survives_the_round_trip() {
        let mut span = span();
        span.parent_span_id = Some("05e3ac9a4f6e3b90".parse().unwrap());
        span.attributes = vec![KeyValue::new("socketio.event", "terminal:create")];
        span.events = vec![Event { time_unix_nano: 5, name: "first output".into(), attributes: Vec::new() }];
        span.links = vec![Link { trace_id: span.trace_id, span_id: span.span_id, attributes: Vec::new() }];
        span.status = Status { code: StatusCode::Error, message: "timeout".into() };
        let request = ExportTraceServiceRequest {
            resource_spans: vec![ResourceSpans {
                resource: Resource { attributes: vec![KeyValue::new("service.name", "aetherterm-frontend")] },
                scope_spans: vec![ScopeSpans {
                    scope: Scope { name: "aetherterm.socketio".into(), version: "".into() },
                    spans: vec![span],
                }],
            }],
        };
        let text = serde_json::to_string(&request).unwrap();
        assert_eq!(serde_json::from_str::<ExportTraceServiceRequest>(&text).unwrap(), request);
    }
}
