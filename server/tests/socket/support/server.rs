//! The sockets' room alone behind a gate that believes whatever name it is told.

use std::{
    net::SocketAddr,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use app::{
    protocol::session::{UserRole, UserView},
    tracking::{Settings as TrackerSettings, SocketConnectionTracker},
};
use axum::{Router, extract::Request, middleware, middleware::Next, response::Response, serve::ListenerExt};
use server::{
    auth::{Credential, Identity},
    socket::{Lasting, Settings, Sockets},
    store::{Saved, Store},
    terminal::{Limits, Spawner, Terminals},
    workspace::Sessions,
};
use tokio::{net::TcpListener, task::JoinHandle, time::sleep};

/// The header that says who a test's client is.
pub const USER: &str = "x-user";

pub struct TestServer {
    pub address: SocketAddr,
    pub sockets: Sockets,
    store: Store,
    serving: JoinHandle<()>,
}

impl TestServer {
    /// Terminals of this server return what is typed.
    pub async fn start() -> Self {
        Self::start_with(Limits::default(), |_| {}).await
    }

    /// Waits until the tracker has counted so many requests of a kind, and failures of them: an answer is counted once it is on
    /// its way.
    pub async fn check_counted(&self, event: &str, expected: (u64, u64)) {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let events = self.sockets.tracker_view().metrics.event_metrics;
            let counted = events.get(event).map(|of| (of.request_count, of.error_count));
            if counted == Some(expected) {
                return;
            }
            assert!(Instant::now() < deadline, "{event}: {counted:?} instead of {expected:?}");
            sleep(Duration::from_millis(1)).await;
        }
    }

    pub async fn start_with(limits: Limits, change: impl FnOnce(&mut Settings)) -> Self {
        Self::start_from(Lasting::in_memory().unwrap(), Saved::default(), limits, change).await
    }

    /// A server whose sessions are kept in a directory, and are there again with the next one.
    pub async fn start_in(directory: &Path, change: impl FnOnce(&mut Settings)) -> Self {
        let (store, mut saved) = Store::open(directory, Box::new(|_, _| {})).unwrap();
        let lasting = Lasting::new(&store, &mut saved);
        Self::start_from(lasting, saved, Limits::default(), change).await
    }

    async fn start_from(lasting: Lasting, saved: Saved, limits: Limits, change: impl FnOnce(&mut Settings)) -> Self {
        let store = lasting.store.clone();
        let terminals = Arc::new(Terminals::new(Spawner::Echo, limits));
        let tracking = TrackerSettings { metrics: true, timeout_ms: 5_000, slow_ms: 1_000, max_pending: 100 };
        let tracker = Arc::new(SocketConnectionTracker::new(tracking, "test"));
        let mut settings = Settings { path: "/socket.io".to_owned(), ..Settings::default() };
        change(&mut settings);
        let (sockets, layer) = Sockets::open(settings, Sessions::default(), terminals, lasting, tracker);
        sockets.restore(Vec::new(), saved);
        let router = Router::new().layer(layer).layer(middleware::from_fn(identify));

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let listener = listener.tap_io(|connection| connection.set_nodelay(true).unwrap());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, sockets, store, serving }
    }

    /// Ends the server; everything is stored by then.
    pub async fn end(self) {
        self.sockets.announce_closing("The test is over.");
        self.sockets.clone().close().await;
        self.store.close();
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn identify(mut request: Request, next: Next) -> Response {
    if let Some(name) = request.headers().get(USER).and_then(|name| name.to_str().ok()).map(str::to_owned) {
        let user = UserView { id: name.clone(), name, role: UserRole::User };
        request.extensions_mut().insert(Identity { user, credential: Credential::Open });
    }
    next.run(request).await
}
