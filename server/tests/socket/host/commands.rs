//! Commands that run while servers come and go: the last one is known, and each is recorded, none twice.

use std::{fs, path::PathBuf};

use opentelemetry_proto::tonic::trace::v1::Span;
use rustix::process::Signal;
use serde_json::{Value, json};

use super::process::{Machine, Running, is_alive, until};
use crate::support::{
    Client,
    collector::{Collector, attribute},
};

/// A machine whose shells mark their commands, and whoever collects what is recorded of them.
struct Recorded {
    machine: Machine,
    collector: Collector,
}

impl Recorded {
    async fn new() -> Self {
        Self { machine: Machine::new(), collector: Collector::start().await }
    }

    fn start(&self) -> Running {
        let mut command = self.machine.command(&["--shell", "/bin/bash"]);
        command.env("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", format!("http://{}/v1/traces", self.collector.address));
        command.env("OTEL_BSP_SCHEDULE_DELAY", "50").stderr(std::process::Stdio::inherit());
        Running::of(self.machine.serving(&mut command))
    }

    /// A file in the directory of the shells.
    fn file(&self, name: &str) -> PathBuf {
        self.machine.data_dir().with_file_name(name)
    }

    /// The exit codes of the commands that have been recorded, in the order of their ends; nothing for one that has none.
    fn exits(&self) -> Vec<String> {
        let mut spans = self.collector.spans("terminal.command");
        spans.sort_by_key(|span| span.end_time_unix_nano);
        spans.iter().map(|span| attribute(&span.attributes, "process.exit.code").unwrap_or_default()).collect()
    }

    async fn until_recorded(&self, exits: &[&str]) {
        until(&format!("{exits:?} are recorded"), || {
            exits.iter().all(|exit| self.exits().iter().any(|has| has == exit))
        })
        .await;
        assert_eq!(self.exits(), exits, "none is recorded twice");
    }

    fn span(&self, exit: &str) -> Span {
        let spans = self.collector.spans("terminal.command").into_iter();
        let mut spans = spans.filter(|span| attribute(&span.attributes, "process.exit.code").as_deref() == Some(exit));
        spans.next().unwrap()
    }
}

/// Types a command, and waits until it runs.
async fn run(client: &mut Client, terminal: &str, line: &str) {
    client.type_into(terminal, &format!("{line}\r")).await;
    client.event_if("terminal:command", |told| told["command"] == line && told["running"] == true).await;
}

/// Types while a command runs, and waits for the end of its echo: before it, the server may have it yet.
async fn type_ahead(client: &mut Client, terminal: &str, typed: &str, end: &str) {
    client.type_into(terminal, typed).await;
    client.follow(terminal, &mut Vec::new(), |text| text.contains(end)).await;
}

/// What a window that has just come is told of the last command.
async fn last_command(server: &Running) -> Value {
    let ready = Client::enter(server.address).await.ask("session:init", json!({})).await;
    ready["terminals"][0]["command"].clone()
}

const UNTIL_GO: &str = "until [ -e go ]; do sleep 0.01; done; (exit 3)";
const UNTIL_ON: &str = "touch begun; until [ -e on ]; do sleep 0.01; done; (exit 5)";

