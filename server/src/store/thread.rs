//! The thread that has the connection, and the one that tells what it has done.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    thread::{Builder, JoinHandle},
    time::Instant,
};

use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use tracing::{debug, error, info, warn};

use super::{
    Change, Condition, Fate,
    backoff::{Backoff, Retry},
    file,
    queue::{Changes, Queue, Work},
    refuge,
};

/// Both threads; dropped, they go on by themselves as long as there is something to write and to tell.
#[derive(Debug)]
pub(super) struct Writer {
    pub(super) queue: Arc<Queue>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// Where the connection leads.
#[derive(Debug)]
pub(super) enum Place {
    /// To this file.
    File(PathBuf),
    /// To memory, until this file can be used.
    Refuge(PathBuf),
    /// To memory, which is forgotten with the process.
    Memory,
}

impl Writer {
    /// Starts them, with the connection and where it leads.
    pub(super) fn start(connection: Connection, place: Place, backoff: Backoff, queue: Arc<Queue>) -> io::Result<Self> {
        let mut retry = Retry::new(backoff);
        if matches!(place, Place::Refuge(_)) {
            queue.set_condition(Condition::Remembered);
            retry.failed(Instant::now());
        }
        let write = {
            let queue = Arc::clone(&queue);
            move || Thread { connection, place, queue, retry, has_failed: false }.run()
        };
        let tell = {
            let queue = Arc::clone(&queue);
            move || tell(&queue)
        };
        let threads = vec![
            Builder::new().name("store".to_owned()).spawn(write)?,
            Builder::new().name("stored".to_owned()).spawn(tell)?,
        ];
        Ok(Self { queue, threads: Mutex::new(threads) })
    }

    /// Ends the threads once everything is written and told, and waits for that.
    pub(super) fn close(&self) {
        self.queue.close();
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        if threads.into_iter().any(|thread| thread.join().is_err()) {
            warn!("a thread of the database has failed");
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue.close();
    }
}

/// Makes the calls that are due, so that no disk is waited for in them, and the disk does not wait for them.
fn tell(queue: &Queue) {
    while let Some(then) = queue.next_due() {
        if catch_unwind(AssertUnwindSafe(then)).is_err() {
            error!("what was to follow a change has failed");
        }
    }
}

struct Thread {
    connection: Connection,
    place: Place,
    queue: Arc<Queue>,
    retry: Retry,
    has_failed: bool,
}

impl Thread {
    fn run(mut self) {
        while let Some(Work { changes, questions, latest }) = self.queue.next(self.retry.due()) {
            if self.retry.is_due(Instant::now()) {
                self.go_home();
            }
            self.write(changes);
            self.queue.reached(latest);
            for question in questions {
                question(Some(&self.connection));
            }
        }
        self.go_home();
        self.queue.closed();
    }

    /// Goes from memory to the file, if that can be used by now.
    fn go_home(&mut self) {
        let Place::Refuge(path) = &self.place else { return };
        let gone = file::open_or_renew(path).and_then(|(mut disk, before)| {
            let written = refuge::copy(&self.connection, &mut disk)?;
            Ok((disk, before.sessions.len(), written))
        });
        match gone {
            Ok((disk, before, written)) => {
                self.connection = disk;
                self.place = Place::File(path.clone());
                self.retry.done();
                self.queue.set_condition(Condition::Stored);
                self.queue.count(Fate::Saved, written);
                info!(written, "what could only be remembered is stored now");
                if before > 0 {
                    info!(
                        sessions = before,
                        "sessions of before are in the database, and are shown after the next start"
                    );
                }
            }
            Err(problem) => {
                self.retry.failed(Instant::now());
                debug!(?problem, "still nothing can be stored");
            }
        }
    }

    /// Leaves a file that is damaged for memory, and takes along everything that is known and those messages that can still be
    /// read; whether there was a file to leave.
    fn flee(&mut self, error: &rusqlite::Error) -> bool {
        let Place::File(path) = &self.place else { return false };
        warn!(
            %error, path = %path.display(),
            "the database is damaged: everything is remembered, and stored anew as soon as it can be"
        );
        self.place = Place::Refuge(path.clone());
        self.connection = refuge::take_in(&self.connection, &self.queue.known());
        self.retry.failed(Instant::now());
        self.queue.set_condition(Condition::Remembered);
        true
    }

    /// Writes all changes at once; those that cannot be written now are kept.
    fn write(&mut self, changes: Changes) {
        let all = changes.as_slice();
        if all.is_empty() {
            if !matches!(self.place, Place::Refuge(_)) {
                self.retry.done();
            }
            return;
        }
        let written = match self.attempt(all) {
            Err(error) if is_damage(&error) && self.flee(&error) => self.attempt(all),
            written => written,
        };
        match written {
            Ok(()) if matches!(self.place, Place::Refuge(_)) => self.queue.count(Fate::Remembered, all.len()),
            Ok(()) => {
                self.queue.count(Fate::Saved, all.len());
                self.retry.done();
                self.queue.set_condition(Condition::Stored);
                if std::mem::take(&mut self.has_failed) {
                    info!(changes = all.len(), "what could not be stored is stored now");
                }
            }
            Err(error) => {
                self.queue.count(Fate::Failed, all.len());
                self.retry.failed(Instant::now());
                self.queue.set_condition(Condition::Behind);
                // Said once: a full disk fails every time.
                if !std::mem::replace(&mut self.has_failed, true) {
                    warn!(%error, changes = all.len(), "changes cannot be stored; they are kept and tried again");
                }
                self.queue.keep(changes);
            }
        }
    }

    fn attempt(&mut self, changes: &[Change]) -> rusqlite::Result<()> {
        match commit(&mut self.connection, changes) {
            Err(error) if is_unfit(&error) => self.one_by_one(changes),
            written => written,
        }
    }

    /// Writes what the database takes and drops what it will never take, which must not hold up the rest.
    fn one_by_one(&mut self, changes: &[Change]) -> rusqlite::Result<()> {
        for change in changes {
            match commit(&mut self.connection, std::slice::from_ref(change)) {
                Err(error) if is_unfit(&error) => {
                    self.queue.count(Fate::Dropped, 1);
                    warn!(%error, "a change does not fit what is stored");
                }
                written => written?,
            }
        }
        Ok(())
    }
}

fn commit(connection: &mut Connection, changes: &[Change]) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for change in changes {
        change.write(&transaction)?;
    }
    transaction.commit()
}

/// Whether the file is not what it was.
fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

/// Whether trying again would end in the same way.
fn is_unfit(error: &rusqlite::Error) -> bool {
    match error {
        rusqlite::Error::SqliteFailure(failure, _) => {
            matches!(failure.code, ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::TooBig)
        }
        _ => true,
    }
}
