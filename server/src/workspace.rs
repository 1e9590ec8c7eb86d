//! Sessions, their tabs and panes, and who may see them. Knows ids and views, but neither sockets nor shells: it only keeps
//! which terminal is in which pane, and which windows somebody has open.

mod error;
mod label;
mod members;
mod pane;
mod patience;
mod people;
mod permission;
mod place;
mod seen;
mod session;
mod tab;
mod text;
mod tree;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use app::protocol::{
    PaneId, SessionId, TabId, TerminalId,
    pane::PaneUpdated,
    session::UserView,
    workspace::{self as view, MemberRole, Workspace},
};

pub use self::{
    error::Denied,
    label::{KnownAs, Label},
    patience::{Overdue, Patience},
    people::{Deleted, Entry, Joined, Newcomer, Out, Updated},
    permission::{Action, may},
    place::Place,
    seen::{Part, Seen},
    session::{Closed, Filled, Session},
    text::{MAX_DESCRIPTION, MAX_TITLE, cleaned},
};
use crate::store::{Change, SessionRecord};

/// All sessions of this server.
#[derive(Clone, Debug, Default)]
pub struct Sessions {
    /// Locked for a few lines at a time, never across an await.
    books: Arc<Mutex<Books>>,
}

/// Where a new terminal is wanted; what is absent is for the workspace to choose.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// The session; when absent the one with that tab or pane, or else the user's active one.
    pub session: Option<SessionId>,
    /// The tab of the pane.
    pub tab: Option<TabId>,
    /// The pane; without it an empty one of the tab, or a new tab when that is absent, too.
    pub pane: Option<PaneId>,
}

/// The most tabs of a session: every window receives all of them.
pub const MAX_TABS: usize = 1024;

/// The most panes of a tab. They are what bounds the depth of its layout: written down, it is about as deep in JSON, where a
/// reader goes no deeper than 128.
pub const MAX_PANES: usize = 64;

/// The most panes of all tabs of a session together: what a window is told of them at once stays below a megabyte.
pub const MAX_PANES_IN_ALL: usize = 2048;

/// The most sessions that somebody is in.
pub const MAX_SESSIONS: usize = 64;

/// The most people that a session may be given room for.
pub const MAX_USERS: u32 = 1_000;

/// The most people who wait to be let into a session: more than its owner would look through.
pub const MAX_ASKING: usize = 32;

impl Sessions {
    /// The sessions as they were stored. Of their terminals those are there that somebody holds.
    pub fn restore_all(
        &self,
        sessions: Vec<SessionRecord>,
        shown: Vec<(String, SessionId)>,
        is_held: impl Fn(TerminalId) -> bool,
    ) {
        let mut books = self.books();
        for record in sessions {
            let session = Session::restored(record, &is_held);
            for terminal in session.terminals() {
                books.terminals.insert(terminal, session.id);
            }
            books.sessions.insert(session.id, session);
        }
        books.active.extend(shown);
    }

    /// What is to be stored that was not when this was asked last.
    pub fn unsaved(&self) -> Vec<Change> {
        let mut books = self.books();
        let sessions = books.sessions.values_mut().filter_map(Session::unsaved);
        let mut changes: Vec<_> = sessions.map(|record| Change::Session(Box::new(record))).collect();
        changes.append(&mut books.unsaved);
        changes
    }

    /// Everything that is stored, whether or not it has changed.
    pub fn records(&self) -> Vec<Change> {
        let books = self.books();
        let sessions = books.sessions.values().map(|session| Change::Session(Box::new(session.record())));
        let shown = books.active.iter();
        let shown = shown.map(|(user, session)| Change::Shown { user_id: user.clone(), session: *session });
        sessions.chain(shown).collect()
    }

    /// Brings in one more window of `user` and returns the session it shows, which is made on first contact.
    pub fn enter(&self, user: &UserView, window: Arc<str>) -> SessionId {
        let mut books = self.books();
        let active = books.active(user);
        books.came(&user.id, window);
        active
    }

    /// Brings in one more window of a guest, who is in no session but that of their link.
    pub fn visit(&self, guest: &UserView, window: Arc<str>) {
        self.books().came(&guest.id, window);
    }

