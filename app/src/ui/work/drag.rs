//! A tab on its way to another place in the row: where it would land, and how far the others make room.

use crate::protocol::TabId;

/// How far a pointer moves before it drags: less is a click with an unsteady hand.
const STEADY: f64 = 5.0;

/// A tab under the pointer.
#[derive(Clone, Debug, PartialEq)]
pub struct Drag {
    /// Which.
    pub tab: TabId,
    /// Its place among the tabs.
    from: usize,
    /// Where each tab begins and how wide it is, as all stood when it began.
    tabs: Vec<(f64, f64)>,
    start: f64,
    moved: f64,
    /// Whether it drags only after it has rested, since a movement before that scrolls the row.
    rests: bool,
    begun: bool,
}

/// What a pointer does that has moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Nothing yet: it is about where it was.
    Steady,
    /// It drags the tab.
    Drags,
    /// It wants something else, and the tab stays.
    Strays,
}

impl Drag {
    /// The pointer went down on a tab, at `start` in the row.
    pub fn new(tab: TabId, from: usize, tabs: Vec<(f64, f64)>, start: f64, rests: bool) -> Self {
        Self { tab, from, tabs, start, moved: 0.0, rests, begun: false }
    }

    /// The pointer is at `at` now.
    pub fn reach(&mut self, at: f64) -> Reach {
        let moved = at - self.start;
        match (self.begun, moved.abs() >= STEADY) {
            (false, false) => return Reach::Steady,
            (false, true) if self.rests => return Reach::Strays,
            (false, true) | (true, _) => {}
        }
        (self.begun, self.moved) = (true, moved);
        Reach::Drags
    }

    /// The pointer has rested for long enough.
    pub fn lift(&mut self) {
        self.begun = true;
    }

    /// Whether it is one that rests first.
    pub fn rests(&self) -> bool {
        self.rests
    }

    /// The place where it would land: behind every tab whose middle its own middle has passed.
    pub fn target(&self) -> usize {
        let middle = |place: usize| self.tabs.get(place).map_or(0.0, |(left, width)| left + width / 2.0);
        let here = middle(self.from) + self.moved;
        let others = (0..self.tabs.len()).filter(|place| *place != self.from);
        others.filter(|place| middle(*place) < here).count()
    }

    /// How far the tab at `place` stands from where it was.
    pub fn shift(&self, place: usize) -> f64 {
        let (target, width) = (self.target(), self.tabs.get(self.from).map_or(0.0, |(_, width)| *width));
        if !self.begun {
            0.0
        } else if place == self.from {
            self.moved
        } else if place > self.from && place <= target {
            -width
        } else if place < self.from && place >= target {
            width
        } else {
            0.0
        }
    }

    /// Whether it has left its place.
    pub fn has_begun(&self) -> bool {
        self.begun
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(from: usize, rests: bool) -> Drag {
        let tabs = vec![(0.0, 100.0), (100.0, 50.0), (150.0, 100.0)];
        Drag::new(TabId::from_random(1), from, tabs, 20.0, rests)
    }

    fn dragged(from: usize, by: f64) -> Drag {
        let mut drag = pressed(from, false);
        drag.reach(20.0 + by);
        drag
    }

    fn check(from: usize, by: f64, target: usize, shifts: [f64; 3]) {
        let drag = dragged(from, by);
        assert_eq!((drag.target(), [0, 1, 2].map(|place| drag.shift(place))), (target, shifts), "{from} by {by}");
    }

    #[test]
    fn a_tab_lands_behind_those_whose_middle_it_has_passed() {
        check(0, 60.0, 0, [60.0, 0.0, 0.0]);
        check(0, 80.0, 1, [80.0, -100.0, 0.0]);
        check(0, 900.0, 2, [900.0, -100.0, -100.0]);
        check(2, -900.0, 0, [100.0, 100.0, -900.0]);
        check(1, -80.0, 0, [50.0, -80.0, 0.0]);
    }

    #[test]
    fn a_finger_drags_once_it_has_rested_and_scrolls_before() {
        let mut finger = pressed(1, true);
        assert_eq!((finger.reach(23.0), finger.reach(30.0)), (Reach::Steady, Reach::Strays));
        finger.lift();
        assert_eq!((finger.reach(21.0), finger.target()), (Reach::Drags, 1));
        assert_eq!((finger.reach(-80.0), finger.target()), (Reach::Drags, 0));
    }

    #[test]
    fn an_unsteady_hand_drags_nothing() {
        check(1, 4.0, 1, [0.0; 3]);
        assert!(!dragged(1, 4.0).has_begun());
    }
}
