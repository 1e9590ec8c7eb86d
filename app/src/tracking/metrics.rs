//! The tracker's figures as they are read: in the page, on the console and at `/api/tracker`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// All requests of one tracker. Times are in milliseconds, zero where nothing was measured.
///
/// At every moment `totalRequests = totalResponses + timeoutCount + disconnectedCount + evictedCount +
/// fireAndForgetCount + pendingCount`; `errorCount` is part of the responses, `lateCount` of the timeouts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConnectionMetrics {
    /// Requests followed.
    pub total_requests: u64,
    /// Requests that ended with an answer, or with a failure of their own.
    pub total_responses: u64,
    /// Mean time to the answer.
    pub average_response_time: f64,
    /// Half of the answers took at most this.
    pub p50: f64,
    /// 95 of 100 answers took at most this.
    pub p95: f64,
    /// 99 of 100 answers took at most this.
    pub p99: f64,
    /// Requests without an answer in time.
    pub timeout_count: u64,
    /// Requests refused or failed.
    pub error_count: u64,
    /// Requests waiting now.
    pub pending_count: u64,
    /// Answers that came after the time-out.
    pub late_count: u64,
    /// Requests whose connection went first.
    pub disconnected_count: u64,
    /// Requests pushed out of the full table and not answered since.
    pub evicted_count: u64,
    /// Requests that wait for no answer.
    pub fire_and_forget_count: u64,
    /// Events that came unasked.
    pub received_count: u64,
    /// The same per event.
    pub event_metrics: BTreeMap<String, EventMetrics>,
    /// The callers' own figures.
    pub custom: BTreeMap<String, f64>,
}

/// The requests and receptions of one event. Times are in milliseconds, zero where nothing was measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EventMetrics {
    /// The event's name, or `_OTHER`.
    pub event_name: String,
    /// Requests followed.
    pub request_count: u64,
    /// Requests that ended with an answer, or with a failure of their own.
    pub response_count: u64,
    /// How often the event came unasked.
    pub received_count: u64,
    /// Mean time to the answer.
    pub average_time: f64,
    /// The shortest time to an answer.
    pub min_time: f64,
    /// The longest time to an answer.
    pub max_time: f64,
    /// Half of the answers took at most this.
    pub p50: f64,
    /// 95 of 100 answers took at most this.
    pub p95: f64,
    /// 99 of 100 answers took at most this.
    pub p99: f64,
    /// Requests without an answer in time.
    pub timeout_count: u64,
    /// Requests refused or failed.
    pub error_count: u64,
    /// Share of the ended requests whose answer was yes, 0 to 1; 1 before the first one ended.
    pub success_rate: f64,
    /// Occurrences a second over the last minute.
    pub rate: f64,
    /// Occurrences in each of the last 60 seconds, oldest first.
    pub last_minute: Vec<u32>,
}
