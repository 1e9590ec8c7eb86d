//! Random series of everything that can be done to a session, and two copies in the browser that follow.

use std::collections::BTreeSet;

use app::{
    protocol::{
        layout::{Direction, Layout, Preset},
        workspace::{self as view, TabKind},
    },
    workspace::{Applied, Notice, apply, renew},
};
use proptest::prelude::*;

use super::*;

/// One thing that is done. What it is done to is said by its place.
#[derive(Clone, Debug)]
enum Step {
    CreateTab,
    CloseTab(usize),
    RenameTab(usize, String),
    MoveTab(usize, usize),
    SwitchTab(usize),
    Split(usize, usize, Direction, Option<f64>),
    Resize(usize, usize, Option<usize>, f64),
    Zoom(usize, usize, bool),
    Arrange(usize, Preset),
    Focus(usize, usize),
    ClosePane(usize, usize),
    Open(Option<(usize, usize)>),
    End(usize),
    Walk(usize, bool),
}

fn step() -> impl Strategy<Value = Step> {
    let at = || 0..8usize;
    let direction = prop_oneof![Just(Direction::Horizontal), Just(Direction::Vertical)];
    let preset = prop_oneof![Just(Preset::Even), Just(Preset::Row), Just(Preset::Column), Just(Preset::Grid)];
    prop_oneof![
        2 => Just(Step::CreateTab),
        2 => at().prop_map(Step::CloseTab),
        1 => (at(), "[a-z]{0,3}").prop_map(|(tab, title)| Step::RenameTab(tab, title)),
        2 => (at(), at()).prop_map(|(tab, index)| Step::MoveTab(tab, index)),
        1 => at().prop_map(Step::SwitchTab),
        6 => (at(), at(), direction, prop::option::of(-0.5..1.5)).prop_map(|(tab, pane, to, ratio)| Step::Split(tab, pane, to, ratio)),
        3 => (at(), at(), prop::option::of(at()), -0.5..1.5).prop_map(|(tab, pane, other, ratio)| Step::Resize(tab, pane, other, ratio)),
        2 => (at(), at(), any::<bool>()).prop_map(|(tab, pane, zoomed)| Step::Zoom(tab, pane, zoomed)),
        1 => (at(), preset).prop_map(|(tab, preset)| Step::Arrange(tab, preset)),
        1 => (at(), at()).prop_map(|(tab, pane)| Step::Focus(tab, pane)),
        4 => (at(), at()).prop_map(|(tab, pane)| Step::ClosePane(tab, pane)),
        3 => prop::option::of((at(), at())).prop_map(Step::Open),
        1 => at().prop_map(Step::End),
        1 => (at(), any::<bool>()).prop_map(|(terminal, is_home)| Step::Walk(terminal, is_home)),
    ]
}

/// A session, and how many terminals it has had.
struct Scene {
    sessions: Sessions,
    id: SessionId,
    opened: u64,
}

impl Scene {
    fn new() -> Self {
        let sessions = Sessions::default();
        let id = enter(&sessions, "ada");
        Self { sessions, id, opened: 0 }
    }

    fn view(&self) -> view::Session {
        self.sessions.view("ada").sessions.remove(0)
    }

    fn act<T>(&self, act: impl FnOnce(&mut Session) -> Result<T, Denied>) -> Option<T> {
        self.sessions.act("ada", self.id, Action::ArrangePanes, act).ok()
    }

