//! What is done with spans when the page goes, and with those that pages before it have left behind.

use app::{client::LinkState, tracking::meter::Loss};
use leptos::{prelude::GetUntracked, task::spawn_local};

use crate::js::{clock::now_ms, lock, timer::Timer};

use super::{
    super::{batch::Outcome, spool::LEASE_MS},
    Exporter,
    sending::Sending,
};

/// Small enough that several fit into what outlives a page.
const PARTING_BATCH: usize = 16;

impl Exporter {
    /// The page goes, or may: sends what can outlive it, and leaves the rest for the next page. What is sent stays with the
    /// browser until there is an answer, which this page may not live to see.
    pub fn part(&self) {
        if let Some(posting) = &*self.posting.borrow() {
            self.lend(posting);
        }
        let server_is_there = self.server_is_there();
        let Some(this) = self.this.upgrade() else { return };
        while let Some(sending) = self.next(PARTING_BATCH) {
            let room = self.outliving.room(sending.json.len());
            // What is lost is little, and tried whatever is known of the server: there is no further count of what becomes of it.
            if sending.spans.is_empty() || server_is_there && room.is_some() {
                self.lend(&sending);
                let this = this.clone();
                spawn_local(async move {
                    this.send(sending, room).await;
                    this.proceed();
                });
            } else {
                self.leave(&sending);
            }
        }
        self.publish();
    }

    /// The page is seen again.
    pub fn return_to(&self) {
        if !self.waiting_for_server.get() {
            self.post();
        }
    }

    /// Sends what pages have left behind; one window at a time does.
    pub(super) fn drain(&self) {
        let Some(this) = self.this.upgrade() else { return };
        if self.spool.is_empty() || self.draining.replace(true) {
            return;
        }
        spawn_local(async move {
            let sender = this.clone();
            lock::alone(this.spool.name(), async move { sender.send_spooled().await }).await;
            this.draining.set(false);
            // What made room is lost.
            this.proceed();
        });
    }

    async fn send_spooled(&self) {
        self.make_room(0);
        while let Some(claimed) = self.spool.claim(now()) {
            let sent = claimed.spans;
            self.queue.borrow_mut().claim(sent, claimed.own);
            let room = self.outliving.room(claimed.json.len());
            match self.deliver(&claimed.json, sent, room).await {
                Outcome::Taken { rejected } => {
                    self.spool.done(claimed.lease);
                    self.taken(sent, rejected);
                }
                Outcome::Unreadable => {
                    self.spool.done(claimed.lease);
                    self.queue.borrow_mut().settle(0, sent);
                }
                Outcome::Later(wait_ms) => {
                    self.spool.give_back(claimed.lease);
                    self.queue.borrow_mut().unclaim(sent, claimed.own);
                    self.wait_for_server(wait_ms);
                    break;
                }
            }
            self.publish();
        }
        self.publish();
        self.await_lapse();
    }

    /// Comes back for what others have a lease of, in case they are gone.
    fn await_lapse(&self) {
        let this = self.this.clone();
        let again = move || this.upgrade().into_iter().for_each(|exporter| exporter.return_to());
        self.lapse.replace((!self.spool.is_empty()).then(|| Timer::after(LEASE_MS as f64, again)));
    }

    /// Has the browser keep what is sent.
    fn lend(&self, sending: &Sending) {
        let mut lease = sending.lease.borrow_mut();
        if lease.is_none() {
            self.make_room(sending.json.len());
            *lease = self.spool.lend(&sending.json, sending.spans.len(), now());
        }
    }

    fn leave(&self, Sending { json, spans, .. }: &Sending) {
        self.make_room(json.len());
        let kept = self.spool.keep(json, spans.len(), now());
        let mut queue = self.queue.borrow_mut();
        if kept {
            queue.spool(spans.len());
        } else {
            queue.give_up(spans.len(), Loss::SpoolFailed);
        }
    }

    fn make_room(&self, bytes: usize) {
        let lost = self.spool.make_room(bytes, now());
        for (spans, own) in [(lost.own, true), (lost.others, false)] {
            let mut queue = self.queue.borrow_mut();
            queue.claim(spans, own);
            queue.give_up(spans, Loss::Evicted);
        }
    }

    /// Whether there is somebody who takes what is sent now, as far as the page knows: nobody will tell it any more.
    fn server_is_there(&self) -> bool {
        let linked = match self.status.state.get_untracked() {
            LinkState::Online | LinkState::Connecting => true,
            LinkState::Waiting { .. } | LinkState::SignedOut | LinkState::Closing { .. } => false,
        };
        linked && !self.waiting_for_server.get()
    }
}

/// The time that entries are marked with.
fn now() -> u64 {
    now_ms() as u64
}
