//! The bounded list of rows: the newest are kept, what falls out is counted, a pause loses nothing.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use crate::{
    protocol::RequestId,
    tracking::{Micros, Settled},
};

use super::{Filter, Row, Status};

/// How many rows are kept: what a list still scrolls through smoothly.
const MAX_ROWS: usize = 10_000;
/// How many bytes the rows may take: names and messages come from outside.
const MAX_BYTES: usize = 8 << 20;

/// The rows of one window, oldest first.
#[derive(Debug)]
pub struct Journal {
    rows: VecDeque<Arc<Row>>,
    // Number of the first row; the others follow without gap.
    first: u64,
    requests: HashMap<RequestId, u64>,
    bytes: usize,
    version: u64,
    max_rows: usize,
    max_bytes: usize,
}

/// The rows as they were at one moment, for a paused view.
#[derive(Clone, Debug)]
pub struct Frozen {
    rows: Arc<[Arc<Row>]>,
    end: u64,
}

impl Journal {
    /// An empty journal of 10,000 rows or 8 MB.
    #[must_use]
    pub fn new() -> Self {
        Self::with_limits(MAX_ROWS, MAX_BYTES)
    }

    fn with_limits(max_rows: usize, max_bytes: usize) -> Self {
        let (rows, requests) = (VecDeque::new(), HashMap::new());
        Self { rows, first: 0, requests, bytes: 0, version: 0, max_rows, max_bytes }
    }

    /// Adds a row and returns its number; the oldest rows make room.
    pub fn push(&mut self, mut row: Row) -> u64 {
        let seq = self.first + self.rows.len() as u64;
        row.seq = seq;
        if let Some(id) = &row.request_id {
            self.requests.insert(id.clone(), seq);
        }
        self.bytes += row.weight();
        self.rows.push_back(Arc::new(row));
        while self.rows.len() > self.max_rows || self.bytes > self.max_bytes {
            self.drop_oldest();
        }
        self.version += 1;
        seq
    }

    /// Writes into a request's row how it ended; `None` when the row has fallen out.
    pub fn settle(&mut self, settled: &Settled) -> Option<u64> {
        let seq = *self.requests.get(&settled.request.request_id)?;
        self.update(seq, |row| row.settle(settled));
        Some(seq)
    }

    /// Ends every row that waits, because the connection is gone.
    pub fn disconnect(&mut self, now: Micros) {
        let waiting: Vec<u64> = self.iter().filter(|row| row.status == Status::Pending).map(|row| row.seq).collect();
        for seq in waiting {
            self.update(seq, |row| row.disconnect(now));
        }
    }

    /// Forgets every row; numbers go on.
    pub fn clear(&mut self) {
        self.first += self.rows.len() as u64;
        self.rows.clear();
        self.requests.clear();
        self.bytes = 0;
        self.version += 1;
    }

    /// The row with a number, unless it has fallen out.
    #[must_use]
    pub fn get(&self, seq: u64) -> Option<&Arc<Row>> {
        self.rows.get(self.place(seq)?)
    }

    /// The rows, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<Row>> + ExactSizeIterator {
        self.rows.iter()
    }

    /// The rows that a filter lets through, newest first; `now` is for the age of those that wait.
    #[must_use]
    pub fn select(&self, filter: &Filter, now: Micros) -> Vec<Arc<Row>> {
        select(self.iter(), filter, now)
    }

    /// The rows as they are now; what comes later changes the journal, not them.
    #[must_use]
    pub fn freeze(&self) -> Frozen {
        Frozen { rows: self.rows.iter().cloned().collect(), end: self.end() }
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many rows there have been that are gone: fallen out or cleared.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.first
    }

    /// About how many bytes the rows take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Changes whenever a row is added, updated or removed.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    fn end(&self) -> u64 {
        self.first + self.rows.len() as u64
    }

    fn place(&self, seq: u64) -> Option<usize> {
        usize::try_from(seq.checked_sub(self.first)?).ok()
    }

    fn update(&mut self, seq: u64, change: impl FnOnce(&mut Row)) {
        let Some(row) = self.place(seq).and_then(|place| self.rows.get_mut(place)) else { return };
        self.bytes -= row.weight();
        // A frozen view that shares the row keeps it as it was.
        let row = Arc::make_mut(row);
        change(row);
        self.bytes += row.weight();
        self.version += 1;
    }

    fn drop_oldest(&mut self) {
        let Some(row) = self.rows.pop_front() else { return };
        self.bytes -= row.weight();
        if let Some(id) = &row.request_id
            && self.requests.get(id) == Some(&row.seq)
        {
            self.requests.remove(id);
        }
        self.first += 1;
    }
}

impl Default for Journal {
    fn default() -> Self {
        Self::new()
    }
}

impl Frozen {
    /// The rows, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<Row>> + ExactSizeIterator {
        self.rows.iter()
    }

    /// The rows that a filter lets through, newest first.
    #[must_use]
    pub fn select(&self, filter: &Filter, now: Micros) -> Vec<Arc<Row>> {
        select(self.iter(), filter, now)
    }

    /// How many rows have come since.
    #[must_use]
    pub fn behind(&self, journal: &Journal) -> u64 {
        journal.end() - self.end
    }
}

