//! What becomes of a session's terminals: a place is kept for one, it comes, moves and ends.

use app::protocol::{PaneId, TabId, TerminalId, pane::PaneUpdated, tab::TabCreated, workspace::TabKind};

use super::Session;
use crate::workspace::{
    Denied, Label,
    pane::{Content, Pane},
    tab::Tab,
};

/// The place that is kept for a terminal.
#[derive(Debug)]
pub(in crate::workspace) enum Reserved {
    /// A pane that there is.
    Pane(TabId, PaneId),
    /// A tab that nobody knows of before the terminal is there.
    Tab(Box<Tab>, PaneId),
}

/// What the members are told of a terminal that has come.
#[derive(Clone, Debug, PartialEq)]
pub enum Filled {
    /// It is in a pane that they know.
    Pane(PaneUpdated),
    /// It has brought a tab along.
    Tab(TabCreated),
}

impl Reserved {
    pub(in crate::workspace) fn tab(&self) -> TabId {
        match self {
            Self::Pane(tab, _) => *tab,
            Self::Tab(tab, _) => tab.id,
        }
    }

    pub(in crate::workspace) fn pane(&self) -> PaneId {
        match self {
            Self::Pane(_, pane) | Self::Tab(_, pane) => *pane,
        }
    }
}

impl Session {
    /// Keeps a pane for a terminal, or a tab to come when none is named.
    pub(in crate::workspace) fn reserve(
        &mut self,
        tab: Option<TabId>,
        pane: Option<PaneId>,
    ) -> Result<Reserved, Denied> {
        let tab = match (tab, pane) {
            (Some(tab), _) => self.tab_mut(tab)?,
            (None, Some(pane)) => self.tabs.iter_mut().find(|tab| tab.pane(pane).is_ok()).ok_or(Denied::NoPane)?,
            (None, None) => return self.reserve_tab(),
        };
        let id = tab.id;
        let pane = tab.meant(pane)?;
        pane.reserve()?;
        Ok(Reserved::Pane(id, pane.id))
    }

    fn reserve_tab(&mut self) -> Result<Reserved, Denied> {
        self.has_room_for_tab()?;
        let mut tab = Tab::new(TabKind::Terminal);
        let pane = tab.meant(None)?;
        pane.reserve()?;
        let pane = pane.id;
        self.coming += 1;
        Ok(Reserved::Tab(Box::new(tab), pane))
    }

    /// Puts a terminal into the place that was kept for it; returns what is told of it and the ended one that was there.
    pub(in crate::workspace) fn fill(
        &mut self,
        reserved: Reserved,
        by: &str,
        terminal: TerminalId,
    ) -> Result<(Filled, Option<TerminalId>), Denied> {
        match reserved {
            Reserved::Pane(tab, pane) => {
                let gone = |_| Denied::ClosedMeanwhile;
                let pane = self.tab_mut(tab).map_err(gone)?.pane_mut(pane).map_err(gone)?;
                let replaced = pane.take(terminal);
                let view = pane.view();
                Ok((Filled::Pane(self.told_of(tab, Some(view))?), replaced))
            }
            Reserved::Tab(mut tab, pane) => {
                self.coming -= 1;
                tab.pane_mut(pane)?.take(terminal);
                Ok((Filled::Tab(self.append(*tab, by)), None))
            }
        }
    }

    /// Gives a place back.
    pub(in crate::workspace) fn release(&mut self, reserved: &Reserved) {
        match reserved {
            Reserved::Pane(tab, pane) => {
                // Closed meanwhile, it needs nothing given back.
                if let Ok(pane) = self.tab_mut(*tab).and_then(|tab| tab.pane_mut(*pane)) {
                    pane.release();
                }
            }
            Reserved::Tab(..) => self.coming -= 1,
        }
    }

    /// Puts a terminal back into its tab and pane, which are added where they are not there; returns the one it replaces.
    pub(in crate::workspace) fn restore(&mut self, label: &Label, terminal: TerminalId) -> Option<TerminalId> {
        self.known_since = self.change();
        if let Ok(tab) = self.tab_mut(label.tab)
            && (tab.pane(label.pane).is_ok() || tab.put_back(label.pane).is_ok())
        {
            return tab.pane_mut(label.pane).ok()?.take(terminal);
        }
        let mut pane = Pane::found(label.pane, 1);
        pane.take(terminal);
        // A tab that is full has had its panes opened and closed again: what is left over gets one of its own.
        let id = if self.index(label.tab).is_ok() { Tab::new(TabKind::Terminal).id } else { label.tab };
        self.push(Tab::found(id, TabKind::Terminal, pane));
        None
    }

    /// Notes where the shell in a terminal is; returns what the members are told if it was elsewhere.
    pub(in crate::workspace) fn moved(&mut self, terminal: TerminalId, directory: String) -> Option<PaneUpdated> {
        let (tab, pane) = self.tabs.iter_mut().find_map(|tab| Some((tab.id, tab.pane_of(terminal)?)))?;
        if pane.directory.as_ref() == Some(&directory) {
            return None;
        }
        pane.directory = Some(directory);
        let view = pane.view();
        self.told_of(tab, Some(view)).ok()
    }

    /// Notes that a terminal has ended: it stays in its pane until another one is opened there. What members see is the same.
    pub(in crate::workspace) fn ended(&mut self, terminal: TerminalId) {
        if let Some(pane) = self.tabs.iter_mut().find_map(|tab| tab.pane_of(terminal)) {
            pane.holds = Content::Ended(terminal);
        }
    }

    /// The terminals in it that have not ended.
    pub(in crate::workspace) fn living(&self) -> impl Iterator<Item = TerminalId> {
        let panes = self.tabs.iter().flat_map(Tab::panes);
        panes.filter_map(|pane| match pane.holds {
            Content::Living(terminal) => Some(terminal),
            Content::Nothing | Content::Ended(_) => None,
        })
    }

    /// Whether a terminal is in one of its panes.
    pub(in crate::workspace) fn holds(&self, terminal: TerminalId) -> bool {
        self.tabs.iter().any(|tab| tab.terminals().any(|other| other == terminal))
    }

    /// Where the last shell of a kept pane was, when there is none in it now.
    pub(in crate::workspace) fn directory(&self, reserved: &Reserved) -> Option<String> {
        let tab = self.tabs.iter().find(|tab| tab.id == reserved.tab())?;
        let pane = tab.pane(reserved.pane()).ok()?;
        pane.directory.clone().filter(|_| pane.holds == Content::Nothing)
    }
}
