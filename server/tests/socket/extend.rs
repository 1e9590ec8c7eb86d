//! What a crate can add that is not ours and touches nothing of ours: an event, a figure, an exporter.

mod example;

use std::{
    collections::HashSet,
    fs,
    net::SocketAddr,
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use app::protocol::event::ORDINARY_TIMEOUT;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use server::{
    Config, Server, StartError,
    extend::{self, Answer, Call, Event, NewRequest, Refusal, RefusalCode, Reply, Request},
};

use tokio::sync::mpsc::unbounded_channel;

use crate::support::{
    Client,
    exposition::Exposition,
    web::{self, BEARER},
};

/// Long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

const TRACE: &str = "80f198ee56343ba864fe8b2a57d3eff7";

/// The example's server, and where it writes its lines.
struct Running {
    server: Server,
    address: SocketAddr,
    lines: PathBuf,
    _directory: tempfile::TempDir,
}

impl Running {
    async fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let lines = directory.path().join("lines");
        let mut server = example::extended(Config::for_tests(), lines.clone()).unwrap();
        let address = server.listen().await.unwrap();
        Self { server, address, lines, _directory: directory }
    }

    async fn get(&self, path: &str) -> Value {
        let answer = web::get(self.address, path, &[BEARER]).await;
        assert_eq!(answer.status, 200, "{path} {}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }

    /// The first exported event that fits, once it is there.
    async fn exported(&self, fits: impl Fn(&Value) -> bool) -> Value {
        let started = Instant::now();
        loop {
            let text = std::fs::read_to_string(&self.lines).unwrap_or_default();
            // The last line may be half written.
            let events: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
            if let Some(event) = events.iter().find(|event| fits(event)) {
                return event.clone();
            }
            assert!(started.elapsed() < PATIENCE, "{events:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_others_is_answered_traced_tracked_and_counted_like_ours() {
    let running = Running::start().await;
    let mut client = Client::enter(running.address).await;
    let trace = json!({"b3": format!("{TRACE}-e457b5a2e4d86bd1-1")});
    let request = json!({"service": "shop", "_requestId": "req_1", "_trace": trace});
    let ack = client.ask("deploy:start", request).await;
    assert_eq!((&ack["ok"], &ack["service"], &ack["_requestId"]), (&json!(true), &json!("shop"), &json!("req_1")));
    assert!(ack["by"].is_string(), "{ack}");
    let named = client.event("deploy:started").await;
    assert_eq!((&named["service"], &named["_requestId"]), (&json!("shop"), &json!("req_1")));
    let refused = client.ask("deploy:start", json!({"service": 7})).await;
    assert_eq!((&refused["error"]["code"], &refused["error"]["field"]), (&json!("invalid_payload"), &json!("service")));

    let event = running.exported(|event| event["tags"]["socketio.request_id"] == "req_1").await;
    assert_eq!(event["operationName"], "deploy:start -> deploy:started");
    assert_eq!((&event["traceId"], &event["status"], &event["level"]), (&json!(TRACE), &json!("ok"), &json!("info")));
    running.exported(|event| event["tags"]["error.type"] == "invalid_payload").await;

    let tracker = running.get("/api/tracker").await;
    let row = &tracker["metrics"]["eventMetrics"]["deploy:start"];
    assert_eq!((&row["requestCount"], &row["errorCount"]), (&json!(2), &json!(1)), "{tracker}");
    assert_eq!(tracker["pending"], json!([]));
    let metrics = Exposition::scrape(running.address).await;
    let of = [("event_name", "deploy:start"), ("side", "server")];
    assert_eq!(metrics.value("socketio_requests_total", &of), Some(2.0));
    let refusals = [("event_name", "deploy:start"), ("error_type", "invalid_payload")];
    assert_eq!(metrics.sum("socketio_errors_total", &refusals), 1.0);
    let sent = [("event_name", "deploy:started"), ("direction", "outbound")];
    assert_eq!(metrics.value("socketio_events_total", &sent), Some(1.0));

    let started = Instant::now();
    let traces = loop {
        let traces = running.get("/api/traces?event=deploy:start&status=ok").await;
        if traces["traces"][0].is_object() {
            break traces;
        }
        assert!(started.elapsed() < PATIENCE, "{traces}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    let row = &traces["traces"][0];
    assert_eq!((&row["traceId"], &row["name"]), (&json!(TRACE), &json!("socketio.deploy:start")));
    running.server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_figure_is_among_the_trackers_and_leaves_with_the_others() {
    let running = Running::start().await;
    assert_eq!(running.get("/api/tracker").await["metrics"]["custom"]["deploys.waiting"], 3.0);
    let waiting = "aetherterm_custom_deploys_waiting";
    let metrics = Exposition::scrape(running.address).await;
    assert_eq!((metrics.value(waiting, &[]), metrics.types[waiting].as_str()), (Some(3.0), "gauge"));
    running.server.tracker().custom_metric("deploys.waiting", 0.5);
    assert_eq!(Exposition::scrape(running.address).await.value(waiting, &[]), Some(0.5));

    let tracker = running.server.tracker();
    let taken = (0..100).filter(|n| tracker.custom_metric(&format!("flood.{n}"), 1.0)).count();
    assert_eq!(taken, 63);
    let metrics = Exposition::scrape(running.address).await;
    let figures: HashSet<_> = metrics.types.keys().filter(|name| name.starts_with("aetherterm_custom_")).collect();
    assert_eq!(figures.len(), 64);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_tracked_by_hand_has_its_own_name_and_ends_in_time() {
    let running = Running::start().await;
    let tracker = running.server.tracker();
    let timeout = Some(Duration::from_millis(10));
    let request = NewRequest { timeout, ..NewRequest::new("job:run", extend::now()) };
    let id = tracker.track_request(&request).unwrap();
    let event = running.exported(|event| event["tags"]["socketio.request_id"] == id.as_str()).await;
    assert_eq!((&event["operationName"], &event["status"]), (&json!("job:run"), &json!("timeout")));
    let metrics = &running.get("/api/tracker").await["metrics"];
    assert_eq!(metrics["eventMetrics"]["job:run"]["timeoutCount"], 1);

    (0..200).for_each(|n| drop(tracker.track_request(&NewRequest::new(&format!("job:{n}"), extend::now()))));
    let names = running.get("/api/tracker").await["metrics"]["eventMetrics"].as_object().unwrap().clone();
    assert!(names.len() < 100 && names["_OTHER"]["requestCount"].as_u64() >= Some(100), "{}", names.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exporter_has_its_row_in_the_ledger_and_may_fail_alone() {
    let directory = tempfile::tempdir().unwrap();
    let lines = directory.path().join("lines");
    // A directory is no file to append to.
    fs::create_dir(&lines).unwrap();
    let mut server = example::extended(Config::for_tests(), lines.clone()).unwrap();
    let address = server.listen().await.unwrap();
    let mut client = Client::enter(address).await;
    for _ in 0..10 {
        assert_eq!(client.ask("deploy:start", json!({"service": "shop"})).await["ok"], true);
    }
    let row = row_of_lines(address, |row| row["queued"] == 10 && row["error"].is_string()).await;
    assert_eq!((&row["signal"], &row["created"]), (&json!("events"), &json!(10)));
    assert!(row["error"].as_str().unwrap().contains("directory"), "{row}");

    fs::remove_dir(&lines).unwrap();
    let row = row_of_lines(address, |row| row["exported"] == 10).await;
    assert_eq!((&row["dropped"], &row["queued"]), (&json!({}), &json!(0)));
    assert_eq!(fs::read_to_string(&lines).unwrap().lines().count(), 10);
    let metrics = Exposition::scrape(address).await;
    let exported = [("backend", "lines"), ("state", "exported")];
    assert_eq!(metrics.value("telemetry_backend_ledger", &exported), Some(10.0));
}

/// The row of the exporter `lines`, once it is as wanted.
async fn row_of_lines(address: SocketAddr, wanted: impl Fn(&Value) -> bool) -> Value {
    let started = Instant::now();
    loop {
        let answer = web::get(address, "/api/traces", &[BEARER]).await;
        let answer: Value = serde_json::from_str(&answer.body).unwrap();
        let rows = answer["ledger"]["destinations"].as_array().unwrap();
        let row = rows.iter().find(|row| row["name"] == "lines").unwrap();
        if wanted(row) {
            return row.clone();
        }
        assert!(started.elapsed() < PATIENCE, "{row}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// `later {}` is answered when there has been time for it.
#[derive(Serialize, Deserialize)]
struct Later {}

#[derive(Serialize, Deserialize)]
struct Done {
    at: u64,
}

/// A name of ours.
#[derive(Serialize, Deserialize)]
struct Create {}

impl Event for Later {
    const NAME: &'static str = "later";
}

impl Event for Done {
    const NAME: &'static str = "done";
}

impl Event for Create {
    const NAME: &'static str = "terminal:create";
}

impl Request for Later {
    type Response = Done;
    const TIMEOUT: Duration = Duration::from_millis(50);
}

impl Request for Create {
    type Response = Done;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_may_take_its_time_refuse_and_do_more_afterwards() {
    let calls = AtomicU32::new(0);
    let (told, mut hear) = unbounded_channel();
    let later = move |call: &Call, _: Later| {
        let (at, told) = (call.received_at(), told.clone());
        let attempt = calls.fetch_add(1, Ordering::Relaxed);
        if attempt == 1 {
            return Err(Refusal::new(RefusalCode::Busy, "Not again."));
        }
        Ok(Answer::later(async move {
            if attempt == 2 {
                std::future::pending::<()>().await;
            }
            Ok(Reply::from(Done { at }).then(move || told.send("it is on its way").unwrap()))
        }))
    };
    let mut server = Server::new(Config::for_tests()).unwrap().with_event(later).unwrap();
    let address = server.listen().await.unwrap();
    let mut client = Client::enter(address).await;
    let answers = [client.ask("later", json!({})).await, client.ask("later", json!({})).await];
    assert!(answers[0]["at"].as_u64() > Some(1_700_000_000_000_000), "{answers:?}");
    assert_eq!(hear.recv().await, Some("it is on its way"));
    assert_eq!(answers[1]["error"]["code"], "busy");
    assert_eq!(client.ask("later", json!({})).await["error"]["code"], "timeout");
}

/// `wait {}` says nothing of how long it may take.
#[derive(Serialize, Deserialize)]
struct Wait {}

impl Event for Wait {
    const NAME: &'static str = "wait";
}

impl Request for Wait {
    type Response = Done;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_settings_say_how_long_an_ordinary_request_may_take() {
    let mut config = Config::for_tests();
    config.telemetry.tracking.timeout_ms = 50;
    let wait = |_: &Call, _: Wait| Ok(Answer::later(std::future::pending()));
    let mut server = Server::new(config).unwrap().with_event(wait).unwrap();
    let address = server.listen().await.unwrap();
    let mut client = Client::enter(address).await;
    let asked = Instant::now();
    assert_eq!(client.ask("wait", json!({})).await["error"]["code"], "timeout");
    let took = asked.elapsed();
    assert!((Duration::from_millis(50)..ORDINARY_TIMEOUT).contains(&took), "{took:?}");
    let metrics = server.tracker().metrics(extend::now());
    assert_eq!(metrics.event_metrics["wait"].timeout_count, 1);
}

#[tokio::test]
async fn no_event_takes_the_name_of_another() {
    let taken = |result: Result<Server, StartError>| result.err().expect("the name is taken").to_string();
    let later = |_: &Call, _: Later| Ok(Done { at: 0 }.into());
    let server = Server::new(Config::for_tests()).unwrap().with_event(later).unwrap();
    assert_eq!(taken(server.with_event(later)), "there is an event later already");
    let server = Server::new(Config::for_tests()).unwrap();
    assert_eq!(
        taken(server.with_event(|_: &Call, _: Create| Ok(Done { at: 0 }.into()))),
        "there is an event terminal:create already"
    );
}

#[test]
fn the_readme_shows_this_very_example() {
    let readme = include_str!("../../../README.md");
    let (_, code) = include_str!("extend/example.rs").split_once("\n\n").unwrap();
    assert!(readme.contains(&format!("```rust\n{code}```\n")), "the README's example is another");
}
