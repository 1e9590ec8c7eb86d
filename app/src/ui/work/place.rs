//! Where this window is in the workspace: the tab it shows, the pane that has the keyboard, what of the tab can be seen.

mod area;
mod look;
mod recent;
mod room;

pub use area::{Area, percent};

use std::collections::{BTreeMap, BTreeSet};

use leptos::{ev, prelude::*};

use self::recent::Recent;
use crate::{
    client::ClientContext,
    people::{PeopleState, use_people},
    protocol::{PaneId, SessionId, TabId, pane::PaneFocus, tab::TabSwitch, workspace::MemberRole},
    workspace::{Arrangement, Divider, Rect, Room, TerminalState, WorkspaceState, use_workspace},
};

/// Up to this width one pane is shown at a time; the same as in the style sheet.
const NARROW: f64 = 760.0;

/// Where this window is.
#[derive(Clone, Copy)]
pub struct Place {
    workspace: WorkspaceState,
    people: PeopleState,
    session: Memo<Option<SessionId>>,
    may_arrange: Memo<bool>,
    tabs: Memo<Vec<TabId>>,
    panes: Memo<BTreeSet<PaneId>>,
    shown: Memo<Option<TabId>>,
    arrangement: Memo<Arrangement>,
    pane: Memo<Option<PaneId>>,
    visible: Memo<BTreeMap<PaneId, Area>>,
    recent: Recent,
    narrow: RwSignal<bool>,
    /// How large the panes may be together, once that is known.
    room: RwSignal<Option<Room>>,
    /// Whether there is room for one pane only.
    single: Memo<bool>,
    dividers: Memo<Vec<Divider>>,
    sliding: RwSignal<Option<Slide>>,
    summoned: RwSignal<Option<PaneId>>,
    /// The pane that the others in a session know this window to be in.
    told: StoredValue<Option<(SessionId, PaneId)>>,
    // Event handlers have no context of their own to ask.
    client: Option<ClientContext>,
}

/// A line between panes that is being moved: it is drawn where the person has it before the server has heard of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slide {
    /// A pane of the first part.
    pub first: PaneId,
    /// A pane of the second part.
    pub second: PaneId,
    /// The first part's share.
    pub ratio: f64,
}

/// Where the keyboard goes when another tab is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyboard {
    /// Into the terminal.
    Terminal,
    /// It stays where it is.
    Stays,
}

impl Place {
    /// Where the server says that the user was last.
    #[must_use]
    pub fn new() -> Self {
        let (workspace, people) = (use_workspace(), use_people());
        let view = workspace.view();
        let session = Memo::new(move |_| view.with(|view| view.as_ref()?.active_session().map(|session| session.id)));
        let may_arrange = Memo::new(move |_| {
            let role = view.with(|view| view.as_ref()?.active_session().map(|session| session.role));
            // Who is shown one terminal sees nothing of how it stands among others.
            matches!(role, Some(MemberRole::Owner | MemberRole::Collaborator)) && !people.sees_one_terminal()
        });
        let tabs = Memo::new(move |_| {
            let ids = view.with(|view| {
                let tabs = view.as_ref()?.active_session()?.tabs.iter();
                Some(tabs.map(|tab| tab.id).collect())
            });
            ids.unwrap_or_default()
        });
        let panes = Memo::new(move |_| {
            let ids = view.with(|view| {
                let panes = view.as_ref()?.active_session()?.tabs.iter().flat_map(|tab| &tab.panes);
                Some(panes.map(|pane| pane.id).collect())
            });
            ids.unwrap_or_default()
        });
        let shown = Memo::new(move |_| {
            view.with(|view| {
                let session = view.as_ref()?.active_session()?;
                session.active_tab_id.or_else(|| session.tabs.first().map(|tab| tab.id))
            })
        });
        let (recent, narrow, sliding) = (Recent::new(), RwSignal::new(false), RwSignal::new(None));
        let arrangement = Memo::new(move |_| {
            let arrangement = shown.get().map(|tab| workspace.tab(tab).arrangement.get()).unwrap_or_default();
            match sliding.get() {
                Some(Slide { first, second, ratio }) => arrangement.resized(first, second, ratio),
                None => arrangement,
            }
        });
        let room = RwSignal::new(None);
        let single = Memo::new(move |_| {
            let fits = |room| arrangement.with(|arrangement| arrangement.zoomed.is_some() || arrangement.fits(room));
            narrow.get() || !room.get().is_none_or(fits)
        });
        // A memo: an effect that read `single` and then `arrangement` would miss changes of the latter. To look whether `single`
        // has changed is to renew both, and what an effect renews while it looks does not wake it.
        let dividers = Memo::new(move |_| {
            let movable = may_arrange.get() && !single.get();
            arrangement.with(|arrangement| match arrangement.zoomed {
                None if movable => arrangement.dividers(),
                _ => Vec::new(),
            })
        });
        let pane = Memo::new(move |_| arrangement.with(|arrangement| recent.latest(arrangement, single.get())));
        let visible = Memo::new(move |_| {
            let alone = if single.get() { pane.get() } else { arrangement.with(|arrangement| arrangement.zoomed) };
            match alone {
                Some(pane) => BTreeMap::from([(pane, Area::of(Rect::WHOLE))]),
                None => arrangement.with(|arrangement| {
                    arrangement.places().into_iter().map(|(pane, rect)| (pane, Area::of(rect))).collect()
                }),
            }
        });
        Self {
            workspace,
            people,
            session,
            may_arrange,
            tabs,
            panes,
            shown,
            arrangement,
            pane,
            visible,
            recent,
            narrow,
            room,
            single,
            dividers,
            sliding,
            summoned: RwSignal::new(None),
            told: StoredValue::new(None),
            client: use_context(),
        }
    }