    /// Takes a step; returns what members are told, which is nothing when it is denied.
    fn take(&mut self, step: &Step) -> Vec<Notice> {
        let session = self.view();
        let tab = |at: usize| &session.tabs[at % session.tabs.len()];
        let pane = |at: usize, pane: usize| {
            let tab = tab(at);
            (tab.id, tab.panes[pane % tab.panes.len()].id)
        };
        let terminals: Vec<_> =
            session.tabs.iter().flat_map(|tab| &tab.panes).filter_map(|pane| pane.terminal_id).collect();
        let terminal = |at: usize| terminals.get(at % terminals.len().max(1)).copied();
        let told: Option<Vec<Notice>> = match *step {
            Step::CreateTab => self
                .act(|session| session.create_tab("ada", None, TabKind::Terminal))
                .map(|told| vec![Notice::TabCreated(told)]),
            Step::CloseTab(at) => {
                let closed = self.act(|session| session.close_tab(tab(at).id));
                closed.map(|closed| after(Notice::TabClosed(closed.told), closed.made))
            }
            Step::RenameTab(at, ref title) => {
                self.act(|session| session.rename_tab(tab(at).id, title)).map(|told| vec![Notice::TabUpdated(told)])
            }
            Step::MoveTab(at, to) => {
                self.act(|session| session.move_tab(tab(at).id, to)).map(|told| vec![Notice::TabUpdated(told)])
            }
            Step::SwitchTab(at) => {
                self.act(|session| session.switch_tab("ada", tab(at).id));
                None
            }
            Step::Split(at, of, direction, ratio) => {
                let (tab, pane) = pane(at, of);
                self.act(|session| session.split(tab, pane, direction, ratio))
                    .map(|told| vec![Notice::PaneCreated(told)])
            }
            Step::Resize(at, of, other, ratio) => {
                let ((tab, of), other) = (pane(at, of), other.map(|other| pane(at, other).1));
                self.act(|session| session.resize(tab, of, other, ratio)).map(|told| vec![Notice::Pane(told)])
            }
            Step::Zoom(at, of, zoomed) => {
                let (tab, pane) = pane(at, of);
                let zoom = |session: &mut Session| match zoomed {
                    true => session.zoom(tab, pane),
                    false => session.unzoom(tab, pane),
                };
                self.act(zoom).map(|told| vec![Notice::Pane(told)])
            }
            Step::Arrange(at, preset) => {
                self.act(|session| session.arrange(tab(at).id, preset)).map(|told| vec![Notice::Pane(told)])
            }
            Step::Focus(at, of) => {
                let (tab, pane) = pane(at, of);
                self.act(|session| session.focus("ada", "ada".into(), tab, pane))
                    .map(|told| vec![Notice::UserFocused(told)])
            }
            Step::ClosePane(at, of) => {
                let (tab, pane) = pane(at, of);
                let closed = self.act(|session| session.close_pane(tab, pane));
                closed.map(|closed| after(Notice::PaneClosed(closed.told), closed.made))
            }
            Step::Open(at) => {
                self.opened += 1;
                let wanted = at.map_or(Wanted::default(), |(at, of)| in_pane(pane(at, of).1));
                let place = self.sessions.reserve("ada", wanted).ok();
                place.map(|place| match place.fill(TerminalId::from_random(self.opened)).unwrap().0 {
                    Filled::Pane(told) => vec![Notice::Pane(told)],
                    Filled::Tab(told) => vec![Notice::TabCreated(told)],
                })
            }
            Step::End(at) => {
                terminal(at).into_iter().for_each(|terminal| self.sessions.ended(terminal));
                None
            }
            Step::Walk(at, is_home) => {
                let directory = if is_home { "/home" } else { "/" };
                let moved = terminal(at).and_then(|terminal| self.sessions.moved(terminal, directory.to_owned()));
                moved.map(|told| vec![Notice::Pane(told)])
            }
        };
        told.unwrap_or_default()
    }
}

fn after(told: Notice, made: Option<app::protocol::tab::TabCreated>) -> Vec<Notice> {
    std::iter::once(told).chain(made.map(Notice::TabCreated)).collect()
}

fn panes(layout: &Layout, found: &mut Vec<PaneId>) {
    match layout {
        Layout::Pane { pane } => found.push(*pane),
        Layout::Split { ratio, first, second, .. } => {
            assert!((0.05..=0.95).contains(ratio), "{ratio}");
            panes(first, found);
            panes(second, found);
        }
    }
}

