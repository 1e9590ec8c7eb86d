//! A client of before there were panes finds the events it knows, on the same engine as everybody else.

use app::protocol::catalog;
use bytes::Bytes;
use serde_json::json;

use crate::support::{Client, TestServer};

/// The text of a shell, put together until it ends like that.
async fn text(client: &mut Client, session: &str, end: &str) -> String {
    let mut text = String::new();
    while !text.ends_with(end) {
        let output = client.event("shell:output").await;
        assert_eq!(output["session"], session, "{output}");
        text += output["data"].as_str().unwrap();
    }
    text
}

async fn open(client: &mut Client, session: &str) {
    let ack = client.ask("create_terminal", json!({"session": session})).await;
    assert_eq!(
        (&ack["ok"], &ack["session"], &ack["status"]),
        (&json!(true), &json!(session), &json!("ready")),
        "{ack}"
    );
}

/// The id of the one terminal that a window sees.
async fn terminal(client: &mut Client) -> String {
    let ready = client.ask("session:init", json!({})).await;
    let tabs = ready["workspace"]["sessions"][0]["tabs"].as_array().unwrap().clone();
    let panes = tabs.iter().flat_map(|tab| tab["panes"].as_array().unwrap());
    panes.filter_map(|pane| pane["terminalId"].as_str()).next().unwrap().to_owned()
}

#[tokio::test]
async fn a_shell_is_opened_by_name_typed_into_sized_and_heard() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    client.emit("create_terminal", json!({"session": "main"})).await;
    assert_eq!(client.event("terminal_ready").await["session"], "main");
    client.emit("terminal_input", json!({"session": "main", "data": "端末\r"})).await;
    assert_eq!(text(&mut client, "main", "\r").await, "端末\r");
    let ack = client.ask("terminal_resize", json!({"session": "main", "cols": 100, "rows": 30})).await;
    assert_eq!(ack, json!({"ok": true, "session": "main"}));
    let id = terminal(&mut client).await;
    let ack = client.ask("terminal:attach", json!({"terminalId": id})).await;
    assert_eq!((&ack["cols"], &ack["rows"]), (&json!(100), &json!(30)), "{ack}");
}

#[tokio::test]
async fn a_shell_without_a_name_is_named_by_the_server() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    let ready = client.ask("create_terminal", json!({})).await;
    let name = ready["session"].as_str().unwrap().to_owned();
    assert_eq!(name, terminal(&mut client).await);
    client.emit("terminal_input", json!({"session": name, "data": "x"})).await;
    assert_eq!(text(&mut client, &name, "x").await, "x");
}

#[tokio::test]
async fn a_shell_that_is_there_is_shown_from_its_beginning() {
    let server = TestServer::start().await;
    let mut first = Client::connect(&server).await;
    open(&mut first, "main").await;
    first.emit("terminal_input", json!({"session": "main", "data": "before"})).await;
    text(&mut first, "main", "before").await;
    let mut second = Client::connect(&server).await;
    open(&mut second, "main").await;
    assert_eq!(text(&mut second, "main", "before").await, "before");
    second.emit("terminal_input", json!({"session": "main", "data": " after"})).await;
    assert_eq!(text(&mut first, "main", "after").await, " after");
    assert_eq!(text(&mut second, "main", "after").await, " after");
}

#[tokio::test]
async fn a_character_is_never_in_two_pieces() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    open(&mut client, "main").await;
    let id = terminal(&mut client).await;
    for byte in "端".bytes() {
        let data = json!({"_placeholder": true, "num": 0});
        let payload = json!({"terminalId": id, "data": data});
        let ack = client.ask_with("terminal:input", &[payload], &[Bytes::from(vec![byte])]).await;
        assert_eq!(ack["ok"], true, "{ack}");
    }
    assert_eq!(text(&mut client, "main", "端").await, "端");
}

#[tokio::test]
async fn the_end_is_told_after_the_last_output_and_to_who_comes_late() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    open(&mut client, "main").await;
    client.emit("terminal_input", json!({"session": "main", "data": "last words"})).await;
    text(&mut client, "main", "last words").await;
    let id = terminal(&mut client).await;
    client.ask("terminal:close", json!({"terminalId": id})).await;
    let mut late = Client::connect(&server).await;
    open(&mut late, "main").await;
    assert_eq!(text(&mut late, "main", "words").await, "last words");
    assert_eq!(late.event("terminal_closed").await, json!({"session": "main"}));
}

#[tokio::test]
async fn who_closes_by_the_old_name_is_told_by_it() {
    let server = TestServer::start().await;
    let mut watcher = Client::connect(&server).await;
    open(&mut watcher, "main").await;
    let id = terminal(&mut watcher).await;
    let mut other = Client::connect(&server).await;
    other.ask("terminal:close", json!({"terminalId": id})).await;
    assert_eq!(watcher.event("terminal_closed").await, json!({"session": "main"}));
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_its_field() {
    let server = TestServer::start_with(server::terminal::Limits::default(), |settings| {
        settings.account = "ada".to_owned();
    })
    .await;
    let mut client = Client::connect(&server).await;
    let long = "x".repeat(129);
    for (event, payload, code, field) in [
        ("create_terminal", json!({"user": "root"}), "forbidden", "user"),
        ("create_terminal", json!({"session": long}), "invalid_payload", "session"),
        ("create_terminal", json!({"session": "a\u{7}b"}), "invalid_payload", "session"),
        ("create_terminal", json!({"session": 7}), "invalid_payload", "session"),
        ("terminal_input", json!({"session": "nobody", "data": "x"}), "not_found", "session"),
        ("terminal_input", json!({"session": "nobody"}), "invalid_payload", "data"),
        ("terminal_resize", json!({"session": "nobody", "cols": 80, "rows": 24}), "not_found", "session"),
    ] {
        let ack = client.ask(event, payload).await;
        assert_eq!((&ack["error"]["code"], &ack["error"]["field"]), (&json!(code), &json!(field)), "{event}: {ack}");
    }
    for user in ["ada", ""] {
        let ack = client.ask("create_terminal", json!({"user": user})).await;
        assert_eq!(ack["ok"], true, "{ack}");
    }
}

#[tokio::test]
async fn names_are_their_users_own() {
    let server = TestServer::start().await;
    let mut ada = Client::connect_as(&server, "ada").await;
    open(&mut ada, "main").await;
    ada.emit("terminal_input", json!({"session": "main", "data": "secret"})).await;
    text(&mut ada, "main", "secret").await;
    let mut eve = Client::connect_as(&server, "eve").await;
    open(&mut eve, "main").await;
    eve.emit("terminal_input", json!({"session": "main", "data": "x"})).await;
    assert_eq!(text(&mut eve, "main", "x").await, "x");
    let id = terminal(&mut ada).await;
    let ack = eve.ask("terminal_input", json!({"session": id, "data": "x"})).await;
    assert_eq!(ack["error"]["code"], "not_found", "{ack}");
}

#[test]
fn the_old_names_are_in_the_catalogue() {
    for name in ["create_terminal", "terminal_input", "terminal_resize"] {
        assert!(catalog::REQUESTS.contains(&name), "{name}");
    }
    for name in ["terminal_ready", "shell:output", "terminal_closed"] {
        assert!(catalog::RESPONSES_AND_NOTICES.contains(&name), "{name}");
    }
}
