use std::collections::BTreeSet;

use http::{HeaderName, Request};

use super::*;
use crate::{
    auth::{CookieKey, Ingest},
    config::{Access, BasePath},
    share::{self, Shares},
};

const COOKIE: &str = "Cookie";
const OURS: (&str, &str) = ("Origin", "http://127.0.0.1:57575");
const FOREIGN: (&str, &str) = ("Origin", "http://evil.example");
const BEARER: (&str, &str) = ("Authorization", "Bearer test");
const WEBSOCKET: (&str, &str) = ("Upgrade", "websocket");
const POLL: &str = "/socket.io/?EIO=4&transport=polling";

fn gate(access: Access) -> Gate {
    let (key, shares) = (CookieKey::new([1; 32]), Shares::for_tests());
    let auth = Auth::new(access, "Ada".to_owned(), key, 57_575, &BasePath::default(), shares);
    let allowed = vec!["https://term.example.com".parse().unwrap()];
    Gate::new(
        auth,
        allowed,
        Places::new(BasePath::default(), BTreeSet::new()),
        Box::new(|terminal| terminal == "t_here"),
    )
}

/// What the gate says, in a word: who passes, or why somebody does not.
fn word(gate: &Gate, method: Method, path: &str, headers: &[(&str, &str)]) -> &'static str {
    let mut request = Request::builder().method(method).uri(path);
    if !headers.iter().any(|(name, _)| *name == "Host") {
        request = request.header("Host", "127.0.0.1:57575");
    }
    for &(name, value) in headers {
        let name: HeaderName = name.parse().unwrap();
        let signed = gate.auth.sign_in();
        let value = if name == header::COOKIE && value == "ours" { signed.split(';').next().unwrap() } else { value };
        request = request.header(name, value);
    }
    match gate.judge(&request.body(()).unwrap().into_parts().0) {
        Verdict::Pass(None) => "nobody",
        Verdict::Pass(Some(identity)) => match identity.credential {
            Credential::Cookie => "cookie",
            Credential::Bearer => "bearer",
            Credential::Open => "open",
        },
        Verdict::PassProgram(_) => "program",
        Verdict::ForeignHost => "foreign host",
        Verdict::ForeignOrigin => "foreign origin",
        Verdict::Exchange => "exchange",
        Verdict::WrongToken => "wrong token",
        Verdict::ComeAgain => "come again",
        Verdict::Visit(_) => "visit",
        Verdict::GoOn => "go on",
        Verdict::NoEntry(_) => "no entry",
        Verdict::VisitOver => "visit over",
        Verdict::NotForGuests => "not for guests",
        Verdict::Unknown => "unknown",
    }
}

#[track_caller]
fn check(path: &str, headers: &[(&str, &str)], expected: &str) {
    assert_eq!(word(&gate(Access::Token("test".parse().unwrap())), Method::GET, path, headers), expected);
}

#[track_caller]
fn check_post(path: &str, headers: &[(&str, &str)], expected: &str) {
    assert_eq!(word(&gate(Access::Token("test".parse().unwrap())), Method::POST, path, headers), expected);
}

#[track_caller]
fn check_open(method: Method, path: &str, headers: &[(&str, &str)], expected: &str) {
    assert_eq!(word(&gate(Access::Open), method, path, headers), expected);
}

fn site(site: &str) -> (&str, &str) {
    ("Sec-Fetch-Site", site)
}

const SIGNED_IN: (&str, &str) = (COOKIE, "ours");

#[test]
fn a_foreign_host_goes_nowhere() {
    for path in ["/", "/healthz", "/pkg/aetherterm.js", "/?token=test", POLL] {
        check(path, &[("Host", "evil.example:57575"), BEARER], "foreign host");
    }
    check("/healthz", &[("Host", "term.example.com")], "nobody");
    check("/healthz", &[("Host", "[::1]:57575")], "nobody");
    check("http://evil.example/healthz", &[], "foreign host");
}

