//! How much of what a client asks to be recorded is recorded: clients are not trusted, and a key repeat is not thirty
//! traces.

use std::time::{Duration, Instant};

use app::page::INPUT_RATE;
use app::trace::{Extracted, Sampling, SpanContext, SpanId, TraceId};
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator};

/// What becomes of a span that sampling rejects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsampled {
    /// It is held for a moment, and recorded after all if it fails or takes long.
    Held,
    /// It is never recorded: there are too many of its kind, or nobody asked for it.
    Dropped,
}

/// Knows of some messages before they have a span that it would be recorded by nobody: then there need not be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Foresight {
    /// Whether the sampler follows a parent's decision.
    pub parent_based: bool,
    /// Whether each line of the log is to name the span it belongs to, recorded or not.
    pub detailed_logging: bool,
}

impl Default for Foresight {
    fn default() -> Self {
        Self { parent_based: true, detailed_logging: false }
    }
}

/// What a message has instead of a span: the ids that a span would have had, to be passed on with "not recorded".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unrecorded(pub SpanContext);

impl Foresight {
    /// Returns what a message with this parent has instead of a span, if its span would certainly not be recorded.
    pub fn unrecorded(self, parent: &Extracted, unsampled: Unsampled) -> Option<Unrecorded> {
        let denied = match parent {
            Extracted::Parent(SpanContext { sampling, .. }) | Extracted::Root(sampling) => *sampling == Sampling::Deny,
            Extracted::None | Extracted::Invalid => false,
        };
        let dropped = denied && unsampled == Unsampled::Dropped && self.parent_based && !self.detailed_logging;
        if dropped { child_of(parent).map(Unrecorded) } else { None }
    }
}

/// The ids of a span that is not made.
fn child_of(parent: &Extracted) -> Option<SpanContext> {
    let ids = RandomIdGenerator::default();
    let trace_id = match parent {
        Extracted::Parent(parent) => parent.trace_id,
        Extracted::Root(_) | Extracted::None | Extracted::Invalid => {
            TraceId::from_bytes(ids.new_trace_id().to_bytes())?
        }
    };
    Some(SpanContext { trace_id, span_id: SpanId::from_bytes(ids.new_span_id().to_bytes())?, sampling: Sampling::Deny })
}

/// Traces recorded per second and socket because the client says so.
const REMOTE_LIMIT: u32 = 50;

/// Lets the first few of each second through.
#[derive(Clone, Debug)]
struct Window {
    limit: u32,
    began: Option<Instant>,
    used: u32,
}

impl Window {
    fn new(limit: u32) -> Self {
        Self { limit, began: None, used: 0 }
    }

    fn admit(&mut self, now: Instant) -> bool {
        if self.began.is_none_or(|began| now.saturating_duration_since(began) >= Duration::from_secs(1)) {
            self.began = Some(now);
            self.used = 0;
        }
        self.used = self.used.saturating_add(1);
        self.used <= self.limit
    }
}

/// Limits the recorded input of one terminal; every message keeps its context.
#[derive(Clone, Debug)]
pub struct InputSampling(Window);

impl Default for InputSampling {
    fn default() -> Self {
        Self::new(INPUT_RATE)
    }
}

impl InputSampling {
    /// Records so many messages in a second.
    pub fn new(limit: u32) -> Self {
        Self(Window::new(limit))
    }

    /// Returns the parent to use for one more input message: beyond the limit it is not recorded.
    pub fn admit(&mut self, parent: Extracted, now: Instant) -> Extracted {
        let asked = match parent {
            Extracted::Parent(SpanContext { sampling, .. }) | Extracted::Root(sampling) => sampling,
            Extracted::None | Extracted::Invalid => Sampling::Defer,
        };
        if asked == Sampling::Deny || self.0.admit(now) { parent } else { with_sampling(parent, Sampling::Deny) }
    }
}

/// How far one client's sampling decisions are followed.
#[derive(Clone, Debug)]
pub struct RemoteTrust {
    admin: bool,
    sampled: Window,
}

impl RemoteTrust {
    /// Starts to watch a client; only an admin may ask for debug.
    pub fn new(admin: bool) -> Self {
        Self { admin, sampled: Window::new(REMOTE_LIMIT) }
    }

    /// Returns what to use of what the client sent: beyond the limit our sampler decides.
    pub fn admit(&mut self, sent: Extracted, now: Instant) -> Extracted {
        match sent {
            Extracted::Parent(SpanContext { sampling, .. }) | Extracted::Root(sampling) => match sampling {
                Sampling::Debug if self.admin => sent,
                Sampling::Accept | Sampling::Debug if self.sampled.admit(now) => with_sampling(sent, Sampling::Accept),
                Sampling::Accept | Sampling::Debug => with_sampling(sent, Sampling::Defer),
                Sampling::Deny | Sampling::Defer => sent,
            },
            Extracted::None | Extracted::Invalid => sent,
        }
    }
}

