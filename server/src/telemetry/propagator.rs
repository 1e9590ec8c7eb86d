//! B3 as an OpenTelemetry propagator, and the way between our span context and OpenTelemetry's.

use app::trace::{Extracted, Sampling, SpanContext, b3};
use opentelemetry::Context;
use opentelemetry::propagation::text_map_propagator::FieldIter;
use opentelemetry::propagation::{Extractor, Injector, TextMapCompositePropagator, TextMapPropagator};
use opentelemetry::trace::{self as otel, TraceContextExt, TraceFlags, TraceState};
use opentelemetry_sdk::propagation::{BaggagePropagator, TraceContextPropagator};

use super::config::PropagatorKind;

/// The decision that came with a context, beside its span: what OpenTelemetry's one sampled bit cannot say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decision(pub(super) Sampling);

/// Reads both B3 forms; writes one of them.
#[derive(Debug)]
pub(super) struct B3Propagator {
    fields: Vec<String>,
    inject: fn(&SpanContext, &mut app::trace::Carrier),
}

impl B3Propagator {
    /// Writes the single form.
    pub(super) fn single() -> Self {
        Self { fields: vec![b3::SINGLE.to_owned()], inject: b3::inject_single }
    }

    /// Writes the multi form.
    pub(super) fn multi() -> Self {
        let fields = [b3::TRACE_ID, b3::SPAN_ID, b3::SAMPLED, b3::FLAGS];
        Self { fields: fields.map(str::to_owned).to_vec(), inject: b3::inject_multi }
    }
}

impl TextMapPropagator for B3Propagator {
    fn inject_context(&self, cx: &Context, injector: &mut dyn Injector) {
        if let Some(context) = span_context(cx) {
            let mut carrier = app::trace::Carrier::new();
            (self.inject)(&context, &mut carrier);
            for (name, value) in carrier.iter() {
                injector.set(name, value.to_owned());
            }
        }
    }

    fn extract_with_context(&self, cx: &Context, extractor: &dyn Extractor) -> Context {
        remote(cx, b3::extract_with(|name| extractor.get(name)))
    }

    fn fields(&self) -> FieldIter<'_> {
        FieldIter::new(&self.fields)
    }
}

/// Puts the configured propagators together. B3 comes last, because the last to find a context wins.
pub(super) fn compose(kinds: &[PropagatorKind]) -> TextMapCompositePropagator {
    let mut kinds = kinds.to_vec();
    kinds.sort_by_key(|kind| matches!(kind, PropagatorKind::B3 | PropagatorKind::B3Multi));
    TextMapCompositePropagator::new(
        kinds
            .into_iter()
            .map(|kind| -> Box<dyn TextMapPropagator + Send + Sync> {
                match kind {
                    PropagatorKind::B3 => Box::new(B3Propagator::single()),
                    PropagatorKind::B3Multi => Box::new(B3Propagator::multi()),
                    PropagatorKind::TraceContext => Box::new(TraceContextPropagator::new()),
                    PropagatorKind::Baggage => Box::new(BaggagePropagator::new()),
                }
            })
            .collect(),
    )
}

/// Makes what was extracted the parent of whatever starts in the returned context.
pub(super) fn remote(cx: &Context, extracted: Extracted) -> Context {
    match extracted {
        Extracted::Parent(context) => {
            let flags = if context.sampling.is_sampled() { TraceFlags::SAMPLED } else { TraceFlags::default() };
            let parent = otel::SpanContext::new(
                otel::TraceId::from_bytes(context.trace_id.to_bytes()),
                otel::SpanId::from_bytes(context.span_id.to_bytes()),
                flags,
                true,
                TraceState::default(),
            );
            cx.with_remote_span_context(parent).with_value(Decision(context.sampling))
        }
        // A decision without a span is for a new root, whatever another header says of a parent.
        Extracted::Root(sampling) => {
            cx.with_remote_span_context(otel::SpanContext::empty_context()).with_value(Decision(sampling))
        }
        Extracted::None | Extracted::Invalid => cx.clone(),
    }
}

/// Returns the context of the active span in the form that travels; nothing without a valid one.
pub(super) fn span_context(cx: &Context) -> Option<SpanContext> {
    let span = cx.span();
    let context = span.span_context();
    let decision = cx.get::<Decision>().map(|decision| decision.0);
    let sampling = match (context.is_sampled(), decision) {
        (true, Some(Sampling::Debug)) => Sampling::Debug,
        (true, _) => Sampling::Accept,
        // Passing a context on without a span of our own leaves the decision to the next.
        (false, Some(Sampling::Defer)) if context.is_remote() => Sampling::Defer,
        (false, _) => Sampling::Deny,
    };
    Some(SpanContext {
        trace_id: app::trace::TraceId::from_bytes(context.trace_id().to_bytes())?,
        span_id: app::trace::SpanId::from_bytes(context.span_id().to_bytes())?,
        sampling,
    })
}

#[cfg(test)]
mod tests;
