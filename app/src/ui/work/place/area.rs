//! A pane's part of the screen, in the words of the style sheet.

use crate::workspace::Rect;

/// A pane's part of the screen, as the style sheet wants it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area(Rect);

impl Area {
    /// The part of the screen for a part of the tab.
    pub const fn of(rect: Rect) -> Self {
        Self(rect)
    }

    /// The distance from the left, and the width but for the line at the right edge.
    pub fn across(self) -> (String, String) {
        span(self.0.x, self.0.width)
    }

    /// The distance from the top, and the height but for the line at the lower edge.
    pub fn down(self) -> (String, String) {
        span(self.0.y, self.0.height)
    }
}

fn span(start: f64, length: f64) -> (String, String) {
    /// Sums of shares are not exact.
    const NEARLY: f64 = 1e-6;
    let line = if start + length < 1.0 - NEARLY { "1px" } else { "0px" };
    (percent(start), format!("calc({} - {line})", percent(length)))
}

/// A share as the style sheet wants it.
pub fn percent(share: f64) -> String {
    format!("{:.4}%", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_two_panes_there_is_a_line() {
        let left = Area::of(Rect { width: 0.25, ..Rect::WHOLE });
        let right = Area::of(Rect { x: 0.25, width: 0.75, ..Rect::WHOLE });
        assert_eq!(left.across(), ("0.0000%".into(), "calc(25.0000% - 1px)".into()));
        assert_eq!(right.across(), ("25.0000%".into(), "calc(75.0000% - 0px)".into()));
        assert_eq!(right.down(), ("0.0000%".into(), "calc(100.0000% - 0px)".into()));
    }
}