    /// Takes one window of the user out again.
    pub fn leave(&self, user_id: &str, window: &str) {
        let mut books = self.books();
        for session in books.sessions.values_mut() {
            if let Some(member) = session.members.of_mut(user_id) {
                member.turn_from(window);
            }
        }
        if let Some(windows) = books.windows.get_mut(user_id) {
            windows.retain(|other| **other != *window);
            if windows.is_empty() {
                books.windows.remove(user_id);
                books.set_away(user_id, Some(Instant::now()));
            }
        }
    }

    /// Everything the user may see.
    pub fn view(&self, user_id: &str) -> Workspace {
        self.books().seen_by(user_id)
    }

    /// The windows of a session's members who see all of it.
    pub fn windows(&self, session: SessionId) -> Vec<Arc<str>> {
        let books = self.books();
        let members = books.sessions.get(&session).into_iter().flat_map(|session| session.members.iter());
        members.filter(|member| member.only.is_none()).flat_map(|member| books.windows_of(&member.user_id)).collect()
    }

    /// The windows of a session's members who see one of its terminals alone, each with what they see of it.
    pub fn narrow_windows(&self, session: SessionId) -> Vec<(Arc<str>, view::Session)> {
        let books = self.books();
        let members = books.sessions.get(&session).into_iter().flat_map(|session| session.members.iter());
        let narrow = members.filter(|member| member.only.is_some()).map(|member| &member.user_id);
        let seen = narrow.filter_map(|user| Some((books.windows_of(user), books.view(user, session)?)));
        seen.flat_map(|(windows, seen)| windows.into_iter().map(move |window| (window, seen.clone()))).collect()
    }

    /// The windows of a session's members who see a terminal of it.
    pub fn windows_on(&self, session: SessionId, terminal: TerminalId) -> Vec<Arc<str>> {
        let books = self.books();
        let Some(session) = books.sessions.get(&session) else { return Vec::new() };
        let members = session.members.iter().filter(|member| session.shows(&member.user_id, terminal));
        members.flat_map(|member| books.windows_of(&member.user_id)).collect()
    }

    /// How many sessions a member of has a window open.
    pub fn visited(&self) -> usize {
        let books = self.books();
        let is_visited =
            |session: &&Session| session.members.iter().any(|member| books.windows.contains_key(&member.user_id));
        books.sessions.values().filter(is_visited).count()
    }

    /// Lets a user do something in a session, if they may.
    ///
    /// # Errors
    /// [`Denied::NoSession`] for who is no member of it, [`Denied::OnlyLook`] or [`Denied::OnlyOwner`] for who may not, and
    /// what `act` says.
    pub fn act<T>(
        &self,
        user_id: &str,
        session: SessionId,
        action: Action,
        act: impl FnOnce(&mut Session) -> Result<T, Denied>,
    ) -> Result<T, Denied> {
        self.act_on(user_id, session, action, None, act)
    }

    /// The same for who decided by what they had seen.
    ///
    /// # Errors
    /// As [`Sessions::act`], and [`Denied::Stale`] when that part has changed since.
    pub fn act_on<T>(
        &self,
        user_id: &str,
        session: SessionId,
        action: Action,
        seen: Option<Seen>,
        act: impl FnOnce(&mut Session) -> Result<T, Denied>,
    ) -> Result<T, Denied> {
        let mut books = self.books();
        let session = books.sessions.get_mut(&session).ok_or(Denied::NoSession)?;
        session.permit(user_id, action, seen)?;
        act(session)
    }

    /// The session a terminal belongs to and what the user may do there: `None` unless the user is a member of it.
    ///
    /// Of a terminal whose pane is gone, too, until it is forgotten: those who watch it still receive what it has said.
    pub fn access(&self, user_id: &str, terminal: TerminalId) -> Option<(SessionId, MemberRole)> {
        let books = self.books();
        let session = books.sessions.get(books.terminals.get(&terminal)?)?;
        let role = session.role(user_id).filter(|_| session.shows(user_id, terminal))?;
        Some((session.id, role))
    }

    /// Whether a user may do that with a terminal.
    ///
    /// # Errors
    /// [`Denied::NoSession`] for who is no member of its session or does not see it there, else as [`Sessions::act`].
    pub fn admit(&self, user_id: &str, terminal: TerminalId, action: Action) -> Result<(), Denied> {
        let books = self.books();
        let session = books.terminals.get(&terminal).and_then(|session| books.sessions.get(session));
        let session = session.filter(|session| session.shows(user_id, terminal)).ok_or(Denied::NoSession)?;
        session.allow(user_id, action)
    }

