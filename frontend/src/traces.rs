//! Where the page reads traces: the server's list, and the page's own spans before they have arrived there.

use std::{
    cell::RefCell,
    collections::HashSet,
    rc::{Rc, Weak},
};

use app::{
    client::{Following, Local, Read, TraceQuery, TraceSource, TracesUnavailable},
    json::Malformed,
    monitor::{TracePage, TraceRow},
    page::PageConfig,
    trace::{
        SpanId, TraceId,
        otlp::{ExportTraceServiceRequest, ResourceSpans},
    },
};

use crate::{
    api,
    js::{event_source::Stream, fetch::Answer, listener::Listener, page},
    telemetry::Recorder,
};

/// The event of the stream that brings a row.
const TRACE: &str = "trace";

/// The trace API of the page's own server.
pub struct ServerTraces {
    api: String,
    recorder: Rc<Recorder>,
}

impl ServerTraces {
    /// Reads from the page's server, and from `recorder` what has not arrived there.
    pub fn new(page: &PageConfig, recorder: Rc<Recorder>) -> Self {
        Self { api: page.href("/api/traces"), recorder }
    }
}

impl TraceSource for ServerTraces {
    fn list(&self, query: TraceQuery, read_page: Read<TracePage>) -> Local<Result<TracePage, TracesUnavailable>> {
        let href = format!("{}?{}", self.api, query_string(&query));
        Box::pin(async move {
            let answer = read(&href).await?;
            if answer.status != 200 {
                return Err(unexpected(answer.status));
            }
            read_page(&answer.body).map_err(unreadable)
        })
    }

    fn get(
        &self,
        trace_id: TraceId,
        read_spans: Read<ExportTraceServiceRequest>,
    ) -> Local<Result<ExportTraceServiceRequest, TracesUnavailable>> {
        let href = format!("{}/{trace_id}", self.api);
        let recorder = self.recorder.clone();
        Box::pin(async move {
            let answer = read(&href).await;
            let own = recorder.recent(trace_id);
            let known = match answer {
                Ok(Answer { status: 200, body, .. }) => read_spans(&body).map_err(unreadable)?,
                Ok(Answer { status: 404, .. }) => ExportTraceServiceRequest::default(),
                // What the page itself knows is better than nothing.
                Ok(_) | Err(_) if own.is_some() => ExportTraceServiceRequest::default(),
                Ok(answer) => return Err(unexpected(answer.status)),
                Err(why) => return Err(why),
            };
            Ok(merged(known, own))
        })
    }

    fn follow(&self, read: Read<TraceRow>, on_trace: Box<dyn Fn(TraceRow)>) -> Following {
        let follower = Follower::new(format!("{}/stream", self.api), read, on_trace.into());
        Following::until(move || drop(follower))
    }
}

/// Holds the stream open while the page is seen: browsers allow six connections to a host.
struct Follower {
    href: String,
    read: Read<TraceRow>,
    on_trace: Rc<dyn Fn(TraceRow)>,
    stream: RefCell<Option<Stream>>,
    _visibility: Listener,
}

impl Follower {
    fn new(href: String, read: Read<TraceRow>, on_trace: Rc<dyn Fn(TraceRow)>) -> Rc<Self> {
        let follower = Rc::new_cyclic(|this: &Weak<Self>| {
            let this = this.clone();
            let visibility = move |hidden| {
                if let Some(follower) = this.upgrade() {
                    follower.look(hidden);
                }
            };
            Self { href, read, on_trace, stream: RefCell::default(), _visibility: Listener::on_visibility(visibility) }
        });
        follower.look(page::hidden());
        follower
    }

    fn look(&self, hidden: bool) {
        let (read, on_trace) = (self.read, self.on_trace.clone());
        let open = || {
            Stream::open(&self.href, TRACE, move |json| {
                // A row that this version of the page cannot read is one it cannot show.
                if let Ok(row) = read(&json) {
                    on_trace(row);
                }
            })
        };
        self.stream.replace(if hidden { None } else { open() });
    }
}

async fn read(href: &str) -> Result<Answer, TracesUnavailable> {
    api::read(href).await.map_err(|why| TracesUnavailable(why.0))
}

#[expect(clippy::needless_pass_by_value, reason = "an error is mapped as it comes")]
fn unreadable(error: Malformed) -> TracesUnavailable {
    TracesUnavailable(error.to_string())
}

fn unexpected(status: u16) -> TracesUnavailable {
    TracesUnavailable(format!("The server answered {status}."))
}

/// The server's spans, and of the page's own those that the server has not got yet.
fn merged(mut known: ExportTraceServiceRequest, own: Option<ResourceSpans>) -> ExportTraceServiceRequest {
    let Some(mut own) = own else { return known };
    let all = known.resource_spans.iter().flat_map(|resource| &resource.scope_spans).flat_map(|scope| &scope.spans);
    let arrived: HashSet<SpanId> = all.map(|span| span.span_id).collect();
    for scope in &mut own.scope_spans {
        scope.spans.retain(|span| !arrived.contains(&span.span_id));
    }
    own.scope_spans.retain(|scope| !scope.spans.is_empty());
    if !own.scope_spans.is_empty() {
        known.resource_spans.push(own);
    }
    known
}

fn query_string(query: &TraceQuery) -> String {
    let TraceQuery { event, status, min_duration_ms, text, limit } = query;
    let fields = [
        ("event", event.clone()),
        ("status", status.map(|status| status.as_str().to_owned())),
        ("minDurationMs", min_duration_ms.map(|millis| millis.to_string())),
        ("text", text.clone()),
        ("limit", Some(limit.to_string())),
    ];
    let given = fields.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", encoded(&value?))));
    given.collect::<Vec<_>>().join("&")
}

/// Percent-encodes everything but the letters, digits and marks that RFC 3986 leaves alone.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::testing::{resource_spans, span};

    #[test]
    fn a_span_that_has_arrived_is_shown_once() {
        let server = ExportTraceServiceRequest { resource_spans: vec![resource_spans(vec![span(0), span(1)])] };
        let own = |spans| Some(resource_spans(spans));
        let spans = |request: ExportTraceServiceRequest| {
            request
                .resource_spans
                .into_iter()
                .flat_map(|resource| resource.scope_spans.into_iter().flat_map(|scope| scope.spans))
        };
        let all: Vec<_> = spans(merged(server.clone(), own(vec![span(1), span(2)]))).collect();
        assert_eq!(all, [span(0), span(1), span(2)]);
        assert_eq!(merged(server.clone(), own(vec![span(1)])), server);
        assert_eq!(merged(server.clone(), None), server);
    }

    #[test]
    fn only_what_is_asked_for_stands_in_the_address() {
        let query = TraceQuery { limit: 50, ..TraceQuery::default() };
        assert_eq!(query_string(&query), "limit=50");
        let query = TraceQuery { event: Some("terminal:input".into()), text: Some("a b&c".into()), ..query };
        assert_eq!(query_string(&query), "event=terminal%3Ainput&text=a%20b%26c&limit=50");
    }
}
