//! Everything in a database, read once when the server starts.

use rusqlite::Connection;

use super::{messages, record::Saved, sessions, visitors};

pub(super) fn all(connection: &Connection) -> rusqlite::Result<Saved> {
    Ok(Saved {
        sessions: sessions::read(connection)?,
        shown: sessions::read_shown(connection)?,
        shares: visitors::read_shares(connection)?,
        guests: visitors::read_guests(connection)?,
        messages: messages::read_index(connection)?,
        reads: messages::read_reads(connection)?,
    })
}
