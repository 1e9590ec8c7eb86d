//! The host's end: wanted, unwanted, and when nobody needs it.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Child;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::json;

use super::process::{Machine, is_alive, kill, until};
use crate::support::Client;

/// The number that a shell says before a full stop.
async fn pid_of(client: &mut Client, terminal: &str) -> i32 {
    let mut seen = Vec::new();
    client.follow(terminal, &mut seen, |text| text.contains('.')).await;
    String::from_utf8(seen).unwrap().split('.').next().unwrap().trim().parse().unwrap()
}

async fn shell(client: &mut Client) -> (String, i32) {
    let create = json!({"cols": 80, "rows": 24, "shell": "/bin/sh -c 'echo $$.; cat; sleep 1000'"});
    let terminal = client.ask("terminal:create", create).await["terminalId"].as_str().unwrap().to_owned();
    let pid = pid_of(client, &terminal).await;
    (terminal, pid)
}

#[tokio::test]
async fn stop_ends_the_server_and_with_all_the_shells() {
    let machine = Machine::new();
    let mut server = machine.start(&[]);
    let mut client = Client::enter(server.address).await;
    let (_, shell) = shell(&mut client).await;
    let host = machine.host().await;

    let stopped = machine.stop(&[]);
    let said = String::from_utf8_lossy(&stopped.stdout).into_owned();
    assert!(stopped.status.success() && said.contains(&format!("(pid {})", server.pid())), "{stopped:?}");
    assert!(said.contains("go on"), "{said}");
    until("the server has ended", || server.has_ended()).await;
    assert!(is_alive(shell) && is_alive(host));

    let stopped = machine.stop(&["--all"]);
    let said = String::from_utf8_lossy(&stopped.stdout).into_owned();
    assert!(stopped.status.success() && said.contains("No server runs in"), "{stopped:?}");
    assert!(said.contains("shells have ended"), "{said}");
    assert!(!is_alive(shell) && !machine.socket().exists());
    until("the host has ended", || !is_alive(host)).await;

    let stopped = machine.stop(&["--all"]);
    assert!(stopped.status.success(), "that nothing runs is no failure: {stopped:?}");
}

#[tokio::test]
async fn stop_returns_when_the_last_shell_has_ended_however_long_that_takes() {
    // Whether the host had noticed who asks was once a matter of luck.
    for _ in 0..4 {
        let machine = Machine::new();
        let server = machine.start(&[]);
        let mut client = Client::enter(server.address).await;
        let deaf =
            json!({"cols": 80, "rows": 24, "shell": "/bin/sh -c 'trap \"\" HUP; echo $$.; while :; do sleep 1; done'"});
        let terminal = client.ask("terminal:create", deaf).await["terminalId"].as_str().unwrap().to_owned();
        let shell = pid_of(&mut client, &terminal).await;
        assert!(machine.stop(&["--all"]).status.success());
        assert!(!is_alive(shell));
    }
}

#[tokio::test]
async fn a_host_that_dies_is_reported_and_the_next_shell_has_a_new_one() {
    let machine = Machine::new();
    let server = machine.start(&[]);
    let mut client = Client::enter(server.address).await;
    let (terminal, _) = shell(&mut client).await;
    let host = machine.host().await;
    kill(host, Signal::KILL);

    let error = client.event("terminal:error").await;
    assert_eq!((&error["terminalId"], &error["error"]["code"]), (&json!(terminal), &json!("internal")), "{error}");
    assert_eq!(client.event("terminal:closed").await["reason"], "failed");
    client.request("terminal:attach", &[json!({"terminalId": terminal})], &[]).await;
    assert!(!client.output().await.data.is_empty(), "its last screen is still shown");

    let next = client.ask("terminal:create", json!({"cols": 80, "rows": 24, "shell": "/bin/echo hello"})).await;
    assert_eq!(next["ok"], true, "{next}");
    let closed = client.event_if("terminal:closed", |closed| closed["terminalId"] == next["terminalId"]).await;
    assert_eq!(closed["exitCode"], 0, "{closed}");
    assert_ne!(machine.host().await, host);
    until("the dead one is reaped", || !std::path::Path::new(&format!("/proc/{host}")).exists()).await;
}

/// How long a host of these tests waits for a server.
const IDLE: Duration = Duration::from_millis(200);

