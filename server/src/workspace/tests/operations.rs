//! What is done to tabs and panes, one thing at a time.

use app::protocol::{
    layout::{Direction, Layout, Preset},
    workspace::{self as view, TabKind},
};

use super::*;

/// A session with one tab and one pane.
struct Scene {
    sessions: Sessions,
    id: SessionId,
}

impl Scene {
    fn new() -> Self {
        let sessions = Sessions::default();
        let id = enter(&sessions, "ada");
        Self { sessions, id }
    }

    /// Does something as its owner.
    fn act<T>(&self, act: impl FnOnce(&mut Session) -> Result<T, Denied>) -> Result<T, Denied> {
        self.sessions.act("ada", self.id, Action::ArrangePanes, act)
    }

    /// Does something that succeeds and takes the revision one further.
    #[track_caller]
    fn change<T>(&self, act: impl FnOnce(&mut Session) -> Result<T, Denied>) -> T {
        let before = self.view().revision;
        let told = self.act(act).unwrap();
        assert_eq!(self.view().revision, before + 1);
        told
    }

    /// Does something that is denied and changes nothing.
    #[track_caller]
    fn denied<T: std::fmt::Debug>(&self, expected: Denied, act: impl FnOnce(&mut Session) -> Result<T, Denied>) {
        let before = self.sessions.view("ada");
        assert_eq!(self.act(act).unwrap_err(), expected);
        assert_eq!(self.sessions.view("ada"), before);
    }

    fn view(&self) -> view::Session {
        self.sessions.view("ada").sessions.remove(0)
    }

    fn tab(&self, index: usize) -> view::Tab {
        self.view().tabs.remove(index)
    }

    fn titles(&self) -> Vec<String> {
        self.view().tabs.into_iter().map(|tab| tab.title).collect()
    }

    /// Makes another tab and returns its id.
    fn add_tab(&self) -> TabId {
        self.change(|session| session.create_tab("ada", None, TabKind::Terminal)).tab.id
    }

    /// Divides the first pane of the first tab and returns tab, first and new pane.
    fn split(&self) -> (TabId, PaneId, PaneId) {
        let tab = self.tab(0);
        let first = tab.panes[0].id;
        let created = self.change(|session| session.split(tab.id, first, Direction::Horizontal, None));
        (tab.id, first, created.pane.id)
    }

    fn open(&self, pane: PaneId, terminal: u64) -> TerminalId {
        let terminal = TerminalId::from_random(terminal);
        fill(&self.sessions, in_pane(pane), terminal);
        terminal
    }
}

const NOBODYS_TAB: TabId = TabId::NOBODY;
const NOBODYS_PANE: PaneId = PaneId::NOBODY;

#[test]
fn a_tab_has_the_lowest_number_that_is_free_until_it_is_named() {
    let scene = Scene::new();
    let (second, _third) = (scene.add_tab(), scene.add_tab());
    assert_eq!(scene.titles(), ["1", "2", "3"]);
    scene.change(|session| session.close_tab(second));
    assert_eq!(scene.titles(), ["1", "3"], "nobody else's number changes");
    let again = scene.add_tab();
    assert_eq!(scene.titles(), ["1", "3", "2"]);
    let updated = scene.change(|session| session.rename_tab(again, "  build\u{7} "));
    assert_eq!((updated.tab.title.as_str(), updated.index), ("build", 2));
    assert_eq!(scene.change(|session| session.rename_tab(again, " \n")).tab.title, "2");
    let created = scene.change(|session| session.create_tab("ada", Some("logs"), TabKind::AiAssistant));
    assert_eq!((created.tab.title.as_str(), created.tab.kind, created.index), ("logs", TabKind::AiAssistant, 3));
    assert_eq!(created.tab, scene.tab(3), "it is told as it is");
}

#[test]
fn a_title_that_is_too_long_is_denied() {
    let scene = Scene::new();
    let (tab, long) = (scene.tab(0).id, "x".repeat(MAX_TITLE + 1));
    let denied = Denied::TooLong { field: "title", most: MAX_TITLE };
    scene.denied(denied, |session| session.rename_tab(tab, &long));
    scene.denied(denied, |session| session.create_tab("ada", Some(&long), TabKind::Terminal));
}

