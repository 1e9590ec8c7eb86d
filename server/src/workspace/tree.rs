//! The binary tree that places a tab's panes: pure, and never empty.

use app::protocol::{
    PaneId,
    layout::{Direction, Layout, Preset},
};

/// The share of a split's first part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio(f64);

impl Ratio {
    /// The least share: enough for a pane to be seen and taken hold of.
    const LEAST: f64 = 0.05;

    /// How fine shares are: far below a pixel, and with so few digits that they are read exactly as they are written.
    const STEPS: f64 = 1e6;

    /// Both parts have the same.
    pub const HALF: Self = Self(0.5);

    /// The nearest share that there may be, 0.05…0.95; `None` for what is no number.
    pub fn clamped(share: f64) -> Option<Self> {
        let share = share.clamp(Self::LEAST, 1.0 - Self::LEAST);
        (!share.is_nan()).then(|| Self((share * Self::STEPS).round() / Self::STEPS))
    }

    /// The share of `some` among `some` and `others`, none of which is zero.
    fn of(some: usize, others: usize) -> Self {
        // There are at most as many as a tab has panes.
        let share = some as f64 / (some + others) as f64;
        Self::clamped(share).unwrap_or(Self::HALF)
    }
}

/// Where the panes of a tab are, each of them once.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tree(Layout);

impl Tree {
    /// One pane that has everything.
    pub(super) fn new(pane: PaneId) -> Self {
        Self(Layout::Pane { pane })
    }

    /// A tree as it was stored; `None` unless it has each of the panes once, and shares that there may be.
    pub(super) fn restored(layout: Layout, panes: &[PaneId]) -> Option<Self> {
        let tree = Self(layout);
        let (mut found, mut expected) = (tree.panes(), panes.to_vec());
        found.sort_unstable();
        expected.sort_unstable();
        (found == expected && !found.is_empty() && has_good_shares(&tree.0)).then_some(tree)
    }

    /// The tree as it is told.
    pub(super) fn layout(&self) -> &Layout {
        &self.0
    }

    /// The panes in the order in which they stand: from the left, and from the top.
    pub(super) fn panes(&self) -> Vec<PaneId> {
        let mut panes = Vec::new();
        gather(&self.0, &mut panes);
        panes
    }

    /// Divides a pane: `new` comes second. Returns whether there is such a pane.
    pub(super) fn split(&mut self, pane: PaneId, new: PaneId, split: Direction, ratio: Ratio) -> bool {
        let Some(place) = place_of(&mut self.0, pane) else { return false };
        let (first, second) = (Box::new(Layout::Pane { pane }), Box::new(Layout::Pane { pane: new }));
        *place = Layout::Split { split, ratio: ratio.0, first, second };
        true
    }

    /// Takes a pane out: its space goes to its sibling, whose own layout stays as it was. Returns whether it was there beside
    /// another one; the last pane stays.
    pub(super) fn close(&mut self, pane: PaneId) -> bool {
        remove(&mut self.0, pane)
    }

    /// Moves the divider that parts two panes or, without `other`, the one right around `pane`. Returns whether there is one.
    pub(super) fn resize(&mut self, pane: PaneId, other: Option<PaneId>, ratio: Ratio) -> bool {
        let divider = divider(&mut self.0, pane, other);
        divider.map(|share| *share = ratio.0).is_some()
    }

    /// Places all panes anew, in the order in which they stand.
    pub(super) fn arrange(&mut self, preset: Preset) {
        let leaves: Vec<_> = self.panes().into_iter().map(|pane| Layout::Pane { pane }).collect();
        let arranged = match preset {
            Preset::Even => {
                even_out(&mut self.0);
                return;
            }
            Preset::Row => lined_up(Direction::Horizontal, &leaves),
            Preset::Column => lined_up(Direction::Vertical, &leaves),
            Preset::Grid => grid(&leaves),
        };
        if let Some(arranged) = arranged {
            self.0 = arranged;
        }
    }
}

