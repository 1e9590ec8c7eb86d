//! What sampling rejects is recorded after all when it fails or is slow, and otherwise never counts as created.

use app::protocol::RefusalCode;
use opentelemetry_proto::tonic::trace::v1::Span as Received;

use super::*;
use crate::telemetry::span::{Outcome, Unsampled};

/// Settings by which no trace is recorded.
fn nothing_sampled(collector: &Collector) -> TelemetryConfig {
    let mut config = config([collector.backend()]);
    config.sampling.rate = 0.0;
    config
}

fn refuse(request: &tracing::Span) {
    let refused = Outcome::Failure { code: RefusalCode::NotFound.as_str(), message: "no such terminal" };
    span::record_outcome(request, refused, Some("terminal:error"), Duration::from_millis(1));
}

/// Why a span was kept, if it was.
fn mark(span: &Received) -> Option<&str> {
    text(&span.attributes, "sampling.kept")
}

/// How many spans are created by what is done, once everything has been sent.
async fn created(config: TelemetryConfig, work: impl FnOnce()) -> u64 {
    let (telemetry, _guard) = start(&config);
    work();
    telemetry.shutdown(Duration::from_secs(5)).await;
    let view = telemetry.ledger();
    assert_eq!(view.destinations[0].created, view.destinations[0].exported);
    view.destinations[0].created
}

#[tokio::test]
async fn a_request_that_is_refused_is_kept_with_what_it_has_caused_though_sampling_says_no() {
    let collector = Collector::start().await;
    let (telemetry, _guard) = start(&nothing_sampled(&collector));
    let parent = parent(Sampling::Deny);
    let request = span::server_span("terminal:create", true, Extracted::Parent(parent), Unsampled::Held);
    let outside = span::context_of(&request).unwrap();
    assert_eq!(outside.sampling, Sampling::Deny, "who is called is told that it is not sampled");
    let spawn = info_span!(parent: &request, "terminal.spawn");
    assert_eq!(span::context_of(&spawn).unwrap().sampling, Sampling::Deny);
    let cause = span::cause_of(&request).unwrap();
    let notice = span::emit_span(
        "terminal:closed",
        span::Recipients::all(["c1", "c2"].map(|id| span::Recipients::one(id, None))),
        Some(cause.clone()),
    );
    assert!(span::carrier_of(&notice).unwrap().get("b3").unwrap().ends_with("-0"));
    drop((spawn, notice));
    refuse(&request);
    drop(request);
    drop(span::emit_span("terminal:leader", span::Recipients::one("c1", None), Some(cause)));

    let (_, kept) = collector.span("socketio.terminal:create").await;
    assert_eq!((kept.trace_id.as_slice(), kept.flags & 1), (parent.trace_id.to_bytes().as_slice(), 0));
    assert_eq!(
        (kept.parent_span_id.as_slice(), kept.status.as_ref().unwrap().code),
        (&parent.span_id.to_bytes()[..], 2)
    );
    assert_eq!(mark(&kept), Some("error"));
    for name in ["terminal.spawn", "socketio.emit.terminal:closed", "socketio.emit.terminal:leader"] {
        let (_, child) = collector.span(name).await;
        assert_eq!((&child.trace_id, &child.parent_span_id), (&kept.trace_id, &kept.span_id), "{name}");
        assert_eq!(mark(&child), Some("error"), "{name}");
    }
    let view = ledger(&telemetry, |rows| rows.iter().all(|row| row.exported == 4)).await;
    assert_eq!(view.destinations[0].created, 4);
}

#[tokio::test]
async fn a_request_that_takes_long_is_kept() {
    let collector = Collector::start().await;
    let mut config = nothing_sampled(&collector);
    // So that every one is slow.
    config.tracking.slow_ms = 0;
    let (_telemetry, _guard) = start(&config);
    let request = span::server_span("terminal:create", true, Extracted::None, Unsampled::Held);
    span::record_outcome(&request, Outcome::Success, Some("terminal:created"), Duration::ZERO);
    drop(request);
    let (_, kept) = collector.span("socketio.terminal:create").await;
    assert_eq!(kept.status.as_ref().unwrap().code, 1);
    assert_eq!(mark(&kept), Some("slow"));
}

#[tokio::test]
async fn what_ends_well_and_in_time_is_not_even_counted() {
    let collector = Collector::start().await;
    let created = created(nothing_sampled(&collector), || {
        for _ in 0..100 {
            let request = span::server_span("terminal:create", true, Extracted::None, Unsampled::Held);
            drop(info_span!(parent: &request, "terminal.spawn"));
            span::record_outcome(&request, Outcome::Success, Some("terminal:created"), Duration::from_millis(1));
        }
    });
    assert_eq!(created.await, 0);
}

#[tokio::test]
async fn a_keystroke_that_is_not_recorded_is_not_kept_even_if_it_fails() {
    let collector = Collector::start().await;
    let created = created(nothing_sampled(&collector), || {
        let input = span::server_span("terminal:input", true, Extracted::None, Unsampled::Dropped);
        let cause = span::cause_of(&input).unwrap();
        drop(info_span!(parent: &input, "pty.write", otel.status_code = "ERROR"));
        drop(span::emit_span("terminal:leader", span::Recipients::one("c1", None), Some(cause)));
        refuse(&input);
    });
    assert_eq!(created.await, 0);
}

#[tokio::test]
async fn without_tail_keeping_what_is_rejected_is_lost_whatever_becomes_of_it() {
    let collector = Collector::start().await;
    let mut config = nothing_sampled(&collector);
    config.sampling.tail_keeping = false;
    let created = created(config, || {
        let request = span::server_span("terminal:create", true, Extracted::None, Unsampled::Held);
        refuse(&request);
    });
    assert_eq!(created.await, 0);
}

#[tokio::test]
async fn what_makes_room_before_its_trace_has_ended_is_counted_as_lost() {
    const HELD: u64 = 2_048;
    let collector = Collector::start().await;
    let (telemetry, _guard) = start(&nothing_sampled(&collector));
    let request = span::server_span("terminal:create", true, Extracted::None, Unsampled::Held);
    (0..=HELD).for_each(|_| drop(info_span!(parent: &request, "terminal.spawn")));
    refuse(&request);
    drop(request);
    collector.span("socketio.terminal:create").await;
    // The failure itself is kept, without what it had held.
    let view = ledger(&telemetry, |rows| rows.iter().all(|row| (row.created, row.exported) == (HELD + 2, 1))).await;
    for row in view.destinations {
        assert_eq!(row.dropped.get("holding_full"), Some(&(HELD + 1)), "{}", row.name);
    }
}

#[tokio::test]
async fn what_is_sampled_is_not_marked() {
    let collector = Collector::start().await;
    let (_telemetry, _guard) = start(&nothing_sampled(&collector));
    let sampled = Extracted::Parent(parent(Sampling::Accept));
    let request = span::server_span("terminal:create", true, sampled, Unsampled::Held);
    refuse(&request);
    drop(request);
    let (_, span) = collector.span("socketio.terminal:create").await;
    assert_eq!((mark(&span), span.flags & 1), (None, 1));
}
