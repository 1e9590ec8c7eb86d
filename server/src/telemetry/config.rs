//! The telemetry settings: what the `OTEL_*`, `SOCKET_TRACKING_*` and `VITE_*` variables mean.

use std::time::Duration;

use app::page::{PageTelemetry, PageTracking};

mod backend;
mod variables;

pub use backend::{BackendConfig, Compression};
use variables::Variables;

/// The settings of everything that records, keeps and exports; read once at start.
#[derive(Clone, Debug)]
pub struct TelemetryConfig {
    /// Whether anything is recorded at all (`OTEL_SDK_DISABLED`).
    pub recording: bool,
    /// Where spans are exported to; empty when nothing leaves the machine.
    pub backends: Vec<BackendConfig>,
    /// The server's name in its resource (`OTEL_SERVICE_NAME`).
    pub service_name: String,
    /// More about the server for its resource (`OTEL_RESOURCE_ATTRIBUTES`).
    pub resource_attributes: Vec<(String, String)>,
    /// Which traces without a decision are recorded.
    pub sampling: SamplingConfig,
    /// Which headers carry the context over HTTP (`OTEL_PROPAGATORS`).
    pub propagators: Vec<PropagatorKind>,
    /// How spans are batched towards backends.
    pub batch: BatchConfig,
    /// Whether to log in detail and print every batch as OTLP JSON lines (`OTEL_DEBUG`).
    pub debug: bool,
    /// What the server's own tracker does.
    pub tracking: PageTracking,
    /// What the page's tracker does.
    pub page_tracking: PageTracking,
    /// What the page's exporter does.
    pub page_telemetry: PageTelemetry,
    /// What was ignored, as sentences that name the variable.
    pub warnings: Vec<String>,
}

/// Which traces without a decision are recorded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SamplingConfig {
    /// Whether a parent's decision is followed.
    pub parent_based: bool,
    /// The share of traces recorded otherwise, 0 to 1.
    pub rate: f64,
}

/// A way to carry the context over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PropagatorKind {
    /// B3, written in the single form.
    B3,
    /// B3, written in the multi form.
    B3Multi,
    /// W3C `traceparent`.
    TraceContext,
    /// W3C `baggage`.
    Baggage,
}

/// How spans are batched towards a backend; names and defaults are those of the OpenTelemetry specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchConfig {
    /// How long a span waits for its batch at most (`OTEL_BSP_SCHEDULE_DELAY`).
    pub schedule_delay: Duration,
    /// How long one batch may take, retries included (`OTEL_BSP_EXPORT_TIMEOUT`).
    pub export_timeout: Duration,
    /// How many spans wait at most (`OTEL_BSP_MAX_QUEUE_SIZE`).
    pub max_queue: usize,
    /// How many spans make a batch (`OTEL_BSP_MAX_EXPORT_BATCH_SIZE`).
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

impl Default for TelemetryConfig {
    /// The settings of an empty environment: everything is recorded, nothing leaves the machine.
    fn default() -> Self {
        Self {
            recording: true,
            backends: Vec::new(),
            service_name: "aetherterm-backend".to_owned(),
            resource_attributes: Vec::new(),
            sampling: SamplingConfig { parent_based: true, rate: 1.0 },
            propagators: vec![PropagatorKind::B3, PropagatorKind::TraceContext, PropagatorKind::Baggage],
            batch: BatchConfig::default(),
            debug: false,
            tracking: PageTracking::default(),
            page_tracking: PageTracking::default(),
            page_telemetry: PageTelemetry::default(),
            warnings: Vec::new(),
        }
    }
}

/// A variable whose value cannot be used.
///
/// As the OpenTelemetry specification asks, wrong numbers and names in its own variables are warnings; what would send
/// data to the wrong place, or is a variable of ours, is an error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TelemetryConfigError {
    /// The value is not of the kind the variable wants.
    #[error("{variable} is {value:?}, which is not {expected}")]
    Value {
        /// The variable.
        variable: &'static str,
        /// What it holds.
        value: String,
        /// What it should hold.
        expected: &'static str,
    },
    /// The headers cannot be sent; the value is a secret and is not repeated.
    #[error("{variable} is not a list of name=value pairs that can be sent as headers")]
    Headers {
        /// The variable.
        variable: &'static str,
    },
}

impl TelemetryConfig {
    /// Reads the settings from whatever knows the variables; an empty value counts as unset.
    ///
    /// # Errors
    ///
    /// Names the first variable that cannot be used.
    pub fn from_vars(vars: impl Fn(&str) -> Option<String>) -> Result<Self, TelemetryConfigError> {
        let mut vars = Variables::new(vars);
        let defaults = Self::default();
        let recording = !vars.standard_bool("OTEL_SDK_DISABLED", false);
        let sampling = sampling(&mut vars)?;
        let tracking = tracking(&vars)?;
        let telemetry = PageTelemetry {
            enabled: vars.bool("VITE_TELEMETRY_ENABLED", true)? && recording,
            sample_rate: sampling.rate,
            batch_size: vars.number("SOCKET_TRACKING_BATCH_SIZE", defaults.page_telemetry.batch_size)?.max(1),
            flush_ms: vars.number("SOCKET_TRACKING_FLUSH_MS", defaults.page_telemetry.flush_ms)?,
        };
        Ok(Self {
            recording,
            backends: if recording { backend::from_vars(&mut vars)? } else { Vec::new() },
            service_name: vars.text("OTEL_SERVICE_NAME").unwrap_or(defaults.service_name),
            resource_attributes: resource_attributes(&mut vars),
            sampling,
            propagators: propagators(&mut vars).unwrap_or(defaults.propagators),
            batch: batch(&mut vars),
            debug: vars.bool("OTEL_DEBUG", false)?,
            page_tracking: PageTracking {
                enabled: vars.bool("VITE_SOCKET_TRACKING_ENABLED", true)?,
                ..tracking.clone()
            },
            page_telemetry: telemetry,
            tracking,
            warnings: vars.into_warnings(),
        })
    }
}

