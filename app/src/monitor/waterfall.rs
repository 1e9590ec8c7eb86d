//! The layout of one trace over time: bars nested by cause, in the lanes of browser and server, with the network between
//! them and clocks set right.

mod axis;
mod skew;

pub use axis::Tick;

use std::collections::{HashMap, HashSet};

use crate::trace::{
    SpanId, TraceId,
    otlp::{ExportTraceServiceRequest, Resource, Span, SpanKind, StatusCode},
};

use super::attribute::text;

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

/// One span with its place in the tree.
#[derive(Debug)]
struct Node {
    span: Span,
    lane: usize,
    parent: Option<usize>,
    children: Vec<usize>,
    start: Nanos,
    end: Nanos,
}

impl Waterfall {
    /// Lays out the spans of one trace, as `/api/traces/{traceId}` gives them; `None` when there is none.
    ///
    /// Spans may come in any order, twice, without their parent or before the others.
    #[must_use]
    pub fn new(trace: ExportTraceServiceRequest) -> Option<Self> {
        let (mut lanes, mut nodes) = collect(trace);
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
        let bars = Layout { lanes: &lanes, started, duration, bars: Vec::new() }.of(nodes);
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

/// Gathers each span once, and who recorded them: batches of one process are one lane.
fn collect(trace: ExportTraceServiceRequest) -> (Vec<Lane>, Vec<Node>) {
    let mut lanes = Vec::new();
    let mut lane_of: HashMap<(String, String), usize> = HashMap::new();
    let mut nodes: Vec<Node> = Vec::new();
    let mut seen = HashMap::new();
    for recorded in trace.resource_spans {
        let identity = identity(&recorded.resource);
        for span in recorded.scope_spans.into_iter().flat_map(|scope| scope.spans) {
            let other_trace = nodes.first().is_some_and(|first| first.span.trace_id != span.trace_id);
            if other_trace || seen.contains_key(&span.span_id) {
                continue;
            }
            seen.insert(span.span_id, nodes.len());
            let lane = *lane_of.entry(identity.clone()).or_insert_with(|| {
                lanes.push(Lane { service: identity.0.clone(), side: side_of(&recorded.resource), shift: 0 });
                lanes.len() - 1
            });
            let start = Nanos::from(span.start_time_unix_nano);
            let end = Nanos::from(span.end_time_unix_nano).max(start);
            nodes.push(Node { span, lane, parent: None, children: Vec::new(), start, end });
        }
    }
    connect(&mut nodes, &seen);
    (lanes, nodes)
}

/// Ties children to parents; a circle of causes is cut where it closes.
fn connect(nodes: &mut [Node], places: &HashMap<SpanId, usize>) {
    for node in nodes.iter_mut() {
        node.parent = node.span.parent_span_id.and_then(|id| places.get(&id).copied());
    }
    // Each walk goes up until it meets an earlier one, so all of them together pass every span once.
    let mut passed_by = vec![None; nodes.len()];
    for walk in 0..nodes.len() {
        let mut place = walk;
        while passed_by[place].is_none() {
            passed_by[place] = Some(walk);
            let Some(parent) = nodes[place].parent else { break };
            if passed_by[parent] == Some(walk) {
                nodes[place].parent = None;
                break;
            }
            place = parent;
        }
    }
    for place in 0..nodes.len() {
        if let Some(parent) = nodes[place].parent {
            nodes[parent].children.push(place);
        }
    }
}

fn identity(resource: &Resource) -> (String, String) {
    let named = |key| text(&resource.attributes, key);
    let service = named("service.name").unwrap_or("unknown_service");
    (service.to_owned(), named("service.instance.id").unwrap_or_default().to_owned())
}

/// A page is told by its name or by what only a browser says of itself.
fn side_of(resource: &Resource) -> Side {
    let in_browser = text(&resource.attributes, "service.name") == Some("aetherterm-frontend")
        || resource.attributes.iter().any(|attribute| attribute.key.starts_with("browser."));
    if in_browser { Side::Browser } else { Side::Server }
}

fn length(from: Nanos, to: Nanos) -> u64 {
    u64::try_from((to - from).max(0)).unwrap_or(u64::MAX)
}

/// Bars in the making.
struct Layout<'a> {
    lanes: &'a [Lane],
    started: Nanos,
    duration: u64,
    bars: Vec<Bar>,
}

/// What is still to be drawn, the next on top.
enum Step {
    Span { place: usize, depth: usize },
    Network { kind: BarKind, lane: usize, depth: usize, from: Nanos, to: Nanos },
}

impl Layout<'_> {
    /// Depth first, without recursion: how deep a trace is nested is not ours to say.
    fn of(mut self, nodes: Vec<Node>) -> Vec<Bar> {
        let by_start = |places: &mut Vec<usize>| {
            places.sort_by_key(|&place| (nodes[place].start, nodes[place].span.span_id));
        };
        let mut roots: Vec<usize> = (0..nodes.len()).filter(|&place| nodes[place].parent.is_none()).collect();
        by_start(&mut roots);
        let known: HashSet<SpanId> = nodes.iter().map(|node| node.span.span_id).collect();
        let mut steps: Vec<Step> = roots.into_iter().rev().map(|place| Step::Span { place, depth: 0 }).collect();
        while let Some(step) = steps.pop() {
            match step {
                Step::Network { kind, lane, depth, from, to } => {
                    self.push(kind, (lane, Side::Network), depth, from, to)
                }
                Step::Span { place, depth } => {
                    let node = &nodes[place];
                    let mut children = node.children.clone();
                    by_start(&mut children);
                    for child in children.into_iter().rev() {
                        let (before, after) = self.network(node, &nodes[child], depth + 1);
                        steps.extend(after);
                        steps.push(Step::Span { place: child, depth: depth + 1 });
                        steps.extend(before);
                    }
                    let orphan = node.span.parent_span_id.is_some_and(|parent| !known.contains(&parent));
                    let kind = BarKind::Span { span: Box::new(node.span.clone()), orphan };
                    let side = self.side(node);
                    self.push(kind, (node.lane, side), depth, node.start, node.end);
                }
            }
        }
        self.bars
    }

