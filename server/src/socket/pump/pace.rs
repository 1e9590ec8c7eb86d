//! When a frame leaves: at once after a pause, gathered while output is continuous.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

use super::FRAME;

/// The stretch of time that is looked at, and the longest that output gathers.
const WINDOW: Duration = Duration::from_millis(2);

/// Output is continuous when more than this left within the window: more than a screenful, less than a flood.
const CONTINUOUS: usize = 16 * 1024;

/// What left lately.
#[derive(Debug, Default)]
pub(super) struct Pace {
    recent: VecDeque<(Instant, usize)>,
}

impl Pace {
    /// Notes a frame.
    pub(super) fn left(&mut self, now: Instant, bytes: usize) {
        self.forget(now);
        self.recent.push_back((now, bytes));
    }

    /// Until when to let `waiting` bytes gather; `None` when they leave now.
    pub(super) fn hold(&mut self, now: Instant, waiting: usize) -> Option<Instant> {
        self.forget(now);
        let (last, _) = *self.recent.back()?;
        let left: usize = self.recent.iter().map(|(_, bytes)| bytes).sum();
        (left > CONTINUOUS && waiting < FRAME).then_some(last + WINDOW)
    }

    fn forget(&mut self, now: Instant) {
        while self.recent.front().is_some_and(|(at, _)| *at + WINDOW <= now) {
            self.recent.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames as `(microseconds, bytes)`; `waiting` bytes at `now` leave at once (`None`) or at a later microsecond.
    fn check(frames: &[(u64, usize)], now: u64, waiting: usize, expected: Option<u64>) {
        let start = Instant::now();
        let at = |micros| start + Duration::from_micros(micros);
        let mut pace = Pace::default();
        frames.iter().for_each(|&(micros, bytes)| pace.left(at(micros), bytes));
        assert_eq!(pace.hold(at(now), waiting), expected.map(at), "{frames:?}, {waiting} at {now}");
    }

    #[test]
    fn what_comes_after_a_pause_leaves_at_once() {
        check(&[], 0, 1, None);
        check(&[(0, FRAME)], 2_000, 1, None);
    }

    #[test]
    fn a_little_output_is_not_continuous() {
        check(&[(0, 1), (100, 1), (200, 1)], 300, 1, None);
        check(&[(0, CONTINUOUS)], 100, 1, None);
    }

    #[test]
    fn continuous_output_leaves_two_milliseconds_after_the_frame_before() {
        check(&[(0, CONTINUOUS + 1)], 100, 1, Some(2_000));
        check(&[(0, CONTINUOUS), (1_000, 1)], 1_100, 1, Some(3_000));
        check(&[(0, FRAME), (1_000, 1)], 2_500, 1, None);
    }

    #[test]
    fn a_full_frame_is_never_held() {
        check(&[(0, FRAME)], 1, FRAME, None);
    }
}
