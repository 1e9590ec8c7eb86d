//! The founding notes' own form of a context, `{traceId, spanId, sampled, parentSpanId?}`: read, never written.

use super::{Carrier, Extracted, Sampling, SpanContext, TraceId};

/// Reads the founding form; without `sampled` the receiver decides, and the parent span id is of no use.
pub fn extract(carrier: &Carrier) -> Extracted {
    let sampling = match carrier.get("sampled") {
        Some("1" | "true") => Sampling::Accept,
        Some("0" | "false") => Sampling::Deny,
        _ => Sampling::Defer,
    };
    match (carrier.get("traceId"), carrier.get("spanId")) {
        (None, None) => Extracted::None,
        (Some(trace), Some(span)) => match (TraceId::from_b3(trace), span.parse()) {
            (Ok(trace_id), Ok(span_id)) => Extracted::Parent(SpanContext { trace_id, span_id, sampling }),
            _ => Extracted::Invalid,
        },
        _ => Extracted::Invalid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: &str = "80f198ee56343ba864fe8b2a57d3eff7";
    const S: &str = "e457b5a2e4d86bd1";

    fn check(json: &str, expected: Extracted) {
        let json = json.replace('T', T).replace('S', S);
        let carrier: Carrier = serde_json::from_str(&json).unwrap();
        assert_eq!(extract(&carrier), expected, "{json}");
    }

    fn parent(sampling: Sampling) -> Extracted {
        Extracted::Parent(SpanContext { trace_id: T.parse().unwrap(), span_id: S.parse().unwrap(), sampling })
    }

    #[test]
    fn sampled_may_be_a_boolean_a_digit_or_absent() {
        check(r#"{"traceId":"T","spanId":"S","sampled":true}"#, parent(Sampling::Accept));
        check(r#"{"traceId":"T","spanId":"S","sampled":false}"#, parent(Sampling::Deny));
        check(r#"{"traceId":"T","spanId":"S","sampled":1}"#, parent(Sampling::Accept));
        check(r#"{"traceId":"T","spanId":"S","sampled":"0"}"#, parent(Sampling::Deny));
        check(r#"{"traceId":"T","spanId":"S"}"#, parent(Sampling::Defer));
        check(r#"{"traceId":"T","spanId":"S","parentSpanId":null}"#, parent(Sampling::Defer));
    }

    #[test]
    fn half_a_context_or_a_bad_id_is_invalid() {
        check(r#"{"traceId":"T"}"#, Extracted::Invalid);
        check(r#"{"spanId":"S","sampled":true}"#, Extracted::Invalid);
        check(r#"{"traceId":"nonsense","spanId":"S"}"#, Extracted::Invalid);
    }

    #[test]
    fn without_ids_there_is_nothing() {
        check(r#"{"sampled":true}"#, Extracted::None);
    }
}
