//! Asks the server for what a person does to tabs and panes; what comes of it is drawn when the server says so.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    protocol::{
        PaneId, Request, SessionId, TabId,
        layout::Direction,
        pane::{PaneArrange, PaneClose, PaneResize, PaneSplit, PaneZoom},
        tab::{TabClose, TabCreate, TabMove, TabRename},
        terminal::TerminalClose,
        workspace::TabKind,
    },
    workspace::TerminalState,
};

use super::{
    super::{
        confirm::{Confirm, Question, use_confirm},
        refusal,
        text::{Message, Texts, use_texts},
        toasts::{Toasts, use_toasts},
    },
    Deed,
    drag::Drag,
    growth,
    place::{Keyboard, Place, Slide, use_place},
};

/// Does what a person wants with tabs and panes.
#[derive(Clone, Copy)]
pub struct Arranger {
    place: Place,
    confirm: Confirm,
    text: Texts,
    toasts: Toasts,
    renaming: RwSignal<Option<TabId>>,
    dragged: RwSignal<Option<Drag>>,
    /// How many changes are asked for and not answered yet.
    waiting: StoredValue<usize>,
}

impl Arranger {
    /// Takes what it needs from the context.
    #[must_use]
    pub fn new() -> Self {
        Self {
            place: use_place(),
            confirm: use_confirm(),
            text: use_texts(),
            toasts: use_toasts(),
            renaming: RwSignal::new(None),
            dragged: RwSignal::new(None),
            waiting: StoredValue::new(0),
        }
    }

    /// The tab that is being named.
    pub fn renaming(self) -> RwSignal<Option<TabId>> {
        self.renaming
    }

    /// The tab that is under the pointer.
    pub fn dragged(self) -> RwSignal<Option<Drag>> {
        self.dragged
    }

    /// Lets the tab go back that is dragged; whether there is one.
    pub fn stop_dragging(self) -> bool {
        let drags = self.dragged.with_untracked(|drag| drag.as_ref().is_some_and(Drag::has_begun));
        if drags {
            self.dragged.set(None);
        }
        drags
    }

    /// Whether the person may do it; reading it in a view follows it.
    pub fn may(self, deed: Deed) -> bool {
        let has_what_it_takes = match deed {
            Deed::EndShell => self.place.terminal().is_some_and(|terminal| terminal.ended.with(Option::is_none)),
            _ => true,
        };
        has_what_it_takes && (!deed.arranges() || self.place.may_arrange())
    }

    /// Does it to the tab that is shown, or the pane that has the keyboard; for an event handler.
    pub fn run(self, deed: Deed) {
        untrack(|| {
            if !self.may(deed) {
                return;
            }
            if deed == Deed::NewTab {
                self.create_tab();
            } else if let Some((session, tab)) = self.place.session().zip(self.place.shown()) {
                self.run_on(deed, session, tab);
            }
        });
    }

    fn run_on(self, deed: Deed, session_id: SessionId, tab: TabId) {
        match deed {
            Deed::NewTab => self.create_tab(),
            Deed::CloseTab => self.close_tab(tab),
            Deed::RenameTab => self.renaming.set(Some(tab)),
            Deed::NextTab => self.step_tab(tab, 1),
            Deed::PreviousTab => self.step_tab(tab, -1),
            Deed::TabLater => self.shift_tab(tab, 1),
            Deed::TabEarlier => self.shift_tab(tab, -1),
            Deed::NextPane => self.step_pane(1),
            Deed::PreviousPane => self.step_pane(-1),
            Deed::SplitRight | Deed::SplitBelow | Deed::ClosePane | Deed::EndShell | Deed::ZoomPane => {
                if let Some(pane) = self.place.pane() {
                    self.run_on_pane(deed, pane);
                }
            }
            Deed::GoLeft | Deed::GoRight | Deed::GoUp | Deed::GoDown => {
                let next = self.place.pane().zip(deed.toward()).and_then(|(pane, toward)| {
                    self.place.arrangement().with(|arrangement| arrangement.neighbour(pane, toward))
                });
                if let Some(next) = next {
                    self.go_to(next);
                }
            }
            Deed::Wider | Deed::Narrower | Deed::Taller | Deed::Shorter => self.grow(deed),
            Deed::Even | Deed::Row | Deed::Column | Deed::Grid => {
                if let Some(preset) = deed.preset() {
                    let revision = self.revision();
                    self.ask(deed.id(), &PaneArrange { session_id, tab_id: tab, preset, revision }, |_| {});
                }
            }
        }
    }

    /// Does it to a pane of the tab that is shown; for an event handler.
    pub fn run_on_pane(self, deed: Deed, pane: PaneId) {
        match deed {
            Deed::ClosePane => self.close_pane(pane),
            Deed::EndShell => self.end_shell(pane),
            Deed::ZoomPane => untrack(|| self.zoom(pane, self.place.zoomed().is_none())),
            _ => {
                if let Some(direction) = deed.division() {
                    self.split(deed, pane, direction);
                }
            }
        }
    }

