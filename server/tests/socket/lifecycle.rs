//! How long a shell waits: for a viewer, for something to happen, and for its owner to have room.

use std::time::Duration;

use serde_json::json;
use server::terminal::{Lifetime, Limits};

use crate::support::{Client, TestServer};

async fn server(lifetime: Lifetime) -> TestServer {
    TestServer::start_with(Limits { lifetime, ..Limits::default() }, |_| {}).await
}

#[tokio::test]
async fn a_shell_that_nobody_comes_back_to_is_closed() {
    let server = server(Lifetime { detached: Some(Duration::from_millis(200)), idle: None }).await;
    let mut staying = Client::connect(&server).await;
    let mut leaving = Client::connect(&server).await;
    let kept = staying.open_terminal().await;
    let left = leaving.open_terminal().await;
    drop(leaving);
    let closed = staying.event("terminal:closed").await;
    assert_eq!((&closed["terminalId"], &closed["reason"]), (&json!(left), &json!("detached")));
    // The other one has been looked at all the time.
    staying.type_into(&kept, "alive").await;
    assert_eq!(staying.outputs(5).await, b"alive");
}

#[tokio::test]
async fn an_idle_shell_is_announced_and_closed_unless_something_happens() {
    let server = server(Lifetime { detached: None, idle: Some(Duration::from_millis(500)) }).await;
    let mut client = Client::connect(&server).await;
    let terminal = client.open_terminal().await;
    let warning = client.event("terminal:idle").await;
    assert_eq!(warning["terminalId"], json!(terminal));
    assert!((1..=125).contains(&warning["closesInMs"].as_u64().unwrap()), "{warning}");
    client.type_into(&terminal, "x").await;
    let over = client.event("terminal:idle").await;
    assert_eq!(over, json!({"terminalId": terminal}));
    client.event_if("terminal:idle", |warning| warning["closesInMs"].is_u64()).await;
    assert_eq!(client.event("terminal:closed").await["reason"], "idle");
}

#[tokio::test]
async fn each_user_has_so_many_terminals_and_all_together_so_many() {
    let limits = Limits { terminals: 3, per_owner: 2, ..Limits::default() };
    let server = TestServer::start_with(limits, |_| {}).await;
    let mut ada = Client::connect_as(&server, "ada").await;
    let mut eve = Client::connect_as(&server, "eve").await;
    let create = json!({"cols": 80, "rows": 24});
    ada.open_terminal().await;
    ada.open_terminal().await;
    let refused = ada.ask("terminal:create", create.clone()).await;
    assert_eq!(refused["error"]["code"], "limit_reached");
    assert!(refused["error"]["message"].as_str().unwrap().starts_with("You have 2 terminals"), "{refused}");
    eve.open_terminal().await;
    let refused = eve.ask("terminal:create", create).await;
    assert!(refused["error"]["message"].as_str().unwrap().starts_with("There are 3 terminals"), "{refused}");
}

#[tokio::test]
async fn the_message_of_the_day_comes_first() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "Welcome\nto the machine\n").unwrap();
    let motd = Some(file.path().to_owned());
    let server = TestServer::start_with(Limits::default(), |settings| settings.motd = motd).await;
    let mut client = Client::connect(&server).await;
    let terminal = client.open_terminal().await;
    client.type_into(&terminal, "x").await;
    let expected = "Welcome\r\nto the machine\r\nx";
    assert_eq!(String::from_utf8_lossy(&client.outputs(expected.len()).await), expected);
    // It is output like any other, from offset 0 on and on the screen.
    let mut late = Client::connect(&server).await;
    late.ask("terminal:attach", json!({"terminalId": terminal})).await;
    assert!(String::from_utf8_lossy(&late.output().await.data).contains("to the machine"));
}
