//! The task that delivers one backend's batches: oldest first, again and again where it fails, down to the single record
//! where the backend does not take one.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use reqwest::Client;
use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, sleep};
use tracing::{info, warn};

use super::Destination;
use super::gather::Parcel;
use super::post::{Answer, post};
use crate::telemetry::config::BackendConfig;
use crate::telemetry::ledger::{Place, Reason};
use crate::telemetry::record::{join, split, weigh};
use crate::telemetry::signal::Signal;
use crate::telemetry::spool::{Spool, Stored};

/// The pause after the first failure; it doubles with each further one.
pub(in crate::telemetry) const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// The longest pause between two attempts.
const MAX_PAUSE: Duration = Duration::from_secs(30);
/// How many records of one batch are looked for that the backend does not take. One that refuses more of them refuses
/// something else.
const MAX_POISON: usize = 8;

/// Delivers for one backend.
pub(super) struct Delivery {
    destination: Arc<Destination>,
    client: Client,
    /// The next pause.
    pause: Duration,
}

/// What is left of a batch when the backend is not there, and for how long it wants to be left alone.
struct Left {
    /// In reverse order.
    parts: Vec<Parcel>,
    pause: Option<Duration>,
    /// Whether something of the batch has arrived, or is known not to.
    begun: bool,
}

impl Delivery {
    /// Makes the task's side.
    pub(super) fn new(destination: Arc<Destination>, client: Client) -> Self {
        Self { destination, client, pause: FIRST_PAUSE }
    }

    /// Delivers until the gatherer has ended and nothing is left to try.
    pub(super) async fn run(mut self, mut parcels: Receiver<Parcel>) {
        match self.destination.spool.clone() {
            Some(spool) => self.with_spool(&spool, &mut parcels).await,
            None => self.without_spool(&mut parcels).await,
        }
    }

    async fn with_spool(&mut self, spool: &Spool, parcels: &mut Receiver<Parcel>) {
        let lane = self.destination.index;
        loop {
            // What is on the disk is older, and there it stays when the server stops.
            let stored = if self.destination.closing.is_cancelled() { None } else { spool.head(lane).await };
            let outcome = if let Some(stored) = stored {
                self.deliver_stored(spool, stored).await
            } else {
                let parcel = tokio::select! {
                    parcel = parcels.recv() => parcel,
                    () = self.destination.spilled.notified(), if !self.destination.closing.is_cancelled() => continue,
                };
                let Some(parcel) = parcel else { return };
                match self.deliver(parcel).await {
                    Ok(()) => Ok(()),
                    Err(left) => {
                        append(spool, lane, left.parts).await;
                        Err(left.pause)
                    }
                }
            };
            if let Err(asked) = outcome {
                // What came while the backend was still thought well.
                while let Ok(parcel) = parcels.try_recv() {
                    append(spool, lane, vec![parcel]).await;
                }
                self.wait(asked).await;
            }
        }
    }

    /// Delivers a batch from the disk, where it stays until it has arrived as a whole; an error says for how long the
    /// backend wants to be left alone.
    async fn deliver_stored(&mut self, spool: &Spool, stored: Stored) -> Result<(), Option<Duration>> {
        let Stored { body, weight, ticket } = stored;
        let lane = self.destination.index;
        let Err(left) = self.deliver(Parcel { body, weight, place: Place::Spool }).await else {
            spool.done(lane, ticket).await;
            return Ok(());
        };
        // What has not begun to arrive waits for the next attempt, and may have to make room before it comes.
        let is_there = if left.begun { spool.holds(lane, ticket).await } else { spool.take_back(lane, ticket).await };
        if !is_there {
            // It had to make room while it was on its way.
            let lost = left.parts.iter().map(|part| part.weight).sum();
            self.destination.account().dropped_from(Place::Spool, lost, Reason::Evicted);
        } else if left.begun {
            append(spool, lane, left.parts).await;
            spool.done(lane, ticket).await;
        }
        Err(left.pause)
    }

    async fn without_spool(&mut self, parcels: &mut Receiver<Parcel>) {
        while let Some(parcel) = parcels.recv().await {
            let deadline = Instant::now() + self.destination.batch.export_timeout;
            let mut waiting = vec![parcel];
            while let Some(parcel) = waiting.pop() {
                let Err(left) = self.deliver(parcel).await else { continue };
                waiting.extend(left.parts);
                let is_closing = self.destination.closing.is_cancelled();
                let next = Instant::now() + left.pause.unwrap_or(self.pause);
                if is_closing || next > deadline {
                    let lost = waiting.drain(..).map(|parcel| parcel.weight).sum();
                    let reason = if is_closing { Reason::Shutdown } else { Reason::Unreachable };
                    self.destination.account().dropped(lost, reason);
                } else {
                    self.wait(left.pause).await;
                }
            }
        }
    }

