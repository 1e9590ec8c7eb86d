//! Figures of those who extend the server: whatever its tracker holds of them, as `aetherterm.custom.{name}`.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;
use std::time::SystemTime;

use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use opentelemetry_proto::tonic::metrics::v1::{Gauge, Metric, NumberDataPoint};

use super::nanos;

/// What all names begin with.
const PREFIX: &str = "aetherterm.custom.";

/// Where the figures are looked up. The tracker holds 64 of them at most, so that no more can be exported.
#[derive(Default)]
pub(super) struct Custom(OnceLock<Box<Look>>);

/// Looks the figures up.
type Look = dyn Fn() -> BTreeMap<String, f64> + Send + Sync;

impl Custom {
    /// Says where; the first word counts.
    pub(super) fn look_at(&self, look: impl Fn() -> BTreeMap<String, f64> + Send + Sync + 'static) {
        self.0.get_or_init(|| Box::new(look));
    }

    /// Adds the figures to what has been collected. Of two whose names are the same once written, the first is there.
    pub(super) fn add_to(&self, metrics: &mut Vec<Metric>, since: SystemTime) {
        let Some(look) = self.0.get() else { return };
        let mut figures = BTreeMap::new();
        for (name, value) in look() {
            figures.entry(format!("{PREFIX}{}", allowed(&name))).or_insert(value);
        }
        let now = nanos(SystemTime::now());
        metrics.extend(figures.into_iter().map(|(name, value)| {
            let point = NumberDataPoint {
                start_time_unix_nano: nanos(since),
                time_unix_nano: now,
                value: Some(Value::AsDouble(value)),
                ..NumberDataPoint::default()
            };
            let description = "A figure of an extension.".to_owned();
            Metric {
                name,
                description,
                data: Some(Data::Gauge(Gauge { data_points: vec![point] })),
                ..Metric::default()
            }
        }));
    }
}

/// The name with what OpenTelemetry allows in those of instruments.
fn allowed(name: &str) -> String {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '/');
    name.chars().map(|c| if is_allowed(c) { c } else { '_' }).collect()
}

impl fmt::Debug for Custom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Custom").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_figure_is_a_gauge_under_a_name_that_everybody_takes() {
        let custom = Custom::default();
        let mut metrics = Vec::new();
        custom.add_to(&mut metrics, SystemTime::now());
        assert_eq!(metrics, []);
        custom.look_at(|| {
            [("queue depth", 4.0), ("queue_depth", 5.0), ("jobs.done", 0.5), ("a\"}\n1", 1.0)]
                .map(|(name, value)| (name.to_owned(), value))
                .into()
        });
        custom.add_to(&mut metrics, SystemTime::now());
        let found: Vec<_> = metrics
            .iter()
            .map(|metric| match &metric.data {
                Some(Data::Gauge(gauge)) => (metric.name.as_str(), gauge.data_points[0].value),
                other => panic!("{other:?}"),
            })
            .collect();
        let double = |value| Some(Value::AsDouble(value));
        assert_eq!(
            found,
            [
                ("aetherterm.custom.a___1", double(1.0)),
                ("aetherterm.custom.jobs.done", double(0.5)),
                ("aetherterm.custom.queue_depth", double(4.0)),
            ]
        );
    }
}
