//! The part of a span that travels, and what reading a carrier can result in.

use serde::{Deserialize, Serialize};

use super::{SpanId, TraceId};

/// What a sender decided about recording the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Sampling {
    /// Record it (B3 `1`).
    Accept,
    /// Do not record it (B3 `0`).
    Deny,
    /// Record it whatever the samplers say (B3 `d`); passed on as it is.
    Debug,
    /// The receiver decides (no B3 state).
    Defer,
}

impl Sampling {
    /// Whether a span with this decision is recorded.
    pub fn is_sampled(self) -> bool {
        match self {
            Self::Accept | Self::Debug => true,
            Self::Deny | Self::Defer => false,
        }
    }
}

/// The context of one span as it travels with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SpanContext {
    /// The trace the span belongs to.
    pub trace_id: TraceId,
    /// The span itself: the parent of whatever the receiver starts.
    pub span_id: SpanId,
    /// The decision that the receiver inherits.
    pub sampling: Sampling,
}

/// What a carrier said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extracted {
    /// A span to continue.
    Parent(SpanContext),
    /// No span, but a decision for the new root.
    Root(Sampling),
    /// Nothing at all.
    None,
    /// Something unusable: a new root, counted as `invalid_context`; the request itself goes on.
    Invalid,
}

impl Extracted {
    /// Returns the span to continue, if there is one.
    pub fn parent(self) -> Option<SpanContext> {
        match self {
            Self::Parent(context) => Some(context),
            Self::Root(_) | Self::None | Self::Invalid => None,
        }
    }

    /// Tries the next form unless this one is usable; an invalid form stays the answer when the next one is absent.
    pub(super) fn or_else(self, next: impl FnOnce() -> Self) -> Self {
        match self {
            Self::Parent(_) | Self::Root(_) => self,
            Self::None => next(),
            Self::Invalid => match next() {
                Self::None => Self::Invalid,
                found => found,
            },
        }
    }
}
