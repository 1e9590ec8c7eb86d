//! The trace context: which span caused a message, how that is written into a carrier and read back.
//!
//! Everything here is pure. Random bytes for new ids, clocks and the decision what to sample belong to the callers.

mod carrier;
mod context;
mod id;

pub mod b3;
pub mod founding;
pub mod ledger;
pub mod otlp;
pub mod w3c;

pub use carrier::Carrier;
pub use context::{Extracted, Sampling, SpanContext};
pub use id::{InvalidId, SpanId, TraceId};

/// Reads whatever context a carrier holds: B3, else W3C `traceparent`, else the founding form.
///
/// A malformed form yields to the next valid one; [`Extracted::Invalid`] means that something was there and nothing
/// of it could be used.
pub fn extract(carrier: &Carrier) -> Extracted {
    let found = b3::extract(carrier).or_else(|| w3c::extract(carrier)).or_else(|| founding::extract(carrier));
    match found {
        Extracted::None if carrier.is_malformed() => Extracted::Invalid,
        found => found,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "80f198ee56343ba864fe8b2a57d3eff7";
    const SPAN: &str = "e457b5a2e4d86bd1";
    const OTHER: &str = "05e3ac9a4f6e3b90";

    fn parent(span: &str, sampling: Sampling) -> Extracted {
        Extracted::Parent(SpanContext { trace_id: TRACE.parse().unwrap(), span_id: span.parse().unwrap(), sampling })
    }

    fn check(trace: &serde_json::Value, expected: Extracted) {
        let carrier: Carrier = serde_json::from_value(trace.clone()).expect("a carrier is read from any JSON");
        assert_eq!(extract(&carrier), expected, "{trace}");
    }

    #[test]
    fn a_valid_b3_wins_over_traceparent() {
        check(
            &serde_json::json!({"b3": format!("{TRACE}-{SPAN}-1"), "traceparent": format!("00-{TRACE}-{OTHER}-00")}),
            parent(SPAN, Sampling::Accept),
        );
    }

    #[test]
    fn a_decision_alone_in_b3_wins_over_traceparent() {
        check(
            &serde_json::json!({"b3": "0", "traceparent": format!("00-{TRACE}-{OTHER}-01")}),
            Extracted::Root(Sampling::Deny),
        );
    }

    #[test]
    fn a_malformed_b3_yields_to_a_valid_traceparent() {
        check(
            &serde_json::json!({"b3": "nonsense", "traceparent": format!("00-{TRACE}-{OTHER}-01")}),
            parent(OTHER, Sampling::Accept),
        );
    }

    #[test]
    fn the_founding_form_is_read() {
        check(
            &serde_json::json!({"traceId": TRACE, "spanId": SPAN, "sampled": true, "parentSpanId": OTHER}),
            parent(SPAN, Sampling::Accept),
        );
    }

    #[test]
    fn headers_win_over_the_founding_form() {
        check(
            &serde_json::json!({"b3": format!("{TRACE}-{SPAN}"), "traceId": TRACE, "spanId": OTHER}),
            parent(SPAN, Sampling::Defer),
        );
    }

    #[test]
    fn what_is_no_header_map_is_invalid() {
        check(&serde_json::json!("80f198ee"), Extracted::Invalid);
        check(&serde_json::json!(7), Extracted::Invalid);
        check(&serde_json::json!([1, [2]]), Extracted::Invalid);
        check(&serde_json::json!({"b3": {"trace": TRACE}}), Extracted::Invalid);
        check(&serde_json::json!({"anything": 1}), Extracted::Invalid);
    }

    #[test]
    fn an_empty_or_unrelated_header_map_holds_no_context() {
        check(&serde_json::json!(null), Extracted::None);
        check(&serde_json::json!({}), Extracted::None);
        check(&serde_json::json!({"accept": "text/html"}), Extracted::None);
    }

    #[test]
    fn a_foreign_value_does_not_spoil_a_valid_context() {
        check(&serde_json::json!({"b3": format!("{TRACE}-{SPAN}-1"), "extra": [1]}), parent(SPAN, Sampling::Accept));
    }
}
