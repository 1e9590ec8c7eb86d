//! From a key to its paint: the latency a person feels.

use std::collections::VecDeque;

use app::client::EchoLatency;

/// How many keys the figures look back on.
const LOOK_BACK: usize = 256;
/// Output later than this, in milliseconds, answers something else.
const LONGEST_MS: f64 = 1_000.0;

/// Measures one screen's keys.
#[derive(Clone, Debug, Default)]
pub struct Echo {
    typed_at: Option<f64>,
    samples: VecDeque<f64>,
}

impl Echo {
    /// A key was typed at `now`, in milliseconds; one that still waits for its output keeps its place.
    pub fn typed(&mut self, now: f64) {
        if self.typed_at.is_none_or(|typed_at| now - typed_at > LONGEST_MS) {
            self.typed_at = Some(now);
        }
    }

    /// Output came: returns when the key it answers was typed.
    pub fn answered(&mut self, now: f64) -> Option<f64> {
        self.typed_at.take().filter(|typed_at| now - typed_at <= LONGEST_MS)
    }

    /// A key typed at `typed_at` was painted at `now`; returns the figures with it.
    pub fn painted(&mut self, typed_at: f64, now: f64) -> EchoLatency {
        if self.samples.len() == LOOK_BACK {
            self.samples.pop_front();
        }
        self.samples.push_back(now - typed_at);
        let mut sorted: Vec<f64> = self.samples.iter().copied().collect();
        sorted.sort_by(f64::total_cmp);
        EchoLatency { p50_ms: percentile(&sorted, 50), p99_ms: percentile(&sorted, 99) }
    }
}

/// The smallest sample that `percent` of all samples do not exceed; there is at least one.
fn percentile(sorted: &[f64], percent: usize) -> f64 {
    sorted[(sorted.len() * percent).div_ceil(100).max(1) - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_key_of_several_is_the_one_answered() {
        let mut echo = Echo::default();
        echo.typed(10.0);
        echo.typed(20.0);
        assert_eq!(echo.answered(25.0), Some(10.0));
        assert_eq!(echo.answered(26.0), None);
    }

    #[test]
    fn output_long_after_a_key_is_not_its_echo() {
        let mut echo = Echo::default();
        echo.typed(0.0);
        assert_eq!(echo.answered(1_001.0), None);
        echo.typed(0.0);
        echo.typed(1_002.0);
        assert_eq!(echo.answered(1_003.0), Some(1_002.0));
    }

    #[test]
    fn the_figures_are_percentiles_of_the_last_keys() {
        let mut echo = Echo::default();
        let last = (1..=LOOK_BACK + 100).map(|n| echo.painted(0.0, n as f64)).last();
        assert_eq!(last, Some(EchoLatency { p50_ms: 228.0, p99_ms: 354.0 }));
    }
}
