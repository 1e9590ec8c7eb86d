use std::time::{Duration, Instant};

use app::trace::ledger::{DestinationView, LedgerView};
use app::trace::{Extracted, Sampling, SpanContext};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::Uri;
use axum::routing::get;
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTracePartialSuccess, ExportTraceServiceResponse};
use prost::Message;
use reqwest::Url;
use tower::ServiceExt;
use tracing::subscriber::DefaultGuard;
use tracing::{Instrument, info_span};
use tracing_subscriber::layer::SubscriberExt;

use self::collector::Collector;
use super::config::{BackendConfig, BatchConfig, Batches, Compression, SamplingConfig};
use super::record::tests::{logs, metrics};
use super::record::text;
use super::*;

pub(super) mod collector;
mod delivery;
mod metrics;
mod tail;

/// Settings that send to these backends without letting spans wait.
fn config(backends: impl IntoIterator<Item = BackendConfig>) -> TelemetryConfig {
    let quick = BatchConfig { schedule_delay: Duration::from_millis(10), ..BatchConfig::default() };
    TelemetryConfig {
        backends: backends.into_iter().collect(),
        batches: Batches { traces: quick, logs: quick, metrics: quick },
        ..TelemetryConfig::default()
    }
}

/// Telemetry of its own, for the current thread only.
pub(super) fn start(config: &TelemetryConfig) -> (Telemetry, DefaultGuard) {
    let telemetry = Telemetry::start(config).expect("telemetry starts");
    let subscriber = tracing_subscriber::registry().with(subscriber::layer(&telemetry.inner.provider));
    (telemetry, tracing::subscriber::set_default(subscriber))
}

pub(super) fn parent(sampling: Sampling) -> SpanContext {
    SpanContext {
        trace_id: "80f198ee56343ba864fe8b2a57d3eff7".parse().unwrap(),
        span_id: "e457b5a2e4d86bd1".parse().unwrap(),
        sampling,
    }
}