    /// Follows the width of the window, and has the keyboard go where it belongs when the pane that had it is gone, as long as
    /// the page lives.
    pub fn follow(self) {
        Effect::new(move || {
            self.measure();
            let resized = window_event_listener(ev::resize, move |_| self.measure());
            on_cleanup(move || resized.remove());
        });
        if let Some(status) = self.with_client(|client| client.link.status()) {
            Effect::new(move || {
                let is_known = status.client_id.read().is_some();
                // Another connection is another window to the server, which it has not been told of.
                if let Some((_, pane)) = self.told.get_value().filter(|_| is_known) {
                    self.told.set_value(None);
                    self.entered(pane);
                }
            });
        }
        Effect::new(move || {
            // Who shows another session is in no pane of the one before, for the others.
            let session = self.session.get();
            self.told.update_value(|told| *told = told.filter(|(told, _)| Some(*told) == session));
        });
        Effect::new(move || {
            // What can be seen needs no mark.
            let terminals: Vec<_> =
                self.visible.with(|visible| visible.keys().filter_map(|pane| self.terminal_in(*pane)).collect());
            for terminal in terminals.into_iter().filter(|terminal| terminal.stir.get().is_some()) {
                terminal.stir.set(None);
            }
        });
        Effect::new(move || {
            self.pane.track();
            // A tab takes along the button that closed it.
            self.tabs.track();
            // What is gone is out of the document by then.
            request_animation_frame(move || {
                if nobody_has_the_keyboard() {
                    self.focus_again();
                }
            });
        });
    }

    fn measure(self) {
        let width = window().inner_width().ok().and_then(|width| width.as_f64());
        let narrow = width.is_some_and(|width| width <= NARROW);
        if self.narrow.get_untracked() != narrow {
            self.narrow.set(narrow);
        }
    }

    /// What the server has said.
    pub fn workspace(self) -> WorkspaceState {
        self.workspace
    }

    /// The session that is shown.
    pub fn session(self) -> Option<SessionId> {
        self.session.get()
    }

    /// Whether the person may change what stands where; reading it in a view follows it.
    pub fn may_arrange(self) -> bool {
        self.may_arrange.get()
    }

    /// The tabs, in order.
    pub fn tabs(self) -> Memo<Vec<TabId>> {
        self.tabs
    }

    /// The tab that is shown.
    pub fn shown(self) -> Option<TabId> {
        self.shown.get()
    }

    /// Where the panes of the tab that is shown are, a line that is being moved included.
    pub fn arrangement(self) -> Memo<Arrangement> {
        self.arrangement
    }

    /// The pane that has the keyboard, or gets it next.
    pub fn pane(self) -> Option<PaneId> {
        self.pane.get()
    }

    /// The panes that can be seen, and where.
    pub fn visible(self) -> Memo<BTreeMap<PaneId, Area>> {
        self.visible
    }

    /// The lines that can be moved.
    pub fn dividers(self) -> Memo<Vec<Divider>> {
        self.dividers
    }

    /// Whether the session has this pane, in any tab.
    pub fn has(self, pane: PaneId) -> bool {
        self.panes.with(|panes| panes.contains(&pane))
    }

