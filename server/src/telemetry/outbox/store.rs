//! The local trace store: the latest traces in a bounded amount of memory, the oldest leaving first.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use app::monitor::TraceRow;
use app::trace::{SpanId, TraceId};
use bytes::Bytes;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, Span};
use prost::Message;

use super::filter::TraceFilter;
use super::summary::Summary;
use crate::telemetry::record::{Record, Source, join};

/// How much encoded telemetry is kept; a day of one person's work at a few hundred bytes a span.
pub(super) const BUDGET: usize = 16 << 20;

/// What a span costs beside its encoded bytes: its place in the maps.
const OVERHEAD: usize = 128;

/// How many of the latest sources are known again; there are two for each page and two of the server.
const MAX_SOURCES: usize = 64;

/// The traces, by id and by age.
pub(super) struct TraceStore {
    traces: HashMap<TraceId, Trace>,
    by_age: VecDeque<TraceId>,
    /// The latest sources. Every batch brings its own copy, which would take more room than its spans.
    sources: VecDeque<Arc<Source>>,
    budget: usize,
    bytes: usize,
    next_sequence: u64,
}

struct Trace {
    /// Counts up over all traces: their age, and the cursor of the list.
    sequence: u64,
    summary: Summary,
    spans: BTreeMap<SpanId, Stored>,
    bytes: usize,
}

/// A span as its encoded bytes, which are a fifth of what its structs take.
struct Stored {
    record: Record,
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
            budget,
            bytes: 0,
            next_sequence: 0,
        }
    }

    /// Adds a span to its trace and returns the trace's id; a span without valid ids has no trace.
    ///
    /// A span that is already there is replaced: exporters may send one twice.
    pub(super) fn insert(&mut self, record: &Record) -> Option<TraceId> {
        let span = Span::decode(record.item.clone()).ok()?;
        let trace_id = TraceId::from_bytes(span.trace_id.as_slice().try_into().ok()?)?;
        let span_id = SpanId::from_bytes(span.span_id.as_slice().try_into().ok()?)?;
        let (source, of_source) = self.intern(&record.source);
        // A copy of its own: the record shares the memory of the whole body it came in.
        let item = Bytes::copy_from_slice(&record.item);
        let cost = item.len() + OVERHEAD + of_source;
        let stored = Stored { record: Record { source, item, weight: record.weight }, cost };
        let trace = self.traces.entry(trace_id).or_insert_with(|| {
            self.by_age.push_back(trace_id);
            self.next_sequence += 1;
            Trace { sequence: self.next_sequence, summary: Summary::default(), spans: BTreeMap::new(), bytes: 0 }
        });
        match trace.spans.insert(span_id, stored) {
            None => trace.summary.add(&record.source, &span),
            Some(old) => {
                trace.bytes -= old.cost;
                self.bytes -= old.cost;
            }
        }
        trace.bytes += cost;
        self.bytes += cost;
        self.evict();
        Some(trace_id)
    }

    /// Returns the row of a trace.
    pub(super) fn row(&self, trace_id: TraceId) -> Option<TraceRow> {
        self.traces.get(&trace_id).map(|trace| trace.summary.row(trace_id))
    }

    /// Returns the rows that pass the filter, newest first, and the cursor of what follows.
    pub(super) fn list(&self, filter: &TraceFilter) -> (Vec<TraceRow>, Option<u64>) {
        let mut rows = Vec::new();
        for trace_id in self.by_age.iter().rev() {
            let Some(trace) = self.traces.get(trace_id) else { continue };
            if filter.cursor.is_some_and(|cursor| trace.sequence > cursor) || !filter.accepts(&trace.summary, *trace_id)
            {
                continue;
            }
            if rows.len() == filter.limit {
                return (rows, Some(trace.sequence));
            }
            rows.push(trace.summary.row(*trace_id));
        }
        (rows, None)
    }

    /// Returns all spans of a trace, as they were received.
    pub(super) fn trace(&self, trace_id: TraceId) -> Option<Vec<ResourceSpans>> {
        let trace = self.traces.get(&trace_id)?;
        let body = join(trace.spans.values().map(|stored| &stored.record));
        Some(ExportTraceServiceRequest::decode(body).ok()?.resource_spans)
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
        (Arc::clone(source), source.encoded_len() + OVERHEAD)
    }

    fn evict(&mut self) {
        while self.bytes > self.budget {
            let Some(oldest) = self.by_age.pop_front() else { return };
            if let Some(trace) = self.traces.remove(&oldest) {
                self.bytes -= trace.bytes;
            }
        }
    }
}

#[cfg(test)]
mod tests;
