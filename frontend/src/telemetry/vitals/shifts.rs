//! Cumulative Layout Shift: shifts that follow each other closely count together, and the worst such row counts.

/// Two shifts further apart than this, in milliseconds, are of two rows.
const LONGEST_GAP_MS: f64 = 1_000.0;
/// A row is no longer than this.
const LONGEST_ROW_MS: f64 = 5_000.0;

/// The shifts so far, as far as they matter.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shifts {
    began: f64,
    last: f64,
    row: f64,
    worst: f64,
}

impl Shifts {
    /// Adds a shift at a time in milliseconds; they come in their order.
    pub fn add(&mut self, at: f64, value: f64) {
        if at - self.last >= LONGEST_GAP_MS || at - self.began >= LONGEST_ROW_MS {
            (self.began, self.row) = (at, 0.0);
        }
        self.last = at;
        self.row += value;
        self.worst = self.worst.max(self.row);
    }

    /// The worst row.
    pub fn worst(&self) -> f64 {
        self.worst
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(shifts: &[(f64, f64)], worst: f64) {
        let mut all = Shifts::default();
        shifts.iter().for_each(|(at, value)| all.add(*at, *value));
        assert_eq!(all.worst(), worst, "{shifts:?}");
    }

    #[test]
    fn the_worst_row_counts() {
        check(&[], 0.0);
        check(&[(10.0, 0.25), (900.0, 0.5)], 0.75);
        check(&[(10.0, 0.25), (1_010.0, 0.5), (3_000.0, 0.25)], 0.5);
    }

    #[test]
    fn a_row_ends_after_five_seconds() {
        let steps: Vec<_> = (0..12).map(|n| (2_000.0 + f64::from(n) * 500.0, 0.125)).collect();
        check(&steps, 1.25);
    }
}
