//! Telemetry: what the server and its pages record, where it is kept, and how it leaves the machine.
//!
//! ```text
//! spans made by `tracing`  → processor → thread → exporter ─┐
//! what pages post          → relay (limit, redact, stamp) ──┼→ outbox → local store (traces)
//! log lines                → records ───────────────────────┤         → backends (OTLP/HTTP), each signal by itself
//! metrics, pages' included → every minute ──────────────────┘
//! ```
//!
//! Nothing here ever makes the program wait: every queue is bounded, and what does not fit is counted in the ledger.

use std::sync::{Arc, Weak};
use std::time::Duration;

use app::trace::Sampling;
use app::trace::ledger::LedgerView;
use app::tracking::{Micros, Settled, Tracker};
use opentelemetry::Context;
use opentelemetry::trace::{Span as _, SpanKind, Tracer, TracerProvider};
use opentelemetry_sdk::trace::SdkTracerProvider;
use prost::Message as _;
use tokio::time::{MissedTickBehavior, interval};

mod command;
pub mod config;
mod events;
pub mod examine;
mod exporter;
mod handover;
mod http;
mod ids;
mod ledger;
mod limits;
mod logs;
mod metrics;
mod outbox;
mod processor;
mod propagator;
mod record;
mod relay;
mod resource;
mod sampler;
mod signal;
pub mod span;
mod spool;
mod subscriber;
mod tail;

pub use command::{CommandRecord, record_command};
pub use config::{TelemetryConfig, TelemetryConfigError};
pub use exporter::{ExportError, SocketTraceExporter};
pub use http::{
    FromTerminal, HttpLayer, RelayKey, Transport, hide_secrets, http_layer, lower_debug, measure, measure_transport,
    refuse as refuse_post, routes, show_secrets, trace_headers,
};
pub use metrics::{Answered, Direction, Handshake, Metrics, Pending, SocketFigures, Stored};
pub use outbox::ClientError;
pub use signal::Signal;
pub use subscriber::{LogConfig, LogFilterError};

use self::events::Events;
use self::exporter::Exporters;
use self::ids::Ids;
use self::ledger::Ledger;
use self::logs::Logs;
use self::metrics::Registry;
use self::outbox::Outbox;
use self::processor::HandOverProcessor;
use self::propagator::Decision;
use self::resource::Stamp;
use self::sampler::B3Sampler;

/// The instrumentation scope of the spans made here.
const SCOPE: &str = "aetherterm.socketio";

/// The share of a shutdown's deadline that encoding the last spans may take, and handing over the last log records.
const ENCODING_SHARE: u32 = 4;

/// The running telemetry of one server; clones are handles to the same.
#[derive(Clone, Debug)]
pub struct Telemetry {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    provider: SdkTracerProvider,
    outbox: Outbox,
    ledger: Arc<Ledger>,
    metrics: Registry,
    /// None where nobody takes log records.
    logs: Option<Logs>,
    events: Events,
    stamp: Stamp,
    recording: bool,
    detailed_logging: bool,
    limiter: http::RateLimiter,
    taken: http::Taken,
}

