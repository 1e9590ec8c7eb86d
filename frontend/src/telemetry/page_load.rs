//! The load of the page as spans, with the names that OpenTelemetry's own instrumentation of it uses: `documentLoad`, and
//! `documentFetch` below it, with Navigation Timing's moments as their events.

use app::{
    client::Outcome,
    trace::{
        SpanContext, SpanId,
        otlp::{Event, KeyValue, Span, SpanKind, Status, StatusCode},
    },
};

use super::{KEPT, SERVICE};

/// Moments of the load after the document has come.
const LOAD: [&str; 9] = [
    "fetchStart",
    "unloadEventStart",
    "unloadEventEnd",
    "domInteractive",
    "domContentLoadedEventStart",
    "domContentLoadedEventEnd",
    "domComplete",
    "loadEventStart",
    "loadEventEnd",
];
/// Moments until then.
const FETCH: [&str; 9] = [
    "fetchStart",
    "domainLookupStart",
    "domainLookupEnd",
    "connectStart",
    "secureConnectionStart",
    "connectEnd",
    "requestStart",
    "responseStart",
    "responseEnd",
];

/// How a page was loaded.
pub struct PageLoad<'a> {
    /// What all times here count from, in milliseconds since 1970.
    pub origin_ms: f64,
    /// A figure of Navigation Timing by its name: for a moment, milliseconds after the origin; zero for what has not happened.
    pub timing: &'a dyn Fn(&str) -> f64,
    /// The first paints.
    pub paints: Vec<(String, f64)>,
    /// Whether it was opened, loaded again, or gone back to.
    pub kind: String,
    /// The page's path.
    pub path: String,
    /// The session it shows.
    pub session: Option<String>,
}

