//! What waits for the threads: changes and questions for the one that writes, what follows for the one that tells.

use std::{
    collections::VecDeque,
    mem,
    sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Instant,
};

use rusqlite::Connection;
use tokio::sync::watch;

use super::{Change, Condition, Fate, Witness};

/// How many changes may wait to be told: seconds of everybody's work. A disk that is slower than that is not waited for.
const MAX_WAITING: usize = 4_096;

/// How many changes are kept that could not be written. Sessions and people are few; messages are what this bounds.
const MAX_CHANGES: usize = 10_000;

/// How many questions may wait: each is a request of somebody who waits for its answer.
const MAX_QUESTIONS: usize = 256;

pub(super) type Then = Box<dyn FnOnce() + Send>;

/// Is given no connection where there are too many questions.
pub(super) type Question = Box<dyn FnOnce(Option<&Connection>) + Send>;

/// Knows everything that is stored, but for the words of messages.
pub(super) type Known = Box<dyn Fn() -> Vec<Change> + Send + Sync>;

/// The meeting place of those who have something to save and the threads.
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    /// Wakes the thread that writes.
    changed: Condvar,
    /// Wakes the thread that tells.
    reached: Condvar,
    condition: watch::Sender<Condition>,
    witness: Witness,
    known: OnceLock<Known>,
}

#[derive(Default)]
struct Waiting {
    changes: Changes,
    /// What is to be called, by the number of the change before it.
    thens: VecDeque<(u64, Then)>,
    questions: Vec<Question>,
    /// The number of the latest change.
    latest: u64,
    /// The calls after all changes up to this one may be made.
    due: u64,
    /// There is something to do that has not been tried yet.
    is_new: bool,
    /// Nothing comes any more.
    is_closing: bool,
    /// Nothing is written any more.
    is_closed: bool,
}

/// Changes in the order of their coming, of two about the same only the later.
#[derive(Default)]
pub(super) struct Changes(Vec<Change>);

/// What the thread is given.
pub(super) struct Work {
    pub(super) changes: Changes,
    pub(super) questions: Vec<Question>,
    /// The number of the latest of the changes.
    pub(super) latest: u64,
}

impl Queue {
    pub(super) fn new(witness: Witness) -> Self {
        let (changed, reached) = (Condvar::new(), Condvar::new());
        let (condition, known) = (watch::Sender::default(), OnceLock::new());
        Self { waiting: Mutex::default(), changed, reached, condition, witness, known }
    }

    /// Queues changes and what follows them. When too much waits already, the disk is not waited for any more.
    pub(super) fn push(&self, changes: Vec<Change>, then: Then) {
        let mut waiting = self.waiting();
        changes.into_iter().for_each(|change| waiting.changes.push(change));
        self.count(Fate::Dropped, waiting.changes.shed());
        waiting.latest += 1;
        waiting.is_new = true;
        let latest = waiting.latest;
        waiting.thens.push_back((latest, then));
        if waiting.thens.len() > MAX_WAITING || waiting.is_closed {
            waiting.due = latest;
            self.reached.notify_one();
        }
        drop(waiting);
        self.changed.notify_one();
    }

    /// Queues a question; where there are too many, it is told so at once.
    pub(super) fn ask(&self, question: Question) {
        let mut waiting = self.waiting();
        if waiting.questions.len() >= MAX_QUESTIONS || waiting.is_closing {
            drop(waiting);
            return question(None);
        }
        waiting.questions.push(question);
        waiting.is_new = true;
        drop(waiting);
        self.changed.notify_one();
    }

