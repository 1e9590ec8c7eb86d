//! A trace in one line, as `GET /api/traces` lists it and `/api/traces/stream` announces it.

use serde::{Deserialize, Serialize};

use crate::protocol::{SessionId, TerminalId};

use super::TraceId;

/// One line of the list of traces.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TraceSummary {
    /// Its id.
    pub trace_id: TraceId,
    /// The name of its root span, or of the earliest span that is there.
    pub name: String,
    /// When it began, RFC 3339 in UTC.
    pub start_time: String,
    /// From its first span's start to its last span's end, in milliseconds.
    pub duration_ms: f64,
    /// Whether any span of it failed.
    pub status: TraceStatus,
    /// How many spans it has so far.
    pub spans: u32,
    /// The services that took part, in order of appearance.
    pub services: Vec<String>,
    /// The Socket.IO event it is about; empty where there is none.
    #[serde(default)]
    pub event: String,
    /// The terminal it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal_id: Option<TerminalId>,
    /// The session it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
}

/// How a trace ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TraceStatus {
    /// No span failed.
    #[default]
    Ok,
    /// A span failed.
    Error,
}

/// A page of the list, newest trace first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TraceList {
    /// The traces.
    pub traces: Vec<TraceSummary>,
    /// Where the next page begins, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// What to look for; everything given must fit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TraceQuery {
    /// The exact name of the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// How the trace ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<TraceStatus>,
    /// The least duration, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_duration_ms: Option<f64>,
    /// Part of a name, an attribute value or the trace id, in any letter case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The most lines to answer with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_the_names_of_the_interface() {
        let line = TraceSummary {
            trace_id: "80f198ee56343ba864fe8b2a57d3eff7".parse().unwrap(),
            name: "terminal:input".to_owned(),
            start_time: "2026-01-02T03:04:05.678Z".to_owned(),
            duration_ms: 9.5,
            status: TraceStatus::Error,
            spans: 4,
            services: vec!["aetherterm-frontend".to_owned()],
            event: "terminal:input".to_owned(),
            terminal_id: None,
            session_id: None,
        };
        let json = serde_json::to_value(&line).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "traceId": "80f198ee56343ba864fe8b2a57d3eff7", "name": "terminal:input",
                "startTime": "2026-01-02T03:04:05.678Z", "durationMs": 9.5, "status": "error", "spans": 4,
                "services": ["aetherterm-frontend"], "event": "terminal:input"
            })
        );
        assert_eq!(serde_json::from_value::<TraceSummary>(json).unwrap(), line);
    }
}
