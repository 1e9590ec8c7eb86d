//! Who is in front of this window, how they came in, and whether they still are.

use leptos::prelude::{Get, GetUntracked, ReadSignal, RwSignal, Set, Update, With, use_context};

use crate::{
    protocol::{
        Refusal, RefusalCode, SessionId,
        people::JoinStatus,
        session::{GuestPass, SessionReady, UserRole, UserView},
        workspace::{Member, MemberRole, Session, Workspace},
    },
    workspace::Notice,
};

/// The field that a refusal names when it is the link that has ended.
pub const SHARE_TOKEN: &str = "shareToken";

/// The field that a refusal names when it is the role that may not be in a session.
pub const ROLE: &str = "role";

/// The field that a refusal names when too many ask to be let in already.
pub const ASKING: &str = "asking";

/// What the window knows of its own user.
#[derive(Clone, Copy)]
pub struct PeopleState {
    me: RwSignal<Option<UserView>>,
    pass: RwSignal<Option<GuestPass>>,
    entry: RwSignal<Entry>,
    news: RwSignal<Vec<News>>,
    /// Grows with each change of a share link.
    links: RwSignal<u64>,
}

/// Whether a guest is in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Entry {
    /// They are, as far as is known.
    #[default]
    In,
    /// The owner of the session has been asked.
    Waiting,
    /// They do not want to come in any more.
    Withdrawn,
    /// The owner has said no, or there is no room, or nobody of their role may be in.
    Refused(Refusal),
    /// The owner has put them out, or the session is no more.
    Out(Ending),
}

/// Why a guest is out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// By their own wish.
    Left,
    /// By the owner's.
    Removed,
    /// Their link does not work any more.
    LinkEnded,
    /// The session is no more.
    Deleted,
}

/// Something to be told once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// The user is out of the session of this name.
    Removed(String),
    /// The session of this name is no more.
    Deleted(String),
    /// The user does not come into a session, and why.
    Refused(Refusal),
}

