//! `aetherterm doctor --url`: asks a running server three things, each in a trace of its own, and looks whether the server has
//! recorded them under the client's spans.

use std::time::Duration;

use app::{
    protocol::{
        Event as _,
        terminal::{TerminalClose, TerminalCreate},
    },
    trace::{Sampling, SpanContext, SpanId, TraceId, b3},
};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    trace::v1::{Span, span::SpanKind},
};
use reqwest::{StatusCode, Url};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::{
    Check, Report,
    link::{Link, LinkError, Target},
};
use crate::http::{STORE_BEHIND, STORE_IN_MEMORY};

/// How long a trace may take until it can be read: many times what it takes.
const PATIENCE: Duration = Duration::from_secs(5);

/// A directory that is nowhere: opening a terminal there goes all the way to the spawn and leaves nothing in the workspace.
const NOWHERE: &str = "/aetherterm-doctor/is/not/there";

/// What is asked. A server that does not know an event refuses it by name, and records that as well.
fn questions() -> [(&'static str, Value); 3] {
    [
        ("workspace_sync_request", json!({})),
        (TerminalCreate::NAME, json!({"cols": 80, "rows": 24, "cwd": NOWHERE})),
        ("ai_chat_message", json!({"messageId": "doctor", "message": "Are you there?"})),
    ]
}

/// Asks the server at this address. A token in the address, as in the printed one, is as good as one given beside it.
pub async fn visit(url: Url, token: Option<String>) -> Report {
    let of_url = url.query_pairs().find(|(name, _)| name == "token").map(|(_, token)| token.into_owned());
    let (mut settings, link) = match Target::new(url, token.or(of_url)) {
        Ok(target) => {
            (vec![format!("server: {}", target.shown())], Link::open(&target).await.map(|link| (target, link)))
        }
        Err(error) => (Vec::new(), Err(error)),
    };
    let mut checks = Vec::new();
    match link {
        Ok((target, mut link)) => {
            for (name, payload) in questions() {
                let outcome = check(&target, &mut link, name, payload).await;
                checks.push(Check { name, outcome });
            }
            match store(&target).await {
                Ok(said) => settings.push(format!("store: {said}")),
                Err(problem) => checks.push(Check { name: "store", outcome: Err(problem) }),
            }
            link.close().await;
        }
        Err(error) => {
            let failed = |(name, _)| Check { name, outcome: Err(error.to_string()) };
            checks.extend(questions().map(failed));
        }
    }
    Report { settings, checks }
}

/// What the server says of its store. A check of its own it is only where something is wrong with it.
async fn store(target: &Target) -> Result<String, String> {
    let (_, body) = target.get("/readyz").await.map_err(|error: LinkError| error.to_string())?;
    if body.contains(STORE_IN_MEMORY) {
        Err("nothing can be stored: layouts, people and messages are only remembered; the server's log says why"
            .to_owned())
    } else if body.contains(STORE_BEHIND) {
        Err("the newest changes cannot be stored, and are tried again; the server's log says why".to_owned())
    } else {
        Ok("changes reach the disk".to_owned())
    }
}

/// Emits one event under a span that only the client knows of, and finds the server's span under it.
async fn check(target: &Target, link: &mut Link, event: &str, mut payload: Value) -> Result<String, String> {
    let context = mint().ok_or("the system has no random numbers")?;
    payload["_trace"] = json!({"b3": b3::single(&context)});
    let ack = link.ask(event, &payload).await.map_err(|error| error.to_string())?;
    if let Some(terminal) = ack["terminalId"].as_str() {
        // The directory is there, against all odds: the shell is not to stay.
        let _ = link.ask(TerminalClose::NAME, &json!({"terminalId": terminal})).await;
    }
    let answer = match ack["error"]["code"].as_str() {
        Some(code) => format!("refused with {code}"),
        None => "accepted".to_owned(),
    };
    let span = find(target, context).await.map_err(|problem| format!("{answer}, but {problem}"))?;
    let Span { name, .. } = span;
    Ok(format!("{answer}; trace {} has the server's {name} under the client's span", context.trace_id))
}

/// The server's span under the client's, once it is there.
async fn find(target: &Target, client: SpanContext) -> Result<Span, String> {
    let deadline = Instant::now() + PATIENCE;
    let path = format!("/api/traces/{}", client.trace_id);
    loop {
        let (status, body) = target.get(&path).await.map_err(|error: LinkError| error.to_string())?;
        let problem = match status {
            StatusCode::OK => match under(&body, client.span_id) {
                Some(span) => return Ok(span),
                None => {
                    "has no span of the server's under the client's: with OTEL_SDK_DISABLED=true a server records nothing"
                }
            },
            _ => return Err(format!("GET {path} is answered {status}")),
        };
        if Instant::now() > deadline {
            return Err(format!("trace {} {problem}", client.trace_id));
        }
        sleep(Duration::from_millis(50)).await;
    }
}

fn under(body: &str, parent: SpanId) -> Option<Span> {
    let trace: ExportTraceServiceRequest = serde_json::from_str(body).ok()?;
    let mut spans = trace.resource_spans.into_iter().flat_map(|of| of.scope_spans).flat_map(|of| of.spans);
    spans.find(|span| span.parent_span_id == parent.to_bytes() && span.kind == SpanKind::Server as i32)
}

fn mint() -> Option<SpanContext> {
    let mut trace_id = [0; 16];
    let mut span_id = [0; 8];
    getrandom::fill(&mut trace_id).ok()?;
    getrandom::fill(&mut span_id).ok()?;
    // None of both is all zeros, but once in an eternity.
    Some(SpanContext {
        trace_id: TraceId::from_bytes(trace_id)?,
        span_id: SpanId::from_bytes(span_id)?,
        sampling: Sampling::Accept,
    })
}
