//! One tab: its panes and where they are.

use app::protocol::{
    PaneId, TabId, TerminalId,
    layout::{Direction, Layout, Preset},
    workspace::{self as view, TabKind},
};

use super::{
    Denied, MAX_PANES,
    pane::Pane,
    random,
    tree::{Ratio, Tree},
};
use crate::store::TabRecord;

#[derive(Debug)]
pub(super) struct Tab {
    pub(super) id: TabId,
    /// What it is called while nobody has named it, from 1: no other tab of its session has it.
    pub(super) number: usize,
    pub(super) title: Option<String>,
    pub(super) kind: TabKind,
    /// The session's revision with the last change of its title, its tree or who is alone; 0 until there is one.
    pub(super) changed_at: u64,
    /// The revision of the session with the last change of its title.
    pub(super) named_at: u64,
    /// In the order in which they were made; at least one.
    panes: Vec<Pane>,
    /// Each of the panes once.
    tree: Tree,
    /// The pane that is shown alone.
    zoomed: Option<PaneId>,
}

impl Tab {
    /// A tab with one empty pane.
    pub(super) fn new(kind: TabKind) -> Self {
        Self::found(TabId::from_random(random()), kind, Pane::new(1))
    }

    /// A tab that there was before, with the first of its panes.
    pub(super) fn found(id: TabId, kind: TabKind, pane: Pane) -> Self {
        let tree = Tree::new(pane.id);
        Self { id, number: 1, title: None, kind, changed_at: 0, named_at: 0, panes: vec![pane], tree, zoomed: None }
    }

    /// The tab as it is stored.
    pub(super) fn record(&self) -> TabRecord {
        TabRecord {
            id: self.id,
            number: self.number,
            title: self.title.clone(),
            kind: self.kind,
            layout: self.tree.layout().clone(),
            zoomed: self.zoomed,
            panes: self.panes.iter().map(Pane::record).collect(),
        }
    }

    /// A tab as it was stored; `None` when its panes are not those of its layout.
    pub(super) fn restored(record: TabRecord, is_held: impl Fn(TerminalId) -> bool) -> Option<Self> {
        let TabRecord { id, number, title, kind, layout, zoomed, panes } = record;
        let tree = Tree::restored(layout, &panes.iter().map(|pane| pane.id).collect::<Vec<_>>())?;
        let zoomed = zoomed.filter(|zoomed| panes.iter().any(|pane| pane.id == *zoomed));
        let panes = panes.into_iter().map(|pane| Pane::restored(pane, &is_held)).collect();
        Some(Self { id, number, title, kind, changed_at: 0, named_at: 0, panes, tree, zoomed })
    }

    /// What a member sees who sees only one of its terminals.
    pub(super) fn view_of(&self, terminal: TerminalId) -> Option<view::Tab> {
        let pane = self.panes.iter().find(|pane| pane.terminal() == Some(terminal))?.view();
        let layout = Layout::Pane { pane: pane.id };
        Some(view::Tab { panes: vec![pane], layout, zoomed_pane_id: None, ..self.view() })
    }

    pub(super) fn panes(&self) -> &[Pane] {
        &self.panes
    }

    pub(super) fn pane(&self, id: PaneId) -> Result<&Pane, Denied> {
        self.panes.iter().find(|pane| pane.id == id).ok_or(Denied::NoPane)
    }

    pub(super) fn pane_mut(&mut self, id: PaneId) -> Result<&mut Pane, Denied> {
        self.panes.iter_mut().find(|pane| pane.id == id).ok_or(Denied::NoPane)
    }

    /// The pane with that terminal.
    pub(super) fn pane_of(&mut self, terminal: TerminalId) -> Option<&mut Pane> {
        self.panes.iter_mut().find(|pane| pane.terminal() == Some(terminal))
    }

