use std::io::Write;
use std::sync::MutexGuard;

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::logs::v1::{ScopeLogs, SeverityNumber};
use tracing::subscriber::DefaultGuard;
use tracing::{debug, error, info, info_span, trace, warn};
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::SubscriberExt;

use super::*;
use crate::telemetry::config::{BackendConfig, Batches};
use crate::telemetry::record::text;
use crate::telemetry::tests::collector::Collector;
use crate::telemetry::tests::ledger;
use crate::telemetry::{LogConfig, Telemetry, TelemetryConfig, subscriber};

/// A buffer instead of standard error.
#[derive(Clone, Default)]
struct Console(Arc<Mutex<Vec<u8>>>);

impl Console {
    fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap()
    }

    fn lines(&self) -> Vec<String> {
        String::from_utf8(self.bytes().clone()).unwrap().lines().map(str::to_owned).collect()
    }
}

impl Write for Console {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.bytes().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Console {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Telemetry of its own for the current thread, with records and lines.
fn start(backends: Vec<BackendConfig>, filter: &str) -> (Telemetry, Console, DefaultGuard) {
    let mut batches = Batches::default();
    batches.logs.schedule_delay = Duration::from_millis(10);
    let telemetry = Telemetry::start(&TelemetryConfig { backends, batches, ..TelemetryConfig::default() }).unwrap();
    let filter = LogConfig { filter: filter.to_owned() };
    let records = telemetry.inner.logs.clone().map(|logs| subscriber::records(logs, filter.filter().unwrap()));
    let console = Console::default();
    let lines = fmt::layer().with_writer(console.clone()).event_format(Correlated::new(false));
    let spans = subscriber::layer(&telemetry.inner.provider);
    let all = tracing_subscriber::registry().with(spans).with(records).with(lines);
    (telemetry, console, tracing::subscriber::set_default(all))
}

/// All records that have come, once there are so many, by the scope that made them.
async fn received(collector: &Collector, count: usize) -> Vec<(String, LogRecord)> {
    for requests in 1.. {
        let received = collector.requests(requests).await;
        let records: Vec<_> = received.iter().flat_map(|request| scopes(&request.body)).flat_map(flat).collect();
        if records.len() >= count {
            return records;
        }
    }
    unreachable!("the collector gives up first");
}

fn scopes(body: &bytes::Bytes) -> Vec<ScopeLogs> {
    let request = ExportLogsServiceRequest::decode(body.clone()).expect("a body is OTLP");
    request.resource_logs.into_iter().flat_map(|of_resource| of_resource.scope_logs).collect()
}

fn flat(of_scope: ScopeLogs) -> impl Iterator<Item = (String, LogRecord)> {
    let name = of_scope.scope.unwrap().name;
    of_scope.log_records.into_iter().map(move |record| (name.clone(), record))
}

fn body(record: &LogRecord) -> &str {
    match record.body.as_ref().and_then(|body| body.value.as_ref()) {
        Some(Value::StringValue(text)) => text,
        other => panic!("{other:?} is no text"),
    }
}

fn value<'a>(record: &'a LogRecord, key: &str) -> &'a Value {
    let found = record.attributes.iter().find(|attribute| attribute.key == key);
    found
        .and_then(|attribute| attribute.value.as_ref()?.value.as_ref())
        .unwrap_or_else(|| panic!("{key} in {record:?}"))
}

#[tokio::test]
async fn a_line_becomes_a_record_with_the_ids_of_its_span() {
    let collector = Collector::start().await;
    let (telemetry, console, _guard) = start(vec![collector.backend_for(Signal::Logs)], "info");
    let work = info_span!("work");
    let context = crate::telemetry::span::context_of(&work).unwrap();
    work.in_scope(
        || warn!(target: "server::terminal", bytes = 3_u64, share = 0.5, ok = false, name = "ls", "it is {}", "slow"),
    );
    info!(target: "server::socket", "by itself");

    let records = received(&collector, 2).await;
    let (target, record) = &records[0];
    assert_eq!((target.as_str(), body(record)), ("server::terminal", "it is slow"));
    assert_eq!((record.severity_number, record.severity_text.as_str()), (SeverityNumber::Warn as i32, "WARN"));
    assert_eq!(record.trace_id, context.trace_id.to_bytes());
    assert_eq!((record.span_id.as_slice(), record.flags), (context.span_id.to_bytes().as_slice(), 1));
    assert_eq!(value(record, "bytes"), &Value::IntValue(3));
    assert_eq!(value(record, "share"), &Value::DoubleValue(0.5));
    assert_eq!(value(record, "ok"), &Value::BoolValue(false));
    assert_eq!(text(&record.attributes, "name"), Some("ls"));
    assert!(record.time_unix_nano > 0 && record.time_unix_nano <= record.observed_time_unix_nano);
    let (target, record) = &records[1];
    assert_eq!((target.as_str(), body(record)), ("server::socket", "by itself"));
    assert!(record.trace_id.is_empty() && record.span_id.is_empty());

    let request = ExportLogsServiceRequest::decode(collector.requests(1).await[0].body.clone()).unwrap();
    let resource = request.resource_logs[0].resource.as_ref().unwrap();
    assert_eq!(text(&resource.attributes, "service.name"), Some("aetherterm-backend"));
    ledger(&telemetry, |rows| rows[1].signal == "logs" && rows[1].created == 2 && rows[1].exported == 2).await;

    let lines = console.lines();
    let ids = format!(" trace_id={} span_id={}", context.trace_id, context.span_id);
    assert!(lines[0].ends_with(&ids) && lines[0].contains("it is slow"), "{lines:?}");
    assert!(lines[1].ends_with("by itself"), "{lines:?}");
}

