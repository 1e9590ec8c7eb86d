//! An OTLP collector on a free port that records what it receives and answers as it is told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::{HeaderMap, HeaderName, StatusCode, header};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, Span};
use prost::Message;
use reqwest::Url;
use tokio::sync::watch;

use crate::telemetry::Signal;
use crate::telemetry::config::BackendConfig;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Clone)]
pub(crate) struct Collector {
    base: String,
    answers: Arc<Mutex<VecDeque<Answer>>>,
    /// The name of spans that it does not take, with the status it says so with.
    disliked: Arc<Mutex<Option<(&'static str, StatusCode)>>>,
    received: Arc<watch::Sender<Vec<Received>>>,
}

/// Status, the header that is special about it, and body.
type Answer = (StatusCode, Option<(HeaderName, &'static str)>, Vec<u8>);

#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) signal: String,
    pub(crate) headers: HeaderMap,
    /// Without its compression.
    pub(crate) body: Bytes,
    /// The spans in it, if the signal is traces.
    pub(crate) batch: Vec<ResourceSpans>,
}

impl Collector {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let collector = Self {
            base,
            answers: Arc::default(),
            disliked: Arc::default(),
            received: Arc::new(watch::Sender::new(Vec::new())),
        };
        let app = Router::new().route("/v1/{signal}", post(receive)).with_state(collector.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        collector
    }

    /// A backend that takes traces.
    pub(crate) fn backend(&self) -> BackendConfig {
        self.backend_for(Signal::Traces)
    }

    /// A backend that takes one signal.
    pub(crate) fn backend_for(&self, signal: Signal) -> BackendConfig {
        let url = Url::parse(&format!("{}{}", self.base, signal.path())).unwrap();
        BackendConfig::new("otlp", signal, "OTEL_EXPORTER_OTLP_ENDPOINT", url)
    }

    /// Says how the next request is answered; without a word it is 200.
    pub(crate) fn answer(&self, status: u16, retry_after: Option<&'static str>, body: Vec<u8>) {
        let header = retry_after.map(|after| (header::RETRY_AFTER, after));
        self.answers.lock().unwrap().push_back((StatusCode::from_u16(status).unwrap(), header, body));
    }

    /// Says that the next request is answered in JSON.
    pub(crate) fn answer_json(&self, status: u16, body: Vec<u8>) {
        let header = Some((header::CONTENT_TYPE, "application/json"));
        self.answers.lock().unwrap().push_back((StatusCode::from_u16(status).unwrap(), header, body));
    }

    /// Refuses every batch that has a span of this name, with a 400 or 413, and none of what is in it is received.
    pub(crate) fn dislike(&self, name: &'static str, status: u16) {
        *self.disliked.lock().unwrap() = Some((name, StatusCode::from_u16(status).unwrap()));
    }

    /// All requests so far, once there are so many.
    pub(crate) async fn requests(&self, count: usize) -> Vec<Received> {
        self.until(|received| received.len() >= count).await
    }

    /// The span of a name with its resource, once it has come.
    pub(crate) async fn span(&self, name: &str) -> (ResourceSpans, Span) {
        let find = |received: &[Received]| {
            let batches = received.iter().flat_map(|request| &request.batch);
            batches.clone().find_map(|batch| {
                let spans = batch.scope_spans.iter().flat_map(|scope| &scope.spans);
                spans.clone().find(|span| span.name == name).map(|span| (batch.clone(), span.clone()))
            })
        };
        let received = self.until(|received| find(received).is_some()).await;
        find(&received).unwrap()
    }

    async fn until(&self, condition: impl Fn(&[Received]) -> bool) -> Vec<Received> {
        let mut received = self.received.subscribe();
        let waited = tokio::time::timeout(PATIENCE, received.wait_for(|received| condition(received))).await;
        waited.expect("the collector gets what it waits for").unwrap().clone()
    }
}

async fn receive(
    State(collector): State<Collector>,
    Path(signal): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body = match headers.get("content-encoding") {
        None => body,
        Some(_) => {
            let mut plain = Vec::new();
            std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(body.as_ref()), &mut plain).unwrap();
            plain.into()
        }
    };
    let batch = match (signal.as_str(), headers["content-type"].as_bytes()) {
        ("traces", b"application/json") => serde_json::from_slice(&body).expect("a body is OTLP/JSON"),
        ("traces", _) => ExportTraceServiceRequest::decode(body.clone()).expect("a body is OTLP"),
        _ => ExportTraceServiceRequest::default(),
    }
    .resource_spans;
    let spans = || batch.iter().flat_map(|of| &of.scope_spans).flat_map(|of| &of.spans);
    if let Some((name, status)) = *collector.disliked.lock().unwrap()
        && spans().any(|span| span.name == name)
    {
        return status.into_response();
    }
    let answer = collector.answers.lock().unwrap().pop_front();
    collector.received.send_modify(|received| received.push(Received { signal, headers, body, batch }));
    match answer {
        None => StatusCode::OK.into_response(),
        Some((status, None, body)) => (status, body).into_response(),
        Some((status, Some(header), body)) => (status, [header], body).into_response(),
    }
}