#[test]
fn a_tab_goes_where_it_is_moved() {
    let check = |from: usize, to: usize, expected: [&str; 3]| {
        let scene = Scene::new();
        scene.add_tab();
        scene.add_tab();
        let tab = scene.tab(from).id;
        let updated = scene.change(|session| session.move_tab(tab, to));
        assert_eq!(scene.titles(), expected, "{from} to {to}");
        assert_eq!((updated.index, &updated.tab), (to.min(2), &scene.tab(to.min(2))));
    };
    check(0, 0, ["1", "2", "3"]);
    check(0, 1, ["2", "1", "3"]);
    check(0, 2, ["2", "3", "1"]);
    check(2, 0, ["3", "1", "2"]);
    check(1, usize::MAX, ["1", "3", "2"]);
}

#[test]
fn whoever_looked_at_a_closed_tab_looks_at_the_one_in_its_place() {
    let check = |closed: usize, expected: usize| {
        let scene = Scene::new();
        scene.add_tab();
        scene.add_tab();
        let (tab, expected) = (scene.tab(closed).id, scene.tab(expected).id);
        scene.act(|session| session.switch_tab("ada", tab)).unwrap();
        let closed = scene.change(|session| session.close_tab(tab));
        assert!(closed.made.is_none());
        assert_eq!(scene.view().active_tab_id, Some(expected));
    };
    check(0, 1);
    check(1, 2);
    check(2, 1);
}

#[test]
fn a_new_tab_takes_the_place_of_the_last_one() {
    let scene = Scene::new();
    let (tab, before) = (scene.tab(0), scene.view().revision);
    let terminal = scene.open(tab.panes[0].id, 1);
    let closed = scene.act(|session| session.close_tab(tab.id)).unwrap();
    assert_eq!((closed.told.tab_id, closed.told.revision), (tab.id, before + 2));
    let made = closed.made.unwrap();
    assert_eq!((made.revision, made.index, &made.tab), (before + 3, 0, &scene.tab(0)));
    assert_eq!((scene.view().tabs.len(), scene.view().active_tab_id), (1, Some(made.tab.id)));
    assert_eq!(closed.terminals, [terminal]);

    let pane = made.tab.panes[0].id;
    let closed = scene.act(|session| session.close_pane(made.tab.id, pane)).unwrap();
    assert_eq!((closed.told.layout, closed.told.revision), (None, before + 4));
    assert_eq!(closed.made.unwrap().revision, scene.view().revision);
}

#[test]
fn a_tab_is_switched_for_one_member_and_that_is_no_change() {
    let scene = Scene::new();
    let (first, second) = (scene.tab(0).id, scene.add_tab());
    assert_eq!(scene.view().active_tab_id, Some(second), "who makes a tab is shown it");
    let before = scene.view().revision;
    scene.act(|session| session.switch_tab("ada", first)).unwrap();
    assert_eq!((scene.view().active_tab_id, scene.view().revision), (Some(first), before));
    scene.denied(Denied::NoTab, |session| session.switch_tab("ada", NOBODYS_TAB));
}

#[test]
fn a_split_makes_an_empty_pane_beside_and_is_told_with_the_layout() {
    let scene = Scene::new();
    let tab = scene.tab(0);
    let first = tab.panes[0].id;
    let created = scene.change(|session| session.split(tab.id, first, Direction::Vertical, Some(0.01)));
    let (one, other) = (Layout::Pane { pane: first }, Layout::Pane { pane: created.pane.id });
    let expected =
        Layout::Split { split: Direction::Vertical, ratio: 0.05, first: Box::new(one), second: Box::new(other) };
    assert_eq!((&created.layout, created.tab_id), (&expected, tab.id));
    let after = scene.tab(0);
    assert_eq!((&after.layout, &after.panes[1]), (&expected, &created.pane));
    assert_eq!((created.pane.title.as_str(), created.pane.terminal_id), ("2", None));
    scene.denied(Denied::NoRatio, |session| session.split(tab.id, first, Direction::Vertical, Some(f64::NAN)));
    scene.denied(Denied::NoPane, |session| session.split(tab.id, NOBODYS_PANE, Direction::Vertical, None));
    scene.denied(Denied::NoTab, |session| session.split(NOBODYS_TAB, first, Direction::Vertical, None));
}

