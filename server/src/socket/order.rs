//! The order in which changes are told: that in which they were made, each once it is stored.

use std::sync::{Mutex, PoisonError};

use crate::store::{Change, Store};

/// What is told of one change: answers and notices, in no need of any lock.
pub(super) type Telling = Box<dyn FnOnce() + Send>;

/// Keeps the order of changes among all requests. Its lock is not that of what is changed: who only reads never waits for it.
pub(super) struct Order {
    changing: Mutex<()>,
    store: Store,
}

impl Order {
    pub(super) fn new(store: Store) -> Self {
        Self { changing: Mutex::default(), store }
    }

    /// Makes a change, and has it told after all that were made before, once what is to be stored of it is.
    ///
    /// A change must not commit another one; what is told may.
    pub(super) fn commit(&self, change: impl FnOnce() -> (Vec<Change>, Telling)) {
        // What a panicked change has left is as whole as what it changed.
        let _one_at_a_time = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let (changes, telling) = change();
        self.store.save(changes, telling);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc,
    };

    use app::protocol::session::{UserRole, UserView};

    use super::*;
    use crate::workspace::Sessions;

    fn order() -> Order {
        Order::new(Store::in_memory(Box::new(|_, _| {})).unwrap())
    }

    #[test]
    fn what_is_changed_first_is_told_first_whoever_changes() {
        let (order, revision, (tell, told)) = (order(), AtomicU64::new(0), mpsc::channel());
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..1_000 {
                        order.commit(|| {
                            let (revision, tell) = (revision.fetch_add(1, Ordering::Relaxed), tell.clone());
                            (Vec::new(), Box::new(move || tell.send(revision).unwrap()))
                        });
                    }
                });
            }
        });
        assert!(told.iter().take(4_000).eq(0..4_000));
    }

    #[test]
    fn what_is_told_has_been_changed_and_stored_by_then() {
        let directory = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(directory.path(), Box::new(|_, _| {})).unwrap();
        let (order, sessions) = (Order::new(store), Sessions::default());
        let (tell, told) = mpsc::channel();
        let path = directory.path().join("aetherterm.db");
        for number in 0..200_u64 {
            let (tell, path, sessions) = (tell.clone(), path.clone(), sessions.clone());
            order.commit(move || {
                let user = UserView { id: format!("user {number}"), name: String::new(), role: UserRole::User };
                let id = sessions.enter(&user, "c_1".into());
                let changed = sessions.clone();
                let telling = move || {
                    // As anybody else would find it there.
                    let there = rusqlite::Connection::open(path).unwrap();
                    let count = "SELECT count(*) FROM sessions WHERE id = ?1";
                    let stored: u64 = there.query_row(count, [id.to_string()], |row| row.get(0)).unwrap();
                    tell.send((stored, changed.shown(&user.id).is_some())).unwrap();
                };
                (sessions.unsaved(), Box::new(telling))
            });
        }
        assert!(told.iter().take(200).all(|told| told == (1, true)));
    }

    #[test]
    fn what_is_told_may_change_something_and_fail() {
        let (order, (tell, told)) = (Arc::new(order()), mpsc::channel());
        let says = |what: &'static str| {
            let tell = tell.clone();
            move || tell.send(what).unwrap()
        };
        let (first, second, inner) = (says("first"), says("second"), Arc::clone(&order));
        order.commit(|| {
            let telling = move || {
                first();
                inner.commit(|| (Vec::new(), Box::new(second)));
                panic!("on purpose");
            };
            (Vec::new(), Box::new(telling))
        });
        assert_eq!([told.recv(), told.recv()], [Ok("first"), Ok("second")]);
        order.commit(|| (Vec::new(), Box::new(says("third"))));
        assert_eq!(told.recv(), Ok("third"));
    }
}
