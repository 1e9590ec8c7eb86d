//! Durations as people read them: three digits and a unit.

use crate::tracking::Micros;

/// Writes a duration of microseconds: `0.15 ms`, `3.1 ms`, `18 ms`, `1.3 s`, `2 min 5 s`.
#[must_use]
pub fn figure(duration: Micros) -> String {
    nanos_figure(duration.saturating_mul(1_000))
}

/// Writes a duration of nanoseconds in the same way; under a microsecond it is `0 ms`.
#[must_use]
pub fn nanos_figure(nanos: u64) -> String {
    let millis = nanos as f64 / 1e6;
    match millis {
        ..0.001 => "0 ms".to_owned(),
        // Where rounding would give the next form's number, the next form writes it.
        ..0.995 => format!("{} ms", trimmed(millis, 2 + usize::from(millis < 0.01))),
        ..9.95 => format!("{} ms", trimmed(millis, 1)),
        ..999.5 => format!("{millis:.0} ms"),
        ..9_950.0 => format!("{} s", trimmed(millis / 1e3, 1)),
        ..59_500.0 => format!("{:.0} s", millis / 1e3),
        _ => {
            let seconds = (millis / 1e3).round() as u64;
            format!("{} min {} s", seconds / 60, seconds % 60)
        }
    }
}

fn trimmed(number: f64, digits: usize) -> String {
    let text = format!("{number:.digits$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(micros: Micros, text: &str) {
        assert_eq!(figure(micros), text, "{micros} µs");
    }

    #[test]
    fn a_figure_has_the_digits_that_matter() {
        check(0, "0 ms");
        check(1, "0.001 ms");
        check(12, "0.01 ms");
        check(150, "0.15 ms");
        check(996, "1 ms");
        check(3_100, "3.1 ms");
        check(3_000, "3 ms");
        check(9_960, "10 ms");
        check(18_400, "18 ms");
        check(999_600, "1 s");
        check(1_300_000, "1.3 s");
        check(42_000_000, "42 s");
        check(125_000_000, "2 min 5 s");
    }
}
