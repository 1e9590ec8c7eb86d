//! Bad input is refused by name, and the connection stays.

use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::{Value, json};
use server::{socket::WireLimits, terminal::Limits};
use tokio::time::sleep;

use crate::support::{Client, Packet, TestServer};

#[track_caller]
fn check(ack: &Value, code: &str, field: Option<&str>) {
    assert_eq!(ack["ok"], false, "{ack}");
    assert_eq!((ack["error"]["code"].as_str(), ack["error"]["field"].as_str()), (Some(code), field), "{ack}");
    assert!(ack["error"]["message"].as_str().is_some_and(|message| message.ends_with('.')), "{ack}");
}

#[tokio::test]
async fn a_bad_payload_is_refused_by_its_field() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    for (request, payload, field) in [
        ("terminal:create", json!({"rows": 24}), "cols"),
        ("terminal:create", json!({"cols": "80", "rows": 24}), "cols"),
        ("terminal:attach", json!({}), "terminalId"),
        ("terminal:attach", json!({"terminalId": 7}), "terminalId"),
        ("terminal:attach", json!({"terminalId": "t", "fromSeq": -1}), "fromSeq"),
        ("terminal:input", json!({"terminalId": "t", "data": 7}), "data"),
        ("terminal:input", json!({"terminalId": "t", "data": {"_placeholder": true, "num": 3}}), "data"),
        ("session:init", json!({"client": {"name": 7}}), "client.name"),
        ("session:init", json!({"client": {}}), "client.name"),
    ] {
        check(&client.ask(request, payload).await, "invalid_payload", Some(field));
    }
}

#[tokio::test]
async fn a_payload_that_is_no_object_is_refused_and_answered_under_its_id() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    for payload in [json!("text"), json!([1]), json!(7), json!(true)] {
        let ack = client.ask_with("session:init", &[payload, json!({"_requestId": "req_1"})], &[]).await;
        check(&ack, "invalid_payload", None);
        assert_eq!(ack["_requestId"], "req_1");
    }
    let bytes = json!({"_placeholder": true, "num": 0});
    let arguments = [bytes, json!({"_requestId": "req_2"})];
    let ack = client.ask_with("session_create", &arguments, &[Bytes::from_static(b"bytes")]).await;
    check(&ack, "invalid_payload", None);
    assert_eq!(ack["_requestId"], "req_2");
    let id = client.request("session:init", &[], &[]).await;
    assert_eq!(client.ack(id).await["ok"], true, "no argument is an empty object");
}

#[tokio::test]
async fn a_refusal_is_told_by_name_too_where_there_is_one() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    client.emit("terminal:attach", json!({"terminalId": "t_0000000000001", "_requestId": "req_1"})).await;
    let error = client.event("terminal:error").await;
    assert_eq!((&error["_requestId"], &error["terminalId"]), (&json!("req_1"), &json!("t_0000000000001")));
    assert_eq!(error["error"]["code"], "not_found");
}

#[tokio::test]
async fn an_unknown_event_is_refused_and_the_connection_stays() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    check(&client.ask("terminal:fly", json!({"_requestId": "req_1"})).await, "unknown_event", None);
    client.emit("terminal:land", json!({})).await;
    assert_eq!(client.ask("session:init", json!({})).await["ok"], true);
    server.check_counted("_OTHER", (2, 2)).await;
}

#[tokio::test]
async fn what_is_no_event_ends_the_connection_and_is_counted() {
    let server = TestServer::start().await;
    let broken = [r#"42["session:init",{]"#, r#"421["session:init",{"a":}]"#, r#"42["session:init""#];
    let nameless = ["42[]", "42{}", "42[7,{}]", "42", r#"42["session\u003ainit",{}]"#, "4what?"];
    for (count, frame) in (1..).zip(broken.into_iter().chain(nameless)) {
        let mut client = Client::connect(&server).await;
        client.send(frame.to_owned()).await;
        client.ended().await;
        let deadline = Instant::now() + Duration::from_secs(10);
        while server.sockets.tracker_view().metrics.custom.get("socketio.not_an_event") != Some(&f64::from(count)) {
            assert!(Instant::now() < deadline, "{frame} is not counted");
            sleep(Duration::from_millis(1)).await;
        }
    }
    assert_eq!(Client::connect(&server).await.ask("session:init", json!({})).await["ok"], true);
}

#[tokio::test]
async fn an_id_that_cannot_be_echoed_is_ignored_and_counted() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    let long = "x".repeat(129);
    for (count, id) in (1..).zip([json!(7), json!(""), json!("line\nbreak"), json!(long), json!({}), Value::Null]) {
        let ack = client.ask("clock:probe", json!({"_requestId": id})).await;
        assert_eq!((&ack["ok"], ack.get("_requestId")), (&json!(true), None), "{id}: {ack}");
        let custom = server.sockets.tracker_view().metrics.custom;
        assert_eq!(custom.get("socketio.invalid_request_id"), Some(&f64::from(count)), "{id}");
    }
    let ack = client.ask("clock:probe", json!({"_requestId": "x".repeat(128)})).await;
    assert_eq!(ack["_requestId"], "x".repeat(128));
}

#[tokio::test]
async fn too_much_is_refused_and_not_cut_off() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    let terminal = client.open_terminal().await;
    let input = |length| json!({"terminalId": terminal, "data": "x".repeat(length)});
    check(&client.ask("terminal:input", input(1_300_000)).await, "too_large", None);
    check(&client.ask("terminal:input", input(65_537)).await, "too_large", Some("data"));
    let attachments = vec![Bytes::from_static(b"x"); 5];
    let payload = json!({"terminalId": terminal, "data": {"_placeholder": true, "num": 0}});
    check(&client.ask_with("terminal:input", &[payload], &attachments).await, "too_large", None);
    assert_eq!(client.ask("terminal:input", input(65_536)).await["bytes"], 65_536);
}

