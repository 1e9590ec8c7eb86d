//! What a person has chosen in the monitor, and what follows from it: the rows to show, what waits, the figures.

use std::{sync::Arc, time::Duration};

use leptos::prelude::*;

use crate::{
    client::{ClientContext, SavedFile},
    monitor::{Frozen, Journal, Row},
    page::PageConfig,
    tracking::{ConnectionMetrics, Micros, PendingRequest},
};

use super::{MonitorContext, filter::FilterChoice, saving::Format};

/// How often ages and figures are read again: twice as often as an age in tenths of a second needs to look alive.
const BEAT: Duration = Duration::from_millis(250);

/// What offers the rows in sight as a file.
pub(super) type Saver = fn(MonitorState, Format);

/// The monitor's choices and what follows from them.
#[derive(Clone, Copy)]
pub struct MonitorState {
    context: MonitorContext,
    client: Option<ClientContext>,
    slow: Micros,
    now: RwSignal<Micros>,
    shown: RwSignal<bool>,
    frozen: RwSignal<Option<Frozen>>,
    /// What saves rows, once that is here.
    pub(super) saver: StoredValue<Option<Saver>>,
    /// Which rows to show.
    pub filter: FilterChoice,
    /// The number of the row that is chosen.
    pub chosen: RwSignal<Option<u64>>,
}

impl MonitorState {
    /// All rows, live.
    #[must_use]
    pub fn new(page: &PageConfig) -> Self {
        let slow_ms = page.tracking.slow_ms;
        Self {
            context: use_context().unwrap_or_default(),
            client: use_context(),
            slow: Micros::from(slow_ms) * 1_000,
            now: RwSignal::new(0),
            shown: RwSignal::new(false),
            frozen: RwSignal::new(None),
            saver: StoredValue::new(None),
            filter: FilterChoice::new(slow_ms),
            chosen: RwSignal::new(None),
        }
    }

    /// Follows the journal and the clock while the monitor is in sight.
    pub fn live_while(self, shown: Signal<bool>) {
        Effect::new(move || {
            self.shown.set(shown.get());
            if !shown.get() {
                return;
            }
            self.read_clock();
            // Without a timer the figures change with the messages alone.
            if let Ok(beat) = set_interval_with_handle(move || self.read_clock(), BEAT) {
                on_cleanup(move || beat.clear());
            }
        });
    }

    /// The moment that ages are counted to.
    #[must_use]
    pub fn now(self) -> ReadSignal<Micros> {
        self.now.read_only()
    }

    /// From which duration an answer is slow.
    #[must_use]
    pub fn slow(self) -> Micros {
        self.slow
    }

    /// How far local time is ahead of UTC, in minutes.
    #[must_use]
    pub fn utc_offset(self) -> i32 {
        self.client.map_or(0, |client| client.with_value(|client| client.browser.utc_offset_minutes()))
    }

    /// The rows that the filter lets through, newest first: as they are, or as they were when the person paused.
    ///
    /// Out of sight the last answer stands.
    #[must_use]
    pub fn rows(self) -> Memo<Arc<Vec<Arc<Row>>>> {
        Memo::new_with_compare(
            move |last: Option<&Arc<Vec<Arc<Row>>>>| {
                if let (false, Some(last)) = (self.shown.get(), last) {
                    return last.clone();
                }
                let filter = self.filter.get();
                // Ages decide only where a least duration is asked for.
                let now = if filter.min_duration.is_some() { self.now.get() } else { self.now.get_untracked() };
                let frozen = self.frozen.with(|frozen| frozen.as_ref().map(|frozen| frozen.select(&filter, now)));
                Arc::new(frozen.unwrap_or_else(|| {
                    self.context.version.track();
                    self.context.journal.with_value(|journal| journal.select(&filter, now))
                }))
            },
            |last, next| last.map(Arc::as_ptr) != next.map(Arc::as_ptr),
        )
    }

    /// The requests without an answer yet, oldest first.
    #[must_use]
    pub fn pending(self) -> Memo<Vec<PendingRequest>> {
        Memo::new(move |_| {
            self.context.version.track();
            self.now.track();
            self.context.tracker.with_value(|tracker| tracker.pending_requests())
        })
    }

    /// The tracker's figures, as of the last beat.
    #[must_use]
    pub fn metrics(self) -> Memo<ConnectionMetrics> {
        Memo::new(move |_| {
            let now = self.now.get();
            self.context.tracker.with_value(|tracker| tracker.metrics(now))
        })
    }

    /// How many rows the journal has, and how many it has let go.
    #[must_use]
    pub fn kept(self) -> (usize, u64) {
        self.context.version.track();
        self.context.journal.with_value(|journal| (journal.len(), journal.dropped()))
    }

    /// How many rows have come since the pause; `None` while the list is live.
    #[must_use]
    pub fn behind(self) -> Option<u64> {
        self.context.version.track();
        self.frozen.with(|frozen| {
            frozen.as_ref().map(|frozen| self.context.journal.with_value(|journal| frozen.behind(journal)))
        })
    }

    /// Whether the list is held still.
    #[must_use]
    pub fn is_paused(self) -> bool {
        self.frozen.with(Option::is_some)
    }

    /// Holds the list still, or lets it run; the journal goes on either way.
    pub fn toggle_pause(self) {
        let frozen = match self.frozen.with_untracked(Option::is_some) {
            true => None,
            false => Some(self.context.journal.with_value(Journal::freeze)),
        };
        self.frozen.set(frozen);
    }

    /// Takes the rows and the figures away; what waits stays.
    pub fn clear(self) {
        self.context.journal.update_value(Journal::clear);
        self.context.tracker.with_value(|tracker| tracker.clear_metrics());
        self.frozen.set(None);
        self.chosen.set(None);
        self.context.version.update(|version| *version += 1);
        self.read_clock();
    }

    /// Offers the rows in sight as a file.
    pub fn export(self, format: Format) {
        if let Some(save) = self.saver.get_value() {
            save(self, format);
        }
    }

    /// The rows in sight, the newest first.
    pub(super) fn in_sight(self) -> Vec<Arc<Row>> {
        let (filter, now) = (self.filter.get_untracked(), self.now.get_untracked());
        let frozen = self.frozen.with_untracked(|frozen| frozen.as_ref().map(|frozen| frozen.select(&filter, now)));
        frozen.unwrap_or_else(|| self.context.journal.with_value(|journal| journal.select(&filter, now)))
    }

    /// Has the browser keep a file, where the person says.
    pub(super) fn offer(self, file: SavedFile<'_>) {
        if let Some(client) = self.client {
            client.with_value(|client| client.browser.save(file));
        }
    }

    fn read_clock(self) {
        if let Some(client) = self.client {
            let now_ms = client.with_value(|client| client.browser.now_ms());
            // A float-to-integer cast saturates: a clock before 1970 is 1970.
            self.now.set((now_ms * 1_000.0) as Micros);
        }
    }
}

/// The monitor's choices; there from the root component on.
#[must_use]
pub fn use_monitor_state() -> MonitorState {
    expect_context()
}
