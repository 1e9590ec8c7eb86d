//! The outbox: the one task through which every finished record goes, spans into the local store, and everything to the
//! queues of the backends that take its signal.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use app::monitor::TraceRow;
use app::trace::TraceId;
use bytes::Bytes;
use opentelemetry_proto::tonic::trace::v1::ResourceSpans;
use prost::DecodeError;
use tokio::sync::{Notify, broadcast, mpsc, oneshot};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::delivery::Delivery;
use self::gather::Gatherer;
use self::task::{Batch, Question, Task};
use super::config::{BackendConfig, BatchConfig, TelemetryConfig};
use super::ledger::{Account, Ledger, Reason};
use super::record::{Record, split, weigh};
use super::signal::{Kind, Signal};
use super::spool::{Spool, SpoolError, lane_name};

mod client;
mod delivery;
mod filter;
mod gather;
mod post;
mod store;
mod summary;
mod task;

pub use client::ClientError;
pub(super) use client::Clients;
pub(super) use delivery::{FIRST_PAUSE, jittered};
pub(super) use filter::{FilterError, TraceFilter};
pub(super) use post::{Answer, post};

/// Batches on their way into the outbox; each holds up to 512 records, and the task empties it in microseconds.
const MAX_BATCHES: usize = 64;
/// Questions waiting for the store; a browser asks one at a time.
const MAX_QUESTIONS: usize = 32;
/// The share of the time for closing that is kept for writing to the spool what nobody has taken.
const LAST_WORDS: u32 = 4;
/// How long the end waits for it to be written down that nothing is left in memory; that takes milliseconds.
const WITNESSED: Duration = Duration::from_millis(200);
/// Row updates a subscriber may be behind before it is told that it missed some.
const MAX_UPDATES: usize = 256;

/// The way into the outbox.
#[derive(Clone, Debug)]
pub(super) struct Outbox {
    batches: mpsc::Sender<Batch>,
    questions: mpsc::Sender<Question>,
    updates: broadcast::Sender<TraceRow>,
    ledger: Arc<Ledger>,
    tasks: TaskTracker,
    streams: CancellationToken,
    closing: CancellationToken,
    abandon: CancellationToken,
    /// Why there is no spool where there should be one.
    no_spool: Option<Arc<SpoolError>>,
}

/// What the two tasks of one backend share: one gathers batches, the other delivers them.
struct Destination {
    backend: BackendConfig,
    batch: BatchConfig,
    ledger: Arc<Ledger>,
    /// Its place among the backends and in the spool; its account is one further.
    index: usize,
    spool: Option<Spool>,
    /// Whether each delivery is logged.
    detailed_logging: bool,
    /// Told when a batch has gone past delivery into the spool.
    spilled: Notify,
    /// Whether the backend did not take the last batch.
    is_failing: AtomicBool,
    /// Cancelled when the server stops: no more waiting for better times.
    closing: CancellationToken,
    /// Cancelled when it is about to be over: no more waiting for answers.
    abandon: CancellationToken,
}

impl Destination {
    fn account(&self) -> &Account {
        self.ledger.account(self.index + 1)
    }
}

impl Outbox {
    /// Starts the task and two more for each backend, on the current runtime.
    ///
    /// # Errors
    ///
    /// When no HTTP client can be made for a backend, such as with a certificate that cannot be read.
    pub(super) fn start(config: &TelemetryConfig, ledger: Arc<Ledger>) -> Result<Self, ClientError> {
        let (batches, incoming) = mpsc::channel(MAX_BATCHES);
        let (questions, asked) = mpsc::channel(MAX_QUESTIONS);
        let (updates, _) = broadcast::channel(MAX_UPDATES);
        let tasks = TaskTracker::new();
        let closing = CancellationToken::new();
        let mut queues = Vec::new();
        let (spool, no_spool) = match open_spool(config, &ledger) {
            Ok(spool) => (spool, None),
            Err(error) => (None, Some(Arc::new(error))),
        };
        let abandon = CancellationToken::new();
        let mut clients = Clients::default();
        for (index, backend) in config.backends.iter().enumerate() {
            let batch = config.batches.of(backend.signal);
            let (queue, records) = mpsc::channel(batch.max_queue);
            let destination = Arc::new(Destination {
                backend: backend.clone(),
                batch,
                ledger: Arc::clone(&ledger),
                index,
                spool: spool.clone(),
                detailed_logging: config.tracking.enabled && config.tracking.detailed_logging,
                spilled: Notify::new(),
                is_failing: AtomicBool::new(false),
                closing: closing.clone(),
                abandon: abandon.clone(),
            });
            let (parcels, gathered) = mpsc::channel(1);
            let delivery = Delivery::new(Arc::clone(&destination), clients.of(&backend.tls)?);
            tasks.spawn(Gatherer::new(destination, parcels).run(records));
            tasks.spawn(delivery.run(gathered));
            queues.push(queue);
        }
        let task = Task::new(queues, updates.clone(), Arc::clone(&ledger), config.console.clone());
        tasks.spawn(task.run(incoming, asked, closing.clone()));
        tasks.close();
        Ok(Self {
            batches,
            questions,
            updates,
            ledger,
            tasks,
            streams: CancellationToken::new(),
            closing,
            abandon,
            no_spool,
        })
    }

