//! Whose terminals there are, and what outlives a connection.

use serde_json::{Value, json};

use crate::support::{Client, Packet, TestServer};

async fn first_pane(client: &mut Client) -> Value {
    let ready = client.ask("session:init", json!({})).await;
    ready["workspace"]["sessions"][0]["tabs"][0]["panes"][0].clone()
}

#[tokio::test]
async fn a_terminal_of_somebody_else_does_not_exist() {
    let server = TestServer::start().await;
    let mut ada = Client::connect_as(&server, "ada").await;
    let mut eve = Client::connect_as(&server, "eve").await;
    let terminal = ada.open_terminal().await;
    let pane = first_pane(&mut ada).await;
    let payload = json!({"terminalId": terminal, "cols": 1, "rows": 1, "seq": 0, "data": "rm"});
    for request in ["attach", "detach", "resize", "close", "ack", "input"] {
        let ack = eve.ask(&format!("terminal:{request}"), payload.clone()).await;
        assert_eq!(ack["error"]["code"], "not_found", "{request}: {ack}");
    }
    let create = json!({"paneId": pane["id"], "cols": 80, "rows": 24});
    assert_eq!(eve.ask("terminal:create", create).await["error"]["field"], "paneId");
    assert_eq!(first_pane(&mut eve).await["terminalId"], Value::Null);
    ada.type_into(&terminal, "safe").await;
    assert_eq!(ada.outputs(4).await, b"safe");
    let heard = eve.settle().await;
    let of_ada = |packet: &Packet| matches!(packet, Packet::Event { name, .. } if name == "terminal:output");
    assert!(!heard.iter().any(of_ada), "{heard:?}");
}

#[tokio::test]
async fn a_pane_with_a_living_terminal_names_it() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    let create = json!({"paneId": first_pane(&mut client).await["id"], "cols": 80, "rows": 24});
    let created = client.ask("terminal:create", create.clone()).await;
    assert_eq!((&created["ok"], &created["status"]), (&json!(true), &json!("ready")), "{created}");
    let refused = client.ask("terminal:create", create.clone()).await;
    assert_eq!(refused["error"]["code"], "conflict");
    assert_eq!(refused["error"]["terminalId"], created["terminalId"]);
    assert_eq!(first_pane(&mut client).await["terminalId"], created["terminalId"]);
}

#[tokio::test]
async fn an_ended_terminal_can_be_looked_at_until_its_pane_is_used_again() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    let create = json!({"paneId": first_pane(&mut client).await["id"], "cols": 80, "rows": 24});
    let ended = client.ask("terminal:create", create.clone()).await["terminalId"].clone();
    client.type_into(ended.as_str().unwrap(), "last words\u{4}").await;
    client.event("terminal:closed").await;
    client.settle().await;

    client.request("terminal:attach", &[json!({"terminalId": ended})], &[]).await;
    assert_eq!(client.event("terminal:attached").await["mode"], "snapshot");
    let screen = client.output().await;
    assert!(String::from_utf8_lossy(&screen.data).contains("last words"));
    assert_eq!(client.event("terminal:closed").await["reason"], "exited");

    let next = client.ask("terminal:create", create).await;
    assert_eq!(next["ok"], true, "{next}");
    let gone = client.ask("terminal:attach", json!({"terminalId": ended})).await;
    assert_eq!(gone["error"]["code"], "not_found");
}

#[tokio::test]
async fn closing_is_answered_by_the_end_and_told_to_the_session_once() {
    let server = TestServer::start().await;
    let mut closer = Client::connect(&server).await;
    let mut other = Client::connect(&server).await;
    let terminal = closer.open_terminal().await;
    let ack = closer.ask("terminal:close", json!({"terminalId": terminal, "_requestId": "req_1"})).await;
    assert_eq!((&ack["ok"], &ack["reason"]), (&json!(true), &json!("closed")), "{ack}");
    assert_eq!(other.event("terminal:closed").await["terminalId"], json!(terminal), "also who does not watch it");
    assert_eq!(closer.event("terminal:closed").await["_requestId"], "req_1");
    let rest = closer.settle().await;
    assert!(!rest.iter().any(|packet| matches!(packet, Packet::Event { name, .. } if name == "terminal:closed")));
}

