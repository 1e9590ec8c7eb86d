//! The requests that wait: bounded, in order, found by id.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};

use crate::{protocol::RequestId, trace::SpanContext};

use super::{Ending, Micros, PendingRequest, Settled};

/// One request that waits.
#[derive(Debug)]
pub(super) struct Waiting {
    pub request: PendingRequest,
    pub expected: Option<Cow<'static, str>>,
    pub context: Option<SpanContext>,
}

/// All requests that wait. Numbers ascend, so the first one is the oldest.
#[derive(Debug, Default)]
pub(super) struct Pending {
    by_number: BTreeMap<u64, Waiting>,
    numbers: HashMap<RequestId, u64>,
    next: u64,
}

impl Waiting {
    pub(super) fn settle(self, ending: Ending, response: Option<Cow<'static, str>>, now: Micros) -> Settled {
        let duration = now.saturating_sub(self.request.started);
        Settled { request: self.request, expected: self.expected, response, context: self.context, duration, ending }
    }
}

impl Pending {
    pub(super) fn contains(&self, id: &RequestId) -> bool {
        self.numbers.contains_key(id)
    }

    pub(super) fn len(&self) -> usize {
        self.by_number.len()
    }

    pub(super) fn push(&mut self, waiting: Waiting) {
        self.numbers.insert(waiting.request.request_id.clone(), self.next);
        self.by_number.insert(self.next, waiting);
        self.next += 1;
    }

    pub(super) fn get_mut(&mut self, id: &RequestId) -> Option<&mut PendingRequest> {
        Some(&mut self.by_number.get_mut(self.numbers.get(id)?)?.request)
    }

    pub(super) fn take(&mut self, id: &RequestId) -> Option<Waiting> {
        let number = self.numbers.remove(id)?;
        self.by_number.remove(&number)
    }

    pub(super) fn take_oldest(&mut self) -> Option<Waiting> {
        let (_, waiting) = self.by_number.pop_first()?;
        self.numbers.remove(&waiting.request.request_id);
        Some(waiting)
    }

    /// Takes all that match, oldest first. Looks at every one: there are few.
    pub(super) fn take_if(&mut self, matches: impl Fn(&PendingRequest) -> bool) -> Vec<Waiting> {
        let taken: Vec<u64> =
            self.by_number.iter().filter(|(_, waiting)| matches(&waiting.request)).map(|(number, _)| *number).collect();
        taken
            .into_iter()
            .filter_map(|number| {
                let waiting = self.by_number.remove(&number)?;
                self.numbers.remove(&waiting.request.request_id);
                Some(waiting)
            })
            .collect()
    }

    /// Oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &PendingRequest> {
        self.by_number.values().map(|waiting| &waiting.request)
    }
}
