//! What the monitor's views read. The browser's half provides it before the page is hydrated; without it the views show
//! an empty journal, and so does the server.

use std::sync::Arc;

use leptos::prelude::{RwSignal, StoredValue};

use crate::{
    monitor::Journal,
    tracking::{NoOpSocketConnectionTracker, Tracker},
};

/// The journal of this window's messages, its tracker, and when to read them again.
#[derive(Clone, Copy)]
pub struct MonitorContext {
    /// The rows, bounded.
    pub journal: StoredValue<Journal>,
    /// What waits, and the figures per event.
    pub tracker: StoredValue<Arc<dyn Tracker>>,
    /// Changes when either has changed, at most once per animation frame; views read it first.
    pub version: RwSignal<u64>,
}

impl MonitorContext {
    /// A context around an empty journal and `tracker`.
    #[must_use]
    pub fn new(tracker: Arc<dyn Tracker>) -> Self {
        Self {
            journal: StoredValue::new(Journal::default()),
            tracker: StoredValue::new(tracker),
            version: RwSignal::new(0),
        }
    }
}

impl Default for MonitorContext {
    fn default() -> Self {
        Self::new(Arc::new(NoOpSocketConnectionTracker))
    }
}
