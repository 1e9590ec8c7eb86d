//! What becomes of batches that a backend does not take: with a spool, without one, and of those with a bad record.

use super::*;
use crate::telemetry::config::{Protocol, SpoolConfig, Takes};

/// Settings with a spool in a directory.
fn spooling(directory: &tempfile::TempDir, backends: impl IntoIterator<Item = BackendConfig>) -> TelemetryConfig {
    let spool = SpoolConfig { dir: Some(directory.path().join("spool")), max_bytes: 1 << 20 };
    TelemetryConfig { spool, ..config(backends) }
}

/// Waits until the thread of the spool has ended, a moment after the last who asks it.
async fn left_alone(directory: &tempfile::TempDir) {
    let lock = std::fs::File::open(directory.path().join("spool/lock")).unwrap();
    while lock.try_lock().is_err() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// What the spool holds, as bytes.
fn spooled_bytes(directory: &tempfile::TempDir) -> Vec<u8> {
    let mut bytes = Vec::new();
    for lane in std::fs::read_dir(directory.path().join("spool")).unwrap() {
        for file in std::fs::read_dir(lane.unwrap().path()).into_iter().flatten() {
            bytes.extend(std::fs::read(file.unwrap().path()).unwrap());
        }
    }
    bytes
}

#[tokio::test]
async fn a_batch_is_on_disk_after_its_first_failure_and_survives_the_process() {
    let directory = tempfile::tempdir().unwrap();
    let gone = BackendConfig::new("otlp", Signal::Traces, "X", nobody().await);
    let (telemetry, guard) = start(&spooling(&directory, [gone]));
    spans(10);
    let view = ledger(&telemetry, |rows| rows[1].spooled == 10).await;
    assert!(view.destinations[1].error.as_deref().unwrap().contains("refused"));
    drop(guard);
    telemetry.shutdown(Duration::from_secs(5)).await;
    assert_eq!(telemetry.ledger().destinations[1].spooled, 10);
    drop(telemetry);
    left_alone(&directory).await;

    let collector = Collector::start().await;
    let (telemetry, _guard) = start(&spooling(&directory, [collector.backend()]));
    let view = ledger(&telemetry, |rows| rows[1].exported == 10).await;
    assert_eq!((view.destinations[1].created, view.destinations[1].spooled), (10, 0));
    collector.span("work").await;
}

#[tokio::test]
async fn a_backend_that_comes_back_gets_everything() {
    let directory = tempfile::tempdir().unwrap();
    let collector = Collector::start().await;
    for status in [503, 502, 429, 504] {
        collector.answer(status, Some("0"), Vec::new());
    }
    let (telemetry, _guard) = start(&spooling(&directory, [collector.backend()]));
    for _ in 0..5 {
        spans(100);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let view = ledger(&telemetry, |rows| rows[1].exported == 500).await;
    assert_eq!((view.destinations[1].lost(), &view.destinations[1].error), (0, &None));
}

#[tokio::test]
async fn what_makes_room_while_a_backend_wants_to_be_left_alone_is_counted() {
    let directory = tempfile::tempdir().unwrap();
    let collector = Collector::start().await;
    // The first answer sends a batch to the disk, the second finds it there.
    collector.answer(503, Some("0"), Vec::new());
    collector.answer(429, Some("2"), Vec::new());
    let mut config = spooling(&directory, [collector.backend()]);
    config.spool.max_bytes = 16 << 10;
    config.batches.traces.max_batch = 16;
    let (telemetry, _guard) = start(&config);
    spans(10);
    let pausing = "answered 429 Too Many Requests";
    ledger(&telemetry, |rows| rows[1].error.as_deref() == Some(pausing)).await;
    for _ in 0..10 {
        spans(100);
        ledger(&telemetry, |rows| rows[0].queued == 0 && rows[1].queued == 0).await;
    }
    let view = telemetry.ledger();
    assert_eq!(view.destinations[1].error.as_deref(), Some(pausing), "it is in its pause all the while: {view:?}");
    assert!(view.destinations[1].dropped["evicted"] >= 10, "{view:?}");

    let view = ledger(&telemetry, |rows| rows[1].queued == 0 && rows[1].spooled == 0).await;
    let row = &view.destinations[1];
    assert_eq!((row.created, &row.error), (1_010, &None));
    assert_eq!(row.dropped, [("evicted".to_owned(), row.created - row.exported)].into());
    let taken = collector.requests(3).await.split_off(2);
    let spans = taken.iter().flat_map(|request| &request.batch).flat_map(|of| &of.scope_spans);
    assert_eq!(spans.map(|of| of.spans.len() as u64).sum::<u64>(), row.exported);
}

#[tokio::test]
async fn a_backend_that_never_answers_costs_nothing_and_nobody_waits() {
    let directory = tempfile::tempdir().unwrap();
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/v1/traces", silent.local_addr().unwrap())).unwrap();
    let dead =
        BackendConfig { timeout: Duration::from_millis(200), ..BackendConfig::new("dead", Signal::Traces, "X", url) };
    let (telemetry, _guard) = start(&spooling(&directory, [dead]));
    for _ in 0..10 {
        let started = Instant::now();
        spans(500);
        assert!(started.elapsed() < Duration::from_millis(500), "ending the spans took {:?}", started.elapsed());
        ledger(&telemetry, |rows| rows[0].queued == 0).await;
    }
    let view = ledger(&telemetry, |rows| rows[1].spooled == 5_000).await;
    assert_eq!(view.destinations[1].error.as_deref(), Some("no answer in time"));
}

#[tokio::test]
async fn a_slow_backend_does_not_fill_the_queue() {
    let directory = tempfile::tempdir().unwrap();
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/v1/traces", silent.local_addr().unwrap())).unwrap();
    // Its first answer would come in a minute.
    let slow =
        BackendConfig { timeout: Duration::from_secs(60), ..BackendConfig::new("slow", Signal::Traces, "X", url) };
    let (telemetry, _guard) = start(&spooling(&directory, [slow]));
    for _ in 0..20 {
        spans(500);
        ledger(&telemetry, |rows| rows[0].queued == 0).await;
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    let view = ledger(&telemetry, |rows| rows[1].spooled > 0 && rows[1].created == 10_000).await;
    assert_eq!(view.destinations[1].lost(), 0, "{view:?}");
}

#[tokio::test]
async fn a_record_that_the_backend_does_not_take_costs_no_other() {
    for status in [400, 413] {
        let directory = tempfile::tempdir().unwrap();
        let collector = Collector::start().await;
        collector.dislike("poison", status);
        let mut config = spooling(&directory, [collector.backend()]);
        config.batches.traces.schedule_delay = Duration::from_millis(300);
        let (telemetry, _guard) = start(&config);
        spans(1);
        collector.span("work").await;
        spans(57);
        drop(info_span!("poison"));
        spans(42);
        let view = ledger(&telemetry, |rows| rows[1].created == 101 && rows[1].queued == 0).await;
        assert_eq!(
            (view.destinations[1].exported, &view.destinations[1].dropped),
            (100, &[("poison".to_owned(), 1)].into())
        );
        let kept: Vec<_> = std::fs::read_dir(directory.path().join("spool/quarantine")).unwrap().collect();
        assert_eq!(kept.len(), 1);
    }
}

#[tokio::test]
async fn a_backend_that_takes_no_record_at_all_is_not_asked_about_each() {
    let collector = Collector::start().await;
    collector.dislike("work", 400);
    let (telemetry, _guard) = start(&config([collector.backend()]));
    spans(500);
    let view = ledger(&telemetry, |rows| rows[1].created == 500 && rows[1].queued == 0).await;
    let dropped = &view.destinations[1].dropped;
    assert!(dropped["poison"] < 50 && dropped["rejected"] > 400, "{dropped:?}");
    assert_eq!(view.destinations[1].error.as_deref(), Some("answered 400 Bad Request"));
}

#[tokio::test]
async fn shutdown_puts_on_disk_what_nobody_has_taken() {
    let directory = tempfile::tempdir().unwrap();
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/v1/traces", silent.local_addr().unwrap())).unwrap();
    let (telemetry, _guard) = start(&spooling(&directory, [BackendConfig::new("dead", Signal::Traces, "X", url)]));
    spans(700);
    let started = Instant::now();
    telemetry.shutdown(Duration::from_secs(2)).await;
    assert!(started.elapsed() < Duration::from_secs(3));
    let view = telemetry.ledger();
    assert_eq!((view.destinations[1].spooled, view.destinations[1].lost()), (700, 0), "{view:?}");
}

#[tokio::test]
async fn no_credential_is_ever_on_disk() {
    let directory = tempfile::tempdir().unwrap();
    let mut gone = BackendConfig::new("otlp", Signal::Traces, "X", nobody().await);
    gone.headers.insert("authorization", "Bearer hunter2".parse().unwrap());
    let (telemetry, _guard) = start(&spooling(&directory, [gone]));
    spans(3);
    ledger(&telemetry, |rows| rows[1].spooled == 3).await;
    let bytes = spooled_bytes(&directory);
    let has = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(has("work") && !has("hunter2") && !has("Bearer"));
}

#[tokio::test]
async fn a_spool_that_somebody_else_has_is_done_without() {
    let directory = tempfile::tempdir().unwrap();
    let gone = || async { BackendConfig::new("otlp", Signal::Traces, "X", nobody().await) };
    let (_first, guard) = start(&spooling(&directory, [gone().await]));
    drop(guard);
    let mut config = spooling(&directory, [gone().await]);
    config.batches.traces.export_timeout = Duration::from_millis(1);
    let (second, _guard) = start(&config);
    spans(2);
    ledger(&second, |rows| rows[1].dropped.get("unreachable") == Some(&2)).await;
}

#[tokio::test]
async fn json_is_spoken_where_it_is_asked_for() {
    let collector = Collector::start().await;
    let partial = br#"{"partialSuccess":{"rejectedSpans":"1","errorMessage":"no"}}"#.to_vec();
    collector.answer_json(200, partial);
    let backend = BackendConfig { protocol: Protocol::Json, compression: Compression::Gzip, ..collector.backend() };
    let (telemetry, _guard) = start(&config([backend]));
    spans(3);
    let (_, span) = collector.span("work").await;
    assert_eq!(span.trace_id.len(), 16);
    let headers = &collector.requests(1).await[0].headers;
    assert_eq!(
        (&headers["content-type"], &headers["content-encoding"]),
        (&"application/json".parse().unwrap(), &"gzip".parse().unwrap())
    );
    let view = ledger(&telemetry, |rows| rows[1].exported == 2).await;
    assert_eq!(view.destinations[1].dropped["rejected"], 1);
}

#[tokio::test]
async fn a_backend_for_pages_gets_what_they_post_and_nothing_of_the_server() {
    let collector = Collector::start().await;
    let (telemetry, _guard) = start(&config([BackendConfig { takes: Takes::Pages, ..collector.backend() }]));
    spans(5);
    let span = opentelemetry_proto::tonic::trace::v1::Span {
        trace_id: vec![1; 16],
        span_id: vec![2; 8],
        name: "of the page".to_owned(),
        ..Default::default()
    };
    let body = record::tests::spans("aetherterm-frontend", vec![span]);
    let records = record::split(Signal::Traces, body).unwrap();
    let kind = signal::Kind { signal: Signal::Traces, origin: signal::Origin::Page };
    telemetry.inner.outbox.record(kind, records);
    collector.span("of the page").await;
    let view = ledger(&telemetry, |rows| rows[0].exported == 6 && rows[1].exported == 1).await;
    assert_eq!(view.destinations[1].created, 1);
}

#[tokio::test]
async fn a_text_is_as_long_as_the_limits_say() {
    let collector = Collector::start().await;
    let mut config = config([collector.backend()]);
    config.limits = config::SpanLimits { attributes: 1, value_length: Some(4), ..config::SpanLimits::default() };
    let (_telemetry, _guard) = start(&config);
    drop(info_span!("work", text = "longer", second = 2));
    let (_, span) = collector.span("work").await;
    assert_eq!(
        (text(&span.attributes, "text"), span.attributes.len(), span.dropped_attributes_count),
        (Some("long"), 1, 1)
    );
}