fn select<'a>(rows: impl DoubleEndedIterator<Item = &'a Arc<Row>>, filter: &Filter, now: Micros) -> Vec<Arc<Row>> {
    rows.rev().filter(|row| filter.matches(row, now)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::RowError;
    use crate::tracking::{Ending, Matched, NewRequest, Response, Settings, SocketConnectionTracker, Tracker as _};

    fn row(n: u64) -> Row {
        Row { request_id: Some(RequestId::mint(0, n, "x")), ..Row::request("terminal:create", n) }
    }

    fn full(max_rows: usize, rows: u64) -> Journal {
        let mut journal = Journal::with_limits(max_rows, MAX_BYTES);
        for n in 0..rows {
            journal.push(row(n));
        }
        journal
    }

    fn settled(n: u64, ending: Ending) -> Settled {
        let tracker = SocketConnectionTracker::new(Settings::default(), "x");
        let id = RequestId::mint(0, n, "x");
        tracker.track_request(&NewRequest { request_id: Some(&id), ..NewRequest::new("terminal:create", n) });
        let answer = Response { event: "terminal:created", request_id: Some(&id), result: Ok(()) };
        match tracker.track_response(&answer, n + 3_000) {
            Matched::Ended(settled) => Settled { ending, ..settled },
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_oldest_rows_make_room_and_are_counted() {
        let mut journal = full(3, 5);
        assert_eq!(journal.iter().map(|row| row.seq).collect::<Vec<_>>(), [2, 3, 4]);
        assert_eq!((journal.dropped(), journal.len(), journal.requests.len()), (2, 3, 3));
        assert_eq!(journal.settle(&settled(1, Ending::Ok)), None);
        assert_eq!(journal.settle(&settled(2, Ending::Ok)), Some(2));
    }

    #[test]
    fn bytes_are_bounded_too() {
        let mut journal = Journal::with_limits(MAX_ROWS, 4_000);
        let long = Row { error: Some(RowError::new("busy", &"x".repeat(1_000))), ..row(0) };
        for _ in 0..100 {
            journal.push(long.clone());
            assert!(journal.bytes() <= 4_000);
        }
        assert!((2..20).contains(&journal.len()), "{}", journal.len());
    }

    #[test]
    fn ten_thousand_usual_rows_take_less_than_eight_megabytes() {
        let journal = full(MAX_ROWS, MAX_ROWS as u64 + 1);
        assert_eq!(journal.len(), MAX_ROWS);
        assert!(journal.bytes() < MAX_BYTES, "{}", journal.bytes());
    }

    #[test]
    fn a_row_is_updated_in_place() {
        let mut journal = full(10, 2);
        let before = journal.version();
        journal.settle(&settled(0, Ending::Ok));
        let row = journal.get(0).unwrap();
        assert_eq!(
            (row.status, row.duration, row.response.as_deref()),
            (Status::Ok, Some(3_000), Some("terminal:created"),)
        );
        assert_eq!(journal.get(1).unwrap().status, Status::Pending);
        assert_ne!(journal.version(), before);
    }

    #[test]
    fn the_bytes_are_those_of_the_rows() {
        let mut journal = full(10, 3);
        journal.settle(&settled(2, Ending::Error { code: "busy".into(), message: "not now".to_owned() }));
        journal.disconnect(9);
        assert_eq!(journal.bytes(), journal.iter().map(|row| row.weight()).sum::<usize>());
        journal.clear();
        assert_eq!((journal.bytes(), journal.dropped(), journal.push(row(7))), (0, 3, 3));
    }

    #[test]
    fn a_lost_connection_ends_what_waits() {
        let mut journal = full(10, 2);
        journal.settle(&settled(0, Ending::Ok));
        journal.disconnect(5_001);
        assert_eq!(journal.get(0).unwrap().status, Status::Ok);
        let row = journal.get(1).unwrap();
        assert_eq!((row.status, row.duration), (Status::Disconnected, Some(5_000)));
    }

    #[test]
    fn a_pause_shows_what_was_and_loses_nothing() {
        let mut journal = full(3, 3);
        let frozen = journal.freeze();
        journal.settle(&settled(1, Ending::Ok));
        for n in 3..6 {
            journal.push(row(n));
        }
        assert_eq!(
            frozen.iter().map(|row| (row.seq, row.status)).collect::<Vec<_>>(),
            [(0, Status::Pending), (1, Status::Pending), (2, Status::Pending),]
        );
        assert_eq!(frozen.behind(&journal), 3);
        assert_eq!(journal.iter().map(|row| row.seq).collect::<Vec<_>>(), [3, 4, 5]);
    }

    #[test]
    fn the_newest_comes_first_in_a_selection() {
        let journal = full(10, 3);
        let rows = journal.select(&Filter::default(), 0);
        assert_eq!(rows.iter().map(|row| row.seq).collect::<Vec<_>>(), [2, 1, 0]);
    }
}
