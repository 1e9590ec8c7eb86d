//! What who posts telemetry is answered: always what an exporter can read.

use serde_json::Value;

use crate::{
    client::{Answer, Client},
    running::{BEARER, Running, check, start},
};

const JSON: (&str, &str) = ("Content-Type", "application/json");
const PROTOBUF: (&str, &str) = ("Content-Type", "application/x-protobuf");

/// An answer in OTLP's own form, with this gRPC code.
#[track_caller]
fn check_refusal(answer: &Answer, status: u16, code: u8) {
    check(answer, status);
    match answer.header("content-type") {
        Some("application/json") => {
            let body: Value = serde_json::from_str(&answer.body).unwrap();
            assert_eq!(body["code"], code, "{body}");
            assert!(body["message"].as_str().is_some_and(|why| !why.is_empty()), "{body}");
        }
        // Field 1, a number; field 2, a text.
        Some("application/x-protobuf") => assert_eq!(&answer.body.as_bytes()[..3], [0x08, code, 0x12]),
        other => panic!("answered {other:?}: {}", answer.body),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_goes_no_further_than_the_gate_is_answered_as_otlp_has_it() {
    let Running { client, server: _server, site: _site } = start(|_| {}).await;
    for path in ["/v1/traces", "/v1/metrics"] {
        for form in [JSON, PROTOBUF] {
            let nobody = client.post(path, &[form, ("Accept", "text/html")], "{}");
            check_refusal(&nobody, 401, 16);
            assert!(nobody.header("www-authenticate").is_some_and(|scheme| scheme.starts_with("Bearer")));
            check_refusal(&client.post(path, &[form, ("Authorization", "Bearer wrong")], "{}"), 401, 16);
            check_refusal(&client.post(path, &[form, BEARER, ("Origin", "http://evil.example")], "{}"), 403, 7);
            check_refusal(&client.post(path, &[form, BEARER, ("Host", "evil.example")], "{}"), 403, 7);
            check_refusal(&client.post(path, &[form, BEARER], &" ".repeat((512 << 10) + 1)), 413, 8);
        }
        check_refusal(&client.post(path, &[BEARER, ("Content-Type", "text/plain")], "{}"), 415, 3);
        check_refusal(&client.post(path, &[BEARER, JSON], "{"), 400, 3);
    }
}

/// How many posts are taken one after another before one is too many.
fn taken(client: &Client, headers: &[(&str, &str)]) -> usize {
    for count in 0..100 {
        let answer = client.post("/v1/traces", headers, "{}");
        if answer.status == 429 {
            check_refusal(&answer, 429, 8);
            assert_eq!(answer.header("retry-after"), Some("1"));
            return count;
        }
        check(&answer, 200);
    }
    panic!("a hundred posts are taken")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_browser_and_each_token_may_post_as_often_as_if_it_were_alone() {
    let Running { client, server: _server, site: _site } = start(|_| {}).await;
    let cookie = client.sign_in("/?token=test");
    let origin = client.origin();
    let of_page = [JSON, ("Cookie", cookie.as_str()), ("Origin", origin.as_str())];
    // Some of the bucket comes back while they are sent.
    assert!((20..40).contains(&taken(&client, &of_page)));
    assert!(taken(&client, &[JSON, BEARER]) >= 20, "another sender at the same address is not held up");
}
