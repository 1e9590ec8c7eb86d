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
use crate::auth::Identity;

/// Whether the server takes new work; shared by the route and the server that ends.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<AtomicBool>);

impl Readiness {
    /// Changes what `/readyz` says.
    pub fn set(&self, ready: bool) {
        self.0.store(ready, Ordering::Relaxed);
    }

    fn is_ready(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// `GET /healthz`: 200 as long as the process answers.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: 200 while new work is taken, 503 while the server ends.
pub async fn readyz(State(readiness): State<Readiness>) -> (StatusCode, &'static str) {
    if readiness.is_ready() { (StatusCode::OK, "ready\n") } else { (StatusCode::SERVICE_UNAVAILABLE, "ending\n") }
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