impl PageLoad<'_> {
    /// The spans of the load and of the document's fetch below it.
    pub fn spans(self, context: SpanContext, fetch: SpanId, outcome: &Outcome) -> [Span; 2] {
        let mut load = self.span(context, "documentLoad", &LOAD, "loadEventEnd");
        for (name, at) in &self.paints {
            let name = match name.as_str() {
                "first-paint" => "firstPaint",
                "first-contentful-paint" => "firstContentfulPaint",
                _ => continue,
            };
            load.events.push(self.event(name, *at));
        }
        if let Some((code, message)) = &outcome.failure {
            load.attributes.push(KeyValue::new("error.type", *code));
            load.status = Status { code: StatusCode::Error, message: message.clone().into() };
        }
        let mut fetched = self.span(SpanContext { span_id: fetch, ..context }, "documentFetch", &FETCH, "responseEnd");
        fetched.parent_span_id = Some(context.span_id);
        let bytes = (self.timing)("encodedBodySize") as i64;
        fetched.attributes.push(KeyValue::new("http.response.body.size", bytes));
        let kind = KeyValue::new("navigation.type", self.kind);
        let session = self.session.map(|session| KeyValue::new("session.id", session));
        load.attributes.extend([kind].into_iter().chain(session));
        if let Some(why) = outcome.kept {
            load.attributes.push(KeyValue::new(KEPT, why));
            fetched.attributes.push(KeyValue::new(KEPT, why));
        }
        [load, fetched]
    }

    /// A span from the beginning of the fetch to the moment `end`; what has not come to that ends with its last moment.
    fn span(&self, context: SpanContext, name: &'static str, moments: &[&'static str], end: &str) -> Span {
        let happened = moments.iter().map(|name| (*name, (self.timing)(name))).filter(|(_, at)| *at > 0.0);
        let events: Vec<_> = happened.map(|(name, at)| self.event(name, at)).collect();
        let begin = self.nanos((self.timing)("fetchStart"));
        let end = match (self.timing)(end) {
            at if at > 0.0 => self.nanos(at),
            _ => events.iter().map(|event| event.time_unix_nano).max().unwrap_or(begin),
        };
        Span {
            trace_id: context.trace_id,
            span_id: context.span_id,
            parent_span_id: None,
            name: name.into(),
            kind: SpanKind::Internal,
            start_time_unix_nano: begin,
            end_time_unix_nano: end.max(begin),
            attributes: vec![KeyValue::new("service.name", SERVICE), KeyValue::new("url.path", self.path.clone())],
            events,
            links: Vec::new(),
            status: Status { code: StatusCode::Ok, message: "".into() },
        }
    }

    fn event(&self, name: &'static str, at: f64) -> Event {
        Event { time_unix_nano: self.nanos(at), name: name.into(), attributes: Vec::new() }
    }

    fn nanos(&self, at: f64) -> u64 {
        // Whole microseconds: browsers measure no finer, and a float holds them exactly.
        ((self.origin_ms + at) * 1_000.0).round() as u64 * 1_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::trace::{Sampling, TraceId, otlp::AnyValue};

    const ORIGIN_MS: f64 = 1_790_000_000_000.0;

    fn spans(timing: &dyn Fn(&str) -> f64, outcome: &Outcome) -> [Span; 2] {
        let context = SpanContext {
            trace_id: TraceId::from_bytes([1; 16]).unwrap(),
            span_id: SpanId::from_bytes([2; 8]).unwrap(),
            sampling: Sampling::Accept,
        };
        let load = PageLoad {
            origin_ms: ORIGIN_MS,
            timing,
            paints: vec![("first-contentful-paint".to_owned(), 30.0)],
            kind: "reload".to_owned(),
            path: "/".to_owned(),
            session: None,
        };
        load.spans(context, SpanId::from_bytes([3; 8]).unwrap(), outcome)
    }

    fn timing(name: &str) -> f64 {
        match name {
            "fetchStart" => 1.0,
            "requestStart" => 2.0,
            "responseStart" => 5.5,
            "responseEnd" => 6.0,
            "domInteractive" => 20.0,
            "loadEventEnd" => 40.25,
            "encodedBodySize" => 1_234.0,
            _ => 0.0,
        }
    }

    fn millis(span: &Span) -> (f64, f64) {
        let after = |nanos: u64| (nanos - ORIGIN_MS as u64 * 1_000_000) as f64 / 1e6;
        (after(span.start_time_unix_nano), after(span.end_time_unix_nano))
    }

    fn names(span: &Span) -> Vec<&str> {
        span.events.iter().map(|event| event.name.as_ref()).collect()
    }

    #[test]
    fn the_fetch_lies_within_the_load_and_each_has_its_moments() {
        let [load, fetch] = spans(&timing, &Outcome::default());
        assert_eq!((load.name.as_ref(), millis(&load)), ("documentLoad", (1.0, 40.25)));
        assert_eq!(names(&load), ["fetchStart", "domInteractive", "loadEventEnd", "firstContentfulPaint"]);
        assert_eq!((fetch.name.as_ref(), millis(&fetch)), ("documentFetch", (1.0, 6.0)));
        assert_eq!(names(&fetch), ["fetchStart", "requestStart", "responseStart", "responseEnd"]);
        assert_eq!(fetch.parent_span_id, Some(load.span_id));
        assert!(fetch.attributes.contains(&KeyValue::new("http.response.body.size", 1_234)));
        assert!(load.attributes.contains(&KeyValue::new("navigation.type", AnyValue::from("reload"))));
    }

    #[test]
    fn a_load_that_has_not_ended_ends_with_what_has_happened() {
        let [load, _] = spans(&|name| if name == "loadEventEnd" { 0.0 } else { timing(name) }, &Outcome::default());
        assert_eq!(millis(&load), (1.0, 20.0));
        let [load, _] = spans(&|_| 0.0, &Outcome::default());
        assert_eq!(millis(&load), (0.0, 0.0));
    }

    #[test]
    fn a_load_whose_messages_failed_has_failed() {
        let outcome = Outcome { failure: Some(("busy", "Too many.".to_owned())), kept: Some("error"), messages: 1 };
        let [load, fetch] = spans(&timing, &outcome);
        assert_eq!(load.status, Status { code: StatusCode::Error, message: "Too many.".into() });
        assert_eq!(fetch.status.code, StatusCode::Ok);
        assert!(load.attributes.contains(&KeyValue::new(KEPT, "error")));
    }
}
