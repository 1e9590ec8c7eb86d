//! The file: opened, looked over, migrated, or put aside.

use std::{
    fs::OpenOptions,
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use rusqlite::{Connection, ErrorCode, OpenFlags};
use tracing::warn;

use super::{load, record::Saved, schema};

/// Nobody else writes; somebody with `sqlite3` may read for a moment.
const BUSY: Duration = Duration::from_secs(2);

/// Why a file is not the database.
#[derive(Debug)]
pub(super) enum Problem {
    /// A newer server has written it.
    Newer(u32),
    /// It is no database, or not whole.
    Damaged(rusqlite::Error),
    /// The system does not let us.
    Unusable(rusqlite::Error),
}

/// Opens a database, or makes one that only its owner may read (0600), and reads what is in it.
pub(super) fn open(path: &Path) -> Result<(Connection, Saved), Problem> {
    // Made by us, so that it never was open to others; SQLite gives its other files the same mode.
    let made = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path);
    made.map_err(|error| Problem::Unusable(rusqlite::Error::ToSqlConversionFailure(error.into())))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    let found = schema::version(&connection)?;
    if found > schema::VERSION {
        return Err(Problem::Newer(found));
    }
    let whole: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if whole != "ok" {
        return Err(Problem::Damaged(rusqlite::Error::InvalidPath(whole.into())));
    }
    prepare(&mut connection)?;
    let saved = load::all(&connection)?;
    Ok((connection, saved))
}

/// The same. One that is damaged is moved aside, and another one begun.
pub(super) fn open_or_renew(path: &Path) -> Result<(Connection, Saved), Problem> {
    let error = match open(path) {
        Err(Problem::Damaged(error)) => error,
        opened => return opened,
    };
    match move_aside(path) {
        Ok(to) => {
            warn!(%error, to = %to.display(), "the database is damaged: it is kept there, and a new one begun");
            open(path)
        }
        Err(failed) => {
            warn!(%error, %failed, "the database is damaged and cannot be moved aside");
            Err(Problem::Damaged(error))
        }
    }
}

/// Sets a connection up as ours.
pub(super) fn prepare(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY)?;
    // It answers with the mode in force: in memory there is only one.
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    schema::migrate(connection)
}

/// Gives a database another name, with its log; returns the new one.
fn move_aside(path: &Path) -> io::Result<PathBuf> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let aside = with_ending(path, &format!(".damaged-{}", since.as_millis()));
    std::fs::rename(path, &aside)?;
    for ending in ["-wal", "-shm"] {
        match std::fs::rename(with_ending(path, ending), with_ending(&aside, ending)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(aside)
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        match &error {
            rusqlite::Error::SqliteFailure(failure, _)
                if !matches!(
                    failure.code,
                    ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt | ErrorCode::Unknown
                ) =>
            {
                Self::Unusable(error)
            }
            // What is not from SQLite is from us, who could not read a row.
            _ => Self::Damaged(error),
        }
    }
}
