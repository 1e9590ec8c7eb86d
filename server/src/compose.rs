//! Puts the rooms together: the one file that knows them all, and the order in which they open and close.

use std::time::Duration;

use axum::{Router, middleware};
use socketioxide::SocketIo;

use crate::{
    config::{BasePath, Config},
    server::StartError,
    telemetry::{self, Telemetry},
};

/// How long the last spans may take to leave when the server ends.
const FLUSH: Duration = Duration::from_millis(1_500);

/// The rooms behind the HTTP routes.
pub struct Rooms {
    base_path: BasePath,
    telemetry: Telemetry,
    io: SocketIo,
    layer: socketioxide::layer::SocketIoLayer,
}

impl Rooms {
    /// Opens the rooms; nothing is reachable from outside yet.
    ///
    /// # Errors
    ///
    /// Telemetry cannot be set up.
    pub fn open(config: &Config) -> Result<Self, StartError> {
        // First, so that whatever happens next is recorded.
        let telemetry = telemetry::init(&config.telemetry, &config.log)?;
        let (layer, io) = SocketIo::builder().req_path(config.base_path.join("/socket.io")).build_layer();
        Ok(Self { base_path: config.base_path.clone(), telemetry, io, layer })
    }

    /// Records the requests to these routes.
    pub fn recorded(routes: Router) -> Router {
        routes.layer(middleware::from_fn(telemetry::trace_headers)).layer(telemetry::http_layer())
    }

    /// Adds the rooms' own routes, unrecorded, or telemetry would record itself, and puts Socket.IO in front: Engine.IO's
    /// requests never come as far as the routes.
    pub fn application(&self, routes: Router) -> Router {
        let telemetry = self.base_path.nest(telemetry::routes(self.telemetry.clone()));
        routes.merge(telemetry).layer(self.layer.clone())
    }

    /// Tells the viewers, ends the shells and sends off the last telemetry.
    pub async fn close(self) {
        self.io.close().await;
        self.telemetry.shutdown(FLUSH).await;
    }
}