#[test]
fn a_foreign_origin_goes_nowhere_whatever_it_brings() {
    for path in ["/", "/healthz", "/api/session", POLL] {
        check(path, &[FOREIGN, SIGNED_IN], "foreign origin");
        check(path, &[FOREIGN, BEARER], "foreign origin");
        check(path, &[("Origin", "null"), SIGNED_IN], "foreign origin");
        check(path, &[("Origin", "http://127.0.0.1:8080"), SIGNED_IN], "foreign origin");
        check(path, &[("Origin", "https://127.0.0.1:57575"), SIGNED_IN], "foreign origin");
        check(path, &[OURS, FOREIGN, SIGNED_IN], "foreign origin");
    }
    check(POLL, &[("Origin", "https://term.example.com"), SIGNED_IN], "cookie");
}

#[test]
fn a_websocket_with_a_cookie_must_name_our_origin() {
    let path = "/socket.io/?EIO=4&transport=websocket";
    check(path, &[WEBSOCKET], "unknown");
    check(path, &[WEBSOCKET, OURS], "unknown");
    check(path, &[WEBSOCKET, SIGNED_IN], "foreign origin");
    check(path, &[WEBSOCKET, SIGNED_IN, site("same-origin")], "foreign origin");
    check(path, &[WEBSOCKET, SIGNED_IN, FOREIGN], "foreign origin");
    check(path, &[WEBSOCKET, SIGNED_IN, OURS], "cookie");
    check(path, &[WEBSOCKET, BEARER], "bearer");
    check(path, &[WEBSOCKET, BEARER, FOREIGN], "foreign origin");
    check(path, &[WEBSOCKET, ("Authorization", "Bearer wrong")], "unknown");
}

#[test]
fn a_polling_get_with_a_cookie_must_come_from_our_page_or_not_say() {
    check(POLL, &[], "unknown");
    check(POLL, &[SIGNED_IN], "cookie");
    check(POLL, &[SIGNED_IN, site("same-origin")], "cookie");
    check(POLL, &[SIGNED_IN, OURS], "cookie");
    for other in ["same-site", "cross-site", "none"] {
        check(POLL, &[SIGNED_IN, site(other)], "foreign origin");
    }
    check(POLL, &[BEARER], "bearer");
}

#[test]
fn a_post_with_a_cookie_must_name_our_origin() {
    check_post(POLL, &[], "unknown");
    check_post(POLL, &[SIGNED_IN], "foreign origin");
    check_post(POLL, &[SIGNED_IN, OURS], "cookie");
    check_post(POLL, &[SIGNED_IN, FOREIGN], "foreign origin");
    check_post(POLL, &[BEARER], "bearer");
    check_post("/login", &[], "foreign origin");
    check_post("/login", &[OURS], "nobody");
    check_post("/login", &[FOREIGN], "foreign origin");
}

#[test]
fn without_authentication_a_foreign_page_still_goes_nowhere() {
    check_open(Method::GET, "/", &[], "open");
    check_open(Method::GET, "/?token=whatever", &[], "open");
    check_open(Method::GET, POLL, &[WEBSOCKET], "open");
    check_open(Method::GET, POLL, &[WEBSOCKET, FOREIGN], "foreign origin");
    check_open(Method::GET, POLL, &[site("cross-site")], "foreign origin");
    check_open(Method::POST, POLL, &[], "open");
    check_open(Method::POST, POLL, &[FOREIGN], "foreign origin");
    check_open(Method::GET, "/", &[("Host", "evil.example")], "foreign host");
}

#[test]
fn a_page_wants_a_cookie_and_links_from_elsewhere_come_again() {
    for page in ["/", "/monitor"] {
        check(page, &[], "unknown");
        check(page, &[SIGNED_IN], "cookie");
        check(page, &[SIGNED_IN, site("cross-site")], "cookie");
        check(page, &[site("cross-site")], "come again");
        check(page, &[site("same-origin")], "unknown");
        check(page, &[site("none")], "unknown");
        check(page, &[(COOKIE, "aetherterm_57575=owner.9999999999.AAAA")], "unknown");
    }
}

