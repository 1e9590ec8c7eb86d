//! Metrics in Prometheus's text format, version 0.0.4, written from the very data that leaves by OTLP.
//!
//! OpenTelemetry's own exporter for it pulls in a second metrics library and is no longer kept; the format is a page long
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>).

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt::Write;

use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use opentelemetry_proto::tonic::metrics::v1::{HistogramDataPoint, Metric, NumberDataPoint, ResourceMetrics};

use super::name;

/// The format's content type.
pub(in crate::telemetry) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Writes metrics of one resource, which is the series `target_info`.
pub(super) fn write(metrics: &ResourceMetrics) -> String {
    let mut families = BTreeMap::new();
    if let Some(resource) = &metrics.resource {
        let info = Family { kind: "gauge", help: "Who is measured.", series: BTreeMap::new() };
        let info: &mut Family<'_> = families.entry("target_info".to_owned()).or_insert(info);
        info.add(labels(&resource.attributes), Sample::Number(1.0));
    }
    for metric in metrics.scope_metrics.iter().flat_map(|of_scope| &of_scope.metrics) {
        gather(metric, &mut families);
    }
    let mut text = String::with_capacity(16 << 10);
    for (name, family) in &families {
        family.write(name, &mut text);
    }
    text
}

/// All series of one name, in the order of their labels.
struct Family<'a> {
    kind: &'static str,
    help: &'a str,
    series: BTreeMap<String, Sample<'a>>,
}

enum Sample<'a> {
    Number(f64),
    Histogram(&'a HistogramDataPoint),
}

/// Adds a metric to the family of its name. Two metrics that mean different things under one name cannot both be shown: the
/// first is. So it is with two series of the same labels. None of ours are either; other people's instruments may be.
fn gather<'a>(metric: &'a Metric, families: &mut BTreeMap<String, Family<'a>>) {
    let (kind, samples): (_, Vec<(&[KeyValue], Sample<'_>)>) = match &metric.data {
        Some(Data::Gauge(gauge)) => ("gauge", gauge.data_points.iter().map(plain).collect()),
        // A sum that may shrink is what Prometheus calls a gauge.
        Some(Data::Sum(sum)) => {
            (if sum.is_monotonic { "counter" } else { "gauge" }, sum.data_points.iter().map(plain).collect())
        }
        Some(Data::Histogram(histogram)) => {
            let points = histogram.data_points.iter();
            ("histogram", points.map(|point| (point.attributes.as_slice(), Sample::Histogram(point))).collect())
        }
        // The format has no exponential buckets, and OpenTelemetry makes no summaries.
        Some(Data::ExponentialHistogram(_) | Data::Summary(_)) | None => return,
    };
    let named = name::metric(&metric.name, &metric.unit, kind == "counter");
    let family = families.entry(named);
    let family = family.or_insert(Family { kind, help: &metric.description, series: BTreeMap::new() });
    if family.kind == kind {
        samples.into_iter().for_each(|(attributes, sample)| family.add(labels(attributes), sample));
    }
}

fn plain(point: &NumberDataPoint) -> (&[KeyValue], Sample<'_>) {
    let value = match point.value {
        Some(Value::AsInt(value)) => value as f64,
        Some(Value::AsDouble(value)) => value,
        None => f64::NAN,
    };
    (&point.attributes, Sample::Number(value))
}

/// Labels as they stand between the braces, in the order of their names.
fn labels(attributes: &[KeyValue]) -> String {
    let mut pairs = BTreeMap::new();
    for KeyValue { key, value, .. } in attributes {
        pairs.entry(name::label(key)).or_insert_with(|| text(value.as_ref()));
    }
    let mut written = String::new();
    for (name, value) in pairs {
        if !written.is_empty() {
            written.push(',');
        }
        written += &name;
        written.push('=');
        name::quoted(&value, &mut written);
    }
    written
}

/// A label's value. Lists and maps are in no label of ours, and are left empty.
fn text(value: Option<&AnyValue>) -> String {
    match value.and_then(|value| value.value.as_ref()) {
        Some(any_value::Value::StringValue(text)) => text.clone(),
        Some(any_value::Value::BoolValue(value)) => value.to_string(),
        Some(any_value::Value::IntValue(value)) => value.to_string(),
        Some(any_value::Value::DoubleValue(value)) => value.to_string(),
        _ => String::new(),
    }
}

impl<'a> Family<'a> {
    fn add(&mut self, labels: String, sample: Sample<'a>) {
        if let Entry::Vacant(place) = self.series.entry(labels) {
            place.insert(sample);
        }
    }

    fn write(&self, name: &str, text: &mut String) {
        let help = self.help.replace('\\', "\\\\").replace('\n', "\\n");
        // Writing to a string does not fail.
        let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {}\n", self.kind);
        for (labels, sample) in &self.series {
            match sample {
                Sample::Number(value) => line(text, name, labels, *value),
                Sample::Histogram(point) => histogram(text, name, labels, point),
            }
        }
    }
}

