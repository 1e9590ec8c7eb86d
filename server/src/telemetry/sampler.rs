//! Which spans are recorded: the parent's decision, else the carrier's, else a share of the traces. What is rejected is held
//! for a while, in case that it fails.

use app::trace::Sampling;
use opentelemetry::trace::{Link, SpanKind, TraceContextExt, TraceId};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{Sampler, SamplingDecision, SamplingResult, ShouldSample};

use super::config::SamplingConfig;
use super::propagator::Decision;
use super::tail::NeverHeld;

/// A parent-based ratio that knows all four B3 states, on a parent or alone.
#[derive(Clone, Debug)]
pub(super) struct B3Sampler {
    parent_based: bool,
    ratio: Sampler,
    tail_keeping: bool,
}

impl B3Sampler {
    /// Makes the sampler that the settings describe.
    pub(super) fn new(config: SamplingConfig) -> Self {
        let SamplingConfig { parent_based, rate, tail_keeping } = config;
        Self { parent_based, ratio: Sampler::TraceIdRatioBased(rate), tail_keeping }
    }
}

impl ShouldSample for B3Sampler {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        trace_id: TraceId,
        name: &str,
        kind: &SpanKind,
        attributes: &[KeyValue],
        links: &[Link],
    ) -> SamplingResult {
        let by_ratio = || self.ratio.should_sample(None, trace_id, name, kind, attributes, links).decision;
        let decision = match parent.map(said) {
            // Debug asks to be recorded whatever the samplers say.
            Some(Sampling::Debug) => SamplingDecision::RecordAndSample,
            Some(Sampling::Accept) if self.parent_based => SamplingDecision::RecordAndSample,
            Some(Sampling::Deny) if self.parent_based => SamplingDecision::Drop,
            Some(Sampling::Accept | Sampling::Deny | Sampling::Defer) | None => by_ratio(),
        };
        let is_held = || self.tail_keeping && !parent.is_some_and(NeverHeld::is_in);
        let decision = match decision {
            SamplingDecision::Drop if is_held() => SamplingDecision::RecordOnly,
            decision => decision,
        };
        let trace_state = parent.map(|cx| cx.span().span_context().trace_state().clone()).unwrap_or_default();
        SamplingResult { decision, attributes: Vec::new(), trace_state }
    }
}

/// What the context says of sampling.
fn said(cx: &Context) -> Sampling {
    let span = cx.span();
    let parent = span.span_context();
    let decision = cx.get::<Decision>().map(|decision| decision.0);
    if parent.is_valid() && !parent.is_remote() {
        // Our own spans have decided already; the decision that came with the carrier lies behind them.
        return if parent.is_sampled() {
            decision.filter(|d| *d == Sampling::Debug).unwrap_or(Sampling::Accept)
        } else {
            Sampling::Deny
        };
    }
    match decision {
        Some(decision) => decision,
        None if !parent.is_valid() => Sampling::Defer,
        None if parent.is_sampled() => Sampling::Accept,
        None => Sampling::Deny,
    }
}

#[cfg(test)]
mod tests {
    use app::trace::{Extracted, SpanContext};

    use super::*;
    use crate::telemetry::propagator::remote;

    /// A trace id that a ratio of one half keeps, and one that it drops.
    const KEPT: u128 = 1;
    const DROPPED: u128 = u128::MAX;

    fn decides(parent_based: bool, rate: f64, parent: Option<&Context>, trace_id: u128) -> bool {
        let sampler = B3Sampler::new(SamplingConfig { parent_based, rate, tail_keeping: false });
        let result = sampler.should_sample(parent, TraceId::from(trace_id), "", &SpanKind::Server, &[], &[]);
        result.decision == SamplingDecision::RecordAndSample
    }

    fn parent(sampling: Sampling) -> Context {
        let trace_id = "80f198ee56343ba864fe8b2a57d3eff7".parse().unwrap();
        let context = SpanContext { trace_id, span_id: "e457b5a2e4d86bd1".parse().unwrap(), sampling };
        remote(&Context::new(), Extracted::Parent(context))
    }

    fn root(sampling: Sampling) -> Context {
        remote(&Context::new(), Extracted::Root(sampling))
    }

    #[test]
    fn without_any_decision_the_ratio_decides() {
        for cx in [None, Some(Context::new()), Some(parent(Sampling::Defer)), Some(root(Sampling::Defer))] {
            assert!(decides(true, 0.5, cx.as_ref(), KEPT), "{cx:?}");
            assert!(!decides(true, 0.5, cx.as_ref(), DROPPED), "{cx:?}");
        }
    }

    #[test]
    fn a_decision_with_or_without_a_parent_is_followed() {
        for of in [parent, root] {
            assert!(decides(true, 0.0, Some(&of(Sampling::Accept)), DROPPED));
            assert!(decides(true, 0.0, Some(&of(Sampling::Debug)), DROPPED));
            assert!(!decides(true, 1.0, Some(&of(Sampling::Deny)), KEPT));
        }
    }

    #[test]
    fn a_sampler_that_is_not_parent_based_follows_only_debug() {
        assert!(decides(false, 1.0, Some(&parent(Sampling::Deny)), KEPT));
        assert!(!decides(false, 0.0, Some(&parent(Sampling::Accept)), KEPT));
        assert!(decides(false, 0.0, Some(&parent(Sampling::Debug)), DROPPED));
    }

    #[test]
    fn a_local_parent_has_decided_for_its_children() {
        use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceState};
        let local = |cx: Context, flags| {
            let context =
                SpanContext::new(TraceId::from(DROPPED), SpanId::from(1), flags, false, TraceState::default());
            cx.with_remote_span_context(context)
        };
        // The trace came without a decision, and the ratio kept its first span here.
        assert!(decides(true, 0.0, Some(&local(parent(Sampling::Defer), TraceFlags::SAMPLED)), DROPPED));
        assert!(!decides(true, 1.0, Some(&local(parent(Sampling::Defer), TraceFlags::default())), KEPT));
        assert!(decides(false, 0.0, Some(&local(parent(Sampling::Debug), TraceFlags::SAMPLED)), DROPPED));
    }

    #[test]
    fn what_is_rejected_is_held_where_that_is_wanted() {
        let decision = |tail_keeping, cx: &Context| {
            let sampler = B3Sampler::new(SamplingConfig { parent_based: true, rate: 0.0, tail_keeping });
            sampler.should_sample(Some(cx), TraceId::from(DROPPED), "", &SpanKind::Server, &[], &[]).decision
        };
        for cx in [Context::new(), parent(Sampling::Deny), root(Sampling::Defer)] {
            assert_eq!(decision(true, &cx), SamplingDecision::RecordOnly, "{cx:?}");
            assert_eq!(decision(true, &cx.with_value(NeverHeld)), SamplingDecision::Drop, "{cx:?}");
            assert_eq!(decision(false, &cx), SamplingDecision::Drop, "{cx:?}");
        }
        let accepted = parent(Sampling::Accept).with_value(NeverHeld);
        assert_eq!(decision(true, &accepted), SamplingDecision::RecordAndSample);
    }
}
