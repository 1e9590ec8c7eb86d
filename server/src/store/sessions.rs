//! The rows of sessions, their people, tabs and panes.

use app::protocol::{SessionId, TabId};
use rusqlite::{Connection, params};

use super::{
    column::{Id, Json, Word},
    record::{MemberRecord, PaneRecord, SessionRecord, TabRecord},
};

/// Writes a session as it is now.
pub(super) fn write(connection: &Connection, record: &SessionRecord) -> rusqlite::Result<()> {
    let SessionRecord { id, name, description, settings, revision, members, tabs } = record;
    let id = Id(id);
    connection.execute(
        "INSERT INTO sessions (id, name, description, settings, revision) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (id) DO UPDATE SET name = ?2, description = ?3, settings = ?4, revision = ?5",
        params![id, name, description, Json(settings), revision],
    )?;
    // Panes go with their tabs.
    for table in ["members", "tabs", "active_tabs"] {
        connection.execute(&format!("DELETE FROM {table} WHERE session = ?1"), params![id])?;
    }
    let mut member = connection
        .prepare("INSERT INTO members (session, user, place, name, role, color, only_terminal) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
    for (place, MemberRecord { user_id, name, role, color, only, active_tab }) in members.iter().enumerate() {
        member.execute(params![id, user_id, place, name, Word(role), color, only.map(Id)])?;
        if let Some(tab) = active_tab {
            write_tab_shown(connection, record.id, user_id, *tab)?;
        }
    }
    let mut tab = connection.prepare(
        "INSERT INTO tabs (session, id, place, number, title, kind, layout, zoomed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    let mut pane = connection.prepare(
        "INSERT INTO panes (session, tab, id, place, number, terminal, directory) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for (place, TabRecord { id: tab_id, number, title, kind, layout, zoomed, panes }) in tabs.iter().enumerate() {
        tab.execute(params![id, Id(tab_id), place, number, title, Word(kind), Json(layout), zoomed.map(Id)])?;
        for (place, PaneRecord { id: pane_id, number, terminal, directory }) in panes.iter().enumerate() {
            pane.execute(params![id, Id(tab_id), Id(pane_id), place, number, terminal.map(Id), directory])?;
        }
    }
    Ok(())
}

/// Removes a session and all that refers to it.
pub(super) fn remove(connection: &Connection, id: SessionId) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM sessions WHERE id = ?1", params![Id(id)]).map(drop)
}

/// Writes which session a user's windows show.
pub(super) fn write_shown(connection: &Connection, user_id: &str, session: SessionId) -> rusqlite::Result<()> {
    let written = "INSERT OR REPLACE INTO active_sessions (user, session) VALUES (?1, ?2)";
    connection.execute(written, params![user_id, Id(session)]).map(drop)
}

/// Writes which tab of a session a user's windows show.
fn write_tab_shown(connection: &Connection, session: SessionId, user_id: &str, tab: TabId) -> rusqlite::Result<()> {
    let written = "INSERT OR REPLACE INTO active_tabs (session, user, tab) VALUES (?1, ?2, ?3)";
    connection.execute(written, params![Id(session), user_id, Id(tab)]).map(drop)
}

/// Reads all sessions.
pub(super) fn read(connection: &Connection) -> rusqlite::Result<Vec<SessionRecord>> {
    let mut query = connection.prepare("SELECT id, name, description, settings, revision FROM sessions")?;
    let sessions = query.query_map([], |row| {
        let Id(id) = row.get(0)?;
        Ok(SessionRecord {
            id,
            name: row.get(1)?,
            description: row.get(2)?,
            settings: row.get::<_, Json<_>>(3)?.0,
            revision: row.get(4)?,
            members: members(connection, id)?,
            tabs: tabs(connection, id)?,
        })
    })?;
    sessions.collect()
}

fn members(connection: &Connection, session: SessionId) -> rusqlite::Result<Vec<MemberRecord>> {
    let mut query = connection.prepare(
        "SELECT members.user, name, role, color, tab, only_terminal FROM members
         LEFT JOIN active_tabs ON active_tabs.session = members.session AND active_tabs.user = members.user
         WHERE members.session = ?1 ORDER BY place",
    )?;
    let members = query.query_map(params![Id(session)], |row| {
        Ok(MemberRecord {
            user_id: row.get(0)?,
            name: row.get(1)?,
            role: row.get::<_, Word<_>>(2)?.0,
            color: row.get(3)?,
            only: row.get::<_, Option<Id<_>>>(5)?.map(|id| id.0),
            active_tab: row.get::<_, Option<Id<_>>>(4)?.map(|id| id.0),
        })
    })?;
    members.collect()
}

fn tabs(connection: &Connection, session: SessionId) -> rusqlite::Result<Vec<TabRecord>> {
    let mut query = connection
        .prepare("SELECT id, title, kind, layout, zoomed, number FROM tabs WHERE session = ?1 ORDER BY place")?;
    let tabs = query.query_map(params![Id(session)], |row| {
        let Id(id) = row.get(0)?;
        Ok(TabRecord {
            id,
            number: row.get(5)?,
            title: row.get(1)?,
            kind: row.get::<_, Word<_>>(2)?.0,
            layout: row.get::<_, Json<_>>(3)?.0,
            zoomed: row.get::<_, Option<Id<_>>>(4)?.map(|id| id.0),
            panes: panes(connection, session, id)?,
        })
    })?;
    tabs.collect()
}

fn panes(connection: &Connection, session: SessionId, tab: TabId) -> rusqlite::Result<Vec<PaneRecord>> {
    let mut query = connection
        .prepare("SELECT id, terminal, directory, number FROM panes WHERE session = ?1 AND tab = ?2 ORDER BY place")?;
    let panes = query.query_map(params![Id(session), Id(tab)], |row| {
        Ok(PaneRecord {
            id: row.get::<_, Id<_>>(0)?.0,
            number: row.get(3)?,
            terminal: row.get::<_, Option<Id<_>>>(1)?.map(|id| id.0),
            directory: row.get(2)?,
        })
    })?;
    panes.collect()
}

/// Reads which session each user's windows show.
pub(super) fn read_shown(connection: &Connection) -> rusqlite::Result<Vec<(String, SessionId)>> {
    let mut query = connection.prepare("SELECT user, session FROM active_sessions")?;
    let shown = query.query_map([], |row| Ok((row.get(0)?, row.get::<_, Id<_>>(1)?.0)))?;
    shown.collect()
}
