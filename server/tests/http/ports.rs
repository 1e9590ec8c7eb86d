//! Taking and freeing the port.

use server::{Config, Server};

use crate::running::{BEARER, POLL, Running, check, start};

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use_is_named() {
    let Running { client, server, site: _site } = start(|_| {}).await;
    let mut second = Server::new(Config { listen: client.0, ..Config::for_tests() }).unwrap();
    let error = second.listen().await.unwrap_err().to_string();
    assert!(error.contains(&client.0.to_string()) && error.contains("--listen"), "{error}");
    drop(server);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ended_has_freed_its_port() {
    let Running { client, server, site: _site } = start(|_| {}).await;
    check(&client.get(POLL, &[BEARER]), 200);
    server.shutdown().await;
    std::net::TcpListener::bind(client.0).unwrap();
}
