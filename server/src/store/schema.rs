//! The tables, as the steps by which each version came from the one before it.

use rusqlite::{Connection, TransactionBehavior};

/// The version that this server writes.
pub(super) const VERSION: u32 = STEPS.len() as u32;

/// Each step takes a database from the version before it to its own number, and is never changed once released.
const STEPS: [&str; 3] = [
    // 1: what is shown.
    "CREATE TABLE sessions (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, description TEXT NOT NULL, settings TEXT NOT NULL,
        revision INTEGER NOT NULL
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE members (
        session TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE, user TEXT NOT NULL, place INTEGER NOT NULL,
        name TEXT NOT NULL, role TEXT NOT NULL, color INTEGER NOT NULL, only_terminal TEXT,
        PRIMARY KEY (session, user)
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE tabs (
        session TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE, id TEXT NOT NULL, place INTEGER NOT NULL,
        number INTEGER NOT NULL, title TEXT, kind TEXT NOT NULL, layout TEXT NOT NULL, zoomed TEXT,
        PRIMARY KEY (session, id)
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE panes (
        session TEXT NOT NULL, tab TEXT NOT NULL, id TEXT NOT NULL, place INTEGER NOT NULL,
        number INTEGER NOT NULL, terminal TEXT, directory TEXT, PRIMARY KEY (session, tab, id),
        FOREIGN KEY (session, tab) REFERENCES tabs ON DELETE CASCADE
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE active_tabs (
        session TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE, user TEXT NOT NULL, tab TEXT NOT NULL,
        PRIMARY KEY (session, user)
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE active_sessions (
        user TEXT PRIMARY KEY, session TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE
     ) STRICT, WITHOUT ROWID;",
    // 2: who comes by links, and what is said.
    "CREATE TABLE shares (
        id TEXT PRIMARY KEY, session TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE, terminal TEXT,
        role TEXT NOT NULL, hash BLOB NOT NULL UNIQUE, created_at INTEGER NOT NULL, expires_at INTEGER
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE guests (
        id TEXT PRIMARY KEY, share TEXT NOT NULL REFERENCES shares ON DELETE CASCADE, name TEXT NOT NULL,
        is_admitted INTEGER NOT NULL
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE messages (
        session TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE, id TEXT NOT NULL, user TEXT NOT NULL,
        name TEXT NOT NULL, kind TEXT NOT NULL, content TEXT NOT NULL, metadata TEXT, sent_at INTEGER NOT NULL,
        PRIMARY KEY (session, id)
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE reads (
        session TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE, user TEXT NOT NULL, message TEXT NOT NULL,
        PRIMARY KEY (session, user)
     ) STRICT, WITHOUT ROWID;
     CREATE INDEX shares_of_session ON shares (session);
     CREATE INDEX guests_of_share ON guests (share);",
    // 3: what an owner lets a guest do, in place of what their link says.
    "ALTER TABLE guests ADD COLUMN role TEXT;",
];

/// The version of a database; 0 for an empty one.
pub(super) fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Takes a database to our version, each step whole or not at all.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let from = version(connection)?;
    for (index, step) in STEPS.iter().enumerate().skip(from as usize) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", index + 1)?;
        transaction.commit()?;
    }
    Ok(())
}