fn tracking<F: Fn(&str) -> Option<String>>(vars: &Variables<F>) -> Result<PageTracking, TelemetryConfigError> {
    let defaults = PageTracking::default();
    Ok(PageTracking {
        enabled: vars.bool("SOCKET_TRACKING_ENABLED", defaults.enabled)?,
        metrics: vars.bool("SOCKET_TRACKING_METRICS", defaults.metrics)?,
        detailed_logging: vars.bool("SOCKET_TRACKING_DETAILED_LOGGING", defaults.detailed_logging)?,
        timeout_ms: vars.number("SOCKET_TRACKING_TIMEOUT_MS", defaults.timeout_ms)?,
        slow_ms: vars.number("SOCKET_TRACKING_SLOW_MS", defaults.slow_ms)?,
        max_pending: vars.number("SOCKET_TRACKING_MAX_PENDING", defaults.max_pending)?,
    })
}

fn sampling<F: Fn(&str) -> Option<String>>(vars: &mut Variables<F>) -> Result<SamplingConfig, TelemetryConfigError> {
    let ours = match vars.text("OTEL_SAMPLE_RATE") {
        None => None,
        Some(text) => match text.parse() {
            Ok(rate) if (0.0..=1.0).contains(&rate) => Some(rate),
            _ => {
                let expected = "a number from 0 to 1";
                return Err(TelemetryConfigError::Value { variable: "OTEL_SAMPLE_RATE", value: text, expected });
            }
        },
    };
    let fallback = SamplingConfig { parent_based: true, rate: ours.unwrap_or(1.0) };
    let Some(name) = vars.text("OTEL_TRACES_SAMPLER") else { return Ok(fallback) };
    let ratio = |vars: &mut Variables<F>| {
        let argument = vars.text("OTEL_TRACES_SAMPLER_ARG");
        match argument.as_deref().map(str::parse::<f64>) {
            None => 1.0,
            Some(Ok(rate)) if (0.0..=1.0).contains(&rate) => rate,
            Some(_) => {
                vars.warn("OTEL_TRACES_SAMPLER_ARG is not a number from 0 to 1; 1 is used");
                1.0
            }
        }
    };
    let sampling = match name.to_ascii_lowercase().as_str() {
        "always_on" => SamplingConfig { parent_based: false, rate: 1.0 },
        "always_off" => SamplingConfig { parent_based: false, rate: 0.0 },
        "traceidratio" => SamplingConfig { parent_based: false, rate: ratio(vars) },
        "parentbased_always_on" => SamplingConfig { parent_based: true, rate: 1.0 },
        "parentbased_always_off" => SamplingConfig { parent_based: true, rate: 0.0 },
        "parentbased_traceidratio" => SamplingConfig { parent_based: true, rate: ratio(vars) },
        _ => {
            vars.warn(format!("OTEL_TRACES_SAMPLER is {name:?}, which is not known; it is ignored"));
            return Ok(fallback);
        }
    };
    if ours.is_some() {
        vars.warn("OTEL_TRACES_SAMPLER and OTEL_SAMPLE_RATE are both set; OTEL_TRACES_SAMPLER is used");
    }
    Ok(sampling)
}

fn propagators<F: Fn(&str) -> Option<String>>(vars: &mut Variables<F>) -> Option<Vec<PropagatorKind>> {
    let text = vars.text("OTEL_PROPAGATORS")?;
    let mut kinds = Vec::new();
    for name in text.split(',').map(str::trim) {
        let kind = match name.to_ascii_lowercase().as_str() {
            "b3" => PropagatorKind::B3,
            "b3multi" => PropagatorKind::B3Multi,
            "tracecontext" => PropagatorKind::TraceContext,
            "baggage" => PropagatorKind::Baggage,
            "none" => continue,
            _ => {
                vars.warn(format!("OTEL_PROPAGATORS has {name:?}, which is not known; it is ignored"));
                continue;
            }
        };
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    Some(kinds)
}

fn batch<F: Fn(&str) -> Option<String>>(vars: &mut Variables<F>) -> BatchConfig {
    let defaults = BatchConfig::default();
    let max_queue = vars.standard_number("OTEL_BSP_MAX_QUEUE_SIZE", defaults.max_queue as u64);
    let max_batch = vars.standard_number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", defaults.max_batch as u64);
    let millis = |duration: Duration| duration.as_millis() as u64;
    // The specification caps the batch at the queue; the queue itself is capped so that a typo cannot reserve the memory.
    let max_queue = max_queue.clamp(1, 1 << 20) as usize;
    BatchConfig {
        schedule_delay: Duration::from_millis(
            vars.standard_number("OTEL_BSP_SCHEDULE_DELAY", millis(defaults.schedule_delay)),
        ),
        export_timeout: Duration::from_millis(
            vars.standard_number("OTEL_BSP_EXPORT_TIMEOUT", millis(defaults.export_timeout)),
        ),
        max_queue,
        max_batch: (max_batch.max(1) as usize).min(max_queue),
    }
}

fn resource_attributes<F: Fn(&str) -> Option<String>>(vars: &mut Variables<F>) -> Vec<(String, String)> {
    let Some(text) = vars.text("OTEL_RESOURCE_ATTRIBUTES") else { return Vec::new() };
    let pairs = variables::pairs(&text);
    if pairs.is_none() {
        vars.warn("OTEL_RESOURCE_ATTRIBUTES is not a list of name=value pairs; it is ignored");
    }
    pairs.unwrap_or_default()
}

#[cfg(test)]
mod tests;
