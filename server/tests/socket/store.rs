//! What outlives the process: layouts, names, people, words and links, however it ends.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::{
    host::process::Machine,
    support::{
        Client,
        exposition::Exposition,
        web::{self, BEARER},
    },
};

/// What there is to see, but for who has which window open.
async fn workspace(client: &mut Client) -> Value {
    let mut workspace = client.ask("workspace_sync_request", json!({})).await["workspace"].clone();
    for session in workspace["sessions"].as_array_mut().unwrap() {
        for member in session["members"].as_array_mut().unwrap() {
            let member = member.as_object_mut().unwrap();
            ["clientIds", "online", "paneId"].iter().for_each(|field| drop(member.remove(*field)));
        }
    }
    workspace
}

fn at(session: &Value, tab: &Value, pane: &Value, more: Value) -> Value {
    let mut payload = json!({"sessionId": session, "tabId": tab, "paneId": pane});
    let Value::Object(more) = more else { panic!("{more} is no object") };
    payload.as_object_mut().unwrap().extend(more);
    payload
}

#[tokio::test]
async fn everything_that_was_arranged_comes_back_with_its_shells() {
    let machine = Machine::new();
    let server = machine.start(&[]);
    let mut client = Client::enter(server.address).await;
    let seen = workspace(&mut client).await["sessions"][0].clone();
    let (session, tab) = (seen["id"].clone(), seen["tabs"][0]["id"].clone());
    let pane = seen["tabs"][0]["panes"][0]["id"].clone();
    let of_session = |more: Value| at(&session, &tab, &pane, more);
    client.granted("session_update", of_session(json!({"name": "work", "settings": {"maxUsers": 7}}))).await;
    client.granted("pane_split", of_session(json!({"direction": "horizontal", "ratio": 0.3}))).await;
    let second = client.granted("pane_split", of_session(json!({"direction": "vertical"}))).await["pane"]["id"].clone();
    client.granted("tab_create", of_session(json!({"title": "logs"}))).await;
    client.granted("tab_create", of_session(json!({"title": "notes"}))).await;
    client.granted("tab_move", of_session(json!({"index": 2}))).await;
    client.granted("pane_zoom", of_session(json!({"zoomed": true}))).await;
    client.granted("tab_switch", of_session(json!({}))).await;
    let open = json!({"paneId": second, "cols": 80, "rows": 24, "shell": "/bin/cat"});
    let terminal = client.granted("terminal:create", open).await["terminalId"].as_str().unwrap().to_owned();
    client.granted("session_create", json!({"name": "another"})).await;
    let said = client.granted("chat_message", of_session(json!({"text": "remember"}))).await;
    let link = client.granted("share_create", of_session(json!({}))).await;
    let before = workspace(&mut client).await;
    server.end(Signal::KILL);

    let server = machine.start(&[]);
    let mut client = Client::enter(server.address).await;
    assert_eq!(workspace(&mut client).await, before);
    client.granted("terminal:attach", json!({"terminalId": terminal})).await;
    client.type_into(&terminal, "still here\n").await;
    let page = client.granted("message_list", of_session(json!({}))).await;
    assert_eq!(page["messages"][0]["id"], said["id"]);
    let visit = web::get(server.address, link["share"]["url"].as_str().unwrap(), &[("Accept", "text/html")]).await;
    assert_eq!(visit.status, 200, "{}", visit.body);
    server.end(Signal::TERM);

    // Without its host a pane is empty, and remembers where its shell was.
    machine.stop(&["--all"]);
    let server = machine.start(&[]);
    let mut client = Client::enter(server.address).await;
    let after = workspace(&mut client).await;
    let layouts = |workspace: &Value| -> Vec<Value> {
        let sessions = workspace["sessions"].as_array().unwrap();
        sessions
            .iter()
            .flat_map(|session| session["tabs"].as_array().unwrap())
            .map(|tab| tab["layout"].clone())
            .collect()
    };
    assert_eq!(layouts(&after), layouts(&before));
    assert_eq!(client.ask("terminal:attach", json!({"terminalId": terminal})).await["error"]["code"], "not_found");
    client.granted("terminal:create", json!({"sessionId": session, "paneId": second, "cols": 80, "rows": 24})).await;
}

