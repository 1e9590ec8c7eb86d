//! The layout of one trace over time: bars nested by cause, in the lanes of browser and server, with the network
//! between them and clocks set right.

mod axis;
mod layout;
mod skew;
mod tree;

pub use axis::{END, Tick};

use crate::trace::{
    TraceId,
    otlp::{ExportTraceServiceRequest, Span, StatusCode},
};

/// Nanoseconds that may be far apart: times in spans come from outside.
type Nanos = i128;

/// One trace, laid out.
#[derive(Clone, Debug, PartialEq)]
pub struct Waterfall {
    /// The trace.
    pub trace_id: TraceId,
    /// When its first span began, in nanoseconds since 1970.
    pub started: u64,
    /// From there to the last end, in nanoseconds.
    pub duration: u64,
    /// Who took part, in order of appearance.
    pub lanes: Vec<Lane>,
    /// The bars, from top to bottom.
    pub bars: Vec<Bar>,
    /// The marks of the time axis.
    pub ticks: Vec<Tick>,
}

/// One process or page that took part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Its `service.name`.
    pub service: String,
    /// Where it runs.
    pub side: Side,
    /// By how much its clock was set right, in nanoseconds; zero where causes precede effects already.
    pub shift: i64,
}

/// Where something happens; also the colour of a bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// In the page.
    Browser,
    /// Between page and server.
    Network,
    /// In the server or another process.
    Server,
    /// At the PTY.
    Terminal,
}

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// What it stands for.
    pub kind: BarKind,
    /// Where that happens.
    pub side: Side,
    /// Index of its lane; of the receiver's for the network.
    pub lane: usize,
    /// How deep it is nested.
    pub depth: usize,
    /// Where it begins, as a share of the whole, 0 to 1.
    pub start: f64,
    /// How wide it is, as a share of the whole; may be zero.
    pub width: f64,
    /// When it begins, in nanoseconds after the first.
    pub offset: u64,
    /// How long it is, in nanoseconds.
    pub duration: u64,
}

/// What a bar stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum BarKind {
    /// A span, with its own times as recorded.
    Span {
        /// The span.
        span: Box<Span>,
        /// Whether it names a parent that is not there (yet).
        orphan: bool,
    },
    /// A message on its way to the server.
    NetworkUp,
    /// A message on its way to the page.
    NetworkDown,
}

impl Waterfall {
    /// Lays out the spans of one trace, as `/api/traces/{traceId}` gives them; `None` when there is none.
    ///
    /// Spans may come in any order, twice, without their parent or before the others.
    #[must_use]
    pub fn new(trace: ExportTraceServiceRequest) -> Option<Self> {
        let (mut lanes, mut nodes) = tree::collect(trace);
        let trace_id = nodes.first()?.span.trace_id;
        let shifts = skew::shifts(&nodes, lanes.len());
        for (lane, shift) in lanes.iter_mut().zip(&shifts) {
            lane.shift = (*shift).clamp(i64::MIN.into(), i64::MAX.into()) as i64;
        }
        for node in &mut nodes {
            node.start += shifts[node.lane];
            node.end += shifts[node.lane];
        }
        let started = nodes.iter().map(|node| node.start).min()?;
        let ended = nodes.iter().map(|node| node.end).max()?;
        let duration = length(started, ended);
        let bars = layout::bars(&nodes, &lanes, started, duration);
        Some(Self { trace_id, started: length(0, started), duration, lanes, bars, ticks: axis::ticks(duration) })
    }
}

impl Bar {
    /// What to call it: the span's name, else what it is.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.kind {
            BarKind::Span { span, .. } => &span.name,
            BarKind::NetworkUp => "network up",
            BarKind::NetworkDown => "network down",
        }
    }

    /// The span behind it.
    #[must_use]
    pub fn span(&self) -> Option<&Span> {
        match &self.kind {
            BarKind::Span { span, .. } => Some(span),
            BarKind::NetworkUp | BarKind::NetworkDown => None,
        }
    }

    /// Whether it ended in an error.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        self.span().is_some_and(|span| span.status.code == StatusCode::Error)
    }
}

fn length(from: Nanos, to: Nanos) -> u64 {
    u64::try_from((to - from).max(0)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
