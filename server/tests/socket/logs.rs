//! What a real server logs: lines with the ids of their spans, records at a collector, and never what is typed.

use std::time::{SystemTime, UNIX_EPOCH};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::{
    host::process::{Machine, Running},
    support::{
        Client,
        collector::Collector,
        web::{self, BEARER},
    },
};

const TRACE: &str = "80f198ee56343ba864fe8b2a57d3eff7";
const SERVER: &str = "aetherterm-backend";
const PAGE: &str = "aetherterm-frontend";

/// What nobody but the shell is to see.
const TYPED: &str = "echo hunter2";

fn traced(mut payload: Value, request_id: &str) -> Value {
    payload["_requestId"] = json!(request_id);
    payload["_trace"] = json!({"b3": format!("{TRACE}-e457b5a2e4d86bd1-1")});
    payload
}

/// The line that says so.
fn line<'a>(log: &'a str, part: &str) -> &'a str {
    log.lines().find(|line| line.contains(part)).unwrap_or_else(|| panic!("no {part} in {log}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_logged_and_told_as_events_under_their_span_and_without_payload() {
    let collector = Collector::start().await;
    let machine = Machine::new();
    let server = machine.start_with(&[
        ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", &format!("http://{}/v1/logs", collector.address)),
        ("OTEL_BLRP_SCHEDULE_DELAY", "20"),
        ("SOCKET_TRACKING_EVENT_LOGS", "true"),
        ("SOCKET_TRACKING_DETAILED_LOGGING", "true"),
    ]);
    let mut client = Client::enter(server.address).await;
    let created = client.ask("terminal:create", traced(json!({"cols": 80, "rows": 24}), "req_create")).await;
    let terminal = created["terminalId"].as_str().unwrap();
    client
        .ask("terminal:input", traced(json!({"terminalId": terminal, "data": format!("{TYPED}\r")}), "req_input"))
        .await;
    client.ask("terminal:attach", traced(json!({"terminalId": "t_0000000000001"}), "req_attach")).await;
    client.ask("clock:probe", json!({})).await;

    let event = collector.record(SERVER, "Socket.IO Event: terminal:create -> terminal:created").await;
    assert_eq!((event.scope.as_str(), event.record.severity_text.as_str()), ("aetherterm.socketio", "INFO"));
    let (trace, span) = event.ids();
    assert_eq!(trace, TRACE);
    for (name, value) in [
        ("operation_name", "terminal:create -> terminal:created"),
        ("status", "ok"),
        ("socket.request.event", "terminal:create"),
        ("socket.response.event", "terminal:created"),
        ("socket.success", "true"),
    ] {
        assert_eq!(event.attribute(name).as_deref(), Some(value), "{name}");
    }
    assert!(event.attribute("duration_ms").unwrap().parse::<f64>().unwrap() > 0.0);
    let refused = collector.record(SERVER, "Socket.IO Event: terminal:attach -> terminal:attached").await;
    assert_eq!(
        (refused.record.severity_text.as_str(), refused.attribute("status").as_deref()),
        ("ERROR", Some("error"))
    );
    assert_eq!(refused.attribute("error.type").as_deref(), Some("not_found"));
    assert_eq!(refused.attribute("socket.response.event").as_deref(), Some("terminal:error"));

    let tracked = collector.record(SERVER, "Socket request tracked: terminal:create [req_create]").await;
    assert_eq!((tracked.scope.as_str(), tracked.ids()), ("server::socket::exchange", (trace.clone(), span.clone())));
    collector.record(SERVER, "Socket response tracked: terminal:error error [req_attach]").await;

    let log = server.last_words();
    let ids = format!(" trace_id={trace} span_id={span}");
    line(&log, "Socket tracking enabled with local, otlp");
    assert!(line(&log, "Socket request tracked: terminal:create [req_create]").ends_with(&ids), "{log}");
    let response = line(&log, "Socket response tracked: terminal:created ok [req_create] (");
    assert!(response.contains("ms)") && response.ends_with(&ids), "{log}");
    assert!(line(&log, "Exported ").contains(" events to otlp"), "{log}");
    assert!(!log.contains("hunter2"), "{log}");

    let taken = collector.taken();
    assert!(!format!("{taken:?}").contains("hunter2"), "{taken:?}");
    let own = ["Exported", "export", "Socket.IO Event: clock:probe"];
    let about_itself: Vec<_> =
        taken.iter().filter(|logged| own.iter().any(|of| logged.text().starts_with(of))).collect();
    assert!(about_itself.is_empty(), "{about_itself:?}");
    assert!(taken.iter().any(|logged| logged.text().starts_with("ending")), "the last line has left too");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pages_requests_are_told_by_its_spans_and_its_own_records_pass() {
    let collector = Collector::start().await;
    let machine = Machine::new();
    let endpoint = format!("http://{}/v1/logs", collector.address);
    let variables = [("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", endpoint.as_str()), ("OTEL_BLRP_SCHEDULE_DELAY", "20")];
    let server = machine.start_with(&[&variables[..], &[("SOCKET_TRACKING_EVENT_LOGS", "true")]].concat());
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64;
    let attribute = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
    let span = json!({
        "traceId": TRACE, "spanId": "e457b5a2e4d86bd1", "name": "socketio.terminal:create", "kind": 3,
        "startTimeUnixNano": (now - 7_500_000).to_string(), "endTimeUnixNano": now.to_string(),
        "attributes": [
            attribute("socketio.event", "terminal:create"),
            attribute("operation_name", "terminal:create -> terminal:created"),
        ],
    });
    let headers = [BEARER, ("Content-Type", "application/json")];
    let body = json!({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}).to_string();
    assert_eq!(web::send(server.address, "POST", "/v1/traces", &headers, &body).await.status, 200);
    let event = collector.record(PAGE, "Socket.IO Event: terminal:create -> terminal:created").await;
    assert_eq!(event.ids(), (TRACE.to_owned(), "e457b5a2e4d86bd1".to_owned()));
    assert_eq!(event.attribute("duration_ms").as_deref(), Some("7.5"));

    let record = json!({"severityNumber": 17, "body": {"stringValue": "a page says: Bearer hunter2"}});
    let body = json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [record, {"severityNumber": 99}]}]}]}).to_string();
    let answer = web::send(server.address, "POST", "/v1/logs", &headers, &body).await;
    let said: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((answer.status, &said["partialSuccess"]["rejectedLogRecords"]), (200, &json!("1")));
    assert_eq!(web::send(server.address, "POST", "/v1/logs", &headers[1..], &body).await.status, 401);
    let passed = collector.record(PAGE, "a page says").await;
    assert_eq!((passed.text(), passed.record.severity_number), ("a page says: Bearer REDACTED", 17));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_being_asked_for_no_event_is_logged_and_no_request() {
    let collector = Collector::start().await;
    let machine = Machine::new();
    let endpoint = format!("http://{}/v1/logs", collector.address);
    let server =
        machine.start_with(&[("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", &endpoint), ("OTEL_BLRP_SCHEDULE_DELAY", "20")]);
    let mut client = Client::enter(server.address).await;
    client.ask("session:init", json!({})).await;
    drop(client);
    collector.record(SERVER, "a window is gone").await;
    let log = server.last_words();
    assert!(!log.contains("Socket "), "{log}");
    assert!(collector.taken().iter().all(|logged| !logged.text().starts_with("Socket")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_shows_records_where_it_is_asked_to() {
    let machine = Machine::new();
    let server = machine.start_with(&[("OTEL_LOGS_EXPORTER", "console")]);
    let mut client = Client::enter(server.address).await;
    client.ask("session:init", json!({})).await;
    let log = server.last_words();
    let json: Value = serde_json::from_str(line(&log, "{\"resourceLogs\"")).unwrap();
    let record = &json["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0];
    assert!(record["body"]["stringValue"].is_string() && record["severityNumber"].is_number(), "{json}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_program_in_a_shell_is_told_is_enough_for_every_signal_and_for_nothing_else() {
    let collector = Collector::start().await;
    let machine = Machine::new();
    let endpoint = format!("http://{}/v1/logs", collector.address);
    let server =
        machine.start_with(&[("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", &endpoint), ("OTEL_BLRP_SCHEDULE_DELAY", "20")]);
    let mut client = Client::enter(server.address).await;
    // Wide enough for a line.
    let created = client.ask("terminal:create", json!({"cols": 500, "rows": 24})).await;
    let terminal = created["terminalId"].as_str().unwrap();
    let told = r#"echo "told:$OTEL_EXPORTER_OTLP_ENDPOINT,$OTEL_EXPORTER_OTLP_PROTOCOL,$OTEL_EXPORTER_OTLP_HEADERS:"#;
    client.type_into(terminal, &format!("{told}\"\r")).await;
    let mut seen = Vec::new();
    client
        .follow(terminal, &mut seen, |text| text.split_once("told:http").is_some_and(|(_, rest)| rest.contains('\n')))
        .await;
    let text = String::from_utf8_lossy(&seen);
    let (_, told) = text.split_once("told:http").unwrap();
    let (endpoint, rest) = told.split_once(',').unwrap();
    assert_eq!(format!("http{endpoint}"), format!("http://{}", server.address));
    let token = rest.strip_prefix("http/protobuf,authorization=Bearer%20").and_then(|rest| rest.split(':').next());
    let bearer = format!("Bearer {}", token.unwrap());

    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    let record = json!({"body": {"stringValue": "a program says"}});
    let resource = json!({"attributes": [{"key": "service.name", "value": {"stringValue": "a-program"}}]});
    let logs = json!({"resourceLogs": [{"resource": resource, "scopeLogs": [{"logRecords": [record]}]}]}).to_string();
    for (path, body) in [("/v1/logs", logs.as_str()), ("/v1/traces", "{}"), ("/v1/metrics", "{}")] {
        assert_eq!(web::send(server.address, "POST", path, &headers, body).await.status, 200, "{path}");
    }
    assert_eq!(web::send(server.address, "GET", "/api/traces", &headers, "").await.status, 401);
    let passed = collector.record("a-program", "a program says").await;
    assert_eq!(passed.terminal.as_deref(), Some(terminal));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_in_a_shell_is_told_nothing_where_that_is_switched_off() {
    let machine = Machine::new();
    for (words, expected) in [
        (["--pty-host=in-process", "--shell-telemetry=false"], "0"),
        (["--pty-host=in-process", "--shell-telemetry"], "5"),
    ] {
        let server = Running::of(machine.serving(&mut machine.command(&words)));
        let mut client = Client::enter(server.address).await;
        let terminal = client.open_terminal().await;
        let count = "env | grep -cE '^(TRACEPARENT|AETHERTERM_TRACE|OTEL_EXPORTER_OTLP_[A-Z]*)='";
        client.type_into(&terminal, &format!("echo \"told:$({count}):\"\r")).await;
        let said = |text: &str| text.split("told:").any(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
        let mut seen = Vec::new();
        client.follow(&terminal, &mut seen, said).await;
        assert!(String::from_utf8_lossy(&seen).contains(&format!("told:{expected}:")), "{words:?}");
        server.end(Signal::TERM);
    }
}
