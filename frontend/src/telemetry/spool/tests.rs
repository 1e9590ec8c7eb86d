//! Several windows and one store.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use super::*;

const NOW: u64 = 1_800_000_000_000;

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

/// Sends all that is there at a time.
fn sent(spool: &Spool<Shared>, now: u64) -> Vec<(String, usize, bool)> {
    let send = |Claimed { json, spans, own, lease }| {
        spool.done(lease);
        (json, spans, own)
    };
    std::iter::from_fn(|| spool.claim(now)).map(send).collect()
}

#[test]
fn the_next_page_sends_what_was_left_oldest_first() {
    let store = store();
    let gone = window(&store, "gone");
    assert!(gone.keep("later", 2, 1_700_000_000_001) && gone.keep("earlier", 16, 999));
    let next = window(&store, "next");
    assert!(!next.is_empty());
    assert_eq!(sent(&next, NOW), [("earlier".to_owned(), 16, false), ("later".to_owned(), 2, false)]);
    assert!(next.is_empty() && gone.is_empty());
}

#[test]
fn what_one_window_sends_no_other_does() {
    let store = store();
    let (one, other) = (window(&store, "one"), window(&store, "other"));
    (0..10).for_each(|n| assert!(one.keep(&n.to_string(), 1, n)));
    let all: Vec<_> = std::iter::from_fn(|| Some([one.claim(NOW)?, other.claim(NOW)?])).flatten().collect();
    let json: Vec<_> = all.iter().map(|claimed| claimed.json.clone()).collect();
    assert_eq!(json, (0..10).map(|n| n.to_string()).collect::<Vec<_>>());
}

#[test]
fn what_is_sent_stays_until_it_is_known_to_have_arrived() {
    let store = store();
    let (gone, next) = (window(&store, "gone"), window(&store, "next"));
    let lease = gone.lend("body", 3, NOW).expect("there is room");
    assert_eq!(next.claim(NOW + 1), None);
    assert!(!next.is_empty() && gone.is_empty());
    gone.done(lease);
    assert!(next.is_empty() && store.kept.borrow().is_empty());
}

#[test]
fn what_a_page_that_is_gone_was_sending_the_next_one_sends_when_its_lease_has_lapsed() {
    let store = store();
    let _lease = window(&store, "gone").lend("parting", 3, NOW);
    assert!(window(&store, "gone too").keep("left", 2, NOW + 1));
    let _claimed = window(&store, "gone too").claim(NOW + 1);
    let next = window(&store, "next");
    assert_eq!(sent(&next, NOW + LEASE_MS - 1), []);
    assert_eq!(sent(&next, NOW + LEASE_MS), [("parting".to_owned(), 3, false)]);
    assert_eq!(sent(&next, NOW + LEASE_MS + 1), [("left".to_owned(), 2, false)]);
    assert!(store.kept.borrow().is_empty());
}

#[test]
fn a_window_does_not_send_again_what_it_still_sends() {
    let store = store();
    let (slow, other) = (window(&store, "slow"), window(&store, "other"));
    let lease = slow.lend("body", 3, NOW).expect("there is room");
    assert_eq!(slow.claim(NOW + 2 * LEASE_MS), None);
    let claimed = other.claim(NOW + LEASE_MS).expect("the lease has lapsed");
    // Nor does it free what is another's meanwhile.
    slow.give_back(lease);
    assert_eq!(slow.claim(NOW + LEASE_MS), None);
    other.give_back(claimed.lease);
    assert_eq!(sent(&slow, NOW + LEASE_MS), [("body".to_owned(), 3, true)]);
}

#[test]
fn a_clock_that_is_ahead_keeps_nobody_out() {
    let store = store();
    let _lease = window(&store, "ahead").lend("body", 3, NOW + 60_000);
    assert_eq!(sent(&window(&store, "next"), NOW).len(), 1);
}

#[test]
fn what_could_not_be_sent_is_no_younger_and_whose_it_was() {
    let store = store();
    let gone = window(&store, "gone");
    assert!(gone.keep("body", 3, 5));
    let next = window(&store, "next");
    let taken = next.claim(NOW).expect("it was left");
    next.give_back(taken.lease);
    assert_eq!(next.make_room(0, LONGEST_MS + 5), Lost::default());
    assert_eq!(next.make_room(0, LONGEST_MS + 6), Lost { own: 0, others: 3 });
}

#[test]
fn what_is_sent_makes_no_room() {
    let store = store();
    let (one, other) = (window(&store, "one"), window(&store, "other"));
    let half = "x".repeat(MOST_BYTES / 2);
    let lease = one.lend(&half, 7, NOW).expect("there is room");
    assert!(one.keep(&half, 5, NOW + 1));
    for window in [&one, &other] {
        let lost = window.make_room(half.len(), NOW + 2);
        assert_eq!(lost.own + lost.others, if std::ptr::eq(window, &one) { 5 } else { 0 });
    }
    one.done(lease);
    assert!(store.kept.borrow().is_empty());
}

#[test]
fn the_oldest_make_room_and_are_counted() {
    let store = store();
    let (gone, next) = (window(&store, "gone"), window(&store, "next"));
    let third = "x".repeat(MOST_BYTES / 3);
    assert!(gone.keep(&third, 7, 1) && next.keep(&third, 5, 2) && next.keep(&third, 3, 3));
    assert_eq!(next.make_room(1, 4), Lost::default());
    assert_eq!(next.make_room(third.len() * 2, 4), Lost { own: 5, others: 7 });
    assert_eq!(sent(&next, NOW).len(), 1);
}

#[test]
fn counts_of_what_is_lost_make_room_after_all_spans() {
    let store = store();
    let (gone, next) = (window(&store, "gone"), window(&store, "next"));
    let half = "x".repeat(MOST_BYTES / 2);
    assert!(gone.keep("lost", 0, 1) && gone.keep(&half, 7, 2) && next.keep(&half[8..], 5, 3));
    assert_eq!(next.make_room(half.len(), 4), Lost { own: 0, others: 7 });
    assert_eq!(sent(&next, NOW), [(half[8..].to_owned(), 5, true), ("lost".to_owned(), 0, false)]);
    // Of them, too, there are no more than there is room for.
    assert!(gone.keep(&half, 0, 1) && gone.keep(&half, 0, 2));
    assert_eq!(next.make_room(half.len(), 4), Lost::default());
    assert_eq!(sent(&next, NOW).len(), 1);
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
    assert!(root.claim(NOW).is_none());
    assert!(term.claim(NOW).is_some());
}

#[test]
fn what_is_no_entry_is_left_alone() {
    let store = store();
    for key in [
        "aetherterm.spool:",
        "aetherterm.spool:1-2",
        "aetherterm.spool:a-1-1-w-1",
        "aetherterm.spool:1-1-1-w-1-until",
        "aetherterm.font-size",
    ] {
        assert!(store.put(key, "13"));
    }
    assert_eq!(window(&store, "one").claim(NOW), None);
    assert_eq!(window(&store, "one").make_room(MOST_BYTES, u64::MAX), Lost::default());
}
