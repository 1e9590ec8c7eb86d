//! The pages, their policy, and the prefix they may live under.

use crate::running::{BEARER, HTML, POLL, Running, check, start};

#[tokio::test(flavor = "multi_thread")]
async fn every_page_has_the_policy_of_the_contract_with_its_own_nonce() {
    let Running { client, server: _server, site: _site } = start(|_| {}).await;
    let mut nonces = Vec::new();
    for path in ["/", "/", "/monitor", "/?token=test", "/login"] {
        let answer = client.get(path, &[HTML, BEARER]);
        check(&answer, 200);
        let policy = answer.header("content-security-policy").unwrap();
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        assert_eq!(
            policy,
            format!(
                "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' \
                 'nonce-{nonce}'; connect-src 'self'; img-src 'self' data:; font-src 'self'; manifest-src 'self'; \
                 base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
            )
        );
        assert!(answer.body.contains(&format!("nonce=\"{nonce}\"")), "{path}: {}", answer.body);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert!(!nonces.contains(&nonce));
        nonces.push(nonce);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_hardened() {
    let Running { client, server: _server, site: _site } = start(|_| {}).await;
    for (path, status) in [("/", 200), ("/healthz", 200), ("/pkg/aetherterm.js", 200), ("/nothing", 404)] {
        let answer = client.get(path, &[BEARER]);
        check(&answer, status);
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("same-origin"), "{path}");
        assert!(answer.header("content-security-policy").unwrap().starts_with("default-src 'none'"), "{path}");
    }
    check(&client.get("/", &[("Host", "evil.example")]), 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_moves_under_the_base_path() {
    let Running { client, server, site: _site } = start(|config| {
        config.base_path = "/term".parse().unwrap();
        config.page.base_path = "/term".to_owned();
    })
    .await;
    assert_eq!(server.url().unwrap(), format!("http://{}/term/?token=test", client.0));
    let exchange = client.get("/term/monitor?token=test", &[HTML]);
    check(&exchange, 200);
    assert!(exchange.body.contains("location.replace(\"/term/monitor\" + location.hash)"), "{}", exchange.body);
    let set_cookie = exchange.header("set-cookie").unwrap();
    assert!(set_cookie.contains("Path=/term;") || set_cookie.ends_with("Path=/term"), "{set_cookie}");

    let page = client.get("/term/", &[HTML, BEARER]);
    check(&page, 200);
    assert!(page.body.contains(r#""basePath":"/term""#), "{}", page.body);
    assert!(page.body.contains(r#""xterm":"/term/vendor/xterm-6.0.0/xterm.mjs""#), "{}", page.body);
    let home = client.get("/term", &[HTML]);
    check(&home, 308);
    assert_eq!(home.header("location"), Some("/term/"));

    for path in ["/term/healthz", "/term/pkg/aetherterm.js", "/term/vendor/manifest.json", "/term/favicon.svg"] {
        check(&client.get(path, &[]), 200);
    }
    check(&client.get("/term/api/session", &[BEARER]), 200);
    check(&client.upgrade("/term/socket.io/?EIO=4&transport=websocket", &[BEARER]), 101);
    for path in ["/", "/healthz", "/pkg/aetherterm.js", "/favicon.svg", POLL] {
        check(&client.get(path, &[BEARER]), 404);
        check(&client.get(path, &[]), 401);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_site_only_the_pages_are_missing() {
    let Running { client, server: _server, site: _site } = start(|config| config.site = None).await;
    let page = client.get("/", &[HTML, BEARER]);
    check(&page, 503);
    assert!(page.body.contains("site"), "{}", page.body);
    check(&client.get("/readyz", &[]), 200);
    check(&client.get("/api/session", &[BEARER]), 200);
    check(&client.get(POLL, &[BEARER]), 200);
    check(&client.get("/pkg/aetherterm.js", &[]), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn health_readiness_and_version_are_open() {
    let Running { client, server: _server, site: _site } = start(|_| {}).await;
    check(&client.get("/healthz", &[]), 200);
    check(&client.get("/readyz", &[]), 200);
    let version = client.get("/version", &[]);
    check(&version, 200);
    assert_eq!(version.body, format!(r#"{{"name":"aetherterm","version":"{}"}}"#, env!("CARGO_PKG_VERSION")));
}
