use std::collections::HashMap;

use super::*;

const T: &str = "80f198ee56343ba864fe8b2a57d3eff7";
const S: &str = "e457b5a2e4d86bd1";
const OTHER: &str = "05e3ac9a4f6e3b90";

const ALL: [PropagatorKind; 3] = [PropagatorKind::B3, PropagatorKind::TraceContext, PropagatorKind::Baggage];

fn headers(pairs: &[(&str, &str)]) -> HashMap<String, String> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.replace('T', T).replace('S', S).replace('O', OTHER)))
        .collect()
}

/// Extracts, then injects what would be passed on without a span of our own.
fn passed_on(kinds: &[PropagatorKind], incoming: &[(&str, &str)]) -> HashMap<String, String> {
    let propagator = compose(kinds);
    let cx = propagator.extract_with_context(&Context::new(), &headers(incoming));
    let mut outgoing = HashMap::new();
    propagator.inject_context(&cx, &mut outgoing);
    outgoing
}

#[test]
fn every_state_of_b3_survives() {
    for value in ["T-S-1", "T-S-0", "T-S-d", "T-S"] {
        assert_eq!(passed_on(&[PropagatorKind::B3], &[("b3", value)]), headers(&[("b3", value)]));
    }
}

#[test]
fn multi_is_read_always_and_written_when_configured() {
    let multi = [("x-b3-traceid", "T"), ("x-b3-spanid", "S"), ("x-b3-sampled", "1")];
    assert_eq!(passed_on(&[PropagatorKind::B3], &multi), headers(&[("b3", "T-S-1")]));
    assert_eq!(passed_on(&[PropagatorKind::B3Multi], &[("b3", "T-S-1")]), headers(&multi));
}

#[test]
fn nothing_is_written_without_a_context() {
    assert_eq!(passed_on(&[PropagatorKind::B3], &[]), HashMap::new());
    assert_eq!(passed_on(&[PropagatorKind::B3], &[("b3", "0")]), HashMap::new());
    assert_eq!(passed_on(&[PropagatorKind::B3], &[("b3", "nonsense")]), HashMap::new());
}

#[test]
fn b3_wins_over_traceparent_whatever_the_order_of_the_setting() {
    let both = [("b3", "T-S-1"), ("traceparent", "00-T-O-00")];
    for kinds in [ALL, [PropagatorKind::TraceContext, PropagatorKind::Baggage, PropagatorKind::B3]] {
        assert_eq!(passed_on(&kinds, &both)["b3"], format!("{T}-{S}-1"));
    }
}

#[test]
fn a_malformed_b3_leaves_traceparent_in_force() {
    let outgoing = passed_on(&ALL, &[("b3", "T-S-1-"), ("traceparent", "00-T-O-01")]);
    assert_eq!(outgoing["b3"], format!("{T}-{OTHER}-1"));
    assert_eq!(outgoing["traceparent"], format!("00-{T}-{OTHER}-01"));
}

#[test]
fn a_b3_decision_alone_makes_a_root_in_spite_of_traceparent() {
    let incoming = headers(&[("b3", "0"), ("traceparent", "00-T-O-01")]);
    let cx = compose(&ALL).extract_with_context(&Context::new(), &incoming);
    assert!(!cx.span().span_context().is_valid());
    assert_eq!(cx.get::<Decision>(), Some(&Decision(Sampling::Deny)));
}
