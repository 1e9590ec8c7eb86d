//! How long to wait before the next attempt: doubling, bounded, and jittered so that windows do not come back together.

use std::cell::Cell;

/// Half the width of the jitter, as a share of the delay.
const JITTER: f64 = 0.2;

/// A growing delay between attempts; after a success the next one begins with a new one.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    first_ms: f64,
    longest_ms: f64,
    failures: u32,
}

impl Backoff {
    /// Begins at `first_ms` and never grows beyond `longest_ms`, jitter apart.
    pub const fn new(first_ms: f64, longest_ms: f64) -> Self {
        Self { first_ms, longest_ms, failures: 0 }
    }

    /// Counts a failure and returns how long to wait, in milliseconds; `random` is in 0…1.
    pub fn fail(&mut self, random: f64) -> f64 {
        let doublings = i32::try_from(self.failures.min(30)).expect("30 is a small number");
        self.failures = self.failures.saturating_add(1);
        let delay = (self.first_ms * 2f64.powi(doublings)).min(self.longest_ms);
        delay * (1.0 - JITTER + 2.0 * JITTER * random)
    }

    /// Counts a failure of whoever shares this one, and returns how long to wait.
    pub fn fail_in(shared: &Cell<Self>, random: f64) -> f64 {
        let mut backoff = shared.get();
        let delay = backoff.fail(random);
        shared.set(backoff);
        delay
    }

    /// How many attempts have failed since the last success.
    pub fn failures(&self) -> u32 {
        self.failures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delays(random: f64, count: usize) -> Vec<f64> {
        let mut backoff = Backoff::new(1_000.0, 16_000.0);
        (0..count).map(|_| backoff.fail(random).round()).collect()
    }

    #[test]
    fn delays_double_up_to_the_longest() {
        assert_eq!(delays(0.5, 7), [1e3, 2e3, 4e3, 8e3, 16e3, 16e3, 16e3]);
    }

    #[test]
    fn jitter_spreads_a_fifth_to_both_sides() {
        assert_eq!(delays(0.0, 2), [800.0, 1_600.0]);
        assert_eq!(delays(1.0, 2), [1_200.0, 2_400.0]);
    }
}
