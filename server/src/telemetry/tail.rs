//! Tail keeping: what sampling rejects is held until its trace has ended here, and kept if that was in error or late.
//!
//! Nothing of it leaves the process before, and who is called is told "not sampled": a kept trace may lack the other side.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use opentelemetry::trace::{Status, TraceId};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::SpanData;

/// How long a span is held at most. A handler that hangs is refused after the same time.
const HOLD: Duration = Duration::from_secs(5);
/// Traces held at once: a trace lasts for milliseconds, so that these are tens of thousands of requests a second.
const MAX_TRACES: usize = 1_024;
/// Spans held at once, two or three KiB each: a flood of long requests takes no more than five MiB.
const MAX_SPANS: usize = 2_048;

/// The mark of a kept span, by which one knows that it does not count as one of so many; it says why, in the words of the page.
const KEPT: &str = "sampling.kept";

/// What comes of a span's beginning or end.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// The spans that are kept because of it, marked.
    pub(super) kept: Vec<SpanData>,
    /// How many ended spans made room for others before it was known how their traces end.
    pub(super) lost: u64,
}

/// Why a trace is kept.
type Reason = &'static str;

/// In a context: what sampling rejects in here is not even held.
#[derive(Clone, Copy, Debug)]
pub(super) struct NeverHeld;

impl NeverHeld {
    /// Whether it is said of what starts in this context.
    pub(super) fn is_in(cx: &Context) -> bool {
        cx.get::<Self>().is_some()
    }
}

/// The spans that are held. Shared by all threads that end spans; its lock is held for one look-up.
#[derive(Debug)]
pub(super) struct Tail {
    slow: Duration,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    traces: HashMap<TraceId, Trace>,
    /// Every trace once, the one that has been held longest first.
    by_age: VecDeque<(Instant, TraceId)>,
    spans: usize,
    /// Ended spans that have made room since the last look.
    lost: u64,
}

/// What this process does in a trace.
#[derive(Debug, Default)]
struct Trace {
    /// Spans that have begun and not ended.
    open: usize,
    /// Why it is kept; none as long as it is not.
    kept: Option<Reason>,
    ended: Vec<SpanData>,
}

impl Tail {
    /// Holds nothing yet. A span is late when it has taken so long.
    pub(super) fn new(slow: Duration) -> Self {
        Self { slow, held: Mutex::default() }
    }

    /// Notes that a span has begun which sampling rejects.
    pub(super) fn began(&self, trace: TraceId, now: Instant) -> Outcome {
        let mut held = self.held();
        // What takes so long is kept now.
        let kept = held.pass_time(now, self.slow);
        held.open(trace, now);
        Outcome { kept, lost: std::mem::take(&mut held.lost) }
    }

    /// Takes a span that has ended.
    pub(super) fn ended(&self, span: SpanData, now: Instant) -> Outcome {
        let mut held = self.held();
        let mut kept = held.pass_time(now, self.slow);
        kept.extend(held.end(span, self.slow));
        Outcome { kept, lost: std::mem::take(&mut held.lost) }
    }

    /// A few changes of maps are all that happens under this lock; of a thread that panicked there, at worst a span is lost.
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn open(&mut self, trace: TraceId, now: Instant) {
        if !self.traces.contains_key(&trace) {
            if self.traces.len() == MAX_TRACES {
                self.make_room();
            }
            self.by_age.push_back((now, trace));
        }
        self.traces.entry(trace).or_default().open += 1;
    }

    fn end(&mut self, span: SpanData, slow: Duration) -> Vec<SpanData> {
        let id = span.span_context.trace_id();
        let reason = reason(&span, slow);
        let Some(trace) = self.traces.get_mut(&id) else {
            // Its trace had to make room. What has failed is kept all the same.
            return reason.map(|reason| marked(vec![span], reason)).unwrap_or_default();
        };
        trace.open = trace.open.saturating_sub(1);
        trace.kept = trace.kept.or(reason);
        trace.ended.push(span);
        self.spans += 1;
        if trace.kept.is_some() {
            // The trace itself stays until its time is up: what follows is kept, too.
            return self.release(id);
        }
        if trace.open == 0 {
            self.forget(id);
        }
        while self.spans > MAX_SPANS {
            self.make_room();
        }
        Vec::new()
    }

    /// Looks at the traces that have been held for as long as may be. One that still goes on is late already.
    fn pass_time(&mut self, now: Instant, slow: Duration) -> Vec<SpanData> {
        let mut late = Vec::new();
        while let Some((since, id)) = self.by_age.front().copied()
            && now.saturating_duration_since(since) >= HOLD
        {
            let goes_on = self.traces.get(&id).is_some_and(|trace| trace.open > 0);
            if !goes_on || slow > HOLD {
                self.forget_oldest();
                continue;
            }
            self.by_age.pop_front();
            self.by_age.push_back((now, id));
            if let Some(trace) = self.traces.get_mut(&id) {
                trace.kept.get_or_insert(SLOW);
            }
            late.extend(self.release(id));
        }
        late
    }

    /// Takes out what is held of a trace that is kept.
    fn release(&mut self, id: TraceId) -> Vec<SpanData> {
        let Some(Trace { kept: Some(reason), ended, .. }) = self.traces.get_mut(&id) else { return Vec::new() };
        self.spans -= ended.len();
        marked(std::mem::take(ended), reason)
    }

    fn make_room(&mut self) {
        let held = self.spans;
        self.forget_oldest();
        self.lost += (held - self.spans) as u64;
    }

    fn forget_oldest(&mut self) {
        if let Some((_, id)) = self.by_age.pop_front()
            && let Some(trace) = self.traces.remove(&id)
        {
            self.spans -= trace.ended.len();
        }
    }

    fn forget(&mut self, id: TraceId) {
        if let Some(trace) = self.traces.remove(&id) {
            self.spans -= trace.ended.len();
        }
        // Most traces end in the order in which they began, so that this is found at once.
        if let Some(place) = self.by_age.iter().position(|(_, other)| *other == id) {
            self.by_age.remove(place);
        }
    }
}

const SLOW: Reason = "slow";

/// Why a span is to be kept: it has failed, or took long.
fn reason(span: &SpanData, slow: Duration) -> Option<Reason> {
    if let Status::Error { .. } = span.status {
        let is_timeout = |pair: &KeyValue| pair.key.as_str() == "error.type" && pair.value.as_str() == "timeout";
        return Some(if span.attributes.iter().any(is_timeout) { "timeout" } else { "error" });
    }
    let took = span.end_time.duration_since(span.start_time).unwrap_or_default();
    (took >= slow).then_some(SLOW)
}

fn marked(mut spans: Vec<SpanData>, reason: Reason) -> Vec<SpanData> {
    spans.iter_mut().for_each(|span| span.attributes.push(KeyValue::new(KEPT, reason)));
    spans
}

#[cfg(test)]
mod tests;
