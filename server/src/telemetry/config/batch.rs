//! How records are batched towards backends: `OTEL_BSP_*`, `OTEL_BLRP_*`, `OTEL_METRIC_EXPORT_*`.

use std::time::Duration;

use super::variables::Variables;
use crate::telemetry::signal::Signal;

/// The queue is capped so that a typo cannot reserve the memory.
const MAX_QUEUE: u64 = 1 << 20;

/// How the records of each signal are batched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batches {
    /// Spans (`OTEL_BSP_*`).
    pub traces: BatchConfig,
    /// Log records (`OTEL_BLRP_*`).
    pub logs: BatchConfig,
    /// Metrics: they come in batches already, and leave at once (`OTEL_METRIC_EXPORT_TIMEOUT`).
    pub metrics: BatchConfig,
}

/// How records are batched towards a backend; names and defaults are those of the OpenTelemetry specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchConfig {
    /// How long a record waits for its batch at most (`…_SCHEDULE_DELAY`).
    pub schedule_delay: Duration,
    /// How long one batch may take, retries included, before it is given up where there is no spool
    /// (`…_EXPORT_TIMEOUT`).
    pub export_timeout: Duration,
    /// How many records wait at most (`…_MAX_QUEUE_SIZE`).
    pub max_queue: usize,
    /// How many records make a batch (`…_MAX_EXPORT_BATCH_SIZE`).
    pub max_batch: usize,
}

impl Default for BatchConfig {
    fn default() -> Self {
        Self {
            schedule_delay: Duration::from_secs(5),
            export_timeout: Duration::from_secs(30),
            max_queue: 2_048,
            max_batch: 512,
        }
    }
}

impl Default for Batches {
    fn default() -> Self {
        let of = |schedule_delay| BatchConfig { schedule_delay, ..BatchConfig::default() };
        Self { traces: BatchConfig::default(), logs: of(Duration::from_secs(1)), metrics: of(Duration::ZERO) }
    }
}

impl Batches {
    /// Returns the settings of a signal.
    pub fn of(&self, signal: Signal) -> BatchConfig {
        match signal {
            Signal::Traces => self.traces,
            Signal::Logs => self.logs,
            Signal::Metrics => self.metrics,
        }
    }

    pub(super) fn from_vars<F: Fn(&str) -> Option<String>>(vars: &mut Variables<F>) -> Self {
        let defaults = Self::default();
        let metrics = millis(vars, "OTEL_METRIC_EXPORT_TIMEOUT", defaults.metrics.export_timeout);
        Self {
            traces: batch(vars, "OTEL_BSP", defaults.traces),
            logs: batch(vars, "OTEL_BLRP", defaults.logs),
            metrics: BatchConfig { export_timeout: metrics, ..defaults.metrics },
        }
    }
}

/// A duration in milliseconds.
pub(super) fn millis<F: Fn(&str) -> Option<String>>(
    vars: &mut Variables<F>,
    variable: &str,
    default: Duration,
) -> Duration {
    let default = u64::try_from(default.as_millis()).unwrap_or(u64::MAX);
    Duration::from_millis(vars.standard_number(variable, default))
}

fn batch<F: Fn(&str) -> Option<String>>(vars: &mut Variables<F>, prefix: &str, defaults: BatchConfig) -> BatchConfig {
    let max_queue = vars.standard_number(&format!("{prefix}_MAX_QUEUE_SIZE"), defaults.max_queue as u64);
    let max_batch = vars.standard_number(&format!("{prefix}_MAX_EXPORT_BATCH_SIZE"), defaults.max_batch as u64);
    // The specification caps the batch at the queue.
    let max_queue = max_queue.clamp(1, MAX_QUEUE);
    BatchConfig {
        schedule_delay: millis(vars, &format!("{prefix}_SCHEDULE_DELAY"), defaults.schedule_delay),
        export_timeout: millis(vars, &format!("{prefix}_EXPORT_TIMEOUT"), defaults.export_timeout),
        max_queue: max_queue as usize,
        max_batch: max_batch.clamp(1, max_queue) as usize,
    }
}
