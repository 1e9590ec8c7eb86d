//! The server ends, in each of its ways, and starts again: nothing of a shell is lost or doubled.

use std::time::Instant;

use rustix::process::Signal;
use serde_json::{Value, json};

use super::process::{Machine, PATIENCE, Running, is_alive, until};
use crate::support::Client;

/// Counts for ever, and answers what is typed.
const COUNTER: &str = "/bin/sh -c 'n=0; while :; do n=$((n+1)); echo line $n; sleep 0.002; done'";

async fn create(client: &mut Client, shell: &str) -> String {
    let created = client.ask("terminal:create", json!({"cols": 80, "rows": 24, "shell": shell})).await;
    assert_eq!(created["ok"], true, "{created}");
    created["terminalId"].as_str().unwrap().to_owned()
}

async fn workspace(client: &mut Client) -> Value {
    client.ask("session:init", json!({})).await["workspace"].clone()
}

/// A window of a new server that goes on where it was.
async fn resume(server: &Running, terminal: &str, seen: &[u8]) -> Client {
    let mut client = Client::enter(server.address).await;
    let attached = client.ask("terminal:attach", json!({"terminalId": terminal, "fromSeq": seen.len()})).await;
    assert_eq!((&attached["mode"], &attached["seq"]), (&json!("resume"), &json!(seen.len())), "{attached}");
    client
}

#[tokio::test]
async fn every_byte_of_a_shell_comes_once_however_the_server_ends() {
    let machine = Machine::new();
    let mut server = machine.start(&[]);
    let mut client = Client::enter(server.address).await;
    let terminal = create(&mut client, COUNTER).await;
    let mut seen = Vec::new();
    for signal in [Signal::TERM, Signal::KILL, Signal::KILL, Signal::TERM] {
        let enough = seen.len() + 500;
        client.follow(&terminal, &mut seen, |text| text.len() > enough).await;
        server.end(signal);
        server = machine.start(&[]);
        client = resume(&server, &terminal, &seen).await;
    }
    let enough = seen.len() + 500;
    client.follow(&terminal, &mut seen, |text| text.len() > enough).await;
    let text = String::from_utf8(seen).unwrap();
    let whole_lines: Vec<_> = text.split_inclusive('\n').filter(|line| line.ends_with('\n')).collect();
    for (n, line) in whole_lines.iter().enumerate() {
        assert_eq!(*line, format!("line {}\r\n", n + 1));
    }
}

#[tokio::test]
async fn who_is_back_first_after_a_restart_shrinks_nothing_until_they_type() {
    let machine = Machine::new();
    let server = machine.start(&[]);
    let mut desk = Client::enter(server.address).await;
    let terminal = create(&mut desk, "/bin/cat").await;
    let sized = |cols: u16, rows: u16| json!({"terminalId": terminal, "cols": cols, "rows": rows});
    assert_eq!(desk.granted("terminal:resize", sized(120, 40)).await["cols"], 120);
    server.end(Signal::KILL);

    let server = machine.start(&[]);
    let mut phone = Client::enter(server.address).await;
    phone.granted("terminal:attach", json!({"terminalId": terminal})).await;
    assert_eq!(phone.granted("terminal:resize", sized(40, 20)).await["cols"], 120);
    phone.type_into(&terminal, "x").await;
    phone.event_if("terminal:resized", |told| told["cols"] == 40).await;
}

#[tokio::test]
async fn an_upgrade_finds_the_shells_of_the_binary_before_it() {
    let mut machine = Machine::new();
    machine.install();
    let server = machine.start(&[]);
    let mut client = Client::enter(server.address).await;
    let terminal = create(&mut client, "/bin/cat").await;
    let mut seen = Vec::new();
    client.type_into(&terminal, "before\r").await;
    client.follow(&terminal, &mut seen, |text| text.matches("before").count() == 2).await;
    let host = machine.host().await;
    server.end(Signal::TERM);

    machine.install();
    let server = machine.start(&[]);
    let mut client = resume(&server, &terminal, &seen).await;
    client.type_into(&terminal, "after\r").await;
    client.follow(&terminal, &mut seen, |text| text.matches("after").count() == 2).await;
    assert_eq!(machine.host().await, host);
    // What the old file has become is of no use to a new shell, which has to start all the same.
    client.open_terminal().await;
}

