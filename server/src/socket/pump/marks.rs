//! What must reach a viewer after the output before it: sizes, the end, and the answers that wait for either.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Notify, oneshot};

use crate::socket::outgoing::Message;

/// The most that wait for a viewer without credit. Beyond them the oldest size goes: a later one says what counts.
const MAX_MARKS: usize = 64;

/// One thing to pass at an offset.
#[derive(Debug)]
pub(in crate::socket) enum Mark {
    /// The size in force.
    Size(Message),
    /// The terminal's end.
    Closed(Message),
    /// Somebody waits for the viewer to have come this far.
    Reached(oneshot::Sender<()>),
}

/// The marks of one viewer, in the order of their offsets.
#[derive(Debug, Default)]
pub(super) struct Marks {
    list: Mutex<VecDeque<(u64, Mark)>>,
    added: Notify,
}

impl Marks {
    /// Adds a mark at `seq`, after those that are there.
    pub(super) fn add(&self, seq: u64, mark: Mark) {
        let mut list = self.list();
        if list.len() >= MAX_MARKS
            && let Some(oldest) = list.iter().position(|(_, mark)| matches!(mark, Mark::Size(_) | Mark::Reached(_)))
        {
            list.remove(oldest);
        }
        // An end that was seen later is never nearer, but it may be noted by another thread.
        let seq = list.back().map_or(seq, |(last, _)| seq.max(*last));
        list.push_back((seq, mark));
        drop(list);
        self.added.notify_one();
    }

    /// The offset of the next mark.
    pub(super) fn next(&self) -> Option<u64> {
        self.list().front().map(|(seq, _)| *seq)
    }

    /// Takes the next mark if the viewer at `at` has reached it.
    pub(super) fn take(&self, at: u64) -> Option<Mark> {
        let mut list = self.list();
        if list.front().is_none_or(|(seq, _)| *seq > at) {
            return None;
        }
        list.pop_front().map(|(_, mark)| mark)
    }

    /// Drops the sizes before `seq`: a snapshot taken there has told a newer one.
    pub(super) fn drop_sizes_before(&self, seq: u64) {
        self.list().retain(|(at, mark)| *at >= seq || !matches!(mark, Mark::Size(_)));
    }

    /// Waits for a mark to be added.
    pub(super) async fn added(&self) {
        self.added.notified().await;
    }

    fn list(&self) -> MutexGuard<'_, VecDeque<(u64, Mark)>> {
        // Each change leaves the list whole, so that of a panicked thread is still good.
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(cols: i64) -> Mark {
        Mark::Size(Message::ack(cols, &cols))
    }

    fn passed(marks: &Marks, at: u64) -> Vec<String> {
        let text = |mark| match mark {
            Mark::Size(message) | Mark::Closed(message) => message.body.get().to_owned(),
            Mark::Reached(_) => "reached".to_owned(),
        };
        std::iter::from_fn(|| marks.take(at)).map(text).collect()
    }

    #[test]
    fn a_mark_is_passed_when_its_offset_is_reached() {
        let marks = Marks::default();
        marks.add(10, size(1));
        marks.add(20, size(2));
        assert_eq!((passed(&marks, 9), marks.next()), (vec![], Some(10)));
        assert_eq!((passed(&marks, 10), marks.next()), (vec!["1".to_owned()], Some(20)));
        assert_eq!((passed(&marks, 30), marks.next()), (vec!["2".to_owned()], None));
    }

    #[test]
    fn marks_keep_the_order_in_which_they_came() {
        let marks = Marks::default();
        marks.add(20, size(1));
        marks.add(10, size(2));
        assert_eq!(passed(&marks, 19), Vec::<String>::new());
        assert_eq!(passed(&marks, 20), ["1", "2"]);
    }

    #[test]
    fn a_snapshot_replaces_the_sizes_before_it() {
        let marks = Marks::default();
        marks.add(10, size(1));
        marks.add(20, size(2));
        marks.drop_sizes_before(20);
        assert_eq!(passed(&marks, 20), ["2"]);
    }

    #[test]
    fn marks_are_bounded_and_the_end_is_never_lost() {
        let marks = Marks::default();
        marks.add(0, Mark::Closed(Message::ack(0, &"end")));
        (0..100).for_each(|n| marks.add(0, size(n)));
        let passed = passed(&marks, 0);
        assert_eq!((passed.len(), passed[0].as_str(), passed[MAX_MARKS - 1].as_str()), (MAX_MARKS, "\"end\"", "99"));
    }
}
