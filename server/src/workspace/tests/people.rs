//! Who may do what, and what each of several people sees.

use app::protocol::workspace::TabKind;

use super::*;

/// Ada's session, with Carl who may change it and Vera who may look.
fn three() -> (Sessions, SessionId) {
    let sessions = Sessions::default();
    let id = enter(&sessions, "ada");
    {
        let mut books = sessions.books();
        let members = &mut books.sessions.get_mut(&id).unwrap().members;
        members.add("carl".to_owned(), "Carl".to_owned(), MemberRole::Collaborator);
        members.add("vera".to_owned(), "Vera".to_owned(), MemberRole::Viewer);
    }
    (sessions, id)
}

#[test]
fn what_one_may_not_is_denied_by_who_may() {
    let (sessions, id) = three();
    let check = |user: &str, action: Action, expected: Result<(), Denied>| {
        assert_eq!(sessions.act(user, id, action, |_| Ok(())), expected, "{user} {action:?}");
    };
    check("ada", Action::Share, Ok(()));
    check("carl", Action::Share, Err(Denied::OnlyOwner));
    check("vera", Action::Share, Err(Denied::OnlyOwner));
    check("carl", Action::ArrangeTabs, Ok(()));
    check("vera", Action::ArrangeTabs, Err(Denied::OnlyLook));
    check("vera", Action::SwitchTab, Ok(()));
    check("eve", Action::Look, Err(Denied::NoSession));
    let wanted = Wanted { session: Some(id), ..Wanted::default() };
    assert_eq!(sessions.reserve("vera", wanted).unwrap_err(), Denied::OnlyLook);
    assert!(sessions.reserve("carl", wanted).is_ok());
    assert_eq!(sessions.act("ada", SessionId::NOBODY, Action::Look, |_| Ok(())), Err(Denied::NoSession));
}

#[test]
fn each_member_sees_their_own_role_and_tab() {
    let (sessions, id) = three();
    let seen = |user: &str| {
        let session = sessions.view(user).sessions.into_iter().find(|session| session.id == id).unwrap();
        (session.role, session.active_tab_id)
    };
    let first = sessions.view("ada").sessions[0].tabs[0].id;
    let create = |session: &mut Session| session.create_tab("carl", None, TabKind::Terminal);
    let second = sessions.act("carl", id, Action::ArrangeTabs, create).unwrap().tab.id;
    assert_eq!(seen("ada"), (MemberRole::Owner, Some(first)));
    assert_eq!(seen("carl"), (MemberRole::Collaborator, Some(second)));
    assert_eq!(seen("vera"), (MemberRole::Viewer, Some(first)));
    assert!(sessions.view("eve").sessions.is_empty());
}

#[test]
fn the_windows_of_a_session_are_those_of_its_members() {
    let (sessions, id) = three();
    sessions.enter(&user("carl"), "c_1".into());
    sessions.enter(&user("carl"), "c_2".into());
    sessions.enter(&user("eve"), "c_3".into());
    assert_eq!(sessions.windows(id), ["ada".into(), "c_1".into(), "c_2".into()]);
    assert_eq!(sessions.visited(), 3, "each of the three is in one of their own");
    let carl = sessions.view("ada").sessions[0].members[1].clone();
    assert_eq!((carl.online, carl.client_ids, carl.color), (true, vec!["c_1".to_owned(), "c_2".to_owned()], 1));
}

#[test]
fn a_member_is_in_the_pane_they_were_last_in_until_it_is_closed() {
    let (sessions, id) = three();
    let where_is_ada = || sessions.view("carl").sessions[0].members[0].pane_id;
    let tab = sessions.view("ada").sessions[0].tabs[0].clone();
    let before = sessions.view("ada").sessions[0].revision;
    let focused = sessions
        .act("ada", id, Action::Focus, |session| session.focus("ada", "ada".into(), tab.id, tab.panes[0].id))
        .unwrap();
    assert_eq!((focused.user_id.as_str(), where_is_ada()), ("ada", Some(tab.panes[0].id)));
    assert_eq!(sessions.view("ada").sessions[0].revision, before, "that is no change of the session");
    sessions.act("carl", id, Action::ArrangeTabs, |session| session.close_tab(tab.id)).unwrap();
    assert_eq!(where_is_ada(), None);
}
