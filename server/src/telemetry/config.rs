//! The telemetry settings: what the `OTEL_*`, `SOCKET_TRACKING_*` and `VITE_*` variables mean.

use std::path::PathBuf;
use std::time::Duration;

use app::page::{PageTelemetry, PageTracking};
use app::tracking::Capture;

use super::signal::Signal;

mod address;
mod backend;
mod batch;
mod browser;
mod error;
mod file;
mod limits;
mod openobserve;
mod otlp;
mod preset;
mod profile;
mod sampling;
mod trace_url;
mod variables;

pub use backend::{BackendConfig, Compression, Protocol, Takes, Tls, TlsFile};
pub use batch::{BatchConfig, Batches};
pub use error::TelemetryConfigError;
pub use file::BackendTable;
pub use limits::{LogLimits, SpanLimits};
pub use profile::Profile;
pub use sampling::SamplingConfig;

use otlp::Exporters;
use variables::Variables;

/// Names of destinations that the file may not give away again.
const RESERVED: [&str; 4] = [super::ledger::LOCAL, otlp::NAME, openobserve::NAME, browser::NAME];

/// What the disk spool may take when nobody says.
const DEFAULT_SPOOL: u64 = 256 << 20;

/// The settings of everything that records, keeps and exports; read once at start.
#[derive(Clone, Debug)]
pub struct TelemetryConfig {
    /// Whether anything is recorded at all (`OTEL_SDK_DISABLED`).
    pub recording: bool,
    /// Where records are exported to, an entry for each backend and signal; empty when nothing leaves the machine.
    pub backends: Vec<BackendConfig>,
    /// The server's name in its resource (`OTEL_SERVICE_NAME`).
    pub service_name: String,
    /// More about the server for its resource (`OTEL_RESOURCE_ATTRIBUTES`).
    pub resource_attributes: Vec<(String, String)>,
    /// Which traces without a decision are recorded.
    pub sampling: SamplingConfig,
    /// Which headers carry the context over HTTP (`OTEL_PROPAGATORS`).
    pub propagators: Vec<PropagatorKind>,
    /// How much one span of the server may hold.
    pub limits: SpanLimits,
    /// How much one log record of the server may hold.
    pub log_limits: LogLimits,
    /// How records are batched towards backends.
    pub batches: Batches,
    /// How often metrics are exported (`OTEL_METRIC_EXPORT_INTERVAL`).
    pub metric_interval: Duration,
    /// Where batches wait for a backend that does not take them.
    pub spool: SpoolConfig,
    /// Whether to log in detail (`OTEL_DEBUG`, `--debug`).
    pub debug: bool,
    /// Which signals are also written to standard error, as lines of OTLP/JSON (`OTEL_DEBUG`, `--debug`,
    /// `OTEL_*_EXPORTER=console`).
    pub console: Vec<Signal>,
    /// How much telemetry says of itself in the log, in the words of a log filter (`OTEL_LOG_LEVEL`).
    pub log_level: Option<&'static str>,
    /// Whether each ended request is also a log record (`SOCKET_TRACKING_EVENT_LOGS`).
    pub event_logs: bool,
    /// Where a trace is seen in a backend, with `{traceId}` for its id.
    pub trace_url: Option<String>,
    /// What the server's own tracker does.
    pub tracking: PageTracking,
    /// How much of each payload the server's tracker keeps (`SOCKET_TRACKING_PAYLOAD`).
    pub payload: Capture,
    /// What the page's tracker does.
    pub page_tracking: PageTracking,
    /// What the page's exporter does.
    pub page_telemetry: PageTelemetry,
    /// What was ignored, as sentences that name the variable.
    pub warnings: Vec<String>,
}

/// Where batches wait for a backend that does not take them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpoolConfig {
    /// The directory (`TELEMETRY_SPOOL_DIR`); without one there is no spool.
    pub dir: Option<PathBuf>,
    /// How much it may take (`TELEMETRY_SPOOL_MAX_BYTES`); 0 is no spool at all.
    pub max_bytes: u64,
}

impl Default for SpoolConfig {
    fn default() -> Self {
        Self { dir: None, max_bytes: DEFAULT_SPOOL }
    }
}

