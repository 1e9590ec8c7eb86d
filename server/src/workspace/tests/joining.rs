//! Who gets in, by each setting alone and by all together; and what holds after any series of comings and goings.

use app::protocol::{
    people::{SessionCreate, SessionUpdate},
    workspace::SessionSettings,
};
use proptest::prelude::*;

use super::*;

fn newcomer(user_id: &str, role: MemberRole, is_admitted: bool) -> Newcomer {
    Newcomer { user_id: user_id.to_owned(), name: user_id.to_owned(), role, only: None, is_admitted }
}

fn update(session_id: SessionId, settings: SessionSettings) -> SessionUpdate {
    // All of them are named, whatever they are before.
    let settings = serde_json::from_value(serde_json::to_value(settings).unwrap()).unwrap();
    SessionUpdate { session_id, name: None, description: None, settings: Some(settings), revision: None }
}

fn set(sessions: &Sessions, id: SessionId, settings: SessionSettings) -> Updated {
    sessions.update("ada", &update(id, settings)).unwrap()
}

#[test]
fn each_setting_decides_for_itself() {
    let open = SessionSettings::default();
    let closed_to_viewers = SessionSettings { allow_observers: false, ..open };
    let closed_to_collaborators = SessionSettings { allow_collaborators: false, ..open };
    let asking = SessionSettings { require_approval_for_join: true, ..open };
    let full = SessionSettings { max_users: 1, ..open };
    let with_owner = SessionSettings { auto_close_on_owner_disconnect: true, ..open };
    let (viewer, collaborator) = (MemberRole::Viewer, MemberRole::Collaborator);
    // Settings, who wants in, whether they have been let in before, whether the owner is here, and what comes of it.
    let table = [
        (open, viewer, false, true, Ok("joined")),
        (open, collaborator, false, false, Ok("joined")),
        (closed_to_viewers, viewer, true, true, Err(Denied::NoObservers)),
        (closed_to_viewers, collaborator, false, true, Ok("joined")),
        (closed_to_collaborators, collaborator, true, true, Err(Denied::NoCollaborators)),
        (closed_to_collaborators, viewer, false, true, Ok("joined")),
        (asking, viewer, false, true, Ok("asked")),
        (asking, viewer, true, true, Ok("joined")),
        (full, viewer, true, true, Err(Denied::Full(1))),
        (with_owner, viewer, false, true, Ok("joined")),
        (with_owner, viewer, false, false, Err(Denied::OwnerAway)),
    ];
    for (settings, role, is_admitted, owner_is_here, expected) in table {
        let sessions = Sessions::default();
        let id = enter(&sessions, "ada");
        set(&sessions, id, settings);
        if !owner_is_here {
            sessions.leave("ada", "ada");
        }
        let joined = sessions.join(id, newcomer("eve", role, is_admitted)).map(|joined| match joined.entry {
            Entry::Joined(_) => "joined",
            Entry::Asked => "asked",
            Entry::Member | Entry::Asking => "nothing new",
        });
        assert_eq!(joined, expected, "{settings:?} {role:?} {is_admitted} {owner_is_here}");
    }
}

#[test]
fn a_session_is_handed_over_only_where_there_is_a_role_to_go_on_with() {
    let open = SessionSettings::default();
    for (settings, expected) in [
        (open, Ok(MemberRole::Collaborator)),
        (SessionSettings { allow_collaborators: false, ..open }, Ok(MemberRole::Viewer)),
        (SessionSettings { allow_collaborators: false, allow_observers: false, ..open }, Err(Denied::NoMember)),
    ] {
        let sessions = Sessions::default();
        let id = enter(&sessions, "ada");
        let role = if settings.allow_observers { MemberRole::Viewer } else { MemberRole::Collaborator };
        sessions.join(id, newcomer("eve", role, false)).unwrap();
        set(&sessions, id, settings);
        let next = sessions.set_role("ada", id, "eve", MemberRole::Owner).map(|_| sessions.role("ada", id).unwrap());
        assert_eq!(next, expected, "{settings:?}");
    }
}

