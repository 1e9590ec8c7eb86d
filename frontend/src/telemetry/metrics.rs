//! What the page counts and measures, posted to its own server: some seconds after it happened, and when the page goes.
//!
//! Each post tells what has happened since the one before it (delta): the server adds it up over all pages and remembers
//! nothing of any one of them but what it has read lately. What fails is posted again as it is, before anything else: the server
//! may have taken it, and knows the same bytes again.

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
    outliving::{Outliving, Room},
    recorder::clock_difference,
};

/// How long what happened waits for more: often enough for a graph, and a page at rest posts nothing.
const GATHER_MS: f64 = 10_000.0;
/// How many bodies may be under way or wait to go again; beyond, what happened waits in the meter, which does not grow.
const MOST_HELD: usize = 4;
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
    /// What was posted and not taken, as far as is known.
    held: RefCell<Vec<String>>,
    backoff: Cell<Backoff>,
    outliving: Rc<Outliving>,
    this: Weak<Self>,
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
            held: RefCell::default(),
            backoff: Cell::new(BACKOFF),
            outliving,
            this: this.clone(),
        })
    }

    /// The page goes, or may: it has no later time to post at.
    pub fn part(&self) {
        let mut bodies = self.held.take();
        if bodies.len() + self.posting.get() < MOST_HELD {
            bodies.extend(self.gathered());
        }
        for json in bodies {
            let room = self.outliving.room(json.len());
            self.post(json, room);
        }
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
            let Some(metrics) = this.upgrade() else { return };
            metrics.timer.take();
            if metrics.posting.get() > 0 {
                metrics.post_after(GATHER_MS);
                return;
            }
            let held = metrics.held.borrow_mut().pop();
            held.or_else(|| metrics.gathered()).into_iter().for_each(|json| metrics.post(json, None));
        };
        self.timer.replace(Some(Timer::after(delay_ms, post)));
    }

    /// What has happened since the last body, if anything has.
    fn gathered(&self) -> Option<String> {
        let meter = self.meter.take();
        (!meter.is_empty()).then(|| body(&self.resource, self.status, &meter, &self.since))
    }

    fn post(&self, json: String, room: Option<Room>) {
        let Some(this) = self.this.upgrade() else { return };
        self.posting.update(|posts| posts + 1);
        spawn_local(async move {
            let answer = fetch::post(Post { href: &this.href, json: &json, keepalive: room.is_some() }).await;
            let outcome = answer.map(|answer| outcome(answer.status, &answer.body, answer.retry_after_s, 0));
            this.posting.update(|posts| posts - 1);
            this.settle(outcome.unwrap_or(Outcome::Later(None)), json);
        });
    }

    fn settle(&self, outcome: Outcome, json: String) {
        match outcome {
            // What is unreadable would be no more readable a second time.
            Outcome::Taken { .. } | Outcome::Unreadable => {
                self.backoff.set(BACKOFF);
                // It may have been held while more was gathered.
                if self.timer.borrow().is_none() {
                    self.post_after(GATHER_MS);
                }
            }
            Outcome::Later(wait_ms) => {
                self.held.borrow_mut().push(json);
                let delay = Backoff::fail_in(&self.backoff, random::unit());
                self.post_after(wait_ms.map_or(delay, |wait| wait.max(delay)));
            }
        }
    }
}

/// The JSON text of a post about the time since `since` until now, in the server's time; the next one is about the time from then on.
pub fn body(resource: &Resource, status: LinkStatus, meter: &Meter, since: &Cell<u64>) -> String {
    let until = now_us() * 1_000;
    let offset_ms = clock_difference(status).map_or(0.0, |difference| difference.offset_ms);
    let shifted = |nanos: u64| nanos.saturating_add_signed((offset_ms * 1e6) as i64);
    let metrics = meter.metrics(shifted(since.replace(until)), shifted(until));
    let of_page =
        ResourceMetrics { resource: resource.clone(), scope_metrics: vec![ScopeMetrics { scope: scope(), metrics }] };
    serde_json::to_string(&ExportMetricsServiceRequest { resource_metrics: vec![of_page] })
        .expect("plain structs with text keys always serialise")
}
