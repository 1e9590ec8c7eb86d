//! What is done to the panes of a tab.

use std::sync::Arc;

use app::protocol::{
    PaneId, TabId,
    layout::{Direction, Preset},
    pane::{PaneClosed, PaneCreated, PaneUpdated, UserFocused},
    workspace as view,
};

use super::{Closed, Session};
use crate::workspace::{Denied, Part, tab::Tab, tree::Ratio};

impl Session {
    /// Divides a pane, which keeps that share, a half when none is given.
    ///
    /// # Errors
    /// There is no such pane, there are too many, or the share is no number.
    pub fn split(
        &mut self,
        tab_id: TabId,
        pane: PaneId,
        direction: Direction,
        ratio: Option<f64>,
    ) -> Result<PaneCreated, Denied> {
        let ratio = ratio.map_or(Some(Ratio::HALF), Ratio::clamped).ok_or(Denied::NoRatio)?;
        self.tab_mut(tab_id)?.pane(pane)?;
        self.has_room_for_pane()?;
        let tab = self.tab_mut(tab_id)?;
        let pane = tab.split(pane, direction, ratio)?;
        let layout = tab.view().layout;
        Ok(PaneCreated { session_id: self.id, tab_id, pane, layout, revision: self.change_part(Part::Tab(tab_id)) })
    }

    /// Moves the divider between two panes or, without `other`, the one right around `pane`.
    ///
    /// # Errors
    /// There is no such pane, nothing to divide, or the share is no number.
    pub fn resize(
        &mut self,
        tab: TabId,
        pane: PaneId,
        other: Option<PaneId>,
        ratio: f64,
    ) -> Result<PaneUpdated, Denied> {
        let ratio = Ratio::clamped(ratio).ok_or(Denied::NoRatio)?;
        self.change_tab(tab, |tab| tab.resize(pane, other, ratio))
    }

    /// Shows a pane alone.
    ///
    /// # Errors
    /// There is no such pane.
    pub fn zoom(&mut self, tab: TabId, pane: PaneId) -> Result<PaneUpdated, Denied> {
        self.change_tab(tab, |tab| tab.zoom(pane))
    }

    /// Shows all panes of a tab, one of which is `pane`.
    ///
    /// # Errors
    /// There is no such pane.
    pub fn unzoom(&mut self, tab: TabId, pane: PaneId) -> Result<PaneUpdated, Denied> {
        self.change_tab(tab, |tab| {
            tab.pane(pane)?;
            tab.unzoom();
            Ok(())
        })
    }

    /// Places all panes of a tab anew.
    ///
    /// # Errors
    /// [`Denied::NoTab`].
    pub fn arrange(&mut self, tab: TabId, preset: Preset) -> Result<PaneUpdated, Denied> {
        self.change_tab(tab, |tab| {
            tab.arrange(preset);
            Ok(())
        })
    }

    /// Notes in which pane a member is with a window of theirs, which is no change of the session.
    ///
    /// # Errors
    /// There is no such pane.
    pub fn focus(&mut self, by: &str, window: Arc<str>, tab: TabId, pane: PaneId) -> Result<UserFocused, Denied> {
        let terminal = self.tab_mut(tab)?.pane(pane)?.terminal();
        let member = self.members.of_mut(by).ok_or(Denied::NoSession)?;
        if member.only.is_some() && member.only != terminal {
            return Err(Denied::NoPane);
        }
        member.turn_to(pane, window);
        Ok(UserFocused { session_id: self.id, user_id: by.to_owned(), tab_id: tab, pane_id: pane })
    }

    /// Takes a pane away with the terminal in it; its space goes to its sibling. The last one takes its tab along.
    ///
    /// # Errors
    /// There is no such pane.
    pub fn close_pane(&mut self, tab_id: TabId, pane: PaneId) -> Result<Closed<PaneClosed>, Denied> {
        let index = self.index(tab_id)?;
        let tab = &mut self.tabs[index];
        let (changed, layout, terminals) = match tab.close(pane)? {
            Some(gone) => (Part::Tab(tab_id), Some(tab.view().layout), gone.terminal().into_iter().collect()),
            None => (Part::Row, None, self.remove_tab(index).terminals().collect()),
        };
        self.clear_focus(&[pane]);
        let revision = self.change_part(changed);
        let told = PaneClosed { session_id: self.id, tab_id, pane_id: pane, layout, revision };
        Ok(self.closed(told, terminals))
    }

    fn change_tab(
        &mut self,
        tab: TabId,
        change: impl FnOnce(&mut Tab) -> Result<(), Denied>,
    ) -> Result<PaneUpdated, Denied> {
        change(self.tab_mut(tab)?)?;
        let told = self.told_of(tab, None)?;
        self.tab_mut(tab)?.changed_at = told.revision;
        Ok(told)
    }

    /// Takes the revision one further and says what a tab looks like now, and one of its panes.
    pub(super) fn told_of(&mut self, tab: TabId, pane: Option<view::Pane>) -> Result<PaneUpdated, Denied> {
        let view::Tab { id: tab_id, layout, zoomed_pane_id, .. } = self.tab_mut(tab)?.view();
        Ok(PaneUpdated { session_id: self.id, tab_id, pane, layout, zoomed_pane_id, revision: self.change() })
    }
}
