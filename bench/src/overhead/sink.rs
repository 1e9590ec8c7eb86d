//! A backend that takes everything at once, and one that never answers.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use anyhow::Result;
use axum::{Router, body::Bytes, http::StatusCode, routing::post};
use tokio::{net::TcpListener, task::JoinHandle};

/// A collector of OTLP over HTTP that counts the bodies it gets, and beside it one that takes connections and says nothing. They
/// end with this value.
pub struct Sink {
    endpoint: String,
    silent: String,
    taken: Arc<AtomicU64>,
    serving: JoinHandle<()>,
    holding: JoinHandle<()>,
}

impl Sink {
    /// Listens on two free ports.
    ///
    /// # Errors
    /// There are none.
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
        let silence = TcpListener::bind("127.0.0.1:0").await?;
        let silent = format!("http://{}", silence.local_addr()?);
        let holding = tokio::spawn(async move {
            let mut held = Vec::new();
            while let Ok((connection, _)) = silence.accept().await {
                held.push(connection);
            }
        });
        Ok(Self { endpoint, silent, taken, serving, holding })
    }

    /// What `OTEL_EXPORTER_OTLP_ENDPOINT` is to be.
    pub fn endpoint(&self) -> String {
        self.endpoint.clone()
    }

    /// The same for the one that never answers.
    pub fn silent(&self) -> String {
        self.silent.clone()
    }

    /// How many bodies have come.
    pub fn taken(&self) -> f64 {
        self.taken.load(Ordering::Relaxed) as f64
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.serving.abort();
        self.holding.abort();
    }
}