#[tokio::test(flavor = "multi_thread")]
async fn commands_that_end_without_the_server_that_saw_them_begin_are_recorded_once_each() {
    let world = Recorded::new().await;
    let server = world.start();
    let mut client = Client::enter(server.address).await;
    let terminal = client.open_terminal().await;
    run(&mut client, &terminal, "(exit 2)").await;
    world.until_recorded(&["2"]).await;
    run(&mut client, &terminal, UNTIL_GO).await;
    type_ahead(&mut client, &terminal, &format!("(exit 4)\r{UNTIL_ON}\r"), "(exit 5)").await;
    server.end(Signal::KILL);

    fs::write(world.file("go"), "").unwrap();
    // By then one that began under the server has ended, and one has run from its beginning to its end.
    until("the last one has begun", || world.file("begun").exists()).await;
    let server = world.start();
    world.until_recorded(&["2", "3", "4"]).await;
    let told = last_command(&server).await;
    assert_eq!((&told["command"], &told["running"]), (&json!(UNTIL_ON), &json!(true)), "{told}");

    let mut client = Client::enter(server.address).await;
    client.ask("terminal:attach", json!({"terminalId": terminal})).await;
    fs::write(world.file("on"), "").unwrap();
    let ended = client.event_if("terminal:command", |told| told["running"] == false).await;
    assert_eq!((&ended["commandId"], &ended["exitCode"]), (&told["commandId"], &json!(5)), "{ended}");
    world.until_recorded(&["2", "3", "4", "5"]).await;
    let (three, four, five) = (world.span("3"), world.span("4"), world.span("5"));
    assert!(three.start_time_unix_nano < three.end_time_unix_nano, "{three:?}");
    assert!(three.end_time_unix_nano <= four.start_time_unix_nano, "{four:?}");
    assert!(four.end_time_unix_nano <= five.start_time_unix_nano, "{five:?}");
    let lasted = (five.end_time_unix_nano - five.start_time_unix_nano) / 1_000_000;
    assert!(lasted.abs_diff(ended["durationMs"].as_u64().unwrap()) <= 1, "{lasted} ms and {ended}");

    server.end(Signal::TERM);
    for signal in [Signal::KILL, Signal::TERM] {
        let server = world.start();
        assert_eq!(last_command(&server).await["exitCode"], 5);
        server.end(signal);
    }
    let server = world.start();
    let mut client = Client::enter(server.address).await;
    client.ask("terminal:attach", json!({"terminalId": terminal})).await;
    run(&mut client, &terminal, "(exit 6)").await;
    world.until_recorded(&["2", "3", "4", "5", "6"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_of_a_shell_that_ended_without_a_server_are_recorded_once_too() {
    let world = Recorded::new().await;
    let server = world.start();
    let mut client = Client::enter(server.address).await;
    let terminal = client.open_terminal().await;
    run(&mut client, &terminal, "echo $$ > pid; (exit 2)").await;
    world.until_recorded(&["2"]).await;
    let shell = fs::read_to_string(world.file("pid")).unwrap().trim().parse().unwrap();
    run(&mut client, &terminal, UNTIL_GO).await;
    type_ahead(&mut client, &terminal, "exit 9\r", "exit 9").await;
    server.end(Signal::KILL);
    fs::write(world.file("go"), "").unwrap();
    until("the shell has ended", || !is_alive(shell)).await;

    let server = world.start();
    world.until_recorded(&["2", "3", "9"]).await;
    server.end(Signal::TERM);
    world.start().end(Signal::KILL);
    let server = world.start();
    let mut client = Client::enter(server.address).await;
    let terminal = client.open_terminal().await;
    run(&mut client, &terminal, "(exit 4)").await;
    world.until_recorded(&["2", "3", "9", "4"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_ends_with_its_shell() {
    let world = Recorded::new().await;
    let server = world.start();
    let mut client = Client::enter(server.address).await;
    for (line, ends, exit) in [("exit 7", false, json!(7)), ("sleep 1000", true, Value::Null)] {
        let terminal = client.open_terminal().await;
        client.type_into(&terminal, &format!("{line}\r")).await;
        let told = client.event_if("terminal:command", |told| told["command"] == line).await;
        if ends {
            client.granted("terminal:close", json!({"terminalId": terminal})).await;
        }
        let ended = client.event_if("terminal:command", |told| told["running"] == false).await;
        assert_eq!((&ended["commandId"], &ended["exitCode"]), (&told["commandId"], &exit), "{ended}");
        client.event_if("terminal:closed", |closed| closed["terminalId"] == terminal).await;
    }
    world.until_recorded(&["7", ""]).await;
}