/// Waits until the ledger is as wanted; it must balance all the while.
pub(super) async fn ledger(telemetry: &Telemetry, wanted: impl Fn(&[DestinationView]) -> bool) -> LedgerView {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let view = telemetry.ledger();
        for row in &view.destinations {
            assert_eq!(row.created, row.exported + row.queued + row.spooled + row.lost(), "{row:?}");
        }
        if wanted(&view.destinations) {
            return view;
        }
        assert!(Instant::now() < deadline, "the ledger stays at {view:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn spans(count: usize) {
    (0..count).for_each(|n| drop(info_span!("work", n)));
}

/// An address where nobody listens.
async fn nobody() -> Url {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    Url::parse(&format!("http://{}/v1/traces", listener.local_addr().unwrap())).unwrap()
}

/// The one test that touches the process's globals.
#[tokio::test(flavor = "multi_thread")]
async fn a_span_made_anywhere_in_the_process_reaches_the_collector_under_the_browsers() {
    let collector = Collector::start().await;
    let mut backend = collector.backend();
    backend.headers.insert("authorization", "Bearer your-token".parse().unwrap());
    let telemetry = init(&config([backend]), &LogConfig::default()).unwrap();

    let handled =
        span::server_span("terminal:create", true, Extracted::Parent(parent(Sampling::Accept)), span::Unsampled::Held);
    let of_server = span::context_of(&handled).expect("the span is recorded");
    let work = async { tokio::task::yield_now().await }.instrument(info_span!(parent: &handled, "terminal.spawn"));
    tokio::spawn(work).await.unwrap();
    span::record_outcome(&handled, span::Outcome::Success, Some("terminal:created"), Duration::from_millis(3));
    drop(handled);

    let (batch, of_handler) = collector.span("socketio.terminal:create").await;
    assert_eq!(of_handler.trace_id, parent(Sampling::Accept).trace_id.to_bytes());
    assert_eq!(of_handler.parent_span_id, parent(Sampling::Accept).span_id.to_bytes());
    assert_eq!(of_handler.span_id, of_server.span_id.to_bytes());
    assert_eq!(of_handler.kind, 2);
    assert_eq!(batch.scope_spans[0].scope.as_ref().unwrap().name, "aetherterm.socketio");
    let resource = batch.resource.unwrap().attributes;
    assert_eq!(text(&resource, "service.name"), Some("aetherterm-backend"));
    assert_eq!(text(&resource, "telemetry.sdk.name"), Some("opentelemetry"));

    let (_, spawned) = collector.span("terminal.spawn").await;
    assert_eq!((spawned.trace_id, spawned.parent_span_id), (of_handler.trace_id, of_handler.span_id));

    let (_, tested) = collector.span("telemetry.self_test").await;
    assert_eq!(tested.parent_span_id, Vec::<u8>::new());
    a_page_request_is_recorded_under_its_b3(&collector).await;

    let headers = &collector.requests(1).await[0].headers;
    assert_eq!(headers["authorization"], "Bearer your-token");
    assert_eq!(headers["content-type"], "application/x-protobuf");
    telemetry.shutdown(Duration::from_secs(5)).await;
}

/// Part of the test above, because the HTTP layer uses the process's globals.
async fn a_page_request_is_recorded_under_its_b3(collector: &Collector) {
    let pages = Router::new()
        .route(
            "/pages/{name}",
            get(async |uri: Uri| {
                // Who answers has to know what the client wrote.
                assert_eq!(uri.query(), Some("token=hunter2&lang=ja&api_key=hunter2"));
                drop(info_span!("render"));
            }),
        )
        .layer(axum::middleware::from_fn(show_secrets))
        .layer(axum::middleware::from_fn(trace_headers))
        .layer(http_layer())
        .layer(axum::middleware::from_fn(hide_secrets));
    let request = Request::get("/pages/one?token=hunter2&lang=ja&api_key=hunter2")
        .header("b3", "80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1")
        .body(Body::empty())
        .unwrap();
    let response = pages.oneshot(request).await.unwrap();

    let (_, page) = collector.span("GET /pages/{name}").await;
    assert_eq!((page.kind, &page.parent_span_id[..]), (2, &parent(Sampling::Accept).span_id.to_bytes()[..]));
    assert_eq!(text(&page.attributes, "url.query"), Some("token=REDACTED&lang=ja&api_key=REDACTED"));
    let (_, render) = collector.span("render").await;
    assert_eq!((&render.trace_id, &render.parent_span_id), (&page.trace_id, &page.span_id));

    let span_id: [u8; 8] = page.span_id.try_into().unwrap();
    let span_id = app::trace::SpanId::from_bytes(span_id).unwrap();
    let traceparent = format!("00-80f198ee56343ba864fe8b2a57d3eff7-{span_id}-01");
    assert_eq!(response.headers()["traceparent"], traceparent);
    assert_eq!(response.headers()["server-timing"], format!("traceparent;desc=\"{traceparent}\""));
}

#[tokio::test]
async fn excluded_crates_and_details_never_reach_a_trace() {
    let collector = Collector::start().await;
    let (telemetry, _guard) = start(&config([collector.backend()]));
    for span in [
        info_span!(target: "socketioxide::socket", "emit", data = "typed"),
        info_span!(target: "engineioxide", "engine"),
        info_span!(target: "hyper_util::client", "client"),
        info_span!(target: "reqwest", "post"),
        info_span!(target: "opentelemetry_sdk", "export"),
        tracing::debug_span!(target: "server::terminal", "detail"),
    ] {
        span.in_scope(|| ());
    }
    info_span!("ours").in_scope(|| tracing::error!(target: "socketioxide", error = "typed", "a message body"));
    let (batch, ours) = collector.span("ours").await;
    assert_eq!(batch.scope_spans[0].spans.len(), 1);
    assert!(ours.events.is_empty() && ours.attributes.is_empty() && ours.status.unwrap().code == 0);
    assert_eq!(telemetry.ledger().destinations[0].created, 1);
}

#[tokio::test]
async fn every_span_is_counted_for_every_destination() {
    let collector = Collector::start().await;
    let (telemetry, _guard) = start(&config([collector.backend()]));
    spans(100);
    let view = ledger(&telemetry, |rows| rows.iter().all(|row| row.exported == 100)).await;
    assert_eq!(view.destinations.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["local", "otlp"]);
    assert_eq!((view.exported(), view.lost()), (200, 0));
}

#[tokio::test]
async fn a_flood_is_dropped_and_counted_but_never_waits() {
    let (telemetry, _guard) = start(&config([]));
    let dispatch = tracing::dispatcher::get_default(Clone::clone);
    let started = Instant::now();
    // From more threads than the one that encodes can keep up with.
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| tracing::dispatcher::with_default(&dispatch, || spans(20_000)));
        }
    });
    assert!(started.elapsed() < Duration::from_secs(10));
    let view = ledger(&telemetry, |rows| rows[0].queued == 0).await;
    assert_eq!(view.destinations[0].created, 80_000);
    assert_eq!(view.destinations[0].exported + view.destinations[0].dropped["queue_full"], 80_000);
}

