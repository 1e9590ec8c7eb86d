//! What is counted and measured: recorded through OpenTelemetry's meters, and collected once for backends and `/metrics` alike.
//!
//! ```text
//! rooms → Metrics (counters, histograms) ─┐
//! ledger, /proc, sockets (looked at) ─────┼→ collect → OTLP    → outbox → backends
//! pages → relay → Pages (side="browser") ─┤          → text    → GET /metrics
//! extensions → tracker → Custom ──────────┘
//! ```
//!
//! Every label is from a closed list, and each instrument has a limit of series besides.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use app::trace::ledger::LedgerView;
use app::tracking::meter::ERRORS;
use opentelemetry::metrics::MeterProvider;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::{Metric, ResourceMetrics};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::reader::MetricReader;
use opentelemetry_sdk::metrics::{
    Instrument, InstrumentKind, ManualReader, Pipeline, SdkMeterProvider, Stream, Temporality, data,
};

mod bound;
mod custom;
mod exposition;
mod instruments;
mod labels;
mod name;
mod observed;
mod pages;
mod process;
mod recording;

pub(super) use exposition::CONTENT_TYPE;
pub use labels::{Direction, Handshake, Stored};
pub(super) use pages::Added;
pub use recording::{Answered, Metrics, Pending, SocketFigures};

use self::custom::Custom;
use self::pages::Pages;
use self::process::Process;
use super::SCOPE;
use super::ledger::Ledger;

/// Series of one instrument at most; one more is counted under `otel_metric_overflow`. Every event in both directions is fewer.
/// The SDK keeps room for all of them from the start, which is why its own limit is too high.
const MAX_SERIES: usize = 512;

/// Series of the one instrument that has more: errors of every event in every way on both sides.
const MAX_ERRORS: usize = 2_048;

/// All metrics of one server.
#[derive(Debug)]
pub(super) struct Registry {
    provider: SdkMeterProvider,
    reader: Reader,
    metrics: Metrics,
    pages: Pages,
    custom: Custom,
    ledger: Arc<Ledger>,
    moment: Arc<Mutex<Moment>>,
    since: SystemTime,
    /// Held while metrics are collected, so that what is observed belongs to one moment.
    collecting: Mutex<()>,
}

/// What is looked at when metrics are collected, all at the same moment.
#[derive(Clone, Debug, Default)]
struct Moment {
    ledger: LedgerView,
    process: Option<Process>,
}

impl Registry {
    /// Opens the registry. `slow` is the duration from which on an answer is slow; without it nothing is recorded, and only
    /// what is looked at is there.
    pub(super) fn new(resource: Resource, ledger: Arc<Ledger>, slow: Option<Duration>) -> Self {
        let reader = Reader::default();
        let provider = SdkMeterProvider::builder()
            .with_resource(resource)
            .with_reader(reader.clone())
            .with_view(|instrument: &Instrument| {
                let limit = if instrument.name() == ERRORS { MAX_ERRORS } else { MAX_SERIES };
                Stream::builder().with_cardinality_limit(limit).build().ok()
            })
            .build();
        let meter = provider.meter(SCOPE);
        let moment = Arc::default();
        observed::register(&meter, &moment);
        let metrics = slow.map_or_else(Metrics::default, |slow| Metrics::new(meter, slow));
        let (pages, custom) = (Pages::default(), Custom::default());
        let (collecting, since) = (Mutex::default(), SystemTime::now());
        Self { provider, reader, metrics, pages, custom, ledger, moment, since, collecting }
    }

    /// Where the rooms say what happens.
    pub(super) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The provider, for instruments of others.
    pub(super) fn provider(&self) -> &SdkMeterProvider {
        &self.provider
    }

    /// Adds a page's metric to ours, if it is one of them.
    pub(super) fn add(&self, metric: &Metric) -> Added {
        match self.metrics.recording() {
            Some(recording) => self.pages.add(metric, &recording.instruments),
            None => Added::Unknown,
        }
    }

    /// Says where the figures of extensions are looked up. Where nothing is recorded they are not either.
    pub(super) fn look_at_custom(&self, look: impl Fn() -> BTreeMap<String, f64> + Send + Sync + 'static) {
        if self.metrics.recording().is_some() {
            self.custom.look_at(look);
        }
    }

    /// Returns all metrics as they are now, as OTLP.
    pub(super) fn collect(&self) -> ExportMetricsServiceRequest {
        let _one_at_a_time = lock(&self.collecting);
        *lock(&self.moment) = Moment { ledger: self.ledger.view(), process: Process::look() };
        let mut collected = data::ResourceMetrics::default();
        if let Err(error) = self.reader.collect(&mut collected) {
            // It fails once the provider is shut down, and then nobody asks any more.
            tracing::warn!(%error, "metrics cannot be collected");
        }
        let mut request = ExportMetricsServiceRequest::from(&collected);
        let ours = request.resource_metrics.iter_mut().flat_map(|of_resource| &mut of_resource.scope_metrics);
        if let Some(ours) = ours.into_iter().find(|of_scope| of_scope.scope.as_ref().is_some_and(|s| s.name == SCOPE)) {
            self.pages.add_to(&mut ours.metrics, self.since);
            self.custom.add_to(&mut ours.metrics, self.since);
        }
        request
    }

    /// Returns all metrics as they are now, in Prometheus's text format.
    pub(super) fn exposition(&self) -> String {
        let request = self.collect();
        exposition::write(request.resource_metrics.first().unwrap_or(&ResourceMetrics::default()))
    }
}

/// The reader, which the provider takes for itself, to be asked by us as well.
#[derive(Clone, Debug, Default)]
struct Reader(Arc<ManualReader>);

impl MetricReader for Reader {
    fn register_pipeline(&self, pipeline: std::sync::Weak<Pipeline>) {
        self.0.register_pipeline(pipeline);
    }

    fn collect(&self, into: &mut data::ResourceMetrics) -> OTelSdkResult {
        self.0.collect(into)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn temporality(&self, kind: InstrumentKind) -> Temporality {
        self.0.temporality(kind)
    }
}

/// Nanoseconds since 1970.
fn nanos(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

/// Locks for a few lines that leave the data whole at each step, so that a poisoned lock is still good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