fn gather(layout: &Layout, panes: &mut Vec<PaneId>) {
    match layout {
        Layout::Pane { pane } => panes.push(*pane),
        Layout::Split { first, second, .. } => {
            gather(first, panes);
            gather(second, panes);
        }
    }
}

fn has(layout: &Layout, wanted: PaneId) -> bool {
    match layout {
        Layout::Pane { pane } => *pane == wanted,
        Layout::Split { first, second, .. } => has(first, wanted) || has(second, wanted),
    }
}

fn is(layout: &Layout, wanted: PaneId) -> bool {
    matches!(layout, Layout::Pane { pane } if *pane == wanted)
}

fn place_of(layout: &mut Layout, wanted: PaneId) -> Option<&mut Layout> {
    if is(layout, wanted) {
        return Some(layout);
    }
    match layout {
        Layout::Pane { .. } => None,
        Layout::Split { first, second, .. } => place_of(first, wanted).or_else(|| place_of(second, wanted)),
    }
}

fn remove(layout: &mut Layout, pane: PaneId) -> bool {
    let Layout::Split { first, second, .. } = layout else { return false };
    let sibling = if is(first, pane) {
        second
    } else if is(second, pane) {
        first
    } else {
        return remove(first, pane) || remove(second, pane);
    };
    // What is put in its place goes with the split.
    let sibling = std::mem::replace(sibling.as_mut(), Layout::Pane { pane });
    *layout = sibling;
    true
}

fn divider(layout: &mut Layout, pane: PaneId, other: Option<PaneId>) -> Option<&mut f64> {
    let Layout::Split { ratio, first, second, .. } = layout else { return None };
    let (part, rest) = if has(first, pane) { (first, second) } else { (second, first) };
    let parts = match other {
        Some(other) => has(rest, other) && has(part, pane),
        None => is(part, pane),
    };
    if parts { Some(ratio) } else { divider(part, pane, other) }
}

fn has_good_shares(layout: &Layout) -> bool {
    match layout {
        Layout::Pane { .. } => true,
        Layout::Split { ratio, first, second, .. } => {
            Ratio::clamped(*ratio) == Some(Ratio(*ratio)) && has_good_shares(first) && has_good_shares(second)
        }
    }
}

/// Gives every pane the same share of each split, as far as shares go; returns how many there are.
fn even_out(layout: &mut Layout) -> usize {
    match layout {
        Layout::Pane { .. } => 1,
        Layout::Split { ratio, first, second, .. } => {
            let (some, others) = (even_out(first), even_out(second));
            *ratio = Ratio::of(some, others).0;
            some + others
        }
    }
}

/// Layouts in a row or a column, each of the same size. Halved again and again, so that no share is too small and the tree not
/// deep.
fn lined_up(split: Direction, parts: &[Layout]) -> Option<Layout> {
    match parts {
        [] => None,
        [only] => Some(only.clone()),
        [..] => {
            let (first, second) = parts.split_at(parts.len() / 2);
            let ratio = Ratio::of(first.len(), second.len()).0;
            let (first, second) = (lined_up(split, first)?, lined_up(split, second)?);
            Some(Layout::Split { split, ratio, first: Box::new(first), second: Box::new(second) })
        }
    }
}

/// Rows of the same height, as many as there are columns or one fewer.
fn grid(leaves: &[Layout]) -> Option<Layout> {
    let columns = (1..).find(|columns| columns * columns >= leaves.len())?;
    let count = leaves.len().div_ceil(columns);
    // Where they do not come out even, the lower rows have one more.
    let row = |row: usize| &leaves[row * leaves.len() / count..(row + 1) * leaves.len() / count];
    let rows: Option<Vec<_>> = (0..count).map(|at| lined_up(Direction::Horizontal, row(at))).collect();
    lined_up(Direction::Vertical, &rows?)
}

#[cfg(test)]
mod tests;
