//! Clocks of different machines set right, as far as the spans themselves show that they are wrong.
//!
//! No effect precedes its cause: a child in another lane begins no earlier than its parent, and a request's handler ends
//! no later than the answer arrives. These bounds leave each clock an interval; a clock within it is believed, one outside
//! is moved to the middle, which shares the network's time evenly between the two ways.

use crate::trace::otlp::SpanKind;

use super::{Nanos, tree::Node};

/// How far a clock may be moved.
#[derive(Clone, Copy, Default)]
struct Bounds {
    least: Option<Nanos>,
    most: Option<Nanos>,
}

/// By how much to move the clock of each lane; that of the first root is the one all others are set by.
pub(super) fn shifts(nodes: &[Node], lanes: usize) -> Vec<Nanos> {
    let mut shifts: Vec<Option<Nanos>> = vec![None; lanes];
    if let Some(root) = nodes.iter().filter(|node| node.parent.is_none()).min_by_key(|node| node.start) {
        shifts[root.lane] = Some(0);
    }
    loop {
        let mut bounds: Vec<Option<Bounds>> = vec![None; lanes];
        for child in nodes {
            let Some(parent) = child.parent.map(|place| &nodes[place]) else { continue };
            match (shifts[parent.lane], shifts[child.lane]) {
                (Some(shift), None) => bounds[child.lane].get_or_insert_default().child(parent, child, shift),
                (None, Some(shift)) => bounds[parent.lane].get_or_insert_default().parent(parent, child, shift),
                (Some(_), Some(_)) | (None, None) => {}
            }
        }
        if bounds.iter().all(Option::is_none) {
            return shifts.into_iter().map(Option::unwrap_or_default).collect();
        }
        for (shift, bounds) in shifts.iter_mut().zip(bounds) {
            if let Some(bounds) = bounds {
                *shift = Some(bounds.choose());
            }
        }
    }
}

/// Whether the parent lasts until the child's answer is back.
pub(super) fn is_answered(parent: &Node, child: &Node) -> bool {
    parent.span.kind == SpanKind::Client && child.span.kind == SpanKind::Server
}

impl Bounds {
    /// The child's clock is unknown, the parent's is moved by `shift`.
    fn child(&mut self, parent: &Node, child: &Node, shift: Nanos) {
        self.at_least(parent.start + shift - child.start);
        if is_answered(parent, child) {
            self.at_most(parent.end + shift - child.end);
        }
    }

    /// The parent's clock is unknown, the child's is moved by `shift`.
    fn parent(&mut self, parent: &Node, child: &Node, shift: Nanos) {
        self.at_most(child.start + shift - parent.start);
        if is_answered(parent, child) {
            self.at_least(child.end + shift - parent.end);
        }
    }

    fn at_least(&mut self, bound: Nanos) {
        self.least = Some(self.least.map_or(bound, |least| least.max(bound)));
    }

    fn at_most(&mut self, bound: Nanos) {
        self.most = Some(self.most.map_or(bound, |most| most.min(bound)));
    }

    fn choose(self) -> Nanos {
        if self.least.is_none_or(|least| least <= 0) && self.most.is_none_or(|most| most >= 0) {
            return 0;
        }
        match (self.least, self.most) {
            (Some(least), Some(most)) if least <= most => least + (most - least) / 2,
            // A handler that outlasts its request (a time-out) fits nowhere: that it begins after its cause counts more.
            (Some(least), _) => least,
            (None, most) => most.unwrap_or(0),
        }
    }
}
