//! How small panes may become in a window: each keeps room for its head and a few words below.

use crate::protocol::{
    PaneId,
    layout::{Direction, Layout},
};

use super::geometry::{self, Arrangement, Divider};

/// What a pane may be smaller by, in CSS pixels: shares on the wire have six decimals, and half a pixel is nobody's loss.
const SLACK: f64 = 0.5;

/// A width and a height, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Room {
    /// The width.
    pub width: f64,
    /// The height.
    pub height: f64,
}

impl Room {
    /// What a pane needs to be of use: about twelve columns, and three rows below its head.
    pub const LEAST: Self = Self { width: 120.0, height: 80.0 };

    fn along(self, direction: Direction) -> f64 {
        match direction {
            Direction::Horizontal => self.width,
            Direction::Vertical => self.height,
        }
    }
}

impl Arrangement {
    /// Whether every pane is large enough in a tab of this size.
    #[must_use]
    pub fn fits(&self, room: Room) -> bool {
        let Room { width, height } = Room::LEAST;
        self.places()
            .iter()
            .all(|(_, rect)| rect.width * room.width + SLACK >= width && rect.height * room.height + SLACK >= height)
    }

    /// Whether both halves of a pane would be large enough in a tab of this size.
    #[must_use]
    pub fn divides(&self, pane: PaneId, direction: Direction, room: Room) -> bool {
        let rect = self.places().into_iter().find(|(other, _)| *other == pane).map(|(_, rect)| rect);
        rect.is_none_or(|rect| {
            let whole = Room { width: rect.width * room.width, height: rect.height * room.height };
            whole.along(direction) / 2.0 >= Room::LEAST.along(direction)
        })
    }

    /// The least and the largest share of the first part at a line, so that every pane on both sides stays large enough in a tab of
    /// this size. Where there is not room for all of them the line stays where it is.
    #[must_use]
    pub fn bounds(&self, line: &Divider, room: Option<Room>) -> (f64, f64) {
        let (mut low, mut high) = (geometry::LEAST, 1.0 - geometry::LEAST);
        let split = self.layout.as_ref().and_then(|layout| split_between(layout, line.first, line.second));
        if let Some(((first, second), room)) = split.zip(room) {
            let area = Room { width: line.area.width * room.width, height: line.area.height * room.height };
            let length = area.along(line.direction).max(1.0);
            low = low.max(need(first, line.direction) / length);
            high = high.min(1.0 - need(second, line.direction) / length);
        }
        if low <= high { (low, high) } else { (line.ratio, line.ratio) }
    }
}

/// The two parts of the split that parts two panes which each come first in theirs.
fn split_between(layout: &Layout, one: PaneId, other: PaneId) -> Option<(&Layout, &Layout)> {
    let Layout::Split { first, second, .. } = layout else { return None };
    if (geometry::leader(first), geometry::leader(second)) == (one, other) {
        return Some((first, second));
    }
    split_between(first, one, other).or_else(|| split_between(second, one, other))
}

