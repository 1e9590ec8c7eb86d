//! The size of a screen in cells.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Columns and rows, each within 1…1000: no program gains from more, and a screen model allocates by them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(u32, u32)", into = "(u16, u16)")]
pub struct Size {
    cols: u16,
    rows: u16,
}

impl Size {
    /// The largest number of columns or rows.
    pub const MAX: u16 = 1000;

    /// A size as near to what was asked for as the limits allow.
    pub fn clamped(cols: u32, rows: u32) -> Self {
        let clamp = |n: u32| u16::try_from(n).unwrap_or(Self::MAX).clamp(1, Self::MAX);
        Self { cols: clamp(cols), rows: clamp(rows) }
    }

    /// Columns.
    pub fn cols(self) -> u16 {
        self.cols
    }

    /// Rows.
    pub fn rows(self) -> u16 {
        self.rows
    }
}

impl From<(u32, u32)> for Size {
    fn from((cols, rows): (u32, u32)) -> Self {
        Self::clamped(cols, rows)
    }
}

impl From<Size> for (u16, u16) {
    fn from(size: Size) -> Self {
        (size.cols, size.rows)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}×{}", self.cols, self.rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cols: u32, rows: u32, expected: (u16, u16)) {
        let size = Size::clamped(cols, rows);
        assert_eq!((size.cols(), size.rows()), expected);
    }

    #[test]
    fn sizes_stay_between_one_and_a_thousand() {
        check(80, 24, (80, 24));
        check(0, 0, (1, 1));
        check(1001, 70_000, (1000, 1000));
        check(u32::MAX, 1000, (1000, 1000));
    }
}
