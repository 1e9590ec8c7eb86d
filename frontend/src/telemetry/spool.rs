//! What a page could not send before it went, or not learn the fate of: kept by the browser until a page of the same server has
//! heard that it arrived.
//!
//! An entry is a body as it will be posted, in the server's time, and its key says all that has to be known of it. It holds
//! what spans hold: names, sizes and ids, nothing that was typed or shown, and no credential; or, where its key says that it has
//! no spans, how many were lost and why. Whoever sends an entry has a lease of it and leaves it where it is until there is an
//! answer. The lease of a page that is gone lapses; if the server had taken the entry all the same, it knows the bytes again and
//! takes them once.

use std::cell::{Cell, RefCell};

use app::page::PageConfig;

use crate::js::{random, storage};

/// How much is kept of all pages together, in characters: some 700 spans, a fifth of what browsers keep for an origin.
const MOST_BYTES: usize = 1 << 20;
/// How long, in milliseconds: a server takes nothing that lies more than a day back.
const LONGEST_MS: u64 = 12 * 60 * 60 * 1_000;
/// How long others leave alone what somebody sends, in milliseconds: far longer than an answer takes, and short for who waits. It
/// is not renewed. Whoever hears nothing for so long may well be gone, and what is sent twice counts once.
pub const LEASE_MS: u64 = 10_000;

/// Where entries are.
pub trait Store {
    /// Every key that begins so.
    fn keys(&self, prefix: &str) -> Vec<String>;
    /// What is kept under a key.
    fn get(&self, key: &str) -> Option<String>;
    /// Keeps a value; `false` when there is no room.
    fn put(&self, key: &str, value: &str) -> bool;
    /// Keeps nothing under a key any more.
    fn remove(&self, key: &str);
}

/// The browser's store.
#[derive(Debug)]
pub struct Browser;

/// The entries of one server, as one window sees them.
#[derive(Debug)]
pub struct Spool<S> {
    store: S,
    prefix: String,
    window: String,
    written: Cell<u32>,
    /// The keys of what this window has a lease of, lapsed or not: its own are counted as under way.
    leased: RefCell<Vec<String>>,
}

/// The right to send an entry, until it has lapsed. Whoever has one says what became of the entry.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub struct Lease {
    key: String,
    until: String,
}

/// A body that this window sends and no other does.
#[derive(Debug, PartialEq, Eq)]
pub struct Claimed {
    /// The JSON text.
    pub json: String,
    /// How many spans it holds.
    pub spans: usize,
    /// Whether this very window has put it there.
    pub own: bool,
    /// The right to it.
    pub lease: Lease,
}

/// Spans that were given up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lost {
    /// Those that this window had put there.
    pub own: usize,
    /// Those of others.
    pub others: usize,
}

/// What a key says: `{prefix}{milliseconds since 1970}-{spans}-{bytes}-{window}-{number}`.
#[derive(Debug)]
struct Entry {
    at: u64,
    spans: usize,
    bytes: usize,
    own: bool,
    key: String,
}

impl Spool<Browser> {
    /// The spool of the page's own server.
    pub fn new(page: &PageConfig) -> Self {
        Self::with(Browser, &page.base_path, random::suffix())
    }
}

impl<S: Store> Spool<S> {
    fn with(store: S, base_path: &str, window: String) -> Self {
        // Servers behind one proxy share an origin.
        Self {
            store,
            prefix: format!("aetherterm.spool{base_path}:"),
            window,
            written: Cell::new(0),
            leased: RefCell::default(),
        }
    }

    /// The name of its lock: whoever sends from it holds that.
    pub fn name(&self) -> &str {
        &self.prefix
    }

    /// Whether there is nothing that this window could send, now or later.
    pub fn is_empty(&self) -> bool {
        self.others().is_empty()
    }

    /// Gives up what is too old, and the oldest until `bytes` more have room. What somebody sends stays: they count it.
    pub fn make_room(&self, bytes: usize, now: u64) -> Lost {
        let mut kept: usize = self.entries().map(|entry| entry.bytes).sum();
        let mut entries = self.free(now);
        let mut lost = Lost::default();
        while let Some(oldest) = take_oldest(&mut entries) {
            if kept + bytes <= MOST_BYTES && now.saturating_sub(oldest.at) <= LONGEST_MS {
                break;
            }
            self.remove(&oldest.key);
            kept -= oldest.bytes;
            *if oldest.own { &mut lost.own } else { &mut lost.others } += oldest.spans;
        }
        lost
    }

    /// Keeps a body of so many spans; `false` when the browser has no room.
    pub fn keep(&self, json: &str, spans: usize, now: u64) -> bool {
        self.put(json, spans, now).is_some()
    }