#[tokio::test]
async fn a_record_holds_no_more_than_the_settings_say() {
    let collector = Collector::start().await;
    let backends = vec![collector.backend_for(Signal::Logs)];
    let log_limits = LogLimits { attributes: 1, value_length: Some(3) };
    let telemetry = Telemetry::start(&TelemetryConfig { backends, log_limits, ..TelemetryConfig::default() }).unwrap();
    let records = subscriber::records(telemetry.inner.logs.clone().unwrap(), LogConfig::default().filter().unwrap());
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(records));
    info!(target: "server::terminal", name = "longer", left = "out", "the message stays whole");
    telemetry.shutdown(Duration::from_secs(5)).await;
    let (_, record) = &received(&collector, 1).await[0];
    assert_eq!((body(record), text(&record.attributes, "name")), ("the message stays whole", Some("lon")));
    assert_eq!((record.attributes.len(), record.dropped_attributes_count), (1, 1));
}

#[tokio::test]
async fn what_sends_records_makes_none_and_neither_does_what_the_filter_keeps() {
    let collector = Collector::start().await;
    let filter = "socketioxide,engineioxide,hyper_util,reqwest,opentelemetry_sdk,server,server::workspace=warn";
    let (telemetry, _, _guard) = start(vec![collector.backend_for(Signal::Logs)], filter);
    for _ in 0..3 {
        error!(target: "socketioxide::socket", data = "typed", "a message body");
        error!(target: "engineioxide", "a session id");
        error!(target: "hyper_util::client", "connected");
        error!(target: "reqwest::connect", "connecting");
        error!(target: "opentelemetry_sdk", "exporting");
        error!(target: "server::telemetry::outbox::delivery", "export failed");
        info!(target: "server::workspace", "filtered");
    }
    trace!(target: "server::terminal", "one");
    debug!(target: "server::terminal", "two");
    let records = received(&collector, 2).await;
    assert_eq!(records.iter().map(|(_, record)| body(record)).collect::<Vec<_>>(), ["one", "two"]);
    // The export of two records has not made a third one.
    let view = ledger(&telemetry, |rows| rows[1].exported == 2).await;
    assert_eq!(view.destinations[1].created, 2);
}

#[tokio::test]
async fn secrets_and_long_texts_do_not_leave() {
    let collector = Collector::start().await;
    let (_telemetry, _, _guard) = start(vec![collector.backend_for(Signal::Logs)], "info");
    let long = "x".repeat(5_000);
    info!(target: "server::auth", api_key = "hunter2", long, error = ?"Bearer hunter2", "Authorization: Bearer hunter2");
    let records = received(&collector, 1).await;
    let record = &records[0].1;
    assert!(!format!("{record:?}").contains("hunter2"), "{record:?}");
    assert_eq!(body(record), "Authorization: Bearer REDACTED");
    assert_eq!(text(&record.attributes, "long").map(str::len), Some(1_024));
}

#[tokio::test]
async fn a_flood_of_lines_is_dropped_and_counted_but_never_waits() {
    let collector = Collector::start().await;
    let (telemetry, _, _guard) = start(vec![collector.backend_for(Signal::Logs)], "info");
    let filter = telemetry.inner.logs.clone().unwrap();
    let record = LogRecord::default();
    (0..10_000).for_each(|_| filter.push("server", record.clone()));
    let view = ledger(&telemetry, |rows| rows[1].queued == 0).await;
    let logs = &view.destinations[1];
    assert_eq!((logs.created, logs.exported + logs.dropped["queue_full"]), (10_000, 10_000), "{logs:?}");
}

#[tokio::test]
async fn the_last_lines_leave_before_the_end_and_later_ones_are_counted() {
    let collector = Collector::start().await;
    let (telemetry, _, _guard) = start(vec![collector.backend_for(Signal::Logs)], "info");
    info!(target: "server", "beginning");
    received(&collector, 1).await;
    // Gathering pauses now.
    (0..100).for_each(|n| info!(target: "server", n, "ending"));
    telemetry.shutdown(Duration::from_secs(20)).await;
    info!(target: "server", "too late");
    let view = telemetry.ledger();
    let logs = &view.destinations[1];
    assert_eq!((logs.created, logs.exported, logs.dropped["shutdown"], logs.queued), (102, 101, 1, 0), "{logs:?}");
}

#[tokio::test]
async fn where_nobody_takes_logs_none_are_made() {
    let collector = Collector::start().await;
    let (telemetry, _, _guard) = start(vec![collector.backend()], "info");
    assert!(telemetry.inner.logs.is_none());
    info!(target: "server", "for the console alone");
    assert!(telemetry.ledger().destinations.iter().all(|row| row.created == 0));
}