    /// Takes a tab away, after asking where a command runs in it.
    pub fn close_tab(self, tab_id: TabId) {
        let Some(session_id) = untrack(|| self.place.session()) else { return };
        let close = move |revision| self.ask(Deed::CloseTab.id(), &TabClose { session_id, tab_id, revision }, |_| {});
        self.unless_busy(
            &untrack(|| self.place.terminals_in(tab_id)),
            Message::CloseTabAsked,
            Message::CloseTab,
            close,
        );
    }

    /// Gives a tab another title, which was chosen by what there was at a revision.
    pub fn rename_tab(self, tab_id: TabId, title: String, revision: Option<u64>) {
        let Some(session_id) = untrack(|| self.place.session()) else { return };
        self.ask(Deed::RenameTab.id(), &TabRename { session_id, tab_id, title, revision }, |_| {});
    }

    /// Puts a tab in another place, which was chosen by what there was at a revision; `then` is done when it is there, or will
    /// not be.
    pub fn move_tab(self, tab_id: TabId, index: usize, revision: Option<u64>, then: impl FnOnce() + 'static) {
        let Some(session_id) = untrack(|| self.place.session()) else { return then() };
        self.attempt(Deed::TabLater.id(), &TabMove { session_id, tab_id, index, revision }, |_| then());
    }

    /// The revision of the session as this window shows it, for who decides by that; none while it changes by this window's own
    /// wish, which is nothing to look at again.
    pub fn revision(self) -> Option<u64> {
        let view = self.place.workspace().view();
        let shown = view.with_untracked(|view| view.as_ref()?.active_session().map(|session| session.revision));
        shown.filter(|_| self.waiting.get_value() == 0)
    }

    /// Moves a line between panes; it is drawn there at once.
    pub fn resize(self, slide: Slide) {
        let Slide { first, second, ratio } = slide;
        let Some((session_id, tab_id)) = untrack(|| self.place.session().zip(self.place.shown())) else { return };
        let drawn = self.place.slide();
        drawn.set(Some(slide));
        let other_pane_id = Some(second);
        let resize = PaneResize { session_id, tab_id, pane_id: first, other_pane_id, ratio, revision: None };
        self.attempt("pane-resize", &resize, move |_| {
            // The line may have been taken further meanwhile.
            if drawn.try_get_untracked().flatten() == Some(slide) {
                drawn.set(None);
            }
        });
    }

    fn create_tab(self) {
        let Some(session_id) = self.place.session() else { return };
        let create = TabCreate { session_id, title: None, kind: TabKind::Terminal };
        self.ask(Deed::NewTab.id(), &create, move |created| {
            if let Some(pane) = created.tab.panes.first() {
                self.place.workspace().claim(pane.id);
            }
            self.place.switch(created.tab.id, Keyboard::Terminal);
        });
    }

    fn split(self, deed: Deed, pane_id: PaneId, direction: Direction) {
        let Some((session_id, tab_id)) = untrack(|| self.place.session().zip(self.place.shown())) else { return };
        if !untrack(|| self.place.may_divide(pane_id, direction)) {
            return self.toasts.failed(self.text.once(Message::NoRoom));
        }
        let split = PaneSplit { session_id, tab_id, pane_id, direction, ratio: None, revision: None };
        self.ask(deed.id(), &split, move |created| {
            self.place.workspace().claim(created.pane.id);
            self.place.focus(created.pane.id);
        });
    }

    fn zoom(self, pane_id: PaneId, zoomed: bool) {
        let Some((session_id, tab_id)) = self.place.session().zip(self.place.shown()) else { return };
        let zoom = PaneZoom { session_id, tab_id, pane_id, zoomed, revision: None };
        self.ask(Deed::ZoomPane.id(), &zoom, move |_| self.place.focus(pane_id));
    }

    fn close_pane(self, pane_id: PaneId) {
        let Some((session_id, tab_id)) = untrack(|| self.place.session().zip(self.place.shown())) else { return };
        let terminals: Vec<_> = untrack(|| self.place.terminal_in(pane_id)).into_iter().collect();
        let close = move |revision| {
            self.ask(Deed::ClosePane.id(), &PaneClose { session_id, tab_id, pane_id, revision }, |_| {});
        };
        self.unless_busy(&terminals, Message::ClosePaneAsked, Message::ClosePane, close);
    }

    /// Ends the shell of a pane, after asking where a command runs in it.
    fn end_shell(self, pane: PaneId) {
        let Some(terminal_id) = untrack(|| self.place.workspace().pane(pane).terminal.get()) else { return };
        let terminals: Vec<_> = untrack(|| self.place.terminal_in(pane)).into_iter().collect();
        let end = move |_| self.ask(Deed::EndShell.id(), &TerminalClose { terminal_id }, |_| {});
        self.unless_busy(&terminals, Message::EndShellAsked, Message::EndShell, end);
    }

