//! What is decided by what somebody saw before others changed it.

use app::protocol::{
    layout::{Direction, Preset},
    people::SessionUpdate,
    workspace::TabKind,
};

use super::*;

/// A session with two tabs. The first has two panes, and a terminal in one of them.
struct Scene {
    sessions: Sessions,
    id: SessionId,
    tab: TabId,
    panes: [PaneId; 2],
    other: (TabId, PaneId),
}

const TERMINAL: TerminalId = TerminalId::from_random(7);
const ANOTHER: TerminalId = TerminalId::from_random(8);

impl Scene {
    fn set() -> Self {
        let sessions = Sessions::default();
        let id = enter(&sessions, "ada");
        let tab = sessions.view("ada").sessions[0].tabs[0].id;
        let first = only_pane(&sessions, "ada");
        fill(&sessions, in_pane(first), TERMINAL);
        let split = |session: &mut Session| session.split(tab, first, Direction::Horizontal, None);
        let second = sessions.act("ada", id, Action::ArrangePanes, split).unwrap().pane.id;
        let create = |session: &mut Session| session.create_tab("ada", None, TabKind::Terminal);
        let other = sessions.act("ada", id, Action::ArrangeTabs, create).unwrap().tab;
        Self { sessions, id, tab, panes: [first, second], other: (other.id, other.panes[0].id) }
    }

    fn revision(&self) -> u64 {
        self.sessions.view("ada").sessions[0].revision
    }

    /// Does something to it, as somebody who does not say what they have seen.
    #[track_caller]
    fn act<T>(&self, act: impl FnOnce(&mut Session) -> Result<T, Denied>) {
        drop(self.sessions.act("ada", self.id, Action::ArrangePanes, act).unwrap());
    }

    fn rename(&self, revision: Option<u64>) -> Result<Updated, Denied> {
        let name = Some("release night".to_owned());
        let update = SessionUpdate { session_id: self.id, name, description: None, settings: None, revision };
        self.sessions.update("ada", &update)
    }

    /// Which parts may be acted on by who saw them at a revision: the tab, its title, the row of tabs, the
    /// settings.
    fn fresh(&self, revision: Option<u64>) -> [bool; 4] {
        [Part::Tab(self.tab), Part::Title(self.tab), Part::Row, Part::Settings].map(|part| {
            let seen = part.at(revision);
            let acted = self.sessions.act_on("ada", self.id, Action::ArrangePanes, seen, |_| Ok(()));
            assert!(matches!(acted, Ok(()) | Err(Denied::Stale)), "{acted:?}");
            acted.is_ok()
        })
    }
}

/// Something that somebody does.
type Deed = fn(&Scene);

const NONE: [bool; 4] = [true, true, true, true];
const TAB: [bool; 4] = [false, true, true, true];
const TITLE: [bool; 4] = [false, false, true, true];
const ROW: [bool; 4] = [true, true, false, true];
const SETTINGS: [bool; 4] = [true, true, true, false];

/// What somebody does, and of which part that leaves others with something they have not seen.
const TABLE: &[(&str, Deed, [bool; 4])] = &[
    ("nothing", |_| {}, NONE),
    ("a shell goes elsewhere", |scene| drop(scene.sessions.moved(TERMINAL, "/usr".to_owned()).unwrap()), NONE),
    ("a shell ends", |scene| scene.sessions.ended(TERMINAL), NONE),
    ("a shell is opened", |scene| assert_eq!(fill(&scene.sessions, in_pane(scene.panes[1]), ANOTHER), None), NONE),
    (
        "somebody is in another pane",
        |scene| scene.act(|session| session.focus("ada", "ada".into(), scene.tab, scene.panes[1])),
        NONE,
    ),
    ("another tab is shown", |scene| scene.act(|session| session.switch_tab("ada", scene.tab)), NONE),
    ("somebody comes", |scene| drop(scene.sessions.join(scene.id, newcomer()).unwrap()), NONE),
    ("another tab is named", |scene| scene.act(|session| session.rename_tab(scene.other.0, "x")), NONE),
    ("another tab is placed anew", |scene| scene.act(|session| session.arrange(scene.other.0, Preset::Grid)), NONE),
    ("the tab is named", |scene| scene.act(|session| session.rename_tab(scene.tab, "x")), TITLE),
    ("a pane is divided", |scene| scene.act(|session| divide(session, scene.tab, scene.panes[0])), TAB),
    ("a line is moved", |scene| scene.act(|session| session.resize(scene.tab, scene.panes[0], None, 0.3)), TAB),
    ("a pane is shown alone", |scene| scene.act(|session| session.zoom(scene.tab, scene.panes[0])), TAB),
    ("all are shown", |scene| scene.act(|session| session.unzoom(scene.tab, scene.panes[0])), TAB),
    ("all are placed anew", |scene| scene.act(|session| session.arrange(scene.tab, Preset::Column)), TAB),
    ("a pane is closed", |scene| scene.act(|session| session.close_pane(scene.tab, scene.panes[1])), TAB),
    ("a tab is made", |scene| scene.act(|session| session.create_tab("ada", None, TabKind::Terminal)), ROW),
    ("a tab comes with a shell", |scene| assert_eq!(fill(&scene.sessions, Wanted::default(), ANOTHER), None), ROW),
    ("a tab is moved", |scene| scene.act(|session| session.move_tab(scene.other.0, 0)), ROW),
    ("another tab is closed", |scene| scene.act(|session| session.close_tab(scene.other.0)), ROW),
    ("a tab goes with its pane", |scene| scene.act(|session| session.close_pane(scene.other.0, scene.other.1)), ROW),
    ("the session is named", |scene| drop(scene.rename(None).unwrap()), SETTINGS),
];

