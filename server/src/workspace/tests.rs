mod joining;
mod operations;
mod people;
mod seen;
mod series;

use app::protocol::session::UserRole;

use super::*;

fn user(id: &str) -> UserView {
    UserView { id: id.to_owned(), name: id.to_owned(), role: UserRole::User }
}

/// Opens a window called like its user.
fn enter(sessions: &Sessions, user_id: &str) -> SessionId {
    sessions.enter(&user(user_id), user_id.into())
}

/// Opens a terminal and returns the one that was there.
fn fill(sessions: &Sessions, wanted: Wanted, terminal: TerminalId) -> Option<TerminalId> {
    sessions.reserve("ada", wanted).unwrap().fill(terminal).unwrap().1
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
    let id = enter(&sessions, "ada");
    assert_eq!(enter(&sessions, "ada"), id, "the second window shows the same session");
    let view = sessions.view("ada");
    let session = view.active_session().unwrap();
    assert_eq!((view.sessions.len(), session.id, session.tabs.len()), (1, id, 1));
    assert_eq!((session.tabs[0].panes.len(), session.tabs[0].panes[0].terminal_id), (1, None));
}

#[test]
fn a_member_is_online_while_a_window_is_open() {
    let sessions = Sessions::default();
    let online = || sessions.view("ada").active_session().unwrap().members[0].online;
    enter(&sessions, "ada");
    sessions.enter(&user("ada"), "another".into());
    sessions.leave("ada", "ada");
    assert!(online());
    sessions.leave("ada", "ada");
    assert!(online(), "it has left already");
    sessions.leave("ada", "another");
    assert!(!online());
}

#[test]
fn a_terminal_fills_its_pane_and_the_revision_grows() {
    let sessions = Sessions::default();
    enter(&sessions, "ada");
    let before = sessions.view("ada").sessions[0].revision;
    let pane = only_pane(&sessions, "ada");
    let terminal = TerminalId::from_random(7);
    assert_eq!(fill(&sessions, in_pane(pane), terminal), None);
    let session = sessions.view("ada").sessions.remove(0);
    assert_eq!((session.revision, session.tabs[0].panes[0].terminal_id), (before + 1, Some(terminal)));
}

#[test]
fn a_pane_takes_one_terminal_at_a_time() {
    let sessions = Sessions::default();
    enter(&sessions, "ada");
    let pane = only_pane(&sessions, "ada");
    let place = sessions.reserve("ada", in_pane(pane)).unwrap();
    assert_eq!(sessions.reserve("ada", in_pane(pane)).unwrap_err(), Denied::Opening);
    let terminal = TerminalId::from_random(7);
    place.fill(terminal).unwrap();
    assert_eq!(sessions.reserve("ada", in_pane(pane)).unwrap_err(), Denied::Occupied(terminal));
}

#[test]
fn an_ended_terminal_keeps_its_pane_until_another_is_opened_there() {
    let sessions = Sessions::default();
    enter(&sessions, "ada");
    let pane = only_pane(&sessions, "ada");
    let (first, second) = (TerminalId::from_random(1), TerminalId::from_random(2));
    fill(&sessions, in_pane(pane), first);
    sessions.ended(first);
    assert!(sessions.access("ada", first).is_some());
    assert_eq!(fill(&sessions, in_pane(pane), second), Some(first));
    assert_eq!(sessions.access("ada", first), None, "it is nowhere any more");
}