fn with_sampling(extracted: Extracted, sampling: Sampling) -> Extracted {
    match extracted {
        Extracted::Parent(context) => Extracted::Parent(SpanContext { sampling, ..context }),
        Extracted::Root(_) | Extracted::None | Extracted::Invalid => Extracted::Root(sampling),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parent(sampling: Sampling) -> Extracted {
        Extracted::Parent(SpanContext {
            trace_id: "80f198ee56343ba864fe8b2a57d3eff7".parse().unwrap(),
            span_id: "e457b5a2e4d86bd1".parse().unwrap(),
            sampling,
        })
    }

    #[test]
    fn what_nobody_would_record_gets_ids_and_no_span() {
        let foresight = Foresight::default();
        let sent = parent(Sampling::Deny).parent().unwrap();
        let ids = |parent| foresight.unrecorded(&parent, Unsampled::Dropped).map(|Unrecorded(ids)| ids);
        let child = ids(parent(Sampling::Deny)).unwrap();
        assert_eq!((child.trace_id, child.sampling), (sent.trace_id, Sampling::Deny));
        assert_ne!(child.span_id, sent.span_id, "the two sides never share a span");
        let [first, second] = [(); 2].map(|()| ids(Extracted::Root(Sampling::Deny)).unwrap());
        assert_ne!(first.trace_id, second.trace_id);
        for sampled in [parent(Sampling::Accept), parent(Sampling::Defer), Extracted::Root(Sampling::Debug)] {
            assert_eq!(ids(sampled), None, "{sampled:?}");
        }
        assert_eq!([Extracted::None, Extracted::Invalid].map(ids), [None; 2], "our sampler decides");
    }

    #[test]
    fn what_may_be_kept_or_named_has_a_span() {
        let denied = parent(Sampling::Deny);
        let foresight = Foresight::default();
        assert_eq!(foresight.unrecorded(&denied, Unsampled::Held), None);
        let own = Foresight { parent_based: false, ..foresight };
        assert_eq!(own.unrecorded(&denied, Unsampled::Dropped), None, "that sampler asks nobody");
        let detailed = Foresight { detailed_logging: true, ..foresight };
        assert_eq!(detailed.unrecorded(&denied, Unsampled::Dropped), None);
    }

    #[test]
    fn so_many_input_messages_a_second_are_recorded_as_it_is_set() {
        for (limit, expected) in [(0, 0), (1, 1), (25, 25)] {
            let mut input = InputSampling::new(limit);
            let now = Instant::now();
            let recorded = (0..30).filter(|_| input.admit(parent(Sampling::Accept), now) == parent(Sampling::Accept));
            assert_eq!(recorded.count(), expected);
        }
    }

    #[test]
    fn twenty_input_messages_a_second_are_recorded() {
        let mut input = InputSampling::default();
        let start = Instant::now();
        let second = start + Duration::from_secs(1);
        let recorded = |input: &mut InputSampling, now| {
            (0..30).filter(|_| input.admit(parent(Sampling::Accept), now) == parent(Sampling::Accept)).count()
        };
        assert_eq!((recorded(&mut input, start), recorded(&mut input, second)), (20, 20));
        assert_eq!(input.admit(parent(Sampling::Accept), second), parent(Sampling::Deny));
        assert_eq!(input.admit(Extracted::None, second), Extracted::Root(Sampling::Deny));
    }

    #[test]
    fn input_that_is_not_recorded_anyway_uses_nothing_up() {
        let mut input = InputSampling::default();
        let now = Instant::now();
        (0..100).for_each(|_| assert_eq!(input.admit(parent(Sampling::Deny), now), parent(Sampling::Deny)));
        assert_eq!(input.admit(parent(Sampling::Accept), now), parent(Sampling::Accept));
    }

    #[test]
    fn fifty_traces_a_second_are_recorded_because_a_client_says_so() {
        let mut trust = RemoteTrust::new(false);
        let now = Instant::now();
        for _ in 0..50 {
            assert_eq!(trust.admit(parent(Sampling::Accept), now), parent(Sampling::Accept));
        }
        assert_eq!(trust.admit(parent(Sampling::Accept), now), parent(Sampling::Defer));
        assert_eq!(trust.admit(Extracted::Root(Sampling::Accept), now), Extracted::Root(Sampling::Defer));
        assert_eq!(trust.admit(parent(Sampling::Deny), now), parent(Sampling::Deny));
        let later = now + Duration::from_secs(1);
        assert_eq!(trust.admit(parent(Sampling::Accept), later), parent(Sampling::Accept));
    }

    #[test]
    fn only_an_admin_may_ask_for_debug() {
        let now = Instant::now();
        assert_eq!(RemoteTrust::new(true).admit(parent(Sampling::Debug), now), parent(Sampling::Debug));
        assert_eq!(RemoteTrust::new(false).admit(parent(Sampling::Debug), now), parent(Sampling::Accept));
    }
}
