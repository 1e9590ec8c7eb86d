//! An OTLP collector on a free port that records what it receives and answers as it is told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::{HeaderMap, StatusCode};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, Span};
use prost::Message;
use reqwest::Url;
use tokio::sync::watch;

use crate::telemetry::config::BackendConfig;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Clone)]
pub(crate) struct Collector {
    url: Url,
    answers: Arc<Mutex<VecDeque<Answer>>>,
    received: Arc<watch::Sender<Vec<Received>>>,
}

type Answer = (StatusCode, Option<&'static str>, Vec<u8>);

#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) headers: HeaderMap,
    pub(crate) batch: Vec<ResourceSpans>,
}

impl Collector {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/v1/traces", listener.local_addr().unwrap())).unwrap();
        let collector = Self { url, answers: Arc::default(), received: Arc::new(watch::Sender::new(Vec::new())) };
        let app = Router::new().route("/v1/traces", post(receive)).with_state(collector.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        collector
    }

    pub(crate) fn backend(&self) -> BackendConfig {
        BackendConfig::new("otlp", "OTEL_EXPORTER_OTLP_ENDPOINT", self.url.clone())
    }

    /// Says how the next request is answered; without a word it is 200.
    pub(crate) fn answer(&self, status: u16, retry_after: Option<&'static str>, body: Vec<u8>) {
        self.answers.lock().unwrap().push_back((StatusCode::from_u16(status).unwrap(), retry_after, body));
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

async fn receive(State(collector): State<Collector>, headers: HeaderMap, body: Bytes) -> Response {
    let plain = match headers.get("content-encoding") {
        None => body.to_vec(),
        Some(_) => {
            let mut plain = Vec::new();
            std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(body.as_ref()), &mut plain).unwrap();
            plain
        }
    };
    let batch = ExportTraceServiceRequest::decode(plain.as_slice()).expect("a body is OTLP").resource_spans;
    let answer = collector.answers.lock().unwrap().pop_front();
    collector.received.send_modify(|received| received.push(Received { headers, batch }));
    match answer {
        None => StatusCode::OK.into_response(),
        Some((status, None, body)) => (status, body).into_response(),
        Some((status, Some(after), body)) => (status, [("retry-after", after)], body).into_response(),
    }
}
