//! How often something happened in each of the last 60 seconds.

use super::Micros;

/// How far back it looks.
pub const SECONDS: usize = 60;

/// Occurrences by second, in a ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    counts: [u32; SECONDS],
    // The second since 1970 that was counted last.
    newest: u64,
}

impl Rate {
    /// Counts one occurrence; one from the past, after the clock was set back, counts as the newest.
    pub fn record(&mut self, now: Micros) {
        let second = now / 1_000_000;
        if second > self.newest {
            let passed = (second - self.newest).min(SECONDS as u64);
            for gone in second + 1 - passed..=second {
                self.counts[place(gone)] = 0;
            }
            self.newest = second;
        }
        let count = &mut self.counts[place(self.newest)];
        *count = count.saturating_add(1);
    }

    /// The counts of the last 60 seconds, oldest first; the last one is still going on.
    #[must_use]
    pub fn last_minute(&self, now: Micros) -> [u32; SECONDS] {
        let end = (now / 1_000_000).max(self.newest);
        std::array::from_fn(|i| {
            let second = (end + 1 + i as u64).saturating_sub(SECONDS as u64);
            let kept = second <= self.newest && second + SECONDS as u64 > self.newest;
            if kept { self.counts[place(second)] } else { 0 }
        })
    }

    /// Occurrences a second over the last minute.
    #[must_use]
    pub fn per_second(&self, now: Micros) -> f64 {
        let sum: u64 = self.last_minute(now).into_iter().map(u64::from).sum();
        sum as f64 / SECONDS as f64
    }
}

impl Default for Rate {
    fn default() -> Self {
        Self { counts: [0; SECONDS], newest: 0 }
    }
}

fn place(second: u64) -> usize {
    (second % SECONDS as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: u64 = 1_790_000_000;

    /// Records at the given seconds after the start and expects `(seconds ago, count)` at the end of them.
    fn check(seconds: &[u64], now: u64, expected: &[(usize, u32)]) {
        let mut rate = Rate::default();
        for second in seconds {
            rate.record((START + second) * 1_000_000);
        }
        let mut counts = [0; SECONDS];
        expected.iter().for_each(|(ago, count)| counts[SECONDS - 1 - ago] = *count);
        let now = (START + now) * 1_000_000;
        assert_eq!(rate.last_minute(now), counts, "{seconds:?} at {now}");
        let sum: u32 = expected.iter().map(|(_, count)| count).sum();
        assert_eq!(rate.per_second(now), f64::from(sum) / 60.0);
    }

    #[test]
    fn each_second_has_its_count() {
        check(&[], 0, &[]);
        check(&[0, 0, 1], 1, &[(1, 2), (0, 1)]);
        check(&[0, 59], 59, &[(59, 1), (0, 1)]);
    }

    #[test]
    fn what_is_older_than_a_minute_is_gone() {
        check(&[0, 60], 60, &[(0, 1)]);
        check(&[0, 1, 200], 200, &[(0, 1)]);
        check(&[0, 5], 64, &[(59, 1)]);
        check(&[0, 5], 10_000, &[]);
    }

    #[test]
    fn a_clock_set_back_loses_nothing() {
        check(&[30, 10], 10, &[(0, 2)]);
    }
}
