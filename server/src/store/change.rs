//! What there is to write down, and how one transaction writes it.

use app::protocol::{MessageId, SessionId, ShareId};
use rusqlite::Connection;

use super::{
    messages,
    record::{GuestRecord, MessageRecord, ReadRecord, SessionRecord, ShareRecord},
    sessions, visitors,
};

/// One thing that is not as the database has it.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A session is new or has changed.
    Session(Box<SessionRecord>),
    /// A session is no more, and all that belongs to it.
    SessionGone(SessionId),
    /// A user's windows show a session.
    Shown {
        /// Whose.
        user_id: String,
        /// Which.
        session: SessionId,
    },
    /// A share link is new.
    Share(ShareRecord),
    /// A share link does not work any more, nor does anybody's visit by it.
    ShareGone(ShareId),
    /// A guest is new, or has been let in.
    Guest(GuestRecord),
    /// A guest comes no more.
    GuestGone(String),
    /// Something was said.
    Message {
        /// What.
        message: MessageRecord,
        /// The oldest message that the session keeps.
        oldest: MessageId,
    },
    /// Somebody has read.
    Read(ReadRecord),
    /// It does not matter any more how far somebody has read.
    ReadForgotten {
        /// In which session.
        session: SessionId,
        /// Who.
        user_id: String,
    },
}

/// What a change is about: of two about the same the later one counts.
#[derive(PartialEq)]
pub(super) enum About<'a> {
    Session(SessionId),
    ShownTo(&'a str),
    Guest(&'a str),
    ReadBy(SessionId, &'a str),
}

impl Change {
    /// What it is about; none where each change counts.
    pub(super) fn about(&self) -> Option<About<'_>> {
        match self {
            Self::Session(record) => Some(About::Session(record.id)),
            Self::Shown { user_id, .. } => Some(About::ShownTo(user_id)),
            Self::Guest(record) => Some(About::Guest(&record.id)),
            Self::Read(ReadRecord { session, user_id, .. }) | Self::ReadForgotten { session, user_id } => {
                Some(About::ReadBy(*session, user_id))
            }
            Self::SessionGone(_) | Self::Share(_) | Self::ShareGone(_) | Self::GuestGone(_) | Self::Message { .. } => {
                None
            }
        }
    }

    pub(super) fn write(&self, connection: &Connection) -> rusqlite::Result<()> {
        match self {
            Self::Session(record) => sessions::write(connection, record),
            Self::SessionGone(id) => sessions::remove(connection, *id),
            Self::Shown { user_id, session } => sessions::write_shown(connection, user_id, *session),
            Self::Share(record) => visitors::write_share(connection, record),
            Self::ShareGone(id) => visitors::remove_share(connection, *id),
            Self::Guest(record) => visitors::write_guest(connection, record),
            Self::GuestGone(id) => visitors::remove_guest(connection, id),
            Self::Message { message, oldest } => messages::write(connection, message, *oldest),
            Self::Read(record) => messages::write_read(connection, record),
            Self::ReadForgotten { session, user_id } => messages::remove_read(connection, *session, user_id),
        }
    }
}
