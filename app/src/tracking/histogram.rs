//! Durations by size in a fixed number of buckets: any quantile within 1 %, whatever the count; mergeable.
//!
//! A bucket holds one microsecond up to 128 µs, from there each power of two is cut into 64 equal buckets. Its middle
//! is thus at most 1/128 (0.8 %) from any value in it. Count, sum, smallest and largest are exact.

use super::Micros;

const SUB_BITS: u32 = 6;
const SUB: usize = 1 << SUB_BITS;
/// Longer durations (over 71 minutes) count in the last bucket; the largest stays exact.
const MAX: Micros = u32::MAX as Micros;
const BUCKETS: usize = bucket(MAX) + 1;

/// A histogram of durations in microseconds; 7 KB once it holds one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    // Empty until the first record.
    buckets: Vec<u32>,
    count: u64,
    sum: u64,
    min: Micros,
    max: Micros,
}

impl Histogram {
    /// Counts one duration.
    pub fn record(&mut self, duration: Micros) {
        if self.buckets.is_empty() {
            self.buckets.resize(BUCKETS, 0);
            self.min = duration;
        }
        let bucket = &mut self.buckets[bucket(duration.min(MAX))];
        *bucket = bucket.saturating_add(1);
        self.count += 1;
        self.sum = self.sum.saturating_add(duration);
        self.min = self.min.min(duration);
        self.max = self.max.max(duration);
    }

    /// Adds what another histogram holds.
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        if self.count == 0 {
            self.clone_from(other);
            return;
        }
        for (mine, theirs) in self.buckets.iter_mut().zip(&other.buckets) {
            *mine = mine.saturating_add(*theirs);
        }
        self.count += other.count;
        self.sum = self.sum.saturating_add(other.sum);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    /// How many durations it holds.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The shortest, exact; zero when empty.
    #[must_use]
    pub fn min(&self) -> Micros {
        self.min
    }

    /// The longest, exact; zero when empty.
    #[must_use]
    pub fn max(&self) -> Micros {
        self.max
    }

    /// The mean, exact; zero when empty.
    #[must_use]
    pub fn mean(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.sum as f64 / self.count as f64 }
    }

    /// The durations below which the given shares of all lie; shares ascend, each from 0 to 1. Zeros when empty.
    #[must_use]
    pub fn quantiles<const N: usize>(&self, shares: [f64; N]) -> [Micros; N] {
        let mut filled = self.buckets.iter().enumerate().filter(|(_, count)| **count > 0);
        let (mut below, mut middle) = (0, 0);
        shares.map(|share| {
            let rank = ((share * self.count as f64).ceil() as u64).clamp(1, self.count.max(1));
            while below < rank {
                let Some((bucket, count)) = filled.next() else { break };
                below += u64::from(*count);
                middle = middle_of(bucket);
            }
            middle.clamp(self.min, self.max)
        })
    }
}

const fn bucket(duration: Micros) -> usize {
    let exponent = (duration | 1).ilog2();
    let shift = exponent.saturating_sub(SUB_BITS);
    (shift as usize) * SUB + (duration >> shift) as usize
}

const fn middle_of(bucket: usize) -> Micros {
    let shift = (bucket / SUB).saturating_sub(1);
    let low = ((bucket - shift * SUB) as Micros) << shift;
    low + (1 << shift) / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(durations: impl IntoIterator<Item = Micros>) -> Histogram {
        let mut histogram = Histogram::default();
        durations.into_iter().for_each(|duration| histogram.record(duration));
        histogram
    }

    /// Numbers that look random and are the same each time.
    fn scattered(count: usize) -> Vec<Micros> {
        let mut seed = 7_u64;
        let next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            // Spread over the magnitudes: 1 µs to 17 minutes.
            (seed >> 33) >> (seed % 31)
        };
        std::iter::repeat_with(next).take(count).collect()
    }

    fn check(mut durations: Vec<Micros>) {
        let histogram = of(durations.iter().copied());
        durations.sort_unstable();
        for share in [0.01, 0.5, 0.9, 0.95, 0.99, 1.0] {
            let rank = ((share * durations.len() as f64).ceil() as usize).max(1);
            let exact = durations[rank - 1] as f64;
            let [found] = histogram.quantiles([share]);
            assert!((found as f64 - exact).abs() <= exact * 0.01, "{share}: {found} for {exact}");
        }
        assert_eq!((histogram.min(), histogram.max()), (durations[0], durations[durations.len() - 1]));
        let mean = durations.iter().sum::<Micros>() as f64 / durations.len() as f64;
        assert!((histogram.mean() - mean).abs() <= mean * 1e-9);
    }

    #[test]
    fn every_quantile_is_within_one_percent() {
        check(vec![3]);
        check(vec![0, 0, 1, 127, 128, 129]);
        check((0..10_000).collect());
        check(scattered(10_000));
        check(vec![900, 1_000_000, 3_600_000_000]);
    }

    #[test]
    fn one_pass_finds_the_same_as_three() {
        let histogram = of(scattered(1_000));
        let [p50, p95, p99] = histogram.quantiles([0.5, 0.95, 0.99]);
        assert_eq!(
            ([p50], [p95], [p99]),
            (histogram.quantiles([0.5]), histogram.quantiles([0.95]), histogram.quantiles([0.99]),)
        );
    }

    #[test]
    fn merging_is_counting_together() {
        let (left, right) = (scattered(500), (0..300).collect::<Vec<_>>());
        let mut merged = of(left.clone());
        merged.merge(&of(right.clone()));
        merged.merge(&Histogram::default());
        assert_eq!(merged, of(left.into_iter().chain(right)));
        let mut empty = Histogram::default();
        empty.merge(&merged);
        assert_eq!(empty, merged);
    }

    #[test]
    fn an_empty_one_says_zero() {
        let empty = Histogram::default();
        assert_eq!(empty.quantiles([0.5, 0.99]), [0, 0]);
        assert_eq!((empty.min(), empty.max(), empty.mean()), (0, 0, 0.0));
    }

    #[test]
    fn an_absurd_duration_has_a_place() {
        let histogram = of([u64::MAX, 1]);
        assert_eq!((histogram.count(), histogram.max()), (2, u64::MAX));
    }
}
