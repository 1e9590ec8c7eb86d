//! The disk spool: where batches wait for a backend that does not take them now, and survive the end of the process.
//!
//! One thread owns all its files, so that no slow disk ever holds up a task. What is in a file is the body of a request
//! and nothing else: addresses and credentials stay in the settings.

use std::path::Path;
use std::sync::Arc;
use std::thread;

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use super::ledger::{Account, Ledger, Mark, Place, Reason};

mod cursor;
mod entry;
mod files;
mod lane;
mod segment;
mod witness;

use self::files::Files;
pub(super) use self::files::SpoolError;
pub(super) use self::lane::{Stored, Ticket, name as lane_name};
use self::witness::Witness;

/// Questions on their way to the thread. A worker asks one at a time; more workers than this wait for a moment.
const MAX_COMMANDS: usize = 64;

/// The way to the spool; clones lead to the same.
#[derive(Clone, Debug)]
pub(super) struct Spool {
    commands: mpsc::Sender<Command>,
    ledger: Arc<Ledger>,
}

enum Command {
    Append { lane: usize, body: Bytes, weight: u64, from: Place, answer: oneshot::Sender<()> },
    Head { lane: usize, answer: oneshot::Sender<Option<Stored>> },
    Holds { lane: usize, ticket: Ticket, answer: oneshot::Sender<bool> },
    TakeBack { lane: usize, ticket: Ticket, answer: oneshot::Sender<bool> },
    Done { lane: usize, ticket: Ticket, answer: oneshot::Sender<()> },
    Quarantine { lane: usize, body: Bytes, answer: oneshot::Sender<Option<String>> },
}

impl Spool {
    /// Opens the spool in a directory, for itself alone, with a lane for each destination, and starts its thread. What an
    /// earlier process has left is entered in the ledger: lane `n` is account `n + 1`.
    ///
    /// # Errors
    ///
    /// When the directory cannot be made, or another process has it.
    pub(super) fn open(
        directory: &Path,
        max_bytes: u64,
        lanes: Vec<String>,
        ledger: Arc<Ledger>,
    ) -> Result<Self, SpoolError> {
        let lock = files::lock(directory)?;
        let own_ledger = Arc::clone(&ledger);
        let (commands, asked) = mpsc::channel(MAX_COMMANDS);
        let directory = directory.to_owned();
        thread::Builder::new()
            .name("telemetry-spool".to_owned())
            .spawn(move || {
                // Here and not before: reading what is there may take a while.
                let witness = Witness::open(&directory, lanes.clone(), &ledger).map(Arc::new);
                let witness = witness.and_then(|witness| witness.start(&ledger).map(|()| witness)).inspect_err(|error| {
                    tracing::warn!(%error, "nothing bears witness of what is in memory; after a kill it is not counted");
                });
                let files = Files::open(&directory, max_bytes, &lanes);
                Keeper::new(files, ledger, witness.ok(), lock).run(asked);
            })
            .map_err(SpoolError::Thread)?;
        Ok(Self { commands, ledger: own_ledger })
    }

    /// Writes a batch behind all others of its lane, and enters in the ledger that it is there, or why not.
    pub(super) async fn append(&self, lane: usize, body: Bytes, weight: u64, from: Place) {
        if self.ask(|answer| Command::Append { lane, body, weight, from, answer }).await.is_none() {
            // The thread is gone, which only a panic in it explains.
            self.ledger.account(lane + 1).dropped_from(from, weight, Reason::SpoolFailed);
        }
    }

    /// Reads the oldest batch of a lane; it stays there until it is done.
    pub(super) async fn head(&self, lane: usize) -> Option<Stored> {
        self.ask(|answer| Command::Head { lane, answer }).await.flatten()
    }

    /// Whether a batch that was read is still there, or has made room for younger ones.
    pub(super) async fn holds(&self, lane: usize, ticket: Ticket) -> bool {
        self.ask(|answer| Command::Holds { lane, ticket, answer }).await.unwrap_or(false)
    }

    /// Takes back the batch that was read, since nobody sends it for now, and says whether it is still there. One that has
    /// made room for younger ones is the sender's to count; from here on the spool does.
    pub(super) async fn take_back(&self, lane: usize, ticket: Ticket) -> bool {
        self.ask(|answer| Command::TakeBack { lane, ticket, answer }).await.unwrap_or(false)
    }

    /// Removes the batch that was read.
    pub(super) async fn done(&self, lane: usize, ticket: Ticket) {
        self.ask(|answer| Command::Done { lane, ticket, answer }).await;
    }

