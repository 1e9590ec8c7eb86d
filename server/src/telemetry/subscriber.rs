//! Where `tracing` goes: lines to standard error, log records to the outbox, spans to OpenTelemetry.

use std::io::IsTerminal;

use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::level_filters::LevelFilter;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::filter::{EnvFilter, FilterExt, FilterFn, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use super::SCOPE;
use super::logs::{Correlated, LogLayer, Logs};

/// Crates whose spans never reach OTLP, by the beginning of their targets, whatever the log filter says:
/// the first two log message bodies and connection ids, the others are the exporter itself.
const KEPT_OUT: [&str; 5] = ["socketioxide", "engineioxide", "hyper", "reqwest", "opentelemetry"];

/// How much detail of spans reaches OTLP.
const EXPORTED: LevelFilter = LevelFilter::INFO;

/// Spans of this module are OTLP's business; on a log line their thirty fields would hide the message.
const SPANS: &str = "server::telemetry::span";

/// What is written to standard error, and leaves as log records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogConfig {
    /// Directives as in `RUST_LOG`: `info`, or `info,server::terminal=debug`.
    pub filter: String,
}

impl Default for LogConfig {
    /// What one wants to know of a running server; OpenTelemetry would tell at `info` what it was told to do.
    fn default() -> Self {
        Self { filter: "info,opentelemetry=warn".to_owned() }
    }
}

impl LogConfig {
    /// Reads the filter. Each layer has one of its own: a filter remembers what it has let through.
    ///
    /// # Errors
    ///
    /// When it cannot be understood.
    pub(super) fn filter(&self) -> Result<EnvFilter, LogFilterError> {
        EnvFilter::try_new(&self.filter)
            .map_err(|error| LogFilterError { filter: self.filter.clone(), problem: error.to_string() })
    }
}

/// The log filter cannot be understood.
#[derive(Debug, thiserror::Error)]
#[error("RUST_LOG is {filter:?}, which cannot be understood: {problem}")]
pub struct LogFilterError {
    filter: String,
    problem: String,
}

/// Makes this the process's subscriber; returns whether it was the first. Without a provider nothing records spans, and making
/// one costs nothing.
pub(super) fn install(
    log: &LogConfig,
    provider: Option<&SdkTracerProvider>,
    logs: Option<Logs>,
) -> Result<bool, LogFilterError> {
    let ansi = std::io::stderr().is_terminal();
    let stderr = fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(ansi)
        .event_format(Correlated::new(ansi))
        .with_filter(log.filter()?.and(any_level(|metadata| metadata.is_event() || metadata.target() != SPANS)));
    let records = match logs {
        Some(logs) => Some(records(logs, log.filter()?)),
        None => None,
    };
    // Spans first: what is entered when a line is written has been entered there.
    Ok(tracing_subscriber::registry().with(provider.map(layer)).with(records).with(stderr).try_init().is_ok())
}

/// Turns events that the log filter lets through into log records.
pub(super) fn records<S>(logs: Logs, filter: EnvFilter) -> impl Layer<S> + use<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    LogLayer::new(logs).with_filter(filter.and(any_level(LogLayer::takes)))
}

/// Turns spans into OpenTelemetry's, with the attributes they declare and no others.
pub(super) fn layer<S>(provider: &SdkTracerProvider) -> impl Layer<S> + use<S>
where
    S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
{
    tracing_opentelemetry::layer()
        .with_tracer(provider.tracer(SCOPE))
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_tracked_inactivity(false)
        .with_error_events_to_status(false)
        .with_error_events_to_exceptions(false)
        .with_error_fields_to_exceptions(false)
        .with_error_records_to_exceptions(false)
        .with_filter(filter_fn(exported).with_max_level_hint(EXPORTED))
}

/// A filter that leaves the level to the other it is joined with. One that says nothing of levels would have every line of every
/// crate looked at, however little is logged: each message of a web socket is a dozen of them.
fn any_level<F: Fn(&Metadata<'_>) -> bool>(takes: F) -> FilterFn<F> {
    filter_fn(takes).with_max_level_hint(LevelFilter::TRACE)
}

fn exported(metadata: &Metadata<'_>) -> bool {
    *metadata.level() <= EXPORTED && !KEPT_OUT.iter().any(|name| metadata.target().starts_with(name))
}