#[test]
fn a_divider_is_moved_and_told() {
    let scene = Scene::new();
    let only = scene.tab(0);
    scene.denied(Denied::NoNeighbour, |session| session.resize(only.id, only.panes[0].id, None, 0.3));
    let (tab, first, second) = scene.split();
    let updated = scene.change(|session| session.resize(tab, second, Some(first), 0.3));
    assert_eq!((&updated.layout, &updated.pane), (&scene.tab(0).layout, &None));
    assert!(matches!(updated.layout, Layout::Split { ratio: 0.3, .. }));
    scene.denied(Denied::NoRatio, |session| session.resize(tab, first, None, f64::NAN));
    scene.denied(Denied::NoOtherPane, |session| session.resize(tab, first, Some(NOBODYS_PANE), 0.3));
    scene.denied(Denied::NoOtherPane, |session| session.resize(tab, first, Some(first), 0.3));
    scene.denied(Denied::NoPane, |session| session.resize(tab, NOBODYS_PANE, Some(first), 0.3));
}

#[test]
fn a_pane_is_alone_until_it_is_closed_or_others_are_to_be_seen() {
    let zoomed = |then: fn(&Scene, TabId, PaneId, PaneId)| {
        let scene = Scene::new();
        let (tab, first, second) = scene.split();
        assert_eq!(scene.change(|session| session.zoom(tab, second)).zoomed_pane_id, Some(second));
        assert_eq!(scene.tab(0).zoomed_pane_id, Some(second));
        then(&scene, tab, first, second);
        scene.tab(0).zoomed_pane_id.is_some()
    };
    assert!(!zoomed(|scene, tab, first, _| drop(scene.change(|session| session.unzoom(tab, first)))));
    assert!(!zoomed(|scene, tab, _, second| drop(scene.change(|session| session.close_pane(tab, second)))));
    assert!(!zoomed(|scene, tab, _, second| {
        scene.change(|session| session.split(tab, second, Direction::Vertical, None));
    }));
    assert!(!zoomed(|scene, tab, _, _| drop(scene.change(|session| session.arrange(tab, Preset::Grid)))));
    assert!(zoomed(|scene, tab, first, _| drop(scene.change(|session| session.close_pane(tab, first)))));
    assert!(zoomed(|scene, tab, first, _| drop(scene.change(|session| session.resize(tab, first, None, 0.3)))));
    zoomed(|scene, tab, _, _| scene.denied(Denied::NoPane, |session| session.zoom(tab, NOBODYS_PANE)));
}

#[test]
fn a_closed_pane_leaves_its_space_and_its_terminal_is_nowhere() {
    let scene = Scene::new();
    let before = scene.tab(0);
    let (tab, _, second) = scene.split();
    let terminal = scene.open(second, 1);
    assert!(scene.sessions.holds(terminal));
    let closed = scene.change(|session| session.close_pane(tab, second));
    assert_eq!((&closed.told.layout, closed.terminals), (&Some(before.layout.clone()), vec![terminal]));
    assert_eq!(scene.tab(0), before);
    assert!(!scene.sessions.holds(terminal));
    assert!(scene.sessions.access("ada", terminal).is_some(), "who watches it still receives what it has said");
    scene.sessions.forget(terminal);
    assert_eq!(scene.sessions.access("ada", terminal), None);
    scene.denied(Denied::NoPane, |session| session.close_pane(tab, second));
}

#[test]
fn a_pane_belongs_to_one_tab() {
    let scene = Scene::new();
    let (other, pane) = (scene.add_tab(), scene.tab(0).panes[0].id);
    scene.denied(Denied::NoPane, |session| session.split(other, pane, Direction::Vertical, None));
    scene.denied(Denied::NoPane, |session| session.close_pane(other, pane));
    scene.denied(Denied::NoPane, |session| session.focus("ada", "ada".into(), other, pane));
    let wanted = Wanted { tab: Some(other), ..in_pane(pane) };
    assert_eq!(scene.sessions.reserve("ada", wanted).unwrap_err(), Denied::NoPane);
}

