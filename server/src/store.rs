//! What outlives the server: an embedded database in the data directory, of which one thread has the only connection. Knows
//! rows, and neither what a session does nor who is told of it.
//!
//! ```text
//! save(changes, then) → queue → one thread: everything that waits, in one transaction
//!                              → another thread: each `then`, in the order of the changes
//! ```
//!
//! The write-ahead log is synchronised by the system in its own time: what is committed survives the death of the process, and
//! the newest of it not the loss of power. A write that fails is tried again with the next change, and by itself after a while, and
//! what waits for it goes on: a full disk ends no session. Where there can be no file at all, or the file turns out to be damaged, a
//! database in memory takes its place until there can be one.

mod backoff;
mod change;
mod column;
mod file;
mod load;
mod messages;
mod queue;
mod record;
mod refuge;
mod schema;
mod sessions;
mod thread;
mod visitors;

use std::{path::Path, sync::Arc};

use app::protocol::{MessageId, SessionId};
use rusqlite::Connection;
use tokio::{runtime::Handle, sync::watch};
use tracing::{Dispatch, dispatcher, warn};

use self::{
    backoff::Backoff,
    file::Problem,
    queue::Queue,
    thread::{Place, Writer},
};
pub use self::{
    change::Change,
    record::{
        GuestRecord, MemberRecord, MessageIndex, MessageRecord, PaneRecord, ReadRecord, Saved, SessionRecord,
        ShareRecord, TabRecord,
    },
};

/// The database's name in the data directory.
const FILE: &str = "aetherterm.db";

/// The way to the database. Clones are the same; once the last is dropped, what still waits is written and the threads end.
#[derive(Clone, Debug)]
pub struct Store(Arc<Writer>);

/// How changes are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Condition {
    /// They are written down.
    #[default]
    Stored,
    /// Some could not be, and are tried again.
    Behind,
    /// None can be: they are remembered, and lost with the process if that stays so.
    Remembered,
}

/// What became of changes, for who counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// They are in the database.
    Saved,
    /// They are remembered, because there can be no database.
    Remembered,
    /// They could not be written this time.
    Failed,
    /// They never will be: there was no more room to keep them, or the database does not take them.
    Dropped,
}

/// Who is told what became of how many changes.
pub type Witness = Box<dyn Fn(Fate, usize) + Send + Sync>;

/// The messages before one of a session, the newest first.
pub type Page = Result<Vec<MessageRecord>, Unread>;

/// Why there is no page of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// Too many are reading already, or the server ends.
    #[error("too many are reading at once")]
    Busy,
    /// The database does not give it.
    #[error("the messages cannot be read")]
    Failed,
}

/// Why there is no store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A newer server has written it.
    #[error(
        "{path} has version {found}, and this aetherterm knows versions up to {known}: start the newer one again, or choose \
         another --data-dir"
    )]
    Newer {
        /// The file.
        path: String,
        /// Its version.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// There can be no thread for it.
    #[error("the threads of the database cannot be started: {0}")]
    Thread(#[from] std::io::Error),
}

impl Store {
    /// Opens the database of a data directory, making or migrating it, and reads what is in it. A damaged one is moved aside and
    /// begun anew; where none can be kept, everything is remembered, and written down once one can.
    ///
    /// # Errors
    /// A newer server has written it, or there can be no thread.
    pub fn open(data_dir: &Path, witness: Witness) -> Result<(Self, Saved), StoreError> {
        Self::open_trying(data_dir, witness, Backoff::default())
    }

    /// The same, where it is known how often what fails is tried again.
    fn open_trying(data_dir: &Path, witness: Witness, backoff: Backoff) -> Result<(Self, Saved), StoreError> {
        let path = data_dir.join(FILE);
        let (connection, saved, place) = match file::open_or_renew(&path) {
            Ok((connection, saved)) => (connection, saved, Place::File(path)),
            Err(Problem::Newer(found)) => {
                return Err(StoreError::Newer { path: path.display().to_string(), found, known: schema::VERSION });
            }
            Err(Problem::Damaged(error) | Problem::Unusable(error)) => {
                warn!(
                    %error, path = %path.display(),
                    "nothing can be stored: layouts, people and messages last until the server ends, unless it can be by then"
                );
                (empty(), Saved::default(), Place::Refuge(path))
            }
        };
        let queue = Arc::new(Queue::new(witness));
        Ok((Self(Arc::new(Writer::start(connection, place, backoff, queue)?)), saved))
    }

    /// A store that is forgotten with the process.
    ///
    /// # Errors
    /// There can be no thread.
    pub fn in_memory(witness: Witness) -> Result<Self, StoreError> {
        let queue = Arc::new(Queue::new(witness));
        Ok(Self(Arc::new(Writer::start(empty(), Place::Memory, Backoff::default(), queue)?)))
    }

    /// Says who knows everything that is stored, but for the words of messages: a database that turns out to be damaged is begun
    /// anew with that. The first who is said stays.
    pub fn learn_from(&self, known: impl Fn() -> Vec<Change> + Send + Sync + 'static) {
        self.0.queue.learn_from(Box::new(known));
    }

    /// How changes are kept just now.
    pub fn condition(&self) -> Condition {
        *self.0.queue.condition().borrow()
    }

    /// The same, and whenever it changes.
    pub fn conditions(&self) -> watch::Receiver<Condition> {
        self.0.queue.condition()
    }

    /// Writes changes down together, then calls `then`: after the calls of all changes before them, on a thread of its own, in the
    /// runtime and with the subscriber of who calls this. It is called whether or not the write succeeds.
    pub fn save(&self, changes: Vec<Change>, then: impl FnOnce() + Send + 'static) {
        let then = as_here(|()| then());
        self.0.queue.push(changes, Box::new(|| then(())));
    }

    /// Reads what was said in a session before a message, or the newest, at most `limit`; everything that was saved before this
    /// is among it. `then` is called at once when too many are reading already.
    pub fn messages(
        &self,
        session: SessionId,
        before: Option<MessageId>,
        limit: u32,
        then: impl FnOnce(Page) + Send + 'static,
    ) {
        let then = as_here(then);
        self.0.queue.ask(Box::new(move |connection| {
            then(connection.ok_or(Unread::Busy).and_then(|connection| {
                let page = messages::page(connection, session, before, limit);
                page.map_err(|error| {
                    warn!(%error, "messages cannot be read");
                    Unread::Failed
                })
            }));
        }));
    }

    /// Writes what still waits and ends the threads. Blocks as long as the disk does.
    pub fn close(&self) {
        self.0.close();
    }
}

/// A database in memory.
fn empty() -> Connection {
    let mut connection = Connection::open_in_memory().expect("a database in memory needs nothing but memory");
    file::prepare(&mut connection).expect("our own statements make an empty database ours");
    connection
}

/// The same call, made elsewhere as if it were made here: what it spawns and records ends up in the same place.
fn as_here<T>(then: impl FnOnce(T) + Send) -> impl FnOnce(T) + Send {
    let (runtime, subscriber) = (Handle::try_current().ok(), dispatcher::get_default(Dispatch::clone));
    move |given| {
        let _runtime = runtime.as_ref().map(Handle::enter);
        dispatcher::with_default(&subscriber, || then(given));
    }
}

#[cfg(test)]
mod tests;
