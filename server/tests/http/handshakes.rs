//! Who may open a socket, from where.

use server::config::Access;

use crate::running::{BEARER, HTML, POLL, Running, WEBSOCKET, check, start};

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_needs_a_credential_and_our_origin() {
    let Running { client, server: _server, site: _site } = start(|_| {}).await;
    let cookie = client.sign_in("/?token=test");
    let signed_in = ("Cookie", cookie.as_str());
    let origin = client.origin();
    let ours = ("Origin", origin.as_str());
    let foreign = ("Origin", "http://evil.example");

    check(&client.upgrade(WEBSOCKET, &[ours]), 401);
    check(&client.upgrade(WEBSOCKET, &[ours, signed_in]), 101);
    check(&client.upgrade(WEBSOCKET, &[signed_in]), 403);
    check(&client.upgrade(WEBSOCKET, &[foreign, signed_in]), 403);
    check(&client.upgrade(WEBSOCKET, &[BEARER]), 101);
    check(&client.upgrade(WEBSOCKET, &[("Authorization", "Bearer wrong")]), 401);
    check(&client.upgrade(WEBSOCKET, &[BEARER, ("Host", "evil.example")]), 403);

    check(&client.get(POLL, &[]), 401);
    check(&client.get(POLL, &[signed_in]), 200);
    check(&client.get(POLL, &[signed_in, ("Sec-Fetch-Site", "same-origin")]), 200);
    check(&client.get(POLL, &[signed_in, ("Sec-Fetch-Site", "same-site")]), 403);
    check(&client.get(POLL, &[signed_in, foreign]), 403);
    check(&client.get(POLL, &[BEARER]), 200);

    let opened = client.get(POLL, &[BEARER]).body;
    let sid = opened.split("\"sid\":\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let post = format!("{POLL}&sid={sid}");
    check(&client.post(&post, &[signed_in], "40"), 403);
    check(&client.post(&post, &[signed_in, foreign], "40"), 403);
    check(&client.post(&post, &[signed_in, ours], "40"), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_allowed_origin_is_a_host_and_an_origin_of_ours() {
    let Running { client, server: _server, site: _site } =
        start(|config| config.allow_origins = vec!["https://term.example".parse().unwrap()]).await;
    let proxied = [("Host", "term.example"), ("Origin", "https://term.example"), BEARER];
    check(&client.upgrade(WEBSOCKET, &proxied), 101);
    check(&client.get("/healthz", &[("Host", "other.example")]), 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_server_lets_programs_in_and_keeps_foreign_pages_out() {
    let Running { client, server, site: _site } = start(|config| config.access = Access::Open).await;
    assert_eq!(server.url().unwrap(), format!("http://{}/", client.0));
    check(&client.get("/", &[HTML]), 200);
    check(&client.upgrade(WEBSOCKET, &[]), 101);
    check(&client.upgrade(WEBSOCKET, &[("Origin", "http://evil.example")]), 403);
    check(&client.get(POLL, &[("Sec-Fetch-Site", "cross-site")]), 403);
    check(&client.get("/", &[HTML, ("Host", "rebound.example")]), 403);
}
