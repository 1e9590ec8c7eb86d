//! The copy against notices by hand, and against a server that changes at random.

mod series;
mod terminal;

use leptos::prelude::{GetUntracked, Owner};

use super::*;
use crate::protocol::{
    SessionId,
    layout::{Direction, Layout},
    message::{Author, ChatMessageSent, MessagesRead},
    pane::{PaneClosed, PaneCreated, PaneUpdated, UserFocused},
    people::{
        JoinRequested, SessionCreated, SessionDeleted, SessionJoined, SessionUpdated, UserJoined, UserLeft,
        UserPresence, UserUpdated,
    },
    session::{UserRole, UserView},
    tab::{TabClosed, TabCreated, TabSwitched, TabUpdated},
    terminal::{CloseReason, TerminalClosed, TerminalCreated, TerminalStatus, TerminalTitle},
    workspace::{Asking, Member, MemberRole, Session, SessionSettings, Tab, TabKind},
};

const ID: SessionId = SessionId::from_random(1);
const PANE: PaneId = PaneId::from_random(1);
const TERMINAL: TerminalId = TerminalId::from_random(2);

pub(super) fn tab(n: u64) -> Tab {
    let pane = Pane { id: PaneId::from_random(n), title: String::new(), terminal_id: None, cwd: None };
    Tab {
        id: TabId::from_random(n),
        title: n.to_string(),
        kind: TabKind::Terminal,
        layout: Layout::Pane { pane: pane.id },
        panes: vec![pane],
        zoomed_pane_id: None,
    }
}

fn member(user_id: &str, role: MemberRole) -> Member {
    Member {
        user_id: user_id.into(),
        name: user_id.into(),
        role,
        color: 0,
        online: true,
        pane_id: None,
        client_ids: Vec::new(),
        is_guest: false,
    }
}

/// Revision 1, one tab, its user "me" the owner.
pub(super) fn session() -> Session {
    Session {
        id: ID,
        name: "home".into(),
        description: String::new(),
        revision: 1,
        role: MemberRole::Owner,
        members: vec![member("me", MemberRole::Owner)],
        tabs: vec![tab(1)],
        active_tab_id: Some(TabId::from_random(1)),
        settings: SessionSettings::default(),
        unread: 0,
        asking: Vec::new(),
    }
}

fn workspace() -> Workspace {
    Workspace { sessions: vec![session()], active_session_id: Some(ID) }
}

fn created(n: u64, index: usize, revision: u64) -> Notice {
    Notice::TabCreated(TabCreated { session_id: ID, tab: tab(n), index, revision })
}

fn closed(n: u64, revision: u64) -> Notice {
    Notice::TabClosed(TabClosed { session_id: ID, tab_id: TabId::from_random(n), revision })
}

fn tab_numbers(workspace: &Workspace) -> Vec<String> {
    workspace.sessions[0].tabs.iter().map(|tab| tab.title.clone()).collect()
}

/// Applies notices one after the other; each is expected to change the copy.
fn after(notices: &[Notice]) -> Workspace {
    let mut workspace = workspace();
    for notice in notices {
        assert_eq!(apply(&mut workspace, notice, "me"), Applied::Changed, "{notice:?}");
    }
    workspace
}

#[test]
fn tabs_come_go_and_move() {
    assert_eq!(tab_numbers(&after(&[created(2, 1, 2), created(3, 0, 3)])), ["3", "1", "2"]);
    let named = Tab { title: "build".into(), ..tab(1) };
    let moved = Notice::TabUpdated(TabUpdated { session_id: ID, tab: named, index: 9, revision: 4 });
    assert_eq!(tab_numbers(&after(&[created(2, 1, 2), created(3, 0, 3), moved])), ["3", "2", "build"]);
}

#[test]
fn a_window_whose_tab_is_closed_shows_the_one_that_takes_its_place() {
    let shown = |notices: &[Notice]| after(notices).sessions[0].active_tab_id;
    let three = [created(2, 1, 2), created(3, 2, 3)];
    assert_eq!(shown(&[&three[..], &[closed(1, 4)]].concat()), Some(TabId::from_random(2)));
    assert_eq!(shown(&[&three[..], &[closed(2, 4)]].concat()), Some(TabId::from_random(1)));
    let switched = Notice::TabSwitched(TabSwitched { session_id: ID, tab_id: TabId::from_random(3) });
    assert_eq!(shown(&[&three[..], &[switched, closed(3, 4)]].concat()), Some(TabId::from_random(2)));
    assert_eq!(shown(&[closed(1, 2), created(2, 0, 3)]), Some(TabId::from_random(2)));
}

