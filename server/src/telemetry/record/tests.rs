use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::metrics::v1::{Gauge, NumberDataPoint, ResourceMetrics, ScopeMetrics};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};

use super::*;

fn resource(service: &str) -> Option<Resource> {
    Some(Resource { attributes: vec![attribute("service.name", service)], ..Resource::default() })
}

/// A request with these spans of one service.
pub(in crate::telemetry) fn spans(service: &str, spans: Vec<Span>) -> Bytes {
    let scope_spans = vec![ScopeSpans { spans, ..ScopeSpans::default() }];
    let resource_spans = vec![ResourceSpans { resource: resource(service), scope_spans, ..ResourceSpans::default() }];
    ExportTraceServiceRequest { resource_spans }.encode_to_vec().into()
}

/// A request with so many log records.
pub(in crate::telemetry) fn logs(count: usize) -> Bytes {
    let log_records = (0..count).map(|n| LogRecord { time_unix_nano: n as u64, ..LogRecord::default() }).collect();
    let scope_logs = vec![ScopeLogs { log_records, ..ScopeLogs::default() }];
    let resource_logs = vec![ResourceLogs { resource: resource("a"), scope_logs, ..ResourceLogs::default() }];
    ExportLogsServiceRequest { resource_logs }.encode_to_vec().into()
}

/// A request with a gauge for each number, which has so many data points.
pub(in crate::telemetry) fn metrics(points: &[usize]) -> Bytes {
    let gauge = |count| Gauge { data_points: vec![NumberDataPoint::default(); count] };
    let metrics = points.iter().map(|count| Metric { data: Some(Data::Gauge(gauge(*count))), ..Metric::default() });
    let scope_metrics = vec![ScopeMetrics { metrics: metrics.collect(), ..ScopeMetrics::default() }];
    let resource_metrics =
        vec![ResourceMetrics { resource: resource("a"), scope_metrics, ..ResourceMetrics::default() }];
    ExportMetricsServiceRequest { resource_metrics }.encode_to_vec().into()
}

fn span(name: &str) -> Span {
    Span { trace_id: vec![1; 16], span_id: vec![2; 8], name: name.to_owned(), ..Span::default() }
}

#[test]
fn what_is_taken_apart_can_be_put_together_again_whatever_the_signal() {
    let bodies = [
        (Signal::Traces, spans("a", vec![span("one"), span("two")]), 2),
        (Signal::Logs, logs(3), 3),
        (Signal::Metrics, metrics(&[2, 3]), 5),
    ];
    for (signal, body, weight) in bodies {
        let records = split(signal, body.clone()).unwrap();
        assert_eq!((weigh(&records), join(&records)), (weight, body), "{signal}");
    }
}

#[test]
fn records_of_one_source_share_its_description_though_they_come_from_many_bodies() {
    let mut records = split(Signal::Traces, spans("a", vec![span("one")])).unwrap();
    records.extend(split(Signal::Traces, spans("b", vec![span("two")])).unwrap());
    records.extend(split(Signal::Traces, spans("a", vec![span("three")])).unwrap());
    let request = ExportTraceServiceRequest::decode(join(&records)).unwrap();
    let names = |index: usize| -> Vec<&str> {
        let scope = &request.resource_spans[index].scope_spans[0];
        scope.spans.iter().map(|span| span.name.as_str()).collect()
    };
    assert_eq!(request.resource_spans.len(), 2);
    assert_eq!((names(0), names(1)), (vec!["one", "three"], vec!["two"]));
}

#[test]
fn a_metric_without_data_points_is_left_out() {
    let records = split(Signal::Metrics, metrics(&[0, 1])).unwrap();
    assert_eq!((records.len(), weigh(&records)), (1, 1));
}

#[test]
fn what_is_no_request_is_an_error() {
    for signal in Signal::ALL {
        assert!(split(signal, Bytes::from_static(b"\x0a\xff")).is_err(), "{signal}");
    }
}

#[test]
fn json_has_ids_in_hex_and_the_names_of_the_signal() {
    let check = |signal, body, part: &str| {
        let json = String::from_utf8(json(signal, body).unwrap()).unwrap();
        assert!(json.contains(part), "{json}");
    };
    check(Signal::Traces, spans("a", vec![span("one")]), "\"traceId\":\"01010101010101010101010101010101\"");
    check(Signal::Logs, logs(1), "\"logRecords\"");
    check(Signal::Metrics, metrics(&[1]), "\"dataPoints\"");
}
