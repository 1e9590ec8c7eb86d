//! What a page counts and measures for the server's metrics, from one post to the next. The server adds it up over all
//! pages, so that names and bounds are the same on both sides.

mod loss;
mod vital;

pub use loss::Loss;
pub use vital::Vital;

use std::{collections::BTreeMap, time::Duration};

use crate::{
    protocol::catalog,
    trace::otlp::{
        KeyValue,
        metric::{Count, DELTA, Data, Figure, Gauge, Histogram, HistogramDataPoint, Metric, NumberDataPoint, Sum},
    },
};

/// Requests by event.
pub const REQUESTS: &str = "socketio.requests";
/// Requests that failed, by event and why.
pub const ERRORS: &str = "socketio.errors";
/// Requests without an answer in time, by event.
pub const TIMEOUTS: &str = "socketio.timeouts";
/// Requests with a slow answer, by event.
pub const SLOW: &str = "socketio.slow";
/// Time from a request to its answer, by event.
pub const DURATION: &str = "socketio.duration";
/// Messages by whether they were linked to what caused them.
pub const CORRELATIONS: &str = "socketio.correlations";
/// Time from input to the first output after it.
pub const ECHO_LATENCY: &str = "terminal.echo.latency";

/// Spans that a page has lost, by why.
pub const LOST: &str = "telemetry.page.dropped";

/// How the name of a figure begins that a caller has named.
pub const CUSTOM: &str = "aetherterm.custom.";

/// The label that names an event.
pub const EVENT_NAME: &str = "event_name";
/// The label that says why something failed.
pub const ERROR_TYPE: &str = "error.type";
/// The label that says why something was lost.
pub const REASON: &str = "reason";
/// The label that says how something went.
pub const RESULT: &str = "result";
/// The result of an answer to a request that nobody knows of.
pub const ORPHAN_RESPONSE: &str = "orphan_response";

/// Bounds of durations, in seconds.
pub const BOUNDS: [f64; 15] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0];

/// Counts and durations since the last post; at most some dozens of series, whatever happens.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meter {
    counts: BTreeMap<Series, u64>,
    durations: BTreeMap<Series, Durations>,
    /// By the name of the metric.
    figures: BTreeMap<String, f64>,
}

