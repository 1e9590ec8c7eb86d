//! What a page could not send before it went: kept by the browser until a page of the same server sends it.
//!
//! An entry is a body as it will be posted, in the server's time, and its key says all that has to be known of it. It holds
//! what spans hold: names, sizes and ids, nothing that was typed or shown, and no credential.

use std::cell::Cell;

use app::page::PageConfig;

use crate::js::{random, storage};

/// How much is kept of all pages together, in characters: some 700 spans, a fifth of what browsers keep for an origin.
const MOST_BYTES: usize = 1 << 20;
/// How long, in milliseconds: a server takes nothing that lies more than a day back.
const LONGEST_MS: u64 = 12 * 60 * 60 * 1_000;

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
}

/// A body that was taken out to be sent: no other window has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// The JSON text.
    pub json: String,
    /// How many spans it holds.
    pub spans: usize,
    /// Whether this very window has put it there.
    pub own: bool,
    at: u64,
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
        Self { store, prefix: format!("aetherterm.spool{base_path}:"), window, written: Cell::new(0) }
    }

    /// The name of its lock: whoever sends from it holds that.
    pub fn name(&self) -> &str {
        &self.prefix
    }

    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.entries().is_empty()
    }

    /// Gives up what is too old, and the oldest until `bytes` more have room.
    pub fn make_room(&self, bytes: usize, now: u64) -> Lost {
        let mut entries = self.entries();
        let mut kept: usize = entries.iter().map(|entry| entry.bytes).sum();
        let mut lost = Lost::default();
        while let Some(oldest) = take_oldest(&mut entries) {
            if kept + bytes <= MOST_BYTES && now.saturating_sub(oldest.at) <= LONGEST_MS {
                break;
            }
            self.store.remove(&oldest.key);
            kept -= oldest.bytes;
            *if oldest.own { &mut lost.own } else { &mut lost.others } += oldest.spans;
        }
        lost
    }

    /// Keeps a body of so many spans; `false` when the browser has no room.
    pub fn keep(&self, json: &str, spans: usize, now: u64) -> bool {
        let number = self.written.get();
        self.written.set(number + 1);
        let (Self { prefix, window, .. }, bytes) = (self, json.len());
        bytes <= MOST_BYTES && self.store.put(&format!("{prefix}{now}-{spans}-{bytes}-{window}-{number}"), json)
    }

    /// Takes out the oldest body.
    pub fn claim(&self) -> Option<Claimed> {
        let mut entries = self.entries();
        loop {
            let Entry { at, spans, own, key, .. } = take_oldest(&mut entries)?;
            // Another window may have been faster.
            if let Some(json) = self.store.get(&key) {
                self.store.remove(&key);
                return Some(Claimed { json, spans, own, at });
            }
        }
    }

    /// Puts back what could not be sent, as this window's own; `false` when the browser has no room.
    pub fn put_back(&self, claimed: &Claimed) -> bool {
        self.keep(&claimed.json, claimed.spans, claimed.at)
    }

    fn entries(&self) -> Vec<Entry> {
        self.store.keys(&self.prefix).into_iter().filter_map(|key| self.read(key)).collect()
    }

    fn read(&self, key: String) -> Option<Entry> {
        let mut parts = key.strip_prefix(&self.prefix)?.split('-');
        let mut number = || parts.next()?.parse::<u64>().ok();
        let (at, spans, bytes) = (number()?, number()?, number()?);
        let own = parts.next()? == self.window;
        Some(Entry { at, spans: usize::try_from(spans).ok()?, bytes: usize::try_from(bytes).ok()?, own, key })
    }
}

/// Takes the oldest of a few entries; a sort of them would be more to download than all else here.
fn take_oldest(entries: &mut Vec<Entry>) -> Option<Entry> {
    let (place, _) = entries.iter().enumerate().min_by_key(|(_, entry)| entry.at)?;
    Some(entries.swap_remove(place))
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