#[test]
fn panes_come_go_and_are_shown_alone() {
    let (tab_id, second) = (TabId::from_random(1), PaneId::from_random(7));
    let layout = Layout::Split {
        split: Direction::Vertical,
        ratio: 0.5,
        first: Box::new(Layout::Pane { pane: PANE }),
        second: Box::new(Layout::Pane { pane: second }),
    };
    let pane = Pane { id: second, title: String::new(), terminal_id: None, cwd: None };
    let split = Notice::PaneCreated(PaneCreated {
        session_id: ID,
        tab_id,
        pane: pane.clone(),
        layout: layout.clone(),
        revision: 2,
    });
    let filled = Pane { terminal_id: Some(TERMINAL), cwd: Some("/usr".into()), ..pane };
    let zoomed = Notice::Pane(PaneUpdated {
        session_id: ID,
        tab_id,
        pane: Some(filled.clone()),
        layout: layout.clone(),
        zoomed_pane_id: Some(second),
        revision: 3,
    });
    let alone = Layout::Pane { pane: PANE };
    let gone = |layout| Notice::PaneClosed(PaneClosed { session_id: ID, tab_id, pane_id: second, layout, revision: 4 });
    let tab = after(&[split.clone(), zoomed.clone()]).sessions[0].tabs[0].clone();
    assert_eq!((tab.panes[1].clone(), tab.layout, tab.zoomed_pane_id), (filled, layout, Some(second)));
    let tab = after(&[split.clone(), zoomed.clone(), gone(Some(alone.clone()))]).sessions[0].tabs[0].clone();
    assert_eq!((tab.panes.len(), tab.layout, tab.zoomed_pane_id), (1, alone, None));
    assert!(after(&[split, zoomed, gone(None)]).sessions[0].tabs.is_empty());
}

#[test]
fn people_come_go_and_get_other_roles() {
    let joined = |revision| {
        let user = member("ada", MemberRole::Collaborator);
        Notice::UserJoined(UserJoined { session_id: ID, user, revision })
    };
    let handed_over = Notice::UserUpdated(UserUpdated {
        session_id: ID,
        members: vec![member("me", MemberRole::Collaborator), member("ada", MemberRole::Owner)],
        revision: 3,
    });
    let left = Notice::UserLeft(UserLeft { session_id: ID, user_id: "ada".into(), revision: 4 });
    let focused = Notice::UserFocused(UserFocused {
        session_id: ID,
        user_id: "ada".into(),
        tab_id: TabId::from_random(1),
        pane_id: PANE,
    });
    let gone = Notice::UserPresence(UserPresence {
        session_id: ID,
        user: Member { online: false, ..member("ada", MemberRole::Owner) },
    });
    let session = after(&[joined(2), handed_over.clone(), focused.clone()]).sessions.remove(0);
    assert_eq!((session.role, session.members[1].pane_id), (MemberRole::Collaborator, Some(PANE)));
    let session = after(&[joined(2), focused, handed_over, gone, left]).sessions.remove(0);
    assert_eq!((session.members.len(), session.revision), (1, 4));
}

#[test]
fn what_is_said_counts_until_it_is_read_and_what_one_says_oneself_never() {
    let said = |by: &str| {
        Notice::Chat(ChatMessageSent {
            id: crate::protocol::MessageId::from_random(1),
            session_id: ID,
            from: Author { user_id: by.into(), name: by.into() },
            text: "hello".into(),
            sent_at: String::new(),
        })
    };
    let read = |unread| {
        let message_id = crate::protocol::MessageId::from_random(1);
        Notice::Read(MessagesRead { session_id: ID, message_id, unread })
    };
    assert_eq!(after(&[said("ada"), said("eve")]).sessions[0].unread, 2);
    assert_eq!(after(&[said("ada"), said("eve"), read(1)]).sessions[0].unread, 1);
    assert_eq!(apply(&mut workspace(), &said("me"), "me"), Applied::Unchanged);
}

