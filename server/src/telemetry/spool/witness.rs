//! What bears witness of records that were in memory when the server was killed: a file that says how many wait there for each
//! lane, and which part of what is on disk is not among them. The next server counts them as lost.
//!
//! Whoever counts a record rings a bell, which is all that it costs them; a thread of its own writes, and then rests for a moment.
//! What came or went in that moment is not in the file, but for what went to the disk: the spool has it written down before it
//! touches a lane, so that no more than the batch it was at can stand behind what is said of that lane.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use super::lane::{named, weight_behind};
use crate::telemetry::ledger::{Bell, Ledger, Mark, Reason};

/// How long it rests: what it does not see is far less than a batch, and writing costs nothing that can be measured.
const REST: Duration = Duration::from_millis(10);

/// Longer than this no such file is.
const MAX_LENGTH: usize = 64 << 10;

/// The file.
#[derive(Debug)]
pub(super) struct Witness {
    /// Held from looking to writing, so that what was seen first is written first.
    file: Mutex<File>,
    lanes: Vec<String>,
}

impl Witness {
    /// Opens the file in the spool's directory, which is locked, and enters in the ledger what the last server had in memory when it
    /// was killed; there is nothing where it had the time to close. Lane `n` is account `n + 1`; of backends that are not
    /// configured any more there are accounts, too.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub(super) fn open(directory: &Path, lanes: Vec<String>, ledger: &Ledger) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let file = options.open(directory.join("queued"))?;
        let mut said = vec![0; MAX_LENGTH];
        let length = file.read_at(&mut said, 0)?;
        for (lane, queued, mark) in String::from_utf8_lossy(&said[..length]).lines().filter_map(read) {
            let Some((backend, signal)) = named(lane).filter(|_| queued > 0) else { continue };
            // What has reached the disk meanwhile is not lost.
            let killed = queued.saturating_sub(weight_behind(directory, lane, mark));
            match lanes.iter().position(|known| known == lane) {
                Some(known) => ledger.account(known + 1).lost_before(killed, Reason::Killed),
                None if killed > 0 => ledger.stranger(backend, signal).lost_before(killed, Reason::Killed),
                None => {}
            }
        }
        // What is said now may be shorter.
        file.set_len(0)?;
        Ok(Self { file: Mutex::new(file), lanes })
    }

    /// Starts the thread, which lasts as long as the ledger.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub(super) fn start(self: &Arc<Self>, ledger: &Arc<Ledger>) -> io::Result<()> {
        let (witness, bell, ledger) = (Arc::clone(self), ledger.bell(), Arc::downgrade(ledger));
        thread::Builder::new().name("telemetry-witness".to_owned()).spawn(move || witness.run(&bell, &ledger)).map(drop)
    }

    fn run(&self, bell: &Bell, ledger: &Weak<Ledger>) {
        bell.listen();
        let mut is_writable = true;
        while let Some(ledger) = ledger.upgrade() {
            let written = self.write(&ledger);
            drop(ledger);
            if let (true, Err(error)) = (is_writable, &written) {
                tracing::warn!(%error, "what waits in memory cannot be written down; after a kill it is not counted");
            }
            is_writable = written.is_ok();
            thread::sleep(REST);
            bell.wait();
        }
    }

    /// Writes all of it at once, in as many bytes each time: who is killed meanwhile has written it or not.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub(super) fn write(&self, ledger: &Ledger) -> io::Result<()> {
        // What a thread has written that panicked is written over.
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = self.lanes.iter().enumerate().map(|(lane, name)| {
            let (queued, Mark { sequence, offset }) = ledger.account(lane + 1).in_memory();
            format!("{queued:020} {sequence:020} {offset:020} {name}\n")
        });
        file.write_all_at(lines.collect::<String>().as_bytes(), 0)
    }
}

/// Reads a line: the lane, its records in memory, and the mark behind which these may be on disk. A server of before there were
/// marks has said nothing of that: whatever was on disk was not among them, as far as it knew.
fn read(line: &str) -> Option<(&str, u64, Mark)> {
    match line.split(' ').collect::<Vec<_>>()[..] {
        [queued, lane] => Some((lane, queued.parse().ok()?, Mark::BEYOND)),
        [queued, sequence, offset, lane] => {
            let mark = Mark { sequence: sequence.parse().ok()?, offset: offset.parse().ok()? };
            Some((lane, queued.parse().ok()?, mark))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