#[tokio::test]
async fn a_dead_backend_delays_neither_spans_nor_the_page_nor_the_other_backend() {
    let collector = Collector::start().await;
    // It accepts connections and never answers.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/v1/traces", silent.local_addr().unwrap());
    let dead = BackendConfig::new("dead", Signal::Traces, "OTEL_EXPORTER_OTLP_ENDPOINT", Url::parse(&address).unwrap());
    let (telemetry, _guard) = start(&config([dead, collector.backend()]));
    let started = Instant::now();
    spans(1_000);
    let ended = started.elapsed();
    assert!(ended < Duration::from_secs(1), "ending the spans took {ended:?}");
    let view = ledger(&telemetry, |rows| rows[0].exported == 1_000 && rows[2].exported == 1_000).await;
    assert_eq!((view.destinations[1].exported, view.destinations[1].queued), (0, 1_000));
}

#[tokio::test]
async fn an_unreachable_backend_is_named_with_what_failed() {
    let url = nobody().await;
    let (telemetry, _guard) = start(&config([BackendConfig::new("gone", Signal::Traces, "X", url)]));
    spans(1);
    let view = ledger(&telemetry, |rows| rows[1].error.is_some()).await;
    let error = view.destinations[1].error.as_deref().unwrap();
    assert!(error.contains("refused"), "{error}");
    assert_eq!(view.destinations[1].queued, 1);
}

#[tokio::test]
async fn a_busy_backend_is_asked_again_when_it_says() {
    let collector = Collector::start().await;
    collector.answer(503, Some("0"), Vec::new());
    collector.answer(429, Some("0"), Vec::new());
    let (telemetry, _guard) = start(&config([collector.backend()]));
    spans(3);
    let received = collector.requests(3).await;
    assert_eq!(received[0].batch, received[2].batch);
    let view = ledger(&telemetry, |rows| rows[1].exported == 3).await;
    assert_eq!(view.destinations[1].error, None);
}

#[tokio::test]
async fn a_batch_that_cannot_be_delivered_in_time_is_given_up() {
    let mut config = config([BackendConfig::new("gone", Signal::Traces, "X", nobody().await)]);
    config.batches.traces.export_timeout = Duration::from_millis(1);
    let (telemetry, _guard) = start(&config);
    spans(1);
    ledger(&telemetry, |rows| rows[1].dropped.get("unreachable") == Some(&1)).await;
}

#[tokio::test]
async fn a_refusal_is_final_and_named() {
    let collector = Collector::start().await;
    collector.answer(401, None, Vec::new());
    let (telemetry, _guard) = start(&config([collector.backend()]));
    spans(2);
    let view = ledger(&telemetry, |rows| rows[1].queued == 0 && rows[1].created == 2).await;
    assert_eq!(view.destinations[1].dropped["rejected"], 2);
    assert_eq!(view.destinations[1].error.as_deref(), Some("answered 401 Unauthorized"));
}

#[tokio::test]
async fn spans_that_a_backend_rejects_are_counted_as_such() {
    let collector = Collector::start().await;
    let partial_success = ExportTracePartialSuccess { rejected_spans: 2, error_message: "no".to_owned() };
    let answer = ExportTraceServiceResponse { partial_success: Some(partial_success) };
    collector.answer(200, None, answer.encode_to_vec());
    let (telemetry, _guard) = start(&config([collector.backend()]));
    spans(3);
    let view = ledger(&telemetry, |rows| rows[1].exported == 1).await;
    assert_eq!(view.destinations[1].dropped["rejected"], 2);
}

#[tokio::test]
async fn bodies_are_compressed_when_asked() {
    let collector = Collector::start().await;
    let backend = BackendConfig { compression: Compression::Gzip, ..collector.backend() };
    let (_telemetry, _guard) = start(&config([backend]));
    spans(1);
    collector.span("work").await;
    assert_eq!(collector.requests(1).await[0].headers["content-encoding"], "gzip");
}