    /// The pane of that id or, without one, the only pane there is, else the first that has no terminal.
    pub(super) fn meant(&mut self, id: Option<PaneId>) -> Result<&mut Pane, Denied> {
        let is_empty = |pane: &Pane| pane.terminal().is_none();
        let id = id.or_else(|| Some(self.panes.iter().find(|pane| is_empty(pane)).or(self.panes.first())?.id));
        self.pane_mut(id.ok_or(Denied::NoPane)?)
    }

    /// The terminals in it, alive or ended.
    pub(super) fn terminals(&self) -> impl Iterator<Item = TerminalId> {
        self.panes.iter().filter_map(Pane::terminal)
    }

    /// Divides a pane and returns the new one. Who was alone is not any more.
    pub(super) fn split(&mut self, pane: PaneId, direction: Direction, ratio: Ratio) -> Result<view::Pane, Denied> {
        self.pane(pane)?;
        let new = Pane::new(self.free_number());
        self.divide(pane, new, direction, ratio)
    }

    /// Puts a pane that there was before beside the others.
    pub(super) fn put_back(&mut self, id: PaneId) -> Result<(), Denied> {
        let last = self.tree.panes().last().copied().ok_or(Denied::NoPane)?;
        self.divide(last, Pane::found(id, self.free_number()), Direction::Horizontal, Ratio::HALF)?;
        self.tree.arrange(Preset::Row);
        Ok(())
    }

    fn divide(&mut self, pane: PaneId, new: Pane, split: Direction, ratio: Ratio) -> Result<view::Pane, Denied> {
        if self.panes.len() >= MAX_PANES {
            return Err(Denied::TooManyPanes);
        }
        if !self.tree.split(pane, new.id, split, ratio) {
            return Err(Denied::NoPane);
        }
        self.zoomed = None;
        let view = new.view();
        self.panes.push(new);
        Ok(view)
    }

    /// Takes a pane out and returns it; `None` when it is the last one, which goes with its tab.
    pub(super) fn close(&mut self, id: PaneId) -> Result<Option<Pane>, Denied> {
        let at = self.panes.iter().position(|pane| pane.id == id).ok_or(Denied::NoPane)?;
        if !self.tree.close(id) {
            return Ok(None);
        }
        self.zoomed = self.zoomed.filter(|zoomed| *zoomed != id);
        Ok(Some(self.panes.remove(at)))
    }

    /// Moves a divider.
    pub(super) fn resize(&mut self, pane: PaneId, other: Option<PaneId>, ratio: Ratio) -> Result<(), Denied> {
        self.pane(pane)?;
        if other.is_some_and(|other| other == pane || self.pane(other).is_err()) {
            return Err(Denied::NoOtherPane);
        }
        if self.tree.resize(pane, other, ratio) { Ok(()) } else { Err(Denied::NoNeighbour) }
    }

    /// Shows one pane alone.
    pub(super) fn zoom(&mut self, pane: PaneId) -> Result<(), Denied> {
        self.zoomed = Some(self.pane(pane)?.id);
        Ok(())
    }

    /// Shows all panes.
    pub(super) fn unzoom(&mut self) {
        self.zoomed = None;
    }

    /// Places all panes anew, and shows them all.
    pub(super) fn arrange(&mut self, preset: Preset) {
        self.tree.arrange(preset);
        self.zoomed = None;
    }

    pub(super) fn view(&self) -> view::Tab {
        view::Tab {
            id: self.id,
            title: self.title.clone().unwrap_or_else(|| self.number.to_string()),
            kind: self.kind,
            panes: self.panes.iter().map(Pane::view).collect(),
            layout: self.tree.layout().clone(),
            zoomed_pane_id: self.zoomed,
        }
    }

    fn free_number(&self) -> usize {
        lowest_free(self.panes.iter().map(Pane::number))
    }
}

/// The lowest number from 1 on that is not taken.
pub(super) fn lowest_free(taken: impl Iterator<Item = usize>) -> usize {
    let mut taken: Vec<_> = taken.collect();
    taken.sort_unstable();
    taken.into_iter().fold(1, |free, number| if number == free { free + 1 } else { free })
}
