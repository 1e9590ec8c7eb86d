//! A whole server, with its gate, its pages and its store.

use std::net::SocketAddr;

use server::{Config, Server};

/// Terminals of this server return what is typed; it ends with this value.
pub struct Whole {
    pub address: SocketAddr,
    server: Server,
}

impl Whole {
    pub async fn start(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::for_tests();
        change(&mut config);
        let mut server = Server::new(config).unwrap();
        let address = server.listen().await.unwrap();
        Self { address, server }
    }

    /// Ends the server; everything is stored by then.
    pub async fn end(self) {
        self.server.shutdown().await;
    }
}
