//! What a person types into the dialog of a session, as plain data.

use crate::protocol::{
    SessionId,
    people::{SessionCreate, SessionUpdate},
    workspace::{Session, SessionSettings},
};

/// The most people a session can be set to hold.
pub const MOST_USERS: u32 = 1_000;
/// The longest a session can be set to wait for somebody, in minutes: thirty days.
pub const MOST_MINUTES: u32 = 30 * 24 * 60;

/// A session as it stands in the dialog.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What its owner decides.
    pub settings: SessionSettings,
}

impl Draft {
    /// A session as it is.
    pub fn of(session: &Session) -> Self {
        Self { name: session.name.clone(), description: session.description.clone(), settings: session.settings }
    }

    /// The request for a new session; a name that is left out is the server's to find.
    pub fn create(self) -> SessionCreate {
        let Self { name, description, settings } = self;
        let some = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        SessionCreate { name: some(name), description: some(description), settings: Some(settings) }
    }

    /// The request that makes of `before` what stands here; none when nothing has changed.
    pub fn update(self, session_id: SessionId, before: &Self) -> Option<SessionUpdate> {
        let update = SessionUpdate {
            session_id,
            name: Some(self.name.trim().to_owned()).filter(|name| *name != before.name),
            description: Some(self.description.trim().to_owned()).filter(|text| *text != before.description),
            settings: Some(self.settings).filter(|settings| *settings != before.settings),
        };
        let is_change = update.name.is_some() || update.description.is_some() || update.settings.is_some();
        is_change.then_some(update)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SESSION: SessionId = SessionId::from_random(1);

    fn draft(name: &str) -> Draft {
        Draft { name: name.to_owned(), ..Draft::default() }
    }

    #[test]
    fn only_what_has_changed_is_sent() {
        assert_eq!(draft(" home ").update(SESSION, &draft("home")), None);
        let renamed = draft("work").update(SESSION, &draft("home")).expect("the name is another");
        assert_eq!((renamed.name.as_deref(), renamed.description, renamed.settings), (Some("work"), None, None));
        let settings = SessionSettings { max_users: 2, ..SessionSettings::default() };
        let set = Draft { settings, ..draft("home") }.update(SESSION, &draft("home")).expect("a setting is another");
        assert_eq!((set.name, set.settings), (None, Some(settings)));
    }

    #[test]
    fn a_session_without_a_name_is_named_by_the_server() {
        assert_eq!(draft("  ").create().name, None);
        assert_eq!(draft(" release night ").create().name.as_deref(), Some("release night"));
    }
}