    /// Says why there is no spool, if there should be one. Telemetry goes on without it.
    pub(super) fn no_spool(&self) -> Option<&SpoolError> {
        self.no_spool.as_deref()
    }

    /// Hands over the body of an OTLP request in Protobuf, whose records nobody has counted yet.
    ///
    /// # Errors
    ///
    /// When it is not a request of this signal; nothing is counted then.
    pub(super) fn hand_over(&self, signal: Signal, body: Bytes) -> Result<(), DecodeError> {
        self.record(signal.into(), split(signal, body)?);
        Ok(())
    }

    /// Hands over records that nobody has counted yet.
    pub(super) fn record(&self, kind: Kind, records: Vec<Record>) {
        self.ledger.created(kind, weigh(&records));
        self.offer(kind, records);
    }

    /// Hands over records that the ledger already counts as created; those that find no room are counted as dropped.
    pub(super) fn offer(&self, kind: impl Into<Kind>, records: Vec<Record>) {
        if records.is_empty() {
            return;
        }
        let (kind, weight) = (kind.into(), weigh(&records));
        match self.batches.try_send(Batch { kind, records }) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Full(_)) => self.ledger.dropped(kind, weight, Reason::QueueFull),
            Err(mpsc::error::TrySendError::Closed(_)) => self.ledger.dropped(kind, weight, Reason::Shutdown),
        }
    }

    /// Lists traces, newest first, and the cursor of what follows; nothing once the outbox has closed.
    pub(super) async fn list(&self, filter: TraceFilter) -> (Vec<TraceRow>, Option<u64>) {
        let (answer, answered) = oneshot::channel();
        // A closed outbox drops the question and with it the answer's sender.
        let _ = self.questions.send(Question::List(filter, answer)).await;
        answered.await.unwrap_or_default()
    }

    /// Returns all spans of a trace.
    pub(super) async fn trace(&self, trace_id: TraceId) -> Option<Vec<ResourceSpans>> {
        let (answer, answered) = oneshot::channel();
        let _ = self.questions.send(Question::Trace(trace_id, answer)).await;
        answered.await.unwrap_or_default()
    }

    /// Tells of every row that changes from now on.
    pub(super) fn subscribe(&self) -> broadcast::Receiver<TraceRow> {
        self.updates.subscribe()
    }

    /// Cancelled when whoever listens for updates shall stop.
    pub(super) fn streams(&self) -> &CancellationToken {
        &self.streams
    }

    /// Tells whoever listens for updates to stop.
    pub(super) fn end_streams(&self) {
        self.streams.cancel();
    }

    /// Sends what is queued, each backend getting one more attempt; puts the rest into the spool, and gives up at the
    /// deadline.
    pub(super) async fn close(&self, deadline: Duration) {
        self.closing.cancel();
        let last_words = deadline / LAST_WORDS;
        if timeout(deadline - last_words, self.tasks.wait()).await.is_err() {
            self.abandon.cancel();
            if timeout(last_words, self.tasks.wait()).await.is_err() {
                tracing::warn!("telemetry was not exported within {deadline:?}");
            }
        }
        self.ledger.dropped_rest(Reason::Shutdown);
        // The next server is not to take for lost what is counted here. A disk that hangs does not hold up the end.
        let _ = timeout(WITNESSED, self.ledger.bell().answered()).await;
    }
}

/// Opens the spool, where there is one to be. Without a backend it is only looked at, for what an earlier process has left.
fn open_spool(config: &TelemetryConfig, ledger: &Arc<Ledger>) -> Result<Option<Spool>, SpoolError> {
    let is_wanted =
        |directory: &&Path| config.spool.max_bytes > 0 && (!config.backends.is_empty() || directory.is_dir());
    let Some(directory) = config.spool.dir.as_deref().filter(is_wanted) else { return Ok(None) };
    let lanes = config.backends.iter().map(|backend| lane_name(&backend.name, backend.signal)).collect();
    Spool::open(directory, config.spool.max_bytes, lanes, Arc::clone(ledger)).map(Some)
}
