//! What is done with spans when the page goes, and with those that pages before it have left behind.

use app::client::LinkState;
use leptos::{prelude::GetUntracked, task::spawn_local};

use crate::js::{clock::now_ms, lock};

use super::{super::batch::Outcome, Exporter};

/// Small enough that several fit into what outlives a page.
const PARTING_BATCH: usize = 16;

impl Exporter {
    /// The page goes, or may: sends what can outlive it, and leaves the rest for the next page.
    pub fn part(&self) {
        let server_is_there = self.server_is_there();
        loop {
            let spans = self.queue.borrow_mut().take(PARTING_BATCH);
            let Some(this) = self.this.upgrade().filter(|_| !spans.is_empty()) else { break };
            let json = self.body(&spans);
            match self.outliving.room(json.len()).filter(|_| server_is_there) {
                Some(room) => spawn_local(async move { this.send(spans, &json, Some(room)).await }),
                None => self.leave(&json, spans.len()),
            }
        }
        self.publish();
    }

    /// The page is seen again.
    pub fn return_to(&self) {
        if !self.waiting_for_server.get() {
            self.drain();
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
        });
    }

    async fn send_spooled(&self) {
        self.make_room(0);
        while let Some(claimed) = self.spool.claim() {
            let sent = claimed.spans;
            self.queue.borrow_mut().claim(sent, claimed.own);
            let room = self.outliving.room(claimed.json.len());
            match self.deliver(&claimed.json, sent, room).await {
                Outcome::Taken { rejected } => self.taken(sent, rejected),
                Outcome::Unreadable => self.queue.borrow_mut().settle(0, sent),
                Outcome::Later(wait_ms) => {
                    let kept = self.spool.put_back(&claimed);
                    self.spooled(sent, kept);
                    self.wait_for_server(wait_ms);
                    break;
                }
            }
            self.publish();
        }
        self.publish();
    }

    fn leave(&self, json: &str, spans: usize) {
        self.make_room(json.len());
        let kept = self.spool.keep(json, spans, now_ms() as u64);
        self.spooled(spans, kept);
    }

    fn spooled(&self, spans: usize, kept: bool) {
        let mut queue = self.queue.borrow_mut();
        if kept {
            queue.spool(spans);
        } else {
            queue.settle(0, spans);
        }
    }

    fn make_room(&self, bytes: usize) {
        let lost = self.spool.make_room(bytes, now_ms() as u64);
        for (spans, own) in [(lost.own, true), (lost.others, false)] {
            let mut queue = self.queue.borrow_mut();
            queue.claim(spans, own);
            queue.settle(0, spans);
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
