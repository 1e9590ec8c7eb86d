//! What pages have counted and measured, added to what the server has, as `side="browser"`.
//!
//! A page posts what has happened since its last post (delta): the server adds it to one series for all pages, and has to
//! remember nothing of any. Whatever a page says, its labels are from our lists and its numbers within reason.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use app::protocol::catalog;
use app::tracking::meter::{
    BOUNDS, CORRELATIONS, DURATION, ECHO_LATENCY, ERROR_TYPE, ERRORS, EVENT_NAME, LOST, Loss, REASON, REQUESTS, SLOW,
    TIMEOUTS, Vital,
};
use opentelemetry::KeyValue;
use opentelemetry_proto::tonic::common::v1::KeyValue as Attribute;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use opentelemetry_proto::tonic::metrics::v1::{AggregationTemporality, Histogram, HistogramDataPoint, Metric};

use super::instruments::Instruments;
use super::labels::{Correlation, Label, Side, error_type, event};
use super::nanos;
use crate::telemetry::record::{attribute, text};

/// The most that a page can have counted since its last post, far more than it can do: without a limit one post could take a
/// counter around.
const MAX_COUNT: u64 = 1_000_000;

/// The longest duration a page may have measured on average, in seconds.
const MAX_MEAN: f64 = 3_600.0;

/// Durations as pages have measured them. The SDK has no way to add buckets that somebody else has filled.
#[derive(Debug, Default)]
pub(super) struct Pages {
    durations: Mutex<BTreeMap<Series, Buckets>>,
}

/// A series of durations: the instrument, and the event where it is told apart.
type Series = (&'static str, Option<&'static str>);

#[derive(Clone, Debug, Default, PartialEq)]
struct Buckets {
    counts: [u64; BOUNDS.len() + 1],
    sum: f64,
}

/// What became of a metric that a page posted.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::telemetry) enum Added {
    /// All of it was added, but for so many points, for this reason.
    But(u64, Option<&'static str>),
    /// It is none of ours.
    Unknown,
}

impl Pages {
    /// Adds a page's metric to ours, if it is one.
    pub(super) fn add(&self, metric: &Metric, instruments: &Instruments) -> Added {
        match (metric.name.as_str(), &metric.data) {
            (REQUESTS | ERRORS | TIMEOUTS | SLOW | CORRELATIONS | LOST, Some(Data::Sum(sum))) => {
                let is_delta = sum.aggregation_temporality == AggregationTemporality::Delta as i32;
                each(&sum.data_points, |point| {
                    if !is_delta || !sum.is_monotonic {
                        return Err("a count is not a delta that only grows");
                    }
                    let Some(Value::AsInt(count)) = point.value else { return Err("a count is no whole number") };
                    let count = u64::try_from(count).ok().filter(|count| *count <= MAX_COUNT);
                    count_one(
                        &metric.name,
                        count.ok_or("a count is negative, or too large")?,
                        &point.attributes,
                        instruments,
                    )
                })
            }
            (name, Some(Data::Histogram(histogram))) => {
                let vital = Vital::named(name);
                let known = vital.map(Vital::name).or([DURATION, ECHO_LATENCY].into_iter().find(|ours| *ours == name));
                let Some(known) = known else { return Added::Unknown };
                let is_delta = histogram.aggregation_temporality == AggregationTemporality::Delta as i32;
                each(&histogram.data_points, |point| {
                    if !is_delta {
                        return Err("a histogram is not a delta");
                    }
                    let buckets = buckets(point, bounds(vital))?;
                    let event = (known == DURATION).then(|| text(&point.attributes, EVENT_NAME).unwrap_or_default());
                    self.durations().entry((known, event.map(catalog::label))).or_default().add(&buckets);
                    Ok(())
                })
            }
            _ => Added::Unknown,
        }
    }

