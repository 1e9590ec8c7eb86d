//! The server's own log records: from `tracing` and from ended requests to the outbox.
//!
//! ```text
//! tracing events → LogLayer → a record in Protobuf ─┐
//! ended requests → SocketTraceEvent → a record ─────┴→ queue → gathered for a moment → outbox → /v1/logs
//! ```
//!
//! The SDK's log processor drops without counting, so that records are encoded here, by whoever logs: that costs a
//! microsecond, and the queue holds bytes instead of whatever the fields were.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use app::tracking::SocketTraceEvent;
use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::resource::v1::Resource;
use prost::Message;
use tokio::sync::mpsc::{self, Receiver, error::TrySendError};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::SCOPE;
use super::config::LogLimits;
use super::ledger::{Ledger, Reason};
use super::limits;
use super::outbox::Outbox;
use super::record::{Record, Source};
use super::signal::Signal;

pub(super) mod event;
mod layer;
mod line;
mod record;

pub(super) use layer::LogLayer;
pub(super) use line::Correlated;

/// Records waiting to be gathered: a burst of a very busy server; there is no reason to log faster than that.
const MAX_WAITING: usize = 2_048;
/// How many records are handed over at once at most.
const MAX_BATCH: usize = 512;
/// How long the outbox is left alone after it got some: it takes few at a time, and backends get theirs later anyway.
const PAUSE: Duration = Duration::from_millis(100);

/// The way of log records into the outbox; clones are handles to the same.
#[derive(Clone, Debug)]
pub(super) struct Logs {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    waiting: mpsc::Sender<Record>,
    ledger: Arc<Ledger>,
    resource: Resource,
    limits: LogLimits,
    /// Who logs, by target. There are as many as there are places that log, and those stand in the program's text.
    sources: Mutex<HashMap<&'static str, Arc<Source>>>,
    ending: CancellationToken,
    gathering: TaskTracker,
}

impl Logs {
    /// Starts the task that gathers, on the current runtime.
    pub(super) fn start(
        resource: &opentelemetry_sdk::Resource,
        limits: LogLimits,
        outbox: Outbox,
        ledger: Arc<Ledger>,
    ) -> Self {
        let (waiting, records) = mpsc::channel(MAX_WAITING);
        let (ending, gathering) = (CancellationToken::new(), TaskTracker::new());
        gathering.spawn(gather(records, outbox, ending.clone()));
        gathering.close();
        let (resource, sources) = (resource.into(), Mutex::default());
        Self { inner: Arc::new(Inner { waiting, ledger, resource, limits, sources, ending, gathering }) }
    }

    /// Takes a record of `target`; a full queue costs the record, never the time of whoever logs.
    fn push(&self, target: &'static str, mut record: LogRecord) {
        let Inner { waiting, ledger, limits, .. } = &*self.inner;
        ledger.created(Signal::Logs, 1);
        limits::cut_log(&mut record, *limits);
        let record = Record { source: self.source(target), item: record.encode_to_vec().into(), weight: 1 };
        match waiting.try_send(record) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => ledger.dropped(Signal::Logs, 1, Reason::QueueFull),
            Err(TrySendError::Closed(_)) => ledger.dropped(Signal::Logs, 1, Reason::Shutdown),
        }
    }

    /// Takes a trace event; `sampled` says whether there is a span to go with it.
    pub(super) fn event(&self, event: &SocketTraceEvent, sampled: bool) {
        self.push(SCOPE, event::record(event, sampled));
    }

    fn source(&self, target: &'static str) -> Arc<Source> {
        // A poisoned map is whole: an entry is made before it goes in.
        let mut sources = self.inner.sources.lock().unwrap_or_else(PoisonError::into_inner);
        let source = sources.entry(target).or_insert_with(|| {
            Arc::new(Source {
                resource: Some(self.inner.resource.clone()),
                resource_schema: String::new(),
                scope: Some(InstrumentationScope { name: target.to_owned(), ..InstrumentationScope::default() }),
                scope_schema: String::new(),
            })
        });
        Arc::clone(source)
    }

    /// Hands over what waits, and takes no more; what cannot be handed over by the deadline is the ledger's to count.
    pub(super) async fn close(&self, deadline: Duration) {
        self.inner.ending.cancel();
        // What is still queued then is entered as lost when the outbox has closed.
        let _ = timeout(deadline, self.inner.gathering.wait()).await;
    }
}

/// Hands records over in batches until the server ends, and then the rest.
async fn gather(mut waiting: Receiver<Record>, outbox: Outbox, ending: CancellationToken) {
    let mut records = Vec::new();
    while let Some(1..) = ending.run_until_cancelled(waiting.recv_many(&mut records, MAX_BATCH)).await {
        outbox.offer(Signal::Logs, std::mem::take(&mut records));
        ending.run_until_cancelled(sleep(PAUSE)).await;
    }
    waiting.close();
    while waiting.recv_many(&mut records, MAX_BATCH).await > 0 {
        outbox.offer(Signal::Logs, std::mem::take(&mut records));
    }
}

#[cfg(test)]
mod tests;