/// What is said of telemetry elsewhere than in its variables.
#[derive(Clone, Default)]
pub struct Given {
    /// What is usual where the server runs; a variable wins over it.
    pub profile: Option<Profile>,
    /// Whether details are asked for (`--debug`), as `OTEL_DEBUG` does.
    pub debug: bool,
    /// The backends of the settings file.
    pub backends: Vec<BackendTable>,
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

impl Default for TelemetryConfig {
    /// The settings of an empty environment: everything is recorded, nothing leaves the machine.
    fn default() -> Self {
        Self {
            recording: true,
            backends: Vec::new(),
            service_name: super::span::SERVICE.to_owned(),
            resource_attributes: Vec::new(),
            sampling: SamplingConfig { parent_based: true, rate: 1.0, tail_keeping: true },
            propagators: vec![PropagatorKind::B3, PropagatorKind::TraceContext, PropagatorKind::Baggage],
            limits: SpanLimits::default(),
            log_limits: LogLimits::default(),
            batches: Batches::default(),
            metric_interval: Duration::from_secs(60),
            spool: SpoolConfig::default(),
            debug: false,
            console: Vec::new(),
            log_level: None,
            event_logs: false,
            trace_url: None,
            tracking: PageTracking::default(),
            payload: Capture::default(),
            page_tracking: PageTracking::default(),
            page_telemetry: PageTelemetry::default(),
            warnings: Vec::new(),
        }
    }
}

impl TelemetryConfig {
    /// Reads the settings from whatever knows the variables, beside what is said elsewhere; an empty value counts as
    /// unset.
    ///
    /// # Errors
    ///
    /// Names the first setting that cannot be used.
    pub fn read(given: &Given, vars: impl Fn(&str) -> Option<String>) -> Result<Self, TelemetryConfigError> {
        let mut vars = Variables::new(vars);
        let defaults = Self::default();
        let profile = given.profile.map(Profile::defaults).unwrap_or_default();
        let recording = !vars.standard_bool("OTEL_SDK_DISABLED", false);
        let sampling = sampling::from_vars(&mut vars, profile.rate)?;
        let (of_spans, of_logs) = limits::from_vars(&mut vars);
        let tracking = tracking(&vars, profile.detailed_logging)?;
        let debug = vars.bool("OTEL_DEBUG", false)? || given.debug;
        let exporters = Signal::ALL.map(|signal| (signal, Exporters::from_vars(&mut vars, signal)));
        let of = |signal| exporters.iter().find(|(other, _)| *other == signal).map(|(_, exporters)| *exporters);
        let of = |signal| of(signal).unwrap_or_default();
        let page_telemetry = PageTelemetry {
            enabled: vars.bool("VITE_TELEMETRY_ENABLED", true)? && recording,
            sample_rate: sampling.rate,
            tail_keeping: sampling.tail_keeping,
            batch_size: vars.number("SOCKET_TRACKING_BATCH_SIZE", defaults.page_telemetry.batch_size)?.max(1),
            flush_ms: vars.number("SOCKET_TRACKING_FLUSH_MS", defaults.page_telemetry.flush_ms)?,
            input_rate: vars.number("SOCKET_TRACKING_INPUT_RATE", defaults.page_telemetry.input_rate)?,
        };
        let backends = if recording { backends(&mut vars, given, of, page_telemetry.enabled)? } else { Vec::new() };
        let console: Vec<_> = Signal::ALL.into_iter().filter(|signal| debug || of(*signal).console).collect();
        Ok(Self {
            recording,
            event_logs: event_logs(&mut vars, &backends, &console)?,
            backends,
            service_name: vars.text("OTEL_SERVICE_NAME").unwrap_or(defaults.service_name),
            resource_attributes: resource_attributes(&mut vars),
            sampling,
            propagators: propagators(&mut vars).unwrap_or(defaults.propagators),
            limits: of_spans,
            log_limits: of_logs,
            batches: Batches::from_vars(&mut vars),
            metric_interval: batch::millis(&mut vars, "OTEL_METRIC_EXPORT_INTERVAL", defaults.metric_interval),
            spool: SpoolConfig {
                dir: vars.text("TELEMETRY_SPOOL_DIR").map(PathBuf::from),
                max_bytes: vars.large_number("TELEMETRY_SPOOL_MAX_BYTES", DEFAULT_SPOOL)?,
            },
            debug,
            console,
            log_level: log_level(&mut vars),
            trace_url: trace_url::from_vars(&vars)?,
            payload: if tracking.enabled { payload(&vars)? } else { Capture::None },
            page_tracking: PageTracking {
                enabled: vars.bool("VITE_SOCKET_TRACKING_ENABLED", true)?,
                ..tracking.clone()
            },
            page_telemetry,
            tracking,
            warnings: vars.into_warnings(),
        })
    }
}

impl TelemetryConfig {
    /// Whether there is anybody who takes a signal beside the local store: a backend, or standard error.
    pub fn takes(&self, signal: Signal) -> bool {
        takes(&self.backends, &self.console, signal)
    }
}

/// Reads all backends. `OTEL_ENABLED=false` keeps everything on the machine; unset, a backend that is named is enough.
fn backends<F: Fn(&str) -> Option<String>>(
    vars: &mut Variables<F>,
    given: &Given,
    exporters: impl Fn(Signal) -> Exporters,
    from_pages: bool,
) -> Result<Vec<BackendConfig>, TelemetryConfigError> {
    let enabled = vars.switch("OTEL_ENABLED")?;
    if enabled == Some(false) {
        return Ok(Vec::new());
    }
    let mut named = openobserve::from_vars(vars)?;
    named.extend(file::from_tables(&given.backends)?);
    let mut backends = otlp::from_vars(vars, exporters, enabled == Some(true) && named.is_empty())?;
    backends.extend(named);
    if from_pages {
        let of_pages = browser::from_vars(vars, &backends)?;
        backends.extend(of_pages);
    }
    Ok(backends)
}

fn tracking<F: Fn(&str) -> Option<String>>(
    vars: &Variables<F>,
    detailed_logging: bool,
) -> Result<PageTracking, TelemetryConfigError> {
    let defaults = PageTracking::default();
    Ok(PageTracking {
        enabled: vars.bool("SOCKET_TRACKING_ENABLED", defaults.enabled)?,
        metrics: vars.bool("SOCKET_TRACKING_METRICS", defaults.metrics)?,
        detailed_logging: vars.bool("SOCKET_TRACKING_DETAILED_LOGGING", detailed_logging)?,
        timeout_ms: vars.number("SOCKET_TRACKING_TIMEOUT_MS", defaults.timeout_ms)?,
        slow_ms: vars.number("SOCKET_TRACKING_SLOW_MS", defaults.slow_ms)?,
        max_pending: vars.number("SOCKET_TRACKING_MAX_PENDING", defaults.max_pending)?,
    })
}

fn payload<F: Fn(&str) -> Option<String>>(vars: &Variables<F>) -> Result<Capture, TelemetryConfigError> {
    let Some(text) = vars.text("SOCKET_TRACKING_PAYLOAD") else { return Ok(Capture::default()) };
    match text.to_ascii_lowercase().as_str() {
        "none" => Ok(Capture::None),
        "keys" => Ok(Capture::Keys),
        "redacted" => Ok(Capture::Redacted),
        _ => Err(TelemetryConfigError::value("SOCKET_TRACKING_PAYLOAD", text, "none, keys or redacted")),
    }
}

/// OpenObserve's users look for events in its logs.
fn event_logs<F: Fn(&str) -> Option<String>>(
    vars: &mut Variables<F>,
    backends: &[BackendConfig],
    console: &[Signal],
) -> Result<bool, TelemetryConfigError> {
    const VARIABLE: &str = "SOCKET_TRACKING_EVENT_LOGS";
    let asked = vars.switch(VARIABLE)?;
    if asked == Some(true) && !takes(backends, console, Signal::Logs) {
        vars.warn(format!("{VARIABLE} is true, and has no effect without a backend for logs"));
    }
    let is_openobserve = |backend: &BackendConfig| backend.headers.contains_key(openobserve::STREAM_NAME);
    Ok(asked.unwrap_or_else(|| backends.iter().any(is_openobserve)))
}

fn takes(backends: &[BackendConfig], console: &[Signal], signal: Signal) -> bool {
    backends.iter().any(|backend| backend.signal == signal) || console.contains(&signal)
}

fn log_level<F: Fn(&str) -> Option<String>>(vars: &mut Variables<F>) -> Option<&'static str> {
    let text = vars.text("OTEL_LOG_LEVEL")?;
    let level = match text.to_ascii_lowercase().as_str() {
        "none" | "off" => "off",
        "error" => "error",
        "warn" | "warning" => "warn",
        "info" => "info",
        "debug" => "debug",
        "verbose" | "trace" | "all" => "trace",
        _ => {
            vars.warn(format!("OTEL_LOG_LEVEL is {text:?}, which is not known; it is ignored"));
            return None;
        }
    };
    Some(level)
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
