//! Posts batches of spans to the page's own server: when one is full, when one has waited, and when the page goes.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use app::{
    client::LinkStatus,
    page::PageConfig,
    trace::otlp::{Resource, Span},
};
use leptos::{prelude::Set, task::spawn_local};

use crate::{
    backoff::Backoff,
    js::{
        console,
        fetch::{self, Post},
        listener::Listener,
        random,
        timer::Timer,
    },
};

use super::{
    batch::{Outcome, body, outcome},
    queue::Queue,
    recorder::clock_difference,
};

/// About 400 KB: below the 512 KiB that the server takes in one post.
const LARGEST_BATCH: usize = 256;
/// A browser lets 64 KiB of bodies outlive a page, together with what else the page sends that way.
const OUTLIVING_BYTES: usize = 60_000;
/// Small enough that several fit into that.
const PARTING_BATCH: usize = 16;
/// The waits after failures.
const BACKOFF: Backoff = Backoff::new(1_000.0, 30_000.0);

/// The page's end of the way to the collector.
pub struct Exporter {
    href: String,
    batch_size: usize,
    flush_ms: f64,
    resource: Resource,
    status: LinkStatus,
    /// Whether each post is told to the console.
    logging: bool,
    queue: RefCell<Queue>,
    /// The next batch is not larger: halved while the server cannot read one, to find the span that spoils it.
    largest: Cell<usize>,
    backoff: Cell<Backoff>,
    posting: Cell<bool>,
    /// Set while a batch waits: for its time, or for the server after a failure.
    timer: RefCell<Option<Timer>>,
    waiting_for_server: Cell<bool>,
    /// Bytes under way that outlive the page.
    outliving: Cell<usize>,
    this: Weak<Self>,
    _going: RefCell<Vec<Listener>>,
}

impl Exporter {
    /// An exporter that posts to the page's own server.
    pub fn new(page: &PageConfig, resource: Resource, status: LinkStatus) -> Rc<Self> {
        let exporter = Rc::new_cyclic(|this: &Weak<Self>| Self {
            href: page.href("/v1/traces"),
            batch_size: page.telemetry.batch_size.max(1) as usize,
            flush_ms: f64::from(page.telemetry.flush_ms),
            logging: page.tracking.detailed_logging,
            resource,
            status,
            queue: RefCell::default(),
            largest: Cell::new(LARGEST_BATCH),
            backoff: Cell::new(BACKOFF),
            posting: Cell::new(false),
            timer: RefCell::default(),
            waiting_for_server: Cell::new(false),
            outliving: Cell::new(0),
            this: this.clone(),
            _going: RefCell::default(),
        });
        let (hidden, gone) = (exporter.this.clone(), exporter.this.clone());
        exporter._going.replace(vec![
            Listener::on_visibility(move |is_hidden| {
                if let Some(exporter) = hidden.upgrade().filter(|_| is_hidden) {
                    exporter.flush_before_going();
                }
            }),
            Listener::on_window("pagehide", move |_| {
                if let Some(exporter) = gone.upgrade() {
                    exporter.flush_before_going();
                }
            }),
        ]);
        exporter
    }

    /// Takes a span.
    pub fn push(&self, span: Span) {
        self.queue.borrow_mut().push(span);
        self.publish();
        self.proceed();
    }

    /// Posts a batch when one is full, else sees to it that it leaves in time.
    fn proceed(&self) {
        if self.posting.get() || self.waiting_for_server.get() {
            return;
        }
        let waiting = self.queue.borrow().waiting();
        if waiting >= self.batch_size {
            self.post();
        } else if waiting > 0 && self.timer.borrow().is_none() {
            self.wake_after(self.flush_ms);
        }
    }

    fn wake_after(&self, delay_ms: f64) {
        let this = self.this.clone();
        let wake = move || {
            if let Some(exporter) = this.upgrade() {
                exporter.waiting_for_server.set(false);
                exporter.post();
            }
        };
        self.timer.replace(Some(Timer::after(delay_ms, wake)));
    }

    fn post(&self) {
        self.timer.take();
        let spans = self.queue.borrow_mut().take(self.largest.get());
        let Some(this) = self.this.upgrade().filter(|_| !spans.is_empty()) else { return };
        self.posting.set(true);
        let json = self.body(&spans);
        spawn_local(async move {
            this.send(spans, json).await;
            this.posting.set(false);
            this.proceed();
        });
    }

    /// Sends what can outlive the page; what is too much for that stays in the queue.
    fn flush_before_going(&self) {
        loop {
            let spans = self.queue.borrow_mut().take(PARTING_BATCH);
            let Some(this) = self.this.upgrade().filter(|_| !spans.is_empty()) else { return };
            let json = self.body(&spans);
            if !self.can_outlive(&json) {
                self.queue.borrow_mut().give_back(spans);
                return;
            }
            spawn_local(async move { this.send(spans, json).await });
        }
    }

    fn body(&self, spans: &[Span]) -> String {
        body(&self.resource, spans, clock_difference(self.status))
    }

    fn can_outlive(&self, json: &str) -> bool {
        self.outliving.get() + json.len() <= OUTLIVING_BYTES
    }

    /// Posts a batch, so that it outlives the page where there is room for that.
    async fn send(&self, spans: Vec<Span>, json: String) {
        let sent = spans.len();
        let keepalive = self.can_outlive(&json);
        let counted = if keepalive { json.len() } else { 0 };
        self.outliving.set(self.outliving.get() + counted);
        let answer = fetch::post(Post { href: &self.href, json: &json, keepalive }).await;
        self.outliving.set(self.outliving.get() - counted);
        let outcome = match answer {
            Ok(answer) => outcome(answer.status, &answer.body, answer.retry_after_s, sent),
            Err(_) => Outcome::Later(None),
        };
        match outcome {
            Outcome::Taken { rejected } => {
                self.queue.borrow_mut().settle(sent - rejected, rejected);
                if self.logging {
                    console::info(&format!("Exported {} events to the page's own server", sent - rejected));
                }
                self.largest.set((self.largest.get() * 2).min(LARGEST_BATCH));
                self.backoff.set(BACKOFF);
            }
            Outcome::Unreadable if sent == 1 => {
                self.queue.borrow_mut().settle(0, 1);
                self.largest.set(LARGEST_BATCH);
            }
            Outcome::Unreadable => {
                self.queue.borrow_mut().give_back(spans);
                self.largest.set(sent / 2);
            }
            Outcome::Later(wait_ms) => {
                self.queue.borrow_mut().give_back(spans);
                let mut backoff = self.backoff.get();
                let delay = backoff.fail(random::unit());
                self.backoff.set(backoff);
                self.waiting_for_server.set(true);
                self.wake_after(wait_ms.unwrap_or(delay));
            }
        }
        self.publish();
    }

    fn publish(&self) {
        self.status.export.set(self.queue.borrow().count());
    }
}
