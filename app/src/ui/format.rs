//! Numbers as people read them: durations, counts, shares and times of day.

/// A duration in milliseconds, with as many digits as can be told apart: `0.31 ms`, `3.1 ms`, `18 ms`, `1.3 s`, `2 min`.
#[must_use]
pub fn duration(ms: f64) -> String {
    let (value, unit) = duration_parts(ms);
    format!("{value} {unit}")
}

/// The number and the unit of [`duration`], for where they look different.
#[must_use]
pub fn duration_parts(ms: f64) -> (String, &'static str) {
    if !ms.is_finite() {
        return ("–".to_owned(), "ms");
    }
    match ms.abs() {
        // Each bound is where rounding would otherwise show a digit more.
        size if size < 0.995 => (format!("{ms:.2}"), "ms"),
        size if size < 9.95 => (format!("{ms:.1}"), "ms"),
        size if size < 999.5 => (format!("{ms:.0}"), "ms"),
        size if size < 59_950.0 => (format!("{:.1}", ms / 1_000.0), "s"),
        _ => (format!("{:.0}", ms / 60_000.0), "min"),
    }
}

/// A signed duration, with a true minus sign.
#[must_use]
pub fn offset(ms: f64) -> String {
    let sign = if ms < 0.0 { "−" } else { "+" };
    format!("{sign}{}", duration(ms.abs()))
}

/// A whole number with its thousands set apart: `1,204`.
#[must_use]
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// How much of something is done, in the unit of the whole: `4.2 / 10.0 MB`, `130 / 400 kB`.
#[must_use]
pub fn bytes(done: usize, total: usize) -> String {
    const KILO: f64 = 1_000.0;
    let (done, total) = (done as f64, total as f64);
    if total < KILO * KILO {
        format!("{:.0} / {:.0} kB", done / KILO, total / KILO)
    } else {
        format!("{:.1} / {:.1} MB", done / KILO / KILO, total / KILO / KILO)
    }
}

/// A share of one as a percentage without its sign: `0`, `0.4`, `12`.
#[must_use]
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if !percent.is_finite() || percent <= 0.0 {
        "0".to_owned()
    } else if percent < 9.95 {
        format!("{percent:.1}")
    } else {
        format!("{percent:.0}")
    }
}

/// A frequency per second: `0`, `0.1`, `6.2`, `48`.
#[must_use]
pub fn rate(per_second: f64) -> String {
    if per_second < 0.05 {
        "0".to_owned()
    } else if per_second < 9.95 {
        format!("{per_second:.1}")
    } else {
        format!("{per_second:.0}")
    }
}

/// The local time of day of a moment, to the second, `offset_minutes` ahead of UTC.
#[must_use]
pub fn time_of_day(epoch_ms: f64, offset_minutes: i32) -> String {
    const DAY: i64 = 86_400;
    // A float-to-integer cast saturates: an absurd time becomes the nearest there is.
    let seconds = ((epoch_ms / 1_000.0).floor() as i64).saturating_add(i64::from(offset_minutes) * 60).rem_euclid(DAY);
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// The first characters of an id, enough to know it again.
#[must_use]
pub fn short_id(id: &str) -> String {
    const SHOWN: usize = 16;
    match id.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &id[..end]),
        None => id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_the_digits_that_matter() {
        for (ms, text) in [
            (0.0, "0.00 ms"),
            (0.314, "0.31 ms"),
            (0.996, "1.0 ms"),
            (3.12, "3.1 ms"),
            (9.96, "10 ms"),
            (18.4, "18 ms"),
            (999.4, "999 ms"),
            (999.6, "1.0 s"),
            (1_340.0, "1.3 s"),
            (59_960.0, "1 min"),
            (125_000.0, "2 min"),
            (f64::NAN, "– ms"),
        ] {
            assert_eq!(duration(ms), text, "{ms}");
        }
    }

    #[test]
    fn an_offset_says_its_direction() {
        assert_eq!(offset(-4.0), "−4.0 ms");
        assert_eq!(offset(12.0), "+12 ms");
    }

    #[test]
    fn thousands_are_set_apart() {
        for (number, text) in [(0, "0"), (999, "999"), (1_204, "1,204"), (1_000_000, "1,000,000")] {
            assert_eq!(count(number), text);
        }
    }

    #[test]
    fn a_part_stands_in_the_unit_of_the_whole() {
        assert_eq!(bytes(130_400, 400_000), "130 / 400 kB");
        assert_eq!(bytes(4_220_000, 10_000_000), "4.2 / 10.0 MB");
    }

    #[test]
    fn small_shares_and_rates_are_not_rounded_away() {
        assert_eq!((percent(0.0), percent(0.004), percent(0.12)), ("0".into(), "0.4".into(), "12".into()));
        assert_eq!((rate(0.0), rate(0.12), rate(48.3)), ("0".into(), "0.1".into(), "48".into()));
    }

    #[test]
    fn the_time_of_day_is_local() {
        assert_eq!(time_of_day(0.0, 0), "00:00:00");
        assert_eq!(time_of_day(0.0, -60), "23:00:00");
        assert_eq!(time_of_day(1_767_323_045_678.0, 540), "12:04:05");
    }

    #[test]
    fn a_long_id_is_cut_and_a_short_one_is_not() {
        assert_eq!(short_id("80f198ee56343ba864fe8b2a57d3eff7"), "80f198ee56343ba8…");
        assert_eq!(short_id("80f198ee"), "80f198ee");
    }
}
