//! Which line moves when a pane is to have more room or less, and how far.

use crate::{
    protocol::layout::Direction,
    workspace::{Divider, Rect},
};

use super::place::Slide;

/// How much of a split one step is: a few columns or rows, and a key that is held repeats it.
const STEP: f64 = 0.05;

/// What becomes of a pane's room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    /// It gets more.
    More,
    /// It gets less.
    Less,
}

/// Where the line goes that parts the pane at `place` from what stands beside it in that direction: of the splits that it is in
/// the innermost. `None` where nothing stands beside it. `lines` begins with the outermost; `bounds` says how far one may go.
pub fn slide(
    lines: &[Divider],
    bounds: impl Fn(&Divider) -> (f64, f64),
    place: Rect,
    direction: Direction,
    growth: Growth,
) -> Option<Slide> {
    let (x, y) = (place.x + place.width / 2.0, place.y + place.height / 2.0);
    let holds = |area: Rect| (area.x..area.x + area.width).contains(&x) && (area.y..area.y + area.height).contains(&y);
    let line = lines.iter().rfind(|line| line.direction == direction && holds(line.area))?;
    let Divider { first, second, ratio, area, .. } = *line;
    let is_first = match direction {
        Direction::Horizontal => x < area.x + area.width * ratio,
        Direction::Vertical => y < area.y + area.height * ratio,
    };
    let step = if is_first == (growth == Growth::More) { STEP } else { -STEP };
    let (least, most) = bounds(line);
    Some(Slide { first, second, ratio: (ratio + step).clamp(least, most) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        protocol::{PaneId, layout::Layout},
        workspace::Arrangement,
    };

    fn split(split: Direction, first: Layout, second: Layout) -> Layout {
        Layout::Split { split, ratio: 0.5, first: Box::new(first), second: Box::new(second) }
    }

    fn pane(n: u64) -> Layout {
        Layout::Pane { pane: PaneId::from_random(n) }
    }

    const BOUNDS: (f64, f64) = (0.2, 0.7);

    /// One at the left; at the right two above each other, of which the lower one is divided.
    fn sample() -> Arrangement {
        let low = split(Direction::Horizontal, pane(3), pane(4));
        let layout = split(Direction::Horizontal, pane(1), split(Direction::Vertical, pane(2), low));
        Arrangement { layout: Some(layout), zoomed: None }
    }

    /// The pane has as much more of the room as expected, and no room is lost or used twice.
    fn check(n: u64, direction: Direction, growth: Growth, expected: Option<(u64, u64, f64)>) {
        let arrangement = sample();
        let (_, place) = arrangement.places().into_iter().find(|(pane, _)| *pane == PaneId::from_random(n)).unwrap();
        let slide = slide(&arrangement.dividers(), |_| BOUNDS, place, direction, growth);
        let expected =
            expected.map(|(one, other, ratio)| (PaneId::from_random(one), PaneId::from_random(other), ratio));
        assert_eq!(
            slide.map(|slide| (slide.first, slide.second, slide.ratio)),
            expected,
            "{n} {direction:?} {growth:?}"
        );
    }

    #[test]
    fn the_nearest_line_moves_away_from_who_grows() {
        use Direction::{Horizontal, Vertical};
        check(1, Horizontal, Growth::More, Some((1, 2, 0.55)));
        check(1, Horizontal, Growth::Less, Some((1, 2, 0.45)));
        check(2, Horizontal, Growth::More, Some((1, 2, 0.45)));
        check(2, Vertical, Growth::More, Some((2, 3, 0.55)));
        check(3, Horizontal, Growth::More, Some((3, 4, 0.55)));
        check(4, Horizontal, Growth::More, Some((3, 4, 0.45)));
        check(4, Vertical, Growth::Less, Some((2, 3, 0.55)));
        check(1, Vertical, Growth::More, None);
    }

    #[test]
    fn no_pane_is_pressed_out_of_sight() {
        let (one, other) = (PaneId::from_random(1), PaneId::from_random(2));
        let mut arrangement =
            Arrangement { layout: Some(split(Direction::Horizontal, pane(1), pane(2))), zoomed: None };
        for _ in 0..30 {
            let (_, place) = arrangement.places()[0];
            let lines = arrangement.dividers();
            let slide = slide(&lines, |_| BOUNDS, place, Direction::Horizontal, Growth::More).unwrap();
            arrangement = arrangement.resized(one, other, slide.ratio);
        }
        assert_eq!(arrangement.dividers()[0].ratio, BOUNDS.1);
    }
}
