//! The requests that ended last, so that a late or repeated answer is known for what it is.

use std::collections::{HashMap, VecDeque};

use crate::protocol::RequestId;

use super::Settled;

/// How many are kept: at a hundred requests a second, ten seconds of them.
const CAPACITY: usize = 1_000;

/// One request that ended, and whether the counts still hold it.
#[derive(Debug)]
pub(super) struct Remembered {
    pub settled: Settled,
    /// The number of the last clearing of the counts when it ended.
    pub era: u64,
}

/// The last requests that ended; the oldest is forgotten first.
#[derive(Debug, Default)]
pub(super) struct Recent {
    entries: VecDeque<Remembered>,
    // Number of the first entry; the others follow without gap.
    first: u64,
    numbers: HashMap<RequestId, u64>,
}

impl Recent {
    pub(super) fn push(&mut self, settled: Settled, era: u64) {
        if self.entries.len() == CAPACITY
            && let Some(oldest) = self.entries.pop_front()
        {
            // A later request may have had the same id: then the place in the map is its.
            let id = &oldest.settled.request.request_id;
            if self.numbers.get(id) == Some(&self.first) {
                self.numbers.remove(id);
            }
            self.first += 1;
        }
        self.numbers.insert(settled.request.request_id.clone(), self.first + self.entries.len() as u64);
        self.entries.push_back(Remembered { settled, era });
    }

    pub(super) fn get_mut(&mut self, id: &RequestId) -> Option<&mut Remembered> {
        let place = self.numbers.get(id)?.checked_sub(self.first)?;
        self.entries.get_mut(usize::try_from(place).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tracking::{Ending, PendingRequest};

    fn id(n: usize) -> RequestId {
        RequestId::mint(0, n as u64, "x")
    }

    fn settled(n: usize) -> Settled {
        let request = PendingRequest {
            request_id: id(n),
            event_name: "terminal:create".into(),
            started: 0,
            timeout_ms: 1,
            client_id: None,
            data: None,
        };
        Settled { request, expected: None, response: None, context: None, duration: 0, ending: Ending::Ok }
    }

    #[test]
    fn the_oldest_is_forgotten_first() {
        let mut recent = Recent::default();
        (0..=CAPACITY).for_each(|n| recent.push(settled(n), 0));
        assert!(recent.get_mut(&id(0)).is_none());
        assert_eq!(recent.get_mut(&id(1)).unwrap().settled.request.request_id, id(1));
        assert_eq!(recent.get_mut(&id(CAPACITY)).unwrap().settled.request.request_id, id(CAPACITY));
        assert_eq!((recent.entries.len(), recent.numbers.len()), (CAPACITY, CAPACITY));
    }

    #[test]
    fn an_id_used_again_means_the_later_request() {
        let mut recent = Recent::default();
        recent.push(settled(0), 0);
        recent.push(settled(0), 1);
        (1..CAPACITY).for_each(|n| recent.push(settled(n), 1));
        assert_eq!(recent.get_mut(&id(0)).unwrap().era, 1);
    }
}