#[test]
fn a_token_in_a_pages_address_is_exchanged() {
    check("/?token=test", &[], "exchange");
    check("/monitor?x=1&token=test", &[site("cross-site")], "exchange");
    check("/?token=wrong", &[], "wrong token");
    check("/?token=", &[SIGNED_IN], "wrong token");
    check("/api/session?token=test", &[], "unknown");
    check("/socket.io/?token=test", &[], "unknown");
}

#[test]
fn what_is_open_needs_nothing_and_the_rest_something() {
    for path in ["/healthz", "/readyz", "/version", "/login", "/pkg/aetherterm.js", "/vendor/manifest.json"] {
        check(path, &[], "nobody");
        check(path, &[site("cross-site")], "nobody");
    }
    for path in ["/logout", "/api/session", "/metrics", "/v1/traces", "/nothing", "/socket.io/"] {
        check(path, &[], "unknown");
        check(path, &[BEARER], "bearer");
        check(path, &[SIGNED_IN, site("same-site")], "foreign origin");
    }
    check("/api/session", &[SIGNED_IN, site("none")], "cookie");
}

#[test]
fn the_metrics_token_reads_the_metrics_and_nothing_else() {
    let scraped = |access: Access| {
        let gate = gate(access);
        let auth = gate.auth.with_metrics_token(Some("scrape".parse().unwrap()));
        Gate { auth, ..gate }
    };
    let gate = scraped(Access::Token("test".parse().unwrap()));
    let scrape = ("Authorization", "Bearer scrape");
    assert_eq!(word(&gate, Method::GET, "/metrics", &[scrape]), "nobody", "it passes as nobody");
    assert_eq!(word(&gate, Method::GET, "/metrics", &[BEARER]), "bearer", "the other token is still good");
    for wrong in ["Bearer scrap", "Bearer", "Basic scrape"] {
        assert_eq!(word(&gate, Method::GET, "/metrics", &[("Authorization", wrong)]), "unknown", "{wrong}");
    }
    assert_eq!(word(&gate, Method::GET, "/metrics", &[scrape, FOREIGN]), "foreign origin");
    assert_eq!(word(&gate, Method::POST, "/metrics", &[scrape]), "unknown");
    for path in
        ["/", "/monitor", "/api/traces", "/api/tracker", "/api/session", "/v1/traces", "/socket.io/", "/metrics/"]
    {
        assert_eq!(word(&gate, Method::GET, path, &[scrape]), "unknown", "{path}");
    }
    assert_eq!(word(&gate, Method::GET, "/?token=scrape", &[]), "wrong token");
    assert_eq!(
        word(&self::gate(Access::Token("test".parse().unwrap())), Method::GET, "/metrics", &[scrape]),
        "unknown"
    );
}

#[test]
fn a_terminals_programs_may_post_telemetry_and_nothing_else() {
    let bearer = |terminal| format!("Bearer {}", Ingest::new(CookieKey::new([1; 32])).grant(terminal));
    let (here, gone) = (bearer("t_here"), bearer("t_gone"));
    let with = |token| [("Authorization", token)];
    check_post("/v1/traces", &with(here.as_str()), "program");
    check_post("/v1/traces", &with(gone.as_str()), "unknown");
    check_post("/v1/logs", &with(here.as_str()), "program");
    check_post("/v1/metrics", &with(here.as_str()), "program");
    check_open(Method::POST, "/v1/traces", &with(here.as_str()), "program");
    check_post("/v1/traces", &with("Bearer ingest.t_here.AAAA"), "unknown");
    check_post("/v1/traces", &[("Authorization", here.as_str()), FOREIGN], "foreign origin");
    for path in ["/", "/api/session", "/api/traces", POLL] {
        check(path, &with(here.as_str()), "unknown");
    }
}

/// A gate with a guest behind it: the gate, the guest's cookie, and the secret of the link they came by.
async fn visited(wanted: share::Wanted) -> (Gate, String, String) {
    let gate = gate(Access::Token("test".parse().unwrap()));
    let secret = link(&gate, wanted).await;
    let set = gate.auth.visit(&secret).await.unwrap();
    (gate, set.split(';').next().unwrap().to_owned(), secret)
}