#[test]
fn sessions_come_go_and_change() {
    let other = SessionId::from_random(2);
    let created = Notice::SessionCreated(SessionCreated { session: Session { id: other, ..session() } });
    let gone = |session_id| Notice::SessionDeleted(SessionDeleted { session_id });
    let named = Notice::SessionUpdated(SessionUpdated {
        session_id: ID,
        name: "release night".into(),
        description: "what for".into(),
        settings: SessionSettings { max_users: 3, ..SessionSettings::default() },
        revision: 2,
    });
    let asking = vec![Asking { user_id: "eve".into(), name: "eve".into(), role: MemberRole::Viewer }];
    let asked = Notice::JoinRequested(JoinRequested { session_id: ID, asking: asking.clone() });
    let view = after(&[created.clone(), named, asked]);
    let (home, shown) = (&view.sessions[0], view.active_session_id);
    assert_eq!((home.name.as_str(), home.settings.max_users, shown), ("release night", 3, Some(ID)));
    assert_eq!((home.asking.clone(), view.sessions.len()), (asking, 2));
    // The server says which one is shown in place of one that is gone.
    assert_eq!(after(&[created.clone(), gone(ID)]).active_session_id, None);
    let chosen = Notice::SessionJoined(SessionJoined::joined(Session { id: other, ..session() }, "me"));
    assert_eq!(after(&[created.clone(), gone(ID), chosen]).active_session_id, Some(other));
    assert_eq!(after(&[gone(ID), created]).active_session_id, Some(other));
}

#[test]
fn a_change_is_taken_once_and_never_before_its_turn() {
    let mut copy = workspace();
    assert_eq!(apply(&mut copy, &created(2, 1, 2), "me"), Applied::Changed);
    let before = copy.clone();
    assert_eq!(apply(&mut copy, &created(2, 1, 2), "me"), Applied::Unchanged);
    assert_eq!(apply(&mut copy, &created(3, 1, 4), "me"), Applied::Gap);
    assert_eq!(copy, before);
}

#[test]
fn what_does_not_fit_is_a_gap() {
    let nowhere =
        Notice::TabClosed(TabClosed { session_id: SessionId::from_random(9), tab_id: TabId::NOBODY, revision: 2 });
    for notice in [closed(9, 2), nowhere] {
        assert_eq!(apply(&mut workspace(), &notice, "me"), Applied::Gap, "{notice:?}");
    }
}

#[test]
fn an_answer_undoes_nothing_and_leaves_the_window_where_it_is() {
    let mut copy = after(&[created(2, 1, 2), created(3, 2, 3)]);
    copy.sessions[0].active_tab_id = Some(TabId::from_random(2));
    let newer = copy.clone();
    renew(&mut copy, after(&[created(2, 1, 2)]));
    assert_eq!(copy, newer, "an older answer");
    renew(&mut copy, after(&[created(2, 1, 2), created(3, 2, 3), closed(1, 4)]));
    assert_eq!(
        (tab_numbers(&copy).join(" "), copy.sessions[0].active_tab_id),
        ("2 3".into(), Some(TabId::from_random(2)))
    );
}

fn ready(terminal_id: Option<TerminalId>) -> SessionReady {
    let mut workspace = workspace();
    workspace.sessions[0].tabs[0].panes[0].terminal_id = terminal_id;
    SessionReady {
        client_id: "c1".into(),
        user: UserView { id: "me".into(), name: "me".into(), role: UserRole::Admin },
        config: ClientConfig::default(),
        workspace,
        terminals: Vec::new(),
        received_at: 0,
        sent_at: 0,
    }
}

fn filled(terminal: Option<TerminalId>) -> (Owner, WorkspaceState) {
    let owner = Owner::new();
    owner.set();
    let state = WorkspaceState::new();
    state.fill(&ready(terminal));
    (owner, state)
}

fn opened() -> Notice {
    Notice::Created(TerminalCreated {
        terminal_id: TERMINAL,
        pane_id: PANE,
        tab_id: TabId::from_random(1),
        cols: 80,
        rows: 24,
        status: TerminalStatus::Ready,
    })
}

#[test]
fn a_created_terminal_stands_in_its_pane() {
    let (_owner, state) = filled(None);
    assert!(state.pane(PANE).claimed.get_untracked(), "whoever comes opens a shell in an empty pane");
    assert_eq!(state.apply(&opened()), Next::Nothing);
    assert_eq!(state.pane(PANE).terminal.get_untracked(), Some(TERMINAL));
    assert!(!state.pane(PANE).claimed.get_untracked());
    assert_eq!(state.terminal(TERMINAL).size.get_untracked(), Some((80, 24)));
}

#[test]
fn a_shell_opens_in_the_session_that_takes_the_place_of_the_last_one() {
    let (_owner, state) = filled(Some(TERMINAL));
    let other = Session { id: SessionId::from_random(9), tabs: vec![tab(7)], ..session() };
    let joined = Notice::SessionJoined(SessionJoined::joined(other.clone(), "me"));
    let is_claimed = || state.pane(other.tabs[0].panes[0].id).claimed.get_untracked();
    assert_eq!(state.apply(&joined), Next::Nothing);
    assert!(!is_claimed(), "it is not what the window shows");
    assert_eq!(state.apply(&Notice::SessionDeleted(SessionDeleted { session_id: other.id })), Next::Nothing);
    assert_eq!(state.apply(&Notice::SessionDeleted(SessionDeleted { session_id: ID })), Next::Nothing);
    assert_eq!(state.apply(&joined), Next::Nothing);
    assert!(is_claimed());
}

