//! The local trace store: the latest traces in a bounded amount of memory, the oldest leaving first.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use app::monitor::TraceRow;
use app::trace::{SpanId, TraceId};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::ResourceSpans;
use prost::Message;

use super::filter::TraceFilter;
use super::summary::Summary;
use crate::telemetry::record::{Record, Source, join};

mod packed;
mod words;

pub(super) use packed::WireSpan;
pub(super) use words::{Word, Words};

/// How much memory the traces may take: days of one person's work, at a few hundred bytes a key.
pub(super) const BUDGET: usize = 16 << 20;

/// What an allocator adds to a piece of memory: its header, and what it rounds up.
const ALLOCATION: usize = 16;

/// What a span costs beside its packed bytes.
const OF_SPAN: usize = size_of::<Stored>() + 2 * ALLOCATION;

/// What a trace costs beside its spans and words: itself, its services, and its places by id and by age, which are half empty after they
/// have grown.
const OF_TRACE: usize = size_of::<Trace>()
    + 2 * (size_of::<(TraceId, Box<Trace>)>() + size_of::<TraceId>())
    + size_of::<Word>() * 4
    + 2 * ALLOCATION;

/// How many of the latest sources are known again; there are two for each page and two of the server.
const MAX_SOURCES: usize = 64;

/// Up to so many spans a trace grows by one at a time; most traces have two to five.
const SMALL: usize = 8;

/// The traces, by id and by age.
pub(super) struct TraceStore {
    /// Boxed, so that the places that are empty take little room.
    traces: HashMap<TraceId, Box<Trace>>,
    by_age: VecDeque<TraceId>,
    /// The latest sources. Every batch brings its own copy, which would take more room than its spans.
    sources: VecDeque<Arc<Source>>,
    words: Words,
    budget: usize,
    /// What the traces take, words apart.
    bytes: usize,
    next_sequence: u64,
}

struct Trace {
    /// Counts up over all traces: their age, and the cursor of the list.
    sequence: u64,
    summary: Summary,
    /// In the order of their ids.
    spans: Vec<Stored>,
    bytes: usize,
}

/// A span of a trace.
struct Stored {
    id: SpanId,
    source: Arc<Source>,
    /// What it has to itself ([`WireSpan::pack`]).
    packed: Box<[u8]>,
    /// What it takes from the budget, with its source if that was new.
    cost: usize,
}

impl TraceStore {
    /// Makes an empty store that keeps at most `budget` bytes.
    pub(super) fn new(budget: usize) -> Self {
        Self {
            traces: HashMap::new(),
            by_age: VecDeque::new(),
            sources: VecDeque::new(),
            words: Words::default(),
            budget,
            bytes: 0,
            next_sequence: 0,
        }
    }

    /// Adds a span to its trace and returns the trace's id; a span without valid ids has no trace.
    ///
    /// A span that is already there is replaced: exporters may send one twice.
    pub(super) fn insert(&mut self, record: &Record) -> Option<TraceId> {
        let span = WireSpan::decode(record.item.clone()).ok()?;
        let trace_id = TraceId::from_bytes(span.trace_id.as_ref().try_into().ok()?)?;
        let id = SpanId::from_bytes(span.span_id.as_ref().try_into().ok()?)?;
        let (source, of_source) = self.intern(&record.source);
        let trace = self.traces.entry(trace_id).or_insert_with(|| {
            self.by_age.push_back(trace_id);
            self.next_sequence += 1;
            self.bytes += OF_TRACE;
            let summary = Summary::default();
            Box::new(Trace { sequence: self.next_sequence, summary, spans: Vec::new(), bytes: OF_TRACE })
        });
        let place = trace.spans.binary_search_by_key(&id, |stored| stored.id);
        if place.is_err() {
            trace.summary.add(&source, &span, &mut self.words);
        }
        let packed = span.pack(&mut self.words);
        let cost = packed.len() + OF_SPAN + of_source;
        trace.bytes += cost;
        self.bytes += cost;
        let stored = Stored { id, source, packed, cost };
        match place {
            Ok(place) => {
                let old = std::mem::replace(&mut trace.spans[place], stored);
                WireSpan::release(&old.packed, &mut self.words);
                trace.bytes -= old.cost;
                self.bytes -= old.cost;
            }
            Err(place) => {
                if trace.spans.len() < SMALL {
                    trace.spans.reserve_exact(1);
                }
                trace.spans.insert(place, stored);
            }
        }
        self.evict();
        Some(trace_id)
    }

    /// Returns the row of a trace.
    pub(super) fn row(&self, trace_id: TraceId) -> Option<TraceRow> {
        self.traces.get(&trace_id).map(|trace| trace.summary.row(trace_id, &self.words))
    }

    /// Returns the rows that pass the filter, newest first, and the cursor of what follows.
    pub(super) fn list(&self, filter: &TraceFilter) -> (Vec<TraceRow>, Option<u64>) {
        let mut rows = Vec::new();
        for trace_id in self.by_age.iter().rev() {
            let Some(trace) = self.traces.get(trace_id) else { continue };
            if filter.cursor.is_some_and(|cursor| trace.sequence > cursor)
                || !filter.accepts(&trace.summary, *trace_id, &self.words)
            {
                continue;
            }
            if rows.len() == filter.limit {
                return (rows, Some(trace.sequence));
            }
            rows.push(trace.summary.row(*trace_id, &self.words));
        }
        (rows, None)
    }

    /// Returns all spans of a trace, as they were received.
    pub(super) fn trace(&self, trace_id: TraceId) -> Option<Vec<ResourceSpans>> {
        let trace = self.traces.get(&trace_id)?;
        let record = |stored: &Stored| {
            let mut span = WireSpan::unpack(&stored.packed, &self.words)?;
            span.trace_id = trace_id.to_bytes().to_vec().into();
            span.span_id = stored.id.to_bytes().to_vec().into();
            Some(Record { source: Arc::clone(&stored.source), item: span.encode_to_vec().into(), weight: 1 })
        };
        let records: Vec<_> = trace.spans.iter().filter_map(record).collect();
        Some(ExportTraceServiceRequest::decode(join(&records)).ok()?.resource_spans)
    }

    /// Returns the copy of a source that is kept, and what it costs if it is new.
    fn intern(&mut self, source: &Arc<Source>) -> (Arc<Source>, usize) {
        let known = self.sources.iter().rev().find(|known| Arc::ptr_eq(known, source) || *known == source);
        if let Some(known) = known {
            return (Arc::clone(known), 0);
        }
        if self.sources.len() == MAX_SOURCES {
            self.sources.pop_front();
        }
        self.sources.push_back(Arc::clone(source));
        (Arc::clone(source), source.encoded_len() + OF_SPAN)
    }

    fn evict(&mut self) {
        while self.bytes + self.words.bytes() > self.budget {
            let Some(oldest) = self.by_age.pop_front() else { return };
            let Some(trace) = self.traces.remove(&oldest) else { continue };
            let Trace { summary, spans, bytes, .. } = *trace;
            self.bytes -= bytes;
            summary.release(&mut self.words);
            spans.iter().for_each(|stored| WireSpan::release(&stored.packed, &mut self.words));
        }
    }
}

#[cfg(test)]
mod tests;
