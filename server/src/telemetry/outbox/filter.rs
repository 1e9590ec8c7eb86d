//! The questions one can ask of the trace list.

use app::monitor::Timestamp;
use app::trace::TraceId;
use app::tracking::TraceStatus;

use super::store::Words;
use super::summary::Summary;

/// How many rows are answered when nobody says.
const DEFAULT_LIMIT: usize = 100;
/// How many rows are answered at most.
const MAX_LIMIT: usize = 1_000;

/// What a trace must be like to be listed; every condition that is set must hold.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::telemetry) struct TraceFilter {
    pub(super) event: Option<String>,
    pub(super) status: Option<TraceStatus>,
    pub(super) min_duration_ms: f64,
    pub(super) session: Option<String>,
    /// In lower case.
    pub(super) text: Option<String>,
    pub(super) since: Timestamp,
    pub(super) limit: usize,
    /// The sequence number to begin with, counting down.
    pub(super) cursor: Option<u64>,
}

impl Default for TraceFilter {
    fn default() -> Self {
        Self {
            event: None,
            status: None,
            min_duration_ms: 0.0,
            session: None,
            text: None,
            since: Timestamp::default(),
            limit: DEFAULT_LIMIT,
            cursor: None,
        }
    }
}

/// A query parameter that cannot be understood.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{parameter} is {value:?}, which is not {expected}")]
pub(in crate::telemetry) struct FilterError {
    parameter: &'static str,
    value: String,
    expected: &'static str,
}

impl TraceFilter {
    /// Reads the parameters of `GET /api/traces`; empty and unknown ones are ignored.
    ///
    /// # Errors
    ///
    /// Names the first parameter that cannot be understood.
    pub(in crate::telemetry) fn from_query<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, FilterError> {
        let mut filter = Self::default();
        for (name, value) in pairs {
            let wrong = |parameter, expected| FilterError { parameter, value: value.to_owned(), expected };
            match name {
                _ if value.is_empty() => {}
                "event" => filter.event = Some(value.to_owned()),
                "status" => filter.status = Some(status(value).ok_or_else(|| wrong("status", "ok, error or timeout"))?),
                "minDurationMs" => {
                    filter.min_duration_ms = value.parse().map_err(|_| wrong("minDurationMs", "a number"))?;
                }
                "session" => filter.session = Some(value.to_owned()),
                "text" => filter.text = Some(value.to_lowercase()),
                "since" => filter.since = value.parse().map_err(|_| wrong("since", "an RFC 3339 time in UTC"))?,
                "limit" => {
                    let limit: usize = value.parse().map_err(|_| wrong("limit", "a whole number"))?;
                    filter.limit = limit.clamp(1, MAX_LIMIT);
                }
                "cursor" => {
                    filter.cursor =
                        Some(value.parse().map_err(|_| wrong("cursor", "a cursor from an earlier answer"))?);
                }
                _ => {}
            }
        }
        Ok(filter)
    }

    /// Whether a trace passes; its words are among these.
    pub(super) fn accepts(&self, trace: &Summary, trace_id: TraceId, words: &Words) -> bool {
        self.event.as_deref().is_none_or(|event| trace.event(words) == Some(event))
            && self.status.is_none_or(|status| status == trace.status)
            && trace.duration_ms() >= self.min_duration_ms
            && self.session.as_deref().is_none_or(|session| trace.session_id(words) == Some(session))
            && Timestamp(trace.start / 1_000) >= self.since
            && self.text.as_ref().is_none_or(|text| {
                trace_id.to_string().contains(text) || trace.texts(words).any(|said| said.to_lowercase().contains(text))
            })
    }
}

fn status(text: &str) -> Option<TraceStatus> {
    match text {
        "ok" => Some(TraceStatus::Ok),
        "error" => Some(TraceStatus::Error),
        "timeout" => Some(TraceStatus::Timeout),
        _ => None,
    }
}
