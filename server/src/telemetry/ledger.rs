//! The count of what became of every record, by destination: `created = exported + queued + spooled + dropped`, always.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app::trace::ledger::{DestinationView, LedgerView};

pub(super) use self::{bell::Bell, mark::Mark, reason::Reason};
use super::config::{BackendConfig, Takes};
use super::signal::{Kind, Origin, Signal};

mod bell;
mod mark;
mod reason;

/// The name of the destination that is always there.
pub(super) const LOCAL: &str = "local";

/// How many backends are shown that are not configured any more: each is a series of metrics.
const MAX_STRANGERS: usize = 16;
/// What those beyond that are called together; no backend can be.
const OTHER: &str = "_OTHER";

/// Where a record is while it waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In memory.
    Queue,
    /// On disk.
    Spool,
}

/// The accounts of all destinations.
#[derive(Debug)]
pub(super) struct Ledger {
    accounts: Vec<Account>,
    /// Rung by the accounts of the backends.
    bell: Arc<Bell>,
    /// Those of exporters, which take events instead of a signal.
    of_exporters: Mutex<Vec<Arc<Account>>>,
    /// Those of backends that are not configured, of which an earlier process has left something.
    of_strangers: Mutex<Vec<Arc<Account>>>,
}

/// The account of one destination. Every record is entered as queued and leaves for exactly one other column.
#[derive(Debug)]
pub(super) struct Account {
    name: String,
    takes: Content,
    columns: Mutex<Columns>,
    /// Rung when what waits in memory is more or less than before.
    bell: Option<Arc<Bell>>,
}

/// What a destination takes.
#[derive(Clone, Copy, Debug)]
enum Content {
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

impl Ledger {
    /// Opens the accounts of the local store, which takes traces, and of the backends.
    pub(super) fn new<'a>(backends: impl IntoIterator<Item = &'a BackendConfig>) -> Self {
        let local = Account::new(LOCAL, Content::Signal(Signal::Traces, Takes::Everything));
        let of_backend = |backend: &BackendConfig| Content::Signal(backend.signal, backend.takes);
        let bell = Arc::<Bell>::default();
        let backends = backends.into_iter().map(|backend| Account {
            bell: Some(Arc::clone(&bell)),
            ..Account::new(&backend.name, of_backend(backend))
        });
        let accounts = std::iter::once(local).chain(backends).collect();
        Self { accounts, bell, of_exporters: Mutex::default(), of_strangers: Mutex::default() }
    }

    /// Opens the account of an exporter.
    pub(super) fn open(&self, name: &str) -> Arc<Account> {
        let account = Arc::new(Account::new(name, Content::Events));
        locked(&self.of_exporters).push(Arc::clone(&account));
        account
    }

    /// Returns the account of a backend that is not configured, and opens it if there is none. Beyond a number of them there is
    /// one for all others.
    pub(super) fn stranger(&self, name: &str, signal: Signal) -> Arc<Account> {
        let mut all = locked(&self.of_strangers);
        let name =
            if all.len() < MAX_STRANGERS || all.iter().any(|known| known.is(name, signal)) { name } else { OTHER };
        if let Some(known) = all.iter().find(|known| known.is(name, signal)) {
            return Arc::clone(known);
        }
        let account = Arc::new(Account::new(name, Content::Signal(signal, Takes::Everything)));
        all.push(Arc::clone(&account));
        account
    }

    /// Returns a destination's account; 0 is the local store, backends follow in their order.
    pub(super) fn account(&self, index: usize) -> &Account {
        &self.accounts[index]
    }

    /// What is rung when more or less waits for a backend in memory.
    pub(super) fn bell(&self) -> Arc<Bell> {
        Arc::clone(&self.bell)
    }

    /// Enters records that are meant for every destination which takes their kind.
    pub(super) fn created(&self, kind: impl Into<Kind>, records: u64) {
        self.taking(kind.into()).for_each(|account| account.created(records));
    }

    /// Enters the loss of records that none of these destinations will get.
    pub(super) fn dropped(&self, kind: impl Into<Kind>, records: u64, reason: Reason) {
        self.taking(kind.into()).for_each(|account| account.dropped(records, reason));
    }

    /// Enters the loss of everything still queued anywhere.
    pub(super) fn dropped_rest(&self, reason: Reason) {
        self.accounts.iter().for_each(|account| account.dropped_rest(reason));
    }

    /// Returns all accounts as the API shows them.
    pub(super) fn view(&self) -> LedgerView {
        let mut destinations: Vec<_> = self.accounts.iter().map(Account::view).collect();
        destinations.extend(locked(&self.of_exporters).iter().map(|account| account.view()));
        destinations.extend(locked(&self.of_strangers).iter().map(|account| account.view()));
        LedgerView { destinations }
    }

