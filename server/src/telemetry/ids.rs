//! Trace and span ids: random, except where somebody outside has been told one before its span is recorded.

use std::cell::Cell;

use opentelemetry::trace::{SpanId, TraceId};
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator};

thread_local! {
    static AGREED: Cell<Option<(TraceId, SpanId)>> = const { Cell::new(None) };
}

/// Mints the ids of all spans.
#[derive(Debug, Default)]
pub(super) struct Ids(RandomIdGenerator);

impl IdGenerator for Ids {
    fn new_trace_id(&self) -> TraceId {
        AGREED.get().map_or_else(|| self.0.new_trace_id(), |(trace, _)| trace)
    }

    fn new_span_id(&self) -> SpanId {
        AGREED.get().map_or_else(|| self.0.new_span_id(), |(_, span)| span)
    }
}

/// Gives the one root span that `start` starts these ids.
pub(super) fn agreed<T>(trace: TraceId, span: SpanId, start: impl FnOnce() -> T) -> T {
    /// Takes the ids back even where `start` panics, or every later span of this thread would have them.
    struct Taken;
    impl Drop for Taken {
        fn drop(&mut self) {
            AGREED.set(None);
        }
    }
    let _taken = Taken;
    AGREED.set(Some((trace, span)));
    start()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agreed_ids_are_for_one_span() {
        let (ids, trace, span) = (Ids::default(), TraceId::from(7), SpanId::from(9));
        let given = agreed(trace, span, || (ids.new_trace_id(), ids.new_span_id()));
        assert_eq!(given, (trace, span));
        assert_ne!(ids.new_trace_id(), trace);
        assert_ne!(ids.new_span_id(), span);
    }
}
