//! Posts batches of spans to the page's own server: when one is full, when one has waited, and when the page goes.

mod bodies;
mod parting;
mod sending;

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
        clock::now_us,
        console,
        fetch::{self, Post},
        random,
        timer::Timer,
    },
};

use self::sending::Sending;

use super::{
    batch::{Outcome, outcome},
    outliving::{Outliving, Room},
    queue::Queue,
    spool::{Browser, Lease, Spool},
};

/// A batch is not larger, unless the settings say so: about 50 KB, which may outlive the page.
const USUAL_BATCH: usize = 32;
/// Nor than this, whatever they say: about 400 KB, below the 512 KiB that the server takes in one post.
const LARGEST_BATCH: usize = 256;
/// The waits after failures.
const BACKOFF: Backoff = Backoff::new(1_000.0, 30_000.0);

/// The page's end of the way to the collector.
pub struct Exporter {
    href: String,
    metrics_href: String,
    batch_size: usize,
    /// A batch is never larger.
    most: usize,
    flush_ms: f64,
    resource: Resource,
    status: LinkStatus,
    /// Whether the server is told of what is lost.
    measures: bool,
    /// Whether each post is told to the console.
    logging: bool,
    queue: RefCell<Queue>,
    /// Since when the queue counts what is lost, in nanoseconds by the page's own clock.
    since: Cell<u64>,
    spool: Spool<Browser>,
    /// The next batch is not larger: halved while the server cannot read one, to find the span that spoils it.
    largest: Cell<usize>,
    backoff: Cell<Backoff>,
    /// The batch that was posted last, until it is known what became of it.
    posting: RefCell<Option<Rc<Sending>>>,
    /// What was posted and not taken, as far as is known: it goes again before anything else, and its spans count as queued.
    held: RefCell<Vec<Rc<Sending>>>,
    /// Whether what pages have left behind is being sent.
    draining: Cell<bool>,
    /// Set while a batch waits: for its time, or for the server after a failure.
    timer: RefCell<Option<Timer>>,
    /// Set while another window has a lease of what it may not come to send.
    lapse: RefCell<Option<Timer>>,
    waiting_for_server: Cell<bool>,
    outliving: Rc<Outliving>,
    this: Weak<Self>,
}

impl Exporter {
    /// An exporter that posts to the page's own server, and tells it of what is lost where it `measures`.
    pub fn new(
        page: &PageConfig,
        resource: Resource,
        status: LinkStatus,
        measures: bool,
        outliving: Rc<Outliving>,
    ) -> Rc<Self> {
        let batch_size = page.telemetry.batch_size.max(1) as usize;
        let most = batch_size.clamp(USUAL_BATCH, LARGEST_BATCH);
        let exporter = Rc::new_cyclic(|this: &Weak<Self>| Self {
            href: page.href("/v1/traces"),
            metrics_href: page.href("/v1/metrics"),
            batch_size,
            most,
            flush_ms: f64::from(page.telemetry.flush_ms),
            logging: page.tracking.detailed_logging,
            resource,
            status,
            measures,
            queue: RefCell::default(),
            since: Cell::new(now_us() * 1_000),
            spool: Spool::new(page),
            largest: Cell::new(most),
            backoff: Cell::new(BACKOFF),
            posting: RefCell::default(),
            held: RefCell::default(),
            draining: Cell::new(false),
            timer: RefCell::default(),
            lapse: RefCell::default(),
            waiting_for_server: Cell::new(false),
            outliving,
            this: this.clone(),
        });
        // What was left behind goes after the page's first batch, or alone when there is none.
        exporter.wake_after(exporter.flush_ms);
        exporter
    }

    /// Takes a span.
    pub fn push(&self, span: Span) {
        self.queue.borrow_mut().push(span);
        self.publish();
        self.proceed();
    }

    /// Posts a batch when one is full, else sees to it that what waits leaves in time.
    fn proceed(&self) {
        if self.posting.borrow().is_some() || self.waiting_for_server.get() {
            return;
        }
        let waiting = self.queue.borrow().waiting();
        if waiting >= self.batch_size || !self.held.borrow().is_empty() {
            self.post();
        } else if (waiting > 0 || self.has_lost()) && self.timer.borrow().is_none() {
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
        // A second one may be due while one is under way: a page that seemed to go has posted others, and one of them failed.
        if self.posting.borrow().is_some() {
            return;
        }
        let Some(this) = self.this.upgrade() else { return };
        let Some(sending) = self.next(self.largest.get()) else {
            self.drain();
            return;
        };
        self.posting.replace(Some(sending.clone()));
        // A batch outlives the page where there is room for that.
        let room = self.outliving.room(sending.json.len());
        spawn_local(async move {
            this.send(sending, room).await;
            this.posting.take();
            this.proceed();
        });
    }

    /// Posts a body and sees to what becomes of it.
    async fn send(&self, sending: Rc<Sending>, room: Option<Room>) {
        let sent = sending.spans.len();
        let outcome = self.deliver(&sending.json, sent, room).await;
        let lease = sending.lease.take();
        match outcome {
            Outcome::Taken { rejected } => {
                self.done(lease);
                self.taken(sent, rejected);
                self.largest.set((self.largest.get() * 2).min(self.most));
                self.drain();
            }
            Outcome::Unreadable => {
                self.done(lease);
                let mut queue = self.queue.borrow_mut();
                if sent > 1 {
                    queue.give_back(sending.spans.clone());
                    self.largest.set(sent / 2);
                } else {
                    queue.settle(0, sent);
                    self.largest.set(self.most);
                }
            }
            Outcome::Later(wait_ms) => {
                match lease {
                    // Where it stays, with what other pages have left behind.
                    Some(lease) => {
                        self.spool.give_back(lease);
                        self.queue.borrow_mut().spool(sent);
                    }
                    None => self.held.borrow_mut().push(sending),
                }
                self.wait_for_server(wait_ms);
            }
        }
        self.publish();
    }

    /// The browser need not keep it any more, if it did.
    fn done(&self, lease: Option<Lease>) {
        lease.into_iter().for_each(|lease| self.spool.done(lease));
    }

    /// Posts a body of `sent` spans, or of what is lost.
    async fn deliver(&self, json: &str, sent: usize, room: Option<Room>) -> Outcome {
        let href = if sent == 0 { &self.metrics_href } else { &self.href };
        match fetch::post(Post { href, json, keepalive: room.is_some() }).await {
            Ok(answer) => outcome(answer.status, &answer.body, answer.retry_after_s, sent),
            Err(_) => Outcome::Later(None),
        }
    }

    fn taken(&self, sent: usize, rejected: usize) {
        self.queue.borrow_mut().settle(sent - rejected, rejected);
        if self.logging && sent > 0 {
            console::info(&format!("Exported {} events to the page's own server", sent - rejected));
        }
        self.backoff.set(BACKOFF);
    }

    fn wait_for_server(&self, wait_ms: Option<f64>) {
        let delay = Backoff::fail_in(&self.backoff, random::unit());
        self.waiting_for_server.set(true);
        self.wake_after(wait_ms.unwrap_or(delay));
    }

    fn publish(&self) {
        self.status.export.set(self.queue.borrow().count());
    }
}