/// Why telemetry does not start.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// No HTTP client for a backend.
    #[error(transparent)]
    Client(#[from] outbox::ClientError),
    /// The encoder's configuration.
    #[error("the OTLP encoder cannot be built: {0}")]
    Encoder(#[from] opentelemetry_otlp::ExporterBuildError),
    /// The thread that encodes.
    #[error("the telemetry thread cannot be started: {0}")]
    Thread(#[source] std::io::Error),
    /// The log filter.
    #[error(transparent)]
    Log(#[from] LogFilterError),
}

/// Starts telemetry and makes it the process's: propagator, tracer provider, `tracing` subscriber.
///
/// Call it inside a Tokio runtime. The first call in a process installs the globals; a later one, as in tests that
/// start several servers, gets a store, a relay and backends of its own, while spans go on to the first.
///
/// # Errors
///
/// When a backend's client, the encoder or the log filter cannot be set up.
pub fn init(config: &TelemetryConfig, log: &LogConfig) -> Result<Telemetry, InitError> {
    let telemetry = Telemetry::start(config)?;
    let provider = telemetry.inner.recording.then_some(&telemetry.inner.provider);
    if subscriber::install(log, provider, telemetry.inner.logs.clone())? {
        span::name_service(&config.service_name);
        opentelemetry::global::set_text_map_propagator(propagator::compose(&config.propagators));
        opentelemetry::global::set_tracer_provider(telemetry.inner.provider.clone());
        if telemetry.inner.recording {
            opentelemetry::global::set_meter_provider(telemetry.inner.metrics.provider().clone());
        }
    }
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    if let Some(problem) = telemetry.inner.outbox.no_spool() {
        tracing::warn!("batches wait in memory only, there is no spool: {problem}");
    }
    for backend in &config.backends {
        tracing::info!(backend = backend.name, signal = %backend.signal, address = backend.address(), "exporting");
    }
    telemetry.self_test(config);
    Ok(telemetry)
}

impl Telemetry {
    /// Starts the pipeline without touching the process's globals.
    fn start(config: &TelemetryConfig) -> Result<Self, InitError> {
        let ledger = Arc::new(Ledger::new(&config.backends));
        let outbox = Outbox::start(config, Arc::clone(&ledger))?;
        let stamp = Stamp::new(config);
        let resource = resource::server(config, &stamp);
        let metrics = Registry::new(resource.clone(), Arc::clone(&ledger), slow_limit(config));
        let mut builder = SdkTracerProvider::builder()
            .with_id_generator(Ids::default())
            .with_sampler(B3Sampler::new(config.sampling))
            .with_span_limits(limits::counts(&config.limits));
        if config.recording {
            let (outbox, ledger) = (outbox.clone(), Arc::clone(&ledger));
            let processor = HandOverProcessor::start(&resource, config.limits, slow(config), outbox, ledger)?;
            builder = builder.with_span_processor(processor);
        }
        let logs = (config.recording && config.takes(Signal::Logs))
            .then(|| Logs::start(&resource, config.log_limits, outbox.clone(), Arc::clone(&ledger)));
        let events = Events {
            logs: logs.clone().filter(|_| config.event_logs),
            exporters: Exporters::default(),
            slow: u64::from(config.tracking.slow_ms) * 1_000,
        };
        let provider = builder.with_resource(resource).build();
        let limiter = http::RateLimiter::default();
        let inner = Arc::new(Inner {
            provider,
            outbox,
            ledger,
            metrics,
            logs,
            events,
            stamp,
            recording: config.recording,
            detailed_logging: config.tracking.enabled && config.tracking.detailed_logging,
            limiter,
            taken: http::Taken::default(),
        });
        if config.takes(Signal::Metrics) {
            tokio::spawn(export_metrics(Arc::downgrade(&inner), config.metric_interval));
        }
        Ok(Self { inner })
    }

    /// Sends one span and the first figures the whole way; each task of a backend that takes them logs `export ok`, or what
    /// failed. Those that take log records alone are tried with the first of them.
    fn self_test(&self, config: &TelemetryConfig) {
        if config.backends.iter().any(|backend| backend.signal == Signal::Metrics) {
            self.inner.export_metrics();
        }
        if !config.backends.iter().any(|backend| backend.signal == Signal::Traces) {
            return;
        }
        let tracer = self.inner.provider.tracer("aetherterm.telemetry");
        // Debug, because the self-test must not fall victim to sampling.
        let cx = Context::new().with_value(Decision(Sampling::Debug));
        tracer.span_builder("telemetry.self_test").with_kind(SpanKind::Internal).start_with_context(&tracer, &cx).end();
    }

    /// Returns what became of every record so far.
    pub fn ledger(&self) -> LedgerView {
        self.inner.ledger.view()
    }

    /// The names of all that records go to, each once: the local store, the backends, the exporters.
    pub fn destinations(&self) -> Vec<String> {
        self.inner.ledger.names()
    }

    /// Returns all metrics as they are now, in Prometheus's text format.
    pub fn exposition(&self) -> String {
        self.inner.metrics.exposition()
    }

    /// Where the rooms say what is counted and measured.
    pub fn metrics(&self) -> &Metrics {
        self.inner.metrics.metrics()
    }

    /// Adds one more exporter of trace events; `name` is what the ledger and the log call it.
    ///
    /// # Errors
    ///
    /// When its thread cannot be started.
    pub fn add_exporter(&self, name: &str, exporter: impl SocketTraceExporter) -> std::io::Result<()> {
        self.inner.events.exporters.add(name, exporter, &self.inner.ledger, self.inner.detailed_logging)
    }

    /// Exports the figures that callers of this tracker have set (`custom_metric`) beside all others, as long as it lives.
    pub fn look_at_figures(&self, tracker: Weak<dyn Tracker>) {
        self.inner.metrics.look_at_custom(move || {
            // Rates are not asked for, so that the time does not matter.
            tracker.upgrade().map(|tracker| tracker.metrics(Micros::MAX).custom).unwrap_or_default()
        });
    }

    /// Whether anybody wants to be told how requests end.
    pub fn wants_events(&self) -> bool {
        self.inner.events.are_wanted()
    }

    /// Tells how a request ended: log records where the settings ask for them, and the exporters.
    pub fn tell(&self, settled: &Settled) {
        self.inner.events.tell(settled);
    }

    /// The server's `service.name`.
    pub fn service_name(&self) -> &str {
        &self.inner.stamp.server_name
    }

    /// Ends the live streams of the trace API and whatever else waits for news, so that HTTP can shut down; then sends
    /// what is queued, and gives up at the deadline.
    ///
    /// Streams end as soon as this is called; call it beside the HTTP server's own shutdown, not after it.
    pub async fn shutdown(&self, deadline: Duration) {
        let started = tokio::time::Instant::now();
        self.inner.outbox.end_streams();
        let provider = self.inner.provider.clone();
        let encoding = deadline / ENCODING_SHARE;
        // The provider's shutdown waits for the encoder's thread. An error says that it was not in time or that this
        // is a second shutdown; the ledger has the spans either way.
        let _ = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(encoding)).await;
        self.inner.events.exporters.close(encoding).await;
        if let Some(logs) = &self.inner.logs {
            logs.close(encoding).await;
        }
        self.inner.export_metrics();
        self.inner.outbox.close(deadline.saturating_sub(started.elapsed())).await;
    }
}

impl Inner {
    /// Hands all metrics over as they are now. Where no backend takes metrics, nobody gets them.
    fn export_metrics(&self) {
        if self.recording {
            let body = self.metrics.collect().encode_to_vec();
            self.outbox.hand_over(Signal::Metrics, body.into()).expect("what was encoded just now can be decoded");
        }
    }
}

/// Exports metrics until the server ends; the last ones are its shutdown's.
async fn export_metrics(inner: Weak<Inner>, every: Duration) {
    let Some(ending) = inner.upgrade().map(|inner| inner.outbox.streams().clone()) else { return };
    // No time at all would be all the time.
    let mut ticks = interval(every.max(Duration::from_millis(1)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The first tick is at once, when there is nothing to tell yet.
    ticks.tick().await;
    while ending.run_until_cancelled(ticks.tick()).await.is_some() {
        let Some(inner) = inner.upgrade() else { return };
        inner.export_metrics();
    }
}

/// From which duration on an answer is slow; none where no metrics are to be recorded.
fn slow_limit(config: &TelemetryConfig) -> Option<Duration> {
    let tracking = &config.tracking;
    let recorded = config.recording && tracking.enabled && tracking.metrics;
    recorded.then(|| slow(config))
}

fn slow(config: &TelemetryConfig) -> Duration {
    Duration::from_millis(config.tracking.slow_ms.into())
}

#[cfg(test)]
mod tests;