    /// Keeps a record aside that a backend does not take, and returns the file; only the latest of them are kept.
    pub(super) async fn quarantine(&self, lane: usize, body: Bytes) -> Option<String> {
        self.ask(|answer| Command::Quarantine { lane, body, answer }).await.flatten()
    }

    async fn ask<T>(&self, command: impl FnOnce(oneshot::Sender<T>) -> Command) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        self.commands.send(command(answer)).await.ok()?;
        answered.await.ok()
    }
}

/// The thread's side: sole owner of the files.
struct Keeper {
    files: Files,
    ledger: Arc<Ledger>,
    /// The accounts of backends that are not configured, in the order of their lanes.
    strangers: Vec<Arc<Account>>,
    /// How many lanes there are of those that are.
    own: usize,
    witness: Option<Arc<Witness>>,
    /// Whether the last batch could be written; the log hears of changes.
    is_writable: bool,
    _lock: std::fs::File,
}

impl Keeper {
    fn new(files: Files, ledger: Arc<Ledger>, witness: Option<Arc<Witness>>, lock: std::fs::File) -> Self {
        let named = files.strangers().filter_map(lane::named);
        let strangers: Vec<_> = named.map(|(backend, signal)| ledger.stranger(backend, signal)).collect();
        let own = files.weights().len() - strangers.len();
        Self { files, ledger, strangers, own, witness, is_writable: true, _lock: lock }
    }

    fn run(mut self, mut asked: mpsc::Receiver<Command>) {
        for (lane, weight) in self.files.weights() {
            if weight > 0 && lane < self.own {
                tracing::info!(
                    lane = self.files.name(lane),
                    records = weight,
                    "the spool has what was not sent before"
                );
            }
            self.account(lane).recovered(weight, self.files.end(lane));
        }
        while let Some(command) = asked.blocking_recv() {
            // Whoever asked may have given up meanwhile; the ledger has it either way.
            match command {
                Command::Append { lane, body, weight, from, answer } => {
                    self.append(lane, &body, weight, from);
                    let _ = answer.send(());
                }
                Command::Head { lane, answer } => {
                    let _ = answer.send(self.head(lane));
                }
                Command::Holds { lane, ticket, answer } => {
                    let _ = answer.send(self.files.holds(lane, ticket));
                }
                Command::TakeBack { lane, ticket, answer } => {
                    let _ = answer.send(self.files.take_back(lane, ticket));
                }
                Command::Done { lane, ticket, answer } => {
                    // A file that goes takes with it what the next server would find behind a mark.
                    self.bear_witness();
                    self.files.done(lane, ticket);
                    let _ = answer.send(());
                }
                Command::Quarantine { lane, body, answer } => {
                    let _ = answer.send(self.files.quarantine(lane, &body));
                }
            }
        }
    }

    fn account(&self, lane: usize) -> &Account {
        match lane.checked_sub(self.own) {
            Some(stranger) => &self.strangers[stranger],
            None => self.ledger.account(lane + 1),
        }
    }

    /// Has written down what is in memory and what is on disk, as far as the ledger knows.
    fn bear_witness(&self) {
        // Where it cannot be written its own thread says so.
        let _ = self.witness.iter().try_for_each(|witness| witness.write(&self.ledger));
    }

    fn append(&mut self, lane: usize, body: &[u8], weight: u64, from: Place) {
        if from == Place::Spool {
            // It was not in memory: nobody is to take it, behind a mark, for something that was.
            self.account(lane).marked(Mark::BEYOND);
        }
        self.bear_witness();
        let appended = self.files.append(lane, body, weight);
        for (lane, weight) in self.files.take_evicted() {
            self.account(lane).dropped_from(Place::Spool, weight, Reason::Evicted);
        }
        let (account, end) = (self.ledger.account(lane + 1), self.files.end(lane));
        match appended {
            Ok(()) => {
                match from {
                    Place::Queue => account.spooled(weight, end),
                    Place::Spool => account.marked(end),
                }
                if !self.is_writable {
                    tracing::info!("the spool can be written again");
                }
                self.is_writable = true;
            }
            Err(error) => {
                account.marked(end);
                account.dropped_from(from, weight, Reason::SpoolFailed);
                if self.is_writable {
                    tracing::warn!(%error, "the spool cannot be written; what does not reach its backend is dropped");
                }
                self.is_writable = false;
            }
        }
    }

    fn head(&mut self, lane: usize) -> Option<Stored> {
        let (head, unreadable) = self.files.head(lane);
        if unreadable > 0 {
            tracing::warn!(lane = self.files.name(lane), records = unreadable, "a part of the spool cannot be read");
            self.ledger.account(lane + 1).dropped_from(Place::Spool, unreadable, Reason::SpoolFailed);
        }
        head
    }
}

#[cfg(test)]
mod tests;