/// What a part needs in a direction as long as the shares inside of it stay as they are.
fn need(layout: &Layout, direction: Direction) -> f64 {
    match layout {
        Layout::Pane { .. } => Room::LEAST.along(direction),
        Layout::Split { split, ratio, first, second } => {
            let (first, second) = (need(first, direction), need(second, direction));
            if *split == direction { (first / ratio).max(second / (1.0 - ratio)) } else { first.max(second) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pane(n: u64) -> Box<Layout> {
        Box::new(Layout::Pane { pane: PaneId::from_random(n) })
    }

    /// One at the left; at the right two above each other.
    fn sample() -> Arrangement {
        let right = Layout::Split { split: Direction::Vertical, ratio: 0.5, first: pane(2), second: pane(3) };
        let split = Direction::Horizontal;
        let layout = Layout::Split { split, ratio: 0.4, first: pane(1), second: Box::new(right) };
        Arrangement { layout: Some(layout), zoomed: None }
    }

    fn check_fits(width: f64, height: f64, expected: bool) {
        assert_eq!(sample().fits(Room { width, height }), expected, "{width}×{height}");
    }

    #[test]
    fn panes_fit_where_the_smallest_is_large_enough() {
        check_fits(300.0, 160.0, true);
        check_fits(298.0, 160.0, false);
        check_fits(300.0, 158.0, false);
        check_fits(299.5, 159.5, true);
    }

    fn check_divides(pane: u64, direction: Direction, expected: bool) {
        let divides = sample().divides(PaneId::from_random(pane), direction, Room { width: 500.0, height: 240.0 });
        assert_eq!(divides, expected, "{pane} {direction:?}");
    }

    #[test]
    fn a_pane_is_divided_where_both_halves_are_large_enough() {
        check_divides(1, Direction::Horizontal, false);
        check_divides(1, Direction::Vertical, true);
        check_divides(2, Direction::Horizontal, true);
        check_divides(2, Direction::Vertical, false);
        check_divides(9, Direction::Vertical, true);
    }

    fn check_bounds(line: usize, room: Option<(f64, f64)>, expected: (f64, f64)) {
        let lines = sample().dividers();
        let (low, high) = sample().bounds(&lines[line], room.map(|(width, height)| Room { width, height }));
        assert!((low - expected.0).abs() < 1e-9 && (high - expected.1).abs() < 1e-9, "{low} {high}");
    }

    #[test]
    fn a_line_stops_where_a_pane_would_be_too_small() {
        check_bounds(0, Some((600.0, 400.0)), (0.2, 0.8));
        check_bounds(1, Some((600.0, 400.0)), (0.2, 0.8));
        check_bounds(0, Some((9_600.0, 400.0)), (0.05, 0.95));
        check_bounds(0, None, (0.05, 0.95));
        check_bounds(0, Some((200.0, 400.0)), (0.4, 0.4));
    }

    #[test]
    fn a_part_keeps_its_own_shares() {
        let row = Layout::Split { split: Direction::Horizontal, ratio: 0.25, first: pane(2), second: pane(3) };
        let layout = Layout::Split { split: Direction::Horizontal, ratio: 0.5, first: pane(1), second: Box::new(row) };
        let arrangement = Arrangement { layout: Some(layout), zoomed: None };
        let (low, high) = arrangement.bounds(&arrangement.dividers()[0], Some(Room { width: 1_200.0, height: 400.0 }));
        assert!((low - 0.1).abs() < 1e-9 && (high - 0.6).abs() < 1e-9, "{low} {high}");
    }

    /// Any layout of a few panes, numbered as they stand.
    fn layout() -> impl Strategy<Value = Layout> {
        let one = Just(Layout::Pane { pane: PaneId::from_random(0) });
        let any = one.prop_recursive(4, 12, 2, |part| {
            let direction = prop_oneof![Just(Direction::Horizontal), Just(Direction::Vertical)];
            (direction, 0.05..0.95, part.clone(), part).prop_map(|(split, ratio, first, second)| Layout::Split {
                split,
                ratio,
                first: Box::new(first),
                second: Box::new(second),
            })
        });
        any.prop_map(|mut layout| {
            number(&mut layout, &mut 0);
            layout
        })
    }

    fn number(layout: &mut Layout, next: &mut u64) {
        match layout {
            Layout::Pane { pane } => {
                *next += 1;
                *pane = PaneId::from_random(*next);
            }
            Layout::Split { first, second, .. } => {
                number(first, next);
                number(second, next);
            }
        }
    }

    /// Divides a pane in the middle.
    fn divide(layout: &mut Layout, id: PaneId, direction: Direction) {
        match layout {
            Layout::Pane { pane: here } => {
                if *here == id {
                    let first = Box::new(Layout::Pane { pane: id });
                    *layout = Layout::Split { split: direction, ratio: 0.5, first, second: pane(1_000) };
                }
            }
            Layout::Split { first, second, .. } => {
                divide(first, id, direction);
                divide(second, id, direction);
            }
        }
    }

    proptest! {
        #[test]
        fn wherever_a_line_is_taken_within_its_bounds_and_whatever_is_divided_all_panes_fit(
            layout in layout(), width in 200.0..4_000.0, height in 200.0..3_000.0, share in 0.0..1.0,
        ) {
            let room = Room { width, height };
            let before = Arrangement { layout: Some(layout), zoomed: None };
            prop_assume!(before.fits(room));
            for line in before.dividers() {
                let (low, high) = before.bounds(&line, Some(room));
                let at = low + (high - low) * share;
                let after = before.clone().resized(line.first, line.second, at);
                prop_assert!(after.fits(room), "{line:?} at {at} of {low} to {high}");
            }
            for pane in before.panes() {
                for direction in [Direction::Horizontal, Direction::Vertical] {
                    let mut after = before.clone();
                    if let Some(layout) = &mut after.layout {
                        divide(layout, pane, direction);
                    }
                    prop_assert!(!before.divides(pane, direction, room) || after.fits(room), "{pane} {direction:?}");
                }
            }
        }
    }
}
