use std::time::SystemTime;

use opentelemetry::InstrumentationScope;
use opentelemetry::trace::{SpanContext, SpanId, SpanKind, TraceFlags, TraceState};
use opentelemetry_sdk::trace::{SpanEvents, SpanLinks};

use super::*;

const LIMIT: Duration = Duration::from_secs(1);

/// A span that took so long and ended well, of this trace.
fn span(trace: u128, took: Duration) -> SpanData {
    let (trace, id) = (TraceId::from(trace), SpanId::from(1));
    let start_time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000);
    SpanData {
        span_context: SpanContext::new(trace, id, TraceFlags::default(), false, TraceState::default()),
        parent_span_id: SpanId::INVALID,
        parent_span_is_remote: false,
        span_kind: SpanKind::Server,
        name: "socketio.terminal:create".into(),
        start_time,
        end_time: start_time + took,
        attributes: Vec::new(),
        dropped_attributes_count: 0,
        events: SpanEvents::default(),
        links: SpanLinks::default(),
        status: Status::Ok,
        instrumentation_scope: InstrumentationScope::default(),
    }
}

fn good(trace: u128) -> SpanData {
    span(trace, Duration::from_millis(1))
}

fn failed(trace: u128) -> SpanData {
    SpanData { status: Status::error("no such terminal"), ..good(trace) }
}

/// Begins so many spans of a trace.
fn begin(tail: &Tail, trace: u128, spans: usize, now: Instant) {
    (0..spans).for_each(|_| assert!(tail.began(TraceId::from(trace), now).kept.is_empty()));
}

fn is_empty(tail: &Tail) -> bool {
    let held = tail.held();
    held.traces.is_empty() && held.by_age.is_empty() && held.spans == 0
}

#[test]
fn a_trace_that_ends_well_leaves_nothing() {
    let (tail, now) = (Tail::new(LIMIT), Instant::now());
    begin(&tail, 7, 2, now);
    assert!(tail.ended(good(7), now).kept.is_empty());
    assert!(tail.ended(good(7), now).kept.is_empty());
    assert!(is_empty(&tail));
}

#[test]
fn a_trace_with_a_failure_or_a_slow_span_is_kept_with_all_that_belongs_to_it() {
    let timeout = SpanData { attributes: vec![KeyValue::new("error.type", "timeout")], ..failed(7) };
    for (notable, reason) in [(failed(7), "error"), (timeout, "timeout"), (span(7, LIMIT), "slow")] {
        let (tail, now) = (Tail::new(LIMIT), Instant::now());
        begin(&tail, 7, 3, now);
        begin(&tail, 8, 1, now);
        assert!(tail.ended(good(7), now).kept.is_empty());
        let kept = tail.ended(notable, now).kept;
        assert_eq!(kept.len(), 2, "what ended before is kept with it");
        assert!(kept.iter().all(|span| span.attributes.last() == Some(&KeyValue::new(KEPT, reason))), "{kept:?}");
        assert_eq!(tail.ended(good(7), now).kept.len(), 1, "so is what ends later");
        begin(&tail, 7, 1, now);
        assert_eq!(tail.ended(good(7), now).kept.len(), 1, "and what begins later");
        assert!(tail.ended(good(8), now).kept.is_empty(), "another trace is none of it");
        assert!(tail.began(TraceId::from(9), now + HOLD).kept.is_empty());
        assert!(!tail.held().traces.contains_key(&TraceId::from(7)), "a kept trace is forgotten, too");
    }
}

#[test]
fn a_trace_that_goes_on_for_longer_than_spans_are_held_is_late_already() {
    let (tail, now) = (Tail::new(LIMIT), Instant::now());
    begin(&tail, 7, 2, now);
    assert!(tail.ended(good(7), now).kept.is_empty());
    assert_eq!(tail.began(TraceId::from(8), now + HOLD).kept.len(), 1);
    assert_eq!(tail.ended(good(7), now + HOLD).kept.len(), 1);
}

#[test]
fn what_may_take_longer_than_spans_are_held_is_let_go() {
    let (tail, now) = (Tail::new(HOLD * 2), Instant::now());
    begin(&tail, 7, 2, now);
    assert!(tail.ended(good(7), now).kept.is_empty());
    assert!(tail.began(TraceId::from(8), now + HOLD).kept.is_empty());
    assert_eq!(tail.held().spans, 0);
    assert_eq!(tail.ended(failed(7), now + HOLD).kept.len(), 1, "its failure is kept all the same");
}

#[test]
fn what_is_held_is_bounded_and_the_oldest_makes_room() {
    let (tail, now) = (Tail::new(LIMIT), Instant::now());
    (0..2 * MAX_TRACES as u128).for_each(|trace| begin(&tail, trace + 1, 1, now));
    let sizes = |held: &Held| (held.traces.len(), held.by_age.len());
    assert_eq!(sizes(&tail.held()), (MAX_TRACES, MAX_TRACES));
    assert_eq!(tail.ended(failed(1), now).kept.len(), 1, "the failure of one that made room is kept");

    let tail = Tail::new(LIMIT);
    begin(&tail, 7, 2 * MAX_SPANS, now);
    let lost = |spans: usize| (0..spans).map(|_| tail.ended(good(7), now).lost).sum::<u64>();
    assert_eq!(lost(MAX_SPANS), 0);
    assert_eq!(lost(1), MAX_SPANS as u64 + 1, "what has made room is counted");
    assert!(is_empty(&tail));
}