    /// Adds the pages' durations to what has been collected: to a metric that is there, or as one more.
    pub(super) fn add_to(&self, metrics: &mut Vec<Metric>, since: SystemTime) {
        for ((name, event), buckets) in self.durations().iter() {
            let vital = Vital::named(name);
            let point = buckets.point(*event, bounds(vital), since);
            let known = metrics.iter_mut().find(|metric| metric.name == *name).and_then(|metric| metric.data.as_mut());
            match known {
                Some(Data::Histogram(histogram)) => histogram.data_points.push(point),
                _ => metrics.push(Metric {
                    name: (*name).to_owned(),
                    description: vital.map_or("", described).to_owned(),
                    unit: vital.map_or("s", Vital::unit).to_owned(),
                    data: Some(Data::Histogram(Histogram {
                        data_points: vec![point],
                        aggregation_temporality: AggregationTemporality::Cumulative.into(),
                    })),
                    ..Metric::default()
                }),
            }
        }
    }

    fn durations(&self) -> MutexGuard<'_, BTreeMap<Series, Buckets>> {
        // Each change is one addition of checked numbers, so that what a panicked thread left is still good.
        self.durations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn each<T>(points: &[T], mut add: impl FnMut(&T) -> Result<(), &'static str>) -> Added {
    let (mut rejected, mut reason) = (0, None);
    for point in points {
        if let Err(problem) = add(point) {
            rejected += 1;
            reason.get_or_insert(problem);
        }
    }
    Added::But(rejected, reason)
}

fn count_one(name: &str, count: u64, attributes: &[Attribute], instruments: &Instruments) -> Result<(), &'static str> {
    if name == CORRELATIONS {
        // The others are the server's to tell: it sees what a message carries.
        let is_orphan = text(attributes, Correlation::KEY) == Some(Correlation::OrphanResponse.value());
        return if is_orphan {
            instruments.correlated(Correlation::OrphanResponse, count);
            Ok(())
        } else {
            Err("a page tells of no correlations but orphan_response")
        };
    }
    if name == LOST {
        let loss =
            Loss::named(text(attributes, REASON).unwrap_or_default()).ok_or("a page loses nothing for that reason")?;
        instruments.page_losses.add(count, &[KeyValue::new(REASON, loss.name())]);
        return Ok(());
    }
    let of_event = [event(text(attributes, EVENT_NAME).unwrap_or_default()), Side::Browser.pair()];
    match name {
        REQUESTS => instruments.requests.add(count, &of_event),
        TIMEOUTS => instruments.timeouts.add(count, &of_event),
        SLOW => instruments.slow.add(count, &of_event),
        _ => {
            let [event_name, side] = of_event;
            let error = error_type(text(attributes, ERROR_TYPE).unwrap_or_default());
            instruments.errors.add(count, &[event_name, side, KeyValue::new(ERROR_TYPE, error)]);
        }
    }
    Ok(())
}

fn bounds(vital: Option<Vital>) -> &'static [f64; BOUNDS.len()] {
    vital.map_or(&BOUNDS, Vital::bounds)
}

fn described(vital: Vital) -> &'static str {
    match vital {
        Vital::Lcp => "Largest Contentful Paint: until the largest part of a page was seen.",
        Vital::Inp => "Interaction to Next Paint: nearly the slowest answer of a page to a key or a click.",
        Vital::Cls => "Cumulative Layout Shift: how much of a page moved without being asked to.",
        Vital::Fcp => "First Contentful Paint: until anything of a page was seen.",
        Vital::Ttfb => "Time To First Byte: until the first byte of a page came.",
    }
}

