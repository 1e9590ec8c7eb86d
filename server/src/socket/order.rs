//! The order in which changes are told: that in which they were made.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, MutexGuard, PoisonError},
};

use tracing::error;

/// What is told of one change: answers and notices, in no need of any lock.
pub(super) type Telling = Box<dyn FnOnce() + Send>;

/// Keeps the order of changes among all requests. It is not the lock of what is changed: who only reads never waits for it.
#[derive(Default)]
pub(super) struct Order {
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    /// At most one of each request that is being handled and of each terminal that has moved.
    waiting: VecDeque<Telling>,
    /// Whether somebody is at it, who goes on until nothing waits.
    is_telling: bool,
}

impl Order {
    /// Makes a change and has it told after all that were made before, by this thread or by one that is at it already.
    ///
    /// A change must not commit another one; what is told may.
    pub(super) fn commit(&self, change: impl FnOnce() -> Telling) {
        {
            let mut queue = self.queue();
            let telling = change();
            queue.waiting.push_back(telling);
        }
        while let Some(telling) = self.next() {
            if catch_unwind(AssertUnwindSafe(telling)).is_err() {
                error!("telling a change failed");
            }
            self.queue().is_telling = false;
        }
    }

    /// The next to tell; `None` when there is none, or somebody else is at it.
    fn next(&self) -> Option<Telling> {
        let mut queue = self.queue();
        if queue.is_telling {
            return None;
        }
        let next = queue.waiting.pop_front();
        queue.is_telling = next.is_some();
        next
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        // Every change leaves the queue whole, so that of a panicked thread is still good.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    };

    use super::*;

    #[test]
    fn what_is_changed_first_is_told_first_whoever_changes() {
        let (order, revision, told) = (Order::default(), AtomicU64::new(0), Arc::new(Mutex::new(Vec::new())));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..1_000 {
                        order.commit(|| {
                            let (revision, told) = (revision.fetch_add(1, Ordering::Relaxed), Arc::clone(&told));
                            Box::new(move || told.lock().unwrap().push(revision))
                        });
                    }
                });
            }
        });
        assert!(told.lock().unwrap().iter().copied().eq(0..4_000));
    }

    #[test]
    fn what_is_told_may_change_something_and_fail() {
        let (order, told) = (Arc::new(Order::default()), Arc::new(Mutex::new(Vec::new())));
        let tell = |what: &'static str| {
            let told = Arc::clone(&told);
            move || told.lock().unwrap().push(what)
        };
        let (first, second, inner) = (tell("first"), tell("second"), Arc::clone(&order));
        order.commit(|| {
            Box::new(move || {
                inner.commit(|| Box::new(second));
                first();
                panic!("on purpose");
            })
        });
        order.commit(|| Box::new(tell("third")));
        assert_eq!(*told.lock().unwrap(), ["first", "second", "third"]);
    }
}
