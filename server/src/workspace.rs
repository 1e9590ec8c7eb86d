//! Sessions, their tabs and panes, and who may see them. Knows ids and views, but neither sockets nor shells: it only keeps
//! which terminal is in which pane.

mod label;
mod place;
mod session;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use app::protocol::{
    PaneId, SessionId, TabId, TerminalId,
    pane::PaneUpdated,
    session::UserView,
    workspace::{MemberRole, Workspace},
};
use thiserror::Error;

use self::session::Session;
pub use self::{label::Label, place::Place};

/// All sessions of this server.
#[derive(Clone, Debug, Default)]
pub struct Sessions {
    /// Locked for a few lines at a time, never across an await.
    books: Arc<Mutex<Books>>,
}

/// Where a new terminal is wanted; what is absent is for the workspace to choose.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// The session; the user's active one when absent.
    pub session: Option<SessionId>,
    /// The tab of the pane.
    pub tab: Option<TabId>,
    /// The pane; a new tab when absent.
    pub pane: Option<PaneId>,
}

/// Why a terminal has no place.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum PlaceError {
    /// No session of that id that the user is a member of.
    #[error("there is no such session")]
    NoSession,
    /// No tab of that id in the session.
    #[error("there is no such tab")]
    NoTab,
    /// No pane of that id in the session, or not in the tab named beside it.
    #[error("there is no such pane")]
    NoPane,
    /// The user may look, not change.
    #[error("a viewer may not open a terminal")]
    NotAllowed,
    /// Another request is just filling the pane.
    #[error("a terminal is just being opened in this pane")]
    Opening,
    /// A terminal lives in the pane.
    #[error("there already is a terminal in this pane")]
    Occupied(TerminalId),
    /// The session has as many tabs as there may be.
    #[error("a session has at most {MAX_TABS} tabs")]
    TooManyTabs,
}

/// The most tabs of a session: every window receives all of them.
pub const MAX_TABS: usize = 1024;

impl Sessions {
    /// Brings in one more window of `user` and returns the session it shows, which is made on first contact.
    pub fn enter(&self, user: &UserView) -> SessionId {
        let mut books = self.books();
        let active = books.active(user);
        books.windows.entry(user.id.clone()).and_modify(|windows| *windows += 1).or_insert(1);
        active
    }

    /// Takes one window of the user out again.
    pub fn leave(&self, user_id: &str) {
        let mut books = self.books();
        if let Some(windows) = books.windows.get_mut(user_id) {
            *windows = windows.saturating_sub(1);
            if *windows == 0 {
                books.windows.remove(user_id);
            }
        }
    }

    /// Everything the user may see.
    pub fn view(&self, user_id: &str) -> Workspace {
        let books = self.books();
        let sessions = books.sessions.values().filter_map(|session| {
            let role = session.role(user_id)?;
            Some(session.view(role, |member| books.windows.contains_key(member)))
        });
        Workspace { sessions: sessions.collect(), active_session_id: books.active.get(user_id).copied() }
    }

    /// What the user may do with a terminal, and the session it belongs to: `None` unless the user is a member of it.
    ///
    /// The one place where that is decided; what is not allowed here is denied.
    pub fn access(&self, user_id: &str, terminal: TerminalId) -> Option<(SessionId, MemberRole)> {
        let books = self.books();
        let session = books.sessions.get(books.terminals.get(&terminal)?)?;
        Some((session.id, session.role(user_id)?))
    }

    /// Reserves a pane for a new terminal. The reservation lasts until the [`Place`] is filled or dropped.
    ///
    /// # Errors
    /// [`PlaceError`] says what stands in the way.
    pub fn reserve(&self, user_id: &str, wanted: Wanted) -> Result<Place, PlaceError> {
        let mut books = self.books();
        let session = wanted.session.or_else(|| books.active.get(user_id).copied()).ok_or(PlaceError::NoSession)?;
        let session = books.sessions.get_mut(&session).ok_or(PlaceError::NoSession)?;
        match session.role(user_id).ok_or(PlaceError::NoSession)? {
            MemberRole::Owner | MemberRole::Collaborator => {}
            MemberRole::Viewer => return Err(PlaceError::NotAllowed),
        }
        let reserved = session.reserve(wanted.tab, wanted.pane)?;
        Ok(Place::new(self.clone(), session.id, reserved))
    }

    /// Notes that a terminal has ended: it stays in its pane until another one is opened there.
    pub fn ended(&self, terminal: TerminalId) {
        let mut books = self.books();
        let Some(session) = books.terminals.get(&terminal).copied() else { return };
        if let Some(session) = books.sessions.get_mut(&session) {
            session.ended(terminal);
        }
    }

