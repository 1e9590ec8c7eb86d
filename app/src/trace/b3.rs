//! B3 propagation, read leniently and written strictly (<https://github.com/openzipkin/b3-propagation>).

use super::{Carrier, Extracted, Sampling, SpanContext, TraceId};

/// The header of the single form: `{trace id}-{span id}[-{1|0|d}[-{parent span id}]]`, or the state alone.
pub const SINGLE: &str = "b3";
/// The trace id in the multi form.
pub const TRACE_ID: &str = "x-b3-traceid";
/// The span id in the multi form.
pub const SPAN_ID: &str = "x-b3-spanid";
/// `1` or `0` in the multi form.
pub const SAMPLED: &str = "x-b3-sampled";
/// `1` for debug in the multi form; implies sampled.
pub const FLAGS: &str = "x-b3-flags";

/// Reads the single form, or, when that is absent or malformed, the multi form.
pub fn extract(carrier: &Carrier) -> Extracted {
    extract_with(|name| carrier.get(name))
}

/// Reads as [`extract`] does, from anything that can look up a header by its lower-case name.
pub fn extract_with<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Extracted {
    let single = get(SINGLE).map_or(Extracted::None, |text| parse_single(text.trim()));
    single.or_else(|| parse_multi(get))
}

/// Writes the single form. The parent span id is never sent: a receiver has no use for it.
pub fn inject_single(context: &SpanContext, carrier: &mut Carrier) {
    carrier.set(SINGLE, single(context));
}

/// Returns the value of the single form: `80f1…eff7-e457…6bd1-1`.
pub fn single(context: &SpanContext) -> String {
    let SpanContext { trace_id, span_id, sampling } = context;
    match sampling {
        Sampling::Accept => format!("{trace_id}-{span_id}-1"),
        Sampling::Deny => format!("{trace_id}-{span_id}-0"),
        Sampling::Debug => format!("{trace_id}-{span_id}-d"),
        Sampling::Defer => format!("{trace_id}-{span_id}"),
    }
}

/// Writes the multi form; debug is sent as flags alone, since it implies sampled.
pub fn inject_multi(context: &SpanContext, carrier: &mut Carrier) {
    carrier.set(TRACE_ID, context.trace_id.to_string());
    carrier.set(SPAN_ID, context.span_id.to_string());
    match context.sampling {
        Sampling::Accept => carrier.set(SAMPLED, "1"),
        Sampling::Deny => carrier.set(SAMPLED, "0"),
        Sampling::Debug => carrier.set(FLAGS, "1"),
        Sampling::Defer => {}
    }
}

fn parse_single(text: &str) -> Extracted {
    if let Some(decision) = parse_state(text) {
        return Extracted::Root(decision);
    }
    let mut parts = text.split('-');
    let (Some(trace), Some(span), state, parent, None) =
        (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Extracted::Invalid;
    };
    let sampling = match state {
        None => Some(Sampling::Defer),
        Some(state) => parse_state(state),
    };
    // A parent span id is of no use here, so a wrong one is no reason to lose the trace; an empty one is a cut header.
    match (TraceId::from_b3(trace), span.parse(), sampling) {
        (Ok(trace_id), Ok(span_id), Some(sampling)) if parent != Some("") => {
            Extracted::Parent(SpanContext { trace_id, span_id, sampling })
        }
        _ => Extracted::Invalid,
    }
}

fn parse_state(text: &str) -> Option<Sampling> {
    match text {
        "1" => Some(Sampling::Accept),
        "0" => Some(Sampling::Deny),
        "d" => Some(Sampling::Debug),
        _ => None,
    }
}