    /// Moves the line beside the pane that has the keyboard; a pane that is shown alone has none.
    fn grow(self, deed: Deed) {
        let lines = self.place.dividers().get();
        let Some((pane, (direction, growth))) = self.place.pane().zip(deed.growth()) else { return };
        let places = self.place.arrangement().with(crate::workspace::Arrangement::places);
        let place = places.iter().find(|(other, _)| *other == pane).map(|(_, place)| *place);
        let bounds = |line: &_| self.place.bounds(line);
        if let Some(slide) = place.and_then(|place| growth::slide(&lines, bounds, place, direction, growth)) {
            self.resize(slide);
        }
    }

    /// Goes to another pane of the tab; where one is shown alone, the other one is from then on.
    fn go_to(self, pane: PaneId) {
        if self.place.zoomed().is_some() && !self.place.is_single() {
            if self.place.may_arrange() {
                self.zoom(pane, true);
            }
        } else {
            self.place.focus(pane);
        }
    }

    fn step_pane(self, by: isize) {
        let panes = self.place.arrangement().with(crate::workspace::Arrangement::panes);
        let next = self.place.pane().and_then(|pane| stepped(&panes, pane, by));
        if let Some(next) = next {
            self.go_to(next);
        }
    }

    fn step_tab(self, tab: TabId, by: isize) {
        if let Some(next) = self.place.tabs().with(|tabs| stepped(tabs, tab, by)) {
            self.place.switch(next, Keyboard::Terminal);
        }
    }

    fn shift_tab(self, tab: TabId, by: isize) {
        let index = self.place.tabs().with(|tabs| tabs.iter().position(|other| *other == tab));
        if let Some(index) = index.and_then(|index| index.checked_add_signed(by)) {
            self.move_tab(tab, index, None, || {});
        }
    }

    /// Does it at once, or after asking where a command runs that would end with it: then to what there was when it was asked.
    fn unless_busy(
        self,
        terminals: &[TerminalState],
        title: Message,
        action: Message,
        then: impl Fn(Option<u64>) + Send + Sync + 'static,
    ) {
        let running = |terminal: &TerminalState| terminal.ended.with_untracked(Option::is_none);
        let commands: Vec<_> = terminals
            .iter()
            .filter(|terminal| running(terminal))
            .filter_map(|terminal| terminal.command.get_untracked().filter(|command| command.running))
            .map(|command| command.command.unwrap_or_default())
            .collect();
        if commands.is_empty() {
            return then(None);
        }
        let revision = self.revision();
        let still_runs = |command: &String| self.text.once(Message::StillRuns).replace("{}", command);
        self.confirm.ask(Question {
            title: self.text.once(title).to_owned(),
            lines: commands.iter().map(still_runs).collect(),
            action,
            then: Callback::new(move |()| then(revision)),
        });
    }

    /// Sends `request` for the action `name`; what becomes of a yes is up to `then`, and a no is said.
    fn ask<R: Request>(self, name: &'static str, request: &R, then: impl FnOnce(R::Response) + 'static) {
        self.attempt(name, request, |answer| {
            if let Some(response) = answer {
                then(response);
            }
        });
    }

    fn attempt<R: Request>(self, name: &'static str, request: &R, then: impl FnOnce(Option<R::Response>) + 'static) {
        let asked = self.place.with_client(|client| {
            client.link.act(name);
            let link = client.link.bound();
            (link.emit(request), link)
        });
        let Some((answer, link)) = asked else { return };
        self.waiting.update_value(|waiting| *waiting += 1);
        spawn_local(async move {
            let answer = answer.await;
            self.waiting.try_update_value(|waiting| *waiting -= 1);
            link.go_on();
            match answer {
                Ok(response) => then(Some(response)),
                Err(failure) => {
                    then(None);
                    self.toasts.failed(refusal::sentence(self.text, &failure));
                }
            }
        });
    }
}

/// What is done with tabs and panes; there from the root component on.
#[must_use]
pub fn use_arranger() -> Arranger {
    expect_context()
}

/// The one that stands `by` places further, around the end.
fn stepped<T: Copy + PartialEq>(all: &[T], here: T, by: isize) -> Option<T> {
    let place = all.iter().position(|other| *other == here)?;
    let next = place.checked_add_signed(by).unwrap_or(all.len() - 1) % all.len();
    Some(all[next]).filter(|next| *next != here)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stepping_goes_around_the_end() {
        assert_eq!(stepped(&[1, 2, 3], 3, 1), Some(1));
        assert_eq!(stepped(&[1, 2, 3], 1, -1), Some(3));
        assert_eq!(stepped(&[1, 2, 3], 1, 1), Some(2));
        assert_eq!(stepped(&[1], 1, 1), None);
        assert_eq!(stepped(&[1, 2], 7, 1), None);
    }
}
