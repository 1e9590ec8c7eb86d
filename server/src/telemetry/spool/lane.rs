//! The batches of one destination, in the order in which they were written.

use std::collections::VecDeque;
use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use super::segment::{START, Segment};
use super::{cursor, entry};
use crate::telemetry::ledger::Mark;
use crate::telemetry::signal::Signal;

/// A batch as it was read; it stays in the spool until it is done.
#[derive(Debug, PartialEq)]
pub(in crate::telemetry) struct Stored {
    pub(in crate::telemetry) body: Bytes,
    pub(in crate::telemetry) weight: u64,
    pub(in crate::telemetry) ticket: Ticket,
}

/// Which batch it is: its segment, and its place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::telemetry) struct Ticket {
    sequence: u64,
    offset: u64,
}

/// One destination's batches.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) name: String,
    directory: PathBuf,
    segments: VecDeque<Segment>,
    /// Where the oldest batch stands in the first segment.
    offset: u64,
    /// The batch that is being sent, where it ends and what it weighs.
    read: Option<(Ticket, u64, u64)>,
    next_sequence: u64,
}

impl Lane {
    /// Finds what an earlier process has left. A segment that cannot be read is left alone and told of.
    pub(super) fn open(parent: &Path, name: &str) -> Self {
        let directory = parent.join(name);
        let (first, mut offset) = cursor::read(&directory.join("cursor")).unwrap_or((0, START));
        let found = found(&directory);
        if found.first().is_none_or(|(sequence, _)| *sequence != first) {
            offset = START;
        }
        // Beyond what the cursor speaks of, too: it outlives its segment, and must not be taken to speak of another.
        let next_sequence = found.last().map_or(0, |(sequence, _)| *sequence).max(first) + 1;
        let mut segments = VecDeque::new();
        for (index, (sequence, path)) in found.into_iter().enumerate() {
            let from = if index == 0 { offset } else { START };
            match Segment::open(path.clone(), sequence, from) {
                Ok(segment) => segments.push_back(segment),
                Err(error) => tracing::warn!(path = %path.display(), %error, "a part of the spool cannot be read"),
            }
        }
        if segments.front().is_some_and(|segment| segment.sequence != first) {
            offset = START;
        }
        Self { name: name.to_owned(), directory, segments, offset, read: None, next_sequence }
    }

    /// The records that are not sent yet.
    pub(super) fn weight(&self) -> u64 {
        self.segments.iter().map(|segment| segment.weight).sum()
    }

    /// Where the last batch ends: what is appended from now on stands behind it.
    pub(super) fn end(&self) -> Mark {
        let next = Mark { sequence: self.next_sequence, offset: START };
        self.segments.back().map_or(next, |last| Mark { sequence: last.sequence, offset: last.length })
    }

