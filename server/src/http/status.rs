//! What programs ask about the server: is it alive, does it take work, which version is it, and who am I.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use app::protocol::session::UserView;
use axum::{
    Extension, Json,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use serde::Serialize;

use super::security::NO_STORE;
use crate::{
    auth::Identity,
    store::{Condition, Store},
};

/// Whether the server takes new work, and what becomes of it; shared by the route and the server that ends.
#[derive(Clone, Debug)]
pub struct Readiness {
    is_ready: Arc<AtomicBool>,
    store: Store,
}

impl Readiness {
    /// Not yet.
    pub fn new(store: Store) -> Self {
        Self { is_ready: Arc::default(), store }
    }

    /// Changes what `/readyz` says.
    pub fn set(&self, ready: bool) {
        self.is_ready.store(ready, Ordering::Relaxed);
    }

    fn is_ready(&self) -> bool {
        self.is_ready.load(Ordering::Relaxed)
    }
}

/// `GET /healthz`: 200 as long as the process answers.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// What `/readyz` says besides while changes are not written down as they come.
pub const STORE_BEHIND: &str = "store: behind\n";

/// The same while they are only remembered.
pub const STORE_IN_MEMORY: &str = "store: memory\n";

/// `GET /readyz`: 200 while new work is taken, 503 while the server ends. A disk that takes nothing is no reason to send people
/// elsewhere, and is said.
pub async fn readyz(State(readiness): State<Readiness>) -> (StatusCode, String) {
    if !readiness.is_ready() {
        return (StatusCode::SERVICE_UNAVAILABLE, "ending\n".to_owned());
    }
    let store = match readiness.store.condition() {
        Condition::Stored => "",
        Condition::Behind => STORE_BEHIND,
        Condition::Remembered => STORE_IN_MEMORY,
    };
    (StatusCode::OK, format!("ready\n{store}"))
}

/// What `/version` says.
#[derive(Serialize)]
pub struct Version {
    name: &'static str,
    version: &'static str,
}

/// `GET /version`.
pub async fn version() -> Json<Version> {
    Json(Version { name: "aetherterm", version: env!("CARGO_PKG_VERSION") })
}

/// What `/api/session` says.
#[derive(Serialize)]
pub struct Session {
    user: UserView,
}

/// `GET /api/session`: who the caller is. A page asks this to learn why its handshake failed, which the websocket does not
/// tell it.
pub async fn session(Extension(identity): Extension<Identity>) -> impl IntoResponse {
    ([(header::CACHE_CONTROL, NO_STORE)], Json(Session { user: identity.user }))
}