/// Reads a histogram whose bounds are ours.
fn buckets(point: &HistogramDataPoint, bounds: &[f64; BOUNDS.len()]) -> Result<Buckets, &'static str> {
    if point.explicit_bounds != bounds {
        return Err("a histogram has other bounds than the server's");
    }
    let counts = <[u64; BOUNDS.len() + 1]>::try_from(point.bucket_counts.as_slice());
    let counts = counts.map_err(|_| "a histogram has not one bucket more than bounds")?;
    let total = counts.iter().try_fold(0_u64, |total, count| total.checked_add(*count));
    let total =
        total.filter(|total| *total == point.count).ok_or("a histogram does not count what is in its buckets")?;
    if total > MAX_COUNT {
        return Err("a histogram counts too much");
    }
    let sum = point.sum.filter(|sum| (0.0..=total as f64 * MAX_MEAN).contains(sum));
    Ok(Buckets { counts, sum: sum.ok_or("a histogram has no sum, or one that cannot be")? })
}

impl Buckets {
    fn add(&mut self, other: &Self) {
        self.counts.iter_mut().zip(other.counts).for_each(|(count, more)| *count = count.saturating_add(more));
        self.sum += other.sum;
    }

    fn point(&self, event: Option<&str>, bounds: &[f64], since: SystemTime) -> HistogramDataPoint {
        let side = attribute(Side::KEY, Side::Browser.value());
        HistogramDataPoint {
            attributes: event.map(|event| attribute(EVENT_NAME, event)).into_iter().chain([side]).collect(),
            start_time_unix_nano: nanos(since),
            time_unix_nano: nanos(SystemTime::now()),
            count: self.counts.iter().sum(),
            sum: Some(self.sum),
            bucket_counts: self.counts.to_vec(),
            explicit_bounds: bounds.to_vec(),
            ..HistogramDataPoint::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    fn point(counts: &[(usize, u64)], sum: f64) -> HistogramDataPoint {
        let mut bucket_counts = vec![0; BOUNDS.len() + 1];
        counts.iter().for_each(|(bucket, count)| bucket_counts[*bucket] = *count);
        HistogramDataPoint {
            attributes: vec![attribute("event_name", "terminal:input")],
            count: bucket_counts.iter().sum(),
            sum: Some(sum),
            bucket_counts,
            explicit_bounds: BOUNDS.to_vec(),
            ..HistogramDataPoint::default()
        }
    }

    fn check_refused(change: impl FnOnce(&mut HistogramDataPoint), reason: &str) {
        let mut point = point(&[(3, 2)], 0.01);
        change(&mut point);
        assert_eq!(buckets(&point, &BOUNDS).expect_err("it is refused"), reason, "{point:?}");
    }

    #[test]
    fn a_histogram_that_cannot_be_is_refused() {
        check_refused(|point| point.explicit_bounds.clear(), "a histogram has other bounds than the server's");
        check_refused(|point| point.bucket_counts.push(0), "a histogram has not one bucket more than bounds");
        check_refused(|point| point.count = 3, "a histogram does not count what is in its buckets");
        check_refused(|point| point.bucket_counts[0] = u64::MAX, "a histogram does not count what is in its buckets");
        check_refused(|point| point.sum = None, "a histogram has no sum, or one that cannot be");
        check_refused(|point| point.sum = Some(f64::NAN), "a histogram has no sum, or one that cannot be");
        check_refused(|point| point.sum = Some(-1.0), "a histogram has no sum, or one that cannot be");
        let many = |point: &mut HistogramDataPoint| {
            (point.bucket_counts[3], point.count) = (MAX_COUNT + 1, MAX_COUNT + 1);
        };
        check_refused(many, "a histogram counts too much");
    }

    #[test]
    fn what_pages_measured_is_added_up() {
        let mut all = Buckets::default();
        all.add(&buckets(&point(&[(3, 2)], 0.01), &BOUNDS).unwrap());
        all.add(&buckets(&point(&[(3, 1), (15, 1)], 40.0), &BOUNDS).unwrap());
        let added = all.point(Some("terminal:input"), &BOUNDS, UNIX_EPOCH);
        assert_eq!((added.count, added.bucket_counts[3], added.bucket_counts[15]), (4, 3, 1));
        assert_eq!(added.sum, Some(40.01));
        assert_eq!(text(&added.attributes, "side"), Some("browser"));
    }
}