    /// Posts a batch, and where the backend does not take its contents the halves of it, down to the record.
    async fn deliver(&mut self, parcel: Parcel) -> Result<(), Left> {
        let destination = Arc::clone(&self.destination);
        let account = destination.account();
        let mut parts = vec![parcel];
        let (mut begun, mut poison) = (false, 0);
        while let Some(part) = parts.pop() {
            match self.attempt(&part).await {
                Answer::Taken { rejected, said } => {
                    let rejected = rejected.min(part.weight);
                    account.exported_from(part.place, part.weight - rejected);
                    self.tell(part.weight - rejected);
                    account.dropped_from(part.place, rejected, Reason::Rejected);
                    self.succeeded(rejected, said);
                }
                Answer::Refused { problem } => {
                    account.dropped_from(part.place, part.weight, Reason::Rejected);
                    self.succeeded_in_asking();
                    self.report(Err(problem));
                }
                Answer::Indigestible { problem } if poison >= MAX_POISON => {
                    let rest = part.weight + parts.drain(..).map(|part| part.weight).sum::<u64>();
                    account.dropped_from(part.place, rest, Reason::Rejected);
                    self.succeeded_in_asking();
                    self.report(Err(problem));
                }
                Answer::Indigestible { problem } => match self.halves(&part) {
                    Some((first, second)) => parts.extend([second, first]),
                    None => {
                        poison += 1;
                        self.put_aside(part, &problem).await;
                    }
                },
                Answer::Later { pause, problem } => {
                    parts.push(part);
                    self.destination.is_failing.store(true, Ordering::Relaxed);
                    self.report(Err(problem));
                    return Err(Left { parts, pause, begun });
                }
            }
            begun = true;
        }
        Ok(())
    }

    async fn attempt(&self, part: &Parcel) -> Answer {
        tokio::select! {
            answer = post(&self.client, &self.destination.backend, &part.body) => answer,
            () = self.destination.abandon.cancelled() => {
                Answer::Later { pause: None, problem: "no answer before the server stopped".to_owned() }
            }
        }
    }

    /// Cuts a batch in two; `None` for one that is a single record.
    fn halves(&self, part: &Parcel) -> Option<(Parcel, Parcel)> {
        let records = split(self.destination.backend.signal, part.body.clone()).ok()?;
        if records.len() < 2 {
            return None;
        }
        let (first, second) = records.split_at(records.len() / 2);
        let parcel = |records| Parcel { body: join(records), weight: weigh(records), place: part.place };
        Some((parcel(first), parcel(second)))
    }

    async fn put_aside(&mut self, part: Parcel, problem: &str) {
        self.succeeded_in_asking();
        self.destination.account().dropped_from(part.place, part.weight, Reason::Poison);
        let file = match &self.destination.spool {
            Some(spool) => spool.quarantine(self.destination.index, part.body).await,
            None => None,
        };
        let BackendConfig { name, signal, .. } = &self.destination.backend;
        warn!(backend = name, %signal, file, "the backend does not take one record, which is dropped: {problem}");
    }

    /// Says in the detailed log what has arrived; figures are no events.
    fn tell(&self, events: u64) {
        let Destination { backend, detailed_logging, .. } = &*self.destination;
        if *detailed_logging && events > 0 && backend.signal != Signal::Metrics {
            info!("Exported {events} events to {}", backend.name);
        }
    }

    fn succeeded(&mut self, rejected: u64, said: Option<String>) {
        self.succeeded_in_asking();
        let BackendConfig { name, signal, .. } = &self.destination.backend;
        if rejected > 0 || said.is_some() {
            warn!(backend = name, %signal, rejected, "the backend says: {}", said.unwrap_or_default());
        }
        self.report(Ok(()));
    }

    /// The backend answers, whatever it says.
    fn succeeded_in_asking(&mut self) {
        self.pause = FIRST_PAUSE;
        self.destination.is_failing.store(false, Ordering::Relaxed);
    }

    /// Waits for better times: as long as the backend has asked for, or a little longer each time.
    async fn wait(&mut self, asked: Option<Duration>) {
        let pause = asked.unwrap_or_else(|| jittered(self.pause));
        self.pause = (self.pause * 2).min(MAX_PAUSE);
        tokio::select! {
            () = sleep(pause) => {}
            () = self.destination.closing.cancelled() => {}
        }
    }

    /// Logs how exporting goes, once per change; the first line is the result of the self-test.
    fn report(&self, outcome: Result<(), String>) {
        let BackendConfig { name, signal, setting, .. } = &self.destination.backend;
        let address = self.destination.backend.address();
        if self.destination.account().outcome(outcome.clone()) {
            match outcome {
                Ok(()) => info!(backend = name, %signal, address, "export ok"),
                Err(problem) => warn!(backend = name, %signal, address, setting, "export failed: {problem}"),
            }
        }
    }
}

/// Writes what is left of a batch to the disk, in its order.
async fn append(spool: &Spool, lane: usize, parts: Vec<Parcel>) {
    for part in parts.into_iter().rev() {
        spool.append(lane, part.body, part.weight, part.place).await;
    }
}

/// Between half and the whole of a pause, so that servers which failed together do not come back together.
pub(in crate::telemetry) fn jittered(pause: Duration) -> Duration {
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
