//! Where the panes of a tab are: the layout's tree as rectangles, and the way from one to the next. All lengths are shares of
//! the tab's own width and height.

use crate::protocol::{
    PaneId,
    layout::{Direction, Layout},
};

/// The least share of a split's part, and one less the largest.
pub(super) const LEAST: f64 = 0.05;

/// Where the panes of a tab are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arrangement {
    /// The tree; none as long as nothing is known of the tab.
    pub layout: Option<Layout>,
    /// The pane that is shown alone.
    pub zoomed: Option<PaneId>,
}

/// A part of a tab.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    /// From the left edge.
    pub x: f64,
    /// From the top edge.
    pub y: f64,
    /// The width.
    pub width: f64,
    /// The height.
    pub height: f64,
}

/// The line between the two parts of a split. It is named by a pane of each part: the split is the one that parts the two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Divider {
    /// The first pane of the first part.
    pub first: PaneId,
    /// The first pane of the second part.
    pub second: PaneId,
    /// How the parts stand to each other.
    pub direction: Direction,
    /// The first part's share.
    pub ratio: f64,
    /// The share at which all panes in the row or column are equally large.
    pub even: f64,
    /// What the split has to divide.
    pub area: Rect,
}

/// A direction in which to look for the next pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toward {
    /// At the left.
    Left,
    /// At the right.
    Right,
    /// Above.
    Up,
    /// Below.
    Down,
}

impl Rect {
    /// All of it.
    pub const WHOLE: Self = Self { x: 0.0, y: 0.0, width: 1.0, height: 1.0 };

    /// The two parts of it.
    fn divided(self, direction: Direction, ratio: f64) -> (Self, Self) {
        let Self { x, y, width, height } = self;
        match direction {
            Direction::Horizontal => {
                let first = width * ratio;
                (Self { width: first, ..self }, Self { x: x + first, width: width - first, ..self })
            }
            Direction::Vertical => {
                let first = height * ratio;
                (Self { height: first, ..self }, Self { y: y + first, height: height - first, ..self })
            }
        }
    }

    fn centre(self) -> (f64, f64) {
        (self.x + self.width / 2.0, self.y + self.height / 2.0)
    }
}

impl Arrangement {
    /// The panes, in the order in which they stand.
    #[must_use]
    pub fn panes(&self) -> Vec<PaneId> {
        self.places().into_iter().map(|(pane, _)| pane).collect()
    }

    /// Where each pane is when none is shown alone, in the order in which they stand.
    #[must_use]
    pub fn places(&self) -> Vec<(PaneId, Rect)> {
        let mut places = Vec::new();
        if let Some(layout) = &self.layout {
            place(layout, Rect::WHOLE, &mut places);
        }
        places
    }

    /// The lines between them.
    #[must_use]
    pub fn dividers(&self) -> Vec<Divider> {
        let mut dividers = Vec::new();
        if let Some(layout) = &self.layout {
            divide(layout, Rect::WHOLE, &mut dividers);
        }
        dividers
    }

    /// The same with another share at the line between two panes.
    #[must_use]
    pub fn resized(mut self, first: PaneId, second: PaneId, ratio: f64) -> Self {
        if let Some(layout) = &mut self.layout {
            resize(layout, first, second, ratio);
        }
        self
    }

    /// The pane next to `from`: of those that lie that way and beside it the nearest, and of several such the one whose
    /// middle is nearest to its own.
    #[must_use]
    pub fn neighbour(&self, from: PaneId, toward: Toward) -> Option<PaneId> {
        let places = self.places();
        let here = places.iter().find(|(pane, _)| *pane == from)?.1;
        let others = places.into_iter().filter(|(pane, _)| *pane != from);
        let found = others.filter_map(|(pane, there)| Some((pane, distance(here, there, toward)?)));
        found
            .min_by(|(_, one), (_, other)| one.partial_cmp(other).unwrap_or(core::cmp::Ordering::Equal))
            .map(|(pane, _)| pane)
    }
}

/// A share within its bounds.
fn bounded(ratio: f64) -> f64 {
    ratio.clamp(LEAST, 1.0 - LEAST)
}

/// How far `there` is from `here`, if it lies `toward` and beside it: first the gap, then how far the middles are apart.
fn distance(here: Rect, there: Rect, toward: Toward) -> Option<(i64, i64)> {
    /// Sums of shares are not exact.
    const NEARLY: f64 = 1e-6;
    let gap = match toward {
        Toward::Left => here.x - (there.x + there.width),
        Toward::Right => there.x - (here.x + here.width),
        Toward::Up => here.y - (there.y + there.height),
        Toward::Down => there.y - (here.y + here.height),
    };
    let overlap = match toward {
        Toward::Left | Toward::Right => (here.y + here.height).min(there.y + there.height) - here.y.max(there.y),
        Toward::Up | Toward::Down => (here.x + here.width).min(there.x + there.width) - here.x.max(there.x),
    };
    let ((here_x, here_y), (there_x, there_y)) = (here.centre(), there.centre());
    let apart = match toward {
        Toward::Left | Toward::Right => (here_y - there_y).abs(),
        Toward::Up | Toward::Down => (here_x - there_x).abs(),
    };
    (gap > -NEARLY && overlap > NEARLY).then_some(((gap / NEARLY) as i64, (apart / NEARLY) as i64))
}