    /// Notes where the shell in a terminal is; returns the session and what its members are told, if the shell was elsewhere.
    pub fn moved(&self, terminal: TerminalId, directory: String) -> Option<(SessionId, PaneUpdated)> {
        let mut books = self.books();
        let session = *books.terminals.get(&terminal)?;
        let updated = books.sessions.get_mut(&session)?.moved(terminal, directory)?;
        Some((session, updated))
    }

    /// Puts a terminal back where its label says. To be called for one after the other in the order of their tabs, and
    /// within a tab of their opening; returns the terminal that another one has replaced.
    pub fn restore(&self, label: &Label, terminal: TerminalId) -> Option<TerminalId> {
        let mut books = self.books();
        let session = books.sessions.entry(label.session).or_insert_with(|| Session::found(label));
        let replaced = session.restore(label, terminal);
        if let Some(replaced) = replaced {
            books.terminals.remove(&replaced);
        }
        books.terminals.insert(terminal, label.session);
        books.active.entry(label.owner_id.clone()).or_insert(label.session);
        replaced
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        // Every change leaves the books whole at each step, so those of a panicked thread are still good.
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug, Default)]
struct Books {
    sessions: HashMap<SessionId, Session>,
    /// The session each user's windows show.
    active: HashMap<String, SessionId>,
    /// The session each terminal belongs to.
    terminals: HashMap<TerminalId, SessionId>,
    /// How many windows each user has open; those without any have no entry.
    windows: HashMap<String, usize>,
}

impl Books {
    fn active(&mut self, user: &UserView) -> SessionId {
        if let Some(&active) = self.active.get(&user.id) {
            return active;
        }
        let session = Session::first(user);
        let id = session.id;
        self.sessions.insert(id, session);
        self.active.insert(user.id.clone(), id);
        id
    }
}

#[cfg(test)]
mod tests {
    use app::protocol::session::UserRole;

    use super::*;

    fn user(id: &str) -> UserView {
        UserView { id: id.to_owned(), name: id.to_owned(), role: UserRole::User }
    }

    fn only_pane(sessions: &Sessions, user_id: &str) -> PaneId {
        sessions.view(user_id).active_session().unwrap().tabs[0].panes[0].id
    }

    fn in_pane(pane: PaneId) -> Wanted {
        Wanted { pane: Some(pane), ..Wanted::default() }
    }

    #[test]
    fn first_contact_makes_a_session_with_one_tab_and_one_empty_pane() {
        let sessions = Sessions::default();
        let id = sessions.enter(&user("ada"));
        assert_eq!(sessions.enter(&user("ada")), id, "the second window shows the same session");
        let view = sessions.view("ada");
        let session = view.active_session().unwrap();
        assert_eq!((view.sessions.len(), session.id, session.tabs.len()), (1, id, 1));
        assert_eq!((session.tabs[0].panes.len(), session.tabs[0].panes[0].terminal_id), (1, None));
    }

    #[test]
    fn a_member_is_online_while_a_window_is_open() {
        let sessions = Sessions::default();
        let online = || sessions.view("ada").active_session().unwrap().members[0].online;
        sessions.enter(&user("ada"));
        sessions.enter(&user("ada"));
        sessions.leave("ada");
        assert!(online());
        sessions.leave("ada");
        assert!(!online());
    }

    #[test]
    fn a_terminal_fills_its_pane_and_the_revision_grows() {
        let sessions = Sessions::default();
        sessions.enter(&user("ada"));
        let before = sessions.view("ada").sessions[0].revision;
        let pane = only_pane(&sessions, "ada");
        let terminal = TerminalId::from_random(7);
        assert_eq!(sessions.reserve("ada", in_pane(pane)).unwrap().fill(terminal), None);
        let session = sessions.view("ada").sessions.remove(0);
        assert_eq!((session.revision, session.tabs[0].panes[0].terminal_id), (before + 1, Some(terminal)));
    }

    #[test]
    fn a_pane_takes_one_terminal_at_a_time() {
        let sessions = Sessions::default();
        sessions.enter(&user("ada"));
        let pane = only_pane(&sessions, "ada");
        let place = sessions.reserve("ada", in_pane(pane)).unwrap();
        assert_eq!(sessions.reserve("ada", in_pane(pane)).unwrap_err(), PlaceError::Opening);
        let terminal = TerminalId::from_random(7);
        place.fill(terminal);
        assert_eq!(sessions.reserve("ada", in_pane(pane)).unwrap_err(), PlaceError::Occupied(terminal));
    }

    #[test]
    fn an_ended_terminal_keeps_its_pane_until_another_is_opened_there() {
        let sessions = Sessions::default();
        sessions.enter(&user("ada"));
        let pane = only_pane(&sessions, "ada");
        let (first, second) = (TerminalId::from_random(1), TerminalId::from_random(2));
        sessions.reserve("ada", in_pane(pane)).unwrap().fill(first);
        sessions.ended(first);
        assert!(sessions.access("ada", first).is_some());
        assert_eq!(sessions.reserve("ada", in_pane(pane)).unwrap().fill(second), Some(first));
        assert_eq!(sessions.access("ada", first), None, "it is nowhere any more");
    }

