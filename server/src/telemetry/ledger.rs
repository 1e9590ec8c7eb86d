//! The count of what became of every record, by destination: `created = exported + queued + spooled + dropped`, always.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app::trace::ledger::{DestinationView, LedgerView};

pub(super) use self::bell::Bell;
use super::config::{BackendConfig, Takes};
use super::signal::{Kind, Origin, Signal};

mod bell;

/// The name of the destination that is always there.
pub(super) const LOCAL: &str = "local";

/// Why a record did not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    /// More was recorded than the queue holds.
    QueueFull,
    /// Sampling had rejected it, and what it was held with made room before it was known whether to keep it.
    HoldingFull,
    /// It could not be encoded.
    Encoding,
    /// The backend refused it.
    Rejected,
    /// The backend could not be reached within the export timeout.
    Unreachable,
    /// The backend does not take just this record, whatever it is sent with.
    Poison,
    /// Younger records needed its room on the disk.
    Evicted,
    /// The spool could not be written or read, such as with a full disk.
    SpoolFailed,
    /// The server stopped before it was sent.
    Shutdown,
    /// An earlier server was killed while it had it in memory.
    Killed,
}

/// Where a record is while it waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In memory.
    Queue,
    /// On disk.
    Spool,
}

impl Reason {
    /// Every reason.
    pub(super) const ALL: [Self; 10] = [
        Self::QueueFull,
        Self::HoldingFull,
        Self::Encoding,
        Self::Rejected,
        Self::Unreachable,
        Self::Poison,
        Self::Evicted,
        Self::SpoolFailed,
        Self::Shutdown,
        Self::Killed,
    ];

    /// The word for it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::HoldingFull => "holding_full",
            Self::Encoding => "encoding",
            Self::Rejected => "rejected",
            Self::Unreachable => "unreachable",
            Self::Poison => "poison",
            Self::Evicted => "evicted",
            Self::SpoolFailed => "spool_failed",
            Self::Shutdown => "shutdown",
            Self::Killed => "killed",
        }
    }
}

/// The accounts of all destinations.
#[derive(Debug)]
pub(super) struct Ledger {
    accounts: Vec<Account>,
    /// Rung by the accounts of the backends.
    bell: Arc<Bell>,
    /// Those of exporters, which take events instead of a signal.
    of_exporters: Mutex<Vec<Arc<Account>>>,
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
        Self { accounts: std::iter::once(local).chain(backends).collect(), bell, of_exporters: Mutex::default() }
    }

    /// Opens the account of an exporter.
    pub(super) fn open(&self, name: &str) -> Arc<Account> {
        let account = Arc::new(Account::new(name, Content::Events));
        self.of_exporters().push(Arc::clone(&account));
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
        destinations.extend(self.of_exporters().iter().map(|account| account.view()));
        LedgerView { destinations }
    }

    /// An account is opened before it goes in, so that a poisoned list is whole.
    fn of_exporters(&self) -> MutexGuard<'_, Vec<Arc<Account>>> {
        self.of_exporters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn taking(&self, kind: Kind) -> impl Iterator<Item = &Account> {
        self.accounts.iter().filter(move |account| account.takes(kind))
    }
}

