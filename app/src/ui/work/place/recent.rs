//! Which panes have had the keyboard in this window.

use leptos::prelude::*;

use crate::{protocol::PaneId, workspace::Arrangement};

/// How many are remembered: a tab has at most as many.
const KEPT: usize = 64;

/// The panes that have had the keyboard, the latest first.
#[derive(Clone, Copy)]
pub(super) struct Recent(RwSignal<Vec<PaneId>>);

impl Recent {
    pub(super) fn new() -> Self {
        Self(RwSignal::new(Vec::new()))
    }

    /// Notes that a pane has it now.
    pub(super) fn remember(self, pane: PaneId) {
        if self.0.with_untracked(|recent| recent.first() != Some(&pane)) {
            self.0.update(|recent| {
                recent.retain(|other| *other != pane);
                recent.insert(0, pane);
                recent.truncate(KEPT);
            });
        }
    }

    /// The pane that has it, or gets it next; reading it in a view follows it.
    pub(super) fn latest(self, arrangement: &Arrangement, single: bool) -> Option<PaneId> {
        latest(arrangement, &self.0.read(), single)
    }

    /// So many of these panes that have not had it for the longest time.
    pub(super) fn longest_unused(self, count: usize, mut of: Vec<PaneId>) -> Vec<PaneId> {
        let recent = self.0.read_untracked();
        of.sort_by_key(|pane| recent.iter().position(|other| other == pane).unwrap_or(usize::MAX));
        of.split_off(of.len().saturating_sub(count))
    }
}

/// The pane of a tab that is shown alone, else the one that had the keyboard last, else the first.
fn latest(arrangement: &Arrangement, recent: &[PaneId], single: bool) -> Option<PaneId> {
    let panes = arrangement.panes();
    let alone = arrangement.zoomed.filter(|_| !single);
    alone.or_else(|| recent.iter().find(|pane| panes.contains(pane)).copied()).or_else(|| panes.first().copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::layout::{Direction, Layout};

    fn row(zoomed: Option<PaneId>) -> Arrangement {
        let pane = |n| Box::new(Layout::Pane { pane: PaneId::from_random(n) });
        let layout = Layout::Split { split: Direction::Horizontal, ratio: 0.25, first: pane(1), second: pane(2) };
        Arrangement { layout: Some(layout), zoomed }
    }

    fn check(zoomed: Option<u64>, recent: &[u64], single: bool, expected: u64) {
        let recent: Vec<_> = recent.iter().copied().map(PaneId::from_random).collect();
        let found = latest(&row(zoomed.map(PaneId::from_random)), &recent, single);
        assert_eq!(found, Some(PaneId::from_random(expected)), "{zoomed:?} {recent:?} {single}");
    }

    #[test]
    fn the_keyboard_goes_where_it_was_last_or_to_who_is_alone() {
        check(None, &[], false, 1);
        check(None, &[9, 2, 1], false, 2);
        check(Some(1), &[2, 1], false, 1);
        check(Some(1), &[2, 1], true, 2);
    }
}
