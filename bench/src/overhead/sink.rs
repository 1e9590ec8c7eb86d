//! A backend that takes everything at once.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use anyhow::Result;
use axum::{Router, body::Bytes, http::StatusCode, routing::post};
use tokio::{net::TcpListener, task::JoinHandle};

/// A collector of OTLP over HTTP that counts the bodies it gets. It ends with this value.
pub struct Sink {
    endpoint: String,
    taken: Arc<AtomicU64>,
    serving: JoinHandle<()>,
}

impl Sink {
    /// Listens on a free port.
    ///
    /// # Errors
    /// There is none.
    pub async fn open() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let taken = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&taken);
        let take = async move |_: Bytes| {
            counter.fetch_add(1, Ordering::Relaxed);
            StatusCode::OK
        };
        let routes = Router::new().route("/v1/{signal}", post(take));
        // It is there as long as the measuring: how it ends says nothing.
        let serving = tokio::spawn(async move { drop(axum::serve(listener, routes).await) });
        Ok(Self { endpoint, taken, serving })
    }

    /// What `OTEL_EXPORTER_OTLP_ENDPOINT` is to be.
    pub fn endpoint(&self) -> String {
        self.endpoint.clone()
    }

    /// How many bodies have come.
    pub fn taken(&self) -> f64 {
        self.taken.load(Ordering::Relaxed) as f64
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