    /// Keeps a body that is about to be sent, or is already; `None` when the browser has no room.
    pub fn lend(&self, json: &str, spans: usize, now: u64) -> Option<Lease> {
        self.put(json, spans, now).map(|key| self.lease(key, now))
    }

    /// Takes a lease of the oldest body that nobody sends.
    pub fn claim(&self, now: u64) -> Option<Claimed> {
        let mut entries = self.free(now);
        loop {
            let Entry { spans, own, key, .. } = take_oldest(&mut entries)?;
            // Another window may have been faster.
            if let Some(json) = self.store.get(&key) {
                return Some(Claimed { json, spans, own, lease: self.lease(key, now) });
            }
        }
    }

    /// It is known what became of the spans: they are kept no longer.
    pub fn done(&self, lease: Lease) {
        let Lease { key, .. } = lease;
        self.forget(&key);
        self.remove(&key);
    }

    /// Leaves to whoever comes next what could not be sent.
    pub fn give_back(&self, lease: Lease) {
        let Lease { key, until } = lease;
        self.forget(&key);
        let key = lease_key(&key);
        // Where it has lapsed, somebody else may have one.
        if self.store.get(&key).is_some_and(|theirs| theirs == until) {
            self.store.remove(&key);
        }
    }

    fn put(&self, json: &str, spans: usize, now: u64) -> Option<String> {
        let number = self.written.get();
        self.written.set(number + 1);
        let (Self { prefix, window, .. }, bytes) = (self, json.len());
        let key = format!("{prefix}{now}-{spans}-{bytes}-{window}-{number}");
        (bytes <= MOST_BYTES && self.store.put(&key, json)).then_some(key)
    }

    fn lease(&self, key: String, now: u64) -> Lease {
        let until = (now + LEASE_MS).to_string();
        // Without room for it another window may send the same; it still counts once.
        let _ = self.store.put(&lease_key(&key), &until);
        self.leased.borrow_mut().push(key.clone());
        Lease { key, until }
    }

    fn is_free(&self, key: &str, now: u64) -> bool {
        let until = self.store.get(&lease_key(key)).and_then(|until| until.parse::<u64>().ok());
        // A page whose clock is ahead cannot hold anything for longer, either.
        !until.is_some_and(|until| (1..=LEASE_MS).contains(&until.saturating_sub(now)))
    }

    fn forget(&self, key: &str) {
        self.leased.borrow_mut().retain(|leased| leased != key);
    }

    fn remove(&self, key: &str) {
        // In this order: a page that ends in between leaves a lease of nothing rather than a body without one.
        self.store.remove(key);
        self.store.remove(&lease_key(key));
    }

    /// What nobody sends.
    fn free(&self, now: u64) -> Vec<Entry> {
        let mut entries = self.others();
        entries.retain(|entry| self.is_free(&entry.key, now));
        entries
    }

    /// What this window does not send.
    fn others(&self) -> Vec<Entry> {
        let leased = self.leased.borrow();
        self.entries().filter(|entry| !leased.contains(&entry.key)).collect()
    }

    fn entries(&self) -> impl Iterator<Item = Entry> {
        self.store.keys(&self.prefix).into_iter().filter_map(|key| self.read(key))
    }

    /// Reads the key of an entry; a lease has none.
    fn read(&self, key: String) -> Option<Entry> {
        let mut parts = key.strip_prefix(&self.prefix)?.split('-');
        let mut number = || parts.next()?.parse::<u64>().ok();
        let (at, spans, bytes) = (number()?, number()?, number()?);
        let own = parts.next()? == self.window;
        let (_number, None) = (parts.next()?, parts.next()) else { return None };
        Some(Entry { at, spans: usize::try_from(spans).ok()?, bytes: usize::try_from(bytes).ok()?, own, key })
    }
}

/// Takes the oldest of a few entries, those that count what is lost after all others: what makes room is counted in one. A sort of
/// them would be more to download than all else here.
fn take_oldest(entries: &mut Vec<Entry>) -> Option<Entry> {
    let (place, _) = entries.iter().enumerate().min_by_key(|(_, entry)| (entry.spans == 0, entry.at))?;
    Some(entries.swap_remove(place))
}

/// The key of an entry's lease.
fn lease_key(key: &str) -> String {
    key.to_owned() + "-until"
}

impl Store for Browser {
    fn keys(&self, prefix: &str) -> Vec<String> {
        storage::keys(prefix)
    }

    fn get(&self, key: &str) -> Option<String> {
        storage::get(key)
    }

    fn put(&self, key: &str, value: &str) -> bool {
        storage::put(key, value)
    }

    fn remove(&self, key: &str) {
        storage::remove(key);
    }
}

#[cfg(test)]
mod tests;