impl PeopleState {
    /// Nobody is known yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            me: RwSignal::new(None),
            pass: RwSignal::new(None),
            entry: RwSignal::new(Entry::In),
            news: RwSignal::new(Vec::new()),
            links: RwSignal::new(0),
        }
    }

    /// Who the window acts for; `None` until the server has said so.
    #[must_use]
    pub fn me(self) -> ReadSignal<Option<UserView>> {
        self.me.read_only()
    }

    /// The id of who the window acts for; empty until it is known. Reading it in a view follows it.
    #[must_use]
    pub fn my_id(self) -> String {
        self.me.with(|me| me.as_ref().map(|me| me.id.clone()).unwrap_or_default())
    }

    /// Whether the user came by a share link. Reading it in a view follows it.
    #[must_use]
    pub fn is_guest(self) -> bool {
        self.me.with(|me| me.as_ref().is_some_and(|me| me.role == UserRole::Guest))
    }

    /// What the guest's link allows.
    #[must_use]
    pub fn pass(self) -> ReadSignal<Option<GuestPass>> {
        self.pass.read_only()
    }

    /// Whether the guest is in.
    #[must_use]
    pub fn entry(self) -> ReadSignal<Entry> {
        self.entry.read_only()
    }

    /// Grows with each change of a share link: whoever shows the links reads them anew.
    #[must_use]
    pub fn links(self) -> ReadSignal<u64> {
        self.links.read_only()
    }

    /// What is to be told, each once: reading follows it, and who reads has to tell.
    #[must_use]
    pub fn take_news(self) -> Vec<News> {
        let news = self.news.get();
        if !news.is_empty() {
            self.news.set(Vec::new());
        }
        news
    }

    /// Takes over who the server says it is.
    pub fn fill(self, ready: &SessionReady) {
        let pass = ready.config.guest.clone();
        let waiting = pass.as_ref().is_some_and(|pass| pass.is_waiting);
        self.me.set(Some(ready.user.clone()));
        self.pass.set(pass);
        // Where a guest stood is known anew with each connection; why one is out stays said.
        if waiting {
            self.entry.set(Entry::Waiting);
        } else if !ready.workspace.sessions.is_empty() {
            self.entry.set(Entry::In);
        }
    }

    /// Says that the guest does not wait any more.
    pub fn withdraw(self) {
        self.entry.set(Entry::Withdrawn);
    }

    /// Takes over one change, most of which are about others, before the copy of the workspace forgets what it is about.
    pub fn apply(self, notice: &Notice, view: Option<&Workspace>) {
        let guest = self.pass.get_untracked().map(|pass| pass.session_id);
        match notice {
            Notice::SessionJoined(joined) if guest == Some(joined.session_id) => {
                self.entry.set(match joined.status {
                    JoinStatus::Joined => Entry::In,
                    JoinStatus::Waiting => Entry::Waiting,
                });
            }
            Notice::SessionRefused(refused) if guest == Some(refused.session_id) => {
                self.entry.set(Entry::Refused(refused.error.clone()));
            }
            Notice::SessionRefused(refused) => self.tell(News::Refused(refused.error.clone())),
            Notice::SessionLeft(left) => {
                if guest == Some(left.session_id) {
                    self.leave(left.error.as_ref());
                } else if left.error.is_some() {
                    self.tell(News::Removed(
                        known(view, left.session_id).map(|session| session.name.clone()).unwrap_or_default(),
                    ));
                }
            }
            Notice::SessionDeleted(deleted) if guest == Some(deleted.session_id) => {
                self.entry.set(Entry::Out(Ending::Deleted));
            }
            Notice::SessionDeleted(deleted) => {
                // Its owner has done it.
                if let Some(session) =
                    known(view, deleted.session_id).filter(|session| session.role != MemberRole::Owner)
                {
                    self.tell(News::Deleted(session.name.clone()));
                }
            }
            Notice::ShareCreated(_) | Notice::ShareRevoked(_) | Notice::UserJoined(_) | Notice::UserLeft(_) => {
                self.links.update(|changes| *changes += 1);
            }
            _ => {}
        }
    }

    /// Whether the user's link shows one terminal and nothing else; reading it in a view follows it.
    #[must_use]
    pub fn sees_one_terminal(self) -> bool {
        self.pass.with(|pass| pass.as_ref().is_some_and(|pass| pass.terminal_id.is_some()))
    }

    /// A guest is out; the first reason is the one.
    fn leave(self, why: Option<&Refusal>) {
        let outside = match why.map(|why| (why, why.field.as_deref())) {
            None => Entry::Out(Ending::Left),
            Some((_, Some(SHARE_TOKEN))) => Entry::Out(Ending::LinkEnded),
            // A setting that holds from now on keeps out who comes as much as who is there.
            Some((why, Some(ROLE))) => Entry::Refused(why.clone()),
            // So does a session that has grown too small for them, or whose owner has gone.
            Some((why, _)) if matches!(why.code, RefusalCode::LimitReached | RefusalCode::Conflict) => {
                Entry::Refused(why.clone())
            }
            Some(_) => Entry::Out(Ending::Removed),
        };
        self.entry.update(|entry| match entry {
            // Who waits and goes has not been in.
            Entry::Waiting if outside == Entry::Out(Ending::Left) => {}
            Entry::In | Entry::Waiting | Entry::Withdrawn => *entry = outside,
            Entry::Refused(_) | Entry::Out(_) => {}
        });
    }

    fn tell(self, news: News) {
        self.news.update(|waiting| waiting.push(news));
    }
}

impl Default for PeopleState {
    fn default() -> Self {
        Self::new()
    }
}

/// Who is in front of this window; nobody while the server renders.
#[must_use]
pub fn use_people() -> PeopleState {
    use_context().unwrap_or_default()
}

/// Whether somebody with this role may type and arrange.
#[must_use]
pub fn may_type(role: MemberRole) -> bool {
    match role {
        MemberRole::Owner | MemberRole::Collaborator => true,
        MemberRole::Viewer => false,
    }
}

/// The member one of whose windows has this client id.
#[must_use]
pub fn at_window<'a>(members: &'a [Member], client_id: &str) -> Option<&'a Member> {
    members.iter().find(|member| member.client_ids.iter().any(|id| id == client_id))
}

