//! How much of what a client asks to be recorded is recorded: clients are not trusted, and a key repeat is not thirty
//! traces.

use std::time::{Duration, Instant};

use app::trace::{Extracted, Sampling, SpanContext};

/// What becomes of a span that sampling rejects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsampled {
    /// It is held for a moment, and recorded after all if it fails or takes long.
    Held,
    /// It is never recorded: there are too many of its kind, or nobody asked for it.
    Dropped,
}

/// Input messages recorded per second and terminal.
const INPUT_LIMIT: u32 = 20;
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
        Self(Window::new(INPUT_LIMIT))
    }
}

impl InputSampling {
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
