//! Callbacks that end with the guard their subscriber holds.

use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Keeps a callback subscribed; dropping it unsubscribes.
#[must_use = "the callback ends when this is dropped"]
pub struct Subscription {
    place: Option<(Weak<dyn Remove>, u64)>,
}

/// The subscribers of one kind of callback.
pub(super) struct Listeners<F: ?Sized> {
    inner: Arc<Mutex<List<F>>>,
}

struct List<F: ?Sized> {
    next: u64,
    // Shared, so that calling needs neither the lock nor a copy of the list.
    calls: Arc<Vec<Call<F>>>,
}

struct Call<F: ?Sized> {
    number: u64,
    call: Arc<F>,
}

trait Remove: Send + Sync {
    fn remove(&self, number: u64);
}

impl Subscription {
    /// A subscription to something that never calls.
    pub(super) const fn none() -> Self {
        Self { place: None }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some((listeners, number)) = self.place.take()
            && let Some(listeners) = listeners.upgrade()
        {
            listeners.remove(number);
        }
    }
}

impl<F: ?Sized + Send + Sync + 'static> Listeners<F> {
    pub(super) fn subscribe(&self, call: Box<F>) -> Subscription {
        let mut list = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let number = list.next;
        list.next += 1;
        Arc::make_mut(&mut list.calls).push(Call { number, call: call.into() });
        let weak = Arc::downgrade(&self.inner);
        Subscription { place: Some((weak, number)) }
    }

    /// Calls each subscriber, outside any lock: a subscriber may use the tracker, subscribe or unsubscribe.
    pub(super) fn each(&self, mut with: impl FnMut(&F)) {
        let calls = self.inner.lock().unwrap_or_else(PoisonError::into_inner).calls.clone();
        for call in calls.iter() {
            with(&call.call);
        }
    }
}

impl<F: ?Sized + Send + Sync> Remove for Mutex<List<F>> {
    fn remove(&self, number: u64) {
        let mut list = self.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::make_mut(&mut list.calls).retain(|call| call.number != number);
    }
}

impl<F: ?Sized> Default for Listeners<F> {
    fn default() -> Self {
        Self { inner: Arc::new(Mutex::new(List { next: 0, calls: Arc::default() })) }
    }
}

impl<F: ?Sized> Clone for Call<F> {
    fn clone(&self) -> Self {
        Self { number: self.number, call: self.call.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    type Note = dyn Fn() + Send + Sync;

    fn counter() -> (Arc<AtomicU32>, Box<Note>) {
        let count = Arc::new(AtomicU32::new(0));
        let inner = count.clone();
        let call = move || {
            inner.fetch_add(1, Ordering::Relaxed);
        };
        (count, Box::new(call))
    }

    #[test]
    fn a_dropped_subscription_is_called_no_more() {
        let listeners = Listeners::<Note>::default();
        let ((kept, keep), (gone, go)) = (counter(), counter());
        let _keep = listeners.subscribe(keep);
        let go = listeners.subscribe(go);
        listeners.each(|call| call());
        drop(go);
        listeners.each(|call| call());
        assert_eq!((kept.load(Ordering::Relaxed), gone.load(Ordering::Relaxed)), (2, 1));
    }

    #[test]
    fn a_subscription_may_outlive_what_it_subscribed_to() {
        let listeners = Listeners::<Note>::default();
        let subscription = listeners.subscribe(counter().1);
        drop(listeners);
        drop(subscription);
    }
}
