//! The task that posts one signal to one backend: batches, retries for a while, counts, and never makes anybody wait.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::post::{Answer, post};
use crate::telemetry::config::{BackendConfig, BatchConfig};
use crate::telemetry::ledger::{Ledger, Reason};
use crate::telemetry::record::{Record, join, weigh};

/// The pause after the first failure; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// The longest pause between two attempts.
const MAX_PAUSE: Duration = Duration::from_secs(10);

/// A backend with everything its task needs.
pub(super) struct Backend {
    pub(super) config: BackendConfig,
    pub(super) batch: BatchConfig,
    pub(super) client: reqwest::Client,
    pub(super) ledger: Arc<Ledger>,
    /// Its account in the ledger.
    pub(super) account: usize,
    /// Cancelled when the server stops: no more waiting for better times.
    pub(super) closing: CancellationToken,
}

impl Backend {
    /// Sends what arrives until the queue is closed and empty.
    pub(super) async fn run(self, mut queue: Receiver<Record>) {
        // The first batch leaves at once: it carries the self-test, whose result somebody is waiting for.
        let mut delay = Duration::ZERO;
        loop {
            let mut batch = Vec::with_capacity(self.batch.max_batch);
            if queue.recv_many(&mut batch, self.batch.max_batch).await == 0 {
                return;
            }
            let deadline = Instant::now() + delay;
            while batch.len() < self.batch.max_batch && !self.closing.is_cancelled() {
                let room = self.batch.max_batch - batch.len();
                tokio::select! {
                    received = timeout_at(deadline, queue.recv_many(&mut batch, room)) => match received {
                        Ok(0) | Err(_) => break,
                        Ok(_) => {}
                    },
                    () = self.closing.cancelled() => break,
                }
            }
            self.deliver(&batch).await;
            delay = self.batch.schedule_delay;
        }
    }

    async fn deliver(&self, batch: &[Record]) {
        let account = self.ledger.account(self.account);
        let records = weigh(batch);
        let body = join(batch);
        let deadline = Instant::now() + self.batch.export_timeout;
        let mut pause = FIRST_PAUSE;
        loop {
            match post(&self.client, &self.config, &body).await {
                Answer::Taken { rejected, .. } => {
                    let rejected = rejected.min(records);
                    account.exported(records - rejected);
                    account.dropped(rejected, Reason::Rejected);
                    self.report(Ok(()));
                    return;
                }
                Answer::Refused { problem } | Answer::Indigestible { problem } => {
                    account.dropped(records, Reason::Rejected);
                    self.report(Err(problem));
                    return;
                }
                Answer::Later { pause: asked, problem } => {
                    self.report(Err(problem));
                    let next = Instant::now() + asked.unwrap_or_else(|| jittered(pause));
                    if self.closing.is_cancelled() || next > deadline {
                        let closing = self.closing.is_cancelled();
                        account.dropped(records, if closing { Reason::Shutdown } else { Reason::Unreachable });
                        return;
                    }
                    tokio::select! {
                        () = sleep_until(next) => {}
                        () = self.closing.cancelled() => {}
                    }
                    pause = (pause * 2).min(MAX_PAUSE);
                }
            }
        }
    }

    /// Logs how exporting goes, once per change; the first line is the result of the self-test.
    fn report(&self, outcome: Result<(), String>) {
        let BackendConfig { name, signal, setting, .. } = &self.config;
        let address = self.config.address();
        if self.ledger.account(self.account).outcome(outcome.clone()) {
            match outcome {
                Ok(()) => info!(backend = name, %signal, address, "export ok"),
                Err(problem) => warn!(backend = name, %signal, address, setting, "export failed: {problem}"),
            }
        }
    }
}

/// Between half and the whole of a pause, so that servers which failed together do not come back together.
fn jittered(pause: Duration) -> Duration {
    let random = getrandom::u32().unwrap_or_default();
    pause.mul_f64(0.5 + f64::from(random) / f64::from(u32::MAX) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_spread_but_never_longer() {
        for _ in 0..100 {
            let pause = jittered(Duration::from_secs(2));
            assert!((Duration::from_secs(1)..=Duration::from_secs(2)).contains(&pause), "{pause:?}");
        }
    }
}