#[tokio::test]
async fn shutdown_flushes_what_has_ended() {
    let collector = Collector::start().await;
    let mut config = config([collector.backend()]);
    config.batches.traces.schedule_delay = Duration::from_secs(3_600);
    let (telemetry, _guard) = start(&config);
    spans(1);
    collector.requests(1).await;
    // The second batch would leave in an hour.
    spans(5);
    telemetry.shutdown(Duration::from_secs(20)).await;
    let view = telemetry.ledger();
    assert_eq!((view.destinations[1].exported, view.destinations[1].lost()), (6, 0), "{view:?}");
}

#[tokio::test]
async fn shutdown_keeps_its_deadline_and_counts_the_rest() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/v1/traces", silent.local_addr().unwrap())).unwrap();
    let (telemetry, _guard) = start(&config([BackendConfig::new("dead", Signal::Traces, "X", url)]));
    spans(5);
    let started = Instant::now();
    telemetry.shutdown(Duration::from_millis(500)).await;
    assert!(started.elapsed() < Duration::from_secs(5));
    let view = telemetry.ledger();
    assert_eq!((view.destinations[0].exported, view.destinations[1].dropped["shutdown"]), (5, 5), "{view:?}");
}

#[tokio::test]
async fn an_unsampled_span_is_neither_counted_nor_sent_but_passes_its_decision_on() {
    let collector = Collector::start().await;
    let mut config = config([collector.backend()]);
    config.sampling = SamplingConfig { parent_based: true, rate: 0.0, tail_keeping: true };
    let (telemetry, _guard) = start(&config);
    let denied =
        span::server_span("terminal:input", false, Extracted::Parent(parent(Sampling::Deny)), span::Unsampled::Held);
    assert_eq!(span::context_of(&denied).unwrap().sampling, Sampling::Deny);
    let deferred =
        span::server_span("terminal:input", false, Extracted::Parent(parent(Sampling::Defer)), span::Unsampled::Held);
    assert_eq!(span::context_of(&deferred).unwrap().sampling, Sampling::Deny);
    let debug = span::server_span("terminal:input", false, Extracted::Root(Sampling::Debug), span::Unsampled::Held);
    assert_eq!(span::context_of(&debug).unwrap().sampling, Sampling::Debug);
    drop((denied, deferred, debug));
    ledger(&telemetry, |rows| rows[1].exported == 1).await;
}

#[tokio::test]
async fn a_disabled_sdk_records_nothing() {
    let (telemetry, _guard) = start(&TelemetryConfig { recording: false, ..config([]) });
    spans(3);
    telemetry.shutdown(Duration::from_secs(5)).await;
    assert_eq!(telemetry.ledger().destinations[0].created, 0);
}

#[tokio::test]
async fn every_signal_reaches_the_backends_that_take_it_and_no_other() {
    let collector = Collector::start().await;
    let (telemetry, _guard) = start(&config(Signal::ALL.map(|signal| collector.backend_for(signal))));
    spans(1);
    for (signal, body) in [(Signal::Logs, logs(3)), (Signal::Metrics, metrics(&[2, 3]))] {
        telemetry.inner.outbox.hand_over(signal, body).unwrap();
    }
    let view = ledger(&telemetry, |rows| rows.iter().all(|row| row.exported > 0)).await;
    let counts: Vec<_> = view.destinations.iter().map(|row| (row.signal.as_str(), row.created, row.exported)).collect();
    assert_eq!(counts, [("traces", 1, 1), ("traces", 1, 1), ("logs", 3, 3), ("metrics", 5, 5)]);

    let mut received = collector.requests(3).await;
    received.sort_by(|a, b| a.signal.cmp(&b.signal));
    let bodies: Vec<_> = received.iter().map(|request| (request.signal.as_str(), request.body.clone())).collect();
    assert_eq!(bodies[..2], [("logs", logs(3)), ("metrics", metrics(&[2, 3]))]);
    assert_eq!(bodies[2].0, "traces");
}

#[tokio::test]
async fn what_is_encoded_wrongly_is_not_counted_and_stops_nothing() {
    let (telemetry, _guard) = start(&config([]));
    assert!(telemetry.inner.outbox.hand_over(Signal::Traces, axum::body::Bytes::from_static(b"\x0a\xff")).is_err());
    spans(1);
    ledger(&telemetry, |rows| rows[0].created == 1 && rows[0].exported == 1).await;
}
