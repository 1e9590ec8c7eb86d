//! The marks of a time axis at round figures.

use crate::monitor::nanos_figure;

/// Into how many parts the axis is cut at most.
const PARTS: u64 = 5;

/// From here on a mark's words stand before it, since behind it there is no room.
pub const END: f64 = 0.9;

/// The share of the axis that the words of two marks take.
const ROOM: f64 = 0.3;

/// One mark.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Where it stands, as a share of the whole, 0 to 1.
    pub at: f64,
    /// What it says: `5 ms`.
    pub label: String,
}

/// The marks of an axis of `duration` nanoseconds, the first at zero, in steps of 1, 2 or 5 times a power of ten.
pub(super) fn ticks(duration: u64) -> Vec<Tick> {
    if duration == 0 {
        return vec![Tick { at: 0.0, label: "0".to_owned() }];
    }
    let step = step(duration.div_ceil(PARTS));
    let mut ticks: Vec<_> = (0..=duration / step)
        .map(|n| Tick {
            at: (n * step) as f64 / duration as f64,
            label: if n == 0 { "0".to_owned() } else { nanos_figure(n * step) },
        })
        .collect();
    // What is said at the end is written towards the mark before it, which needs room for its own words.
    let crowded = |last: &[Tick]| last[1].at > END && last[1].at - last[0].at < ROOM;
    if ticks.last_chunk::<2>().is_some_and(|last| crowded(last)) {
        ticks.pop();
    }
    ticks
}

/// The smallest round figure that is not below `least`; nothing below a microsecond can be read.
fn step(least: u64) -> u64 {
    let mut power = 1_000_u64;
    loop {
        for factor in [1, 2, 5] {
            let step = power.saturating_mul(factor);
            if step >= least {
                return step;
            }
        }
        power = power.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(duration: u64, labels: &[&str]) {
        let ticks = ticks(duration);
        assert_eq!(ticks.iter().map(|tick| tick.label.as_str()).collect::<Vec<_>>(), labels, "{duration}");
        assert!(ticks.iter().all(|tick| (0.0..=1.0).contains(&tick.at)));
    }

    #[test]
    fn marks_stand_at_round_figures() {
        check(15_000_000, &["0", "5 ms", "10 ms", "15 ms"]);
        check(9_300_000, &["0", "2 ms", "4 ms", "6 ms", "8 ms"]);
        check(150_000, &["0", "0.05 ms", "0.1 ms", "0.15 ms"]);
        check(1_300_000_000, &["0", "500 ms", "1 s"]);
        check(5_000_000_000, &["0", "1 s", "2 s", "3 s", "4 s"]);
        check(9_100_000, &["0", "2 ms", "4 ms", "6 ms", "8 ms"]);
        check(8_100_000, &["0", "2 ms", "4 ms", "6 ms"]);
    }

    #[test]
    fn a_moment_and_an_eternity_have_an_axis() {
        check(0, &["0"]);
        check(1, &["0"]);
        assert!(ticks(u64::MAX).len() <= 6);
    }
}