impl Account {
    fn new(name: &str, takes: Content) -> Self {
        Self { name: name.to_owned(), takes, columns: Mutex::default(), bell: None }
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

    /// Enters that queued records are on disk now.
    pub(super) fn spooled(&self, records: u64) {
        let mut columns = self.columns();
        let records = columns.leave(Place::Queue, records);
        columns.spooled += records;
        drop(columns);
        self.ring();
    }

    /// Enters records of an earlier process that were found on disk.
    pub(super) fn recovered(&self, records: u64) {
        let mut columns = self.columns();
        columns.created += records;
        columns.spooled += records;
    }

    /// Enters records that an earlier process has lost without being able to say so.
    pub(super) fn lost_before(&self, records: u64, reason: Reason) {
        let mut columns = self.columns();
        columns.created += records;
        if records > 0 {
            *columns.dropped.entry(reason).or_default() += records;
        }
    }

    /// How many records wait in memory.
    pub(super) fn queued(&self) -> u64 {
        self.columns().queued
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

#[cfg(test)]
mod tests {
    use reqwest::Url;

    use super::*;

    fn ledger(backends: &[(&str, Signal)]) -> Ledger {
        let url = Url::parse("http://localhost").unwrap();
        let backends: Vec<_> =
            backends.iter().map(|(name, signal)| BackendConfig::new(*name, *signal, "X", url.clone())).collect();
        Ledger::new(&backends)
    }

    fn balanced(view: &LedgerView) -> bool {
        view.destinations.iter().all(|row| row.created == row.exported + row.queued + row.spooled + row.lost())
    }

    proptest::proptest! {
        #[test]
        fn the_equation_holds_whatever_happens(steps in proptest::collection::vec((0..10_u8, 0..20_u64), 0..200)) {
            let ledger = ledger(&[("a", Signal::Traces)]);
            let account = ledger.account(1);
            let mut created = 0;
            for (step, records) in steps {
                match step {
                    0 | 1 => {
                        ledger.created(Signal::Traces, records);
                        created += records;
                    }
                    2 => account.exported(records),
                    3 => account.spooled(records),
                    4 => account.exported_from(Place::Spool, records),
                    5 => account.dropped_from(Place::Spool, records, Reason::Evicted),
                    6 => account.dropped(records, Reason::Rejected),
                    7 => ledger.dropped(Signal::Traces, records, Reason::QueueFull),
                    8 => {
                        account.lost_before(records, Reason::Killed);
                        created += records;
                    }
                    _ => {
                        account.recovered(records);
                        created += records;
                    }
                }
                let view = ledger.view();
                proptest::prop_assert!(balanced(&view), "{view:?}");
                proptest::prop_assert_eq!(view.destinations[1].created, created);
            }
        }
    }

    #[test]
    fn every_record_is_in_exactly_one_column_of_each_destination() {
        let ledger = ledger(&[("otlp", Signal::Traces)]);
        ledger.created(Signal::Traces, 10);
        assert!(balanced(&ledger.view()));
        ledger.dropped(Signal::Traces, 2, Reason::QueueFull);
        ledger.account(0).exported(8);
        ledger.account(1).exported(3);
        ledger.account(1).dropped(1, Reason::Rejected);
        let view = ledger.view();
        assert!(balanced(&view), "{view:?}");
        assert_eq!(view.destinations.iter().map(|row| row.queued).collect::<Vec<_>>(), [0, 4]);
        assert_eq!((view.exported(), view.lost()), (11, 5));

        ledger.dropped_rest(Reason::Shutdown);
        let view = ledger.view();
        assert!(balanced(&view), "{view:?}");
        assert_eq!(view.destinations[1].dropped["shutdown"], 4);

        ledger.account(1).exported(4);
        assert_eq!(ledger.view(), view, "what arrives after it was given up is not counted twice");
    }

    #[test]
    fn a_record_is_meant_for_those_that_take_its_signal() {
        let ledger = ledger(&[("otlp", Signal::Traces), ("otlp", Signal::Metrics), ("other", Signal::Metrics)]);
        ledger.created(Signal::Metrics, 5);
        ledger.dropped(Signal::Metrics, 2, Reason::QueueFull);
        ledger.created(Signal::Logs, 7);
        let view = ledger.view();
        assert_eq!(view.destinations.iter().map(|row| row.queued).collect::<Vec<_>>(), [0, 0, 3, 3]);
        assert_eq!((view.destinations[2].signal.as_str(), view.destinations[2].lost()), ("metrics", 2));
    }

    #[test]
    fn a_destination_for_pages_takes_only_what_they_recorded() {
        let url = Url::parse("http://localhost").unwrap();
        let new = BackendConfig::new("browser", Signal::Traces, "X", url);
        let ledger = Ledger::new(&[BackendConfig { takes: Takes::Pages, ..new }]);
        for (origin, records) in [(Origin::Server, 1), (Origin::Page, 2), (Origin::Program, 4)] {
            ledger.created(Kind { signal: Signal::Traces, origin }, records);
        }
        let view = ledger.view();
        assert_eq!((view.destinations[0].created, view.destinations[1].created), (7, 2));
    }

    #[test]
    fn an_exporter_has_a_row_of_its_own_that_no_signal_fills() {
        let ledger = ledger(&[("otlp", Signal::Logs)]);
        let account = ledger.open("mine");
        Signal::ALL.into_iter().for_each(|signal| ledger.created(signal, 1));
        account.created(3);
        account.exported(1);
        account.dropped(1, Reason::Rejected);
        let view = ledger.view();
        let mine = &view.destinations[2];
        assert_eq!((mine.name.as_str(), mine.signal.as_str()), ("mine", "events"));
        assert_eq!((mine.created, mine.exported, mine.queued, mine.lost()), (3, 1, 1, 1));
        assert!(balanced(&view));
    }

    #[test]
    fn an_outcome_is_news_only_when_it_changes() {
        let ledger = ledger(&[]);
        let account = ledger.account(0);
        let failed = || Err("answered 401".to_owned());
        assert!(account.outcome(failed()));
        assert!(!account.outcome(failed()));
        assert_eq!(ledger.view().destinations[0].error.as_deref(), Some("answered 401"));
        assert!(account.outcome(Ok(())));
        assert!(!account.outcome(Ok(())));
        assert_eq!(ledger.view().destinations[0].error, None);
    }
}