#[tokio::test]
async fn nothing_that_was_acked_is_lost_when_the_server_is_killed() {
    let machine = Machine::new();
    let mut titles = Vec::new();
    let mut words = Vec::new();
    for round in 0..4_u64 {
        let server = machine.start(&["--pty-host", "in-process"]);
        let mut client = Client::enter(server.address).await;
        let seen = workspace(&mut client).await["sessions"][0].clone();
        let session = seen["id"].clone();
        let tabs: Vec<_> = seen["tabs"].as_array().unwrap().iter().map(|tab| tab["title"].clone()).collect();
        // Of what was on its way, more may be there than was acked.
        assert!(titles.iter().all(|title| tabs.contains(title)), "{titles:?} in {tabs:?}");
        if !words.is_empty() {
            let page = client.granted("message_list", json!({"sessionId": session, "limit": 100})).await;
            let said: Vec<_> =
                page["messages"].as_array().unwrap().iter().map(|said| said["content"].clone()).collect();
            assert!(words.iter().rev().take(50).all(|word| said.contains(word)), "{words:?} in {said:?}");
        }
        let pid = server.pid();
        // At no particular moment of what follows.
        let wait = Duration::from_millis(40 + 60 * (u64::from(std::process::id()) + 7 * round) % 97);
        let killer = std::thread::spawn(move || {
            std::thread::sleep(wait);
            crate::host::process::kill(pid, Signal::KILL);
        });
        for number in 0.. {
            let (title, word) = (json!(format!("tab {round}.{number}")), json!(format!("word {round}.{number}")));
            let Some(made) = client.try_ask("tab_create", json!({"sessionId": session, "title": title})).await else {
                break;
            };
            // The limit on requests says no in between.
            if made["ok"] == json!(true) {
                titles.push(title);
            }
            let Some(said) = client.try_ask("chat_message", json!({"sessionId": session, "text": word})).await else {
                break;
            };
            if said["ok"] == json!(true) {
                words.push(word);
            }
        }
        killer.join().unwrap();
        drop(server);
    }
    assert!(titles.len() > 8 && words.len() > 8, "{} and {} were acked", titles.len(), words.len());
}

#[tokio::test]
async fn a_database_that_is_damaged_while_the_server_runs_loses_nothing_that_the_server_knows() {
    let machine = Machine::new();
    let server = machine.start(&[]);
    let mut client = Client::enter(server.address).await;
    let session = workspace(&mut client).await["sessions"][0]["id"].clone();
    client.granted("tab_create", json!({"sessionId": session, "title": "before"})).await;
    let said = client.granted("chat_message", json!({"sessionId": session, "text": "read"})).await["id"].clone();
    client.granted("message_read", json!({"sessionId": session, "messageId": said})).await;
    let link = client.granted("share_create", json!({"sessionId": session})).await["share"]["url"].clone();

    let path = machine.data_dir().join("aetherterm.db");
    let other = rusqlite::Connection::open(&path).unwrap();
    other.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[4096..].fill(0x5a);
    std::fs::write(&path, bytes).unwrap();
    // A change by somebody else has the server look at the file again.
    other.pragma_update(None, "user_version", 2).unwrap();
    drop(other);
    client.granted("tab_create", json!({"sessionId": session, "title": "after"})).await;
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let figures = Exposition::scrape(server.address).await;
        let remembered = figures.value("store_changes_total", &[("result", "remembered")]);
        if remembered > Some(0.0) && figures.value("store_durable", &[]) == Some(1.0) {
            break;
        }
        assert!(Instant::now() < deadline, "it is not stored anew");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let before = workspace(&mut client).await;
    server.end(Signal::KILL);

    let server = machine.start(&[]);
    let mut client = Client::enter(server.address).await;
    assert_eq!(workspace(&mut client).await, before);
    assert!(before.to_string().contains("before") && before.to_string().contains("after"), "{before}");
    let visit = web::get(server.address, link.as_str().unwrap(), &[("Accept", "text/html")]).await;
    assert_eq!(visit.status, 200, "{}", visit.body);
    server.end(Signal::TERM);
}

#[tokio::test]
async fn a_damaged_database_is_put_aside_and_a_newer_one_refused() {
    let machine = Machine::new();
    machine.start(&[]).end(Signal::TERM);
    let path = machine.data_dir().join("aetherterm.db");
    std::fs::write(&path, "no database at all ".repeat(500)).unwrap();
    let log = tempfile::NamedTempFile::new().unwrap();
    let server = machine.start_saying(&[], log.reopen().unwrap());
    let mut client = Client::enter(server.address).await;
    assert_eq!(workspace(&mut client).await["sessions"].as_array().unwrap().len(), 1);
    let metrics = web::get(server.address, "/metrics", &[BEARER]).await.body;
    assert!(metrics.contains("store_changes_total{result=\"saved\"}"), "{metrics}");
    server.end(Signal::TERM);
    let said = std::fs::read_to_string(log.path()).unwrap();
    assert!(said.contains("the database is damaged") && said.contains("aetherterm.db.damaged-"), "{said}");

    let newer = rusqlite::Connection::open(&path).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    drop(newer);
    let ended = machine.serving(&mut machine.command(&[])).output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(!ended.status.success() && said.contains("has version 99"), "{said}");
}
