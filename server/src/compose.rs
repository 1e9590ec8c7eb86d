//! Puts the rooms together: the one file that knows them all, and the order in which they open and close.

use axum::Router;
use socketioxide::SocketIo;

use crate::{config::Config, server::StartError};

/// The rooms behind the HTTP routes.
pub struct Rooms {
    io: SocketIo,
    layer: socketioxide::layer::SocketIoLayer,
}

impl Rooms {
    /// Opens the rooms; nothing is reachable from outside yet.
    pub fn open(config: &Config) -> Result<Self, StartError> {
        let (layer, io) = SocketIo::builder().req_path(config.base_path.join("/socket.io")).build_layer();
        Ok(Self { io, layer })
    }

    /// Puts the layers around the routes that stand between them and the gate.
    pub fn application(&self, routes: Router) -> Router {
        routes.layer(self.layer.clone())
    }

    /// Tells the viewers, ends the shells and sends off the last telemetry.
    pub async fn close(self) {
        self.io.close().await;
    }
}