#[test]
fn a_pane_that_is_closed_while_its_terminal_comes_takes_none() {
    let scene = Scene::new();
    let (tab, _, second) = scene.split();
    let place = scene.sessions.reserve("ada", in_pane(second)).unwrap();
    scene.change(|session| session.close_pane(tab, second));
    let terminal = TerminalId::from_random(1);
    assert_eq!(place.fill(terminal).unwrap_err(), Denied::ClosedMeanwhile);
    assert_eq!(scene.sessions.access("ada", terminal), None);
}

#[test]
fn a_terminal_for_a_tab_comes_into_the_first_pane_that_is_empty() {
    let scene = Scene::new();
    let (tab, first, second) = scene.split();
    let wanted = Wanted { tab: Some(tab), ..Wanted::default() };
    scene.open(first, 1);
    let place = scene.sessions.reserve("ada", wanted).unwrap();
    assert_eq!(place.pane, second);
    let filled = place.fill(TerminalId::from_random(2)).unwrap().0;
    let Filled::Pane(updated) = filled else { panic!("{filled:?}") };
    assert_eq!((updated.pane.as_ref(), updated.revision), (scene.tab(0).panes.get(1), scene.view().revision));
    let taken = scene.sessions.reserve("ada", wanted).unwrap_err();
    assert_eq!(taken, Denied::Occupied(TerminalId::from_random(1)));
}

#[test]
fn a_tab_that_comes_with_its_terminal_is_told_as_made() {
    let scene = Scene::new();
    let reserve = || scene.sessions.reserve("ada", Wanted::default()).unwrap();
    let (one, other) = (reserve(), reserve());
    let before = scene.view();
    assert_eq!(before.tabs.len(), 1, "nobody sees it before");
    other.fill(TerminalId::from_random(2)).unwrap();
    let Filled::Tab(created) = one.fill(TerminalId::from_random(1)).unwrap().0 else { panic!("a tab") };
    assert_eq!((created.index, created.revision, &created.tab), (2, before.revision + 2, &scene.tab(2)));
    assert_eq!(
        (scene.titles(), scene.view().active_tab_id),
        (vec!["1".into(), "2".into(), "3".into()], Some(created.tab.id))
    );
}

#[test]
fn there_are_so_many_panes_and_tabs_and_no_more() {
    let scene = Scene::new();
    let (tab, first, _) = scene.split();
    let split = |tab, pane| move |session: &mut Session| session.split(tab, pane, Direction::Horizontal, None);
    (2..MAX_PANES).for_each(|_| drop(scene.change(split(tab, first))));
    scene.denied(Denied::TooManyPanes, split(tab, first));

    let coming = scene.sessions.reserve("ada", Wanted::default()).unwrap();
    (1..MAX_TABS - 1).for_each(|_| {
        scene.add_tab();
    });
    let create = |session: &mut Session| session.create_tab("ada", None, TabKind::Terminal);
    scene.denied(Denied::TooManyTabs, create);
    assert_eq!(scene.sessions.reserve("ada", Wanted::default()).unwrap_err(), Denied::TooManyTabs);
    drop(coming);
    let full: Vec<_> = (1..MAX_TABS - 1).map(|at| scene.tab(at)).collect();
    let room = MAX_PANES_IN_ALL - (MAX_PANES + full.len());
    full.iter().cycle().take(room).for_each(|tab| drop(scene.change(split(tab.id, tab.panes[0].id))));
    scene.denied(Denied::TooManyPanesInAll, split(full[0].id, full[0].panes[0].id));
    scene.denied(Denied::TooManyPanesInAll, create);
}

#[test]
fn terminals_of_one_tab_are_put_back_side_by_side_when_nothing_but_their_labels_is_left() {
    let scene = Scene::new();
    let (tab, first, second) = scene.split();
    let mut labels = Vec::new();
    for (number, pane) in [(1, first), (2, second)] {
        let place = scene.sessions.reserve("ada", in_pane(pane)).unwrap();
        labels.push((place.label(None), TerminalId::from_random(number)));
        place.fill(TerminalId::from_random(number)).unwrap();
    }
    let after = Sessions::default();
    labels.iter().for_each(|(label, terminal)| assert_eq!(after.restore(label, *terminal), None));
    let restored = after.view("ada").sessions.remove(0).tabs.remove(0);
    assert_eq!((restored.id, &restored.panes, &restored.layout), (tab, &scene.tab(0).panes, &scene.tab(0).layout));
}