    /// The names of all that records go to, each once, in the order of their accounts.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = self.accounts.iter().map(|account| account.name.clone()).collect();
        names.extend(locked(&self.of_exporters).iter().map(|account| account.name.clone()));
        // A backend has an account for each signal, one after another.
        names.dedup();
        names
    }

    fn taking(&self, kind: Kind) -> impl Iterator<Item = &Account> {
        self.accounts.iter().filter(move |account| account.takes(kind))
    }
}

impl Account {
    fn new(name: &str, takes: Content) -> Self {
        Self { name: name.to_owned(), takes, columns: Mutex::default(), bell: None }
    }

    /// Whether it is the account of a backend for a signal.
    fn is(&self, name: &str, of: Signal) -> bool {
        self.name == name && matches!(self.takes, Content::Signal(signal, _) if signal == of)
    }

    /// Whether the destination takes records of a kind.
    pub(super) fn takes(&self, kind: Kind) -> bool {
        match self.takes {
            Content::Signal(signal, Takes::Everything) => signal == kind.signal,
            Content::Signal(signal, Takes::Pages) => signal == kind.signal && kind.origin == Origin::Page,
            Content::Events => false,
        }
    }

    /// Enters records that are meant for this destination.
    pub(super) fn created(&self, records: u64) {
        let mut columns = self.columns();
        columns.created += records;
        columns.queued += records;
        drop(columns);
        self.ring();
    }

    /// Enters the arrival of queued records.
    pub(super) fn exported(&self, records: u64) {
        self.exported_from(Place::Queue, records);
    }

    /// Enters the arrival of records that waited.
    pub(super) fn exported_from(&self, place: Place, records: u64) {
        let mut columns = self.columns();
        let records = columns.leave(place, records);
        columns.exported += records;
        drop(columns);
        self.ring();
    }

    /// Enters the loss of queued records.
    pub(super) fn dropped(&self, records: u64, reason: Reason) {
        self.dropped_from(Place::Queue, records, reason);
    }

    /// Enters the loss of records that waited.
    pub(super) fn dropped_from(&self, place: Place, records: u64, reason: Reason) {
        let mut columns = self.columns();
        let records = columns.leave(place, records);
        if records > 0 {
            *columns.dropped.entry(reason).or_default() += records;
        }
        drop(columns);
        self.ring();
    }

    /// Enters that queued records are on disk now, before a mark.
    pub(super) fn spooled(&self, records: u64, mark: Mark) {
        let mut columns = self.columns();
        let records = columns.leave(Place::Queue, records);
        columns.spooled += records;
        columns.mark = mark;
        drop(columns);
        self.ring();
    }

    /// Enters records of an earlier process that were found on disk, before a mark.
    pub(super) fn recovered(&self, records: u64, mark: Mark) {
        let mut columns = self.columns();
        columns.created += records;
        columns.spooled += records;
        columns.mark = mark;
    }

    /// Enters that nothing before a mark is among the queued.
    pub(super) fn marked(&self, mark: Mark) {
        self.columns().mark = mark;
    }

    /// Enters records that an earlier process has lost without being able to say so.
    pub(super) fn lost_before(&self, records: u64, reason: Reason) {
        let mut columns = self.columns();
        columns.created += records;
        if records > 0 {
            *columns.dropped.entry(reason).or_default() += records;
        }
    }

    /// How many records wait in memory, and behind which mark they may be on disk all the same.
    pub(super) fn in_memory(&self) -> (u64, Mark) {
        let columns = self.columns();
        (columns.queued, columns.mark)
    }

    /// Enters the loss of everything still queued.
    pub(super) fn dropped_rest(&self, reason: Reason) {
        self.dropped(u64::MAX, reason);
    }

    /// Remembers how the last export went; returns whether that is news.
    pub(super) fn outcome(&self, outcome: Result<(), String>) -> bool {
        let mut columns = self.columns();
        let outcome = Some(outcome);
        let news = columns.outcome != outcome;
        columns.outcome = outcome;
        news
    }

    fn view(&self) -> DestinationView {
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

impl Drop for Ledger {
    /// Whoever waits for the bell finds that there is nothing more to come.
    fn drop(&mut self) {
        self.bell.ring();
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

/// An account is opened before it goes in, so that a poisoned list is whole.
fn locked(accounts: &Mutex<Vec<Arc<Account>>>) -> MutexGuard<'_, Vec<Arc<Account>>> {
    accounts.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