/// Buckets count everything up to their bound, other than OTLP's.
fn histogram(text: &mut String, name: &str, labels: &str, point: &HistogramDataPoint) {
    let separator = if labels.is_empty() { "" } else { "," };
    let bounds = point.explicit_bounds.iter().copied().chain([f64::INFINITY]);
    let bucket = format!("{name}_bucket");
    let mut below = 0;
    for (bound, count) in bounds.zip(&point.bucket_counts) {
        below += count;
        let mut le = format!("{labels}{separator}le=\"");
        name::number(bound, &mut le);
        le.push('"');
        line(text, &bucket, &le, below as f64);
    }
    line(text, &format!("{name}_sum"), labels, point.sum.unwrap_or_default());
    line(text, &format!("{name}_count"), labels, point.count as f64);
}

fn line(text: &mut String, name: &str, labels: &str, value: f64) {
    text.push_str(name);
    if !labels.is_empty() {
        text.push('{');
        text.push_str(labels);
        text.push('}');
    }
    text.push(' ');
    name::number(value, text);
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::metrics::v1::{Gauge, Histogram, ScopeMetrics, Sum};

    use super::*;
    use crate::telemetry::record::attribute;

    fn number(value: i64, attributes: &[(&str, &str)]) -> NumberDataPoint {
        let attributes = attributes.iter().map(|(key, value)| attribute(key, value)).collect();
        NumberDataPoint { attributes, value: Some(Value::AsInt(value)), ..NumberDataPoint::default() }
    }

    fn sum(name: &str, is_monotonic: bool, data_points: Vec<NumberDataPoint>) -> Metric {
        let data = Some(Data::Sum(Sum { data_points, is_monotonic, aggregation_temporality: 2 }));
        Metric { name: name.to_owned(), description: "What\nit is.".to_owned(), data, ..Metric::default() }
    }

    fn check(metrics: Vec<Metric>, expected: &str) {
        let scope_metrics = vec![ScopeMetrics { metrics, ..ScopeMetrics::default() }];
        let written = write(&ResourceMetrics { scope_metrics, ..ResourceMetrics::default() });
        assert_eq!(written, expected);
    }

    #[test]
    fn a_counter_has_help_type_and_its_series_in_order() {
        let points = vec![number(2, &[("side", "server")]), number(1, &[("side", "browser"), ("error.type", "a\"b")])];
        check(
            vec![sum("socketio.errors", true, points)],
            "# HELP socketio_errors_total What\\nit is.\n# TYPE socketio_errors_total counter\n\
             socketio_errors_total{error_type=\"a\\\"b\",side=\"browser\"} 1\nsocketio_errors_total{side=\"server\"} 2\n",
        );
    }

    #[test]
    fn buckets_count_all_that_is_below() {
        let point = HistogramDataPoint {
            explicit_bounds: vec![0.5, 1.0],
            bucket_counts: vec![2, 0, 1],
            count: 3,
            sum: Some(7.25),
            ..HistogramDataPoint::default()
        };
        let data = Some(Data::Histogram(Histogram { data_points: vec![point], aggregation_temporality: 2 }));
        check(
            vec![Metric { name: "took".to_owned(), unit: "s".to_owned(), data, ..Metric::default() }],
            "# HELP took_seconds \n# TYPE took_seconds histogram\ntook_seconds_bucket{le=\"0.5\"} 2\n\
             took_seconds_bucket{le=\"1\"} 2\ntook_seconds_bucket{le=\"+Inf\"} 3\ntook_seconds_sum 7.25\n\
             took_seconds_count 3\n",
        );
    }

    #[test]
    fn what_would_be_there_twice_is_there_once() {
        let gauge = Some(Data::Gauge(Gauge { data_points: vec![number(9, &[])] }));
        check(
            vec![
                sum("a.b", true, vec![number(1, &[])]),
                sum("a_b", true, vec![number(2, &[])]),
                Metric { name: "a_b_total".to_owned(), data: gauge, ..Metric::default() },
            ],
            "# HELP a_b_total What\\nit is.\n# TYPE a_b_total counter\na_b_total 1\n",
        );
    }

    #[test]
    fn who_is_measured_is_a_series_too() {
        let resource = opentelemetry_proto::tonic::resource::v1::Resource {
            attributes: vec![attribute("service.name", "aetherterm-backend")],
            ..Default::default()
        };
        let written = write(&ResourceMetrics { resource: Some(resource), ..ResourceMetrics::default() });
        assert!(written.ends_with("\ntarget_info{service_name=\"aetherterm-backend\"} 1\n"), "{written}");
    }
}
