//! The sockets' room alone behind a gate that believes whatever name it is told.

use std::{net::SocketAddr, sync::Arc};

use app::{
    protocol::session::{UserRole, UserView},
    tracking::{Settings as TrackerSettings, SocketConnectionTracker},
};
use axum::{Router, extract::Request, middleware, middleware::Next, response::Response, serve::ListenerExt};
use server::{
    auth::{Credential, Identity},
    socket::{Lasting, Settings, Sockets},
    terminal::{Limits, Spawner, Terminals},
    workspace::Sessions,
};
use tokio::{net::TcpListener, task::JoinHandle};

/// The header that says who a test's client is.
pub const USER: &str = "x-user";

pub struct TestServer {
    pub address: SocketAddr,
    pub sockets: Sockets,
    serving: JoinHandle<()>,
}

impl TestServer {
    /// Terminals of this server return what is typed.
    pub async fn start() -> Self {
        Self::start_with(Limits::default(), |_| {}).await
    }

    pub async fn start_with(limits: Limits, change: impl FnOnce(&mut Settings)) -> Self {
        let terminals = Arc::new(Terminals::new(Spawner::Echo, limits));
        let tracking = TrackerSettings { metrics: true, timeout_ms: 5_000, slow_ms: 1_000, max_pending: 100 };
        let tracker = Arc::new(SocketConnectionTracker::new(tracking, "test"));
        let mut settings = Settings { path: "/socket.io".to_owned(), ..Settings::default() };
        change(&mut settings);
        let lasting = Lasting::in_memory().unwrap();
        let (sockets, layer) = Sockets::open(settings, Sessions::default(), terminals, lasting, tracker);
        let router = Router::new().layer(layer).layer(middleware::from_fn(identify));

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let listener = listener.tap_io(|connection| connection.set_nodelay(true).unwrap());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, sockets, serving }
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
