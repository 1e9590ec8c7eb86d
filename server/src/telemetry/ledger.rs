//! The count of what became of every record, by destination: `created = exported + queued + spooled + dropped`, always.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app::trace::ledger::LedgerView;

use self::account::Content;
pub(super) use self::{
    account::{Account, Place},
    bell::Bell,
    mark::Mark,
    reason::Reason,
};
use super::config::{BackendConfig, Takes};
use super::signal::{Kind, Signal};

mod account;
mod bell;
mod mark;
mod reason;

/// The name of the destination that is always there.
pub(super) const LOCAL: &str = "local";

/// How many backends are shown that are not configured any more: each is a series of metrics.
const MAX_STRANGERS: usize = 16;
/// What those beyond that are called together; no backend can be.
const OTHER: &str = "_OTHER";

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

impl Ledger {
    /// Opens the accounts of the local store, which takes traces, and of the backends.
    pub(super) fn new<'a>(backends: impl IntoIterator<Item = &'a BackendConfig>) -> Self {
        let local = Account::new(LOCAL, Content::Signal(Signal::Traces, Takes::Everything));
        let of_backend = |backend: &BackendConfig| Content::Signal(backend.signal, backend.takes);
        let bell = Arc::<Bell>::default();
        let of_bell = |backend: &BackendConfig| Account::new(&backend.name, of_backend(backend)).ringing(&bell);
        let backends = backends.into_iter().map(of_bell);
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
        let mut names: Vec<_> = self.accounts.iter().map(|account| account.name().to_owned()).collect();
        names.extend(locked(&self.of_exporters).iter().map(|account| account.name().to_owned()));
        // A backend has an account for each signal, one after another.
        names.dedup();
        names
    }

    fn taking(&self, kind: Kind) -> impl Iterator<Item = &Account> {
        self.accounts.iter().filter(move |account| account.takes(kind))
    }
}

impl Drop for Ledger {
    /// Whoever waits for the bell finds that there is nothing more to come.
    fn drop(&mut self) {
        self.bell.ring();
    }
}

/// An account is opened before it goes in, so that a poisoned list is whole.
fn locked(accounts: &Mutex<Vec<Arc<Account>>>) -> MutexGuard<'_, Vec<Arc<Account>>> {
    accounts.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
