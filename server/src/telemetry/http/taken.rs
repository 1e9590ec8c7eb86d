//! The bodies that were taken lately, known again by a fingerprint: a page that has heard no answer, or that of something on the
//! way, sends the same bytes once more; one that is gone has left them with the browser, and the next page sends them.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::mem;
use std::sync::{Mutex, PoisonError};

/// After so many bodies those before them begin to be forgotten: with a hundred people at work after half an hour, with one never.
/// Full, it takes a little more than a megabyte.
const GENERATION: usize = 1 << 15;

/// The fingerprints of two generations. It is shared by all requests, and its lock is held for one look-up.
#[derive(Debug, Default)]
pub(in crate::telemetry) struct Taken {
    /// Its keys are this process's own, so that nobody can make two bodies alike; by chance, one of a million million is.
    hasher: RandomState,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    younger: HashSet<u64>,
    older: HashSet<u64>,
}

impl Taken {
    /// Notes that a body is taken from a sender; `false` when it was before.
    pub(super) fn note(&self, sender: Option<&str>, body: &[u8]) -> bool {
        let fingerprint = self.hasher.hash_one((sender, body));
        // Each change leaves both sets whole, so that what a panicked thread left is still good.
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.younger.contains(&fingerprint) || seen.older.contains(&fingerprint) {
            return false;
        }
        if seen.younger.len() == GENERATION {
            seen.older = mem::take(&mut seen.younger);
        }
        seen.younger.insert(fingerprint);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bytes_of_the_same_sender_are_known_again() {
        let taken = Taken::default();
        assert!(taken.note(None, b"one") && taken.note(None, b"two") && taken.note(Some("t_1"), b"one"));
        assert!(!taken.note(None, b"one") && !taken.note(Some("t_1"), b"one"));
    }

    #[test]
    fn the_oldest_are_forgotten_and_the_latest_never_are() {
        let taken = Taken::default();
        for number in 0..5 * GENERATION {
            assert!(taken.note(None, &number.to_be_bytes()));
            let lately = number.saturating_sub(GENERATION - 1);
            assert!(!taken.note(None, &lately.to_be_bytes()), "{lately} after {number}");
        }
        let seen = taken.seen.lock().unwrap();
        assert!(seen.younger.len() + seen.older.len() <= 2 * GENERATION);
        drop(seen);
        assert!(taken.note(None, &0_usize.to_be_bytes()));
    }
}