#[tokio::test]
async fn what_was_typed_before_the_end_arrives_and_typing_goes_on_after_it() {
    let machine = Machine::new();
    let server = machine.start(&[]);
    let mut client = Client::enter(server.address).await;
    let terminal = create(&mut client, "/bin/sh -c 'stty raw -echo; echo ready; exec cat'").await;
    let (mut seen, mut expected) = (Vec::new(), "ready\n".to_owned());
    client.follow(&terminal, &mut seen, |text| text == expected).await;
    for n in 0..200 {
        let typed = format!("before {n},");
        client.type_into(&terminal, &typed).await;
        expected += &typed;
    }
    server.end(Signal::TERM);

    let server = machine.start(&[]);
    let mut client = resume(&server, &terminal, &seen).await;
    client.type_into(&terminal, "after").await;
    client.follow(&terminal, &mut seen, |text| text.ends_with("after")).await;
    assert_eq!(String::from_utf8(seen).unwrap(), expected + "after");
}

#[tokio::test]
async fn the_server_leaves_a_shell_that_never_pauses() {
    let machine = Machine::new();
    let log = tempfile::NamedTempFile::new().unwrap();
    let server = machine.start_saying(&[], log.reopen().unwrap());
    let mut client = Client::enter(server.address).await;
    let terminal = create(&mut client, "/usr/bin/yes").await;
    client.output().await;
    client.ask("terminal:detach", json!({"terminalId": terminal})).await;
    server.end(Signal::TERM);
    let said = std::fs::read_to_string(log.path()).unwrap();
    assert!(said.contains("shells go on") && !said.contains("do not take"), "{said}");

    // A screen comes first; then it goes on exactly there.
    let server = machine.start(&[]);
    let mut client = Client::enter(server.address).await;
    client.request("terminal:attach", &[json!({"terminalId": terminal})], &[]).await;
    let attached = client.event("terminal:attached").await;
    assert_eq!(attached["mode"], "snapshot");
    assert!(
        client
            .outputs(100_000)
            .await
            .chunks(3)
            .all(|line| [b"y\r\n", b"\r\ny", b"\ny\r"].iter().any(|yes| yes.starts_with(line)))
    );
}

#[tokio::test]
async fn a_screen_that_is_ahead_of_the_output_is_continued_exactly() {
    const CREDIT: usize = 256 * 1024;
    let machine = Machine::new();
    let server = machine.start(&[]);
    let mut waited_for = Client::enter(server.address).await;
    let terminal = create(&mut waited_for, "/usr/bin/yes 0123456").await;
    // It does not ack, and so the server has stopped to read what the host still has.
    waited_for.outputs(CREDIT).await;

    let mut client = Client::enter(server.address).await;
    client.request("terminal:attach", &[json!({"terminalId": terminal})], &[]).await;
    let attached = client.event("terminal:attached").await;
    let live = loop {
        let output = client.output().await;
        if !output.snapshot {
            break output;
        }
    };
    assert_eq!(json!(live.seq), attached["seq"], "neither a gap nor anything twice");
    // Nine bytes a line: what comes at an offset is known.
    let expected = |offset: usize| b"0123456\r\n"[(live.seq as usize + offset) % 9];
    assert!(live.data.iter().enumerate().all(|(offset, byte)| *byte == expected(offset)));
}

