//! A moment as the API writes it: RFC 3339 in UTC.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::tracking::Micros;

const MICROS: u64 = 1_000_000;
const DAY: u64 = 86_400;

/// Microseconds since 1970, written `2026-11-21T21:03:15.123456Z`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub Micros);

impl Timestamp {
    /// Year, month and day.
    #[must_use]
    pub fn date(self) -> (u64, u64, u64) {
        date(self.0 / MICROS / DAY)
    }
}

/// The text is no time in UTC from 1970 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidTimestamp;

impl fmt::Display for InvalidTimestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an RFC 3339 time in UTC")
    }
}

impl std::error::Error for InvalidTimestamp {}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, micros) = (self.0 / MICROS, self.0 % MICROS);
        let (year, month, day) = date(seconds / DAY);
        let (hour, minute, second) = (seconds % DAY / 3_600, seconds % 3_600 / 60, seconds % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z")
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    /// Reads `Z` or `+00:00`, and any number of digits of a second (what is finer than a microsecond is cut).
    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        parse(text).map(Self).ok_or(InvalidTimestamp)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

fn parse(text: &str) -> Option<Micros> {
    let text = text.strip_suffix(['Z', 'z']).or_else(|| text.strip_suffix("+00:00"))?;
    let (moment, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let bytes = moment.as_bytes();
    let shape = |i: usize, byte: &u8| match i {
        4 | 7 => *byte == b'-',
        10 => matches!(byte, b'T' | b't' | b' '),
        13 | 16 => *byte == b':',
        _ => byte.is_ascii_digit(),
    };
    if bytes.len() != 19 || !bytes.iter().enumerate().all(|(i, byte)| shape(i, byte)) {
        return None;
    }
    let number = |from: usize, to: usize| moment[from..to].parse::<u64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let days = days(year, month, day)?;
    // Reading the date back refuses the 31st of February; second 60 is a leap second.
    if date(days) != (year, month, day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let micros: u64 = format!("{fraction:0<6.6}").parse().ok()?;
    Some((days * DAY + hour * 3_600 + minute * 60 + second) * MICROS + micros)
}

/// Year, month and day of a day since 1970 (<https://howardhinnant.github.io/date_algorithms.html#civil_from_days>).
fn date(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

/// The day since 1970 of a date; `None` before 1970 and outside the calendar's twelve months.
fn days(year: u64, month: u64, day: u64) -> Option<u64> {
    if year < 1970 || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = year - u64::from(month <= 2);
    let (era, year_of_era) = (year / 400, year % 400);
    let from_march = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(micros: Micros, text: &str) {
        assert_eq!(Timestamp(micros).to_string(), text);
        assert_eq!(text.parse(), Ok(Timestamp(micros)));
    }

    #[test]
    fn a_moment_is_read_as_it_is_written() {
        check(0, "1970-01-01T00:00:00.000000Z");
        check(1_640_995_200_000_000, "2022-01-01T00:00:00.000000Z");
        check(1_709_164_800_000_001, "2024-02-29T00:00:00.000001Z");
        check(1_790_000_000_123_456, "2026-09-21T14:13:20.123456Z");
        check(4_107_542_399_999_999, "2100-02-28T23:59:59.999999Z");
        check(951_782_400_000_000, "2000-02-29T00:00:00.000000Z");
    }

    #[test]
    fn other_ways_of_writing_are_read() {
        for text in ["2022-01-01T00:00:00Z", "2022-01-01t00:00:00.0000009z", "2022-01-01 00:00:00+00:00"] {
            assert_eq!(text.parse(), Ok(Timestamp(1_640_995_200_000_000)), "{text}");
        }
        assert_eq!("2022-01-01T00:00:00.5Z".parse(), Ok(Timestamp(1_640_995_200_500_000)));
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "2022-01-01",
            "2022-01-01T00:00:00",
            "2022-02-29T00:00:00Z",
            "2022-13-01T00:00:00Z",
            "2022-01-00T00:00:00Z",
            "2022-01-01T24:00:00Z",
            "2022-01-01T00:00:00.Z",
            "2022-01-01T00:00:00.-1Z",
            "1969-12-31T23:59:59Z",
            "２022-01-01T00:00Z",
        ] {
            assert_eq!(text.parse::<Timestamp>(), Err(InvalidTimestamp), "{text}");
        }
    }
}
