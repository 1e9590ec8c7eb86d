//! Which rows a person wants to see, and the line of text they say it in.

use crate::tracking::Micros;

use super::{Row, Status};

/// A choice of rows: everything said must hold.
///
/// As text, words are set apart by spaces: `status:error,timeout` (a beginning is enough), `event:terminal:`,
/// `>10ms` (also `us`, `s`; without a unit milliseconds), and anything else is looked for in names, ids and errors.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// The statuses to show; `None` shows all.
    pub statuses: Option<Vec<Status>>,
    /// What the event or the response begins with, in lower case.
    pub events: Vec<String>,
    /// The shortest duration to show; what waits counts with its age.
    pub min_duration: Option<Micros>,
    /// What must occur in names, ids or errors, in lower case.
    pub words: Vec<String>,
}

impl Filter {
    /// Reads a line of text; every line means something.
    #[must_use]
    pub fn parse(line: &str) -> Self {
        let mut filter = Self::default();
        for word in line.split_whitespace() {
            let word = word.to_lowercase();
            if let Some(names) = word.strip_prefix("status:") {
                filter.statuses = Some(statuses(names));
            } else if let Some(name) = word.strip_prefix("event:") {
                filter.events.push(name.to_owned());
            } else if let Some(duration) = word.strip_prefix('>').and_then(duration) {
                filter.min_duration = Some(duration);
            } else {
                filter.words.push(word);
            }
        }
        filter
    }

    /// Whether every row passes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a row passes; `now` is for the age of one that waits.
    #[must_use]
    pub fn matches(&self, row: &Row, now: Micros) -> bool {
        self.statuses.as_ref().is_none_or(|statuses| statuses.contains(&row.status))
            && self.min_duration.is_none_or(|least| row.elapsed(now).is_some_and(|elapsed| elapsed >= least))
            && self.events.iter().all(|beginning| names(row).any(|name| begins_with(name, beginning)))
            && self.words.iter().all(|word| occurs(row, word))
    }
}

fn statuses(names: &str) -> Vec<Status> {
    let named = |status: &Status| names.split(',').any(|name| status.as_str().starts_with(name));
    Status::ALL.into_iter().filter(named).collect()
}

fn duration(text: &str) -> Option<Micros> {
    let text = text.strip_prefix('=').unwrap_or(text);
    let (number, micros) = [("us", 1.0), ("µs", 1.0), ("ms", 1_000.0), ("s", 1_000_000.0)]
        .into_iter()
        .find_map(|(unit, micros)| text.strip_suffix(unit).map(|number| (number, micros)))
        .unwrap_or((text, 1_000.0));
    let number: f64 = number.parse().ok()?;
    (number.is_finite() && number >= 0.0).then(|| (number * micros).round() as Micros)
}

fn names(row: &Row) -> impl Iterator<Item = &str> {
    [Some(&row.event), row.response.as_ref().or(row.expected.as_ref())].into_iter().flatten().map(AsRef::as_ref)
}

fn begins_with(name: &str, beginning: &str) -> bool {
    name.get(..beginning.len()).is_some_and(|start| start.eq_ignore_ascii_case(beginning))
}

/// Cheapest first: ids are spelled out only for rows that nothing else decides.
fn occurs(row: &Row, word: &str) -> bool {
    names(row).any(|name| contains(name, word))
        || row.status.as_str().contains(word)
        || row.error.as_ref().is_some_and(|error| contains(&error.code, word) || contains(&error.message, word))
        || row.request_id.as_ref().is_some_and(|id| contains(id.as_str(), word))
        || row.trace_id.is_some_and(|id| id.to_string().contains(word))
        || row.span_id.is_some_and(|id| id.to_string().contains(word))
        || row.terminal_id.is_some_and(|id| id.to_string().contains(word))
}

fn contains(text: &str, lower: &str) -> bool {
    if lower.is_ascii() {
        let (text, lower) = (text.as_bytes(), lower.as_bytes());
        text.windows(lower.len()).any(|window| window.eq_ignore_ascii_case(lower))
    } else {
        text.to_lowercase().contains(lower)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        monitor::RowError,
        protocol::{RequestId, TerminalId},
    };

    const NOW: Micros = 10_000_000;

    /// One row of each kind: pending, ok, error, received.
    fn rows() -> [Row; 4] {
        [
            Row::request("ai_chat_message", NOW - 1_300_000),
            Row {
                status: Status::Ok,
                duration: Some(3_100),
                response: Some("terminal:input_response".into()),
                request_id: RequestId::parse("req_1790000000000_7_K3f9"),
                trace_id: "80f198ee56343ba864fe8b2a57d3eff7".parse().ok(),
                span_id: "e457b5a2e4d86bd1".parse().ok(),
                ..Row::request("terminal:input", 1)
            },
            Row {
                status: Status::Error,
                duration: Some(2_000),
                expected: Some("terminal:resized".into()),
                error: Some(RowError::new("not_found", "There is no such Terminal 端末.")),
                ..Row::request("terminal:resize", 2)
            },
            Row { terminal_id: Some(TerminalId::from_random(7)), ..Row::received("terminal:output", 3) },
        ]
    }

    /// The line lets through the rows at these places.
    fn check(line: &str, expected: &[usize]) {
        let filter = Filter::parse(line);
        let found: Vec<_> =
            rows().iter().enumerate().filter(|(_, row)| filter.matches(row, NOW)).map(|(n, _)| n).collect();
        assert_eq!(found, expected, "{line}");
    }

    #[test]
    fn nothing_said_shows_everything() {
        check("", &[0, 1, 2, 3]);
        check("  ", &[0, 1, 2, 3]);
        assert!(Filter::parse(" ").is_empty());
    }

    #[test]
    fn statuses_are_named_by_their_beginning() {
        check("status:error", &[2]);
        check("status:err", &[2]);
        check("status:ok,received", &[1, 3]);
        check("status:", &[0, 1, 2, 3]);
        check("status:nonsense", &[]);
    }

    #[test]
    fn durations_have_units() {
        check(">1s", &[0]);
        check(">=3.1ms", &[0, 1]);
        check(">3.2", &[0]);
        check(">2000us", &[0, 1, 2]);
        check(">0", &[0, 1, 2]);
        check(">-1", &[]);
    }

    #[test]
    fn events_are_found_by_request_or_response() {
        check("event:terminal:", &[1, 2, 3]);
        check("event:Terminal:Input_", &[1]);
        check("event:input", &[]);
    }

    #[test]
    fn words_are_found_in_names_ids_and_errors_in_any_letter_case() {
        check("TERMINAL", &[1, 2, 3]);
        check("input_response", &[1]);
        check("k3F9", &[1]);
        check("80F198EE", &[1]);
        check("e457b5a2e4d86bd1", &[1]);
        check("t_0000000000007", &[3]);
        check("not_found", &[2]);
        check("端末", &[2]);
        check("pending", &[0]);
    }

    #[test]
    fn everything_said_must_hold() {
        check("terminal status:error >1ms", &[2]);
        check("terminal status:error >10ms", &[]);
        check("terminal resize", &[2]);
    }
}
