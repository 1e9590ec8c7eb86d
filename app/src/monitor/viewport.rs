//! Which rows of a long list are in sight, so that only they are drawn.

use std::ops::Range;

/// Rows drawn above and below what is in sight, so that a fast scroll shows no gap.
const OVERSCAN: usize = 8;

/// The window through which a list of rows of one height is seen. Lengths are in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    /// The height of every row, more than zero.
    pub row_height: f64,
    /// The height of the window.
    pub height: f64,
    /// How far the list is scrolled.
    pub scroll_top: f64,
}

impl Viewport {
    /// The rows to draw, of `count` in all; empty when there are none.
    #[must_use]
    pub fn visible(&self, count: usize) -> Range<usize> {
        // A scroll beyond either end (a rubber band, a list that shrank) is the end.
        let furthest = (self.total(count) - self.height).max(0.0);
        let top = self.scroll_top.clamp(0.0, furthest);
        let first = (top / self.row_height).floor() as usize;
        let last = ((top + self.height) / self.row_height).ceil() as usize;
        first.saturating_sub(OVERSCAN)..last.saturating_add(OVERSCAN).min(count)
    }

    /// Where the first drawn row stands.
    #[must_use]
    pub fn offset(&self, visible: &Range<usize>) -> f64 {
        visible.start as f64 * self.row_height
    }

    /// The height of all rows together.
    #[must_use]
    pub fn total(&self, count: usize) -> f64 {
        count as f64 * self.row_height
    }

    /// Where to scroll after `added` rows came on top, so that what is being read stays put; the top stays the top.
    #[must_use]
    pub fn scroll_after(&self, added: usize) -> f64 {
        if self.scroll_top <= 0.0 { 0.0 } else { self.scroll_top + self.total(added) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A window of ten rows.
    fn at(scroll_top: f64) -> Viewport {
        Viewport { row_height: 20.0, height: 200.0, scroll_top }
    }

    fn check(scroll_top: f64, count: usize, expected: Range<usize>) {
        assert_eq!(at(scroll_top).visible(count), expected, "{scroll_top} of {count}");
    }

    #[test]
    fn only_what_is_in_sight_is_drawn_and_a_little_more() {
        check(0.0, 10_000, 0..18);
        check(2_000.0, 10_000, 92..118);
        check(2_010.0, 10_000, 92..119);
    }

    #[test]
    fn the_ends_are_the_ends() {
        check(0.0, 0, 0..0);
        check(0.0, 5, 0..5);
        check(199_800.0, 10_000, 9_982..10_000);
        check(-50.0, 10_000, 0..18);
    }

    #[test]
    fn a_list_that_shrank_shows_its_end() {
        check(100_000.0, 100, 82..100);
        check(100_000.0, 5, 0..5);
    }

    #[test]
    fn reading_is_not_disturbed_by_rows_on_top() {
        assert_eq!(at(400.0).scroll_after(3), 460.0);
        assert_eq!(at(0.0).scroll_after(3), 0.0);
        assert_eq!((at(0.0).offset(&(92..118)), at(0.0).total(10)), (1_840.0, 200.0));
    }
}
