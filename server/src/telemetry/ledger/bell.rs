//! How somebody is told that accounts have changed, at the cost of an atomic operation, and of waking them where they sleep.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Thread};

use tokio::sync::Notify;

/// A bell with one listener; until there is one, nobody hears it.
#[derive(Debug, Default)]
pub(in crate::telemetry) struct Bell {
    has_rung: AtomicBool,
    is_awaited: AtomicBool,
    listener: OnceLock<Thread>,
    /// Told whenever the listener has nothing left to do.
    answered: Notify,
}

impl Bell {
    /// Rings. Only the first of many rings wakes the listener.
    pub(in crate::telemetry) fn ring(&self) {
        if let Some(listener) = self.listener.get()
            && !self.has_rung.swap(true, Ordering::SeqCst)
        {
            listener.unpark();
        }
    }

    /// Waits until the listener has done all that it was rung for; at once where there is none.
    pub(in crate::telemetry) async fn answered(&self) {
        loop {
            let answered = self.answered.notified();
            // In this order: the listener says that it no longer waits before it takes the ring.
            let is_heard = !self.has_rung.load(Ordering::SeqCst) && self.is_awaited.load(Ordering::SeqCst);
            if is_heard || self.listener.get().is_none() {
                return;
            }
            answered.await;
        }
    }

    /// Makes this thread the listener, if there is none.
    pub(in crate::telemetry) fn listen(&self) {
        self.listener.get_or_init(thread::current);
    }

    /// Waits until it has rung since the last time.
    pub(in crate::telemetry) fn wait(&self) {
        loop {
            self.is_awaited.store(false, Ordering::SeqCst);
            if self.has_rung.swap(false, Ordering::SeqCst) {
                return;
            }
            self.is_awaited.store(true, Ordering::SeqCst);
            self.answered.notify_waiters();
            thread::park();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[tokio::test]
    async fn every_ring_is_answered_and_many_are_heard_as_one() {
        let bell = Arc::<Bell>::default();
        // Nobody listens yet.
        bell.ring();
        bell.answered().await;
        let (theirs, heard) = (Arc::clone(&bell), Arc::<AtomicUsize>::default());
        let counted = Arc::clone(&heard);
        bell.has_rung.store(true, Ordering::SeqCst);
        thread::spawn(move || {
            theirs.listen();
            loop {
                theirs.wait();
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        while bell.listener.get().is_none() {
            tokio::task::yield_now().await;
        }
        for rings in 1..=100 {
            bell.answered().await;
            assert!((1..=rings).contains(&heard.load(Ordering::SeqCst)), "{heard:?} of {rings}");
            let before = heard.load(Ordering::SeqCst);
            bell.ring();
            bell.answered().await;
            assert_eq!(heard.load(Ordering::SeqCst), before + 1);
        }
    }
}
