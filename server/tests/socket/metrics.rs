//! What a real server under real clients says at `/metrics`.

use std::time::Duration;

use app::protocol::catalog;
use serde_json::{Value, json};
use server::Config;

use crate::support::{
    Client, Whole,
    exposition::Exposition,
    web::{self, BEARER},
};

/// How long to look again and again for what must come.
const PATIENCE: Duration = Duration::from_secs(10);

impl Whole {
    async fn scrape(&self) -> Exposition {
        Exposition::scrape(self.address).await
    }

    /// Scrapes until it is as wanted.
    async fn scrape_until(&self, wanted: impl Fn(&Exposition) -> bool) -> Exposition {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let seen = self.scrape().await;
            if wanted(&seen) {
                return seen;
            }
            assert!(tokio::time::Instant::now() < deadline, "it stays at {seen:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

fn traced(mut payload: Value) -> Value {
    payload["_trace"] = json!({"b3": "80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1"});
    payload
}

/// The labels of a request's series on the server's side.
fn of(event: &str) -> [(&str, &str); 2] {
    [("event_name", event), ("side", "server")]
}

#[tokio::test]
async fn a_window_that_polls_is_measured() {
    let server = Whole::start(|_| {}).await;
    let open = web::get(server.address, "/socket.io/?EIO=4&transport=polling", &[BEARER]).await;
    assert_eq!(open.status, 200, "{}", open.body);
    let polled = [("http_route", "/socket.io"), ("http_request_method", "GET"), ("http_response_status_code", "200")];
    let count = "http_server_request_duration_seconds_count";
    server.scrape_until(|metrics| metrics.sum(count, &polled) == 1.0).await;
    let client = Client::enter(server.address).await;
    // A WebSocket begins as a request, too, and is no longer one then.
    let begun = [("http_route", "/socket.io"), ("http_response_status_code", "101")];
    server.scrape_until(|metrics| metrics.sum(count, &begun) == 1.0).await;
    drop(client);
}

#[tokio::test]
async fn what_is_counted_is_there_before_anything_has_happened() {
    let server = Whole::start(|_| {}).await;
    let metrics = server.scrape().await;
    for (name, kind) in [
        ("socketio_requests_total", "counter"),
        ("socketio_events_total", "counter"),
        ("socketio_errors_total", "counter"),
        ("socketio_timeouts_total", "counter"),
        ("socketio_slow_total", "counter"),
        ("socketio_active_sessions", "gauge"),
        ("socketio_connected_clients", "gauge"),
        ("socketio_pending_requests", "gauge"),
        ("socketio_correlations_total", "counter"),
        ("socketio_correlations_success_total", "counter"),
        ("socketio_correlation_failures_total", "counter"),
        ("socketio_terminal_creation_failures_total", "counter"),
        ("socketio_connections_total", "counter"),
        ("terminal_io_bytes_total", "counter"),
        ("terminal_paused_seconds_total", "counter"),
        ("terminal_ring_evictions_total", "counter"),
        ("store_changes_total", "counter"),
        ("store_durable", "gauge"),
        ("telemetry_ledger", "gauge"),
        ("telemetry_backend_ledger", "gauge"),
        ("telemetry_dropped_total", "counter"),
        ("telemetry_page_dropped_total", "counter"),
        ("process_cpu_seconds_total", "counter"),
        ("process_resident_memory_bytes", "gauge"),
        ("process_open_fds", "gauge"),
        ("process_start_time_seconds", "gauge"),
        ("process_threads", "gauge"),
        ("target_info", "gauge"),
    ] {
        assert_eq!(metrics.types.get(name).map(String::as_str), Some(kind), "{name}");
    }
    assert!(metrics.sum("process_resident_memory_bytes", &[]) > 1e6);
    assert_eq!(metrics.sum("target_info", &[("service_name", "aetherterm-backend")]), 1.0);
}

#[tokio::test]
async fn every_request_of_the_catalogue_has_its_line() {
    let server = Whole::start(|_| {}).await;
    let mut client = Client::enter(server.address).await;
    for request in catalog::REQUESTS {
        client.ask(request, json!({})).await;
    }
    let metrics = server.scrape().await;
    for request in catalog::REQUESTS {
        assert_eq!(metrics.sum("socketio_requests_total", &of(request)), 1.0, "{request}");
    }
}

#[tokio::test]
async fn metrics_are_shown_to_those_who_may_come_in() {
    let server = Whole::start(|_| {}).await;
    assert_eq!(web::get(server.address, "/metrics", &[]).await.status, 401);
    assert_eq!(web::get(server.address, "/metrics", &[("Authorization", "Bearer wrong")]).await.status, 401);
    server.scrape().await;
}

#[tokio::test]
async fn a_request_is_counted_from_its_arrival_to_its_answer() {
    let server = Whole::start(|_| {}).await;
    let mut client = Client::enter(server.address).await;
    let before = server.scrape().await;
    client.ask("session:init", traced(json!({}))).await;
    client.ask("session:init", json!({})).await;
    client.ask("session:init", json!({"_trace": {"b3": "nonsense"}})).await;
    client.ask("terminal:attach", json!({"terminalId": "t_0000000000001"})).await;
    let created = client.ask("terminal:create", json!({"cols": 80, "rows": 24, "shell": "'"})).await;
    assert_eq!(created["error"]["code"], "invalid_payload");

    let after = server.scrape().await;
    let more = |name, labels: &[(&str, &str)]| after.sum(name, labels) - before.sum(name, labels);
    assert_eq!(more("socketio_requests_total", &of("session:init")), 3.0);
    assert_eq!(more("socketio_duration_seconds_count", &of("session:init")), 3.0);
    assert!(more("socketio_duration_seconds_sum", &of("session:init")) > 0.0);
    assert_eq!(more("socketio_errors_total", &of("session:init")), 0.0);
    assert_eq!(more("socketio_errors_total", &[("event_name", "terminal:attach"), ("error_type", "not_found")]), 1.0);
    assert_eq!(more("socketio_errors_total", &[]), 2.0);
    assert_eq!(more("socketio_terminal_creation_failures_total", &[]), 1.0);

    let named = |direction| {
        [
            ("event_name", if direction == "inbound" { "session:init" } else { "session:ready" }),
            ("direction", direction),
        ]
    };
    for direction in ["inbound", "outbound"] {
        assert_eq!(more("socketio_events_total", &named(direction)), 3.0, "{direction}");
        assert_eq!(more("socketio_message_size_bytes_count", &named(direction)), 3.0, "{direction}");
    }
    assert_eq!(more("socketio_events_total", &[("event_name", "terminal:error")]), 2.0, "answers to who was refused");

    assert_eq!(more("socketio_correlations_total", &[("result", "linked")]), 1.0);
    assert_eq!(more("socketio_correlations_total", &[("result", "missing_context")]), 3.0);
    assert_eq!(more("socketio_correlations_total", &[("result", "invalid_context")]), 1.0);
    assert_eq!(more("socketio_correlations_success_total", &[]), 1.0);
    assert_eq!(more("socketio_correlation_failures_total", &[]), 4.0);
    assert_eq!(after.value("socketio_pending_requests", &[]), Some(0.0));
    assert_eq!(more("socketio_slow_total", &[]) + more("socketio_timeouts_total", &[]), 0.0);
}

#[tokio::test]
async fn an_answer_is_slow_from_the_limit_on() {
    let server = Whole::start(|config| config.telemetry.tracking.slow_ms = 0).await;
    let mut client = Client::enter(server.address).await;
    client.ask("clock:probe", json!({})).await;
    assert_eq!(server.scrape().await.value("socketio_slow_total", &of("clock:probe")), Some(1.0));
}

#[tokio::test]
async fn whatever_clients_send_the_labels_are_ours() {
    let server = Whole::start(|_| {}).await;
    let mut client = Client::enter(server.address).await;
    client.ask("made:up", json!({})).await;
    web::send(server.address, "BREW", "/api/session", &[BEARER], "").await;
    let before = server.scrape().await;

    for n in 0..100 {
        let name = format!("made:up:{n}{{}}' 1");
        let ack = client.ask(&name, json!({"terminalId": name})).await;
        assert_eq!(ack["error"]["code"], "unknown_event");
        web::send(server.address, &format!("BREW{n}"), "/api/session", &[BEARER], "").await;
    }
    let after = server.scrape().await;
    let unknown = [("event_name", "_OTHER"), ("side", "server"), ("error_type", "unknown_event")];
    assert_eq!(after.value("socketio_errors_total", &unknown), Some(101.0));
    assert_eq!(after.sum("socketio_requests_total", &of("_OTHER")), 101.0);
    let brewed = [("http_request_method", "_OTHER"), ("http_route", "/api/session")];
    assert_eq!(after.sum("http_server_request_duration_seconds_count", &brewed), 101.0);
    assert_eq!(after.len(), before.len(), "no series more");
}

#[tokio::test]
async fn connections_are_counted_with_those_that_were_refused() {
    let server = Whole::start(|_| {}).await;
    let poll = "/socket.io/?EIO=4&transport=polling";
    assert_eq!(web::get(server.address, poll, &[]).await.status, 401);
    let foreign = ("Origin", "https://elsewhere.example");
    assert_eq!(web::get(server.address, poll, &[BEARER, foreign]).await.status, 403);
    // No handshake, but the continuation of one.
    assert_eq!(web::get(server.address, &format!("{poll}&sid=x"), &[]).await.status, 401);

    let one = Client::enter(server.address).await;
    let two = Client::enter(server.address).await;
    let metrics = server.scrape().await;
    for (result, count) in [("accepted", 2.0), ("unauthenticated", 1.0), ("forbidden", 1.0), ("error", 0.0)] {
        assert_eq!(metrics.value("socketio_connections_total", &[("result", result)]), Some(count), "{result}");
    }
    assert_eq!(metrics.value("socketio_connected_clients", &[]), Some(2.0));
    assert_eq!(metrics.value("socketio_active_sessions", &[]), Some(1.0), "both are the owner's windows");
    assert_eq!(metrics.sum("socketio_connection_duration_seconds_count", &[]), 0.0);

    drop((one, two));
    let is_over = |metrics: &Exposition| metrics.sum("socketio_connection_duration_seconds_count", &[]) == 2.0;
    let metrics = server.scrape_until(is_over).await;
    assert_eq!(metrics.value("socketio_connected_clients", &[]), Some(0.0));
    assert_eq!(metrics.value("socketio_active_sessions", &[]), Some(0.0));
}

#[tokio::test]
async fn every_input_that_output_answers_is_measured() {
    let server = Whole::start(|_| {}).await;
    let mut client = Client::enter(server.address).await;
    let terminal = client.open_terminal().await;
    for key in ["a", "b", "c"] {
        // Nobody traces them.
        client.type_into(&terminal, key).await;
        client.outputs(1).await;
    }
    let metrics = server.scrape().await;
    let latency = "terminal_echo_latency_seconds";
    assert_eq!(metrics.value(&format!("{latency}_count"), &[("side", "server")]), Some(3.0));
    let sum = metrics.value(&format!("{latency}_sum"), &[("side", "server")]).unwrap();
    assert!(0.0 < sum && sum < 3.0, "{sum}");
    assert_eq!(metrics.value("terminal_io_bytes_total", &[("direction", "inbound")]), Some(3.0));
    assert_eq!(metrics.value("terminal_io_bytes_total", &[("direction", "outbound")]), Some(3.0));
    assert_eq!(metrics.value("terminal_ring_evictions_total", &[]), Some(0.0));
}

#[tokio::test]
async fn a_viewer_that_does_not_come_on_pauses_the_terminal() {
    let server = Whole::start(|_| {}).await;
    let mut client = Client::enter(server.address).await;
    let terminal = client.open_terminal().await;
    let piece = "x".repeat(64 * 1024);
    // More than is read ahead of a viewer that acks nothing.
    for _ in 0..10 {
        client.emit("terminal:input", json!({"terminalId": terminal, "data": piece})).await;
    }
    server.scrape_until(|metrics| metrics.sum("terminal_paused_seconds_total", &[]) > 0.0).await;
}

#[tokio::test]
async fn a_hidden_page_pauses_nothing() {
    let server = Whole::start(|_| {}).await;
    let mut client = Client::enter(server.address).await;
    let terminal = client.open_terminal().await;
    client.emit("terminal:ack", json!({"terminalId": terminal, "seq": 0, "hidden": true})).await;
    let piece = "x".repeat(64 * 1024);
    for _ in 0..10 {
        client.emit("terminal:input", json!({"terminalId": terminal, "data": piece})).await;
    }
    let all = |metrics: &Exposition| {
        metrics.value("terminal_io_bytes_total", &[("direction", "outbound")]) == Some(655_360.0)
    };
    server.scrape_until(all).await;
    assert_eq!(server.scrape().await.sum("terminal_paused_seconds_total", &[]), 0.0);
}

#[tokio::test]
async fn output_that_makes_room_is_counted() {
    let server = Whole::start(|_| {}).await;
    let mut client = Client::enter(server.address).await;
    let terminal = client.open_terminal().await;
    let piece = "x".repeat(64 * 1024);
    let mut seen = Vec::new();
    for n in 1..=66 {
        client.type_into(&terminal, &piece).await;
        client.follow(&terminal, &mut seen, |text| text.len() == n * piece.len()).await;
    }
    let metrics = server.scrape().await;
    assert_eq!(metrics.value("terminal_io_bytes_total", &[("direction", "outbound")]), Some(66.0 * 65_536.0));
    // 64 blocks are kept of them.
    assert_eq!(metrics.value("terminal_ring_evictions_total", &[]), Some(2.0));
}

#[tokio::test]
async fn the_ledger_adds_up_at_every_scrape() {
    let server = Whole::start(|_| {}).await;
    let mut client = Client::enter(server.address).await;
    let terminal = client.open_terminal().await;
    let state = |metrics: &Exposition, state| metrics.value("telemetry_ledger", &[("state", state)]).unwrap();
    let mut created = 0.0;
    for _ in 0..50 {
        client.type_into(&terminal, "x").await;
        let metrics = server.scrape().await;
        let others: f64 = ["exported", "queued", "spooled", "dropped"].map(|of| state(&metrics, of)).iter().sum();
        created = state(&metrics, "created");
        assert_eq!(created, others);
        for of in ["created", "exported", "queued", "spooled", "dropped"] {
            let backends = metrics.sum("telemetry_backend_ledger", &[("state", of)]);
            assert_eq!(backends, state(&metrics, of), "the parts of {of}");
        }
        assert_eq!(metrics.sum("telemetry_dropped_total", &[]), state(&metrics, "dropped"));
    }
    assert!(created > 0.0, "something was recorded meanwhile");
}

/// The body of a page's post of one count.
fn count(name: &str, label: &str, value: &str) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos().to_string();
    let labels = json!([{"key": label, "value": {"stringValue": value}}]);
    let point = json!({"timeUnixNano": now, "asInt": "3", "attributes": labels});
    let sum = json!({"aggregationTemporality": 1, "isMonotonic": true, "dataPoints": [point]});
    let scope = json!({"metrics": [{"name": name, "sum": sum}]});
    json!({"resourceMetrics": [{"scopeMetrics": [scope]}]}).to_string()
}

#[tokio::test]
async fn what_a_page_posts_is_added_on_its_own_side() {
    let server = Whole::start(|_| {}).await;
    let body = count("socketio.requests", "event_name", "terminal:input");
    let headers = [BEARER, ("Content-Type", "application/json")];
    let answer = web::send(server.address, "POST", "/v1/metrics", &headers, &body).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "{}"));
    assert_eq!(web::send(server.address, "POST", "/v1/metrics", &headers[1..], &body).await.status, 401);