#[tokio::test]
async fn sessions_tabs_and_panes_are_found_again() {
    let machine = Machine::new();
    let server = machine.start(&[]);
    let mut client = Client::enter(server.address).await;
    let pane = workspace(&mut client).await["sessions"][0]["tabs"][0]["panes"][0]["id"].clone();
    let first = json!({"cols": 80, "rows": 24, "paneId": pane, "shell": "/bin/cat"});
    client.ask("terminal:create", first).await;
    // More than are attached at a time.
    for _ in 0..40 {
        create(&mut client, "/bin/cat").await;
    }
    let mut before = workspace(&mut client).await;
    assert_eq!(before["sessions"][0]["tabs"].as_array().unwrap().len(), 41);
    server.end(Signal::KILL);

    let server = machine.start(&[]);
    let mut client = Client::enter(server.address).await;
    let mut after = workspace(&mut client).await;
    // Of another server, in which nobody has been shown a tab, by another window.
    for workspace in [&mut before, &mut after] {
        let session = &mut workspace["sessions"][0];
        (session["revision"], session["activeTabId"]) = (json!(0), json!(null));
        session["members"][0]["clientIds"] = json!([]);
    }
    assert_eq!(after, before);
}

#[tokio::test]
async fn how_a_shell_ended_is_told_after_a_restart_with_what_it_had_shown() {
    let machine = Machine::new();
    let server = machine.start(&[]);
    let mut client = Client::enter(server.address).await;
    let terminal = create(&mut client, "/bin/sh -c 'echo last words; kill -TERM $$'").await;
    client.event("terminal:closed").await;
    let other = create(&mut client, "/bin/sh -c 'sleep 0.2; exit 3'").await;
    server.end(Signal::KILL);

    let server = machine.start(&[]);
    let mut client = Client::enter(server.address).await;
    client.request("terminal:attach", &[json!({"terminalId": terminal})], &[]).await;
    assert_eq!(client.event("terminal:attached").await["mode"], "snapshot");
    assert!(String::from_utf8_lossy(&client.output().await.data).contains("last words"));
    let closed = client.event_if("terminal:closed", |closed| closed["terminalId"] == json!(terminal)).await;
    assert_eq!((&closed["signal"], &closed["reason"]), (&json!("SIGTERM"), &json!("exited")), "{closed}");
    // The other one ended while no server was there, or ends now.
    client.request("terminal:attach", &[json!({"terminalId": other})], &[]).await;
    let closed = client.event_if("terminal:closed", |closed| closed["terminalId"] == json!(other)).await;
    assert_eq!(closed["exitCode"], 3, "{closed}");
}

#[tokio::test]
async fn a_title_and_a_size_are_known_after_a_restart() {
    let machine = Machine::new();
    let server = machine.start(&[]);
    let mut client = Client::enter(server.address).await;
    let terminal =
        create(&mut client, "/bin/sh -c 'printf \"\\033]2;a title\\007\"; read line; stty size; read line'").await;
    client.event_if("terminal:title", |title| title["title"] == "a title").await;
    let resized = client.ask("terminal:resize", json!({"terminalId": terminal, "cols": 132, "rows": 43})).await;
    assert_eq!(resized["cols"], 132);
    server.end(Signal::TERM);

    let server = machine.start(&[]);
    let mut client = Client::enter(server.address).await;
    let attached = client.ask("terminal:attach", json!({"terminalId": terminal})).await;
    assert_eq!((&attached["cols"], &attached["rows"]), (&json!(132), &json!(43)));
    assert!(String::from_utf8_lossy(&client.output().await.data).contains("a title"));
    assert_eq!(client.event("terminal:title").await["title"], "a title");
    client.type_into(&terminal, "\r").await;
    let output = client.outputs("\r\n43 132\r\n".len()).await;
    assert_eq!(String::from_utf8_lossy(&output), "\r\n43 132\r\n");
}

