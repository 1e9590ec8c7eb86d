//! How often one sender may post: a bucket per key, and a bound on the number of buckets.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Posts a second in the long run.
const RATE: f64 = 5.0;
/// Posts at once.
const BURST: f64 = 20.0;
/// Senders remembered at once; one that posts nothing for a few seconds is not needed any more.
const MAX_KEYS: usize = 1_024;

/// The buckets of all senders. It is shared by all requests, and its lock is held for one look-up.
#[derive(Debug, Default)]
pub(in crate::telemetry) struct RateLimiter {
    buckets: Mutex<HashMap<String, Bucket>>,
}

#[derive(Debug)]
struct Bucket {
    left: f64,
    at: Instant,
}

impl Bucket {
    fn refill(&mut self, now: Instant) {
        let gained = now.saturating_duration_since(self.at).as_secs_f64() * RATE;
        self.left = (self.left + gained).min(BURST);
        self.at = now;
    }
}

impl RateLimiter {
    /// Lets one post through, or says how long to wait.
    pub(super) fn admit(&self, key: &str, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if !buckets.contains_key(key) && buckets.len() >= MAX_KEYS {
            buckets.retain(|_, bucket| {
                bucket.refill(now);
                bucket.left < BURST
            });
            if buckets.len() >= MAX_KEYS {
                return Err(Duration::from_secs(1));
            }
        }
        let bucket = buckets.entry(key.to_owned()).or_insert(Bucket { left: BURST, at: now });
        bucket.refill(now);
        if bucket.left < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - bucket.left) / RATE));
        }
        bucket.left -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(limiter: &RateLimiter, key: &str, now: Instant) -> usize {
        (0..100).take_while(|_| limiter.admit(key, now).is_ok()).count()
    }

    #[test]
    fn twenty_at_once_and_then_five_a_second() {
        let limiter = RateLimiter::default();
        let start = Instant::now();
        assert_eq!(admitted(&limiter, "a", start), 20);
        assert_eq!(limiter.admit("a", start), Err(Duration::from_millis(200)));
        assert_eq!(admitted(&limiter, "a", start + Duration::from_secs(1)), 5);
        assert_eq!(admitted(&limiter, "a", start + Duration::from_secs(60)), 20);
    }

    #[test]
    fn senders_do_not_share_a_bucket() {
        let limiter = RateLimiter::default();
        let now = Instant::now();
        admitted(&limiter, "a", now);
        assert_eq!(admitted(&limiter, "b", now), 20);
    }

    #[test]
    fn the_number_of_senders_is_bounded_and_old_ones_make_room() {
        let limiter = RateLimiter::default();
        let now = Instant::now();
        (0..MAX_KEYS).for_each(|key| limiter.admit(&key.to_string(), now).unwrap());
        assert!(limiter.admit("one more", now).is_err());
        assert!(limiter.admit("0", now).is_ok());
        assert!(limiter.admit("one more", now + Duration::from_secs(1)).is_ok());
    }
}
