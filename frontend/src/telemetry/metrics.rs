//! What the page counts and measures, posted to its own server: some seconds after it happened, and when the page goes.
//!
//! Each post tells what has happened since the one before it (delta): the server adds it up over all pages and remembers
//! nothing of any one of them. What fails is added to the next post.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use app::{
    client::LinkStatus,
    page::PageConfig,
    trace::otlp::{
        Resource,
        metric::{ExportMetricsServiceRequest, ResourceMetrics, ScopeMetrics},
    },
    tracking::meter::Meter,
};
use leptos::task::spawn_local;

use crate::{
    backoff::Backoff,
    js::{
        clock::now_us,
        fetch::{self, Post},
        random,
        timer::Timer,
    },
};

use super::{
    batch::{Outcome, outcome, scope},
    outliving::Outliving,
    recorder::clock_difference,
};

/// How long what happened waits for more: often enough for a graph, and a page at rest posts nothing.
const GATHER_MS: f64 = 10_000.0;
/// The waits after failures.
const BACKOFF: Backoff = Backoff::new(GATHER_MS, 120_000.0);

/// The page's end of the way to the server's metrics.
pub struct Metrics {
    href: String,
    resource: Resource,
    status: LinkStatus,
    meter: RefCell<Meter>,
    /// Since when the meter counts, in nanoseconds by the page's own clock.
    since: Cell<u64>,
    /// Set while something waits to be posted.
    timer: RefCell<Option<Timer>>,
    /// How many posts are under way: one, or more where the page seems to go meanwhile.
    posting: Cell<usize>,
    backoff: Cell<Backoff>,
    outliving: Rc<Outliving>,
    this: Weak<Self>,
}

/// Whether a post is to outlive the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Parting {
    Stays,
    Goes,
}

impl Metrics {
    /// Posts to the page's own server.
    pub fn new(page: &PageConfig, resource: Resource, status: LinkStatus, outliving: Rc<Outliving>) -> Rc<Self> {
        Rc::new_cyclic(|this: &Weak<Self>| Self {
            href: page.href("/v1/metrics"),
            resource,
            status,
            meter: RefCell::default(),
            since: Cell::new(now_us() * 1_000),
            timer: RefCell::default(),
            posting: Cell::default(),
            backoff: Cell::new(BACKOFF),
            outliving,
            this: this.clone(),
        })
    }

    /// The page goes, or may.
    pub fn part(&self) {
        self.post(Parting::Goes);
    }

    /// Writes down what happens.
    pub fn record(&self, write: impl FnOnce(&mut Meter)) {
        write(&mut self.meter.borrow_mut());
        if self.timer.borrow().is_none() {
            self.post_after(GATHER_MS);
        }
    }

    fn post_after(&self, delay_ms: f64) {
        let this = self.this.clone();
        let post = move || {
            if let Some(metrics) = this.upgrade() {
                metrics.post(Parting::Stays);
            }
        };
        self.timer.replace(Some(Timer::after(delay_ms, post)));
    }

    fn post(&self, parting: Parting) {
        self.timer.take();
        // A page that goes has no later time to post at.
        if parting == Parting::Stays && self.posting.get() > 0 {
            self.post_after(GATHER_MS);
            return;
        }
        let meter = self.meter.take();
        let Some(this) = self.this.upgrade().filter(|_| !meter.is_empty()) else { return };
        let now = now_us() * 1_000;
        let since = self.since.replace(now);
        let json = self.body(&meter, since, now);
        let room = match parting {
            Parting::Goes => self.outliving.room(json.len()),
            Parting::Stays => None,
        };
        self.posting.update(|posts| posts + 1);
        spawn_local(async move {
            let answer = fetch::post(Post { href: &this.href, json: &json, keepalive: room.is_some() }).await;
            let outcome = answer.map(|answer| outcome(answer.status, &answer.body, answer.retry_after_s, 0));
            this.posting.update(|posts| posts - 1);
            this.settle(outcome.unwrap_or(Outcome::Later(None)), &meter, since);
        });
    }

    fn settle(&self, outcome: Outcome, meter: &Meter, since: u64) {
        match outcome {
            Outcome::Taken { .. } => self.backoff.set(BACKOFF),
            // It would be no more readable a second time.
            Outcome::Unreadable => {}
            Outcome::Later(wait_ms) => {
                self.meter.borrow_mut().add(meter);
                // Another post that failed may have begun to count before.
                self.since.update(|earliest| earliest.min(since));
                let mut backoff = self.backoff.get();
                let delay = backoff.fail(random::unit());
                self.backoff.set(backoff);
                self.post_after(wait_ms.unwrap_or(delay).max(delay));
            }
        }
    }

    /// The JSON text of a post, in the server's time.
    fn body(&self, meter: &Meter, since: u64, until: u64) -> String {
        let offset_ms = clock_difference(self.status).map_or(0.0, |difference| difference.offset_ms);
        let shifted = |nanos: u64| nanos.saturating_add_signed((offset_ms * 1e6) as i64);
        let metrics = meter.metrics(shifted(since), shifted(until));
        let scope_metrics = vec![ScopeMetrics { scope: scope(), metrics }];
        let of_page = ResourceMetrics { resource: self.resource.clone(), scope_metrics };
        serde_json::to_string(&ExportMetricsServiceRequest { resource_metrics: vec![of_page] })
            .expect("plain structs with text keys always serialise")
    }
}
