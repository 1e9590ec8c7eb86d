//! From bytes to spans, log records or metrics, within limits that hold before anything large is allocated.

use std::io::Read;

use bytes::Bytes;
use flate2::read::GzDecoder;
use http::StatusCode;
use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::resource::v1::Resource;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::extent::{self, Extent};
use super::item::{Item, OfResource, OfScope};
use super::{MAX_BODY, MAX_DECODED, MAX_DEPTH, MAX_ITEMS, MAX_PARTS, MAX_RATIO, Rejected};

/// How a body is written, and its answer too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::telemetry) enum Encoding {
    /// OTLP/JSON.
    Json,
    /// Binary Protobuf.
    Protobuf,
}

impl Encoding {
    /// Reads a content type; its parameters do not matter.
    pub(in crate::telemetry) fn of(content_type: Option<&str>) -> Option<Self> {
        let essence = content_type?.split(';').next()?.trim().to_ascii_lowercase();
        match essence.as_str() {
            "application/json" => Some(Self::Json),
            "application/x-protobuf" => Some(Self::Protobuf),
            _ => None,
        }
    }

    /// The content type.
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Protobuf => "application/x-protobuf",
        }
    }
}

/// A decoded body: what it holds, and what of it could not be read one by one.
#[derive(Debug)]
pub(super) struct Decoded<T> {
    pub(super) batch: Vec<OfResource<T>>,
    pub(super) rejected: Rejected,
}

/// Why a whole body is refused.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error("the body is longer than {MAX_BODY} bytes")]
    Body,
    #[error("the body decompresses to more than {MAX_DECODED} bytes or {MAX_RATIO} times its size")]
    Decompressed,
    #[error("the body holds more than {MAX_ITEMS} spans, log records or data points")]
    Items,
    #[error("the body holds more than {MAX_PARTS} values")]
    Parts,
    #[error("the body nests deeper than {MAX_DEPTH} levels")]
    Depth,
    #[error("the body is not a JSON object")]
    Shape,
    #[error("the content encoding must be gzip or none")]
    ContentEncoding,
    #[error("the body is not valid gzip: {0}")]
    Gzip(std::io::Error),
    #[error("the body is not OTLP/JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the body is not OTLP in Protobuf: {0}")]
    Protobuf(#[from] prost::DecodeError),
}

impl Refusal {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Body | Self::Decompressed | Self::Items | Self::Parts => StatusCode::PAYLOAD_TOO_LARGE,
            Self::ContentEncoding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Shape | Self::Depth | Self::Gzip(_) | Self::Json(_) | Self::Protobuf(_) => StatusCode::BAD_REQUEST,
        }
    }
}

/// Decodes a body.
pub(super) fn decode<T: Item>(
    body: &Bytes,
    encoding: Encoding,
    content_encoding: Option<&str>,
) -> Result<Decoded<T>, Refusal> {
    if body.len() > MAX_BODY {
        return Err(Refusal::Body);
    }
    let body = match content_encoding.map(|name| name.trim().to_ascii_lowercase()).as_deref() {
        None | Some("" | "identity") => body.clone(),
        Some("gzip") => gunzip(body)?,
        Some(_) => return Err(Refusal::ContentEncoding),
    };
    let decoded = match encoding {
        Encoding::Json => json(&body)?,
        Encoding::Protobuf if extent::messages(&body, T::SIGNAL) > MAX_PARTS => return Err(Refusal::Parts),
        Encoding::Protobuf => Decoded { batch: T::read(body)?, rejected: Rejected::default() },
    };
    let items = decoded.batch.iter().flat_map(|of| &of.scopes).flat_map(|of| &of.items);
    let read: usize = items.map(Item::weight).sum();
    if read as u64 + decoded.rejected.items > MAX_ITEMS as u64 {
        return Err(Refusal::Items);
    }
    Ok(decoded)
}

/// Decompresses, and stops as soon as either limit is passed: a bomb is never held in memory.
fn gunzip(body: &Bytes) -> Result<Bytes, Refusal> {
    let limit = MAX_DECODED.min(body.len().saturating_mul(MAX_RATIO));
    let mut plain = Vec::new();
    GzDecoder::new(body.as_ref()).take(limit as u64 + 1).read_to_end(&mut plain).map_err(Refusal::Gzip)?;
    if plain.len() > limit { Err(Refusal::Decompressed) } else { Ok(plain.into()) }
}

/// Reads OTLP/JSON one by one, so that a bad one does not cost the others.
fn json<T: Item>(body: &[u8]) -> Result<Decoded<T>, Refusal> {
    let Extent { depth, parts } = extent::json(body);
    if depth > MAX_DEPTH {
        return Err(Refusal::Depth);
    }
    if parts > MAX_PARTS {
        return Err(Refusal::Parts);
    }
    // Without this, serde would take an array for a struct, field by field.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(Refusal::Shape);
    }
    let envelope: Envelope<'_> = serde_json::from_slice(body)?;
    let mut rejected = Rejected::default();
    let mut read = |item: &RawValue| {
        let read = serde_json::from_str::<T>(item.get());
        read.map_err(|error| rejected.add(1, format!("a {} is malformed: {error}", T::NOUN))).ok()
    };
    let mut scope = |of: JsonScope<'_>| OfScope {
        scope: of.scope,
        schema_url: of.schema_url,
        items: of.items.into_iter().filter_map(&mut read).collect(),
    };
    let resource = |of: JsonResource<'_>| OfResource {
        resource: of.resource,
        schema_url: of.schema_url,
        scopes: of.scopes.into_iter().map(&mut scope).collect(),
    };
    let batch = envelope.resources.into_iter().map(resource).collect();
    Ok(Decoded { batch, rejected })
}

/// The outer shape of a request of any signal, with what it holds still unread. Those of another signal than the
/// address's cannot be read then, and are rejected one by one.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(
        borrow,
        default,
        rename = "resourceSpans",
        alias = "resourceLogs",
        alias = "resourceMetrics",
        deserialize_with = "null_is_default"
    )]
    resources: Vec<JsonResource<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JsonResource<'a> {
    #[serde(default)]
    resource: Option<Resource>,
    #[serde(
        borrow,
        default,
        rename = "scopeSpans",
        alias = "scopeLogs",
        alias = "scopeMetrics",
        deserialize_with = "null_is_default"
    )]
    scopes: Vec<JsonScope<'a>>,
    #[serde(default, deserialize_with = "null_is_default")]
    schema_url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JsonScope<'a> {
    #[serde(default)]
    scope: Option<InstrumentationScope>,
    #[serde(
        borrow,
        default,
        rename = "spans",
        alias = "logRecords",
        alias = "metrics",
        deserialize_with = "null_is_default"
    )]
    items: Vec<&'a RawValue>,
    #[serde(default, deserialize_with = "null_is_default")]
    schema_url: String,
}

fn null_is_default<'de, T: Deserialize<'de> + Default, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_type_may_have_parameters() {
        assert_eq!(Encoding::of(Some("Application/JSON; charset=utf-8")), Some(Encoding::Json));
        assert_eq!(Encoding::of(Some("application/x-protobuf")), Some(Encoding::Protobuf));
        assert_eq!(Encoding::of(Some("text/plain")), None);
        assert_eq!(Encoding::of(None), None);
    }
}