/// Starts such a host.
fn start_host(machine: &Machine) -> Child {
    std::fs::create_dir(machine.data_dir()).unwrap();
    machine.command(&["pty-host", "--idle-ms", "200", "--data-dir"]).arg(machine.data_dir()).spawn().unwrap()
}

#[tokio::test]
async fn a_host_stays_for_a_server_and_for_a_shell_without_one() {
    let machine = Machine::new();
    let mut host = start_host(&machine);
    machine.host().await;
    let mode = std::fs::metadata(machine.socket()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let server = machine.start(&[]);
    // That something does not happen can only be waited for.
    tokio::time::sleep(3 * IDLE).await;
    assert_eq!(host.try_wait().unwrap(), None, "for the server");
    let mut client = Client::enter(server.address).await;
    let (_, shell) = shell(&mut client).await;
    server.end(Signal::TERM);
    tokio::time::sleep(3 * IDLE).await;
    assert_eq!(host.try_wait().unwrap(), None, "for the shell");
    assert!(is_alive(shell));
    kill(host.id().try_into().unwrap(), Signal::TERM);
    assert!(host.wait().unwrap().success());
    assert!(!is_alive(shell) && !machine.socket().exists());
}

#[tokio::test]
async fn an_unused_host_ends_by_itself_and_takes_its_socket_along() {
    let machine = Machine::new();
    assert!(start_host(&machine).wait().unwrap().success());
    assert!(!machine.socket().exists());
}

#[tokio::test]
async fn a_host_whose_last_terminal_and_server_are_gone_ends_by_itself() {
    let machine = Machine::new();
    let mut host = start_host(&machine);
    machine.host().await;
    let server = machine.start(&[]);
    let mut client = Client::enter(server.address).await;
    let (terminal, shell) = shell(&mut client).await;
    let session = client.session().await;
    let tab = &session["tabs"].as_array().unwrap().last().unwrap()["id"];
    client.granted("tab_close", json!({"sessionId": session["id"], "tabId": tab})).await;
    client.event_if("terminal:closed", |closed| closed["terminalId"] == json!(terminal)).await;
    let leaves = Instant::now();
    server.end(Signal::TERM);
    assert!(host.wait().unwrap().success());
    assert!(leaves.elapsed() >= IDLE && !is_alive(shell) && !machine.socket().exists());
}

#[tokio::test]
async fn a_host_whose_directory_is_gone_ends_with_its_shells() {
    let machine = Machine::new();
    let mut host = start_host(&machine);
    machine.host().await;
    let server = machine.start(&[]);
    let (_, shell) = shell(&mut Client::enter(server.address).await).await;
    server.end(Signal::TERM);
    assert!(is_alive(shell));
    std::fs::remove_dir_all(machine.data_dir()).unwrap();
    assert!(host.wait().unwrap().success());
    assert!(!is_alive(shell));
}

#[tokio::test]
async fn there_is_one_host_for_a_directory() {
    let machine = Machine::new();
    let _server = machine.start(&[]);
    machine.host().await;
    let data_dir = machine.data_dir();
    let second = machine.command(&["pty-host", "--data-dir", data_dir.to_str().unwrap()]).output().unwrap();
    assert!(!second.status.success());
    assert!(String::from_utf8_lossy(&second.stdout).contains("another process holds the shells"), "{second:?}");
}

#[tokio::test]
async fn shells_of_another_version_are_named_and_left_alone() {
    let machine = Machine::new();
    std::fs::create_dir(machine.data_dir()).unwrap();
    let old = tokio::net::UnixListener::bind(machine.data_dir().join("pty-host.0.sock")).unwrap();
    let mut command = machine.command(&["--listen", "127.0.0.1:0", "--auth", "none"]);
    let site = crate::site::make();
    let mut server = command.env("AETHERTERM_SITE_ROOT", site.path()).spawn().unwrap();
    old.accept().await.unwrap();
    until("the new host is there", || machine.socket().exists()).await;
    kill(server.id().try_into().unwrap(), Signal::TERM);
    let mut said = String::new();
    std::io::Read::read_to_string(&mut server.stderr.take().unwrap(), &mut said).unwrap();
    server.wait().unwrap();
    assert!(said.contains("another version") && said.contains("stop --all"), "{said}");
    assert!(machine.data_dir().join("pty-host.0.sock").exists());
    // Or ending everything would end this test.
    drop(old);
}