fn place(layout: &Layout, area: Rect, places: &mut Vec<(PaneId, Rect)>) {
    match layout {
        Layout::Pane { pane } => places.push((*pane, area)),
        Layout::Split { split, ratio, first, second } => {
            let (one, other) = area.divided(*split, *ratio);
            place(first, one, places);
            place(second, other, places);
        }
    }
}

fn divide(layout: &Layout, area: Rect, dividers: &mut Vec<Divider>) {
    let Layout::Split { split: direction, ratio, first, second } = layout else { return };
    let (ones, others) = (in_a_row(first, *direction), in_a_row(second, *direction));
    dividers.push(Divider {
        first: leader(first),
        second: leader(second),
        direction: *direction,
        ratio: *ratio,
        even: ones / (ones + others),
        area,
    });
    let (one, other) = area.divided(*direction, *ratio);
    divide(first, one, dividers);
    divide(second, other, dividers);
}

/// Sets the share of the split that parts two panes; whether both are in the layout.
fn resize(layout: &mut Layout, one: PaneId, other: PaneId, share: f64) {
    if let Layout::Split { ratio, first, second, .. } = layout {
        match (contains(first, one), contains(first, other)) {
            (true, true) => resize(first, one, other, share),
            (false, false) => resize(second, one, other, share),
            (true, false) | (false, true) => *ratio = bounded(share),
        }
    }
}

fn contains(layout: &Layout, id: PaneId) -> bool {
    match layout {
        Layout::Pane { pane } => *pane == id,
        Layout::Split { first, second, .. } => contains(first, id) || contains(second, id),
    }
}

/// The first pane.
pub(super) fn leader(layout: &Layout) -> PaneId {
    match layout {
        Layout::Pane { pane } => *pane,
        Layout::Split { first, .. } => leader(first),
    }
}

/// How many panes stand in a row, or column, that goes on in this direction.
fn in_a_row(layout: &Layout, direction: Direction) -> f64 {
    match layout {
        Layout::Split { split, first, second, .. } if *split == direction => {
            in_a_row(first, direction) + in_a_row(second, direction)
        }
        Layout::Pane { .. } | Layout::Split { .. } => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u64) -> PaneId {
        PaneId::from_random(n)
    }

    fn pane(n: u64) -> Layout {
        Layout::Pane { pane: id(n) }
    }

    fn split(split: Direction, ratio: f64, first: Layout, second: Layout) -> Layout {
        Layout::Split { split, ratio, first: Box::new(first), second: Box::new(second) }
    }

    /// One at the left; at the right two above each other, of which the lower one is divided.
    fn sample() -> Arrangement {
        let low = split(Direction::Horizontal, 0.5, pane(3), pane(4));
        let right = split(Direction::Vertical, 0.25, pane(2), low);
        Arrangement { layout: Some(split(Direction::Horizontal, 0.4, pane(1), right)), zoomed: None }
    }

    #[test]
    fn first_is_left_or_above_and_the_parts_fill_the_whole() {
        let places = sample().places();
        assert_eq!(places.iter().map(|(pane, _)| *pane).collect::<Vec<_>>(), [id(1), id(2), id(3), id(4)]);
        let Rect { x, y, width, height } = places[2].1;
        let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
        assert!(near(x, 0.4) && near(y, 0.25) && near(width, 0.3) && near(height, 0.75), "{:?}", places[2]);
        let area: f64 = places.iter().map(|(_, rect)| rect.width * rect.height).sum();
        assert!(near(area, 1.0));
    }

    #[test]
    fn each_split_has_a_line_named_by_a_pane_of_each_part() {
        let lines: Vec<_> = sample().dividers().iter().map(|line| (line.first, line.second, line.ratio)).collect();
        assert_eq!(lines, [(id(1), id(2), 0.4), (id(2), id(3), 0.25), (id(3), id(4), 0.5)]);
    }

    #[test]
    fn three_in_a_row_are_even_at_a_third() {
        let row = split(Direction::Horizontal, 0.5, pane(1), split(Direction::Horizontal, 0.5, pane(2), pane(3)));
        let lines = Arrangement { layout: Some(row), zoomed: None }.dividers();
        assert!((lines[0].even - 1.0 / 3.0).abs() < 1e-9 && (lines[1].even - 0.5).abs() < 1e-9);
        assert!((sample().dividers()[0].even - 0.5).abs() < 1e-9, "a column is one in a row");
    }

    #[test]
    fn a_share_is_set_where_two_panes_part_and_stays_within_bounds() {
        let ratios = |of: Arrangement| of.dividers().iter().map(|line| line.ratio).collect::<Vec<_>>();
        assert_eq!(ratios(sample().resized(id(4), id(1), 0.7)), [0.7, 0.25, 0.5]);
        assert_eq!(ratios(sample().resized(id(2), id(4), 0.0)), [0.4, LEAST, 0.5]);
        assert_eq!(ratios(sample().resized(id(9), id(8), 0.7)), [0.4, 0.25, 0.5]);
    }

    fn check(from: u64, toward: Toward, expected: Option<u64>) {
        assert_eq!(sample().neighbour(id(from), toward), expected.map(id), "{from} {toward:?}");
    }

    #[test]
    fn the_next_pane_is_the_one_that_lies_beside() {
        check(1, Toward::Right, Some(3));
        check(1, Toward::Left, None);
        check(2, Toward::Left, Some(1));
        check(2, Toward::Down, Some(3));
        check(4, Toward::Up, Some(2));
        check(4, Toward::Left, Some(3));
        check(3, Toward::Right, Some(4));
        check(4, Toward::Down, None);
        check(9, Toward::Down, None);
    }
}
