//! The account of one destination: what became of each record that was meant for it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app::trace::ledger::DestinationView;

use super::{Bell, Mark, Reason};
use crate::telemetry::config::Takes;
use crate::telemetry::signal::{Kind, Origin, Signal};

/// Where a record is while it waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::telemetry) enum Place {
    /// In memory.
    Queue,
    /// On disk.
    Spool,
}

/// The account of one destination. Every record is entered as queued and leaves for exactly one other column.
#[derive(Debug)]
pub(in crate::telemetry) struct Account {
    name: String,
    takes: Content,
    columns: Mutex<Columns>,
    /// Rung when what waits in memory is more or less than before.
    bell: Option<Arc<Bell>>,
}

/// What a destination takes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Content {
    /// The records of a signal.
    Signal(Signal, Takes),
    /// Trace events, which are entered one destination at a time.
    Events,
}

#[derive(Debug, Default)]
struct Columns {
    created: u64,
    exported: u64,
    queued: u64,
    spooled: u64,
    /// Up to where what is on disk is among the spooled; what stands behind it is among the queued still.
    mark: Mark,
    dropped: BTreeMap<Reason, u64>,
    /// `None` before the first export.
    outcome: Option<Result<(), String>>,
}

impl Account {
    /// Opens an account of nothing.
    pub(super) fn new(name: &str, takes: Content) -> Self {
        Self { name: name.to_owned(), takes, columns: Mutex::default(), bell: None }
    }

    /// Has a bell rung whenever what waits in memory is more or less than before.
    pub(super) fn ringing(self, bell: &Arc<Bell>) -> Self {
        Self { bell: Some(Arc::clone(bell)), ..self }
    }

    /// What the destination is called.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is the account of a backend for a signal.
    pub(super) fn is(&self, name: &str, of: Signal) -> bool {
        self.name == name && matches!(self.takes, Content::Signal(signal, _) if signal == of)
    }

    /// Whether the destination takes records of a kind.
    pub(in crate::telemetry) fn takes(&self, kind: Kind) -> bool {
        match self.takes {
            Content::Signal(signal, Takes::Everything) => signal == kind.signal,
            Content::Signal(signal, Takes::Pages) => signal == kind.signal && kind.origin == Origin::Page,
            Content::Events => false,
        }
    }

    /// Enters records that are meant for this destination.
    pub(in crate::telemetry) fn created(&self, records: u64) {
        let mut columns = self.columns();
        columns.created += records;
        columns.queued += records;
        drop(columns);
        self.ring();
    }

    /// Enters the arrival of queued records.
    pub(in crate::telemetry) fn exported(&self, records: u64) {
        self.exported_from(Place::Queue, records);
    }

    /// Enters the arrival of records that waited.
    pub(in crate::telemetry) fn exported_from(&self, place: Place, records: u64) {
        let mut columns = self.columns();
        let records = columns.leave(place, records);
        columns.exported += records;
        drop(columns);
        self.ring();
    }

    /// Enters the loss of queued records.
    pub(in crate::telemetry) fn dropped(&self, records: u64, reason: Reason) {
        self.dropped_from(Place::Queue, records, reason);
    }

    /// Enters the loss of records that waited.
    pub(in crate::telemetry) fn dropped_from(&self, place: Place, records: u64, reason: Reason) {
        let mut columns = self.columns();
        let records = columns.leave(place, records);
        if records > 0 {
            *columns.dropped.entry(reason).or_default() += records;
        }
        drop(columns);
        self.ring();
    }

    /// Enters that queued records are on disk now, before a mark.
    pub(in crate::telemetry) fn spooled(&self, records: u64, mark: Mark) {
        let mut columns = self.columns();
        let records = columns.leave(Place::Queue, records);
        columns.spooled += records;
        columns.mark = mark;
        drop(columns);
        self.ring();
    }

    /// Enters records of an earlier process that were found on disk, before a mark.
    pub(in crate::telemetry) fn recovered(&self, records: u64, mark: Mark) {
        let mut columns = self.columns();
        columns.created += records;
        columns.spooled += records;
        columns.mark = mark;
    }

    /// Enters that nothing before a mark is among the queued.
    pub(in crate::telemetry) fn marked(&self, mark: Mark) {
        self.columns().mark = mark;
    }

    /// Enters records that an earlier process has lost without being able to say so.
    pub(in crate::telemetry) fn lost_before(&self, records: u64, reason: Reason) {
        let mut columns = self.columns();
        columns.created += records;
        if records > 0 {
            *columns.dropped.entry(reason).or_default() += records;
        }
    }

    /// How many records wait in memory, and behind which mark they may be on disk all the same.
    pub(in crate::telemetry) fn in_memory(&self) -> (u64, Mark) {
        let columns = self.columns();
        (columns.queued, columns.mark)
    }

    /// Enters the loss of everything still queued.
    pub(in crate::telemetry) fn dropped_rest(&self, reason: Reason) {
        self.dropped(u64::MAX, reason);
    }

    /// Remembers how the last export went; returns whether that is news.
    pub(in crate::telemetry) fn outcome(&self, outcome: Result<(), String>) -> bool {
        let mut columns = self.columns();
        let outcome = Some(outcome);
        let news = columns.outcome != outcome;
        columns.outcome = outcome;
        news
    }

    /// Returns it as the API shows it.
    pub(super) fn view(&self) -> DestinationView {
        let columns = self.columns();
        DestinationView {
            name: self.name.clone(),
            signal: match self.takes {
                Content::Signal(signal, _) => signal.name().to_owned(),
                Content::Events => "events".to_owned(),
            },
            created: columns.created,
            exported: columns.exported,
            queued: columns.queued,
            spooled: columns.spooled,
            dropped: columns.dropped.iter().map(|(reason, records)| (reason.name().to_owned(), *records)).collect(),
            error: columns.outcome.clone().and_then(Result::err),
        }
    }

    fn ring(&self) {
        self.bell.iter().for_each(|bell| bell.ring());
    }

    /// A few additions are all that happens under this lock, so a poisoned one is still consistent enough to count on.
    fn columns(&self) -> MutexGuard<'_, Columns> {
        self.columns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Columns {
    /// Takes records from where they waited, as far as they are there: what was given up at a shutdown may still arrive
    /// late, and is then counted already.
    fn leave(&mut self, place: Place, records: u64) -> u64 {
        let waiting = match place {
            Place::Queue => &mut self.queued,
            Place::Spool => &mut self.spooled,
        };
        let leaving = records.min(*waiting);
        *waiting -= leaving;
        leaving
    }
}
