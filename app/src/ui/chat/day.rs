//! The day a message was said, as its reader calls it.

use crate::monitor::Timestamp;

use super::super::text::{Language, Message};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// A day in microseconds.
const DAY: i64 = 86_400 * 1_000_000;

/// What to call `day` on `today`, both as days since 1970 by the reader's clock.
pub fn name(day: i64, today: i64, language: Language) -> String {
    match today - day {
        0 => return Message::Today.text(language).to_owned(),
        1 => return Message::Yesterday.text(language).to_owned(),
        _ => {}
    }
    // Nothing was said before 1970.
    let (year, month, day) = Timestamp(u64::try_from(day.saturating_mul(DAY)).unwrap_or(0)).date();
    match language {
        Language::English => {
            let month = usize::try_from(month).ok().and_then(|month| MONTHS.get(month.wrapping_sub(1))).unwrap_or(&"");
            format!("{day} {month} {year}")
        }
        Language::Japanese => format!("{year}年{month}月{day}日"),
    }
}

/// The day of a moment, `offset_minutes` ahead of UTC.
pub fn of(epoch_ms: f64, offset_minutes: i32) -> i64 {
    const DAY_MS: f64 = 86_400_000.0;
    ((epoch_ms + f64::from(offset_minutes) * 60_000.0) / DAY_MS).floor() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_called_by_what_is_nearest() {
        // 22 September 2026.
        let today = of(1_790_078_400_000.0, 0);
        for (ago, english, japanese) in [
            (0, "Today", "今日"),
            (1, "Yesterday", "昨日"),
            (2, "20 Sep 2026", "2026年9月20日"),
            (22, "31 Aug 2026", "2026年8月31日"),
            (-1, "23 Sep 2026", "2026年9月23日"),
        ] {
            assert_eq!(name(today - ago, today, Language::English), english);
            assert_eq!(name(today - ago, today, Language::Japanese), japanese);
        }
    }

    #[test]
    fn the_day_is_the_readers() {
        // Noon in London is the next day in Auckland.
        assert_eq!(of(1_790_078_400_000.0, 13 * 60), of(1_790_078_400_000.0, 0) + 1);
    }
}
