//! From spans to the body of a post, and from its answer to what became of them.

use app::{
    json,
    trace::otlp::{ExportTraceServiceRequest, KeyValue, Resource, ResourceSpans, Scope, ScopeSpans, Span},
};
use serde::Deserialize;

use super::clean;

/// The instrumentation scope of every span here.
const SCOPE: &str = "aetherterm.socketio";

/// The page's clock against the server's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClockDifference {
    /// How far the server's clock is ahead, in milliseconds.
    pub offset_ms: f64,
    /// The round trip it was measured with, in milliseconds: the offset is off by at most half of it.
    pub round_trip_ms: f64,
}

/// What the server made of a batch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    /// It took all but `rejected`.
    Taken {
        /// How many it refused for good.
        rejected: usize,
    },
    /// It may take the batch later; it said when, in milliseconds, or did not.
    Later(Option<f64>),
    /// It cannot take the batch as it is: a smaller one may pass.
    Unreadable,
}

/// The longest that a server may make the page wait, in milliseconds.
const LONGEST_WAIT_MS: f64 = 60_000.0;

/// Spans as they may leave the page: without secrets, and in the server's time, with the difference beside.
pub fn grouped(resource: &Resource, spans: &[Span], clock: Option<ClockDifference>) -> ResourceSpans {
    ResourceSpans {
        resource: resource.clone(),
        scope_spans: vec![ScopeSpans {
            scope: scope(),
            spans: spans.iter().map(|span| corrected(span, clock)).collect(),
        }],
    }
}

/// What made everything here.
pub fn scope() -> Scope {
    Scope { name: SCOPE.into(), version: env!("CARGO_PKG_VERSION").into() }
}

/// The JSON text of a post.
pub fn body(resource: &Resource, spans: &[Span], clock: Option<ClockDifference>) -> String {
    let request = ExportTraceServiceRequest { resource_spans: vec![grouped(resource, spans, clock)] };
    serde_json::to_string(&request).expect("plain structs with text keys always serialise")
}

/// Reads an answer to a post of `sent` spans.
pub fn outcome(status: u16, body: &str, retry_after_s: Option<f64>, sent: usize) -> Outcome {
    match status {
        200..=299 => Outcome::Taken { rejected: rejected(body).min(sent) },
        400 | 413 | 415 | 422 => Outcome::Unreadable,
        // Signed out or forbidden may end as well as an overload does; the queue is bounded.
        _ => Outcome::Later(retry_after_s.map(|seconds| (seconds * 1_000.0).clamp(0.0, LONGEST_WAIT_MS))),
    }
}

