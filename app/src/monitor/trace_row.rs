//! One trace in a list: a row of `/api/traces`.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::{
    trace::{
        TraceId,
        ledger::LedgerView,
        otlp::{ExportTraceServiceRequest, Span, StatusCode},
    },
    tracking::TraceStatus,
};

use super::{Timestamp, attribute::text};

/// The answer of `/api/traces`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TracePage {
    /// Newest first.
    pub traces: Vec<TraceRow>,
    /// Where the next page begins; `None` on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// What became of every record so far, these traces' among them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<LedgerView>,
}

/// What a list says of one trace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TraceRow {
    /// The trace.
    pub trace_id: TraceId,
    /// The name of its first root span.
    pub name: String,
    /// When its first span began.
    pub start_time: Timestamp,
    /// From the first begin to the last end, in milliseconds.
    pub duration_ms: f64,
    /// An error or a time-out anywhere in it is its own.
    pub status: TraceStatus,
    /// How many spans it has so far.
    pub spans: u32,
    /// Who took part, in the order of their first spans.
    pub services: Vec<String>,
    /// The Socket.IO event it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// The terminal it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal_id: Option<String>,
    /// The session it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
}

impl TraceRow {
    /// Sums up all the spans there are of one trace; `None` when there is none.
    #[must_use]
    pub fn of(trace: &ExportTraceServiceRequest) -> Option<Self> {
        let mut spans: Vec<(&str, &Span)> = trace
            .resource_spans
            .iter()
            .flat_map(|recorded| {
                let service = text(&recorded.resource.attributes, "service.name").unwrap_or("unknown_service");
                recorded.scope_spans.iter().flat_map(|scope| &scope.spans).map(move |span| (service, span))
            })
            .collect();
        spans.sort_by_key(|(_, span)| span.start_time_unix_nano);
        let ids: HashSet<_> = spans.iter().map(|(_, span)| span.span_id).collect();
        let is_root = |span: &Span| span.parent_span_id.is_none_or(|parent| !ids.contains(&parent));
        let (_, first) = spans.first()?;
        let (_, root) = spans.iter().find(|(_, span)| is_root(span)).or(spans.first())?;
        let end = spans.iter().map(|(_, span)| span.end_time_unix_nano).max()?;
        let about = |key| spans.iter().find_map(|(_, span)| text(&span.attributes, key)).map(str::to_owned);
        let mut services: BTreeMap<&str, usize> = BTreeMap::new();
        for (place, (service, _)) in spans.iter().enumerate() {
            services.entry(service).or_insert(place);
        }
        let mut services: Vec<_> = services.into_iter().collect();
        services.sort_by_key(|(_, place)| *place);
        Some(Self {
            trace_id: first.trace_id,
            name: root.name.to_string(),
            start_time: Timestamp(first.start_time_unix_nano / 1_000),
            duration_ms: end.saturating_sub(first.start_time_unix_nano) as f64 / 1e6,
            status: status(spans.iter().map(|(_, span)| *span)),
            spans: u32::try_from(ids.len()).unwrap_or(u32::MAX),
            services: services.into_iter().map(|(service, _)| service.to_owned()).collect(),
            event: text(&root.attributes, "socketio.event").map(str::to_owned).or_else(|| about("socketio.event")),
            terminal_id: about("socketio.terminal_id"),
            session_id: about("socketio.session_id"),
        })
    }
}

fn status<'a>(spans: impl Iterator<Item = &'a Span>) -> TraceStatus {
    let mut failed = spans.filter(|span| span.status.code == StatusCode::Error).peekable();
    if failed.peek().is_none() {
        TraceStatus::Ok
    } else if failed.any(|span| text(&span.attributes, "error.type") == Some("timeout")) {
        TraceStatus::Timeout
    } else {
        TraceStatus::Error
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const T: &str = "80f198ee56343ba864fe8b2a57d3eff7";

    fn span(id: u32, parent: &str, at: (u64, u64), attributes: &[(&str, &str)], status: u8) -> Value {
        let attributes: Vec<_> =
            attributes.iter().map(|(key, text)| json!({"key": key, "value": {"stringValue": text}})).collect();
        json!({
            "traceId": T, "spanId": format!("{id:016x}"), "parentSpanId": parent, "name": format!("span {id}"),
            "startTimeUnixNano": at.0.to_string(), "endTimeUnixNano": at.1.to_string(),
            "attributes": attributes, "status": {"code": status},
        })
    }

    fn recorded(service: &str, spans: &[Value]) -> Value {
        json!({
            "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]},
            "scopeSpans": [{"spans": spans}],
        })
    }

    fn row(resource_spans: &[Value]) -> Option<TraceRow> {
        TraceRow::of(&serde_json::from_value(json!({"resourceSpans": resource_spans})).unwrap())
    }

    #[test]
    fn a_trace_is_summed_up_in_the_shape_of_the_api() {
        let begin = 1_640_995_200_000_000_000;
        let server = recorded(
            "aetherterm-backend",
            &[span(
                2,
                "0000000000000001",
                (begin + 1_000_000, begin + 2_000_000),
                &[("socketio.event", "terminal:input"), ("socketio.session_id", "s_1")],
                1,
            )],
        );
        let browser = recorded(
            "aetherterm-frontend",
            &[span(
                1,
                "",
                (begin, begin + 9_300_000),
                &[("socketio.event", "terminal:input"), ("socketio.terminal_id", "t_1")],
                1,
            )],
        );
        assert_eq!(
            serde_json::to_value(row(&[server, browser])).unwrap(),
            json!({
                "traceId": T, "name": "span 1", "startTime": "2022-01-01T00:00:00.000000Z", "durationMs": 9.3,
                "status": "ok", "spans": 2, "services": ["aetherterm-frontend", "aetherterm-backend"],
                "event": "terminal:input", "terminalId": "t_1", "sessionId": "s_1",
            })
        );
    }

    #[test]
    fn no_span_is_no_trace() {
        assert_eq!(row(&[]), None);
        assert_eq!(row(&[recorded("x", &[])]), None);
    }

    fn check(statuses: &[(u8, &str)], expected: TraceStatus) {
        let spans: Vec<_> = statuses
            .iter()
            .zip(1..)
            .map(|((status, kind), id)| span(id, "", (5, 6), &[("error.type", kind)], *status))
            .collect();
        assert_eq!(row(&[recorded("x", &spans)]).unwrap().status, expected, "{statuses:?}");
    }

    #[test]
    fn a_failure_anywhere_is_the_traces_own() {
        check(&[(0, ""), (1, "")], TraceStatus::Ok);
        check(&[(1, ""), (2, "not_found")], TraceStatus::Error);
        check(&[(2, "busy"), (2, "timeout")], TraceStatus::Timeout);
        check(&[(1, "timeout")], TraceStatus::Ok);
    }

    #[test]
    fn the_first_span_without_its_parent_gives_the_name() {
        let spans = [span(1, "00000000000000ff", (7, 9), &[], 0), span(2, "0000000000000001", (5, 9), &[], 0)];
        let row = row(&[recorded("x", &spans)]).unwrap();
        assert_eq!((row.name.as_str(), row.spans), ("span 1", 2));
    }
}
