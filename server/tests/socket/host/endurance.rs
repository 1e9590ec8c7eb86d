//! Shells that come and go by the thousand: nothing of them is left, neither with the server nor with the host.

use std::time::Duration;

use futures_util::future::join_all;
use rustix::process::Signal;
use serde_json::{Value, json};

use super::process::{Machine, Running, children};
use crate::support::Client;

/// What a process has at this moment.
#[derive(Debug)]
struct Holdings {
    descriptors: usize,
    threads: usize,
    kibibytes: usize,
}

fn holdings(pid: i32) -> Holdings {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let number = |label: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(label)).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    };
    let descriptors = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count();
    Holdings { descriptors, threads: number("Threads:"), kibibytes: number("VmRSS:") }
}

/// A server whose shells come and go, and the process that holds them.
struct Ordeal {
    machine: Machine,
    server: Running,
    host: i32,
}

impl Ordeal {
    async fn of(shell: &str) -> Self {
        let machine = Machine::new();
        // What is recorded is kept up to a limit, which these requests do not reach.
        std::fs::write(machine.data_dir().parent().unwrap().join(".env"), "OTEL_SDK_DISABLED=true\n").unwrap();
        let server = machine.start(&["--shell", shell]);
        let host = machine.host().await;
        Self { machine, server, host }
    }

    fn holdings(&self) -> [Holdings; 2] {
        [self.server.pid(), self.host].map(holdings)
    }

    /// Checks that nothing has been added since.
    async fn end(self, before: [Holdings; 2]) {
        for (before, after) in before.into_iter().zip(self.holdings()) {
            let is_flat = after.descriptors <= before.descriptors + 10
                && after.threads <= before.threads + 10
                && after.kibibytes <= before.kibibytes + 8 * 1024;
            assert!(is_flat, "{before:?} and then {after:?}");
        }
        let shells = children(self.host);
        assert_eq!(shells.len(), 0, "neither alive nor waiting to be reaped: {:?}…", shells.first());
        assert_eq!(children(self.server.pid()).len(), 1, "the host and nothing else");
        assert_eq!(self.machine.host().await, self.host, "all in one host");
        self.server.end(Signal::TERM);
    }
}

/// Asks as soon as that is not too often.
async fn patiently(client: &mut Client, name: &str, payload: &Value) -> Value {
    loop {
        let answer = client.ask(name, payload.clone()).await;
        let Some(wait) = answer["error"]["retryAfterMs"].as_u64() else {
            assert_eq!(answer["ok"], true, "{answer}");
            return answer;
        };
        tokio::time::sleep(Duration::from_millis(wait)).await;
    }
}

#[tokio::test]
async fn a_thousand_shells_leave_nothing_behind() {
    let ordeal = Ordeal::of("/bin/true").await;
    let mut client = Client::enter(ordeal.server.address).await;
    let pane = client.session().await["tabs"][0]["panes"][0]["id"].clone();
    let create = json!({"cols": 80, "rows": 24, "paneId": pane});
    let mut before = None;
    for n in 0..1_200 {
        if n == 200 {
            before = Some(ordeal.holdings());
        }
        let created = patiently(&mut client, "terminal:create", &create).await;
        let is_it = |closed: &Value| closed["terminalId"] == created["terminalId"];
        assert_eq!(client.event_if("terminal:closed", is_it).await["exitCode"], 0);
        client.settle().await;
    }
    ordeal.end(before.unwrap()).await;
}

/// A window that makes shells in a pane of its own and closes them.
struct Closer {
    client: Client,
    create: Value,
}

impl Closer {
    async fn enter(ordeal: &Ordeal) -> Self {
        let mut client = Client::enter(ordeal.server.address).await;
        let session = client.session().await["id"].clone();
        let tab = client.granted("tab_create", json!({"sessionId": session, "title": "a tab"})).await;
        let create = json!({"cols": 80, "rows": 24, "paneId": tab["tab"]["panes"][0]["id"]});
        Self { client, create }
    }

    async fn cycle(&mut self, times: usize) {
        for _ in 0..times {
            let created = patiently(&mut self.client, "terminal:create", &self.create).await;
            let close = json!({"terminalId": created["terminalId"]});
            let closed = patiently(&mut self.client, "terminal:close", &close).await;
            assert_eq!((&closed["reason"], &closed["signal"]), (&json!("closed"), &json!("SIGHUP")), "{closed}");
            self.client.settle().await;
        }
    }
}

#[tokio::test]
async fn a_thousand_shells_that_are_closed_leave_nothing_behind() {
    let ordeal = Ordeal::of("/bin/cat").await;
    let mut closers = Vec::new();
    for _ in 0..10 {
        closers.push(Closer::enter(&ordeal).await);
    }
    join_all(closers.iter_mut().map(|closer| closer.cycle(20))).await;
    let before = ordeal.holdings();
    join_all(closers.iter_mut().map(|closer| closer.cycle(100))).await;
    ordeal.end(before).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_may_open_little_has_as_many_shells_all_the_same() {
    let machine = Machine::new();
    let server = Running::of(machine.after("ulimit -S -n 128").env("AETHERTERM_SHELL", "/bin/sh"));
    let mut client = Client::enter(server.address).await;
    let mut last = String::new();
    for _ in 0..150 {
        last = client.open_terminal().await;
    }
    // A window that is sent this one alone.
    let mut window = Client::enter(server.address).await;
    window.granted("terminal:attach", json!({"terminalId": last, "fromSeq": 0})).await;
    window.type_into(&last, "echo may-open-$(ulimit -S -n)\r").await;
    window.follow(&last, &mut Vec::new(), |text| text.contains("may-open-128")).await;
}
