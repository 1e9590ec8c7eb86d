//! A collector that fails in every way there is, on one address, and remembers which spans it has taken.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::StatusCode;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;

/// How it behaves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mood {
    /// It takes what it gets.
    Well,
    /// It says that it cannot.
    Refusing(u16),
    /// It answers after this time.
    Slow(Duration),
    /// It holds connections and never answers.
    HalfOpen,
}

#[derive(Clone)]
pub struct Collector {
    pub address: SocketAddr,
    mood: Arc<Mutex<Mood>>,
    taken: Arc<Mutex<BTreeSet<Vec<u8>>>>,
    /// How many spans each request had.
    batches: Arc<Mutex<Vec<usize>>>,
}

impl Collector {
    pub async fn start(mood: Mood) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let collector =
            Self { address, mood: Arc::new(Mutex::new(mood)), taken: Arc::default(), batches: Arc::default() };
        let app = Router::new().route("/v1/traces", post(receive)).with_state(collector.clone());
        // Of these it is seen only that they come.
        let app = app.route("/v1/logs", post(StatusCode::OK)).route("/v1/metrics", post(StatusCode::OK));
        tokio::spawn(async move { axum::serve(listener, app).await });
        collector
    }

    pub fn set(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// How many spans there were in each request that it has taken.
    pub fn batches(&self) -> Vec<usize> {
        self.batches.lock().unwrap().clone()
    }

    /// Whether it has taken a span.
    pub fn has(&self, span_id: [u8; 8]) -> bool {
        self.taken.lock().unwrap().contains(span_id.as_slice())
    }
}

async fn receive(State(collector): State<Collector>, body: Bytes) -> Response {
    let mood = *collector.mood.lock().unwrap();
    match mood {
        Mood::Refusing(status) => return StatusCode::from_u16(status).unwrap().into_response(),
        Mood::HalfOpen => std::future::pending().await,
        Mood::Slow(pause) => tokio::time::sleep(pause).await,
        Mood::Well => {}
    }
    let request = ExportTraceServiceRequest::decode(body).unwrap();
    let scopes = request.resource_spans.into_iter().flat_map(|of| of.scope_spans);
    let ids: Vec<_> = scopes.flat_map(|of| of.spans).map(|span| span.span_id).collect();
    collector.batches.lock().unwrap().push(ids.len());
    collector.taken.lock().unwrap().extend(ids);
    StatusCode::OK.into_response()
}