    /// Keeps a pane for a new terminal. It is kept until the [`Place`] is filled or dropped.
    ///
    /// # Errors
    /// [`Denied`] says what stands in the way.
    pub fn reserve(&self, user_id: &str, wanted: Wanted) -> Result<Place, Denied> {
        let mut books = self.books();
        let meant = || books.session_with(user_id, wanted).or_else(|| books.active.get(user_id).copied());
        let session = wanted.session.or_else(meant).ok_or(Denied::NoSession)?;
        let session = books.sessions.get_mut(&session).ok_or(Denied::NoSession)?;
        session.allow(user_id, Action::OpenTerminal)?;
        let reserved = session.reserve(wanted.tab, wanted.pane)?;
        let directory = session.directory(&reserved);
        Ok(Place::new(self.clone(), user_id.to_owned(), session.id, directory, reserved))
    }

    /// Notes that a terminal has ended: it stays in its pane until another one is opened there.
    pub fn ended(&self, terminal: TerminalId) {
        self.books().session_of(terminal, |session| session.ended(terminal));
    }

    /// Notes where the shell in a terminal is; returns what the session's members are told, if the shell was elsewhere.
    pub fn moved(&self, terminal: TerminalId, directory: String) -> Option<PaneUpdated> {
        self.books().session_of(terminal, |session| session.moved(terminal, directory))?
    }

    /// The session that has a terminal in one of its panes.
    pub fn home(&self, terminal: TerminalId) -> Option<SessionId> {
        let mut books = self.books();
        books.session_of(terminal, |session| session.holds(terminal).then_some(session.id))?
    }

    /// Whether a terminal is in a pane.
    pub fn holds(&self, terminal: TerminalId) -> bool {
        self.books().session_of(terminal, |session| session.holds(terminal)).unwrap_or_default()
    }

    /// Forgets a terminal that is in no pane any more.
    pub fn forget(&self, terminal: TerminalId) {
        self.books().terminals.remove(&terminal);
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
        if !books.active.contains_key(&label.owner_id) {
            books.show(&label.owner_id, label.session);
        }
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
    /// The public ids of the windows each user has open; those without any have no entry.
    windows: HashMap<String, Vec<Arc<str>>>,
    /// What is to be stored beside the sessions themselves.
    unsaved: Vec<Change>,
}

impl Books {
    fn active(&mut self, user: &UserView) -> SessionId {
        if let Some(&active) = self.active.get(&user.id) {
            return active;
        }
        let id = self.found(user);
        self.show(&user.id, id);
        id
    }

    /// Makes a session for a user.
    fn found(&mut self, user: &UserView) -> SessionId {
        let session = Session::first(user);
        let id = session.id;
        self.sessions.insert(id, session);
        id
    }

    fn came(&mut self, user_id: &str, window: Arc<str>) {
        self.windows.entry(user_id.to_owned()).or_default().push(window);
        self.set_away(user_id, None);
    }

    fn set_away(&mut self, user_id: &str, since: Option<Instant>) {
        for session in self.sessions.values_mut() {
            if let Some(member) = session.members.of_mut(user_id) {
                member.away_since = since;
            }
        }
    }

    fn seen_by(&self, user_id: &str) -> Workspace {
        let view = |session: &Session| session.view(user_id, |member| self.windows_of(member));
        let mut sessions: Vec<_> = self.sessions.values().filter_map(view).collect();
        // The same each time they are told, whatever order they are kept in.
        sessions.sort_by_key(|session| session.id);
        Workspace { sessions, active_session_id: self.active.get(user_id).copied() }
    }

    fn windows_of(&self, user_id: &str) -> Vec<Arc<str>> {
        self.windows.get(user_id).cloned().unwrap_or_default()
    }

    /// The session of a user that has the tab or the pane that is wanted: another window of theirs may have turned elsewhere.
    fn session_with(&self, user_id: &str, wanted: Wanted) -> Option<SessionId> {
        let theirs = self.sessions.values().filter(|session| session.role(user_id).is_some());
        theirs.into_iter().find(|session| session.has(wanted.tab, wanted.pane)).map(|session| session.id)
    }

    fn session_of<T>(&mut self, terminal: TerminalId, look: impl FnOnce(&mut Session) -> T) -> Option<T> {
        let session = self.terminals.get(&terminal)?;
        self.sessions.get_mut(session).map(look)
    }
}

/// Random bits for an id.
fn random() -> u64 {
    getrandom::u64().expect("the system's random source works from boot on")
}

#[cfg(test)]
mod tests;