fn rejected(body: &str) -> usize {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Response {
        partial_success: PartialSuccess,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct PartialSuccess {
        rejected_spans: serde_json::Value,
    }
    // OTLP/JSON writes 64-bit numbers as text; some servers write them plainly.
    let Response { partial_success } = json::read(body).unwrap_or_default();
    let rejected = match partial_success.rejected_spans {
        serde_json::Value::Number(number) => number.as_u64(),
        serde_json::Value::String(text) => text.parse().ok(),
        _ => None,
    };
    usize::try_from(rejected.unwrap_or(0)).unwrap_or(usize::MAX)
}

fn corrected(span: &Span, clock: Option<ClockDifference>) -> Span {
    let mut span = span.clone();
    clean::span(&mut span);
    if let Some(ClockDifference { offset_ms, round_trip_ms }) = clock {
        let offset = (offset_ms * 1e6) as i64;
        span.start_time_unix_nano = span.start_time_unix_nano.saturating_add_signed(offset);
        span.end_time_unix_nano = span.end_time_unix_nano.saturating_add_signed(offset);
        for event in &mut span.events {
            event.time_unix_nano = event.time_unix_nano.saturating_add_signed(offset);
        }
        span.attributes.push(KeyValue::new("browser.clock.offset_ms", offset_ms));
        span.attributes.push(KeyValue::new("browser.clock.rtt_ms", round_trip_ms));
    }
    span
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::testing::span;
    use app::trace::otlp::Event;

    fn check(status: u16, body: &str, expected: Outcome) {
        assert_eq!(outcome(status, body, None, 2), expected, "{status} {body}");
    }

    #[test]
    fn an_answer_says_what_became_of_the_batch() {
        check(200, "{}", Outcome::Taken { rejected: 0 });
        check(200, r#"{"partialSuccess":{"rejectedSpans":1}}"#, Outcome::Taken { rejected: 1 });
        check(200, r#"{"partialSuccess":{"rejectedSpans":"1","errorMessage":"old"}}"#, Outcome::Taken { rejected: 1 });
        check(200, r#"{"partialSuccess":{"rejectedSpans":99}}"#, Outcome::Taken { rejected: 2 });
        check(200, "no json", Outcome::Taken { rejected: 0 });
        check(400, "", Outcome::Unreadable);
        check(413, "", Outcome::Unreadable);
        check(401, "", Outcome::Later(None));
        check(503, "", Outcome::Later(None));
    }

    #[test]
    fn a_server_cannot_make_the_page_wait_for_ever() {
        assert_eq!(outcome(429, "", Some(2.0), 1), Outcome::Later(Some(2_000.0)));
        assert_eq!(outcome(429, "", Some(1e9), 1), Outcome::Later(Some(LONGEST_WAIT_MS)));
        assert_eq!(outcome(429, "", Some(-1.0), 1), Outcome::Later(Some(0.0)));
    }

    #[test]
    fn spans_leave_in_the_servers_time_with_the_difference_beside() {
        let clock = ClockDifference { offset_ms: -250.0, round_trip_ms: 2.0 };
        let sent = corrected(&span(0), Some(clock));
        assert_eq!((sent.start_time_unix_nano, sent.end_time_unix_nano), (750_000_000, 752_000_000));
        assert_eq!(sent.attributes[0], KeyValue::new("browser.clock.offset_ms", -250.0));
        assert_eq!(corrected(&span(0), None), span(0));
    }

    #[test]
    fn no_secret_leaves_the_page() {
        let secret = "ghp_0123456789abcdefghij";
        let mut leaking = span(0);
        leaking.name = secret.to_owned().into();
        leaking.status.message = format!("got Bearer {secret}").into();
        leaking.attributes = vec![
            KeyValue::new("password", secret.to_owned()),
            KeyValue::new("url", format!("https://me:{secret}@host/")),
            KeyValue::new("socketio.event", "terminal:input"),
        ];
        leaking.events = vec![Event {
            name: secret.to_owned().into(),
            attributes: vec![KeyValue::new("token", 5_i64)],
            ..Event::default()
        }];
        let body = body(&Resource::default(), &[leaking], None);
        assert!(!body.contains(secret), "{body}");
        let sent: ExportTraceServiceRequest = serde_json::from_str(&body).unwrap();
        let sent = &sent.resource_spans[0].scope_spans[0].spans[0];
        assert_eq!(sent.status.message, "got Bearer REDACTED");
        assert_eq!(sent.attributes[0], KeyValue::new("password", "REDACTED"));
        assert_eq!(sent.attributes[1], KeyValue::new("url", "https://REDACTED@host/"));
        assert_eq!(sent.attributes[2], KeyValue::new("socketio.event", "terminal:input"));
        assert_eq!(sent.events[0].attributes[0], KeyValue::new("token", "REDACTED"));
    }

    #[test]
    fn a_body_is_otlp_json() {
        let body: serde_json::Value = serde_json::from_str(&body(&Resource::default(), &[span(0)], None)).unwrap();
        assert_eq!(body["resourceSpans"][0]["scopeSpans"][0]["scope"]["name"], "aetherterm.socketio");
        assert_eq!(body["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["kind"], 3);
    }
}