#[test]
fn a_pane_says_where_its_shell_is_until_another_comes() {
    let sessions = Sessions::default();
    let session = enter(&sessions, "ada");
    let pane = only_pane(&sessions, "ada");
    let (first, second) = (TerminalId::from_random(1), TerminalId::from_random(2));
    let place = sessions.reserve("ada", in_pane(pane)).unwrap();
    let tab = place.tab;
    place.fill(first).unwrap();
    let before = sessions.view("ada").sessions[0].revision;
    let updated = sessions.moved(first, "/usr".to_owned()).unwrap();
    assert_eq!((updated.session_id, updated.tab_id, updated.revision), (session, tab, before + 1));
    let shown = updated.pane.unwrap();
    assert_eq!(shown, sessions.view("ada").sessions[0].tabs[0].panes[0]);
    assert_eq!((shown.id, shown.cwd.as_deref()), (pane, Some("/usr")));
    assert_eq!(sessions.moved(first, "/usr".to_owned()), None, "it was there already");
    sessions.ended(first);
    fill(&sessions, in_pane(pane), second);
    assert_eq!(sessions.view("ada").sessions[0].tabs[0].panes[0].cwd, None);
    assert_eq!(sessions.moved(first, "/".to_owned()), None, "it is nowhere any more");
}

#[test]
fn a_dropped_reservation_leaves_everything_as_it_was() {
    let sessions = Sessions::default();
    enter(&sessions, "ada");
    let before = sessions.view("ada");
    drop(sessions.reserve("ada", in_pane(only_pane(&sessions, "ada"))).unwrap());
    drop(sessions.reserve("ada", Wanted::default()).unwrap());
    assert_eq!(sessions.view("ada"), before);
}

#[test]
fn without_a_pane_a_new_tab_is_made() {
    let sessions = Sessions::default();
    enter(&sessions, "ada");
    let place = sessions.reserve("ada", Wanted::default()).unwrap();
    let (tab, pane) = (place.tab, place.pane);
    place.fill(TerminalId::from_random(1)).unwrap();
    let tabs = &sessions.view("ada").sessions[0].tabs;
    assert_eq!((tabs.len(), tabs[1].id, tabs[1].panes[0].id), (2, tab, pane));
}

#[test]
fn a_workspace_is_put_together_again_from_its_labels() {
    let before = Sessions::default();
    enter(&before, "ada");
    let (one, two, three) = (TerminalId::from_random(1), TerminalId::from_random(2), TerminalId::from_random(3));
    let mut labels = Vec::new();
    for (terminal, wanted) in [(one, in_pane(only_pane(&before, "ada"))), (two, Wanted::default())] {
        let place = before.reserve("ada", wanted).unwrap();
        labels.push((place.label(None), terminal));
        place.fill(terminal).unwrap();
    }
    before.ended(two);
    let place = before.reserve("ada", in_pane(before.view("ada").sessions[0].tabs[1].panes[0].id)).unwrap();
    labels.push((Label { opened_at_ms: u64::MAX, ..place.label(None) }, three));
    place.fill(three).unwrap();

    let after = Sessions::default();
    let restored =
        |(label, terminal): &(Label, TerminalId)| after.restore(&Label::read(&label.write()).unwrap(), *terminal);
    assert_eq!(labels.iter().map(restored).collect::<Vec<_>>(), [None, None, Some(two)]);
    enter(&after, "ada");
    let (mut before, mut after) = (before.view("ada"), after.view("ada"));
    // Labels do not say who has been shown which tab, and how often something has changed.
    for view in [&mut before, &mut after] {
        (view.sessions[0].revision, view.sessions[0].active_tab_id) = (0, None);
    }
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
    let of_ada = enter(&sessions, "ada");
    enter(&sessions, "eve");
    let pane = only_pane(&sessions, "ada");
    let terminal = TerminalId::from_random(7);
    fill(&sessions, in_pane(pane), terminal);
    assert_eq!(sessions.access("ada", terminal), Some((of_ada, MemberRole::Owner)));
    assert_eq!(sessions.access("eve", terminal), None);
    assert_eq!(sessions.reserve("eve", in_pane(pane)).unwrap_err(), Denied::NoPane);
    let wanted = Wanted { session: Some(of_ada), ..Wanted::default() };
    assert_eq!(sessions.reserve("eve", wanted).unwrap_err(), Denied::NoSession);
    assert_eq!(sessions.view("eve").sessions.len(), 1);
}
