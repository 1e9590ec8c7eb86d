//! The site's files.

use crate::{
    running::{Running, check, start},
    site,
};

#[tokio::test(flavor = "multi_thread")]
async fn files_are_revalidated_by_their_tag() {
    let running = start(|_| {}).await;
    let client = &running.client;
    let first = client.get("/pkg/aetherterm.js", &[]);
    check(&first, 200);
    assert_eq!(first.body, site::SCRIPT);
    assert_eq!(first.header("cache-control"), Some("no-cache"));
    let tag = first.header("etag").unwrap();

    let again = client.get("/pkg/aetherterm.js", &[("If-None-Match", tag), ("Accept-Encoding", "identity")]);
    check(&again, 304);
    assert_eq!((again.header("etag"), again.body.as_str()), (Some(tag), ""));
    check(&client.get("/pkg/aetherterm.js", &[("If-None-Match", "\"other\"")]), 200);
    check(&client.get("/pkg/aetherterm.js", &[("If-None-Match", tag), ("Accept-Encoding", "br")]), 200);

    site::write(running.site.path(), "pkg/aetherterm.js", "export default 22;");
    check(&client.get("/pkg/aetherterm.js", &[("If-None-Match", tag)]), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_come_compressed_to_whom_can_read_that() {
    let Running { client, server: _server, site: _site } = start(|_| {}).await;
    for (accepted, encoding, body) in
        [("gzip, deflate, br", Some("br"), "brotli"), ("gzip", Some("gzip"), "gzip"), ("identity", None, site::SCRIPT)]
    {
        let answer = client.get("/pkg/aetherterm.js", &[("Accept-Encoding", accepted)]);
        assert_eq!((answer.header("content-encoding"), answer.body.as_str()), (encoding, body), "{accepted}");
        assert_eq!(answer.header("content-type"), Some("text/javascript"));
        assert_eq!(answer.header("vary"), Some("accept-encoding"));
    }
    assert_eq!(client.get("/pkg/aetherterm.wasm", &[]).header("content-type"), Some("application/wasm"));
}

#[tokio::test(flavor = "multi_thread")]
async fn vendor_files_are_kept_for_ever_and_public_ones_are_open() {
    let Running { client, server: _server, site: _site } = start(|_| {}).await;
    let vendor = client.get("/vendor/xterm-6.0.0/xterm.mjs", &[]);
    check(&vendor, 200);
    assert_eq!(vendor.header("cache-control"), Some("public, max-age=31536000, immutable"));
    let icon = client.get("/favicon.svg", &[]);
    check(&icon, 200);
    assert_eq!((icon.header("content-type"), icon.body.as_str()), (Some("image/svg+xml"), "<svg/>"));
    check(&client.get("/pkg/missing.js", &[]), 404);
    check(&client.get("/pkg/../../../../etc/passwd", &[]), 404);
    check(&client.get("/pkg/%2e%2e/%2e%2e/etc/passwd", &[]), 404);
}
