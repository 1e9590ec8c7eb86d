//! Metrics through the relay: what is ours is added up, the rest passes on, and nothing that a page says opens a new series.

use std::sync::Arc;

use app::tracking::meter::Vital;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;

use super::*;
use crate::telemetry::ledger::Ledger;

const DELTA: i32 = 1;
const CUMULATIVE: i32 = 2;

pub(super) fn registry() -> Registry {
    let resource = opentelemetry_sdk::Resource::builder_empty().build();
    Registry::new(resource, Arc::new(Ledger::new(&[])), Some(Duration::from_secs(1)))
}

fn labels(labels: &[(&str, &str)]) -> Value {
    labels.iter().map(|(key, value)| json!({"key": key, "value": {"stringValue": value}})).collect()
}

/// A count as a page posts it.
fn count(name: &str, temporality: i32, value: &Value, of: &[(&str, &str)]) -> Value {
    let point = json!({"timeUnixNano": nanos(NOW), "asInt": value, "attributes": labels(of)});
    json!({"name": name, "sum": {"aggregationTemporality": temporality, "isMonotonic": true, "dataPoints": [point]}})
}

fn body_of(metrics: &[Value]) -> Bytes {
    let scope = json!({"scope": {"name": "aetherterm.socketio"}, "metrics": metrics});
    json!({"resourceMetrics": [{"scopeMetrics": [scope]}]}).to_string().into()
}

fn post_to(registry: &Registry, sender: Sender<'_>, metrics: &[Value]) -> (RelayAnswer, Vec<Record>) {
    let (body, content_type) = (&body_of(metrics), Some("application/json"));
    let post = Post { body, content_type, content_encoding: None, sender };
    super::super::metrics(post, &stamp(), now(), registry, || true)
}

fn rejected_with(items: u64, reason: &str) -> RelayAnswer {
    let rejected = Rejected { items, reason: Some(reason.to_owned()) };
    RelayAnswer::accepted(Encoding::Json, Signal::Metrics, rejected)
}

/// The line of a series on `/metrics`.
fn line(registry: &Registry, series: &str) -> Option<String> {
    let text = registry.exposition();
    text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' ').map(str::to_owned))
}

#[test]
fn what_pages_count_is_added_up() {
    let registry = registry();
    let of = [("event_name", "terminal:input"), ("side", "server")];
    for value in [json!("2"), json!(3)] {
        let (answer, passed) = post_to(&registry, Sender::Page, &[count("socketio.requests", DELTA, &value, &of)]);
        assert_eq!(answer, RelayAnswer::accepted(Encoding::Json, Signal::Metrics, Rejected::default()));
        assert!(passed.is_empty(), "it goes out with ours");
    }
    let of_pages = r#"socketio_requests_total{event_name="terminal:input",side="browser"}"#;
    assert_eq!(line(&registry, of_pages).as_deref(), Some("5"));
    let of_server = r#"socketio_requests_total{event_name="terminal:input",side="server"}"#;
    assert_eq!(line(&registry, of_server).as_deref(), Some("0"), "a page does not speak for the server");
}