#[tokio::test]
async fn a_window_may_send_as_much_as_is_set() {
    let wire = WireLimits { message: 100_000, attachments: 1, input: 10, requests: 10, stream: 100 };
    let server = TestServer::start_with(Limits::default(), |settings| settings.wire = wire).await;
    let mut client = Client::connect(&server).await;
    assert_eq!(client.ask("session:init", json!({})).await["config"]["maxInputBytes"], 10);
    let terminal = client.open_terminal().await;
    let input = |length| json!({"terminalId": terminal, "data": "x".repeat(length)});
    check(&client.ask("terminal:input", input(100_001)).await, "too_large", None);
    check(&client.ask("terminal:input", input(11)).await, "too_large", Some("data"));
    assert_eq!(client.ask("terminal:input", input(10)).await["bytes"], 10);
    let payload = json!({"terminalId": terminal, "data": {"_placeholder": true, "num": 0}});
    let attachments = vec![Bytes::from_static(b"x"); 2];
    check(&client.ask_with("terminal:input", std::slice::from_ref(&payload), &attachments).await, "too_large", None);
    assert_eq!(client.ask_with("terminal:input", &[payload], &attachments[..1]).await["bytes"], 1);
    // Twice as many at once, and a few more in the time that this takes.
    let ordinary = refused(&mut client, "clock:probe", 60).await;
    check(&ordinary[0], "rate_limited", None);
    let stream = refused(&mut client, "terminal:ack", 150).await;
    assert!(stream.iter().all(|ack| ack["error"]["code"] == "invalid_payload"), "{stream:?}");
    let stream = refused(&mut client, "terminal:ack", 500).await;
    assert!(stream.iter().any(|ack| ack["error"]["code"] == "rate_limited"), "{stream:?}");
    assert_eq!(refused(&mut Client::connect(&server).await, "clock:probe", 20).await.len(), 0, "each has its own");
}

/// The refusals of so many requests in one go.
async fn refused(client: &mut Client, request: &str, count: usize) -> Vec<Value> {
    let mut asked = Vec::new();
    for _ in 0..count {
        asked.push(client.request(request, &[], &[]).await);
    }
    let mut refused = Vec::new();
    for id in asked {
        let ack = client.ack(id).await;
        if ack["ok"] == false {
            refused.push(ack);
        }
    }
    refused
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_ask_again() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    let refused = refused(&mut client, "session:init", 600).await;
    assert!(!refused.is_empty());
    check(&refused[0], "rate_limited", None);
    assert!(refused[0]["error"]["retryAfterMs"].as_u64().is_some_and(|millis| millis > 0), "{}", refused[0]);
}

#[tokio::test]
async fn an_unknown_terminal_is_not_found_whatever_the_string() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    for request in ["attach", "detach", "resize", "close", "ack", "input"] {
        for id in ["", "t1", "t_0000000000001", "p_0000000000001"] {
            let payload = json!({"terminalId": id, "cols": 1, "rows": 1, "seq": 0, "data": "x"});
            let ack = client.ask(&format!("terminal:{request}"), payload).await;
            check(&ack, "not_found", Some("terminalId"));
        }
    }
}

#[tokio::test]
async fn without_an_identity_there_is_no_connection() {
    let server = TestServer::start().await;
    let mut client = Client::knock(&server, None, &json!({})).await;
    assert_eq!(client.next().await, Some(Packet::Refused { message: "unauthenticated".to_owned() }));
}
