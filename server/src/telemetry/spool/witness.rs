//! What bears witness of records that were in memory when the server was killed: a file that says how many wait there for each
//! lane. The next server counts them as lost.
//!
//! Whoever counts a record rings a bell, which is all that it costs them; a thread of its own writes, and then rests for a moment.
//! What came or went in that moment is not in the file.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use crate::telemetry::ledger::{Bell, Ledger, Reason};

/// How long it rests: what it does not see is far less than a batch, and writing costs nothing that can be measured.
const REST: Duration = Duration::from_millis(10);

/// Longer than this no such file is.
const MAX_LENGTH: usize = 64 << 10;

/// The file.
#[derive(Debug)]
pub(super) struct Witness {
    file: File,
    lanes: Vec<String>,
}

impl Witness {
    /// Opens the file in the spool's directory, which is locked, and enters in the ledger what the last server had in memory when it
    /// was killed; there is nothing where it had the time to close. Lane `n` is account `n + 1`.
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
        for (lane, records) in String::from_utf8_lossy(&said[..length]).lines().filter_map(read) {
            // Of a backend that is not configured any more there is no account.
            if let Some(known) = lanes.iter().position(|known| known == lane) {
                ledger.account(known + 1).lost_before(records, Reason::Killed);
            }
        }
        // What is said now may be shorter.
        file.set_len(0)?;
        Ok(Self { file, lanes })
    }

    /// Starts the thread, which lasts as long as the ledger.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub(super) fn start(self, ledger: &Arc<Ledger>) -> io::Result<()> {
        let (bell, ledger) = (ledger.bell(), Arc::downgrade(ledger));
        thread::Builder::new().name("telemetry-witness".to_owned()).spawn(move || self.run(&bell, &ledger)).map(drop)
    }

    fn run(self, bell: &Bell, ledger: &Weak<Ledger>) {
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
    fn write(&self, ledger: &Ledger) -> io::Result<()> {
        let lines = self.lanes.iter().enumerate().map(|(lane, name)| {
            let queued = ledger.account(lane + 1).queued();
            format!("{queued:020} {name}\n")
        });
        self.file.write_all_at(lines.collect::<String>().as_bytes(), 0)
    }
}

/// Reads a line: the lane and its records.
fn read(line: &str) -> Option<(&str, u64)> {
    let (records, lane) = line.split_once(' ')?;
    Some((lane, records.parse().ok()?))
}
