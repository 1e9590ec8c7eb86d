//! All files of the spool: the lanes, the room that they share, and what is kept aside.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::entry;
use super::lane::{Lane, Stored, Ticket, named};
use super::segment::START;
use crate::telemetry::ledger::Mark;

/// A segment is a sixteenth of the spool, so that eviction costs little, and no longer than this.
const MAX_SEGMENT: u64 = 4 << 20;
/// How many records that no backend takes are kept.
const MAX_QUARANTINE: usize = 32;
/// Where they are kept.
const QUARANTINE: &str = "quarantine";

/// Why there is no spool.
#[derive(Debug, thiserror::Error)]
pub(in crate::telemetry) enum SpoolError {
    /// Another process has it.
    #[error("{} is in use by another server", .0.display())]
    InUse(PathBuf),
    /// The system does not permit it.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The thread.
    #[error("its thread cannot be started: {0}")]
    Thread(#[source] io::Error),
}

/// Makes the directory and locks it.
///
/// # Errors
///
/// Another process has it, or the system does not permit it.
pub(super) fn lock(directory: &Path) -> Result<File, SpoolError> {
    let path = directory.join("lock");
    let failed = |source| SpoolError::Io { path: path.clone(), source };
    DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(failed)?;
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(false).mode(0o600).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(SpoolError::InUse(directory.to_owned())),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// The lanes and what they share.
#[derive(Debug)]
pub(super) struct Files {
    directory: PathBuf,
    /// Those of the settings, and behind them those of backends that the settings do not name any more: they wait for them to
    /// come back, and make room first.
    lanes: Vec<Lane>,
    /// How many of them are of the settings.
    own: usize,
    max_bytes: u64,
    /// What was lost to make room and nobody has been told of yet.
    evicted: Vec<(usize, u64)>,
}

impl Files {
    /// Reads what is there.
    pub(super) fn open(directory: &Path, max_bytes: u64, names: &[String]) -> Self {
        let mut lanes: Vec<_> = names.iter().map(|name| Lane::open(directory, name)).collect();
        let strange = fs::read_dir(directory).into_iter().flatten().filter_map(|file| {
            let file = file.ok().filter(|file| file.file_type().is_ok_and(|kind| kind.is_dir()))?;
            let name = file.file_name().into_string().ok()?;
            if names.contains(&name) || named(&name).is_none() {
                return None;
            }
            let lane = Lane::open(directory, &name);
            let records = lane.weight();
            if records > 0 {
                tracing::warn!(lane = name, records, "the spool has records for a backend that is not configured");
            }
            (records > 0).then_some(lane)
        });
        lanes.extend(strange);
        Self { directory: directory.to_owned(), lanes, own: names.len(), max_bytes, evicted: Vec::new() }
    }

    /// The lanes of backends that are not configured: their numbers follow those of the others.
    pub(super) fn strangers(&self) -> impl Iterator<Item = &str> {
        self.lanes[self.own..].iter().map(|lane| lane.name.as_str())
    }

    /// What each lane holds.
    pub(super) fn weights(&self) -> Vec<(usize, u64)> {
        self.lanes.iter().map(Lane::weight).enumerate().collect()
    }

    /// A lane's name.
    pub(super) fn name(&self, lane: usize) -> &str {
        &self.lanes[lane].name
    }

    /// Where a lane ends.
    pub(super) fn end(&self, lane: usize) -> Mark {
        self.lanes[lane].end()
    }

    /// Appends a batch and makes room for it, oldest first.
    ///
    /// # Errors
    ///
    /// What the system says, or that it would not fit into an empty spool.
    pub(super) fn append(&mut self, lane: usize, body: &[u8], weight: u64) -> io::Result<()> {
        // It may need a segment of its own.
        let needed = START + entry::HEADER + body.len() as u64;
        if needed > self.max_bytes {
            return Err(io::Error::new(io::ErrorKind::StorageFull, "the batch is larger than the spool may be"));
        }
        while self.bytes() + needed > self.max_bytes {
            self.evict();
        }
        let max_segment = (self.max_bytes / 16).min(MAX_SEGMENT);
        self.lanes[lane].append(body, weight, max_segment)
    }

    /// What was lost to make room, by lane.
    pub(super) fn take_evicted(&mut self) -> Vec<(usize, u64)> {
        std::mem::take(&mut self.evicted)
    }

    /// The oldest batch of a lane, and how many records before it cannot be read.
    pub(super) fn head(&mut self, lane: usize) -> (Option<Stored>, u64) {
        self.lanes[lane].head()
    }

    /// Whether a batch that was read is still there.
    pub(super) fn holds(&self, lane: usize, ticket: Ticket) -> bool {
        self.lanes[lane].holds(ticket)
    }

    /// Takes back a batch that was read, and says whether it is still there.
    pub(super) fn take_back(&mut self, lane: usize, ticket: Ticket) -> bool {
        self.lanes[lane].take_back(ticket)
    }

    /// Removes a batch that was read.
    pub(super) fn done(&mut self, lane: usize, ticket: Ticket) {
        self.lanes[lane].done(ticket);
    }

    /// Writes a record to a file of its own and returns its path; the oldest such file makes room. What cannot be
    /// written is only counted.
    pub(super) fn quarantine(&self, lane: usize, body: &[u8]) -> Option<String> {
        let directory = self.directory.join(QUARANTINE);
        DirBuilder::new().recursive(true).mode(0o700).create(&directory).ok()?;
        let mut kept: Vec<_> = fs::read_dir(&directory).ok()?.filter_map(|file| Some(file.ok()?.path())).collect();
        kept.sort_by_key(|path| number(path));
        let next = kept.last().map_or(0, |path| number(path) + 1);
        for old in kept.iter().take((kept.len() + 1).saturating_sub(MAX_QUARANTINE)) {
            // One that stays is one too many, and nothing worse.
            let _ = fs::remove_file(old);
        }
        let path = directory.join(format!("{next:06}-{}.pb", self.name(lane)));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).ok()?;
        if file.write_all(body).is_err() {
            let _ = fs::remove_file(&path);
            return None;
        }
        Some(path.display().to_string())
    }

    fn bytes(&self) -> u64 {
        self.lanes.iter().map(Lane::bytes).sum()
    }

    fn evict(&mut self) {
        let made = self.lanes.iter().enumerate().filter_map(|(index, lane)| {
            let is_own = index < self.own;
            Some((is_own, lane.oldest()?, index))
        });
        if let Some((_, _, lane)) = made.min() {
            let lost = self.lanes[lane].drop_first();
            self.evicted.push((lane, lost));
        }
    }
}

/// The number that a kept file begins with.
fn number(path: &Path) -> u64 {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.split('-').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}