fn known(view: Option<&Workspace>, id: SessionId) -> Option<&Session> {
    view?.sessions.iter().find(|session| session.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{
        RefusalCode,
        people::{SessionDeleted, SessionJoined, SessionLeft, SessionRefused},
        session::ClientConfig,
    };
    use leptos::prelude::Owner;

    const SESSION: SessionId = SessionId::from_random(1);

    fn ready(guest: Option<bool>) -> SessionReady {
        let pass = guest.map(|is_waiting| GuestPass {
            session_id: SESSION,
            role: MemberRole::Viewer,
            terminal_id: None,
            expires_at: None,
            is_waiting,
        });
        let role = if guest.is_some() { UserRole::Guest } else { UserRole::Admin };
        SessionReady {
            client_id: "c".into(),
            user: UserView { id: "u".into(), name: "Guest Amber".into(), role },
            config: ClientConfig { guest: pass, ..ClientConfig::default() },
            workspace: Workspace::default(),
            terminals: Vec::new(),
            received_at: 0,
            sent_at: 0,
        }
    }

    fn filled(guest: Option<bool>) -> (Owner, PeopleState) {
        let owner = Owner::new();
        owner.set();
        let people = PeopleState::new();
        people.fill(&ready(guest));
        (owner, people)
    }

    fn refusal() -> Refusal {
        Refusal::new(RefusalCode::Forbidden, "The owner has put you out.")
    }

    #[test]
    fn a_guest_waits_until_the_owner_has_answered() {
        let (_owner, people) = filled(Some(true));
        assert_eq!(people.entry().get_untracked(), Entry::Waiting);
        let joined = SessionJoined { status: JoinStatus::Joined, ..SessionJoined::waiting(SESSION) };
        people.apply(&Notice::SessionJoined(joined), None);
        assert_eq!(people.entry().get_untracked(), Entry::In);
        let refused = SessionRefused { session_id: SESSION, error: refusal() };
        people.apply(&Notice::SessionRefused(refused), None);
        assert_eq!(people.entry().get_untracked(), Entry::Refused(refusal()));
    }

    #[test]
    fn a_guest_who_is_out_is_told_why_by_what_came_first() {
        let left = |error| Notice::SessionLeft(SessionLeft { session_id: SESSION, error });
        let ended = Refusal { field: Some(SHARE_TOKEN.to_owned()), ..refusal() };
        for (notice, expected) in [
            (left(Some(refusal())), Ending::Removed),
            (left(Some(ended.clone())), Ending::LinkEnded),
            (left(None), Ending::Left),
            (Notice::SessionDeleted(SessionDeleted { session_id: SESSION }), Ending::Deleted),
        ] {
            let (_owner, people) = filled(Some(false));
            people.apply(&notice, None);
            // A session that is deleted takes its links with it.
            people.apply(&left(Some(ended.clone())), None);
            assert_eq!(people.entry().get_untracked(), Entry::Out(expected));
        }
    }

    #[test]
    fn a_guest_whose_role_may_not_be_in_any_more_is_told_so() {
        let (_owner, people) = filled(Some(false));
        let closed = Refusal { field: Some(ROLE.to_owned()), ..refusal() };
        people.apply(&Notice::SessionLeft(SessionLeft { session_id: SESSION, error: Some(closed.clone()) }), None);
        assert_eq!(people.entry().get_untracked(), Entry::Refused(closed));
    }

    #[test]
    fn a_guest_without_room_or_owner_may_try_again() {
        for code in [RefusalCode::LimitReached, RefusalCode::Conflict] {
            let (_owner, people) = filled(Some(false));
            let error = Refusal::new(code, "Not now.");
            let left = SessionLeft { session_id: SESSION, error: Some(error.clone()) };
            people.apply(&Notice::SessionLeft(left), None);
            assert_eq!(people.entry().get_untracked(), Entry::Refused(error));
        }
    }

    #[test]
    fn a_user_is_told_once_and_not_of_what_they_did_themselves() {
        let (_owner, people) = filled(None);
        people.apply(&Notice::SessionLeft(SessionLeft { session_id: SESSION, error: None }), None);
        assert_eq!(people.take_news(), []);
        people.apply(&Notice::SessionLeft(SessionLeft { session_id: SESSION, error: Some(refusal()) }), None);
        assert_eq!(people.take_news(), [News::Removed(String::new())]);
        assert_eq!(people.take_news(), []);
        assert_eq!(people.entry().get_untracked(), Entry::In);
    }

    #[test]
    fn a_window_belongs_to_its_member() {
        let member = |id: &str, windows: &[&str]| Member {
            user_id: id.into(),
            name: id.into(),
            role: MemberRole::Viewer,
            color: 0,
            online: true,
            pane_id: None,
            client_ids: windows.iter().map(|id| (*id).to_owned()).collect(),
            is_guest: false,
        };
        let members = [member("ada", &["c1", "c2"]), member("bob", &[])];
        assert_eq!(at_window(&members, "c2").map(|member| member.user_id.as_str()), Some("ada"));
        assert_eq!(at_window(&members, "c3"), None);
    }
}