    /// What its files take.
    pub(super) fn bytes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.length).sum()
    }

    /// When its oldest segment was made.
    pub(super) fn oldest(&self) -> Option<u64> {
        self.segments.front().map(|segment| segment.made)
    }

    /// Appends a batch; a segment that would become longer than `max_segment` is left as it is, and another begun.
    ///
    /// # Errors
    ///
    /// What the system says; the lane is then as it was before.
    pub(super) fn append(&mut self, body: &[u8], weight: u64, max_segment: u64) -> io::Result<()> {
        let entry = entry::encode(body, weight)?;
        let fits = |segment: &Segment| segment.length == START || segment.length + entry.len() as u64 <= max_segment;
        if !self.segments.back().is_some_and(fits) {
            DirBuilder::new().recursive(true).mode(0o700).create(&self.directory)?;
            let segment = Segment::make(&self.directory, self.next_sequence)?;
            self.next_sequence += 1;
            if self.segments.is_empty() {
                self.offset = START;
            }
            self.segments.push_back(segment);
        }
        let last = self.segments.back_mut().expect("there is one, or it was just pushed");
        last.append(&entry, weight)
    }

    /// Reads the oldest batch, and says how many records had to be given up because they cannot be read.
    pub(super) fn head(&mut self) -> (Option<Stored>, u64) {
        // Who asks for a batch is sending none.
        self.read = None;
        let mut unreadable = 0;
        while let Some(segment) = self.segments.front_mut() {
            let ticket = Ticket { sequence: segment.sequence, offset: self.offset };
            match segment.read(self.offset) {
                Ok(Some((weight, body, next))) => {
                    self.read = Some((ticket, next, weight));
                    return (Some(Stored { body: body.into(), weight, ticket }), unreadable);
                }
                Ok(None) | Err(_) => unreadable += self.drop_first(),
            }
        }
        (None, unreadable)
    }

    /// Whether a batch that was read is still the oldest.
    pub(super) fn holds(&self, ticket: Ticket) -> bool {
        self.read.is_some_and(|(read, _, _)| read == ticket)
    }

    /// Takes back a batch that was read and not sent, and says whether it is still there: if so, the lane counts it again
    /// where it has to make room.
    pub(super) fn take_back(&mut self, ticket: Ticket) -> bool {
        self.read.take_if(|(read, _, _)| *read == ticket).is_some()
    }

    /// Passes the batch that was read. A segment of which nothing is left is removed.
    pub(super) fn done(&mut self, ticket: Ticket) {
        let Some((_, next, weight)) = self.read.filter(|(read, _, _)| *read == ticket) else { return };
        self.read = None;
        let Some(segment) = self.segments.front_mut() else { return };
        segment.weight = segment.weight.saturating_sub(weight);
        self.offset = next;
        if next >= segment.length {
            self.drop_first();
        } else if let Err(error) = cursor::write(&self.directory.join("cursor"), segment.sequence, next) {
            tracing::debug!(lane = self.name, %error, "some batches may be sent twice after a restart");
        }
    }

    /// Removes the oldest segment and returns how many records are lost with it. One that is being sent is not among
    /// them: whoever sends it counts it.
    pub(super) fn drop_first(&mut self) -> u64 {
        let Some(segment) = self.segments.pop_front() else { return 0 };
        let being_sent = self.read.take().map_or(0, |(_, _, weight)| weight);
        self.offset = START;
        let lost = segment.weight.saturating_sub(being_sent);
        segment.remove();
        lost
    }
}

/// The name of a backend's lane for a signal.
pub(in crate::telemetry) fn name(backend: &str, signal: Signal) -> String {
    format!("{backend}-{signal}")
}

/// The backend and the signal that a lane is for, where it is the name of one.
pub(super) fn named(lane: &str) -> Option<(&str, Signal)> {
    let (backend, of) = lane.rsplit_once('-')?;
    let signal = Signal::ALL.into_iter().find(|signal| signal.name() == of)?;
    // It is a directory of the spool and nothing else.
    (!backend.is_empty() && !backend.contains(['/', '.'])).then_some((backend, signal))
}

/// The records in a lane's files that were written behind a mark, be they sent or not.
pub(super) fn weight_behind(parent: &Path, name: &str, mark: Mark) -> u64 {
    let behind = found(&parent.join(name)).into_iter().filter(|(sequence, _)| *sequence >= mark.sequence);
    let weights = behind.map(|(sequence, path)| {
        let from = if sequence == mark.sequence { mark.offset } else { START };
        // Of one that cannot be read the lane itself tells.
        Segment::open(path, sequence, from).map_or(0, |segment| segment.weight)
    });
    weights.sum()
}

/// A lane's segments, in their order.
fn found(directory: &Path) -> Vec<(u64, PathBuf)> {
    let files = std::fs::read_dir(directory).into_iter().flatten();
    let numbered = files.filter_map(|file| {
        let path = file.ok()?.path();
        let sequence = path.file_name()?.to_str()?.strip_suffix(".seg")?.parse().ok()?;
        Some((sequence, path))
    });
    let mut found: Vec<_> = numbered.collect();
    found.sort();
    found
}
