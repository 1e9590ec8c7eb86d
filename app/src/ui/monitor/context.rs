//! What the monitor's views read. The browser's half provides it before the page is hydrated; without it the views show
//! an empty journal, and so does the server.

use std::sync::Arc;

use leptos::prelude::{GetValue, RwSignal, StoredValue, use_context};

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

/// The window's one socket, as a component sees it whose messages are followed.
#[derive(Clone, Copy)]
pub struct TrackedSocket(MonitorContext);

impl TrackedSocket {
    /// Its tracker: the figures, what waits, and callbacks for what ends late, badly or not at all.
    #[must_use]
    pub fn tracker(self) -> Arc<dyn Tracker> {
        self.0.tracker.get_value()
    }
}

/// The tracked socket of this window. While the server renders, and with tracking off, its tracker is the Null one.
///
/// ```
/// use app::ui::use_tracked_socket;
///
/// # leptos::prelude::Owner::new().with(|| {
/// let tracker = use_tracked_socket().tracker();
/// assert!(tracker.pending_requests().is_empty());
/// # });
/// ```
#[must_use]
pub fn use_tracked_socket() -> TrackedSocket {
    TrackedSocket(use_context().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use leptos::prelude::{Owner, provide_context};

    use super::*;
    use crate::tracking::{Settings, SocketConnectionTracker};

    #[test]
    fn a_component_reaches_the_tracker_of_its_window() {
        Owner::new().with(|| {
            let tracker = Arc::new(SocketConnectionTracker::new(Settings::default(), "x"));
            provide_context(MonitorContext::new(tracker.clone()));
            assert!(use_tracked_socket().tracker().custom_metric("depth", 7.0));
            assert_eq!(tracker.metrics(0).custom["depth"], 7.0);
        });
    }
}
