//! Telemetry over HTTP: the relay, the trace API, and the layer that records the server's own requests.
//!
//! Who may come in is not decided here; the routes stand behind the server's authentication.

use std::net::SocketAddr;
use std::time::{Instant, SystemTime};

use app::monitor::TracePage;
use app::trace::TraceId;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Path, RawQuery, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::{HeaderMap, HeaderName, StatusCode, header};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use serde_json::json;

use super::Telemetry;
use super::metrics::CONTENT_TYPE;
use super::outbox::{FilterError, TraceFilter};
use super::record::Record;
use super::relay::{self, Encoding, Post, RelayAnswer, Sender};
use super::signal::{Kind, Origin, Signal};

mod layer;
mod limiter;
mod measured;
mod stream;
mod taken;

pub use layer::{HttpLayer, hide_secrets, http_layer, lower_debug, show_secrets, trace_headers};
pub(super) use limiter::RateLimiter;
pub use measured::{Transport, measure, measure_transport};
pub(super) use taken::Taken;

/// Who posts, as authentication knows it: a cookie session or a token. Without this request extension the peer's
/// address takes its place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RelayKey(pub String);

/// The terminal among whose programs the sender is, as the gate knows it: this request extension is the key then, and what
/// the sender posts is marked with the terminal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FromTerminal(pub String);

/// `POST /v1/traces`, `POST /v1/logs`, `POST /v1/metrics`, `GET /metrics`, `GET /api/traces`, `/api/traces/stream` and `/api/traces/{traceId}`.
pub fn routes(telemetry: Telemetry) -> Router {
    Router::new()
        .route("/v1/traces", post(take_traces))
        .route("/v1/logs", post(take_logs))
        .route("/v1/metrics", post(take_metrics))
        .route("/metrics", get(scrape))
        .route("/api/traces", get(list))
        .route("/api/traces/stream", get(stream::stream))
        .route("/api/traces/{trace_id}", get(trace))
        .with_state(telemetry)
}

async fn take_traces(State(telemetry): State<Telemetry>, request: Request) -> Response {
    take(&telemetry, request, Signal::Traces, |post| relay::traces(post, &telemetry.inner.stamp, SystemTime::now()))
        .await
}

async fn take_logs(State(telemetry): State<Telemetry>, request: Request) -> Response {
    take(&telemetry, request, Signal::Logs, |post| relay::logs(post, &telemetry.inner.stamp, SystemTime::now())).await
}

async fn take_metrics(State(telemetry): State<Telemetry>, request: Request) -> Response {
    take(&telemetry, request, Signal::Metrics, |post| {
        // What a page counts says since when and until when, so that two bodies that are alike are one.
        let is_new = || telemetry.inner.taken.note(None, post.body);
        relay::metrics(post, &telemetry.inner.stamp, SystemTime::now(), &telemetry.inner.metrics, is_new)
    })
    .await
}

/// Takes a post for the relay: not too often from one sender, and not too much.
async fn take(
    telemetry: &Telemetry,
    request: Request,
    signal: Signal,
    relay: impl FnOnce(Post<'_>) -> (RelayAnswer, Vec<Record>),
) -> Response {
    let (parts, body) = request.into_parts();
    let content_type = text(&parts.headers, header::CONTENT_TYPE);
    let terminal = parts.extensions.get::<FromTerminal>().map(|terminal| terminal.0.as_str());
    let key =
        parts.extensions.get::<RelayKey>().map(|key| key.0.as_str()).or(terminal).map(str::to_owned).or_else(|| {
            let ConnectInfo(peer) = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
            Some(peer.ip().to_string())
        });
    if let Err(wait) = telemetry.inner.limiter.admit(&key.unwrap_or_default(), Instant::now()) {
        return RelayAnswer::too_many(content_type, wait.as_secs() + 1).into_response();
    }
    let Some(body) = read(body).await else {
        let problem = format!("the body is incomplete, or longer than {} bytes", relay::MAX_BODY);
        return refuse(&parts.headers, StatusCode::PAYLOAD_TOO_LARGE, problem);
    };
    let content_encoding = text(&parts.headers, header::CONTENT_ENCODING);
    let sender = terminal.map_or(Sender::Page, Sender::Program);
    let (answer, records) = relay(Post { body: &body, content_type, content_encoding, sender });
    // A body that has been taken before is answered as it was then, and its spans are neither counted nor sent again. Of the figures of
    // programs and of log records two that are alike may be two.
    let is_new = |records: &[Record]| {
        signal != Signal::Traces || records.is_empty() || telemetry.inner.taken.note(terminal, &body)
    };
    if telemetry.inner.recording && is_new(&records) {
        let origin = terminal.map_or(Origin::Page, |_| Origin::Program);
        if (signal, origin) == (Signal::Traces, Origin::Page) {
            let logs = Kind { signal: Signal::Logs, origin };
            telemetry.inner.outbox.record(logs, telemetry.inner.events.of_page(&records));
        }
        telemetry.inner.outbox.record(Kind { signal, origin }, records);
    }
    answer.into_response()
}

/// Refuses a post as OTLP has it, in the encoding that the sender speaks; JSON for who speaks neither.
pub fn refuse(headers: &HeaderMap, status: StatusCode, why: impl Into<String>) -> Response {
    let encoding = Encoding::of(text(headers, header::CONTENT_TYPE)).unwrap_or(Encoding::Json);
    RelayAnswer::refused(encoding, status, why).into_response()
}

async fn read(body: Body) -> Option<bytes::Bytes> {
    to_bytes(body, relay::MAX_BODY).await.ok()
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// All metrics in Prometheus's text format.
async fn scrape(State(telemetry): State<Telemetry>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], telemetry.exposition())
}

async fn list(State(telemetry): State<Telemetry>, RawQuery(query): RawQuery) -> Result<Json<TracePage>, BadQuery> {
    let query = query.unwrap_or_default();
    let pairs: Vec<_> = url_pairs(&query);
    let filter = TraceFilter::from_query(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))?;
    let (traces, next) = telemetry.inner.outbox.list(filter).await;
    let next = next.map(|sequence| sequence.to_string());
    Ok(Json(TracePage { traces, next, ledger: Some(telemetry.ledger()) }))
}

async fn trace(State(telemetry): State<Telemetry>, Path(trace_id): Path<String>) -> Response {
    match trace_id.parse::<TraceId>() {
        // A trace without spans is no error: it has not been sampled, or is over and forgotten.
        Ok(trace_id) => {
            let resource_spans = telemetry.inner.outbox.trace(trace_id).await.unwrap_or_default();
            Json(ExportTraceServiceRequest { resource_spans }).into_response()
        }
        Err(_) => (StatusCode::NOT_FOUND, Json(json!({"error": {"code": "not_found", "message": "no such trace"}})))
            .into_response(),
    }
}

/// Takes a query string apart and decodes it.
fn url_pairs(query: &str) -> Vec<(String, String)> {
    let base = reqwest::Url::parse("http://query.invalid/").expect("the literal is an address");
    let mut url = base;
    url.set_query(Some(query));
    url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

/// A query that cannot be understood is answered 400 with the parameter's name.
struct BadQuery(FilterError);

impl From<FilterError> for BadQuery {
    fn from(error: FilterError) -> Self {
        Self(error)
    }
}

impl IntoResponse for BadQuery {
    fn into_response(self) -> Response {
        let error = json!({"error": {"code": "invalid_payload", "message": self.0.to_string()}});
        (StatusCode::BAD_REQUEST, Json(error)).into_response()
    }
}

#[cfg(test)]
mod tests;