#[test]
fn an_ended_terminal_keeps_its_pane_and_says_how() {
    let (_owner, state) = filled(Some(TERMINAL));
    let closed =
        TerminalClosed { terminal_id: TERMINAL, exit_code: Some(3), signal: None, reason: CloseReason::Exited };
    assert_eq!(state.apply(&Notice::Closed(closed.clone())), Next::Nothing);
    assert_eq!(state.terminal(TERMINAL).ended.get_untracked(), Some(closed));
    assert_eq!(state.pane(PANE).terminal.get_untracked(), Some(TERMINAL));
}

#[test]
fn a_shell_says_where_it_is_and_who_comes_later_knows() {
    let (_owner, state) = filled(Some(TERMINAL));
    let cwd = || state.terminal(TERMINAL).cwd.get_untracked();
    assert_eq!(cwd(), None);
    let moved = |to: &str| Pane { cwd: Some(to.into()), terminal_id: Some(TERMINAL), ..tab(1).panes.remove(0) };
    let updated = PaneUpdated {
        session_id: ID,
        tab_id: TabId::from_random(1),
        pane: Some(moved("/usr")),
        layout: tab(1).layout,
        zoomed_pane_id: None,
        revision: 2,
    };
    assert_eq!(state.apply(&Notice::Pane(updated)), Next::Nothing);
    assert_eq!(cwd().as_deref(), Some("/usr"));
    let mut later = ready(Some(TERMINAL));
    later.workspace.sessions[0].tabs[0].panes[0] = moved("/tmp");
    state.fill(&later);
    assert_eq!(cwd().as_deref(), Some("/tmp"));
}

#[test]
fn a_terminal_that_is_nowhere_any_more_is_forgotten() {
    let (_owner, state) = filled(Some(TERMINAL));
    let title = Notice::Title(TerminalTitle { terminal_id: TERMINAL, title: "vim".into() });
    assert_eq!(state.apply(&title), Next::Nothing);
    state.fill(&ready(Some(TERMINAL)));
    assert_eq!(state.terminal(TERMINAL).title.get_untracked().as_deref(), Some("vim"));
    state.fill(&ready(None));
    assert_eq!(state.terminal(TERMINAL).title.get_untracked(), None);
}

#[test]
fn one_question_is_asked_for_a_gap_until_it_is_closed() {
    let (_owner, state) = filled(None);
    assert_eq!(state.apply(&created(3, 1, 3)), Next::Sync);
    assert_eq!(state.apply(&created(4, 1, 4)), Next::Nothing, "one is under way");
    let answer =
        |revision| Workspace { sessions: vec![Session { revision, ..session() }], active_session_id: Some(ID) };
    assert_eq!(state.renew(Some(answer(3))), Next::Sync, "it is older than what was heard of");
    assert_eq!(state.renew(Some(answer(4))), Next::Nothing);
    assert_eq!(state.apply(&created(5, 1, 5)), Next::Nothing);
}

#[test]
fn the_tab_that_was_asked_for_last_is_the_one_that_is_shown() {
    let (_owner, state) = filled(None);
    let (two, three) = (TabId::from_random(2), TabId::from_random(3));
    for notice in [created(2, 1, 2), created(3, 2, 3)] {
        assert_eq!(state.apply(&notice), Next::Nothing);
    }
    let shown = || state.view().get_untracked().expect("it was filled").sessions[0].active_tab_id;
    let switched = |tab_id| Notice::TabSwitched(TabSwitched { session_id: ID, tab_id });
    state.switch(ID, two);
    state.switch(ID, three);
    assert_eq!(state.apply(&switched(two)), Next::Nothing);
    assert_eq!(shown(), Some(three));
    assert_eq!(state.apply(&switched(three)), Next::Nothing);
    assert_eq!(state.apply(&switched(two)), Next::Nothing);
    assert_eq!(shown(), Some(two));
}

#[test]
fn the_pane_that_takes_the_place_of_the_last_one_is_opened_by_whoever_shows_it() {
    let (_owner, state) = filled(Some(TERMINAL));
    for notice in [closed(1, 2), created(2, 0, 3), created(3, 1, 4)] {
        assert_eq!(state.apply(&notice), Next::Nothing);
    }
    let claimed = |n| state.pane(PaneId::from_random(n)).claimed.get_untracked();
    assert_eq!((claimed(2), claimed(3)), (true, false));
}
