//! A length of time as people write it.

use std::{fmt, str::FromStr, time::Duration};

/// A time such as `90s`, `15m`, `24h`, `7d` or `1h30m`; `0` needs no unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span(pub Duration);

/// What a time must look like.
#[derive(Debug, thiserror::Error)]
#[error("a time is a number and s, m, h or d, such as 90s, 24h or 1h30m, or 0")]
pub struct BadSpan;

impl Span {
    /// The time; `None` for 0, which stands for no end.
    pub fn limit(self) -> Option<Duration> {
        Some(self.0).filter(|time| !time.is_zero())
    }
}

impl FromStr for Span {
    type Err = BadSpan;

    fn from_str(text: &str) -> Result<Self, BadSpan> {
        if text == "0" {
            return Ok(Self(Duration::ZERO));
        }
        let mut seconds = 0u64;
        let mut rest = text;
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or(BadSpan)?;
            let number: u64 = rest[..digits].parse().map_err(|_| BadSpan)?;
            let unit = match rest.as_bytes()[digits] {
                b's' => 1,
                b'm' => 60,
                b'h' => 3_600,
                b'd' => 86_400,
                _ => return Err(BadSpan),
            };
            seconds = number.checked_mul(unit).and_then(|part| seconds.checked_add(part)).ok_or(BadSpan)?;
            rest = &rest[digits + 1..];
        }
        // More than a century is more than a clock is asked to count.
        let is_sound = !text.is_empty() && seconds <= 100 * 366 * 86_400;
        is_sound.then_some(Self(Duration::from_secs(seconds))).ok_or(BadSpan)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}s", self.0.as_secs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, seconds: Option<u64>) {
        assert_eq!(text.parse::<Span>().ok(), seconds.map(|seconds| Span(Duration::from_secs(seconds))), "{text}");
    }

    #[test]
    fn a_time_is_read_as_it_is_meant() {
        check("0", Some(0));
        check("90s", Some(90));
        check("15m", Some(900));
        check("24h", Some(86_400));
        check("7d", Some(604_800));
        check("1h30m", Some(5_400));
        check("0s", Some(0));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "90", "s", "1.5h", "-1s", "1 h", "1w", "5時", "99999999999999999999s", "40000d"] {
            check(text, None);
        }
    }

    #[test]
    fn nothing_is_no_limit() {
        assert_eq!("0".parse::<Span>().unwrap().limit(), None);
        assert_eq!("1s".parse::<Span>().unwrap().limit(), Some(Duration::from_secs(1)));
    }
}