#[test]
fn who_becomes_the_owner_sees_all_of_the_session() {
    let sessions = Sessions::default();
    let id = enter(&sessions, "ada");
    let (shown, hidden) = (TerminalId::from_random(1), TerminalId::from_random(2));
    fill(&sessions, in_pane(only_pane(&sessions, "ada")), shown);
    fill(&sessions, Wanted::default(), hidden);
    sessions.join(id, Newcomer { only: Some(shown), ..newcomer("eve", MemberRole::Viewer, false) }).unwrap();
    let (_, seen) = sessions.set_role("ada", id, "eve", MemberRole::Collaborator).unwrap();
    assert_eq!(
        (seen, sessions.access("eve", hidden)),
        (None, None),
        "what she may do there is more, and no more is there"
    );
    let (_, seen) = sessions.set_role("ada", id, "eve", MemberRole::Owner).unwrap();
    assert_eq!(seen.unwrap().tabs.len(), 2);
    assert_eq!(sessions.access("eve", hidden), Some((id, MemberRole::Owner)));
    assert_eq!(sessions.allow("eve", id, Action::DeleteSession), Ok(()));
}

#[test]
fn who_waits_is_counted_and_told_to_the_owner_alone() {
    let sessions = Sessions::default();
    let id = enter(&sessions, "ada");
    set(&sessions, id, SessionSettings { require_approval_for_join: true, ..SessionSettings::default() });
    let ask = |user: &str| sessions.join(id, newcomer(user, MemberRole::Viewer, false)).map(|joined| joined.entry);
    for number in 0..MAX_ASKING {
        assert_eq!(ask(&format!("user {number}")), Ok(Entry::Asked));
    }
    assert_eq!((ask("user 0"), ask("one more")), (Ok(Entry::Asking), Err(Denied::TooManyAsking)));
    assert!(sessions.view("user 0").sessions.is_empty(), "who waits sees nothing");
    let joined = sessions.decide("ada", id, "user 0", true).unwrap().unwrap();
    assert_eq!(joined.told.unwrap().user.user_id, "user 0");
    assert_eq!((sessions.decide("ada", id, "user 1", false), ask("one more")), (Ok(None), Ok(Entry::Asked)));
    let seen = |user: &str| sessions.view(user).sessions[0].asking.len();
    assert_eq!((seen("ada"), seen("user 0")), (MAX_ASKING - 1, 0));
}

#[test]
fn a_guest_who_was_given_one_terminal_sees_and_does_nothing_else() {
    let sessions = Sessions::default();
    let id = enter(&sessions, "ada");
    let (shown, hidden) = (TerminalId::from_random(1), TerminalId::from_random(2));
    fill(&sessions, in_pane(only_pane(&sessions, "ada")), shown);
    fill(&sessions, Wanted::default(), hidden);
    let only = Newcomer { only: Some(shown), ..newcomer("guest_1", MemberRole::Collaborator, false) };
    sessions.join(id, only).unwrap();
    let seen = sessions.view("guest_1").sessions.remove(0);
    assert_eq!((seen.tabs.len(), seen.tabs[0].panes[0].terminal_id), (1, Some(shown)));
    assert_eq!((sessions.access("guest_1", hidden), sessions.access("guest_1", shown).is_some()), (None, true));
    let of_one_terminal = [Action::Look, Action::Focus, Action::Type, Action::ResizeTerminal, Action::Leave]
        .map(|action| format!("{action:?}"));
    for action in [
        Action::Look,
        Action::SwitchTab,
        Action::Focus,
        Action::Read,
        Action::Say,
        Action::Leave,
        Action::ArrangeTabs,
        Action::ArrangePanes,
        Action::OpenTerminal,
        Action::Type,
        Action::ResizeTerminal,
        Action::CloseTerminal,
        Action::ChangeSession,
        Action::Share,
    ] {
        let expected =
            if of_one_terminal.contains(&format!("{action:?}")) { Ok(()) } else { Err(Denied::OnlyTerminal) };
        assert_eq!(sessions.allow("guest_1", id, action), expected, "{action:?}");
    }
    sessions.enter(&user("guest_1"), "c_1".into());
    assert!(!sessions.windows(id).contains(&"c_1".into()));
    assert_eq!(sessions.windows_on(id, hidden), ["ada".into()]);
    assert_eq!(sessions.windows_on(id, shown), ["ada".into(), "c_1".into()]);
}

const USERS: [&str; 5] = ["ada", "bob", "eve", "guest_1", "guest_2"];

