//! What the monitor's views read. The browser's half provides it before the page is hydrated; the server renders an
//! empty one.

use leptos::prelude::{GetUntracked, ReadValue, RwSignal, StoredValue, Track, WriteValue, use_context};

use crate::monitor::Journal;

/// The journal of this window's messages, and when to read it again.
#[derive(Clone, Copy)]
pub struct MonitorContext {
    /// The rows, bounded.
    pub journal: StoredValue<Journal>,
    /// Grows when the journal has changed, at most once per animation frame; views read it, then the journal.
    pub version: RwSignal<u64>,
}

impl MonitorContext {
    /// A context around an empty journal.
    #[must_use]
    pub fn new() -> Self {
        Self { journal: StoredValue::new(Journal::default()), version: RwSignal::new(0) }
    }
}
