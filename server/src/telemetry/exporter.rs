//! Exporters of others: each is told of every ended request, on a thread of its own, so that what it does there, and how
//! long that takes, is nobody else's business.

use std::error::Error;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, PoisonError, RwLock};
use std::thread;
use std::time::Duration;

use app::tracking::SocketTraceEvent;
use futures_util::FutureExt;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{self, Receiver, error::TrySendError};
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::{info, warn};

use super::ledger::{Account, Ledger, Reason};
use super::outbox::{FIRST_PAUSE, jittered};

/// Events waiting for one exporter: ten seconds of two hundred requests.
const MAX_WAITING: usize = 2_048;
/// How many events are exported at once at most.
const MAX_BATCH: usize = 512;
/// How long one export may take, with all of its attempts.
const PATIENCE: Duration = Duration::from_secs(30);

/// Takes the trace events of a server wherever they are wanted: a file, a queue, another protocol.
///
/// An exporter is given to [`Server::with_exporter`](crate::Server::with_exporter).
pub trait SocketTraceExporter: Send + 'static {
    /// Takes events, in the order in which their requests ended: one at least, 512 at most. The next ones wait meanwhile, up
    /// to 2,048 of them; more are dropped, and the ledger counts them. One export may take 30 seconds.
    ///
    /// # Errors
    ///
    /// When the events have not arrived. They are offered again, all of them, after half a second at first and twice as long with
    /// each further failure, for as long as one export may take; then they are counted as `unreachable`. What says
    /// [`ExportError::refused`] is counted as `rejected` at once.
    #[expect(
        async_fn_in_trait,
        reason = "its future stays on the exporter's own thread, so that it need not be `Send`"
    )]
    async fn export(&self, events: &[SocketTraceEvent]) -> Result<(), ExportError>;
}

/// Why an exporter's events have not arrived, in words for the ledger and the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct ExportError {
    problem: String,
    is_final: bool,
}

impl ExportError {
    /// Says why, by an error or in words. Another attempt may go better.
    pub fn new(problem: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { problem: problem.into().to_string(), is_final: false }
    }

    /// Says why these events will never be taken, however often they are offered.
    pub fn refused(problem: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { is_final: true, ..Self::new(problem) }
    }
}

/// The exporters of a server.
#[derive(Debug, Default)]
pub(super) struct Exporters {
    // Written to before the server listens, and when it ends.
    all: RwLock<Vec<Exporter>>,
}

#[derive(Debug)]
struct Exporter {
    waiting: mpsc::Sender<SocketTraceEvent>,
    account: Arc<Account>,
    /// Dropped when the server ends: no more waiting for better times.
    closing: DropGuard,
    /// Cancelled when its thread has exported all it was given.
    done: CancellationToken,
}

