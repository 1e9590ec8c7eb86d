//! The outbox: the one task through which every finished record goes, spans into the local store, and everything to the
//! queues of the backends that take its signal.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use app::monitor::TraceRow;
use app::trace::TraceId;
use bytes::Bytes;
use opentelemetry_proto::tonic::trace::v1::ResourceSpans;
use prost::DecodeError;
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::backend::Backend;
use self::client::Clients;
use self::store::{BUDGET, TraceStore};
use super::config::TelemetryConfig;
use super::ledger::{Ledger, Reason};
use super::record::{Record, join, json, split, weigh};
use super::signal::{Kind, Signal};

mod backend;
mod client;
mod filter;
mod post;
mod store;
mod summary;

pub use client::ClientError;
pub(super) use filter::{FilterError, TraceFilter};

/// Batches on their way into the outbox; each holds up to 512 records, and the task empties it in microseconds.
const MAX_BATCHES: usize = 64;
/// Questions waiting for the store; a browser asks one at a time.
const MAX_QUESTIONS: usize = 32;
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
}

/// Records of one kind that came together.
struct Batch {
    kind: Kind,
    records: Vec<Record>,
}

enum Question {
    List(TraceFilter, oneshot::Sender<(Vec<TraceRow>, Option<u64>)>),
    Trace(TraceId, oneshot::Sender<Option<Vec<ResourceSpans>>>),
}

impl Outbox {
    /// Starts the task and one more for each backend, on the current runtime.
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
        let mut clients = Clients::default();
        for (index, backend) in config.backends.iter().enumerate() {
            let batch = config.batches.of(backend.signal);
            let (queue, records) = mpsc::channel(batch.max_queue);
            let backend = Backend {
                config: backend.clone(),
                batch,
                client: clients.of(&backend.tls)?,
                ledger: Arc::clone(&ledger),
                account: index + 1,
                closing: closing.clone(),
            };
            tasks.spawn(backend.run(records));
            queues.push(queue);
        }
        let task = Task {
            store: TraceStore::new(BUDGET),
            queues,
            updates: updates.clone(),
            ledger: Arc::clone(&ledger),
            console: config.console.clone(),
        };
        tasks.spawn(task.run(incoming, asked, closing.clone()));
        tasks.close();
        Ok(Self { batches, questions, updates, ledger, tasks, streams: CancellationToken::new(), closing })
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

    /// Sends what is queued, each backend getting one more attempt, and gives up at the deadline.
    pub(super) async fn close(&self, deadline: Duration) {
        self.closing.cancel();
        if timeout(deadline, self.tasks.wait()).await.is_err() {
            tracing::warn!("telemetry was not exported within {deadline:?}");
        }
        self.ledger.dropped_rest(Reason::Shutdown);
    }
}

/// The task's own side: sole owner of the store.
struct Task {
    store: TraceStore,
    /// One for each backend, in their order.
    queues: Vec<mpsc::Sender<Record>>,
    updates: broadcast::Sender<TraceRow>,
    ledger: Arc<Ledger>,
    console: Vec<Signal>,
}

impl Task {
    async fn run(
        mut self,
        mut batches: mpsc::Receiver<Batch>,
        mut questions: mpsc::Receiver<Question>,
        closing: CancellationToken,
    ) {
        loop {
            tokio::select! {
                Some(batch) = batches.recv() => self.take(batch),
                Some(question) = questions.recv() => self.answer(question),
                () = closing.cancelled() => break,
            }
        }
        // What was handed over before the end still counts; closing first keeps the rest out.
        batches.close();
        while let Some(batch) = batches.recv().await {
            self.take(batch);
        }
    }

    fn take(&mut self, Batch { kind, records }: Batch) {
        if self.console.contains(&kind.signal) {
            print(kind.signal, &records);
        }
        if kind.signal == Signal::Traces {
            self.keep(&records);
        }
        for (index, queue) in self.queues.iter().enumerate() {
            let account = self.ledger.account(index + 1);
            if !account.takes(kind) {
                continue;
            }
            for record in &records {
                if queue.try_send(record.clone()).is_err() {
                    account.dropped(record.weight, Reason::QueueFull);
                }
            }
        }
    }

    /// Puts spans into the local store and tells of the rows that they change.
    fn keep(&mut self, spans: &[Record]) {
        let mut touched = Vec::new();
        for span in spans {
            match self.store.insert(span) {
                Some(trace_id) => {
                    self.ledger.account(0).exported(1);
                    if !touched.contains(&trace_id) {
                        touched.push(trace_id);
                    }
                }
                None => self.ledger.account(0).dropped(1, Reason::Encoding),
            }
        }
        for row in touched.into_iter().filter_map(|trace_id| self.store.row(trace_id)) {
            // Nobody listening is the ordinary case.
            let _ = self.updates.send(row);
        }
    }

    /// Answers; whoever asked may have gone meanwhile.
    fn answer(&self, question: Question) {
        match question {
            Question::List(filter, answer) => {
                let _ = answer.send(self.store.list(&filter));
            }
            Question::Trace(trace_id, answer) => {
                let _ = answer.send(self.store.trace(trace_id));
            }
        }
    }
}

/// Writes records to standard error as one line of OTLP/JSON, which other programs can read.
fn print(signal: Signal, records: &[Record]) {
    if let Ok(mut line) = json(signal, join(records)) {
        line.push(b'\n');
        // A closed standard error is no reason to stop.
        let _ = std::io::stderr().write_all(&line);
    }
}
