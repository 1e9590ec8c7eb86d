//! What a person types into the dialog of a session, as plain data.

use crate::protocol::{
    SessionId,
    people::{SessionCreate, SessionUpdate},
    settings::SettingsChange,
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

/// A session as the person saw it before they changed something in the dialog.
#[derive(Clone, Debug, Default)]
pub struct Before {
    /// What stood there.
    pub draft: Draft,
    /// The revision that was.
    pub revision: Option<u64>,
}

impl Before {
    /// A session as it is.
    pub fn of(session: &Session) -> Self {
        let Session { name, description, settings, revision, .. } = session;
        let draft = Draft { name: name.clone(), description: description.clone(), settings: *settings };
        Self { draft, revision: Some(*revision) }
    }
}

impl Draft {
    /// Takes over what is another now, but for what the person has changed.
    pub fn follow(&mut self, before: &Before, now: &Before) {
        fn follow<T: Clone + PartialEq>(mine: &mut T, before: &T, now: &T) {
            if mine == before {
                mine.clone_from(now);
            }
        }
        let (before, now) = (&before.draft, &now.draft);
        follow(&mut self.name, &before.name, &now.name);
        follow(&mut self.description, &before.description, &now.description);
        let mine = SettingsChange::between(before.settings, self.settings);
        self.settings = mine.map_or(now.settings, |mine| mine.over(now.settings));
    }

    /// The request for a new session; a name that is left out is the server's to find.
    pub fn create(self) -> SessionCreate {
        let Self { name, description, settings } = self;
        let some = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        SessionCreate { name: some(name), description: some(description), settings: Some(settings) }
    }

    /// The request that makes of `before` what stands here; none when nothing has changed.
    pub fn update(self, session_id: SessionId, before: &Before) -> Option<SessionUpdate> {
        let (before, revision) = (&before.draft, before.revision);
        let update = SessionUpdate {
            session_id,
            name: Some(self.name.trim().to_owned()).filter(|name| *name != before.name),
            description: Some(self.description.trim().to_owned()).filter(|text| *text != before.description),
            settings: SettingsChange::between(before.settings, self.settings),
            revision,
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

    fn before(name: &str) -> Before {
        Before { draft: draft(name), revision: Some(7) }
    }

    #[test]
    fn only_what_has_changed_is_sent() {
        assert_eq!(draft(" home ").update(SESSION, &before("home")), None);
        let renamed = draft("work").update(SESSION, &before("home")).expect("the name is another");
        assert_eq!((renamed.name.as_deref(), renamed.description, renamed.settings), (Some("work"), None, None));
        assert_eq!(renamed.revision, Some(7), "whoever is asked knows what this was decided by");
        let settings = SessionSettings { max_users: 2, ..SessionSettings::default() };
        let set = Draft { settings, ..draft("home") }.update(SESSION, &before("home")).expect("a setting is another");
        let change = SettingsChange { max_users: Some(2), ..SettingsChange::default() };
        assert_eq!((set.name, set.settings), (None, Some(change)));
    }

    #[test]
    fn what_somebody_else_has_changed_is_taken_over_and_what_was_typed_stays() {
        let settings = SessionSettings { allow_observers: false, ..SessionSettings::default() };
        let now = Draft { description: "releases".to_owned(), settings, ..draft("office") };
        let mut typed = draft("work");
        typed.settings.max_users = 2;
        typed.follow(&before("home"), &Before { draft: now.clone(), revision: Some(9) });
        let both = SessionSettings { max_users: 2, ..settings };
        assert_eq!(typed, Draft { name: "work".to_owned(), settings: both, ..now });
    }

    #[test]
    fn a_session_without_a_name_is_named_by_the_server() {
        assert_eq!(draft("  ").create().name, None);
        assert_eq!(draft(" release night ").create().name.as_deref(), Some("release night"));
    }
}