async fn link(gate: &Gate, wanted: share::Wanted) -> String {
    let (made, is_made) = tokio::sync::oneshot::channel();
    gate.auth.shares().create(wanted, share::now(), move |created| made.send(created).unwrap());
    let (_, secret) = is_made.await.unwrap().unwrap();
    secret.reveal().to_owned()
}

fn wanted(expires_at: Option<u64>) -> share::Wanted {
    let role = app::protocol::workspace::MemberRole::Viewer;
    share::Wanted { session: app::protocol::SessionId::from_random(1), terminal: None, role, expires_at }
}

#[tokio::test]
async fn a_guest_gets_to_the_page_and_the_socket_and_no_further() {
    let (gate, cookie, _) = visited(wanted(None)).await;
    let guest = [(COOKIE, cookie.as_str())];
    for path in ["/", "/?x=1", "/api/session", "/logout", POLL] {
        assert_eq!(word(&gate, Method::GET, path, &guest), "cookie", "{path}");
    }
    assert_eq!(word(&gate, Method::POST, "/v1/traces", &[guest[0], OURS]), "cookie");
    for path in ["/metrics", "/api/traces", "/api/traces/stream", "/api/traces/0123", "/api/tracker", "/nothing"] {
        assert_eq!(word(&gate, Method::GET, path, &guest), "not for guests", "{path}");
    }
    assert_eq!(word(&gate, Method::GET, "/metrics", &[guest[0], BEARER]), "bearer", "a program that knows the token");
}

#[tokio::test]
async fn the_secret_of_a_link_makes_a_guest_once() {
    let (gate, cookie, secret) = visited(wanted(None)).await;
    let path = format!("/?share={secret}");
    let of_another = format!("/?share={}", link(&gate, wanted(None)).await);
    let guest = (COOKIE, cookie.as_str());
    assert_eq!(word(&gate, Method::GET, &path, &[]), "visit");
    assert_eq!(word(&gate, Method::GET, &path, &[site("cross-site")]), "come again");
    assert_eq!(word(&gate, Method::GET, &path, &[site("same-origin")]), "visit");
    assert_eq!(word(&gate, Method::GET, &path, &[guest]), "go on");
    assert_eq!(word(&gate, Method::GET, &of_another, &[guest]), "visit");
    assert_eq!(word(&gate, Method::GET, &path, &[SIGNED_IN]), "go on");
    assert_eq!(word(&gate, Method::GET, "/?share=wrong", &[SIGNED_IN]), "go on");
    assert_eq!(word(&gate, Method::GET, "/?share=wrong", &[]), "no entry");
    assert_eq!(word(&gate, Method::GET, "/?share=wrong", &[guest]), "no entry");
    assert_eq!(word(&gate, Method::GET, &format!("/api/session?share={secret}"), &[]), "unknown");
    assert_eq!(word(&gate, Method::GET, &path, &[("Host", "evil.example")]), "foreign host");
    assert_eq!(word(&gate, Method::GET, &path, &[FOREIGN]), "foreign origin");
}

#[tokio::test]
async fn a_guests_cookie_lasts_as_long_as_the_link() {
    let (gate, cookie, secret) = visited(wanted(None)).await;
    let link = gate.auth.shares().open(&secret, share::now()).unwrap();
    gate.auth.shares().revoke(link.id, || {});
    assert_eq!(word(&gate, Method::GET, "/", &[(COOKIE, &cookie)]), "visit over");
    for path in ["/api/session", POLL] {
        assert_eq!(word(&gate, Method::GET, path, &[(COOKIE, &cookie)]), "unknown", "{path}");
    }
    let short = self::link(&gate, wanted(Some(share::now() + 90_000_000))).await;
    let set = gate.auth.visit(&short).await.unwrap();
    assert!(["Max-Age=89", "Max-Age=90"].iter().any(|age| set.contains(age)), "{set}");
}
