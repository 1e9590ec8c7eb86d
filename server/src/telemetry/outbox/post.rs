//! One attempt to post one batch to one backend, and what its answer means.

use std::io::Write;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use flate2::Compression as Level;
use flate2::write::GzEncoder;
use http::{StatusCode, header};
use prost::{DecodeError, Message};
use serde::{Deserialize, Deserializer};

use crate::telemetry::config::{BackendConfig, Compression, Protocol};
use crate::telemetry::record::json;

/// An answer is only read for its count of rejected records.
const MAX_ANSWER: usize = 64 << 10;

/// The longest a backend may ask to be left alone; one that asks for more is asked again anyway.
const MAX_ASKED: Duration = Duration::from_secs(600);

/// How long the backend's own words may be where they are repeated.
const MAX_WORDS: usize = 200;

/// How one attempt ended.
#[derive(Debug, PartialEq)]
pub(in crate::telemetry) enum Answer {
    /// The backend has the batch, except for so many records; it may have said something about it.
    Taken { rejected: u64, said: Option<String> },
    /// Not now; the backend may say when.
    Later { pause: Option<Duration>, problem: String },
    /// Something in the batch is wrong, or it is too long.
    Indigestible { problem: String },
    /// Never, whatever the batch.
    Refused { problem: String },
}

/// Posts a batch, the body of a request in Protobuf.
pub(in crate::telemetry) async fn post(client: &reqwest::Client, backend: &BackendConfig, body: &Bytes) -> Answer {
    let (body, content_type) = match encode(backend, body) {
        Ok(encoded) => encoded,
        Err(error) => return Answer::Indigestible { problem: format!("cannot be encoded: {error}") },
    };
    let mut request = client
        .post(backend.url.clone())
        .timeout(backend.timeout)
        .headers(backend.headers.clone())
        .header(header::CONTENT_TYPE, content_type)
        .body(body);
    if backend.compression == Compression::Gzip {
        request = request.header(header::CONTENT_ENCODING, "gzip");
    }
    let mut response = match request.send().await {
        Ok(response) => response,
        Err(error) => return Answer::Later { pause: None, problem: cause(error) },
    };
    let status = response.status();
    let problem = format!("answered {status}");
    match status {
        _ if status.is_success() => taken(&mut response).await,
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => {
            let asked = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
            Answer::Later { pause: asked.and_then(retry_after).map(|pause| pause.min(MAX_ASKED)), problem }
        }
        StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE => Answer::Indigestible { problem },
        _ => Answer::Refused { problem },
    }
}

fn encode(backend: &BackendConfig, body: &Bytes) -> Result<(Bytes, &'static str), DecodeError> {
    let (body, content_type) = match backend.protocol {
        Protocol::Protobuf => (body.clone(), "application/x-protobuf"),
        Protocol::Json => (json(backend.signal, body.clone())?.into(), "application/json"),
    };
    let body = match backend.compression {
        Compression::None => body,
        Compression::Gzip => {
            let mut encoder = GzEncoder::new(Vec::new(), Level::fast());
            let written = encoder.write_all(&body).and_then(|()| encoder.finish());
            written.expect("writing to a vector does not fail").into()
        }
    };
    Ok((body, content_type))
}

/// Reads what a success says beside that it is one.
async fn taken(response: &mut reqwest::Response) -> Answer {
    let is_json = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/json"));
    let mut answer = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        if answer.len() + chunk.len() > MAX_ANSWER {
            return Answer::Taken { rejected: 0, said: None };
        }
        answer.extend_from_slice(&chunk);
    }
    let read = if is_json { serde_json::from_slice(&answer).ok() } else { Response::decode(answer.as_slice()).ok() };
    // A body that cannot be read is as good as none: the status has said what matters.
    let partial = read.and_then(|read: Response| read.partial_success).unwrap_or_default();
    let said = Some(partial.message).filter(|said| !said.is_empty());
    let said = said.map(|said| said.chars().take(MAX_WORDS).filter(|c| !c.is_control()).collect());
    Answer::Taken { rejected: u64::try_from(partial.rejected).unwrap_or(0), said }
}

/// The answers of the three signals, which have the same shape.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    #[prost(message, optional, tag = "1")]
    #[serde(default)]
    partial_success: Option<PartialSuccess>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
struct PartialSuccess {
    #[prost(int64, tag = "1")]
    #[serde(
        default,
        alias = "rejectedSpans",
        alias = "rejectedLogRecords",
        alias = "rejectedDataPoints",
        deserialize_with = "number"
    )]
    rejected: i64,
    #[prost(string, tag = "2")]
    #[serde(default, alias = "errorMessage")]
    message: String,
}

/// A 64-bit number in OTLP's JSON: text, or a number after all.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Number {
        Text(String),
        Plain(i64),
    }
    Ok(match Number::deserialize(deserializer)? {
        Number::Text(text) => text.parse().unwrap_or(0),
        Number::Plain(number) => number,
    })
}

/// The innermost cause, which says what happened; the outer ones repeat the address, which may hold a password.
fn cause(error: reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let error = error.without_url();
    let mut cause: &dyn std::error::Error = &error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// Reads `Retry-After`: seconds, or a date.
fn retry_after(text: &str) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(retry_after("120"), Some(Duration::from_secs(120)));
        assert_eq!(retry_after("Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO));
        assert_eq!(retry_after("soon"), None);
    }

    #[test]
    fn a_partial_success_is_read_in_json_as_well() {
        let check = |json: &str, expected: Option<(i64, &str)>| {
            let read: Response = serde_json::from_str(json).unwrap();
            let partial = read.partial_success.map(|partial| (partial.rejected, partial.message));
            assert_eq!(partial, expected.map(|(rejected, message)| (rejected, message.to_owned())), "{json}");
        };
        check("{}", None);
        check(r#"{"partialSuccess":null}"#, None);
        check(r#"{"partialSuccess":{}}"#, Some((0, "")));
        check(r#"{"partialSuccess":{"rejectedSpans":"3","errorMessage":"no"}}"#, Some((3, "no")));
        check(r#"{"partialSuccess":{"rejectedDataPoints":4}}"#, Some((4, "")));
        check(r#"{"partialSuccess":{"rejectedLogRecords":"-1","later":1}}"#, Some((-1, "")));
    }
}
