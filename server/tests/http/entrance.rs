//! Coming in and going out.

use server::config::Access;

use crate::running::{BEARER, HTML, Running, check, start};

#[tokio::test(flavor = "multi_thread")]
async fn the_printed_url_is_exchanged_for_a_cookie_without_a_redirect() {
    let Running { client, server, site: _site } = start(|_| {}).await;
    assert_eq!(server.url().unwrap(), format!("http://{}/?token=test", client.0));

    let answer = client.get("/?x=1&token=test", &[HTML, ("Sec-Fetch-Site", "cross-site")]);
    check(&answer, 200);
    assert_eq!(answer.header("location"), None);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(answer.body.contains("location.replace(\"/?x=1\" + location.hash)"), "{}", answer.body);
    assert!(answer.body.contains("<meta http-equiv=\"refresh\" content=\"0;url=/?x=1\">"), "{}", answer.body);
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.starts_with(&format!("aetherterm_{}=owner.", client.0.port())), "{cookie}");
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=2592000"] {
        assert!(cookie.split("; ").any(|given| given == attribute), "{cookie}");
    }

    let cookie = cookie.split(';').next().unwrap();
    let page = client.get("/?x=1", &[HTML, ("Cookie", cookie)]);
    check(&page, 200);
    assert!(page.body.contains("id=\"page\""), "{}", page.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_without_a_credential_says_how_to_come_in() {
    let Running { client, server: _server, site: _site } = start(|_| {}).await;
    for path in ["/", "/monitor", "/?token=wrong"] {
        let answer = client.get(path, &[HTML]);
        check(&answer, 401);
        assert!(answer.body.contains("name=\"token\""), "{}", answer.body);
        assert!(answer.header("www-authenticate").is_some());
        assert_eq!(answer.header("set-cookie"), None);
    }
    let link = client.get("/monitor?x=1", &[HTML, ("Sec-Fetch-Site", "cross-site")]);
    check(&link, 200);
    assert_eq!(link.header("set-cookie"), None);
    assert!(link.body.contains("location.replace(\"/monitor?x=1\" + location.hash)"), "{}", link.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn small_pages_speak_the_readers_language() {
    let Running { client, server: _server, site: _site } = start(|_| {}).await;
    let japanese = ("Accept-Language", "ja-JP,ja;q=0.9,en;q=0.8");
    let cookie = client.sign_in("/?token=test");
    let ours = ("Cookie", cookie.as_str());
    for (path, more, status, english, in_japanese) in [
        ("/", None, 401, "You are not signed in.", "サインインしていません。"),
        ("/?token=wrong", None, 401, "This token is not valid.", "このトークンは無効です。"),
        ("/?token=test", None, 200, "Opening AetherTerm", "AetherTerm を開いています"),
        ("/?share=never", None, 404, "This link does not work", "このリンクは使えません"),
        ("/login", None, 200, "Sign in to AetherTerm", "AetherTerm にサインイン"),
        ("/logout", Some(ours), 200, "Signed out", "サインアウトしました"),
        ("/nothing", Some(ours), 404, "There is nothing at this address.", "このアドレスには何もありません。"),
        ("/healthz", Some(("Host", "evil.example")), 403, "does not answer to that host name", "応答しません"),
    ] {
        for (language, tag, text) in [(("Accept-Language", "en"), "en", english), (japanese, "ja", in_japanese)] {
            let mut headers = vec![HTML, language];
            headers.extend(more);
            let answer = client.get(path, &headers);
            check(&answer, status);
            assert!(answer.body.contains(&format!("<html lang=\"{tag}\">")), "{path}: {}", answer.body);
            assert!(answer.body.contains(text), "{path}: {}", answer.body);
        }
    }
    // Programs are told in English, whatever else they say.
    let answer = client.get("/api/session", &[japanese]);
    assert!(answer.body.contains("You are not signed in."), "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_is_refused_in_json() {
    let Running { client, server: _server, site: _site } = start(|_| {}).await;
    let answer = client.get("/api/session", &[]);
    check(&answer, 401);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.body, r#"{"error":{"code":"unauthenticated","message":"You are not signed in."}}"#);
    let foreign = client.get("/healthz", &[("Host", "evil.example")]);
    check(&foreign, 403);
    assert!(foreign.body.contains(r#""code":"forbidden""#), "{}", foreign.body);
    check(&client.get("/nothing", &[BEARER]), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_takes_a_token_or_the_whole_url() {
    let Running { client, server: _server, site: _site } = start(|_| {}).await;
    check(&client.get("/login", &[HTML]), 200);
    let origin = client.origin();
    let form = [HTML, ("Origin", origin.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
    for entry in ["token=test", "token=http%3A%2F%2F127.0.0.1%3A57575%2F%3Ftoken%3Dtest"] {
        let answer = client.post("/login", &form, entry);
        check(&answer, 303);
        assert_eq!(answer.header("location"), Some("/"));
        let cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        check(&client.get("/api/session", &[("Cookie", &cookie)]), 200);
    }
    for entry in ["token=wrong", "token=", ""] {
        let answer = client.post("/login", &form, entry);
        check(&answer, 401);
        assert_eq!(answer.header("set-cookie"), None);
    }
    check(&client.post("/login", &[HTML, form[2]], "token=test"), 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_takes_the_cookie_back() {
    let Running { client, server: _server, site: _site } = start(|_| {}).await;
    let cookie = client.sign_in("/?token=test");
    let answer = client.get("/logout", &[HTML, ("Cookie", &cookie)]);
    check(&answer, 200);
    assert!(answer.header("set-cookie").unwrap().contains("Max-Age=0"));
    check(&client.get("/logout", &[HTML, ("Cookie", &cookie), ("Sec-Fetch-Site", "cross-site")]), 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_learns_who_it_acts_for() {
    let Running { client, server: _server, site: _site } = start(|_| {}).await;
    let answer = client.get("/api/session", &[BEARER]);
    check(&answer, 200);
    assert_eq!(answer.body, r#"{"user":{"id":"owner","name":"tester","role":"admin"}}"#);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_outlives_a_restart() {
    let data = tempfile::tempdir().unwrap();
    let path = data.path().join("data");
    let first = start(|config| config.data_dir = Some(path.clone())).await;
    let cookie = first.client.sign_in("/?token=test");
    let address = first.client.0;
    first.server.shutdown().await;

    let second = start(|config| {
        config.data_dir = Some(path);
        config.listen = address;
        config.access = Access::Token("another".parse().unwrap());
    })
    .await;
    check(&second.client.get("/api/session", &[("Cookie", &cookie)]), 200);
    check(&second.client.get("/api/session", &[BEARER]), 401);
}
