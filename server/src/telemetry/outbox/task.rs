//! The outbox's one task: it keeps spans, answers questions about them, and fills the queues of the backends.

use std::io::Write;
use std::sync::Arc;

use app::monitor::TraceRow;
use app::trace::TraceId;
use opentelemetry_proto::tonic::trace::v1::ResourceSpans;
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::filter::TraceFilter;
use super::store::{BUDGET, TraceStore};
use crate::telemetry::ledger::{Ledger, Reason};
use crate::telemetry::record::{Record, join, json};
use crate::telemetry::signal::{Kind, Signal};

/// Records of one kind that came together.
pub(super) struct Batch {
    pub(super) kind: Kind,
    pub(super) records: Vec<Record>,
}

/// What the store is asked.
pub(super) enum Question {
    List(TraceFilter, oneshot::Sender<(Vec<TraceRow>, Option<u64>)>),
    Trace(TraceId, oneshot::Sender<Option<Vec<ResourceSpans>>>),
}

/// Sole owner of the store.
pub(super) struct Task {
    store: TraceStore,
    /// One for each backend, in their order.
    queues: Vec<mpsc::Sender<Record>>,
    updates: broadcast::Sender<TraceRow>,
    ledger: Arc<Ledger>,
    console: Vec<Signal>,
}

impl Task {
    /// Makes the task with an empty store, for these queues.
    pub(super) fn new(
        queues: Vec<mpsc::Sender<Record>>,
        updates: broadcast::Sender<TraceRow>,
        ledger: Arc<Ledger>,
        console: Vec<Signal>,
    ) -> Self {
        Self { store: TraceStore::new(BUDGET), queues, updates, ledger, console }
    }

    /// Takes and answers until the server stops and nothing is left to take.
    pub(super) async fn run(
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
        if self.updates.receiver_count() == 0 {
            return;
        }
        for row in touched.into_iter().filter_map(|trace_id| self.store.row(trace_id)) {
            // Whoever listened may have gone just now.
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
