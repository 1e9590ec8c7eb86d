//! Shells and their panes: told when they come, taken along by what is closed.

use rustix::fs::{CWD, FileType, Mode};
use serde_json::json;
use server::terminal::Limits;

use super::window::{Window, shared};
use crate::support::{Packet, TestServer};

#[tokio::test]
async fn a_terminal_that_has_come_is_told_to_all_and_to_its_opener_after_the_ack() {
    let server = TestServer::start().await;
    let mut opening = Window::open(&server, "ada").await;
    let mut other = Window::open(&server, "ada").await;
    assert_eq!(opening.follow().await, ["user:presence"]);
    for (payload, notice) in [
        (opening.at(0, 0, json!({"cols": 80, "rows": 24})), "pane:updated"),
        (json!({"cols": 80, "rows": 24}), "tab:created"),
    ] {
        opening.client.request("terminal:create", &[payload], &[]).await;
        let Some(Packet::Event { name, body: created, .. }) = opening.client.next().await else {
            panic!("the response")
        };
        assert_eq!(name, "terminal:created");
        assert!(matches!(opening.client.next().await, Some(Packet::Ack { .. })));
        assert_eq!(opening.follow().await, [notice]);
        assert_eq!(other.follow().await, [notice]);
        for window in [&opening, &other] {
            let pane = window.session().tabs.last().unwrap().panes[0].clone();
            assert_eq!(json!(pane.terminal_id), created["terminalId"]);
        }
    }
    assert_eq!(shared(&opening.sync().await), shared(&other.copy));
}

#[tokio::test]
async fn a_shell_opens_in_the_pane_that_is_named_whatever_another_window_shows() {
    let server = TestServer::start().await;
    let mut window = Window::open(&server, "ada").await;
    let mut other = Window::open(&server, "ada").await;
    other.client.granted("session_create", json!({})).await;
    let tab = window.session().tabs[0].clone();
    let created =
        window.client.granted("terminal:create", json!({"paneId": tab.panes[0].id, "cols": 80, "rows": 24})).await;
    assert_eq!(created["paneId"], json!(tab.panes[0].id));
    window.client.granted("tab_create", json!({"sessionId": window.session().id})).await;
    window.follow().await;
    let tab = window.session().tabs[1].clone();
    let created = window.client.granted("terminal:create", json!({"tabId": tab.id, "cols": 80, "rows": 24})).await;
    assert_eq!(created["tabId"], json!(tab.id));
}

/// Waits until there is no such terminal any more, which is once its viewers have been told of its end.
async fn forgotten(window: &mut Window, terminal: &str) {
    let attach = json!({"terminalId": terminal});
    while window.client.ask("terminal:attach", attach.clone()).await["error"]["code"] != "not_found" {}
}

#[tokio::test]
async fn what_is_closed_takes_its_shells_along() {
    let limits = Limits { per_owner: 2, ..Limits::default() };
    let server = TestServer::start_with(limits, |_| {}).await;
    let mut window = Window::open(&server, "ada").await;
    let mut watching = Window::open(&server, "ada").await;
    for request in ["pane_close", "tab_close"] {
        window.ask("pane_split", window.at(0, 0, json!({"direction": "vertical"}))).await;
        let mut terminals = Vec::new();
        for pane in 0..2 {
            let created = window.ask("terminal:create", window.at(0, pane, json!({"cols": 80, "rows": 24}))).await;
            let terminal = created["terminalId"].as_str().unwrap().to_owned();
            watching.client.ask("terminal:attach", json!({"terminalId": terminal})).await;
            terminals.push(terminal);
        }
        watching.follow().await;
        let (closing, kept) = match request {
            "pane_close" => (&terminals[..1], &terminals[1..]),
            _ => (&terminals[..], &terminals[2..]),
        };
        window.ask(request, window.at(0, 0, json!({}))).await;
        for _ in closing {
            let closed = watching.client.event("terminal:closed").await;
            assert_eq!(closed["reason"], "closed");
            assert!(closing.iter().any(|terminal| closed["terminalId"] == json!(terminal)), "{closed}");
        }
        for terminal in closing {
            forgotten(&mut window, terminal).await;
        }
        for terminal in kept {
            watching.client.type_into(terminal, "alive").await;
            assert_eq!(watching.client.outputs(5).await, b"alive");
            window.ask("tab_close", window.at(0, 0, json!({}))).await;
            watching.client.event("terminal:closed").await;
            forgotten(&mut window, terminal).await;
        }
        watching.follow().await;
        window.follow().await;
        assert_eq!((window.session().tabs.len(), window.session().tabs[0].panes.len()), (1, 1), "a new one is there");
    }
}

#[tokio::test]
async fn the_place_of_a_shell_that_ended_by_itself_is_closed_without_a_trace() {
    let server = TestServer::start().await;
    let mut window = Window::open(&server, "ada").await;
    let created = window.ask("terminal:create", window.at(0, 0, json!({"cols": 80, "rows": 24}))).await;
    let terminal = created["terminalId"].as_str().unwrap();
    window.client.type_into(terminal, "\u{4}").await;
    assert_eq!(window.client.event("terminal:closed").await["reason"], "exited");
    window.ask("tab_close", window.at(0, 0, json!({}))).await;
    forgotten(&mut window, terminal).await;
}

#[tokio::test]
async fn a_shell_whose_pane_was_closed_before_it_came_is_refused_and_ends() {
    // Nobody writes the message of the day yet, and so the shell does not start.
    let directory = tempfile::tempdir().unwrap();
    let message = directory.path().join("motd");
    rustix::fs::mknodat(CWD, &message, FileType::Fifo, Mode::RWXU, 0).unwrap();
    let limits = Limits { per_owner: 1, ..Limits::default() };
    let server = TestServer::start_with(limits, |settings| settings.motd = Some(message.clone())).await;
    let mut window = Window::open(&server, "ada").await;
    window.ask("pane_split", window.at(0, 0, json!({"direction": "vertical"}))).await;
    let write = |text: &'static str| {
        let message = message.clone();
        tokio::task::spawn_blocking(move || std::fs::write(message, text).unwrap())
    };

    let create = window.at(0, 1, json!({"cols": 80, "rows": 24}));
    let opening = window.client.request("terminal:create", &[create], &[]).await;
    window.ask("pane_close", window.at(0, 1, json!({}))).await;
    write("hello").await.unwrap();
    let refused = window.client.ack(opening).await;
    assert_eq!(refused["error"]["code"], "conflict", "{refused}");
    assert_eq!(refused["error"]["message"], "The pane was closed while its terminal was being opened.");

    let create = window.at(0, 0, json!({"cols": 80, "rows": 24}));
    let opening = window.client.request("terminal:create", &[create], &[]).await;
    write("hello").await.unwrap();
    let created = window.client.ack(opening).await;
    assert_eq!(created["ok"], true, "the other one does not count any more: {created}");
}