    #[test]
    fn a_pane_says_where_its_shell_is_until_another_comes() {
        let sessions = Sessions::default();
        let session = sessions.enter(&user("ada"));
        let pane = only_pane(&sessions, "ada");
        let (first, second) = (TerminalId::from_random(1), TerminalId::from_random(2));
        let place = sessions.reserve("ada", in_pane(pane)).unwrap();
        let tab = place.tab;
        place.fill(first);
        let before = sessions.view("ada").sessions[0].revision;
        let (told, updated) = sessions.moved(first, "/usr".to_owned()).unwrap();
        assert_eq!((told, updated.tab_id, updated.revision), (session, tab, before + 1));
        let shown = updated.pane.unwrap();
        assert_eq!(shown, sessions.view("ada").sessions[0].tabs[0].panes[0]);
        assert_eq!((shown.id, shown.cwd.as_deref()), (pane, Some("/usr")));
        assert_eq!(sessions.moved(first, "/usr".to_owned()), None, "it was there already");
        sessions.ended(first);
        sessions.reserve("ada", in_pane(pane)).unwrap().fill(second);
        assert_eq!(sessions.view("ada").sessions[0].tabs[0].panes[0].cwd, None);
        assert_eq!(sessions.moved(first, "/".to_owned()), None, "it is nowhere any more");
    }

    #[test]
    fn a_dropped_reservation_leaves_everything_as_it_was() {
        let sessions = Sessions::default();
        sessions.enter(&user("ada"));
        let before = sessions.view("ada");
        drop(sessions.reserve("ada", in_pane(only_pane(&sessions, "ada"))).unwrap());
        drop(sessions.reserve("ada", Wanted::default()).unwrap());
        assert_eq!(sessions.view("ada"), before);
    }

    #[test]
    fn without_a_pane_a_new_tab_is_made() {
        let sessions = Sessions::default();
        sessions.enter(&user("ada"));
        let place = sessions.reserve("ada", Wanted::default()).unwrap();
        let (tab, pane) = (place.tab, place.pane);
        place.fill(TerminalId::from_random(1));
        let tabs = &sessions.view("ada").sessions[0].tabs;
        assert_eq!((tabs.len(), tabs[1].id, tabs[1].panes[0].id), (2, tab, pane));
    }

    #[test]
    fn a_workspace_is_put_together_again_from_its_labels() {
        let before = Sessions::default();
        before.enter(&user("ada"));
        let (one, two, three) = (TerminalId::from_random(1), TerminalId::from_random(2), TerminalId::from_random(3));
        let mut labels = Vec::new();
        for (terminal, wanted) in [(one, in_pane(only_pane(&before, "ada"))), (two, Wanted::default())] {
            let place = before.reserve("ada", wanted).unwrap();
            labels.push((place.label(), terminal));
            place.fill(terminal);
        }
        before.ended(two);
        let place = before.reserve("ada", in_pane(before.view("ada").sessions[0].tabs[1].panes[0].id)).unwrap();
        labels.push((Label { opened_at_ms: u64::MAX, ..place.label() }, three));
        place.fill(three);

        let after = Sessions::default();
        let restored =
            |(label, terminal): &(Label, TerminalId)| after.restore(&Label::read(&label.write()).unwrap(), *terminal);
        assert_eq!(labels.iter().map(restored).collect::<Vec<_>>(), [None, None, Some(two)]);
        after.enter(&user("ada"));
        let (mut before, mut after) = (before.view("ada"), after.view("ada"));
        (before.sessions[0].revision, after.sessions[0].revision) = (0, 0);
        assert_eq!(after, before);
    }

    #[test]
    fn what_is_no_label_is_not_read() {
        for text in ["", "{}", "[]", r#"{"session":1}"#] {
            assert_eq!(Label::read(text), None, "{text}");
        }
    }

    #[test]
    fn what_belongs_to_others_does_not_exist() {
        let sessions = Sessions::default();
        let of_ada = sessions.enter(&user("ada"));
        sessions.enter(&user("eve"));
        let pane = only_pane(&sessions, "ada");
        let terminal = TerminalId::from_random(7);
        sessions.reserve("ada", in_pane(pane)).unwrap().fill(terminal);
        assert_eq!(sessions.access("ada", terminal), Some((of_ada, MemberRole::Owner)));
        assert_eq!(sessions.access("eve", terminal), None);
        assert_eq!(sessions.reserve("eve", in_pane(pane)).unwrap_err(), PlaceError::NoPane);
        let wanted = Wanted { session: Some(of_ada), ..Wanted::default() };
        assert_eq!(sessions.reserve("eve", wanted).unwrap_err(), PlaceError::NoSession);
        assert_eq!(sessions.view("eve").sessions.len(), 1);
    }
}
