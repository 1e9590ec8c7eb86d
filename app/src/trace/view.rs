//! What the trace API answers: rows of the list, and the ledger that says what became of every span.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::TraceId;

/// The answer of `GET /api/traces`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TraceList {
    /// The traces, newest first.
    pub traces: Vec<TraceRow>,
    /// Pass this as `cursor` to get the rows after these; absent at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// What became of every span so far.
    pub ledger: LedgerView,
}

/// One trace as the list shows it; it changes while spans of the trace still arrive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TraceRow {
    /// Names the trace.
    pub trace_id: TraceId,
    /// The name of the root span, or of the earliest one while the root is missing.
    pub name: String,
    /// When the earliest span began, RFC 3339 in UTC.
    pub start_time: String,
    /// From the earliest start to the latest end, in milliseconds.
    pub duration_ms: f64,
    /// How the trace ended.
    pub status: TraceStatus,
    /// How many spans it has.
    pub spans: u32,
    /// The services that recorded them, in order of appearance.
    pub services: Vec<String>,
    /// The Socket.IO event it is about; empty for other traces.
    pub event: String,
    /// The terminal it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal_id: Option<String>,
    /// The session it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
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
    /// A span failed because nothing came in time.
    Timeout,
}

/// What became of every span, by destination. `created = exported + queued + dropped` holds for each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerView {
    /// The local store first, then the backends.
    pub destinations: Vec<DestinationView>,
}

impl LedgerView {
    /// How many spans reached the destination they were meant for, over all destinations.
    pub fn exported(&self) -> u64 {
        self.destinations.iter().map(|destination| destination.exported).sum()
    }

    /// How many spans were lost on the way, over all destinations.
    pub fn lost(&self) -> u64 {
        self.destinations.iter().map(DestinationView::lost).sum()
    }
}

/// What became of the spans meant for one destination.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DestinationView {
    /// `local`, or the backend's name.
    pub name: String,
    /// Spans meant for it.
    pub created: u64,
    /// Spans it has.
    pub exported: u64,
    /// Spans on their way.
    pub queued: u64,
    /// Spans lost, by reason.
    pub dropped: BTreeMap<String, u64>,
    /// Why the last export failed; absent while exports succeed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl DestinationView {
    /// How many spans were lost on the way, whatever the reason.
    pub fn lost(&self) -> u64 {
        self.dropped.values().sum()
    }
}
