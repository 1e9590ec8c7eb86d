//! What a shell is given, and how it ends.

use rustix::process::Signal;
use serde_json::json;

use super::process::{Machine, children, until};
use crate::support::Client;

#[tokio::test]
async fn a_shell_gets_what_the_settings_say() {
    let machine = Machine::new();
    std::fs::write(machine.data_dir().parent().unwrap().join("motd"), "Welcome\n").unwrap();
    let words = ["--shell", "/bin/sh -c 'echo $GREETING; pwd; stty size; read line'", "--cwd", "/usr"];
    let more = ["--env", "GREETING=a=b, c", "--motd", "motd", "--resize-policy", "fixed:100x30"];
    let server = machine.start(&[&words[..], &more].concat());
    let mut client = Client::enter(server.address).await;
    let created = client.ask("terminal:create", json!({"cols": 80, "rows": 24})).await;
    assert_eq!((&created["cols"], &created["rows"]), (&json!(100), &json!(30)), "{created}");
    let expected = "Welcome\r\na=b, c\r\n/usr\r\n30 100\r\n";
    assert_eq!(String::from_utf8_lossy(&client.outputs(expected.len()).await), expected);
}

#[tokio::test]
async fn the_host_and_the_server_hold_as_much_output_as_the_settings_say() {
    const MUCH: usize = 5_000_000;
    let machine = Machine::new();
    let words = ["--ring", "8MiB", "--shell", "/bin/sh -c 'stty raw; head -c 5000000 /dev/zero; exec cat'"];
    let mut server = machine.start(&words);
    let mut client = Client::enter(server.address).await;
    let terminal = client.open_terminal().await;
    let mut taken = 0;
    while taken < MUCH {
        taken += client.output().await.data.len();
        client.emit("terminal:ack", json!({"terminalId": terminal, "seq": taken})).await;
    }
    // The first time the server's ring is asked, the second time the host's, too.
    for _ in 0..2 {
        let mut late = Client::enter(server.address).await;
        let attached = late.ask("terminal:attach", json!({"terminalId": terminal, "fromSeq": 0})).await;
        assert_eq!((&attached["mode"], &attached["seq"]), (&json!("resume"), &json!(0)), "{attached}");
        server.end(Signal::TERM);
        server = machine.start(&words);
    }
}

#[tokio::test]
async fn a_shell_in_the_host_that_nobody_comes_back_to_is_closed() {
    let machine = Machine::new();
    let server = machine.start(&["--detach-grace", "1s"]);
    let mut staying = Client::enter(server.address).await;
    let mut leaving = Client::enter(server.address).await;
    let kept = staying.open_terminal().await;
    let left = leaving.open_terminal().await;
    let host = machine.host().await;
    assert_eq!(children(host).len(), 2);
    drop(leaving);
    let closed = staying.event("terminal:closed").await;
    assert_eq!((&closed["terminalId"], &closed["reason"]), (&json!(left), &json!("detached")));
    until("its shell is gone", || children(host).len() == 1).await;
    staying.type_into(&kept, "echo $((6*7))\r").await;
    staying.follow(&kept, &mut Vec::new(), |text| text.contains("42")).await;
}

#[tokio::test]
async fn without_a_command_the_login_shell_starts_through_the_host_too() {
    let machine = Machine::new();
    let server = machine.start(&[]);
    let mut client = Client::enter(server.address).await;
    let terminal = client.open_terminal().await;
    client.type_into(&terminal, "echo \"is <$0>\"\r").await;
    client.follow(&terminal, &mut Vec::new(), |text| text.contains("is <-")).await;
}

#[tokio::test]
async fn what_cannot_be_started_is_refused_by_field() {
    let machine = Machine::new();
    let server = machine.start(&[]);
    let mut client = Client::enter(server.address).await;
    for (field, value) in [("cwd", "/no/such/place"), ("shell", "/no/such/program")] {
        let refused = client.ask("terminal:create", json!({"cols": 80, "rows": 24, field: value})).await;
        assert_eq!((&refused["error"]["code"], &refused["error"]["field"]), (&json!("invalid_payload"), &json!(field)));
        assert!(refused["error"]["message"].as_str().unwrap().contains(value), "{refused}");
    }
}

#[tokio::test]
async fn a_program_that_does_not_read_its_input_can_be_closed() {
    let machine = Machine::new();
    let server = machine.start(&[]);
    let mut client = Client::enter(server.address).await;
    let shell = "/bin/sh -c 'stty raw -echo; echo ready; exec sleep 1000'";
    let created = client.ask("terminal:create", json!({"cols": 80, "rows": 24, "shell": shell})).await;
    let terminal = created["terminalId"].as_str().unwrap();
    client.follow(terminal, &mut Vec::new(), |text| text.contains("ready")).await;
    let input = json!({"terminalId": terminal, "data": "x".repeat(64 * 1024)});
    let mut taken = 0;
    while client.ask("terminal:input", input.clone()).await["ok"] == true {
        taken += 1;
        assert!(taken < 100, "input waits somewhere without a bound");
    }
    let closed = client.ask("terminal:close", json!({"terminalId": terminal})).await;
    assert_eq!((&closed["reason"], &closed["signal"]), (&json!("closed"), &json!("SIGHUP")), "{closed}");
}