#[tokio::test]
async fn where_a_shell_is_is_known_after_a_restart_however_long_ago_it_said_so() {
    // More than is kept of the output.
    const LATER: u64 = 5_000_000;
    let machine = Machine::new();
    let server = machine.start(&[]);
    let mut client = Client::enter(server.address).await;
    let says = format!(r#"/bin/sh -c 'printf "\033]7;file:///usr\007"; head -c {LATER} /dev/zero; read line'"#);
    let terminal = create(&mut client, &says).await;
    let mut seen = 0;
    while seen < LATER {
        let output = client.output().await;
        seen = output.seq + output.data.len() as u64;
        client.emit("terminal:ack", json!({"terminalId": terminal, "seq": seen})).await;
    }
    server.end(Signal::TERM);

    let server = machine.start(&[]);
    let mut client = Client::enter(server.address).await;
    // Before or after this window has come.
    let deadline = Instant::now() + PATIENCE;
    while workspace(&mut client).await["sessions"][0]["tabs"][1]["panes"][0]["cwd"] != "/usr" {
        assert!(Instant::now() < deadline, "it is not known");
    }
}

#[tokio::test]
async fn a_removed_terminal_stays_removed() {
    let machine = Machine::new();
    let server = machine.start(&[]);
    let mut client = Client::enter(server.address).await;
    let pane = workspace(&mut client).await["sessions"][0]["tabs"][0]["panes"][0]["id"].clone();
    let create = json!({"cols": 80, "rows": 24, "paneId": pane, "shell": "/bin/true"});
    let first = client.ask("terminal:create", create.clone()).await["terminalId"].clone();
    client.event("terminal:closed").await;
    let second = client.ask("terminal:create", create).await["terminalId"].clone();
    server.end(Signal::TERM);

    let server = machine.start(&[]);
    let mut client = Client::enter(server.address).await;
    assert_eq!(workspace(&mut client).await["sessions"][0]["tabs"][0]["panes"][0]["terminalId"], second);
    let gone = client.ask("terminal:attach", json!({"terminalId": first})).await;
    assert_eq!(gone["error"]["code"], "not_found");
}

#[tokio::test]
async fn a_shell_knows_nothing_of_the_server_that_made_it() {
    let machine = Machine::new();
    let server = machine.start(&[]);
    let host = machine.host().await;
    let environment = std::fs::read_to_string(format!("/proc/{host}/environ")).unwrap();
    let names: Vec<_> = environment.split('\0').filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
    assert!(names.contains(&"HOME") && !names.iter().any(|name| name.starts_with("AETHERTERM_")), "{names:?}");
    let stat = std::fs::read_to_string(format!("/proc/{host}/stat")).unwrap();
    let session = stat.rsplit_once(") ").unwrap().1.split(' ').nth(3).unwrap().to_owned();
    assert_eq!(session, host.to_string(), "it leads a session of its own");
    let open = |pid: i32| {
        let files = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap().flatten();
        let targets = files.filter_map(|file| std::fs::read_link(file.path()).ok());
        targets.map(|target| target.display().to_string()).filter(|target| target.starts_with("socket:"))
    };
    let of_server: Vec<_> = open(server.pid()).collect();
    assert!(open(host).all(|socket| !of_server.contains(&socket)), "none of the server's sockets");
    server.end(Signal::TERM);
    until("the host goes on", || is_alive(host)).await;
}

#[tokio::test]
async fn a_shell_keeps_the_name_it_was_opened_by() {
    let machine = Machine::new();
    let server = machine.start(&[]);
    let mut client = Client::enter(server.address).await;
    let ready = client.ask("create_terminal", json!({"session": "main"})).await;
    assert_eq!(ready["session"], "main", "{ready}");
    client.emit("terminal_input", json!({"session": "main", "data": "kept=$((6*7))\r"})).await;
    // It has come to the shell when it is echoed.
    let mut said = String::new();
    while !said.contains("kept=") {
        said += client.event("shell:output").await["data"].as_str().unwrap();
    }
    let tabs = async |client: &mut Client| workspace(client).await["sessions"][0]["tabs"].clone();
    let before = tabs(&mut client).await;
    server.end(Signal::KILL);

    let server = machine.start(&[]);
    let mut client = Client::enter(server.address).await;
    let ready = client.ask("create_terminal", json!({"session": "main"})).await;
    assert_eq!(ready["session"], "main", "{ready}");
    assert_eq!(tabs(&mut client).await, before, "it is the same shell, and no other was opened");
    client.emit("terminal_input", json!({"session": "main", "data": "echo is-$kept\r"})).await;
    let mut said = String::new();
    while !said.contains("is-42") {
        said += client.event("shell:output").await["data"].as_str().unwrap();
    }
}
