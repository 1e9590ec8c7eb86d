//! What a tracker counts, in all and per event.

use std::collections::BTreeMap;

use super::{ConnectionMetrics, Ending, EventMetrics, Micros, histogram::Histogram, names::MAX_NAME, rate::Rate};

/// How many figures of the callers' own there may be.
const MAX_CUSTOM: usize = 64;

/// How finely a tracker counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    PerEvent,
    InAll,
}

/// The counts of one tracker.
#[derive(Debug, Default)]
pub(super) struct Counts {
    all: Tally,
    late: u64,
    evicted: u64,
    fire_and_forget: u64,
    // Sum over all answers, in microseconds; kept even where counts per event are not.
    waited: u64,
    // `None` where counts per event are not kept.
    series: Option<BTreeMap<String, Series>>,
    custom: BTreeMap<String, f64>,
}

#[derive(Debug, Default)]
struct Tally {
    requests: u64,
    responses: u64,
    errors: u64,
    timeouts: u64,
    disconnected: u64,
    received: u64,
}

#[derive(Debug, Default)]
struct Series {
    tally: Tally,
    durations: Histogram,
    rate: Rate,
}

impl Counts {
    /// Counts of nothing yet.
    pub(super) fn new(detail: Detail) -> Self {
        let series = match detail {
            Detail::PerEvent => Some(BTreeMap::new()),
            Detail::InAll => None,
        };
        Self { series, ..Self::default() }
    }

    /// Counts a request; `occurred` is `None` for one that is only carried over into new counts.
    pub(super) fn request(&mut self, event: &str, occurred: Option<Micros>) {
        self.all.requests += 1;
        if let Some(series) = self.series(event) {
            series.tally.requests += 1;
            if let Some(now) = occurred {
                series.rate.record(now);
            }
        }
    }

    pub(super) fn fire_and_forget(&mut self) {
        self.fire_and_forget += 1;
    }

    pub(super) fn received(&mut self, event: &str, now: Micros) {
        self.all.received += 1;
        if let Some(series) = self.series(event) {
            series.tally.received += 1;
            series.rate.record(now);
        }
    }

    pub(super) fn ended(&mut self, event: &str, ending: &Ending, duration: Micros) {
        self.all.ended(ending);
        let answered = match ending {
            Ending::Ok | Ending::Error { .. } => true,
            Ending::Timeout | Ending::Disconnected => false,
            Ending::Late => {
                self.late += 1;
                false
            }
            Ending::Evicted => {
                self.evicted += 1;
                false
            }
        };
        if answered {
            self.waited = self.waited.saturating_add(duration);
        }
        if let Some(series) = self.series(event) {
            series.tally.ended(ending);
            if answered {
                series.durations.record(duration);
            }
        }
    }

    /// An evicted request is about to end after all.
    pub(super) fn readmitted(&mut self) {
        self.evicted -= 1;
    }

    pub(super) fn custom(&mut self, name: &str, value: f64) -> bool {
        if !value.is_finite() || name.is_empty() || name.len() > MAX_NAME {
            return false;
        }
        if let Some(figure) = self.custom.get_mut(name) {
            *figure = value;
            return true;
        }
        let room = self.custom.len() < MAX_CUSTOM;
        if room {
            self.custom.insert(name.to_owned(), value);
        }
        room
    }

    pub(super) fn read(&self, pending: usize, now: Micros) -> ConnectionMetrics {
        let series = || self.series.iter().flatten();
        let mut durations = Histogram::default();
        series().for_each(|(_, series)| durations.merge(&series.durations));
        let [p50, p95, p99] = durations.quantiles([0.5, 0.95, 0.99]).map(to_millis);
        let mean = if self.all.responses == 0 { 0.0 } else { self.waited as f64 / self.all.responses as f64 };
        let event_metrics = series().map(|(name, series)| (name.clone(), series.read(name, now))).collect();
        ConnectionMetrics {
            total_requests: self.all.requests,
            total_responses: self.all.responses,
            average_response_time: mean / 1_000.0,
            p50,
            p95,
            p99,
            timeout_count: self.all.timeouts,
            error_count: self.all.errors,
            pending_count: pending as u64,
            late_count: self.late,
            disconnected_count: self.all.disconnected,
            evicted_count: self.evicted,
            fire_and_forget_count: self.fire_and_forget,
            received_count: self.all.received,
            event_metrics,
            custom: self.custom.clone(),
        }
    }

    fn series(&mut self, event: &str) -> Option<&mut Series> {
        let all = self.series.as_mut()?;
        if !all.contains_key(event) {
            all.insert(event.to_owned(), Series::default());
        }
        all.get_mut(event)
    }
}

impl Tally {
    fn ended(&mut self, ending: &Ending) {
        match ending {
            Ending::Ok => self.responses += 1,
            Ending::Error { .. } => {
                self.responses += 1;
                self.errors += 1;
            }
            Ending::Timeout => self.timeouts += 1,
            Ending::Disconnected => self.disconnected += 1,
            // A late answer was counted when its time was up; an evicted request has not ended.
            Ending::Late | Ending::Evicted => {}
        }
    }

    fn success_rate(&self) -> f64 {
        match self.responses + self.timeouts + self.disconnected {
            0 => 1.0,
            ended => (self.responses - self.errors) as f64 / ended as f64,
        }
    }
}

impl Series {
    fn read(&self, name: &str, now: Micros) -> EventMetrics {
        let [p50, p95, p99] = self.durations.quantiles([0.5, 0.95, 0.99]).map(to_millis);
        EventMetrics {
            event_name: name.to_owned(),
            request_count: self.tally.requests,
            response_count: self.tally.responses,
            received_count: self.tally.received,
            average_time: self.durations.mean() / 1_000.0,
            min_time: to_millis(self.durations.min()),
            max_time: to_millis(self.durations.max()),
            p50,
            p95,
            p99,
            timeout_count: self.tally.timeouts,
            error_count: self.tally.errors,
            success_rate: self.tally.success_rate(),
            rate: self.rate.per_second(now),
            last_minute: self.rate.last_minute(now).to_vec(),
        }
    }
}

fn to_millis(micros: Micros) -> f64 {
    micros as f64 / 1_000.0
}
