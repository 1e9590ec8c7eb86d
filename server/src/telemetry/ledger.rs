//! The count of what became of every span, by destination: `created = exported + queued + dropped`, always.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use app::trace::ledger::{DestinationView, LedgerView};

/// The name of the destination that is always there.
pub(super) const LOCAL: &str = "local";

/// Why a span did not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    /// More spans ended than the queue holds.
    QueueFull,
    /// The span could not be encoded.
    Encoding,
    /// The backend refused it.
    Rejected,
    /// The backend could not be reached within the export timeout.
    Unreachable,
    /// The server stopped before it was sent.
    Shutdown,
}

impl Reason {
    fn name(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::Encoding => "encoding",
            Self::Rejected => "rejected",
            Self::Unreachable => "unreachable",
            Self::Shutdown => "shutdown",
        }
    }
}

/// The accounts of all destinations.
#[derive(Debug)]
pub(super) struct Ledger {
    accounts: Vec<Account>,
}

/// The account of one destination. Every span is entered as queued and leaves for exactly one other column.
#[derive(Debug)]
pub(super) struct Account {
    name: String,
    columns: Mutex<Columns>,
}

#[derive(Debug, Default)]
struct Columns {
    created: u64,
    exported: u64,
    queued: u64,
    dropped: BTreeMap<Reason, u64>,
    /// `None` before the first export.
    outcome: Option<Result<(), String>>,
}

impl Ledger {
    /// Opens the accounts of the local store and of the named backends.
    pub(super) fn new<'a>(backends: impl IntoIterator<Item = &'a str>) -> Self {
        let names = std::iter::once(LOCAL).chain(backends);
        Self {
            accounts: names
                .map(|name| Account { name: name.to_owned(), columns: Mutex::new(Columns::default()) })
                .collect(),
        }
    }

    /// Returns a destination's account; 0 is the local store, backends follow in their order.
    pub(super) fn account(&self, index: usize) -> &Account {
        &self.accounts[index]
    }

    /// Enters spans that are meant for every destination.
    pub(super) fn created(&self, spans: u64) {
        self.accounts.iter().for_each(|account| account.created(spans));
    }

    /// Enters the loss of spans that no destination will get.
    pub(super) fn dropped(&self, spans: u64, reason: Reason) {
        self.accounts.iter().for_each(|account| account.dropped(spans, reason));
    }

    /// Enters the loss of everything still queued anywhere.
    pub(super) fn dropped_rest(&self, reason: Reason) {
        self.accounts.iter().for_each(|account| account.dropped_rest(reason));
    }

    /// Returns all accounts as the API shows them.
    pub(super) fn view(&self) -> LedgerView {
        LedgerView { destinations: self.accounts.iter().map(Account::view).collect() }
    }
}

impl Account {
    fn created(&self, spans: u64) {
        let mut columns = self.columns();
        columns.created += spans;
        columns.queued += spans;
    }

    /// Enters the arrival of queued spans.
    pub(super) fn exported(&self, spans: u64) {
        let mut columns = self.columns();
        let spans = columns.leave(spans);
        columns.exported += spans;
    }

    /// Enters the loss of queued spans.
    pub(super) fn dropped(&self, spans: u64, reason: Reason) {
        let mut columns = self.columns();
        let spans = columns.leave(spans);
        if spans > 0 {
            *columns.dropped.entry(reason).or_default() += spans;
        }
    }

    fn dropped_rest(&self, reason: Reason) {
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
            created: columns.created,
            exported: columns.exported,
            queued: columns.queued,
            dropped: columns.dropped.iter().map(|(reason, spans)| (reason.name().to_owned(), *spans)).collect(),
            error: columns.outcome.clone().and_then(Result::err),
        }
    }

    /// A few additions are all that happens under this lock, so a poisoned one is still consistent enough to count on.
    fn columns(&self) -> MutexGuard<'_, Columns> {
        self.columns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Columns {
    /// Takes spans out of the queue, as far as they are in it: what was given up at a shutdown may still arrive late,
    /// and is then counted already.
    fn leave(&mut self, spans: u64) -> u64 {
        let leaving = spans.min(self.queued);
        self.queued -= leaving;
        leaving
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn balanced(view: &LedgerView) -> bool {
        view.destinations.iter().all(|row| row.created == row.exported + row.queued + row.lost())
    }

    #[test]
    fn every_span_is_in_exactly_one_column_of_each_destination() {
        let ledger = Ledger::new(["otlp"]);
        ledger.created(10);
        assert!(balanced(&ledger.view()));
        ledger.dropped(2, Reason::QueueFull);
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
    fn an_outcome_is_news_only_when_it_changes() {
        let ledger = Ledger::new([]);
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