    /// Waits for something to do, or until it is time to try again what has failed; `None` at the end.
    pub(super) fn next(&self, until: Option<Instant>) -> Option<Work> {
        let waiting = self.waiting();
        let idle = |waiting: &mut Waiting| !waiting.is_new && !waiting.is_closing;
        let mut waiting = match until.map(|until| until.saturating_duration_since(Instant::now())) {
            Some(left) => {
                self.changed.wait_timeout_while(waiting, left, idle).unwrap_or_else(PoisonError::into_inner).0
            }
            None => self.changed.wait_while(waiting, idle).unwrap_or_else(PoisonError::into_inner),
        };
        if !mem::take(&mut waiting.is_new) && waiting.is_closing {
            return None;
        }
        let (changes, questions) = (mem::take(&mut waiting.changes), mem::take(&mut waiting.questions));
        Some(Work { changes, questions, latest: waiting.latest })
    }

    /// Keeps what could not be written before what has come meanwhile.
    pub(super) fn keep(&self, unwritten: Changes) {
        let mut waiting = self.waiting();
        let newer = mem::replace(&mut waiting.changes, unwritten);
        newer.0.into_iter().for_each(|change| waiting.changes.push(change));
        self.count(Fate::Dropped, waiting.changes.shed());
    }

    /// Lets the calls after all changes up to this one be made.
    pub(super) fn reached(&self, change: u64) {
        let mut waiting = self.waiting();
        waiting.due = waiting.due.max(change);
        self.reached.notify_one();
    }

    /// Waits for a call that is due; `None` at the end.
    pub(super) fn next_due(&self) -> Option<Then> {
        let idle = |waiting: &mut Waiting| waiting.front_due().is_none() && !waiting.is_closed;
        let mut waiting = self.reached.wait_while(self.waiting(), idle).unwrap_or_else(PoisonError::into_inner);
        waiting.front_due()?;
        waiting.thens.pop_front().map(|(_, then)| then)
    }

    /// Notes how changes are kept.
    pub(super) fn set_condition(&self, condition: Condition) {
        self.condition.send_if_modified(|known| mem::replace(known, condition) != condition);
    }

    /// How changes are kept, now and whenever that changes.
    pub(super) fn condition(&self) -> watch::Receiver<Condition> {
        self.condition.subscribe()
    }

    /// Says who knows everything; the first who is said stays.
    pub(super) fn learn_from(&self, known: Known) {
        drop(self.known.set(known));
    }

    /// Everything, as far as somebody knows it.
    pub(super) fn known(&self) -> Vec<Change> {
        self.known.get().map(|known| known()).unwrap_or_default()
    }

    /// Nothing is written any more: what is called from now on is called at once.
    pub(super) fn closed(&self) {
        let mut waiting = self.waiting();
        waiting.is_closed = true;
        waiting.due = waiting.latest;
        self.reached.notify_one();
    }

    pub(super) fn close(&self) {
        self.waiting().is_closing = true;
        self.changed.notify_one();
    }

    pub(super) fn count(&self, fate: Fate, changes: usize) {
        if changes > 0 {
            (self.witness)(fate, changes);
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        // Every change leaves the queue whole, so that of a panicked thread is still good.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn front_due(&self) -> Option<u64> {
        self.thens.front().map(|(number, _)| *number).filter(|number| *number <= self.due)
    }
}

impl Changes {
    pub(super) fn as_slice(&self) -> &[Change] {
        &self.0
    }

    /// Adds a change, in the place of an earlier one about the same: nothing between the two can depend on the earlier one.
    pub(super) fn push(&mut self, change: Change) {
        let about = change.about();
        let earlier = about.is_some().then(|| self.0.iter_mut().rev().find(|earlier| earlier.about() == about));
        match earlier.flatten() {
            Some(earlier) => *earlier = change,
            None => self.0.push(change),
        }
    }

    /// Drops the oldest messages when there are too many changes; returns how many.
    fn shed(&mut self) -> usize {
        let mut excess = self.0.len().saturating_sub(MAX_CHANGES);
        let before = self.0.len();
        if excess > 0 {
            self.0.retain(|change| {
                let goes = excess > 0 && matches!(change, Change::Message { .. });
                excess -= usize::from(goes);
                !goes
            });
        }
        before - self.0.len()
    }
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue").finish_non_exhaustive()
    }
}
