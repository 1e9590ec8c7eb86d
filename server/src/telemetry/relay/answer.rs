//! What the sender is answered, in the encoding it spoke.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTracePartialSuccess, ExportTraceServiceResponse};
use prost::Message;
use serde_json::json;

use super::{Encoding, Rejected};
use crate::telemetry::signal::Signal;

/// An answer of the relay: success, perhaps partial, or a `google.rpc.Status`.
#[derive(Debug, PartialEq)]
pub(in crate::telemetry) struct RelayAnswer {
    encoding: Encoding,
    outcome: Outcome,
}

#[derive(Debug, PartialEq)]
enum Outcome {
    Accepted(Signal, Rejected),
    Refused { status: StatusCode, message: String, retry_after: Option<u64> },
}

/// The error form of OTLP/HTTP (`google.rpc.Status`, without its details).
#[derive(Clone, PartialEq, prost::Message)]
struct RpcStatus {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}

impl RelayAnswer {
    /// The body was taken, except for what was rejected of it.
    pub(super) fn accepted(encoding: Encoding, signal: Signal, rejected: Rejected) -> Self {
        Self { encoding, outcome: Outcome::Accepted(signal, rejected) }
    }

    /// The whole body was refused.
    pub(in crate::telemetry) fn refused(encoding: Encoding, status: StatusCode, message: impl Into<String>) -> Self {
        Self { encoding, outcome: Outcome::Refused { status, message: message.into(), retry_after: None } }
    }

    /// The sender posts too often.
    pub(in crate::telemetry) fn too_many(content_type: Option<&str>, retry_after: u64) -> Self {
        let status = StatusCode::TOO_MANY_REQUESTS;
        let message = "too many requests".to_owned();
        let encoding = Encoding::of(content_type).unwrap_or(Encoding::Json);
        Self { encoding, outcome: Outcome::Refused { status, message, retry_after: Some(retry_after) } }
    }

    #[cfg(test)]
    pub(super) fn status(&self) -> StatusCode {
        match &self.outcome {
            Outcome::Accepted(..) => StatusCode::OK,
            Outcome::Refused { status, .. } => *status,
        }
    }

    fn body(&self) -> Vec<u8> {
        match (&self.outcome, self.encoding) {
            // The answers of all signals are the same in Protobuf, but for the names of their fields.
            (Outcome::Accepted(_, rejected), Encoding::Protobuf) => {
                let partial_success = rejected.reason.clone().map(|error_message| ExportTracePartialSuccess {
                    rejected_spans: i64::try_from(rejected.items).unwrap_or(i64::MAX),
                    error_message,
                });
                ExportTraceServiceResponse { partial_success }.encode_to_vec()
            }
            (Outcome::Accepted(_, Rejected { reason: None, .. }), Encoding::Json) => b"{}".to_vec(),
            (Outcome::Accepted(signal, Rejected { items, reason: Some(reason) }), Encoding::Json) => {
                let partial = json!({rejected_field(*signal): items.to_string(), "errorMessage": reason});
                json!({"partialSuccess": partial}).to_string().into_bytes()
            }
            (Outcome::Refused { status, message, .. }, Encoding::Json) => {
                json!({"code": rpc_code(*status), "message": message}).to_string().into_bytes()
            }
            (Outcome::Refused { status, message, .. }, Encoding::Protobuf) => {
                RpcStatus { code: rpc_code(*status), message: message.clone() }.encode_to_vec()
            }
        }
    }
}

impl IntoResponse for RelayAnswer {
    fn into_response(self) -> Response {
        let body = self.body();
        let content_type = HeaderValue::from_static(self.encoding.content_type());
        let (status, retry_after) = match self.outcome {
            Outcome::Accepted(..) => (StatusCode::OK, None),
            Outcome::Refused { status, retry_after, .. } => (status, retry_after),
        };
        let mut response = (status, [(header::CONTENT_TYPE, content_type)], body).into_response();
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// Where a partial success says how much was rejected.
fn rejected_field(signal: Signal) -> &'static str {
    match signal {
        Signal::Traces => "rejectedSpans",
        Signal::Logs => "rejectedLogRecords",
        Signal::Metrics => "rejectedDataPoints",
    }
}

/// The gRPC code that says what an HTTP status says.
fn rpc_code(status: StatusCode) -> i32 {
    match status {
        StatusCode::FORBIDDEN => 7,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::PAYLOAD_TOO_LARGE => 8,
        StatusCode::UNAUTHORIZED => 16,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceResponse;

    use super::*;

    fn accepted(encoding: Encoding, signal: Signal, items: u64) -> Vec<u8> {
        let reason = (items > 0).then(|| "it has no name".to_owned());
        RelayAnswer::accepted(encoding, signal, Rejected { items, reason }).body()
    }

    #[test]
    fn full_success_is_an_empty_message() {
        assert_eq!(accepted(Encoding::Json, Signal::Traces, 0), b"{}");
        assert_eq!(accepted(Encoding::Protobuf, Signal::Metrics, 0), b"");
    }

    #[test]
    fn partial_success_counts_and_says_why() {
        for (signal, field) in [
            (Signal::Traces, "rejectedSpans"),
            (Signal::Logs, "rejectedLogRecords"),
            (Signal::Metrics, "rejectedDataPoints"),
        ] {
            let json: serde_json::Value = serde_json::from_slice(&accepted(Encoding::Json, signal, 3)).unwrap();
            assert_eq!(json, json!({"partialSuccess": {field: "3", "errorMessage": "it has no name"}}));
        }
        let body = accepted(Encoding::Protobuf, Signal::Traces, 3);
        let partial = ExportTraceServiceResponse::decode(body.as_slice()).unwrap().partial_success.unwrap();
        assert_eq!((partial.rejected_spans, partial.error_message.as_str()), (3, "it has no name"));
        let body = accepted(Encoding::Protobuf, Signal::Metrics, 3);
        let partial = ExportMetricsServiceResponse::decode(body.as_slice()).unwrap().partial_success.unwrap();
        assert_eq!((partial.rejected_data_points, partial.error_message.as_str()), (3, "it has no name"));
    }

    #[test]
    fn a_refusal_is_a_status_message_in_the_senders_encoding() {
        let answer = RelayAnswer::refused(Encoding::Protobuf, StatusCode::BAD_REQUEST, "no");
        let status = RpcStatus::decode(answer.body().as_slice()).unwrap();
        assert_eq!((status.code, status.message.as_str()), (3, "no"));

        let response = RelayAnswer::too_many(Some("application/json"), 2).into_response();
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers()[header::RETRY_AFTER], "2");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json");
    }
}