/// A metric, the event it is about, and why that failed or was lost; each from a closed list.
type Series = (&'static str, Option<&'static str>, Option<&'static str>);

#[derive(Clone, Debug, Default, PartialEq)]
struct Durations {
    counts: [u64; BOUNDS.len() + 1],
    sum: f64,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended<'a> {
    /// Its event.
    pub event: &'a str,
    /// How long it took.
    pub took: Duration,
    /// From which duration on an answer is slow.
    pub slow: Duration,
    /// Why it failed, from the closed vocabulary; `None` when it did not.
    pub error: Option<&'static str>,
}

impl Meter {
    /// Counts a request that has left.
    pub fn requested(&mut self, event: &str) {
        self.count((REQUESTS, Some(catalog::label(event)), None));
    }

    /// Measures a request that has ended. One without an answer has no duration.
    pub fn ended(&mut self, ended: Ended<'_>) {
        let event = Some(catalog::label(ended.event));
        if let Some(error) = ended.error {
            self.count((ERRORS, event, Some(error)));
        }
        match ended.error {
            Some("timeout") => self.count((TIMEOUTS, event, None)),
            Some("disconnected") => {}
            _ => {
                self.record((DURATION, event, None), ended.took.as_secs_f64());
                if ended.took >= ended.slow {
                    self.count((SLOW, event, None));
                }
            }
        }
    }

    /// Counts an answer to a request that nobody knows of.
    pub fn orphaned(&mut self) {
        self.count((CORRELATIONS, None, None));
    }

    /// Measures the way from a key to its paint.
    pub fn echoed(&mut self, latency: Duration) {
        self.record((ECHO_LATENCY, None, None), latency.as_secs_f64());
    }

    /// Measures how a page feels: seconds, or the shift. What cannot be is left out.
    pub fn felt(&mut self, vital: Vital, value: f64) {
        if value.is_finite() && value >= 0.0 {
            self.record((vital.name(), None, None), value);
        }
    }

    /// Counts spans that are lost.
    pub fn lost(&mut self, spans: u64, why: Loss) {
        *self.counts.entry((LOST, None, Some(why.name()))).or_default() += spans;
    }

    /// Sets a figure of a caller's own; how many names there may be is the tracker's to say.
    pub fn figure(&mut self, name: &str, value: f64) {
        self.figures.insert(format!("{CUSTOM}{name}"), value);
    }

    /// Whether nothing has happened.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty() && self.durations.is_empty() && self.figures.is_empty()
    }

    /// Writes all as OTLP, about the time from `since` to `until` in nanoseconds since 1970.
    #[must_use]
    pub fn metrics(&self, since: u64, until: u64) -> Vec<Metric> {
        let mut sums: BTreeMap<&'static str, Vec<NumberDataPoint>> = BTreeMap::new();
        for (series, count) in &self.counts {
            sums.entry(series.0).or_default().push(NumberDataPoint {
                attributes: attributes(series),
                start_time_unix_nano: since,
                time_unix_nano: until,
                as_int: *count,
            });
        }
        let mut histograms: BTreeMap<&'static str, Vec<HistogramDataPoint>> = BTreeMap::new();
        for (series, durations) in &self.durations {
            histograms.entry(series.0).or_default().push(HistogramDataPoint {
                attributes: attributes(series),
                start_time_unix_nano: since,
                time_unix_nano: until,
                count: durations.counts.iter().sum(),
                sum: durations.sum,
                bucket_counts: durations.counts.map(Count).to_vec(),
                explicit_bounds: vital::bounds(series.0).to_vec(),
            });
        }
        let sums = sums.into_iter().map(|(name, data_points)| {
            let sum = Sum { aggregation_temporality: DELTA, is_monotonic: true, data_points };
            Metric { name: name.into(), unit: "".into(), data: Data::Sum(sum) }
        });
        let histograms = histograms.into_iter().map(|(name, data_points)| {
            let histogram = Histogram { aggregation_temporality: DELTA, data_points };
            let unit = Vital::named(name).map_or("s", Vital::unit);
            Metric { name: name.into(), unit: unit.into(), data: Data::Histogram(histogram) }
        });
        let figures = self.figures.iter().map(|(name, value)| {
            let data_points = vec![Figure { time_unix_nano: until, as_double: *value }];
            Metric { name: name.clone().into(), unit: "".into(), data: Data::Gauge(Gauge { data_points }) }
        });
        sums.chain(histograms).chain(figures).collect()
    }

    fn count(&mut self, series: Series) {
        *self.counts.entry(series).or_default() += 1;
    }

    fn record(&mut self, series: Series, value: f64) {
        let of = self.durations.entry(series).or_default();
        of.counts[vital::bounds(series.0).partition_point(|bound| *bound < value)] += 1;
        of.sum += value;
    }
}

