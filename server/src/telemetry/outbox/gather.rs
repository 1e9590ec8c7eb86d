//! The task that gathers one backend's records into batches, and never lets its queue wait for the backend.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::time::{Instant, sleep, timeout_at};

use super::Destination;
use crate::telemetry::ledger::Place;
use crate::telemetry::record::{Record, join, weigh};

/// How often it is looked whether the queue fills while the backend takes its time.
const LOOK: Duration = Duration::from_millis(50);

/// A batch on its way: the body of a request in Protobuf.
#[derive(Clone, Debug)]
pub(super) struct Parcel {
    pub(super) body: Bytes,
    pub(super) weight: u64,
    /// Where the ledger has its records.
    pub(super) place: Place,
}

/// Gathers for one backend.
pub(super) struct Gatherer {
    destination: Arc<Destination>,
    parcels: Sender<Parcel>,
}

impl Gatherer {
    /// Makes the task's side; batches go to `parcels` one by one.
    pub(super) fn new(destination: Arc<Destination>, parcels: Sender<Parcel>) -> Self {
        Self { destination, parcels }
    }

    /// Gathers until the queue is closed and empty.
    pub(super) async fn run(self, mut queue: Receiver<Record>) {
        // The first batch leaves at once: it carries the self-test, whose result somebody is waiting for.
        let mut delay = Duration::ZERO;
        while let Some(records) = self.batch(&mut queue, delay).await {
            let parcel = Parcel { body: join(&records), weight: weigh(&records), place: Place::Queue };
            self.pass_on(parcel, &queue).await;
            delay = self.destination.batch.schedule_delay;
        }
    }

    async fn batch(&self, queue: &mut Receiver<Record>, delay: Duration) -> Option<Vec<Record>> {
        let max = self.destination.batch.max_batch;
        let mut batch = Vec::new();
        if queue.recv_many(&mut batch, max).await == 0 {
            return None;
        }
        let deadline = Instant::now() + delay;
        while batch.len() < max && !self.destination.closing.is_cancelled() {
            let room = max - batch.len();
            tokio::select! {
                received = timeout_at(deadline, queue.recv_many(&mut batch, room)) => match received {
                    Ok(0) | Err(_) => break,
                    Ok(_) => {}
                },
                () = self.destination.closing.cancelled() => break,
            }
        }
        Some(batch)
    }

    /// Hands a batch to delivery. With a backend that fails it goes to the disk at once, behind those that wait there;
    /// with one that is slow it does when half the queue has filled meanwhile.
    async fn pass_on(&self, parcel: Parcel, queue: &Receiver<Record>) {
        let Some(spool) = &self.destination.spool else {
            // Without a spool the queue is all the room there is. An error says that delivery has ended, and with it
            // the server.
            let _ = self.parcels.send(parcel).await;
            return;
        };
        if !self.destination.is_failing.load(Ordering::Relaxed) {
            let pressure = async {
                while queue.len() < queue.max_capacity() / 2 {
                    sleep(LOOK).await;
                }
            };
            tokio::select! {
                biased;
                permit = self.parcels.reserve() => {
                    if let Ok(permit) = permit {
                        permit.send(parcel);
                    }
                    return;
                }
                () = pressure => {}
            }
        }
        spool.append(self.destination.index, parcel.body, parcel.weight, parcel.place).await;
        self.destination.spilled.notify_one();
    }
}
