//! Who caused whom: the spans of a trace tied together, and who recorded them.

use std::collections::HashMap;

use crate::{
    monitor::attribute::text,
    trace::{
        SpanId,
        otlp::{ExportTraceServiceRequest, Resource, Span},
    },
};

use super::{Lane, Nanos, Side};

/// One span with its place in the tree.
#[derive(Debug)]
pub(super) struct Node {
    pub span: Span,
    pub lane: usize,
    pub parent: Option<usize>,
    pub children: Vec<usize>,
    pub start: Nanos,
    pub end: Nanos,
}

/// Gathers each span once, and who recorded them: batches of one process are one lane.
pub(super) fn collect(trace: ExportTraceServiceRequest) -> (Vec<Lane>, Vec<Node>) {
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
