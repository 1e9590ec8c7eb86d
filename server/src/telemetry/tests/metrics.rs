//! Metrics on their way to a backend: the same that `/metrics` shows, as OTLP, now and then and at the end.

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use opentelemetry_proto::tonic::metrics::v1::{Metric, ResourceMetrics};

use super::*;

fn exported(received: &collector::Received) -> ResourceMetrics {
    assert_eq!(received.signal, "metrics");
    let request = ExportMetricsServiceRequest::decode(received.body.clone()).unwrap();
    request.resource_metrics.into_iter().next().expect("there is one resource")
}

fn named<'a>(metrics: &'a ResourceMetrics, name: &str) -> Option<&'a Metric> {
    metrics.scope_metrics.iter().flat_map(|of_scope| &of_scope.metrics).find(|metric| metric.name == name)
}

/// The sum of a counter's series with this label.
fn count(metrics: &ResourceMetrics, name: &str, (key, value): (&str, &str)) -> i64 {
    let Some(Data::Sum(sum)) = named(metrics, name).and_then(|metric| metric.data.as_ref()) else { return 0 };
    let of_label = sum.data_points.iter().filter(|point| text(&point.attributes, key) == Some(value));
    let number = |value| if let Some(Value::AsInt(number)) = value { number } else { 0 };
    of_label.map(|point| number(point.value)).sum()
}

#[tokio::test]
async fn metrics_are_exported_at_the_interval_with_the_names_of_otlp() {
    let collector = Collector::start().await;
    let backends = [collector.backend_for(Signal::Metrics)];
    let config = TelemetryConfig { metric_interval: Duration::from_millis(20), ..config(backends) };
    let (telemetry, _guard) = start(&config);
    telemetry.metrics().received("terminal:input", 40, &Extracted::None);
    telemetry.metrics().terminal_echo(Duration::from_millis(3));
    // What was recorded before the first export is in the second at the latest.
    let received = collector.requests(2).await;
    let metrics = exported(&received[1]);
    assert_eq!(received[1].headers["content-type"], "application/x-protobuf");
    let resource = metrics.resource.as_ref().unwrap();
    assert_eq!(text(&resource.attributes, "service.name"), Some("aetherterm-backend"));
    assert_eq!(count(&metrics, "socketio.requests", ("event_name", "terminal:input")), 1);
    assert_eq!(count(&metrics, "socketio.correlations", ("result", "missing_context")), 1);
    for name in ["socketio.events", "socketio.message.size.bytes", "terminal.io.bytes", "telemetry.ledger"] {
        assert!(named(&metrics, name).is_some(), "{name} is not among {metrics:?}");
    }
    let latency = named(&metrics, "terminal.echo.latency").expect("it was measured");
    let Some(Data::Histogram(histogram)) = &latency.data else { panic!("{latency:?} is no histogram") };
    assert_eq!((latency.unit.as_str(), histogram.data_points[0].count), ("s", 1));
    assert_eq!(histogram.aggregation_temporality, 2, "cumulative, as on /metrics");
    ledger(&telemetry, |rows| rows[1].signal == "metrics" && rows[1].exported > 0).await;
}

#[tokio::test]
async fn what_was_counted_last_is_exported_at_the_end() {
    let collector = Collector::start().await;
    let (telemetry, _guard) = start(&config([collector.backend_for(Signal::Metrics)]));
    telemetry.metrics().sent("terminal:bell", 10);
    telemetry.shutdown(Duration::from_secs(5)).await;
    let metrics = exported(&collector.requests(1).await[0]);
    assert_eq!(count(&metrics, "socketio.events", ("event_name", "terminal:bell")), 1);
}