    /// The ways of a message from `parent` to `child` and of the answer back.
    fn network(&self, parent: &Node, child: &Node, depth: usize) -> (Option<Step>, Option<Step>) {
        let sends = matches!(parent.span.kind, SpanKind::Client | SpanKind::Producer);
        let receives = matches!(child.span.kind, SpanKind::Server | SpanKind::Consumer);
        if parent.lane == child.lane || !sends || !receives {
            return (None, None);
        }
        let (there, back) = match self.lanes[child.lane].side {
            Side::Browser => (BarKind::NetworkDown, BarKind::NetworkUp),
            Side::Network | Side::Server | Side::Terminal => (BarKind::NetworkUp, BarKind::NetworkDown),
        };
        let step = |kind, lane, from, to| (to > from).then_some(Step::Network { kind, lane, depth, from, to });
        let answered = skew::is_answered(parent, child);
        (
            step(there, child.lane, parent.start, child.start),
            answered.then(|| step(back, parent.lane, child.end, parent.end)).flatten(),
        )
    }

    fn side(&self, node: &Node) -> Side {
        match self.lanes[node.lane].side {
            Side::Server if node.span.name.starts_with("pty.") || node.span.name.starts_with("terminal.") => {
                Side::Terminal
            }
            side => side,
        }
    }

    fn push(&mut self, kind: BarKind, (lane, side): (usize, Side), depth: usize, from: Nanos, to: Nanos) {
        let (offset, duration) = (length(self.started, from), length(from, to));
        let share = |nanos: u64| if self.duration == 0 { 0.0 } else { nanos as f64 / self.duration as f64 };
        self.bars.push(Bar { kind, side, lane, depth, start: share(offset), width: share(duration), offset, duration });
    }
}

#[cfg(test)]
mod tests;
