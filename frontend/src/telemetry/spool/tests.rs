//! Several windows and one store.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use super::*;

/// The store that all windows of a test share; `room` is how many entries it takes.
#[derive(Clone, Debug)]
struct Shared {
    kept: Rc<RefCell<BTreeMap<String, String>>>,
    room: usize,
}

impl Store for Shared {
    fn keys(&self, prefix: &str) -> Vec<String> {
        self.kept.borrow().keys().filter(|key| key.starts_with(prefix)).cloned().collect()
    }

    fn get(&self, key: &str) -> Option<String> {
        self.kept.borrow().get(key).cloned()
    }

    fn put(&self, key: &str, value: &str) -> bool {
        let has_room = self.kept.borrow().len() < self.room;
        has_room && self.kept.borrow_mut().insert(key.to_owned(), value.to_owned()).is_none()
    }

    fn remove(&self, key: &str) {
        self.kept.borrow_mut().remove(key);
    }
}

fn store() -> Shared {
    Shared { kept: Rc::default(), room: usize::MAX }
}

fn window(store: &Shared, name: &str) -> Spool<Shared> {
    Spool::with(store.clone(), "", name.to_owned())
}

fn claimed(spool: &Spool<Shared>) -> Vec<(String, usize, bool)> {
    std::iter::from_fn(|| spool.claim()).map(|claimed| (claimed.json, claimed.spans, claimed.own)).collect()
}

#[test]
fn the_next_page_sends_what_was_left_oldest_first() {
    let store = store();
    let gone = window(&store, "gone");
    assert!(gone.keep("later", 2, 1_700_000_000_001) && gone.keep("earlier", 16, 999));
    let next = window(&store, "next");
    assert!(!next.is_empty());
    assert_eq!(claimed(&next), [("earlier".to_owned(), 16, false), ("later".to_owned(), 2, false)]);
    assert!(next.is_empty() && gone.is_empty());
}

#[test]
fn what_one_window_has_claimed_no_other_has() {
    let store = store();
    let (one, other) = (window(&store, "one"), window(&store, "other"));
    (0..10).for_each(|n| assert!(one.keep(&n.to_string(), 1, n)));
    let mut all = Vec::new();
    while let Some(claimed) = one.claim() {
        all.push(claimed.json);
        all.extend(other.claim().map(|claimed| claimed.json));
    }
    assert_eq!(all, (0..10).map(|n| n.to_string()).collect::<Vec<_>>());
}

#[test]
fn what_could_not_be_sent_is_this_windows_own_and_no_younger() {
    let store = store();
    assert!(window(&store, "gone").keep("body", 3, 5));
    let next = window(&store, "next");
    let taken = next.claim().expect("it was left");
    assert!(next.put_back(&taken));
    assert_eq!(next.make_room(0, LONGEST_MS + 5), Lost::default());
    assert_eq!(next.make_room(0, LONGEST_MS + 6), Lost { own: 3, others: 0 });
}

#[test]
fn the_oldest_make_room_and_are_counted() {
    let store = store();
    let (gone, next) = (window(&store, "gone"), window(&store, "next"));
    let third = "x".repeat(MOST_BYTES / 3);
    assert!(gone.keep(&third, 7, 1) && next.keep(&third, 5, 2) && next.keep(&third, 3, 3));
    assert_eq!(next.make_room(1, 4), Lost::default());
    assert_eq!(next.make_room(third.len() * 2, 4), Lost { own: 5, others: 7 });
    assert_eq!(claimed(&next).len(), 1);
}

#[test]
fn a_full_browser_says_so() {
    let full = window(&Shared { room: 1, ..store() }, "one");
    assert!(full.keep("first", 1, 1));
    assert!(!full.keep("second", 1, 2));
    assert!(!window(&store(), "one").keep(&"x".repeat(MOST_BYTES + 1), 1, 1));
}

#[test]
fn servers_of_one_origin_do_not_see_each_others() {
    let store = store();
    let (root, term) = (window(&store, "one"), Spool::with(store.clone(), "/term", "two".to_owned()));
    assert!(term.keep("body", 1, 1));
    assert!(root.claim().is_none());
    assert!(term.claim().is_some());
}

#[test]
fn what_is_no_entry_is_left_alone() {
    let store = store();
    for key in ["aetherterm.spool:", "aetherterm.spool:1-2", "aetherterm.spool:a-1-1-w-1", "aetherterm.font-size"] {
        assert!(store.put(key, "13"));
    }
    assert_eq!(window(&store, "one").claim(), None);
    assert_eq!(window(&store, "one").make_room(MOST_BYTES, u64::MAX), Lost::default());
}
