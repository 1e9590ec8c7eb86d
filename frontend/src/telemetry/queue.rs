//! The bounded queue of finished spans, and the count that adds up: created = exported + queued + spooled + dropped.

use std::collections::VecDeque;

use app::{
    client::ExportCount,
    trace::otlp::Span,
    tracking::meter::{Loss, Meter},
};

/// How many spans wait at most: some four minutes of constant typing without a server, about 2 MB.
pub const CAPACITY: usize = 2_048;

/// Spans on their way to the server.
#[derive(Debug, Default)]
pub struct Queue {
    waiting: VecDeque<Span>,
    in_flight: usize,
    created: u64,
    exported: u64,
    spooled: u64,
    dropped: u64,
    /// Those of the dropped that nobody has been told of yet, by why.
    lost: Meter,
}

impl Queue {
    /// Takes a span; a full queue counts it as dropped instead.
    pub fn push(&mut self, span: Span) {
        self.created += 1;
        if self.queued() < CAPACITY {
            self.waiting.push_back(span);
        } else {
            self.lose(1, Loss::QueueFull);
        }
    }

    /// How many spans wait to be sent.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Hands out the oldest spans, at most `most`; they stay counted as queued until it is said what became of them.
    pub fn take(&mut self, most: usize) -> Vec<Span> {
        let count = most.min(self.waiting.len());
        self.in_flight += count;
        self.waiting.drain(..count).collect()
    }

    /// The server has taken `exported` of the spans handed out and refused `rejected`.
    pub fn settle(&mut self, exported: usize, rejected: usize) {
        self.in_flight -= exported;
        self.exported += exported as u64;
        self.give_up(rejected, Loss::Rejected);
    }

    /// Spans handed out are lost.
    pub fn give_up(&mut self, spans: usize, why: Loss) {
        self.in_flight -= spans;
        self.lose(spans as u64, why);
    }

    /// Whether anything has been lost that nobody has been told of.
    pub fn has_lost(&self) -> bool {
        !self.lost.is_empty()
    }

    /// What has been lost since the last time, to be told.
    pub fn take_lost(&mut self) -> Meter {
        std::mem::take(&mut self.lost)
    }

    /// Takes back spans that are to go in smaller batches; they are the next.
    pub fn give_back(&mut self, spans: Vec<Span>) {
        self.in_flight -= spans.len();
        for span in spans.into_iter().rev() {
            self.waiting.push_front(span);
        }
    }

    /// Spans handed out have been left for the next page.
    pub fn spool(&mut self, spans: usize) {
        self.in_flight -= spans;
        self.spooled += spans as u64;
    }

    /// Counts spans that were left behind as handed out again; those that another page had made count as made here.
    pub fn claim(&mut self, spans: usize, own: bool) {
        self.in_flight += spans;
        if own {
            self.spooled -= spans as u64;
        } else {
            self.created += spans as u64;
        }
    }

    /// Takes back what [`Queue::claim`] counted: the spans are left behind again, where they were.
    pub fn unclaim(&mut self, spans: usize, own: bool) {
        self.in_flight -= spans;
        if own {
            self.spooled += spans as u64;
        } else {
            self.created -= spans as u64;
        }
    }

    /// Where all spans are.
    pub fn count(&self) -> ExportCount {
        ExportCount {
            created: self.created,
            exported: self.exported,
            queued: self.queued() as u64,
            spooled: self.spooled,
            dropped: self.dropped,
        }
    }

    fn lose(&mut self, spans: u64, why: Loss) {
        self.dropped += spans;
        if spans > 0 {
            self.lost.lost(spans, why);
        }
    }

    fn queued(&self) -> usize {
        self.waiting.len() + self.in_flight
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::testing::span;

    fn filled(count: usize) -> Queue {
        let mut queue = Queue::default();
        (0..count).for_each(|n| queue.push(span(n)));
        queue
    }

    fn check(queue: &Queue, exported: u64, queued: u64, dropped: u64) {
        let created = exported + queued + dropped;
        assert_eq!(queue.count(), ExportCount { created, exported, queued, spooled: 0, dropped });
    }

    #[test]
    fn every_span_is_counted_in_one_place() {
        let mut queue = filled(5);
        let batch = queue.take(3);
        check(&queue, 0, 5, 0);
        queue.settle(2, 1);
        check(&queue, 2, 2, 1);
        assert_eq!(batch.len(), 3);
    }

    #[test]
    fn a_full_queue_counts_what_it_drops() {
        let queue = filled(CAPACITY + 2);
        check(&queue, 0, CAPACITY as u64, 2);
    }

    #[test]
    fn what_is_lost_is_told_once_and_with_the_reason() {
        let mut queue = filled(CAPACITY + 1);
        queue.take(6);
        queue.settle(3, 1);
        queue.give_up(2, Loss::Evicted);
        let mut lost = Meter::default();
        for (spans, why) in [(1, Loss::QueueFull), (1, Loss::Rejected), (2, Loss::Evicted)] {
            lost.lost(spans, why);
        }
        assert!(queue.has_lost());
        assert_eq!(queue.take_lost(), lost);
        assert!(!queue.has_lost() && queue.take_lost().is_empty());
        assert_eq!(queue.count().dropped, 4);
    }

    #[test]
    fn what_is_in_flight_still_has_its_place() {
        let mut queue = filled(CAPACITY);
        let batch = queue.take(10);
        queue.push(span(0));
        check(&queue, 0, CAPACITY as u64, 1);
        queue.give_back(batch);
        check(&queue, 0, CAPACITY as u64, 1);
    }

    #[test]
    fn what_is_left_for_the_next_page_is_neither_waiting_nor_lost() {
        let mut queue = filled(5);
        let batch = queue.take(5);
        queue.spool(batch.len());
        assert_eq!(queue.count(), ExportCount { created: 5, spooled: 5, ..ExportCount::default() });
        queue.claim(2, true);
        queue.settle(1, 1);
        let count = ExportCount { created: 5, exported: 1, spooled: 3, dropped: 1, ..ExportCount::default() };
        assert_eq!(queue.count(), count);
    }

    #[test]
    fn what_another_page_has_left_counts_as_made_here() {
        let mut queue = filled(1);
        queue.claim(3, false);
        check(&queue, 0, 4, 0);
        queue.settle(3, 0);
        check(&queue, 3, 1, 0);
    }

    #[test]
    fn what_stays_with_the_browser_is_counted_as_before_it_was_tried() {
        let mut queue = filled(5);
        let batch = queue.take(2);
        queue.spool(batch.len());
        let before = queue.count();
        for own in [true, false] {
            queue.claim(2, own);
            queue.unclaim(2, own);
            assert_eq!(queue.count(), before);
        }
    }

    #[test]
    fn what_comes_back_goes_first() {
        let mut queue = filled(4);
        let batch = queue.take(2);
        queue.give_back(batch);
        assert_eq!(queue.take(4), (0..4).map(span).collect::<Vec<_>>());
    }
}