#[test]
fn what_a_page_measures_is_added_to_the_same_histogram() {
    let registry = registry();
    let mut counts = vec![0; 16];
    (counts[2], counts[15]) = (3, 1);
    let bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0];
    let point = json!({"timeUnixNano": nanos(NOW), "count": "4", "sum": 60.006, "explicitBounds": bounds, "bucketCounts": counts});
    let metric =
        json!({"name": "terminal.echo.latency", "histogram": {"aggregationTemporality": DELTA, "dataPoints": [point]}});
    registry.metrics().terminal_echo(Duration::from_millis(2));
    post_to(&registry, Sender::Page, std::slice::from_ref(&metric));
    post_to(&registry, Sender::Page, &[metric]);
    for (series, value) in [
        (r#"terminal_echo_latency_seconds_count{side="browser"}"#, "8"),
        (r#"terminal_echo_latency_seconds_bucket{side="browser",le="0.001"}"#, "0"),
        (r#"terminal_echo_latency_seconds_bucket{side="browser",le="0.0025"}"#, "6"),
        (r#"terminal_echo_latency_seconds_sum{side="browser"}"#, "120.012"),
        (r#"terminal_echo_latency_seconds_count{side="server"}"#, "1"),
    ] {
        assert_eq!(line(&registry, series).as_deref(), Some(value), "{series}");
    }
}

#[test]
fn how_pages_feel_is_measured_in_buckets_of_its_own() {
    let registry = registry();
    let vital = |name: &str, bounds: &[f64; 15]| {
        let mut counts = [0; 16];
        counts[8] = 1;
        let point = json!({"timeUnixNano": nanos(NOW), "count": "1", "sum": 0.2, "explicitBounds": bounds,
            "bucketCounts": counts, "attributes": labels(&[("page", "/secret")])});
        json!({"name": name, "histogram": {"aggregationTemporality": DELTA, "dataPoints": [point]}})
    };
    for of in Vital::ALL {
        let (answer, passed) = post_to(&registry, Sender::Page, &[vital(of.name(), of.bounds())]);
        assert_eq!((answer.status(), passed.len()), (http::StatusCode::OK, 0), "{of:?}");
    }
    for series in [
        r#"browser_web_vital_lcp_seconds_bucket{side="browser",le="2.5"}"#,
        r#"browser_web_vital_cls_bucket{side="browser",le="0.25"}"#,
        r#"browser_web_vital_ttfb_seconds_count{side="browser"}"#,
    ] {
        assert_eq!(line(&registry, series).as_deref(), Some("1"), "{series}");
    }
    let (answer, _) = post_to(&registry, Sender::Page, &[vital("browser.web_vital.cls", Vital::Lcp.bounds())]);
    assert_eq!(answer, rejected_with(1, "a histogram has other bounds than the server's"));
    assert!(registry.exposition().contains("# HELP browser_web_vital_cls Cumulative Layout Shift"));
}

#[test]
fn whatever_a_page_says_its_labels_are_ours() {
    let registry = registry();
    let hostile: Vec<_> = (0..200)
        .map(|n| {
            let event = format!("made:up:{n}\"}} 1\n");
            let of = [("event_name", event.as_str()), ("error.type", event.as_str()), ("extra", event.as_str())];
            count("socketio.errors", DELTA, &json!(1), &of)
        })
        .collect();
    let before = registry.exposition().lines().count();
    post_to(&registry, Sender::Page, &hostile);
    assert_eq!(registry.exposition().lines().count(), before + 1);
    let series = r#"socketio_errors_total{error_type="_OTHER",event_name="_OTHER",side="browser"}"#;
    assert_eq!(line(&registry, series).as_deref(), Some("200"));
}

#[test]
fn a_count_that_cannot_be_is_rejected() {
    let registry = registry();
    let of = [("event_name", "terminal:input")];
    for (metric, reason) in [
        (count("socketio.requests", CUMULATIVE, &json!(1), &of), "a count is not a delta that only grows"),
        (count("socketio.requests", DELTA, &json!(-1), &of), "a count is negative, or too large"),
        (count("socketio.requests", DELTA, &json!("9223372036854775807"), &of), "a count is negative, or too large"),
        (
            count("socketio.correlations", DELTA, &json!(1), &[("result", "linked")]),
            "a page tells of no correlations but orphan_response",
        ),
        (json!({"name": ""}), "a metric has no name, or a longer one than 256 bytes"),
        (json!({"name": "nothing"}), "a metric has no data"),
    ] {
        let (answer, _) = post_to(&registry, Sender::Page, std::slice::from_ref(&metric));
        assert_eq!(answer, rejected_with(1, reason), "{metric}");
    }
    let series = r#"socketio_requests_total{event_name="terminal:input",side="browser"}"#;
    assert_eq!(line(&registry, series), None);
}

#[test]
fn an_orphan_that_a_page_met_is_a_correlation_that_failed() {
    let registry = registry();
    let of = [("result", "orphan_response")];
    post_to(&registry, Sender::Page, &[count("socketio.correlations", DELTA, &json!(2), &of)]);
    assert_eq!(line(&registry, r#"socketio_correlations_total{result="orphan_response"}"#).as_deref(), Some("2"));
    assert_eq!(line(&registry, "socketio_correlation_failures_total").as_deref(), Some("2"));
}

#[test]
fn what_is_none_of_ours_passes_on_redacted_and_by_point() {
    let registry = registry();
    let point = |time, secret| json!({"timeUnixNano": nanos(time), "asDouble": 0.5, "attributes": labels(&[("api_key", secret), ("page", "/")])});
    let gauge =
        json!({"name": "web.vitals.lcp", "unit": "s", "gauge": {"dataPoints": [point(NOW, "hunter2"), point(7, "x")]}});
    let (answer, passed) = post_to(&registry, Sender::Page, &[gauge]);
    assert_eq!(answer, rejected_with(1, "a data point lies more than 24 hours from now"));
    let [record] = &passed[..] else { panic!("one metric passes: {passed:?}") };
    assert_eq!((record.weight, record.source.service()), (1, "aetherterm-frontend"));
    let metric = Metric::decode(record.item.clone()).unwrap();
    let encoded = format!("{metric:?}");
    assert!(encoded.contains("REDACTED") && !encoded.contains("hunter2"), "{encoded}");
    assert!(!registry.exposition().contains("web_vitals"), "/metrics has no series of a page's own");
}

#[test]
fn a_programs_metrics_are_its_own() {
    let registry = registry();
    let metric = count("socketio.requests", CUMULATIVE, &json!(7), &[]);
    let (_, passed) = post_to(&registry, Sender::Program("t_1"), &[metric]);
    assert_eq!(passed.len(), 1);
    assert_eq!(passed[0].source.service(), UNKNOWN_SERVICE);
    assert_eq!(line(&registry, r#"socketio_requests_total{event_name="_OTHER",side="browser"}"#), None);
}

#[test]
fn of_a_body_that_is_not_new_nothing_is_added_or_passes() {
    let registry = registry();
    let ours = count("socketio.slow", DELTA, &json!(4), &[("event_name", "terminal:create")]);
    let body = &body_of(&[ours, count("other", DELTA, &json!(1), &[])]);
    let post = |sender| Post { body, content_type: Some("application/json"), content_encoding: None, sender };
    let series = r#"socketio_slow_total{event_name="terminal:create",side="browser"}"#;
    for (is_new, passes, counted) in [(true, 1, "4"), (false, 0, "4")] {
        let (_, passed) = super::super::metrics(post(Sender::Page), &stamp(), now(), &registry, || is_new);
        assert_eq!((passed.len(), line(&registry, series).as_deref()), (passes, Some(counted)));
    }
    // Two of a program's that are alike may be two.
    let (_, passed) = super::super::metrics(post(Sender::Program("t_1")), &stamp(), now(), &registry, || false);
    assert_eq!(passed.len(), 2);
}

#[test]
fn more_data_points_than_a_body_may_hold_are_refused() {
    let registry = registry();
    let point = json!({"timeUnixNano": nanos(NOW), "asInt": 1});
    let sum = json!({"aggregationTemporality": DELTA, "isMonotonic": true, "dataPoints": vec![point; MAX_ITEMS + 1]});
    let (answer, _) = post_to(&registry, Sender::Page, &[json!({"name": "a", "sum": sum})]);
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[test]
fn protobuf_says_the_same_as_json() {
    let registry = registry();
    let metric = count("socketio.slow", DELTA, &json!(4), &[("event_name", "terminal:create")]);
    let request: ExportMetricsServiceRequest = serde_json::from_slice(&body_of(&[metric])).unwrap();
    let (body, content_type) = (&Bytes::from(request.encode_to_vec()), Some("application/x-protobuf"));
    let post = Post { body, content_type, content_encoding: None, sender: Sender::Page };
    super::super::metrics(post, &stamp(), now(), &registry, || true);
    let series = r#"socketio_slow_total{event_name="terminal:create",side="browser"}"#;
    assert_eq!(line(&registry, series).as_deref(), Some("4"));
}
