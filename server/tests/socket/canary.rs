//! Secrets are typed, shown and sent, and then looked for in every byte that telemetry writes anywhere.

use std::{
    fs,
    net::SocketAddr,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path as Segment, State},
    routing::post,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use http::StatusCode;
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{
    host::process::{Machine, PATIENCE, Running},
    support::{
        Client,
        web::{self, BEARER},
    },
};

/// How every secret here begins, whatever it is; what follows says where it was put.
const CANARY: &str = "canary";

/// Keeps the bodies of all signals, as they came.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<(String, Bytes)>>>);

impl Collector {
    /// Starts one that takes everything, and one that takes nothing.
    async fn start(status: StatusCode) -> (Self, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let collector = Self::default();
        let receive = async move |State(Self(bodies)): State<Self>, Segment(signal): Segment<String>, body: Bytes| {
            bodies.lock().unwrap().push((signal, body));
            status
        };
        let router = Router::new().route("/{*path}", post(receive)).with_state(collector.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (collector, address)
    }

    fn bodies(&self) -> Vec<(String, Bytes)> {
        self.0.lock().unwrap().clone()
    }

    /// Waits until some body of a signal holds a text.
    async fn has(&self, signal: &str, text: &str) {
        let deadline = std::time::Instant::now() + PATIENCE;
        let holds = |(of, body): &(String, Bytes)| of.ends_with(signal) && contains(body, text);
        while !self.bodies().iter().any(holds) {
            assert!(std::time::Instant::now() < deadline, "{signal} with {text} do not come");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    memchr::memmem::find(bytes, text.as_bytes()).is_some()
}

/// A place where something was written.
struct Sink {
    name: String,
    bytes: Vec<u8>,
}

#[track_caller]
fn check(sinks: &[Sink], secrets: &[&str]) {
    for Sink { name, bytes } in sinks {
        for secret in secrets {
            if let Some(at) = memchr::memmem::find(bytes, secret.as_bytes()) {
                let around = String::from_utf8_lossy(&bytes[at.saturating_sub(200)..bytes.len().min(at + 100)]);
                panic!("{secret} is in {name}: …{around}…");
            }
        }
    }
}

/// A server that tells as much as it can, with three backends: one takes everything, two nothing.
async fn start(machine: &Machine, takes: SocketAddr, refuses: SocketAddr) -> Running {
    let log = fs::File::create(machine.data_dir().with_extension("log")).unwrap();
    let mut command = machine.command(&["--shell", "/bin/bash", "--env", "HISTFILE=/dev/null"]);
    for (name, value) in [
        ("RUST_LOG", "debug"),
        ("OTEL_DEBUG", "true"),
        ("OTEL_LOG_LEVEL", "debug"),
        ("SOCKET_TRACKING_DETAILED_LOGGING", "true"),
        ("SOCKET_TRACKING_PAYLOAD", "redacted"),
        ("SOCKET_TRACKING_EVENT_LOGS", "true"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &format!("http://{takes}")),
        ("OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Bearer canary-header"),
        ("OTEL_BSP_SCHEDULE_DELAY", "20"),
        ("OTEL_BLRP_SCHEDULE_DELAY", "20"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "100"),
        ("VITE_OPENOBSERVE_ENDPOINT", &format!("http://{refuses}/api/[ORG_ID]")),
        ("VITE_OPENOBSERVE_ORG", "default"),
        ("VITE_OPENOBSERVE_USER", "canary-user"),
        ("VITE_OPENOBSERVE_PASS", "canary-pass"),
        ("VITE_TELEMETRY_ENDPOINT", &format!("http://{refuses}/pages/v1/traces")),
        ("VITE_TELEMETRY_HEADERS", "Authorization=Bearer canary-vite"),
    ] {
        command.env(name, value);
    }
    Running::of(machine.serving(&mut command).stderr(log))
}

/// Types and shows what is nobody's business, in a real shell.
async fn use_a_shell(client: &mut Client) {
    let terminal = client.open_terminal().await;
    let seen = &mut Vec::new();
    client.type_into(&terminal, "echo canary-shown\r").await;
    client.follow(&terminal, seen, |text| text.matches("canary-shown").count() >= 2).await;
    client.type_into(&terminal, "stty -echo; printf 're''ady\\n'; read s; stty echo; echo got ${#s}\r").await;
    client.follow(&terminal, seen, |text| text.contains("ready")).await;
    client.type_into(&terminal, "canary-hidden\r").await;
    client.follow(&terminal, seen, |text| text.contains("got 13")).await;
    assert!(!String::from_utf8_lossy(seen).contains("canary-hidden"), "it was not echoed");
    client.type_into(&terminal, "printf 'cana''ry-%s\\n\\033]0;cana''ry-title\\007' output; false\r").await;
    client.follow(&terminal, seen, |text| text.contains("canary-output")).await;
    // As bytes, and where no input belongs.
    client.ask("terminal:input", json!({"terminalId": terminal, "data": {"canary-field": "canary-object"}})).await;
    client.ask("terminal:input", json!({"terminalId": "canary-terminal", "data": "canary-nowhere"})).await;
    client.ask("terminal:close", json!({"terminalId": terminal})).await;
}

/// Sends payloads that are wrong in every way, with secrets in them.
async fn send_secrets(client: &mut Client) {
    let payloads = [
        json!({"cols": "canary-value", "rows": 24}),
        json!({"cols": 80, "rows": 24, "password": "canary-password", "token": {"a": "canary-token"}}),
        json!({"cols": 80, "rows": {"canary-key": ", expected canary-expected"}, "_requestId": {"canary-id": 1}}),
        json!({"cols": 80, "rows": 24, "shell": "true 'Bearer canary-bearer'", "_trace": {"b3": "canary-trace"}}),
    ];
    for payload in payloads {
        client.ask("terminal:create", payload).await;
    }
    for event in ["ai_chat_message", "canary-event", "chat_message"] {
        client.ask(event, json!({"message": "canary-message", "api-key": "canary-api", "canary-name": 1})).await;
    }
    client.ask_with("session:init", &[json!("canary-text"), json!({"_trace": "canary-junk"})], &[]).await;
}

/// Asks and posts over HTTP with secrets in every place that is made for them.
async fn post_secrets(address: SocketAddr) {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos().to_string();
    let text = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
    let attributes = json!([
        text("password", "canary-attribute"),
        text("note", "Bearer canary-noted"),
        text("url", "http://canary-user@h/"),
        text("http.request.header.cookie", "canary-cookie"),
    ]);
    let span = json!({
        "traceId": "80f198ee56343ba864fe8b2a57d3eff7", "spanId": "e457b5a2e4d86bd1", "name": "page says Bearer canary-spanname",
        "kind": 3, "startTimeUnixNano": now, "endTimeUnixNano": now, "attributes": attributes, "traceState": "a=canary-state",
        "status": {"code": 2, "message": "basic canary-status"},
        "events": [{"timeUnixNano": now, "name": "painted", "attributes": attributes}],
    });
    let resource = json!({"attributes": attributes});
    let spans = json!({"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [span]}]}]});
    let point = json!({"timeUnixNano": now, "asInt": 1, "attributes": attributes});
    let metric =
        json!({"name": "page.metric", "description": "Bearer canary-description", "gauge": {"dataPoints": [point]}});
    let metrics = json!({"resourceMetrics": [{"resource": resource, "scopeMetrics": [{"metrics": [metric]}]}]});
    let record = json!({
        "timeUnixNano": now, "severityNumber": 9, "body": {"stringValue": "Bearer canary-line"}, "attributes": attributes,
    });
    let logs = json!({"resourceLogs": [{"resource": resource, "scopeLogs": [{"logRecords": [record]}]}]});
    let json = ("Content-Type", "application/json");
    for (path, body) in [("/v1/traces", spans), ("/v1/metrics", metrics), ("/v1/logs", logs)] {
        let answer = web::send(address, "POST", path, &[BEARER, json], &body.to_string()).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        let secret = [("Authorization", "Bearer canary-wrong"), ("Cookie", "aetherterm_1=canary-cookie"), json];
        assert_eq!(web::send(address, "POST", path, &secret, "{}").await.status, 401);
    }
    let headers = [BEARER, ("X-Api-Key", "canary-apikey"), ("b3", "canary-b3"), ("Cookie", "a=canary-other")];
    for path in [
        "/?share=canary-share",
        "/monitor?password=canary-pw&api_key=canary-ak&x-auth-Token=canary-xt&q=Bearer%20canary-qb",
        "/monitor?token=canary-query&sid=canary-sid&code=canary-code&sig=canary-sig&state=canary-st",
    ] {
        web::get(address, path, &headers).await;
    }
}

/// A window that polls, as far as its beginning; returns the transport's id.
async fn poll(address: SocketAddr) -> String {
    let path = "/socket.io/?EIO=4&transport=polling";
    let open = web::get(address, path, &[BEARER]).await.body;
    let open: Value = serde_json::from_str(&open[1..]).unwrap();
    let sid = open["sid"].as_str().unwrap().to_owned();
    let path = format!("{path}&sid={sid}");
    for packet in ["40", r#"42["session:init",{}]"#] {
        assert_eq!(web::send(address, "POST", &path, &[BEARER], packet).await.status, 200);
        web::get(address, &path, &[BEARER]).await;
    }
    sid
}

/// What the server answers to whoever may come in.
async fn answers(address: SocketAddr) -> Vec<Sink> {
    let mut paths: Vec<String> =
        ["/", "/monitor", "/login", "/api/session", "/api/tracker", "/metrics", "/version", "/api/traces?limit=500"]
            .map(str::to_owned)
            .to_vec();
    let list = web::get(address, "/api/traces?limit=500", &[BEARER]).await.body;
    let list: Value = serde_json::from_str(&list).unwrap();
    let traces = list["traces"].as_array().unwrap();
    assert!(traces.len() > 10, "{list}");
    paths.extend(traces.iter().map(|trace| format!("/api/traces/{}", trace["traceId"].as_str().unwrap())));
    let mut sinks = Vec::new();
    for path in paths {
        let answer = web::get(address, &path, &[BEARER, ("Accept", "text/html,application/json")]).await;
        sinks.push(Sink { name: path, bytes: format!("{:?}\n{}", answer.headers, answer.body).into_bytes() });
    }
    sinks
}

/// Every file below a directory.
fn files(directory: &Path, sinks: &mut Vec<Sink>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, sinks);
        } else if path.is_file() {
            sinks.push(Sink { name: path.display().to_string(), bytes: fs::read(path).unwrap() });
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_shown_or_secret_is_in_no_byte_that_telemetry_writes() {
    let machine = Machine::new();
    let (collector, takes) = Collector::start(StatusCode::OK).await;
    let (_, refuses) = Collector::start(StatusCode::SERVICE_UNAVAILABLE).await;
    let server = start(&machine, takes, refuses).await;
    let address = server.address;
    let mut client = Client::enter(address).await;
    use_a_shell(&mut client).await;
    send_secrets(&mut client).await;
    post_secrets(address).await;
    let sid = poll(address).await;
    collector.has("traces", "socketio.terminal:close").await;
    collector.has("traces", "page says").await;
    collector.has("traces", "password=REDACTED").await;
    collector.has("metrics", "page.metric").await;
    collector.has("logs", "Bearer REDACTED").await;

    let mut sinks = answers(address).await;
    server.end(Signal::TERM);
    for (signal, body) in collector.bodies() {
        sinks.push(Sink { name: format!("a body of {signal}"), bytes: body.to_vec() });
    }
    // The log, the spool, and whatever else there is.
    files(machine.data_dir().parent().unwrap(), &mut sinks);

    let expected = [
        ("a body of v1/traces", "socketio.terminal:input"),
        ("a body of v1/metrics", "socketio.requests"),
        ("a body of v1/logs", "Socket request tracked: terminal:input"),
        ("a body of v1/logs", "Socket.IO Event: terminal:create -> terminal:created"),
        ("data.log", "resourceSpans"),
        ("data.log", "Socket request tracked: terminal:input"),
        ("/spool/", "socketio.terminal:input"),
        ("/metrics", "socketio_requests_total"),
        ("/metrics", r#"http_route="/socket.io""#),
        ("/api/traces/", "password=REDACTED"),
        ("/api/traces/", "socketio.terminal:create"),
        ("/monitor", "<script"),
    ];
    for (name, text) in expected {
        let there = sinks.iter().any(|sink| sink.name.contains(name) && contains(&sink.bytes, text));
        assert!(there, "{name} has {text}, or the search would find nothing anywhere");
    }
    let basic = BASE64_STANDARD.encode("canary-user:canary-pass");
    // What a window that polls asks for is measured and has no spans.
    check(&sinks, &[CANARY, &basic, &sid, "sid=", "GET /socket.io", "POST /socket.io"]);
}
