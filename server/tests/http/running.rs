//! A real server on a free port, with a site.

use server::{Config, Server};

use crate::{
    client::{Answer, Client},
    site,
};

pub const HTML: (&str, &str) = ("Accept", "text/html");
pub const BEARER: (&str, &str) = ("Authorization", "Bearer test");
pub const POLL: &str = "/socket.io/?EIO=4&transport=polling";
pub const WEBSOCKET: &str = "/socket.io/?EIO=4&transport=websocket";

/// A server that ends with this value.
pub struct Running {
    pub client: Client,
    pub server: Server,
    pub site: tempfile::TempDir,
}

/// Starts a server whose settings are those of tests but for what `change` says.
pub async fn start(change: impl FnOnce(&mut Config)) -> Running {
    let site = site::make();
    let mut config = Config::for_tests();
    config.site = Some(site.path().to_owned());
    change(&mut config);
    let mut server = Server::new(config).unwrap();
    let address = server.listen().await.unwrap();
    Running { client: Client(address), server, site }
}

#[track_caller]
pub fn check(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{}", answer.body);
}
