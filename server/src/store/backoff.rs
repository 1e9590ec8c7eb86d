//! When to try again what has failed: soon at first, then ever more seldom.

use std::time::{Duration, Instant};

/// How long to wait after each failure: twice as long as after the one before, between two bounds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Backoff {
    /// After the first.
    pub(super) first: Duration,
    /// At most.
    pub(super) most: Duration,
}

impl Default for Backoff {
    /// Whoever has made room on a disk sees it used within a minute, and one that stays full is not bothered more often.
    fn default() -> Self {
        Self { first: Duration::from_secs(1), most: Duration::from_secs(60) }
    }
}

/// The next attempt, while there is to be one.
#[derive(Debug)]
pub(super) struct Retry {
    backoff: Backoff,
    pause: Duration,
    due: Option<Instant>,
}

impl Retry {
    pub(super) fn new(backoff: Backoff) -> Self {
        Self { backoff, pause: backoff.first, due: None }
    }

    /// Notes that it has failed.
    pub(super) fn failed(&mut self, now: Instant) {
        // A moment that no clock reaches is none.
        self.due = now.checked_add(self.pause);
        self.pause = self.pause.saturating_mul(2).min(self.backoff.most);
    }

    /// Notes that it has been done.
    pub(super) fn done(&mut self) {
        *self = Self::new(self.backoff);
    }

    /// When it is to be tried again.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Whether it is time.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.due.is_some_and(|due| due <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_makes_the_pause_longer_up_to_the_bound_and_success_ends_it() {
        let mut retry = Retry::new(Backoff::default());
        let now = Instant::now();
        assert_eq!((retry.due(), retry.is_due(now)), (None, false));
        let pauses = (0..8).map(|_| {
            retry.failed(now);
            (retry.due().unwrap() - now).as_secs()
        });
        assert_eq!(pauses.collect::<Vec<_>>(), [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!((retry.is_due(now), retry.is_due(now + Duration::from_secs(60))), (false, true));
        retry.done();
        assert_eq!(retry.due(), None);
        retry.failed(now);
        assert_eq!(retry.due(), Some(now + Duration::from_secs(1)));
    }
}
