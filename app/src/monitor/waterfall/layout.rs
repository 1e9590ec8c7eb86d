//! Bars from top to bottom: each span, its children below it, the network around those that were reached over it.

use std::collections::HashSet;

use crate::trace::{SpanId, otlp::SpanKind};

use super::{Bar, BarKind, Lane, Nanos, Side, length, skew, tree::Node};

/// Lays out the spans of one trace that began at `started` and took `duration`.
pub(super) fn bars(nodes: &[Node], lanes: &[Lane], started: Nanos, duration: u64) -> Vec<Bar> {
    Layout { lanes, started, duration, bars: Vec::new() }.of(nodes)
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
    fn of(mut self, nodes: &[Node]) -> Vec<Bar> {
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
                    self.push(kind, (lane, Side::Network), depth, from, to);
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