fn parse_multi<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Extracted {
    let header = |name| get(name).map(str::trim);
    let sampling = match (header(FLAGS), header(SAMPLED)) {
        (Some("1"), _) => Some(Sampling::Debug),
        (_, Some("1")) => Some(Sampling::Accept),
        (_, Some("0")) => Some(Sampling::Deny),
        (_, Some(word)) if word.eq_ignore_ascii_case("true") => Some(Sampling::Accept),
        (_, Some(word)) if word.eq_ignore_ascii_case("false") => Some(Sampling::Deny),
        _ => None,
    };
    match (header(TRACE_ID), header(SPAN_ID)) {
        (Some(trace), Some(span)) => match (TraceId::from_b3(trace), span.parse()) {
            (Ok(trace_id), Ok(span_id)) => {
                Extracted::Parent(SpanContext { trace_id, span_id, sampling: sampling.unwrap_or(Sampling::Defer) })
            }
            _ => Extracted::Invalid,
        },
        (None, None) => sampling.map_or(Extracted::None, Extracted::Root),
        _ => Extracted::Invalid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Sampling::{Accept, Debug, Defer, Deny};

    const T: &str = "80f198ee56343ba864fe8b2a57d3eff7";
    const S: &str = "e457b5a2e4d86bd1";
    const P: &str = "05e3ac9a4f6e3b90";

    fn carrier(headers: &[(&str, &str)]) -> Carrier {
        let mut carrier = Carrier::new();
        for (name, value) in headers {
            let value = value.replace('T', T).replace('S', S).replace('P', P);
            carrier.set(name, value);
        }
        carrier
    }

    fn context(trace: &str, sampling: Sampling) -> SpanContext {
        SpanContext { trace_id: trace.parse().unwrap(), span_id: S.parse().unwrap(), sampling }
    }

    fn parent(sampling: Sampling) -> Extracted {
        Extracted::Parent(context(T, sampling))
    }

    /// `T`, `S` and `P` in a value stand for the ids above.
    fn check(headers: &[(&str, &str)], expected: Extracted) {
        assert_eq!(extract(&carrier(headers)), expected, "{headers:?}");
    }

    #[test]
    fn the_single_form_is_a_parent() {
        check(&[("b3", "T-S-1")], parent(Accept));
        check(&[("b3", "T-S-0")], parent(Deny));
        check(&[("b3", "T-S-d")], parent(Debug));
        check(&[("b3", "T-S")], parent(Defer));
        check(&[("b3", "T-S-1-P")], parent(Accept));
        check(&[("b3", "T-S-d-P")], parent(Debug));
        check(&[("B3", " T-S-1 ")], parent(Accept));
    }

    #[test]
    fn a_64_bit_trace_id_is_padded() {
        let padded = Extracted::Parent(context("000000000000000064fe8b2a57d3eff7", Accept));
        check(&[("b3", "64fe8b2a57d3eff7-S-1")], padded);
        check(&[("x-b3-traceid", "64fe8b2a57d3eff7"), ("x-b3-spanid", "S"), ("x-b3-sampled", "1")], padded);
    }

    #[test]
    fn a_decision_alone_is_a_root() {
        check(&[("b3", "0")], Extracted::Root(Deny));
        check(&[("b3", "1")], Extracted::Root(Accept));
        check(&[("b3", "d")], Extracted::Root(Debug));
        check(&[("X-B3-Sampled", "0")], Extracted::Root(Deny));
        check(&[("X-B3-Sampled", "1")], Extracted::Root(Accept));
        check(&[("X-B3-Flags", "1")], Extracted::Root(Debug));
        check(&[("X-B3-Flags", "1"), ("X-B3-Sampled", "0")], Extracted::Root(Debug));
    }

    #[test]
    fn the_multi_form_is_a_parent() {
        let ids = [("X-B3-TraceId", "T"), ("X-B3-SpanId", "S")];
        let with = |more: &[(&'static str, &'static str)]| [&ids[..], more].concat();
        check(&with(&[]), parent(Defer));
        check(&with(&[("X-B3-Sampled", "1")]), parent(Accept));
        check(&with(&[("X-B3-Sampled", "0")]), parent(Deny));
        check(&with(&[("X-B3-Sampled", "true")]), parent(Accept));
        check(&with(&[("X-B3-Sampled", "False")]), parent(Deny));
        check(&with(&[("X-B3-Flags", "1")]), parent(Debug));
        check(&with(&[("X-B3-Flags", "0"), ("X-B3-Sampled", "1")]), parent(Accept));
        check(&with(&[("X-B3-Sampled", "1"), ("X-B3-ParentSpanId", "P")]), parent(Accept));
    }

    #[test]
    fn a_junk_decision_is_as_if_absent() {
        check(&[("X-B3-TraceId", "T"), ("X-B3-SpanId", "S"), ("X-B3-Sampled", "maybe")], parent(Defer));
        check(&[("X-B3-Sampled", "maybe")], Extracted::None);
        check(&[("X-B3-Flags", "9")], Extracted::None);
    }

    #[test]
    fn a_bad_parent_span_id_alone_is_ignored() {
        check(&[("b3", "T-S-1-xyz")], parent(Accept));
        check(&[("b3", "T-S-1-0000000000000000")], parent(Accept));
        check(&[("X-B3-TraceId", "T"), ("X-B3-SpanId", "S"), ("X-B3-ParentSpanId", "xyz")], parent(Defer));
    }

    #[test]
    fn single_wins_and_a_malformed_single_falls_back_to_multi() {
        let multi = [("X-B3-TraceId", "T"), ("X-B3-SpanId", "S"), ("X-B3-Sampled", "0")];
        let with = |single: &'static str| [&[("b3", single)], &multi[..]].concat();
        check(&with("T-S-1"), parent(Accept));
        check(&with("1"), Extracted::Root(Accept));
        check(&with("T-S-1-"), parent(Deny));
        check(&with("nonsense"), parent(Deny));
        check(&[("b3", "nonsense"), ("X-B3-Sampled", "0")], Extracted::Root(Deny));
    }

    #[test]
    fn upper_case_is_accepted() {
        check(&[("b3", "80F198EE56343BA864FE8B2A57D3EFF7-E457B5A2E4D86BD1-1")], parent(Accept));
        check(&[("X-B3-TRACEID", "80F198EE56343BA864FE8B2A57D3EFF7"), ("X-B3-SPANID", "S")], parent(Defer));
    }

    #[test]
    fn a_malformed_context_is_invalid_as_a_whole() {
        for single in [
            "",
            "-",
            "T",
            "T-",
            "T-S-",
            "T-S-1-",
            "T-S-1-P-",
            "T-S-1-P-1",
            "T-S-x",
            "T-S-D",
            "T-S-true",
            "T-S-P",
            "T--1",
            "-S-1",
            "80f198ee56343ba864fe8b2a57d3eff-S-1",
            "80f198ee56343ba864fe8b2a57d3eff70-S-1",
            "80f198ee56343ba864fe8b2a57d3efg7-S-1",
            "00000000000000000000000000000000-S-1",
            "0000000000000000-S-1",
            "T-0000000000000000-1",
            "T-e457b5a2e4d86bd-1",
            "T-T-1",
        ] {
            check(&[("b3", single)], Extracted::Invalid);
        }
        check(&[("X-B3-TraceId", "T")], Extracted::Invalid);
        check(&[("X-B3-SpanId", "S")], Extracted::Invalid);
        check(&[("X-B3-TraceId", "T"), ("X-B3-SpanId", "0000000000000000")], Extracted::Invalid);
        check(&[("X-B3-TraceId", "xyz"), ("X-B3-SpanId", "S"), ("X-B3-Sampled", "1")], Extracted::Invalid);
    }

    #[test]
    fn nothing_there_is_nothing() {
        check(&[], Extracted::None);
        check(&[("X-B3-ParentSpanId", "P")], Extracted::None);
        check(&[("traceparent", "00-T-S-01")], Extracted::None);
    }

    #[test]
    fn injecting_writes_the_strict_form_without_parent() {
        let check = |sampling, expected_single: &str, expected_multi: &[(&str, &str)]| {
            let context = context(T, sampling);
            let mut written = Carrier::new();
            inject_single(&context, &mut written);
            assert_eq!(written, carrier(&[("b3", expected_single)]));

            let mut written = Carrier::new();
            inject_multi(&context, &mut written);
            let ids = [("x-b3-traceid", "T"), ("x-b3-spanid", "S")];
            assert_eq!(written, carrier(&[&ids, expected_multi].concat()));
        };
        check(Accept, "T-S-1", &[("x-b3-sampled", "1")]);
        check(Deny, "T-S-0", &[("x-b3-sampled", "0")]);
        check(Debug, "T-S-d", &[("x-b3-flags", "1")]);
        check(Defer, "T-S", &[]);
    }

    #[test]
    fn what_is_injected_is_extracted_again() {
        for sampling in [Accept, Deny, Debug, Defer] {
            for inject in [inject_single, inject_multi] {
                let mut carrier = Carrier::new();
                inject(&context(T, sampling), &mut carrier);
                assert_eq!(extract(&carrier), parent(sampling));
            }
        }
    }
}