    let metrics = server.scrape().await;
    let of_page = [("event_name", "terminal:input"), ("side", "browser")];
    assert_eq!(metrics.value("socketio_requests_total", &of_page), Some(3.0));
    assert_eq!(metrics.value("socketio_requests_total", &of("terminal:input")), Some(0.0));
}

#[tokio::test]
async fn what_a_page_has_lost_is_counted_by_the_reasons_that_there_are() {
    let server = Whole::start(|_| {}).await;
    let headers = [BEARER, ("Content-Type", "application/json")];
    for (reason, rejected) in [("evicted", false), ("evicted", false), ("whatever\"} 9", true), ("shutdown", true)] {
        let body = count("telemetry.page.dropped", "reason", reason);
        let answer = web::send(server.address, "POST", "/v1/metrics", &headers, &body).await;
        assert_eq!((answer.status, answer.body.contains("a page loses nothing for that reason")), (200, rejected));
    }
    let metrics = server.scrape().await;
    let lost = |reason| metrics.value("telemetry_page_dropped_total", &[("reason", reason)]);
    assert_eq!((lost("evicted"), lost("queue_full"), lost("shutdown")), (Some(6.0), Some(0.0), None));
    assert_eq!(metrics.sum("telemetry_page_dropped_total", &[]), 6.0);
}

#[tokio::test]
async fn what_is_switched_off_is_not_recorded() {
    type Switch = fn(&mut Config);
    let switches: [Switch; 3] = [
        |config| config.telemetry.tracking.metrics = false,
        |config| config.telemetry.tracking.enabled = false,
        |config| config.telemetry.recording = false,
    ];
    for off in switches {
        let server = Whole::start(off).await;
        let mut client = Client::enter(server.address).await;
        let terminal = client.open_terminal().await;
        client.type_into(&terminal, "x").await;
        let metrics = server.scrape().await;
        let names: Vec<_> = metrics.types.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "process_cpu_seconds_total",
                "process_open_fds",
                "process_resident_memory_bytes",
                "process_start_time_seconds",
                "process_threads",
                "target_info",
                "telemetry_backend_ledger",
                "telemetry_dropped_total",
                "telemetry_ledger",
            ]
        );
    }
}