fn divide(session: &mut Session, tab: TabId, pane: PaneId) -> Result<(), Denied> {
    session.split(tab, pane, Direction::Vertical, None).map(drop)
}

fn newcomer() -> Newcomer {
    let (user_id, name) = ("eve".to_owned(), "Eve".to_owned());
    Newcomer { user_id, name, role: MemberRole::Viewer, only: None, is_admitted: true }
}

#[test]
fn who_has_not_seen_the_last_change_of_a_part_may_not_act_on_that_part() {
    for (what, deed, expected) in TABLE {
        let scene = Scene::set();
        let seen = scene.revision();
        deed(&scene);
        assert_eq!(scene.fresh(Some(seen)), *expected, "{what}");
        assert_eq!(scene.fresh(Some(scene.revision())), NONE, "{what}, and everybody has seen it");
        assert_eq!(scene.fresh(None), NONE, "{what}, and nobody says what they have seen");
    }
}

#[test]
fn what_is_refused_as_seen_too_long_ago_changes_nothing_and_may_be_repeated() {
    let scene = Scene::set();
    let seen = Some(scene.revision());
    scene.rename(seen).unwrap();
    let before = scene.sessions.view("ada");
    assert_eq!(scene.rename(seen).unwrap_err(), Denied::Stale);
    assert_eq!(scene.sessions.view("ada"), before);
    scene.rename(Some(scene.revision())).unwrap();
}

#[test]
fn who_may_not_or_means_what_is_gone_hears_that_and_not_that_it_has_changed() {
    let scene = Scene::set();
    scene.sessions.join(scene.id, newcomer()).unwrap();
    let close = |user: &str| {
        let seen = Part::Tab(scene.tab).at(Some(0));
        let close = |session: &mut Session| session.close_tab(scene.tab).map(drop);
        scene.sessions.act_on(user, scene.id, Action::ArrangeTabs, seen, close)
    };
    assert_eq!(close("eve"), Err(Denied::OnlyLook));
    assert_eq!(close("mallory"), Err(Denied::NoSession));
    assert_eq!(close("ada"), Err(Denied::Stale));
    scene.act(|session| session.close_tab(scene.tab));
    assert_eq!(close("ada"), Err(Denied::NoTab));
}

#[test]
fn of_what_was_seen_before_a_restart_nobody_knows_whether_it_is_still_so() {
    let scene = Scene::set();
    let seen = scene.revision();
    scene.sessions.moved(TERMINAL, "/usr".to_owned()).unwrap();
    let record = scene.sessions.unsaved().into_iter().find_map(|change| match change {
        Change::Session(record) => Some(*record),
        _ => None,
    });
    let sessions = Sessions::default();
    sessions.restore_all(record.into_iter().collect(), Vec::new(), |_| true);
    let scene = Scene { sessions, ..scene };
    assert_eq!(scene.fresh(Some(seen)), [false; 4]);
    assert_eq!(scene.fresh(Some(scene.revision())), NONE);
}