#[tokio::test]
async fn a_shell_outlives_its_connection() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    let terminal = client.open_terminal().await;
    client.type_into(&terminal, "before").await;
    client.outputs(6).await;
    drop(client);

    let mut client = Client::connect(&server).await;
    assert_eq!(first_tab_terminals(&mut client).await, [json!(terminal)]);
    client.ask("terminal:attach", json!({"terminalId": terminal, "fromSeq": 6})).await;
    client.type_into(&terminal, "after").await;
    assert_eq!(client.outputs(5).await, b"after");
}

async fn first_tab_terminals(client: &mut Client) -> Vec<Value> {
    let ready = client.ask("session:init", json!({})).await;
    let tabs = ready["workspace"]["sessions"][0]["tabs"].as_array().unwrap().clone();
    tabs.iter().map(|tab| tab["panes"][0]["terminalId"].clone()).filter(|id| !id.is_null()).collect()
}

#[tokio::test]
async fn the_lead_passes_on_when_the_leader_is_gone() {
    let server = TestServer::start().await;
    let mut first = Client::connect(&server).await;
    let mut second = Client::connect(&server).await;
    let terminal = first.open_terminal().await;
    let attached = second.ask("terminal:attach", json!({"terminalId": terminal})).await;
    let first_id = first.ask("session:init", json!({})).await["clientId"].clone();
    let second_id = second.ask("session:init", json!({})).await["clientId"].clone();
    assert_eq!(attached["leader"], first_id);
    drop(first);
    assert_eq!(second.event("terminal:leader").await["leader"], second_id);
}

#[tokio::test]
async fn a_polite_goodbye_leaves_what_a_lost_connection_leaves() {
    let server = TestServer::start().await;
    let mut leaving = Client::connect(&server).await;
    let mut staying = Client::connect(&server).await;
    let terminal = leaving.open_terminal().await;
    staying.ask("terminal:attach", json!({"terminalId": terminal})).await;
    let me = staying.ask("session:init", json!({})).await["clientId"].clone();
    assert_eq!(leaving.ask("session:end", json!({})).await, json!({"ok": true}));
    assert_eq!(staying.event("terminal:leader").await["leader"], me);
    staying.type_into(&terminal, "alive").await;
    assert_eq!(staying.outputs(5).await, b"alive");
}

#[tokio::test]
async fn windows_are_told_that_the_server_is_closing() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    server.sockets.announce_closing("the server is being updated");
    assert_eq!(client.event("server:closing").await, json!({"reason": "the server is being updated"}));
    let ack = client.ask("terminal:create", json!({"cols": 80, "rows": 24})).await;
    assert_eq!(ack["error"]["code"], "shutting_down");
    tokio::join!(server.sockets.clone().close(), client.ended());
}

#[tokio::test]
async fn the_session_is_told_where_a_shell_is() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    let mut other = Client::connect(&server).await;
    let mut eve = Client::connect_as(&server, "eve").await;
    let pane = first_pane(&mut client).await;
    let create = json!({"paneId": pane["id"], "cols": 80, "rows": 24});
    let created = client.ask("terminal:create", create).await;
    let terminal = created["terminalId"].as_str().unwrap();
    assert_eq!(first_pane(&mut client).await["cwd"], Value::Null);
    client.type_into(terminal, "\u{1b}]7;file://host/usr/my%20lib\u{7}").await;

    let updated = other.event_if("pane:updated", |updated| updated["pane"]["cwd"].is_string()).await;
    assert_eq!((&updated["tabId"], &updated["layout"]), (&created["tabId"], &json!({"pane": pane["id"]})), "{updated}");
    assert_eq!((&updated["pane"]["terminalId"], &updated["pane"]["cwd"]), (&json!(terminal), &json!("/usr/my lib")));
    let ready = client.ask("session:init", json!({})).await;
    let session = &ready["workspace"]["sessions"][0];
    assert_eq!((&session["revision"], &session["tabs"][0]["panes"][0]), (&updated["revision"], &updated["pane"]));
    let heard = eve.settle().await;
    assert!(!heard.iter().any(|packet| matches!(packet, Packet::Event { name, .. } if name == "pane:updated")));
}