fn attributes((name, event, why): &Series) -> Vec<KeyValue> {
    let result = (*name == CORRELATIONS).then_some(ORPHAN_RESPONSE);
    let known = [(EVENT_NAME, *event), (if *name == LOST { REASON } else { ERROR_TYPE }, *why), (RESULT, result)];
    known.into_iter().filter_map(|(key, value)| Some(KeyValue::new(key, value?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOW_LIMIT: Duration = Duration::from_secs(1);

    fn ended(millis: u64, error: Option<&'static str>) -> Ended<'static> {
        Ended { event: "terminal:create", took: Duration::from_millis(millis), slow: SLOW_LIMIT, error }
    }

    /// Each series of `meter` as `name event error count`.
    fn series(meter: &Meter) -> Vec<String> {
        let word = |word: &Option<&'static str>| word.unwrap_or("-");
        let counts = meter.counts.iter().map(|((name, event, error), count)| (name, event, error, *count));
        let durations = meter.durations.iter();
        let durations = durations.map(|((name, event, error), of)| (name, event, error, of.counts.iter().sum()));
        let line =
            |(name, event, error, count): (&&str, _, _, u64)| format!("{name} {} {} {count}", word(event), word(error));
        counts.chain(durations).map(line).collect()
    }

    fn check(ended: Ended<'_>, expected: &[&str]) {
        let mut meter = Meter::default();
        meter.ended(ended);
        assert_eq!(series(&meter), expected, "{ended:?}");
    }

    #[test]
    fn an_end_is_counted_as_what_it_is() {
        check(ended(3, None), &["socketio.duration terminal:create - 1"]);
        check(ended(1_000, None), &["socketio.slow terminal:create - 1", "socketio.duration terminal:create - 1"]);
        let refused = ["socketio.errors terminal:create busy 1", "socketio.duration terminal:create - 1"];
        check(ended(3, Some("busy")), &refused);
        let late = ["socketio.errors terminal:create timeout 1", "socketio.timeouts terminal:create - 1"];
        check(ended(5_000, Some("timeout")), &late);
        check(ended(5_000, Some("disconnected")), &["socketio.errors terminal:create disconnected 1"]);
    }

    #[test]
    fn whatever_happens_there_are_no_more_series_than_events() {
        let mut meter = Meter::default();
        (0..1_000).for_each(|n| meter.requested(&format!("made:up:{n}")));
        meter.requested("terminal:input");
        assert_eq!(series(&meter), ["socketio.requests _OTHER - 1000", "socketio.requests terminal:input - 1"]);
    }

    #[test]
    fn a_duration_counts_up_to_its_bound() {
        let mut meter = Meter::default();
        for micros in [0, 500, 501, 30_000_000, 30_000_001] {
            meter.echoed(Duration::from_micros(micros));
        }
        let counts = &meter.durations[&(ECHO_LATENCY, None, None)].counts;
        assert_eq!((counts[0], counts[1], counts[14], counts[15]), (2, 1, 1, 1));
    }

    #[test]
    fn what_is_lost_is_counted_by_why() {
        let mut meter = Meter::default();
        for (spans, why) in [(2, Loss::Evicted), (1, Loss::QueueFull), (3, Loss::Evicted)] {
            meter.lost(spans, why);
        }
        let lost = ["telemetry.page.dropped - evicted 5", "telemetry.page.dropped - queue_full 1"];
        assert_eq!(series(&meter), lost);
        let metrics = serde_json::to_value(meter.metrics(1, 2)).unwrap();
        let label = &metrics[0]["sum"]["dataPoints"][0]["attributes"][0];
        assert_eq!((&label["key"], &label["value"]["stringValue"]), (&"reason".into(), &"evicted".into()));
    }

    #[test]
    fn a_vital_has_bounds_and_a_unit_of_its_own() {
        let mut meter = Meter::default();
        meter.felt(Vital::Cls, 0.25);
        meter.felt(Vital::Lcp, f64::NAN);
        let metrics = serde_json::to_value(meter.metrics(1, 2)).unwrap();
        assert_eq!(metrics.as_array().map(Vec::len), Some(1));
        let (metric, point) = (&metrics[0], &metrics[0]["histogram"]["dataPoints"][0]);
        assert_eq!((metric["name"].as_str(), metric["unit"].as_str()), (Some("browser.web_vital.cls"), Some("1")));
        assert_eq!((point["explicitBounds"][8].as_f64(), point["bucketCounts"][8].as_str()), (Some(0.25), Some("1")));
    }

    #[test]
    fn of_a_figure_that_is_set_again_the_last_value_counts() {
        let mut meter = Meter::default();
        assert!(meter.is_empty());
        for (name, value) in [("depth", 2.0), ("width", 80.0), ("depth", 3.0)] {
            meter.figure(name, value);
        }
        assert!(!meter.is_empty());
        let figures: Vec<_> = meter.figures.into_iter().collect();
        let expected = [("aetherterm.custom.depth".to_owned(), 3.0), ("aetherterm.custom.width".to_owned(), 80.0)];
        assert_eq!(figures, expected);
    }

    #[test]
    fn it_is_written_as_otlp() {
        let mut meter = Meter::default();
        meter.orphaned();
        meter.ended(ended(3, None));
        let metrics = serde_json::to_value(meter.metrics(1, 2)).unwrap();
        let result = &metrics[0]["sum"]["dataPoints"][0]["attributes"][0];
        assert_eq!(result, &serde_json::json!({"key": "result", "value": {"stringValue": "orphan_response"}}));
        let point = &metrics[1]["histogram"]["dataPoints"][0];
        assert_eq!((point["count"].as_str(), point["bucketCounts"][3].as_str()), (Some("1"), Some("1")));
        assert_eq!((metrics[1]["unit"].as_str(), point["sum"].as_f64()), (Some("s"), Some(0.003)));
    }
}
