//! What the list shows of a trace, kept up to date span by span.

use app::monitor::{Timestamp, TraceRow};
use app::trace::TraceId;
use app::tracking::TraceStatus;

use super::store::{WireSpan, Word, Words};
use crate::telemetry::record::Source;

/// How many services are named; a trace through more of them is not one of ours.
const MAX_SERVICES: usize = 16;

/// A trace's name, extent, status and subjects; what it says in words is among the words of its store.
#[derive(Debug, Default)]
pub(super) struct Summary {
    name: Option<Word>,
    /// Whether the name is the root's, which no later span replaces.
    has_root: bool,
    /// Nanoseconds since 1970.
    pub(super) start: u64,
    end: u64,
    pub(super) status: TraceStatus,
    spans: u32,
    services: Vec<Word>,
    event: Option<Word>,
    terminal_id: Option<Word>,
    session_id: Option<Word>,
}

impl Summary {
    /// Takes one more span into account.
    pub(super) fn add(&mut self, source: &Source, span: &WireSpan, words: &mut Words) {
        let is_root = span.parent_span_id.is_empty();
        let is_first = self.spans == 0 || span.start < self.start;
        if (is_root || is_first) && !self.has_root {
            let before = self.name.replace(words.word(&span.name));
            before.into_iter().for_each(|word| words.release(word));
        }
        self.has_root |= is_root;
        if is_first {
            self.start = span.start;
        }
        self.end = self.end.max(span.end);
        self.spans = self.spans.saturating_add(1);
        let service = source.service();
        if self.services.len() < MAX_SERVICES
            && !service.is_empty()
            && !self.services.iter().any(|known| words.text(*known) == service)
        {
            self.services.push(words.word(service));
        }
        if span.has_failed() {
            let timed_out = span.text("error.type").as_deref() == Some("timeout");
            self.status = match self.status {
                TraceStatus::Timeout => TraceStatus::Timeout,
                TraceStatus::Ok | TraceStatus::Error if timed_out => TraceStatus::Timeout,
                TraceStatus::Ok | TraceStatus::Error => TraceStatus::Error,
            };
        }
        let mut subject = |key| span.text(key).map(|text| words.word(&text));
        self.event = self.event.or_else(|| subject("socketio.event"));
        self.terminal_id = self.terminal_id.or_else(|| subject("socketio.terminal_id"));
        self.session_id = self.session_id.or_else(|| subject("socketio.session_id"));
    }

    /// Gives back its words when the trace leaves.
    pub(super) fn release(self, words: &mut Words) {
        let Self { name, services, event, terminal_id, session_id, .. } = self;
        let subjects = [name, event, terminal_id, session_id].into_iter().flatten();
        subjects.chain(services).for_each(|word| words.release(word));
    }

    /// From the earliest start to the latest end, in milliseconds.
    pub(super) fn duration_ms(&self) -> f64 {
        self.end.saturating_sub(self.start) as f64 / 1e6
    }

    /// The event it is about.
    pub(super) fn event<'a>(&self, words: &'a Words) -> Option<&'a str> {
        self.event.map(|word| words.text(word))
    }

    /// The session it is about.
    pub(super) fn session_id<'a>(&self, words: &'a Words) -> Option<&'a str> {
        self.session_id.map(|word| words.text(word))
    }

    /// All that it says in words: its name, its subjects, its services.
    pub(super) fn texts<'a>(&self, words: &'a Words) -> impl Iterator<Item = &'a str> {
        let Self { name, event, terminal_id, session_id, services, .. } = self;
        let subjects = [*name, *event, *terminal_id, *session_id].into_iter().flatten();
        subjects.chain(services.iter().copied()).map(|word| words.text(word))
    }

    /// Returns the summary as the API shows it.
    pub(super) fn row(&self, trace_id: TraceId, words: &Words) -> TraceRow {
        let text = |word| words.text(word).to_owned();
        TraceRow {
            trace_id,
            name: self.name.map(text).unwrap_or_default(),
            start_time: Timestamp(self.start / 1_000),
            duration_ms: self.duration_ms(),
            status: self.status,
            spans: self.spans,
            services: self.services.iter().copied().map(text).collect(),
            event: self.event.map(text),
            terminal_id: self.terminal_id.map(text),
            session_id: self.session_id.map(text),
        }
    }
}
