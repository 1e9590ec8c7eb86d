//! Requests are answered in the order the protocol promises.

use serde_json::{Value, json};

use crate::support::{Client, Packet, TestServer};

#[tokio::test]
async fn the_named_response_comes_once_and_before_the_ack() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    let id = client.request("session:init", &[json!({"_requestId": "req_7"})], &[]).await;
    let Some(Packet::Event { name, body, .. }) = client.next().await else { panic!("the response comes first") };
    assert_eq!((name.as_str(), &body["_requestId"]), ("session:ready", &json!("req_7")));
    let Some(Packet::Ack { id: acked, body: ack }) = client.next().await else { panic!("then the ack") };
    assert_eq!((acked, &ack["clientId"]), (id, &body["clientId"]));
    assert_eq!(client.settle().await.len(), 1, "only the answer to the probe");
}

#[tokio::test]
async fn what_follows_a_request_comes_after_its_ack() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    let terminal = client.open_terminal().await;
    client.type_into(&terminal, "hello").await;
    client.outputs(5).await;
    client.settle().await;
    client.request("terminal:attach", &[json!({"terminalId": terminal, "fromSeq": 0})], &[]).await;
    let mut order = Vec::new();
    while order.len() < 3 {
        order.push(match client.next().await.unwrap() {
            Packet::Event { name, .. } => name,
            Packet::Ack { .. } => "ack".to_owned(),
            other => panic!("{other:?}"),
        });
    }
    assert_eq!(order, ["terminal:attached", "ack", "terminal:output"]);
}

#[tokio::test]
async fn a_request_without_an_ack_is_answered_by_its_named_response() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    client.emit("clock:probe", json!({"_requestId": "req_9"})).await;
    let probed = client.event("clock:probed").await;
    assert_eq!(probed["_requestId"], "req_9");
    assert!(probed["receivedAt"].as_u64() <= probed["sentAt"].as_u64(), "{probed}");
}

#[tokio::test]
async fn flow_control_credit_has_no_named_response() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    let terminal = client.open_terminal().await;
    client.settle().await;
    let ack = client.ask("terminal:ack", json!({"terminalId": terminal, "seq": 0, "hidden": true})).await;
    assert_eq!(ack, json!({"ok": true}));
    let events = client.settle().await;
    assert!(!events.iter().any(|packet| matches!(packet, Packet::Event { name, .. } if name == "terminal:acked")));
}

#[tokio::test]
async fn a_window_learns_who_it_is_and_what_there_is() {
    let server = TestServer::start().await;
    let mut client = Client::connect_as(&server, "ada").await;
    let ready = client.ask("session:init", Value::Null).await;
    assert_eq!(ready["user"], json!({"id": "ada", "name": "ada", "role": "user"}));
    let session = &ready["workspace"]["sessions"][0];
    assert_eq!(ready["workspace"]["activeSessionId"], session["id"]);
    assert_eq!(session["tabs"][0]["layout"]["pane"], session["tabs"][0]["panes"][0]["id"]);
    assert_eq!(session["members"][0]["online"], true);
    assert_eq!(ready["config"], json!({"maxInputBytes": 65_536, "creditBytes": 262_144, "ackEveryBytes": 65_536}));
}
