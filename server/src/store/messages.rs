//! The rows of what was said and how far people have read.

use app::protocol::{MessageId, SessionId};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{
    column::{Id, Word},
    record::{MessageIndex, MessageRecord, ReadRecord},
};

/// Writes a message, and forgets those that the session keeps no longer.
pub(super) fn write(connection: &Connection, record: &MessageRecord, oldest: MessageId) -> rusqlite::Result<()> {
    let MessageRecord { id, session, user_id, name, kind, content, metadata, sent_at } = record;
    connection.execute(
        "INSERT OR REPLACE INTO messages (session, id, user, name, kind, content, metadata, sent_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![Id(session), Id(id), user_id, name, Word(kind), content, metadata, sent_at],
    )?;
    let forgotten = "DELETE FROM messages WHERE session = ?1 AND id < ?2";
    connection.execute(forgotten, params![Id(session), Id(oldest)]).map(drop)
}

pub(super) fn write_read(connection: &Connection, record: &ReadRecord) -> rusqlite::Result<()> {
    let ReadRecord { session, user_id, message } = record;
    let written = "INSERT OR REPLACE INTO reads (session, user, message) VALUES (?1, ?2, ?3)";
    connection.execute(written, params![Id(session), user_id, Id(message)]).map(drop)
}

pub(super) fn remove_read(connection: &Connection, session: SessionId, user_id: &str) -> rusqlite::Result<()> {
    let removed = "DELETE FROM reads WHERE session = ?1 AND user = ?2";
    connection.execute(removed, params![Id(session), user_id]).map(drop)
}

/// Reads the messages before one, or the newest; the newest first. Ids as text have the order that they have as numbers.
pub(super) fn page(
    connection: &Connection,
    session: SessionId,
    before: Option<MessageId>,
    limit: u32,
) -> rusqlite::Result<Vec<MessageRecord>> {
    let mut query = connection.prepare(
        "SELECT id, user, name, kind, content, metadata, sent_at FROM messages
         WHERE session = ?1 AND (?2 IS NULL OR id < ?2) ORDER BY id DESC LIMIT ?3",
    )?;
    let messages = query.query_map(params![Id(session), before.map(Id), limit], |row| message(session, row))?;
    messages.collect()
}

/// Reads the messages of all sessions up to the first that cannot be read.
///
/// # Errors
/// There is such a one.
pub(super) fn readable(connection: &Connection, mut take: impl FnMut(MessageRecord)) -> rusqlite::Result<()> {
    let mut query =
        connection.prepare("SELECT id, user, name, kind, content, metadata, sent_at, session FROM messages")?;
    for read in query.query_map([], |row| message(row.get::<_, Id<_>>(7)?.0, row))? {
        take(read?);
    }
    Ok(())
}

/// Reads one message.
pub(super) fn one(
    connection: &Connection,
    session: SessionId,
    id: MessageId,
) -> rusqlite::Result<Option<MessageRecord>> {
    let read = "SELECT id, user, name, kind, content, metadata, sent_at FROM messages WHERE session = ?1 AND id = ?2";
    connection.query_row(read, params![Id(session), Id(id)], |row| message(session, row)).optional()
}

fn message(session: SessionId, row: &Row<'_>) -> rusqlite::Result<MessageRecord> {
    Ok(MessageRecord {
        id: row.get::<_, Id<_>>(0)?.0,
        session,
        user_id: row.get(1)?,
        name: row.get(2)?,
        kind: row.get::<_, Word<_>>(3)?.0,
        content: row.get(4)?,
        metadata: row.get(5)?,
        sent_at: row.get(6)?,
    })
}

/// Reads which messages there are, in order.
pub(super) fn read_index(connection: &Connection) -> rusqlite::Result<Vec<MessageIndex>> {
    let mut query = connection.prepare("SELECT session, id, user FROM messages ORDER BY session, id")?;
    let messages = query.query_map([], |row| {
        Ok(MessageIndex { session: row.get::<_, Id<_>>(0)?.0, id: row.get::<_, Id<_>>(1)?.0, user_id: row.get(2)? })
    })?;
    messages.collect()
}

pub(super) fn read_reads(connection: &Connection) -> rusqlite::Result<Vec<ReadRecord>> {
    let mut query = connection.prepare("SELECT session, user, message FROM reads")?;
    let reads = query.query_map([], |row| {
        Ok(ReadRecord { session: row.get::<_, Id<_>>(0)?.0, user_id: row.get(1)?, message: row.get::<_, Id<_>>(2)?.0 })
    })?;
    reads.collect()
}
