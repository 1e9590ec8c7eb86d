//! The way from a damaged file into memory, and the way back to the disk: everything that was remembered is written there at once.

use app::protocol::MessageId;
use rusqlite::{Connection, TransactionBehavior};
use tracing::warn;

use super::{Change, empty, load, messages};

/// A database in memory with everything that somebody knows, and with the messages of a damaged one as far as they can be read.
pub(super) fn take_in(damaged: &Connection, known: &[Change]) -> Connection {
    let memory = empty();
    let mut lost = 0;
    let mut write = |change: &Change| lost += usize::from(change.write(&memory).is_err());
    known.iter().for_each(&mut write);
    let read = messages::readable(damaged, |message| {
        write(&Change::Message { message, oldest: MessageId::from_random(0) });
    });
    if read.is_err() || lost > 0 {
        warn!(lost, "not everything that was said can be read any more");
    }
    memory
}

/// Writes everything that one database holds into another one, whole or not at all; returns how many changes that was. What the
/// other one has of sessions that are unknown here stays as it is.
pub(super) fn copy(from: &Connection, to: &mut Connection) -> rusqlite::Result<usize> {
    let saved = load::all(from)?;
    let transaction = to.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut written = 0;
    let mut write = |change: Change| {
        written += 1;
        change.write(&transaction)
    };
    // What refers to something comes after it.
    for session in saved.sessions {
        write(Change::Session(Box::new(session)))?;
    }
    for (user_id, session) in saved.shown {
        write(Change::Shown { user_id, session })?;
    }
    for share in saved.shares {
        write(Change::Share(share))?;
    }
    for guest in saved.guests {
        write(Change::Guest(guest))?;
    }
    for read in saved.reads {
        write(Change::Read(read))?;
    }
    // One by one: all their words together may be many.
    for index in saved.messages {
        if let Some(message) = messages::one(from, index.session, index.id)? {
            write(Change::Message { message, oldest: MessageId::from_random(0) })?;
        }
    }
    transaction.commit()?;
    Ok(written)
}
