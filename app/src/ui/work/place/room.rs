//! How large panes are in this window, and what that leaves to be done with them.

use leptos::prelude::*;

use super::Place;
use crate::{
    protocol::{PaneId, layout::Direction},
    workspace::{Divider, Room},
};

impl Place {
    /// How large the panes may be together has changed.
    pub fn resized(self, width: f64, height: f64) {
        let room = Some(Room { width, height });
        // What is not shown has no size, and will have one again.
        let is_shown = width > 0.0 && height > 0.0;
        if is_shown && self.room.try_get_untracked().is_some_and(|before| before != room) {
            self.room.set(room);
        }
    }

    /// Whether one pane is shown at a time: the window is narrow, or some pane would be too small to be of use.
    pub fn is_single(self) -> bool {
        self.single.get()
    }

    /// Whether a pane is large enough to be divided. In a narrow window each has all of it, however many there are.
    pub fn may_divide(self, pane: PaneId, direction: Direction) -> bool {
        let divides = |room| self.arrangement.with(|arrangement| arrangement.divides(pane, direction, room));
        self.narrow.get() || self.room.get().is_none_or(divides)
    }

    /// The least and the largest share at a line.
    pub fn bounds(self, line: &Divider) -> (f64, f64) {
        self.arrangement.with(|arrangement| arrangement.bounds(line, self.room.get()))
    }
}
