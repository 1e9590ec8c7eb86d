//! What a terminal reports of its focus to a program that has asked for it (mode 1004).

/// It has the keyboard, and it has lost it (xterm's control sequences, "FocusIn/FocusOut").
const REPORTS: [&str; 2] = ["\u{1b}[I", "\u{1b}[O"];

/// Whether this is such a report. The emulator hands each over by itself, and no key sends the same.
pub fn is_report(text: &str) -> bool {
    REPORTS.contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_told_from_keys() {
        assert!(is_report("\u{1b}[I") && is_report("\u{1b}[O"));
        for keys in ["", "I", "\u{1b}", "\u{1b}[A", "\u{1b}OA", "\u{1b}[Ix", "\u{1b}[5~"] {
            assert!(!is_report(keys), "{keys:?}");
        }
    }
}
