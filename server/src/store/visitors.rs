//! The rows of share links and of those who came by them.

use app::protocol::ShareId;
use rusqlite::{Connection, params};

use super::{
    column::{Id, Word},
    record::{GuestRecord, ShareRecord},
};

pub(super) fn write_share(connection: &Connection, record: &ShareRecord) -> rusqlite::Result<()> {
    let ShareRecord { id, session, terminal, role, hash, created_at, expires_at } = record;
    connection
        .execute(
            "INSERT INTO shares (id, session, terminal, role, hash, created_at, expires_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![Id(id), Id(session), terminal.map(Id), Word(role), hash, created_at, expires_at],
        )
        .map(drop)
}

/// Removes a link, and with it its guests.
pub(super) fn remove_share(connection: &Connection, id: ShareId) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM shares WHERE id = ?1", params![Id(id)]).map(drop)
}

pub(super) fn write_guest(connection: &Connection, record: &GuestRecord) -> rusqlite::Result<()> {
    let GuestRecord { id, share, name, is_admitted, role } = record;
    let written = "INSERT OR REPLACE INTO guests (id, share, name, is_admitted, role) VALUES (?1, ?2, ?3, ?4, ?5)";
    connection.execute(written, params![id, Id(share), name, is_admitted, role.map(Word)]).map(drop)
}

pub(super) fn remove_guest(connection: &Connection, id: &str) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM guests WHERE id = ?1", params![id]).map(drop)
}

pub(super) fn read_shares(connection: &Connection) -> rusqlite::Result<Vec<ShareRecord>> {
    let mut query =
        connection.prepare("SELECT id, session, terminal, role, hash, created_at, expires_at FROM shares")?;
    let shares = query.query_map([], |row| {
        Ok(ShareRecord {
            id: row.get::<_, Id<_>>(0)?.0,
            session: row.get::<_, Id<_>>(1)?.0,
            terminal: row.get::<_, Option<Id<_>>>(2)?.map(|id| id.0),
            role: row.get::<_, Word<_>>(3)?.0,
            hash: row.get(4)?,
            created_at: row.get(5)?,
            expires_at: row.get(6)?,
        })
    })?;
    shares.collect()
}

pub(super) fn read_guests(connection: &Connection) -> rusqlite::Result<Vec<GuestRecord>> {
    let mut query = connection.prepare("SELECT id, share, name, is_admitted, role FROM guests")?;
    let guests = query.query_map([], |row| {
        Ok(GuestRecord {
            id: row.get(0)?,
            share: row.get::<_, Id<_>>(1)?.0,
            name: row.get(2)?,
            is_admitted: row.get(3)?,
            role: row.get::<_, Option<Word<_>>>(4)?.map(|role| role.0),
        })
    })?;
    guests.collect()
}
