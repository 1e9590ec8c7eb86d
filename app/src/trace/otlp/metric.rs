//! Metrics as a page writes them: counts and histograms of what happened since the last post.

use std::borrow::Cow;

use serde::Serialize;

use super::number::decimal;
use super::{KeyValue, Resource, Scope};

/// The temporality of every number here: each is about the time since the one before it.
pub const DELTA: u8 = 1;

/// The body of `POST /v1/metrics`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportMetricsServiceRequest {
    /// The metrics, grouped by who measured them.
    pub resource_metrics: Vec<ResourceMetrics>,
}

/// The metrics of one page.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceMetrics {
    /// Who measured them.
    pub resource: Resource,
    /// The metrics, grouped by what made them.
    pub scope_metrics: Vec<ScopeMetrics>,
}

/// The metrics of one instrumentation scope.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ScopeMetrics {
    /// What made them.
    pub scope: Scope,
    /// The metrics.
    pub metrics: Vec<Metric>,
}

/// One metric with its series.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Metric {
    /// Its name: `socketio.requests`.
    pub name: Cow<'static, str>,
    /// What it is measured in, as UCUM writes it; may be empty.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub unit: Cow<'static, str>,
    /// The numbers.
    #[serde(flatten)]
    pub data: Data,
}

/// The numbers of a metric.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Data {
    /// Counts.
    Sum(Sum),
    /// Measurements by size.
    Histogram(Histogram),
    /// Figures as they stand.
    Gauge(Gauge),
}

/// Figures as they stand.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Gauge {
    /// One for each series.
    pub data_points: Vec<Figure>,
}

/// A figure as it stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Figure {
    /// When, in nanoseconds since 1970.
    #[serde(with = "decimal")]
    pub time_unix_nano: u64,
    /// The figure.
    pub as_double: f64,
}

/// Counts.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sum {
    /// [`DELTA`].
    pub aggregation_temporality: u8,
    /// Whether it never goes down.
    pub is_monotonic: bool,
    /// One for each series.
    pub data_points: Vec<NumberDataPoint>,
}

/// Measurements by size.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Histogram {
    /// [`DELTA`].
    pub aggregation_temporality: u8,
    /// One for each series.
    pub data_points: Vec<HistogramDataPoint>,
}

/// One count.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NumberDataPoint {
    /// What sets the series apart.
    pub attributes: Vec<KeyValue>,
    /// Since when, in nanoseconds since 1970.
    #[serde(with = "decimal")]
    pub start_time_unix_nano: u64,
    /// Until when, in nanoseconds since 1970.
    #[serde(with = "decimal")]
    pub time_unix_nano: u64,
    /// The count.
    #[serde(with = "decimal")]
    pub as_int: u64,
}

/// One series of measurements.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HistogramDataPoint {
    /// What sets the series apart.
    pub attributes: Vec<KeyValue>,
    /// Since when, in nanoseconds since 1970.
    #[serde(with = "decimal")]
    pub start_time_unix_nano: u64,
    /// Until when, in nanoseconds since 1970.
    #[serde(with = "decimal")]
    pub time_unix_nano: u64,
    /// How many there were.
    #[serde(with = "decimal")]
    pub count: u64,
    /// All of them together.
    pub sum: f64,
    /// How many up to each bound, and beyond the last.
    pub bucket_counts: Vec<Count>,
    /// The bounds.
    pub explicit_bounds: Vec<f64>,
}

/// A count in a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Count(#[serde(with = "decimal")] pub u64);

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_count_is_written_as_otlp_json() {
        let metric = Metric {
            name: "socketio.requests".into(),
            unit: "".into(),
            data: Data::Sum(Sum {
                aggregation_temporality: DELTA,
                is_monotonic: true,
                data_points: vec![NumberDataPoint {
                    attributes: vec![KeyValue::new("event_name", "terminal:input")],
                    start_time_unix_nano: 1,
                    time_unix_nano: 2,
                    as_int: 3,
                }],
            }),
        };
        let attributes = json!([{"key": "event_name", "value": {"stringValue": "terminal:input"}}]);
        let point = json!({"attributes": attributes, "startTimeUnixNano": "1", "timeUnixNano": "2", "asInt": "3"});
        assert_eq!(
            serde_json::to_value(metric).unwrap(),
            json!({
                "name": "socketio.requests",
                "sum": {"aggregationTemporality": 1, "isMonotonic": true, "dataPoints": [point]},
            })
        );
    }
}
