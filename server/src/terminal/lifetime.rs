//! How long a terminal lives that nobody looks at, or in which nothing happens.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::handle::{EndReason, Terminal};
use super::shared::Shared;

/// Viewers are warned this long before, or a quarter of the whole time where that is less.
const WARNING: Duration = Duration::from_secs(60);

/// After what a terminal is closed; `None` is for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lifetime {
    /// So long without a viewer.
    pub detached: Option<Duration>,
    /// So long without input, output or a newcomer.
    pub idle: Option<Duration>,
}

/// What there is to do at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// Its time is up.
    Close(EndReason),
    /// Warn, and look again then.
    Warn { closes_at: Instant },
    /// Look again then, or never.
    Live { until: Option<Instant> },
}

impl Lifetime {
    /// Whether there is anything to watch.
    pub(super) fn is_bounded(self) -> bool {
        self.detached.is_some() || self.idle.is_some()
    }

    /// Judges a terminal that has had no viewer since `alone`, and in which something happened last at `touched`.
    fn judge(self, now: Instant, alone: Option<Instant>, touched: Instant) -> Verdict {
        let leaves_at = alone.zip(self.detached).and_then(|(since, grace)| since.checked_add(grace));
        let closes_at = self.idle.and_then(|idle| touched.checked_add(idle));
        if leaves_at.is_some_and(|at| now >= at) {
            return Verdict::Close(EndReason::Detached);
        }
        if closes_at.is_some_and(|at| now >= at) {
            return Verdict::Close(EndReason::Idle);
        }
        let warns_at = closes_at.zip(self.idle).map(|(at, idle)| at - WARNING.min(idle / 4));
        match (warns_at, closes_at) {
            (Some(warns_at), Some(closes_at)) if now >= warns_at => Verdict::Warn { closes_at },
            _ => Verdict::Live { until: leaves_at.into_iter().chain(warns_at).min() },
        }
    }
}

/// Watches over one terminal until it ends.
pub(super) async fn keep(shared: Arc<Shared>, lifetime: Lifetime) {
    let (mut watched, mut touched, mut ended) =
        (shared.watched.subscribe(), shared.touched.subscribe(), shared.ended.subscribe());
    let mut alone = Some(Instant::now());
    loop {
        alone = match *watched.borrow_and_update() {
            0 => alone.or_else(|| Some(Instant::now())),
            _ => None,
        };
        let now = Instant::now();
        let verdict = lifetime.judge(now, alone, *touched.borrow_and_update());
        let (until, warning) = match verdict {
            Verdict::Close(reason) => return Terminal::new(shared).close_for(reason),
            // The grace may run out in between: what is near is looked at often enough.
            Verdict::Warn { closes_at } => (Some(closes_at.min(now + WARNING / 60)), Some(closes_at - now)),
            Verdict::Live { until } => (until, None),
        };
        // Said when it begins and when it is over, not each second in between.
        shared.warned.send_if_modified(|warned| {
            let changes = warned.is_some() != warning.is_some();
            if changes {
                *warned = warning;
            }
            changes
        });
        tokio::select! {
            _ = ended.wait_for(Option::is_some) => return,
            _ = watched.changed() => {}
            // Only a warning makes each touch worth a look; else the time is counted anew when it would be up.
            _ = touched.changed(), if warning.is_some() => {}
            () = sleep_until(until.unwrap_or(now)), if until.is_some() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3600;

    /// Alone and untouched for so many seconds, with a grace of 2 h and idle after 1 h.
    fn check(alone: Option<u64>, untouched: u64, expected: impl FnOnce(Instant) -> Verdict) {
        let now = Instant::now() + Duration::from_secs(100 * HOUR);
        let ago = |seconds| now - Duration::from_secs(seconds);
        let lifetime =
            Lifetime { detached: Some(Duration::from_secs(2 * HOUR)), idle: Some(Duration::from_secs(HOUR)) };
        assert_eq!(lifetime.judge(now, alone.map(ago), ago(untouched)), expected(now), "{alone:?} {untouched}");
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn who_is_looked_at_and_used_lives() {
        check(None, 0, |now| Verdict::Live { until: Some(now + seconds(HOUR - 60)) });
        check(Some(2 * HOUR - 10), 0, |now| Verdict::Live { until: Some(now + seconds(10)) });
    }

    #[test]
    fn who_is_left_for_too_long_is_closed() {
        check(Some(2 * HOUR), 0, |_| Verdict::Close(EndReason::Detached));
        check(None, HOUR, |_| Verdict::Close(EndReason::Idle));
    }

    #[test]
    fn an_idle_terminal_is_announced_before() {
        check(None, HOUR - 60, |now| Verdict::Warn { closes_at: now + seconds(60) });
        check(None, HOUR - 61, |now| Verdict::Live { until: Some(now + seconds(1)) });
    }

    #[test]
    fn a_short_life_is_announced_in_its_last_quarter() {
        let now = Instant::now() + seconds(HOUR);
        let judge =
            |untouched| Lifetime { detached: None, idle: Some(seconds(8)) }.judge(now, None, now - seconds(untouched));
        assert_eq!(judge(5), Verdict::Live { until: Some(now + seconds(1)) });
        assert_eq!(judge(6), Verdict::Warn { closes_at: now + seconds(2) });
    }

    #[test]
    fn without_limits_it_lives_for_ever() {
        let now = Instant::now();
        assert_eq!(Lifetime::default().judge(now, Some(now), now), Verdict::Live { until: None });
        assert!(!Lifetime::default().is_bounded());
    }
}