impl Exporters {
    /// Starts an exporter's thread, with the current runtime for what it waits for.
    ///
    /// # Errors
    ///
    /// When there can be no thread.
    pub(super) fn add(
        &self,
        name: &str,
        exporter: impl SocketTraceExporter,
        ledger: &Ledger,
        detailed_logging: bool,
    ) -> std::io::Result<()> {
        let (waiting, events) = mpsc::channel(MAX_WAITING);
        let account = ledger.open(name);
        let (closing, done) = (CancellationToken::new(), CancellationToken::new());
        let name = name.to_owned();
        let work = Work { exporter, name, account: Arc::clone(&account), detailed_logging, closing: closing.clone() };
        let (runtime, guard) = (Handle::current(), done.clone().drop_guard());
        thread::Builder::new().name("exporter".to_owned()).spawn(move || {
            let _guard = guard;
            runtime.block_on(work.run(events));
        })?;
        self.all.write().unwrap_or_else(PoisonError::into_inner).push(Exporter {
            waiting,
            account,
            closing: closing.drop_guard(),
            done,
        });
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.read().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Tells every exporter; a full queue costs that exporter the event.
    pub(super) fn tell(&self, event: &SocketTraceEvent) {
        for Exporter { waiting, account, .. } in &*self.all.read().unwrap_or_else(PoisonError::into_inner) {
            account.created(1);
            match waiting.try_send(event.clone()) {
                Ok(()) => {}
                Err(TrySendError::Full(_)) => account.dropped(1, Reason::QueueFull),
                Err(TrySendError::Closed(_)) => account.dropped(1, Reason::Shutdown),
            }
        }
    }

    /// Lets the exporters take what waits for them, and counts as lost what they have not taken by the deadline.
    pub(super) async fn close(&self, deadline: Duration) {
        let all = std::mem::take(&mut *self.all.write().unwrap_or_else(PoisonError::into_inner));
        let deadline = Instant::now() + deadline;
        // Without its sender a thread ends after the last event.
        let end = |Exporter { account, closing, done, .. }: Exporter| {
            drop(closing);
            (account, done)
        };
        let ending: Vec<_> = all.into_iter().map(end).collect();
        for (account, done) in ending {
            let _ = timeout_at(deadline, done.cancelled()).await;
            account.dropped_rest(Reason::Shutdown);
        }
    }
}

/// One exporter's thread.
struct Work<E> {
    exporter: E,
    name: String,
    account: Arc<Account>,
    detailed_logging: bool,
    closing: CancellationToken,
}

impl<E: SocketTraceExporter> Work<E> {
    async fn run(self, mut events: Receiver<SocketTraceEvent>) {
        let Self { account, name, .. } = &self;
        let mut batch = Vec::new();
        while events.recv_many(&mut batch, MAX_BATCH).await > 0 {
            let count = batch.len() as u64;
            match self.deliver(&batch).await {
                Ok(()) => {
                    self.report(Ok(()));
                    account.exported(count);
                    if self.detailed_logging {
                        info!("Exported {count} events to {name}");
                    }
                }
                Err(reason) => account.dropped(count, reason),
            }
            batch.clear();
        }
    }

    /// Offers a batch until it is taken, refused, or has had its time.
    async fn deliver(&self, batch: &[SocketTraceEvent]) -> Result<(), Reason> {
        let deadline = Instant::now() + PATIENCE;
        let mut pause = FIRST_PAUSE;
        loop {
            let Err((reason, problem)) = self.attempt(batch, deadline).await else { return Ok(()) };
            self.report(Err(problem));
            let next = jittered(pause);
            if reason == Reason::Rejected || Instant::now() + next > deadline {
                return Err(reason);
            }
            if self.closing.run_until_cancelled(sleep(next)).await.is_none() {
                return Err(Reason::Shutdown);
            }
            pause *= 2;
        }
    }

    async fn attempt(&self, batch: &[SocketTraceEvent], deadline: Instant) -> Result<(), (Reason, String)> {
        let export = AssertUnwindSafe(async { self.exporter.export(batch).await }).catch_unwind();
        match timeout_at(deadline, export).await {
            Ok(Ok(Ok(()))) => Ok(()),
            Ok(Ok(Err(ExportError { problem, is_final: true }))) => Err((Reason::Rejected, problem)),
            Ok(Ok(Err(ExportError { problem, is_final: false }))) => Err((Reason::Unreachable, problem)),
            // It would stumble over the same events again.
            Ok(Err(_panic)) => Err((Reason::Rejected, "the exporter panicked".to_owned())),
            Err(_elapsed) => Err((Reason::Unreachable, format!("it took longer than {PATIENCE:?}"))),
        }
    }

    /// Notes how exporting goes, and logs a failure once per change.
    fn report(&self, outcome: Result<(), String>) {
        if self.account.outcome(outcome.clone())
            && let Err(problem) = outcome
        {
            warn!(exporter = self.name, "export failed: {problem}");
        }
    }
}

#[cfg(test)]
mod tests;
