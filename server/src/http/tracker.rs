//! The tracker's counts, for those who run the server.

use app::protocol::session::UserRole;
use axum::{
    Extension, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::get,
};

use super::{answer, text};
use crate::{auth::Identity, socket::Sockets};

/// `GET /api/tracker` → `{metrics, pending}`, for admins.
pub fn routes(sockets: Sockets) -> Router {
    Router::new().route("/api/tracker", get(tracker)).with_state(sockets)
}

async fn tracker(
    State(sockets): State<Sockets>,
    Extension(identity): Extension<Identity>,
    headers: HeaderMap,
) -> Response {
    if identity.user.role == UserRole::Admin {
        Json(sockets.tracker_view()).into_response()
    } else {
        answer::refuse(answer::Wanted::by(&headers), StatusCode::FORBIDDEN, text::FOR_ADMINS)
    }
}