/// Something that somebody does, or tries to.
#[derive(Clone, Debug)]
enum Step {
    Join(usize, MemberRole, bool),
    Decide(usize, usize, bool),
    SetRole(usize, usize, MemberRole),
    Remove(usize, usize),
    Quit(usize),
    Update(usize, SessionSettings),
    Withdraw(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let who = || 0..USERS.len();
    let role = || prop_oneof![Just(MemberRole::Owner), Just(MemberRole::Collaborator), Just(MemberRole::Viewer)];
    let joins = || prop_oneof![Just(MemberRole::Collaborator), Just(MemberRole::Viewer)];
    let settings =
        (any::<[bool; 3]>(), 0..6u32).prop_map(|([observers, collaborators, approval], max_users)| SessionSettings {
            allow_observers: observers,
            allow_collaborators: collaborators,
            require_approval_for_join: approval,
            max_users,
            ..SessionSettings::default()
        });
    prop_oneof![
        4 => (who(), joins(), any::<bool>()).prop_map(|(user, role, is_admitted)| Step::Join(user, role, is_admitted)),
        2 => (who(), who(), any::<bool>()).prop_map(|(by, user, approved)| Step::Decide(by, user, approved)),
        3 => (who(), who(), role()).prop_map(|(by, user, role)| Step::SetRole(by, user, role)),
        1 => (who(), who()).prop_map(|(by, user)| Step::Remove(by, user)),
        1 => who().prop_map(Step::Quit),
        2 => (who(), settings).prop_map(|(by, settings)| Step::Update(by, settings)),
        1 => who().prop_map(Step::Withdraw),
    ]
}

/// Does it, and returns how many changes of the session that was.
fn act(sessions: &Sessions, id: SessionId, step: &Step) -> u64 {
    match *step {
        Step::Join(user, role, is_admitted) => {
            let joined = sessions.join(id, newcomer(USERS[user], role, is_admitted));
            u64::from(joined.is_ok_and(|joined| matches!(joined.entry, Entry::Joined(_))))
        }
        Step::Decide(by, user, approved) => {
            u64::from(sessions.decide(USERS[by], id, USERS[user], approved).is_ok_and(|joined| joined.is_some()))
        }
        Step::SetRole(by, user, role) => u64::from(sessions.set_role(USERS[by], id, USERS[user], role).is_ok()),
        Step::Remove(by, user) => u64::from(sessions.remove(USERS[by], id, USERS[user]).is_ok()),
        Step::Quit(user) => u64::from(sessions.quit(USERS[user], id).is_ok()),
        Step::Update(by, settings) => {
            let entered = |updated: &Updated| updated.decided.iter().filter(|(_, joined)| joined.is_ok()).count();
            let changes = |updated: Updated| 1 + (updated.out.len() + entered(&updated)) as u64;
            sessions.update(USERS[by], &update(id, settings)).map_or(0, changes)
        }
        Step::Withdraw(user) => {
            sessions.withdraw(USERS[user], None);
            0
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whoever_comes_and_goes_a_session_has_one_owner_and_each_change_one_revision(steps in prop::collection::vec(step(), 1..60)) {
        let sessions = Sessions::default();
        let id = enter(&sessions, "ada");
        let look = || {
            let books = sessions.books();
            let session = &books.sessions[&id];
            let owner = session.members.owner().unwrap().user_id.clone();
            drop(books);
            sessions.view(&owner).sessions.into_iter().find(|session| session.id == id).unwrap()
        };
        let mut before = look();
        sessions.unsaved();
        for step in steps {
            let changes = act(&sessions, id, &step);
            let after = look();
            prop_assert_eq!(after.revision, before.revision + changes, "{:?}", step);
            let owners: Vec<_> = after.members.iter().filter(|member| member.role == MemberRole::Owner).collect();
            prop_assert_eq!(owners.len(), 1);
            prop_assert!(!owners[0].user_id.starts_with("guest_"));
            let mut ids: Vec<_> = after.members.iter().map(|member| &member.user_id).collect();
            ids.extend(after.asking.iter().map(|asking| &asking.user_id));
            let count = ids.len();
            ids.sort();
            ids.dedup();
            prop_assert_eq!(ids.len(), count, "nobody is in it twice, or waits before it while they are in");
            // Each setting holds for everybody, whenever they have come.
            let SessionSettings { allow_observers, allow_collaborators, require_approval_for_join, max_users, .. } =
                after.settings;
            prop_assert!(after.members.len() <= max_users as usize, "{:?}", step);
            prop_assert!(after.members.iter().all(|member| match member.role {
                MemberRole::Owner => true,
                MemberRole::Collaborator => allow_collaborators,
                MemberRole::Viewer => allow_observers,
            }), "{:?}", step);
            prop_assert!(require_approval_for_join || after.asking.is_empty(), "{:?}", step);
            // What is stored is what there is.
            let stored = sessions.unsaved().into_iter().any(|change| matches!(change, Change::Session(record) if record.id == id));
            prop_assert_eq!(stored, changes > 0);
            before = after;
        }
    }
}

#[test]
fn who_is_away_after_a_restart_has_the_whole_time_to_come_back() {
    let sessions = Sessions::default();
    let id = enter(&sessions, "ada");
    let terminal = TerminalId::from_random(1);
    fill(&sessions, in_pane(only_pane(&sessions, "ada")), terminal);
    let settings = SessionSettings {
        session_timeout_minutes: 3,
        auto_close_on_owner_disconnect: true,
        ..SessionSettings::default()
    };
    set(&sessions, id, settings);
    for user in ["eve", "guest_1"] {
        sessions.join(id, newcomer(user, MemberRole::Viewer, false)).unwrap();
    }
    let records = sessions.unsaved().into_iter().filter_map(|change| match change {
        Change::Session(record) => Some(*record),
        _ => None,
    });
    let restored = Sessions::default();
    restored.restore_all(records.collect(), Vec::new(), |_| true);
    let (now, patience) = (Instant::now(), Patience::default());
    let after = |seconds: u64| restored.overdue(now + std::time::Duration::from_secs(seconds), patience);
    assert_eq!(after(9), []);
    let others = vec!["eve".to_owned(), "guest_1".to_owned()];
    assert_eq!(after(12), [Overdue::Owner(id, others)]);
    assert!(after(32).contains(&Overdue::Guest(id, "guest_1".to_owned())));
    let idle = Overdue::Idle(vec![terminal]);
    assert!(!after(179).contains(&idle) && after(182).contains(&idle));
    // Whoever is back stops it.
    enter(&restored, "ada");
    assert!(!after(182).iter().any(|overdue| matches!(overdue, Overdue::Owner(..) | Overdue::Idle(_))));
}

#[test]
fn what_is_stored_comes_back_as_it_was() {
    let sessions = Sessions::default();
    let id = enter(&sessions, "ada");
    let (living, lost) = (TerminalId::from_random(1), TerminalId::from_random(2));
    let pane = only_pane(&sessions, "ada");
    fill(&sessions, in_pane(pane), living);
    sessions.moved(living, "/usr".to_owned());
    fill(&sessions, Wanted::default(), lost);
    sessions.moved(lost, "/tmp".to_owned());
    let settings = SessionSettings { max_users: 9, ..SessionSettings::default() };
    let wanted = SessionCreate { name: Some("work".to_owned()), description: None, settings: Some(settings) };
    sessions.create(&user("ada"), &wanted).unwrap();
    sessions.join(id, newcomer("eve", MemberRole::Viewer, false)).unwrap();

    let (mut records, mut shown) = (Vec::new(), Vec::new());
    for change in sessions.unsaved() {
        match change {
            Change::Session(record) => records.push(*record),
            Change::Shown { user_id, session } => {
                shown.retain(|(user, _)| *user != user_id);
                shown.push((user_id, session));
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(sessions.unsaved().is_empty(), "once");
    let restored = Sessions::default();
    restored.restore_all(records, shown, |terminal| terminal == living);
    assert_eq!(enter(&restored, "ada"), sessions.view("ada").active_session_id.unwrap());
    assert_eq!((restored.home(living), restored.home(lost)), (Some(id), None));
    let mut expected = sessions.view("ada");
    let lost_pane = expected.sessions.iter_mut().flat_map(|session| &mut session.tabs).flat_map(|tab| &mut tab.panes);
    lost_pane.filter(|pane| pane.terminal_id == Some(lost)).for_each(|pane| pane.terminal_id = None);
    assert_eq!(restored.view("ada"), expected, "but for what nobody holds any more");
    let mut titles = expected.sessions.iter().flat_map(|session| &session.tabs).flat_map(|tab| &tab.panes);
    assert!(titles.any(|pane| pane.cwd.as_deref() == Some("/tmp") && pane.terminal_id.is_none()));
    assert!(restored.unsaved().is_empty());
}
