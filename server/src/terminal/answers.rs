//! Which output answers which input, so that a trace can follow a keystroke out of the PTY again.

use std::ops::Range;
use std::time::Duration;

use opentelemetry::trace::SpanContext;
use tokio::time::Instant;

/// Output later than this after the write is not taken for its answer.
const WINDOW: Duration = Duration::from_secs(1);

/// Remembers the last write that output has not answered, and where the last answer began.
/// Holds contexts, not spans: a span held here would end only when it is forgotten.
#[derive(Debug, Default)]
pub(super) struct Answers {
    waiting: Option<(SpanContext, Instant)>,
    answered: Option<(u64, SpanContext)>,
}

impl Answers {
    /// Notes a sampled write. Of several that wait for output, the first is the one it answers.
    pub(super) fn wrote(&mut self, context: SpanContext, now: Instant) {
        if self.waiting.as_ref().is_none_or(|(_, since)| now - *since > WINDOW) {
            self.waiting = Some((context, now));
        }
    }

    /// Notes that output begins at `seq`.
    pub(super) fn output(&mut self, seq: u64, now: Instant) {
        if let Some((context, since)) = self.waiting.take()
            && now - since <= WINDOW
        {
            self.answered = Some((seq, context));
        }
    }

    /// The write that the output at these offsets answers, if it holds the beginning of an answer.
    pub(super) fn at(&self, offsets: &Range<u64>) -> Option<SpanContext> {
        self.answered.as_ref().filter(|(seq, _)| offsets.contains(seq)).map(|(_, context)| context.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opentelemetry::trace::{SpanId, TraceFlags, TraceId, TraceState};

    fn context(id: u64) -> SpanContext {
        let trace = TraceId::from(u128::from(id));
        SpanContext::new(trace, SpanId::from(id), TraceFlags::SAMPLED, false, TraceState::NONE)
    }

    #[test]
    fn the_first_output_after_a_write_answers_it() {
        let now = Instant::now();
        let mut answers = Answers::default();
        answers.wrote(context(1), now);
        answers.wrote(context(2), now);
        answers.output(10, now + Duration::from_millis(5));
        answers.output(20, now + Duration::from_millis(6));
        assert_eq!(answers.at(&(0..11)), Some(context(1)));
        assert_eq!(answers.at(&(0..11)), Some(context(1)), "every viewer may ask");
        assert_eq!(answers.at(&(0..10)), None);
        assert_eq!(answers.at(&(11..30)), None);
    }

    #[test]
    fn output_after_a_second_answers_nothing() {
        let now = Instant::now();
        let mut answers = Answers::default();
        answers.wrote(context(1), now);
        answers.output(10, now + Duration::from_millis(1001));
        assert_eq!(answers.at(&(0..100)), None);
    }

    #[test]
    fn an_unanswered_write_makes_way_after_a_second() {
        let now = Instant::now();
        let mut answers = Answers::default();
        answers.wrote(context(1), now);
        answers.wrote(context(2), now + Duration::from_secs(2));
        answers.output(10, now + Duration::from_secs(2));
        assert_eq!(answers.at(&(0..100)), Some(context(2)));
    }
}
