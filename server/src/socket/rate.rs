//! How often one socket may ask: buckets of tokens that refill with time.

use std::time::{Duration, Instant};

use app::protocol::Pace;

use super::limits::WireLimits;

/// So many times what is taken a second is taken at once.
const BURST: f64 = 2.0;

/// The two buckets of one socket.
#[derive(Debug)]
pub(super) struct Buckets {
    requests: Bucket,
    stream: Bucket,
}

impl Buckets {
    /// Full buckets.
    pub(super) fn new(limits: &WireLimits, now: Instant) -> Self {
        let bucket = |pace| Bucket::new(limits.rate(pace), now);
        Self { requests: bucket(Pace::Ordinary), stream: bucket(Pace::Stream) }
    }

    /// Takes one token.
    ///
    /// # Errors
    /// How long to wait for the next one.
    pub(super) fn take(&mut self, pace: Pace, now: Instant) -> Result<(), Duration> {
        match pace {
            Pace::Ordinary => self.requests.take(now),
            Pace::Stream => self.stream.take(now),
        }
    }
}

#[derive(Debug)]
struct Bucket {
    /// Tokens a second, half of what it holds.
    rate: f64,
    tokens: f64,
    filled: Instant,
}

impl Bucket {
    fn new(rate: u32, now: Instant) -> Self {
        let rate = f64::from(rate);
        Self { rate, tokens: BURST * rate, filled: now }
    }

    fn take(&mut self, now: Instant) -> Result<(), Duration> {
        let passed = now.saturating_duration_since(self.filled).as_secs_f64();
        self.tokens = (self.tokens + passed * self.rate).min(BURST * self.rate);
        self.filled = now;
        if self.tokens < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - self.tokens) / self.rate));
        }
        self.tokens -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of `asked` requests are let through after `pause` on an exhausted bucket.
    fn check(pace: Pace, pause: Duration, asked: usize, passed: usize) {
        let start = Instant::now();
        let mut buckets = Buckets::new(&WireLimits::default(), start);
        while buckets.take(pace, start).is_ok() {}
        let count = (0..asked).filter(|_| buckets.take(pace, start + pause).is_ok()).count();
        assert_eq!(count, passed, "{pace:?} after {pause:?}");
    }

    #[test]
    fn a_bucket_refills_at_its_rate_up_to_its_burst() {
        check(Pace::Ordinary, Duration::ZERO, 1, 0);
        check(Pace::Ordinary, Duration::from_secs(1), 1_000, 200);
        check(Pace::Ordinary, Duration::from_secs(60), 1_000, 400);
        check(Pace::Stream, Duration::from_secs(1), 20_000, 5_000);
        check(Pace::Stream, Duration::from_secs(60), 20_000, 10_000);
    }

    #[test]
    fn the_two_buckets_do_not_share() {
        let now = Instant::now();
        let mut buckets = Buckets::new(&WireLimits::default(), now);
        while buckets.take(Pace::Ordinary, now).is_ok() {}
        assert_eq!(buckets.take(Pace::Stream, now), Ok(()));
    }

    #[test]
    fn a_refusal_says_how_long_to_wait() {
        let now = Instant::now();
        let mut buckets = Buckets::new(&WireLimits::default(), now);
        while buckets.take(Pace::Ordinary, now).is_ok() {}
        let wait = buckets.take(Pace::Ordinary, now).unwrap_err();
        assert_eq!(wait, Duration::from_millis(5));
        assert_eq!(buckets.take(Pace::Ordinary, now + wait), Ok(()));
    }
}
