//! Requests that wait for their answer: each is taken out once, by whichever end comes first.

use std::{collections::HashMap, rc::Rc};

use app::{
    client::{Action, Settle},
    protocol::RequestId,
};

use super::span::OpenSpan;

/// How many may wait at once: far more than a person causes, few enough to bound the page's memory.
pub const CAPACITY: usize = 1_024;

/// One request.
pub struct Waiting {
    /// Who is told.
    pub settle: Settle,
    /// Its event's name.
    pub event: &'static str,
    /// The name of the event that refuses it.
    pub refused_as: Option<&'static str>,
    /// When it left, in microseconds since the epoch.
    pub sent: u64,
    /// When it has waited long enough, in microseconds since the epoch.
    pub deadline: u64,
    /// Its span; none when it is not followed.
    pub span: Option<OpenSpan>,
    /// What it was sent for.
    pub action: Option<Rc<Action>>,
    /// Whether the tracker and the journal know it.
    pub tracked: bool,
}

/// All of them.
#[derive(Default)]
pub struct Table {
    requests: HashMap<RequestId, Waiting>,
}

impl Table {
    /// Whether one more may wait.
    pub fn has_room(&self) -> bool {
        self.requests.len() < CAPACITY
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.requests.is_empty()
    }

    /// Adds a request.
    pub fn insert(&mut self, id: RequestId, waiting: Waiting) {
        self.requests.insert(id, waiting);
    }

    /// Takes out the request that an answer names.
    pub fn take(&mut self, id: &RequestId) -> Option<Waiting> {
        self.requests.remove(id)
    }

    /// Takes out those whose time is up.
    pub fn take_expired(&mut self, now: u64) -> Vec<(RequestId, Waiting)> {
        self.requests.extract_if(|_, waiting| waiting.deadline <= now).collect()
    }

    /// Takes out all.
    pub fn take_all(&mut self) -> Vec<(RequestId, Waiting)> {
        self.requests.drain().collect()
    }
}