    /// So many of these panes that have not had the keyboard for the longest time.
    pub fn longest_unused(self, count: usize, of: &[PaneId]) -> Vec<PaneId> {
        let visible = self.visible.read_untracked();
        let hidden = of.iter().copied().filter(|pane| !visible.contains_key(pane)).collect();
        self.recent.longest_unused(count, hidden)
    }

    /// The pane that is shown alone, by anybody's wish.
    pub fn zoomed(self) -> Option<PaneId> {
        self.arrangement.with(|arrangement| arrangement.zoomed)
    }

    /// The panes of any tab, in the order in which they stand.
    pub fn panes_of(self, tab: TabId) -> Vec<PaneId> {
        self.workspace.tab(tab).arrangement.with(Arrangement::panes)
    }

    /// What is known of the terminal in the pane that has the keyboard.
    pub fn terminal(self) -> Option<TerminalState> {
        self.terminal_in(self.pane()?)
    }

    /// Its columns and rows.
    pub fn size(self) -> Option<(u16, u16)> {
        self.terminal()?.size.get()
    }

    /// What is known of the terminal in a pane.
    pub fn terminal_in(self, pane: PaneId) -> Option<TerminalState> {
        Some(self.workspace.terminal(self.workspace.pane(pane).terminal.get()?))
    }

    /// The pane of a tab that had the keyboard last.
    pub fn pane_in(self, tab: TabId) -> Option<PaneId> {
        let arrangement = self.workspace.tab(tab).arrangement;
        arrangement.with(|arrangement| self.recent.latest(arrangement, self.single.get()))
    }

    /// Shows a tab.
    pub fn switch(self, tab: TabId, keyboard: Keyboard) {
        let Some(session_id) = self.session.get_untracked() else { return };
        if self.shown.get_untracked() != Some(tab) {
            self.workspace.switch(session_id, tab);
            // Where it was shown is remembered for the user; that it is shown here needs nobody's word.
            self.with_client(|client| drop(client.link.emit(&TabSwitch { session_id, tab_id: tab })));
        }
        if keyboard == Keyboard::Terminal {
            self.focus_again();
        }
    }

    /// Gives a pane of the tab that is shown the keyboard.
    pub fn focus(self, pane: PaneId) {
        self.recent.remember(pane);
        self.summon(Some(pane));
    }

    /// Gives the keyboard back to the pane that had it last.
    pub fn focus_again(self) {
        self.summon(self.pane.try_get_untracked().flatten());
    }

    /// The keyboard is to go to this pane as soon as it can take it.
    fn summon(self, pane: Option<PaneId>) {
        self.summoned.try_set(pane);
    }

    /// Whether the keyboard is to go to this pane; the wish is fulfilled by asking.
    pub fn is_summoned(self, pane: PaneId) -> bool {
        let summoned = self.summoned.get() == Some(pane);
        if summoned {
            self.summoned.set(None);
        }
        summoned
    }

    /// A pane has the keyboard now; the others in the session are told.
    pub fn entered(self, pane: PaneId) {
        self.recent.remember(pane);
        // Another window of the same user may have told of another pane since.
        let place = self.session.get_untracked().zip(self.shown.get_untracked());
        let is_told = |session| self.told.get_value() == Some((session, pane));
        let is_known = |session| is_told(session) && self.known().is_none_or(|known| known == pane);
        let Some((session_id, tab_id)) = place.filter(|(session, _)| !is_known(*session)) else { return };
        self.told.set_value(Some((session_id, pane)));
        let focus = PaneFocus { session_id, tab_id, pane_id: pane };
        self.with_client(|client| drop(client.link.emit(&focus)));
    }

    /// The pane that the others see the user in.
    fn known(self) -> Option<PaneId> {
        let me = untrack(|| self.people.my_id());
        self.workspace.view().with_untracked(|view| {
            let members = &view.as_ref()?.active_session()?.members;
            members.iter().find(|member| member.user_id == me)?.pane_id
        })
    }

    /// Draws a line elsewhere until the server has said where it is.
    pub fn slide(self) -> RwSignal<Option<Slide>> {
        self.sliding
    }

    /// Acts on the ports of this window, if it has any.
    pub fn with_client<T>(self, act: impl FnOnce(&crate::client::Client) -> T) -> Option<T> {
        self.client.map(|client| client.with_value(act))
    }
}

/// Where this window is; there from the root component on.
#[must_use]
pub fn use_place() -> Place {
    expect_context()
}

/// Whether keys would go nowhere.
pub fn nobody_has_the_keyboard() -> bool {
    document().active_element().is_none_or(|element| element.tag_name() == "BODY")
}
