//! A disk that takes nothing more: who is told, by what name, and what goes on all the same.

use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, prlimit};
use serde_json::json;

use super::process::{Machine, PATIENCE, Running};
use crate::support::{Client, exposition::Exposition, web};

/// What may be written by then: a lock and a key, and no script for a shell.
const A_BLOCK: u32 = 1;

#[test]
fn a_server_that_cannot_write_at_all_says_where() {
    let machine = Machine::new();
    let ended = machine.cramped(0).output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(!ended.status.success() && ended.stdout.is_empty(), "{ended:?}");
    let lock = machine.data_dir().join("lock");
    assert!(said.contains(&format!("cannot use {} in the data directory", lock.display())), "{said}");
    assert_eq!(said.matches("File too large").count(), 1, "{said}");
}

#[tokio::test]
async fn shells_run_and_are_found_again_though_nothing_can_be_written() {
    let machine = Machine::new();
    let server = Running::of(&mut machine.cramped(A_BLOCK));
    let mut client = Client::enter(server.address).await;
    let terminal = client.open_terminal().await;
    let mut seen = Vec::new();
    client.type_into(&terminal, "head -c 9999 /dev/zero >big || echo 'no '$((6*7))\r").await;
    client.follow(&terminal, &mut seen, |text| text.contains("no 42")).await;
    assert!(
        String::from_utf8_lossy(&seen).contains("File too large"),
        "the program itself says what it could not write"
    );
    let said = server.last_words();
    assert!(said.contains("shells are started without integration") && said.contains("File too large"), "{said}");

    let server = Running::of(&mut machine.cramped(A_BLOCK));
    let mut client = Client::enter(server.address).await;
    let attached = client.ask("terminal:attach", json!({"terminalId": terminal, "fromSeq": seen.len()})).await;
    assert_eq!(attached["mode"], "resume", "{attached}");
    client.type_into(&terminal, "echo still $((40+2))\r").await;
    client.follow(&terminal, &mut seen, |text| text.contains("still 42")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_full_disk_did_not_take_is_there_after_a_restart_once_there_was_room() {
    let machine = Machine::new();
    let server = Running::of(&mut machine.cramped(A_BLOCK));
    let mut client = Client::enter(server.address).await;
    let session = client.session().await["id"].clone();
    assert_eq!(client.event("server:storage").await["storage"], "memory", "who comes is told");
    client.granted("tab_create", json!({"sessionId": session, "title": "kept"})).await;
    client.granted("chat_message", json!({"sessionId": session, "text": "words"})).await;
    let ready = async || web::get(server.address, "/readyz", &[]).await;
    let said = ready().await;
    assert_eq!((said.status, said.body.as_str()), (200, "ready\nstore: memory\n"));
    assert_eq!(Exposition::scrape(server.address).await.value("store_durable", &[]), Some(0.0));
    let url = format!("http://{}", server.address);
    let doctor = |words: [String; 3]| machine.command(&["doctor"]).args(words).output().unwrap();
    let asked = doctor(["--url".to_owned(), url, "--token=test".to_owned()]);
    let doctors = String::from_utf8_lossy(&asked.stdout);
    assert!(!asked.status.success() && doctors.contains("store: FAIL nothing can be stored"), "{doctors}");

    // Somebody makes room; nobody changes anything.
    let unlimited = Rlimit { current: None, maximum: None };
    prlimit(Pid::from_raw(server.pid()), Resource::Fsize, unlimited).unwrap();
    let deadline = Instant::now() + PATIENCE;
    while ready().await.body != "ready\n" {
        assert!(Instant::now() < deadline, "it stays in memory");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(Exposition::scrape(server.address).await.value("store_durable", &[]), Some(1.0));
    assert_eq!(client.event("server:storage").await["storage"], "durable", "who is there is told");
    client.granted("tab_create", json!({"sessionId": session, "title": "after"})).await;
    let said = server.last_words();
    assert!(
        said.contains("nothing can be stored") && said.contains("what could only be remembered is stored now"),
        "{said}"
    );

    let server = machine.start(&[]);
    let mut client = Client::enter(server.address).await;
    let seen = client.session().await;
    let titles: Vec<_> = seen["tabs"].as_array().unwrap().iter().map(|tab| tab["title"].clone()).collect();
    assert!(seen["id"] == session && titles.contains(&json!("kept")) && titles.contains(&json!("after")), "{seen}");
    let page = client.granted("message_list", json!({"sessionId": session})).await;
    assert_eq!(page["messages"][0]["content"], "words");
}

#[tokio::test]
async fn who_wants_a_shell_that_cannot_be_held_is_told_why_and_gets_it_once_it_can() {
    let machine = Machine::new();
    // What a host makes first cannot be made, here because something else has the name.
    let obstacle = machine.data_dir().join("pty-host.1.lock");
    std::fs::create_dir_all(&obstacle).unwrap();
    let server = machine.start(&[]);
    let mut client = Client::enter(server.address).await;
    let refused = client.ask("terminal:create", json!({"cols": 80, "rows": 24})).await;
    let error = client.event("terminal:error").await["error"].clone();
    assert_eq!(refused["error"], error);
    let message = error["message"].as_str().unwrap();
    let named = format!("cannot hold shells in {}", machine.data_dir().display());
    assert!(error["code"] == "internal" && message.contains(&named), "{error}");

    std::fs::remove_dir(obstacle).unwrap();
    let terminal = client.open_terminal().await;
    client.type_into(&terminal, "echo held $((6*7))\r").await;
    client.follow(&terminal, &mut Vec::new(), |text| text.contains("held 42")).await;
}