/// What holds of every session at every time.
fn check(session: &view::Session) {
    let mut ids = BTreeSet::new();
    assert!(!session.tabs.is_empty());
    for tab in &session.tabs {
        let mut placed = Vec::new();
        panes(&tab.layout, &mut placed);
        placed.sort();
        let mut there: Vec<_> = tab.panes.iter().map(|pane| pane.id).collect();
        there.sort();
        assert_eq!(placed, there, "each pane is in the layout once");
        assert!(there.iter().all(|pane| ids.insert(*pane)), "and in one tab");
        assert!(tab.zoomed_pane_id.is_none_or(|pane| there.contains(&pane)));
    }
    let titles: BTreeSet<_> =
        session.tabs.iter().map(|tab| &tab.title).filter(|title| title.parse::<u8>().is_ok()).collect();
    let numbered = session.tabs.iter().filter(|tab| tab.title.parse::<u8>().is_ok()).count();
    assert_eq!(titles.len(), numbered, "no number twice");
    let active = session.active_tab_id.unwrap();
    assert!(session.tabs.iter().any(|tab| tab.id == active));
    let focused = session.members.iter().filter_map(|member| member.pane_id);
    focused.for_each(|pane| assert!(ids.contains(&pane)));
}

/// A window's copy, as its page keeps it, and how many times it has asked for everything.
struct Copy {
    workspace: Workspace,
    asked: usize,
}

impl Copy {
    /// Takes over a notice as it comes over the wire.
    fn hear(&mut self, scene: &Scene, notice: &Notice) {
        if apply(&mut self.workspace, &sent(notice), "ada") == Applied::Gap {
            self.asked += 1;
            renew(&mut self.workspace, scene.sessions.view("ada"));
        }
    }

    /// What it holds, but for the tab that is shown, which is the window's own affair.
    fn shared(&self) -> view::Session {
        view::Session { active_tab_id: None, ..self.workspace.sessions[0].clone() }
    }
}

/// A notice after the way to a page.
fn sent(notice: &Notice) -> Notice {
    fn way<E: app::protocol::Event + serde::Serialize>(event: &E) -> Notice {
        Notice::decode(E::NAME, &serde_json::to_string(event).unwrap()).unwrap().unwrap()
    }
    match notice {
        Notice::TabCreated(told) => way(told),
        Notice::TabUpdated(told) => way(told),
        Notice::TabClosed(told) => way(told),
        Notice::PaneCreated(told) => way(told),
        Notice::Pane(told) => way(told),
        Notice::PaneClosed(told) => way(told),
        Notice::UserFocused(told) => way(told),
        other => panic!("{other:?} is not told here"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn whatever_is_done_the_session_is_whole_and_each_change_is_one_revision(
        steps in prop::collection::vec(step(), 1..60)
    ) {
        let mut scene = Scene::new();
        for step in &steps {
            let before = scene.view();
            let told = scene.take(step);
            let after = scene.view();
            check(&after);
            let revisions: Vec<_> = told.iter().filter_map(Notice::revision).collect();
            let expected: Vec<_> = (before.revision + 1..=after.revision).map(|revision| (scene.id, revision)).collect();
            prop_assert_eq!(revisions, expected, "{:?}", step);
            let kept = view::Session { active_tab_id: before.active_tab_id, members: before.members.clone(), ..after.clone() };
            prop_assert!(after.revision > before.revision || kept == before, "{step:?} has changed something in secret");
        }
    }

    #[test]
    fn two_copies_that_follow_are_like_the_session_even_when_notices_are_lost(
        steps in prop::collection::vec((step(), prop::bool::weighted(0.1)), 1..60)
    ) {
        let mut scene = Scene::new();
        let copy = || Copy { workspace: scene.sessions.view("ada"), asked: 0 };
        let (mut faithful, mut forgetful) = (copy(), copy());
        for (step, is_lost) in &steps {
            for notice in scene.take(step) {
                faithful.hear(&scene, &notice);
                // What is no change has no revision by which it could be missed.
                if !is_lost || notice.revision().is_none() {
                    forgetful.hear(&scene, &notice);
                }
            }
            let shown = view::Session { active_tab_id: None, ..scene.view() };
            prop_assert_eq!(faithful.shared(), shown, "{:?}", step);
        }
        prop_assert_eq!(faithful.asked, 0, "nothing was missing");
        // The next change tells that something was lost.
        scene.take(&Step::CreateTab).iter().for_each(|notice| forgetful.hear(&scene, notice));
        let shown = view::Session { active_tab_id: None, ..scene.view() };
        prop_assert_eq!(forgetful.shared(), shown);
    }
}
