//! The binary, with a collector as its backend and a home that outlives it.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::collector::Collector;
use crate::site;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Home {
    pub directory: tempfile::TempDir,
    site: tempfile::TempDir,
}

impl Home {
    pub fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap(), site: site::make() }
    }

    /// What its servers say goes to the end of this.
    fn log(&self) -> File {
        File::options().create(true).append(true).open(self.directory.path().join("server.log")).unwrap()
    }

    /// Waits until one line of what they have said has all of these in it.
    pub async fn said(&self, parts: &[&str]) {
        let started = Instant::now();
        loop {
            let log = fs::read_to_string(self.directory.path().join("server.log")).unwrap();
            if log.lines().any(|line| parts.iter().all(|part| line.contains(part))) {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "{parts:?} in {log}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until it is written down that so many spans wait in memory for the backend.
    pub async fn witnesses(&self, queued: u64) {
        let path = self.directory.path().join(".local/share/aetherterm/spool/queued");
        let started = Instant::now();
        loop {
            let said = fs::read_to_string(&path).unwrap_or_default();
            let traces =
                said.lines().filter_map(|line| line.split_once(' ')).find(|(_, lane)| lane.ends_with("-traces"));
            if traces.is_some_and(|(records, _)| records.parse() == Ok(queued)) {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "{queued} in {said:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Looks how long the backend's segments are, whenever it is called.
    pub fn segments(&self) -> impl Fn() -> u64 + Send + 'static {
        let lane = self.directory.path().join(".local/share/aetherterm/spool/otlp-traces");
        move || {
            let files = fs::read_dir(&lane).into_iter().flatten().flatten();
            let segments = files.filter(|file| file.path().extension().is_some_and(|kind| kind == "seg"));
            segments.filter_map(|file| Some(file.metadata().ok()?.len())).sum()
        }
    }

    /// Starts the server, by a shell that first says something.
    pub fn start(&self, collector: &Collector, first: &str) -> Running {
        let binary = env!("CARGO_BIN_EXE_aetherterm");
        let mut command = Command::new("/bin/sh");
        command.args(["-c", &format!("{first} exec {binary} --token test")]);
        command.current_dir(self.directory.path()).env_clear().env("HOME", self.directory.path());
        command.env("AETHERTERM_LISTEN", "127.0.0.1:0").env("AETHERTERM_SITE_ROOT", self.site.path());
        command.env("AETHERTERM_PTY_HOST", "in-process");
        let endpoint = format!("http://{}/v1/traces", collector.address);
        command.env("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", endpoint).env("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "300");
        command.env("OTEL_BSP_SCHEDULE_DELAY", "20").env("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "key=hunter2");
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(self.log()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let url = line.strip_prefix("aetherterm listening on ").expect("it starts").split("/?").next().unwrap();
        // An error says that there is one already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Running { child, url: url.trim_end().to_owned(), client: reqwest::Client::new() }
    }
}

pub struct Running {
    child: Child,
    pub url: String,
    client: reqwest::Client,
}

impl Running {
    /// Posts spans as a program would, and returns their ids.
    pub async fn post(&self, first: u64, count: u64) -> Vec<[u8; 8]> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos().to_string();
        let ids: Vec<_> = (first..first + count).map(|number| (number + 1).to_be_bytes()).collect();
        let spans = ids.iter().map(|id| {
            let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
            json!({
                "traceId": format!("{id}{id}"), "spanId": id, "name": "work", "kind": 1,
                "startTimeUnixNano": now, "endTimeUnixNano": now,
            })
        });
        let spans: Vec<_> = spans.collect();
        let body = json!({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]});
        loop {
            let request = self.client.post(format!("{}/v1/traces", self.url)).bearer_auth("test").json(&body);
            let status = request.send().await.unwrap().status();
            if status == 200 {
                return ids;
            }
            assert_eq!(status, 429);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Asks for a page with these headers; returns the trace context that the answer names.
    pub async fn page(&self, path: &str, headers: &[(&str, String)]) -> String {
        let mut request = self.client.get(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.headers()["traceparent"].to_str().unwrap().to_owned()
    }

    /// The names of the spans of a trace, once there are any.
    pub async fn spans(&self, trace: &str) -> Vec<Value> {
        let started = Instant::now();
        loop {
            let request = self.client.get(format!("{}/api/traces/{trace}", self.url)).bearer_auth("test");
            let answer: Value = request.send().await.unwrap().json().await.unwrap();
            let all = answer["resourceSpans"].as_array().unwrap().iter();
            let all = all.flat_map(|of| of["scopeSpans"].as_array().unwrap());
            let all: Vec<_> = all.flat_map(|of| of["spans"].as_array().unwrap()).cloned().collect();
            if !all.is_empty() {
                return all;
            }
            assert!(started.elapsed() < PATIENCE, "nothing is recorded of {trace}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The backend's row of the ledger, once it is as wanted; whatever it is meanwhile, every row balances.
    pub async fn ledger(&self, wanted: impl Fn(&Row) -> bool) -> Row {
        let started = Instant::now();
        loop {
            let request = self.client.get(format!("{}/api/traces", self.url)).bearer_auth("test");
            let answer: Value = request.send().await.unwrap().json().await.unwrap();
            let rows: Vec<_> = answer["ledger"]["destinations"].as_array().unwrap().iter().map(Row::read).collect();
            for row in &rows {
                assert_eq!(row.created, row.exported + row.queued + row.spooled + row.dropped, "{row:?}");
            }
            // Of a backend that is not configured there is none before the disk has been read.
            if let Some(row) = rows.get(1).filter(|row| wanted(row)) {
                return row.clone();
            }
            assert!(started.elapsed() < PATIENCE, "the ledger stays at {rows:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What an address answers.
    pub async fn text(&self, path: &str) -> String {
        let request = self.client.get(format!("{}{path}", self.url)).bearer_auth("test");
        request.send().await.unwrap().text().await.unwrap()
    }

    /// Kills it at the moment when something is so, which a thread looks at and does nothing else.
    pub fn killed_when(&self, so: impl Fn() -> bool + Send + 'static) -> JoinHandle<()> {
        let (pid, started) = (Pid::from_child(&self.child), Instant::now());
        thread::spawn(move || {
            while !so() {
                assert!(started.elapsed() < PATIENCE, "the moment does not come");
            }
            kill_process(pid, Signal::KILL).unwrap();
        })
    }

    /// Ends it as a service manager does, and waits until it has.
    pub fn end(mut self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        self.child.wait().unwrap();
    }

    /// Ends it without a word.
    pub fn kill(self) {
        drop(self);
    }
}

impl Drop for Running {
    /// Nothing outlives the test, however that ends.
    fn drop(&mut self) {
        // It may have ended by itself.
        if let Ok(None) = self.child.try_wait() {
            let _ = kill_process(Pid::from_child(&self.child), Signal::KILL);
            let _ = self.child.wait();
        }
    }
}

/// What became of the records meant for one destination.
#[derive(Clone, Debug)]
pub struct Row {
    pub created: u64,
    pub exported: u64,
    pub queued: u64,
    pub spooled: u64,
    pub dropped: u64,
    /// Why, and how many.
    pub reasons: Value,
    pub error: Option<String>,
}

impl Row {
    fn read(row: &Value) -> Self {
        let number = |name: &str| row[name].as_u64().unwrap();
        let reasons = row["dropped"].clone();
        Self {
            created: number("created"),
            exported: number("exported"),
            queued: number("queued"),
            spooled: number("spooled"),
            dropped: reasons.as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum(),
            reasons,
            error: row["error"].as_str().map(str::to_owned),
        }
    }
}
