//! The W3C `traceparent` header (<https://www.w3.org/TR/trace-context/>), read beside B3 and written for HTTP answers.

use super::{Carrier, Extracted, Sampling, SpanContext};

/// The header's name.
pub const TRACEPARENT: &str = "traceparent";

/// Reads `traceparent`.
pub fn extract(carrier: &Carrier) -> Extracted {
    match carrier.get(TRACEPARENT) {
        None => Extracted::None,
        Some(text) => parse(text.trim()).map_or(Extracted::Invalid, Extracted::Parent),
    }
}

/// Writes `traceparent`; version 00 knows no debug (sent as sampled) and no deferral (sent as not sampled).
pub fn inject(context: &SpanContext, carrier: &mut Carrier) {
    carrier.set(TRACEPARENT, traceparent(context));
}

/// Returns the header's value: `00-{trace id}-{span id}-{01|00}`.
pub fn traceparent(context: &SpanContext) -> String {
    let flags = u8::from(context.sampling.is_sampled());
    format!("00-{}-{}-{flags:02x}", context.trace_id, context.span_id)
}

/// Reads the header's value.
pub fn parse(text: &str) -> Option<SpanContext> {
    let mut parts = text.split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let lower_hex = |text: &str| text.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'));
    if ![version, trace, span, flags].into_iter().all(lower_hex) || version.len() != 2 || flags.len() != 2 {
        return None;
    }
    // Later versions may append fields; version 00 may not, and ff is no version.
    if version == "ff" || (version == "00" && parts.next().is_some()) {
        return None;
    }
    let sampled = u8::from_str_radix(flags, 16).ok()? & 1 == 1;
    Some(SpanContext {
        trace_id: trace.parse().ok()?,
        span_id: span.parse().ok()?,
        sampling: if sampled { Sampling::Accept } else { Sampling::Deny },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: &str = "80f198ee56343ba864fe8b2a57d3eff7";
    const S: &str = "e457b5a2e4d86bd1";

    /// `T` and `S` in the header stand for the ids above.
    fn check(header: &str, expected: Option<Sampling>) {
        let mut carrier = Carrier::new();
        carrier.set("Traceparent", header.replace('T', T).replace('S', S));
        let expected = expected.map_or(Extracted::Invalid, |sampling| {
            Extracted::Parent(SpanContext { trace_id: T.parse().unwrap(), span_id: S.parse().unwrap(), sampling })
        });
        assert_eq!(extract(&carrier), expected, "{header}");
    }

    #[test]
    fn version_00_is_read() {
        check("00-T-S-01", Some(Sampling::Accept));
        check("00-T-S-00", Some(Sampling::Deny));
        check("00-T-S-03", Some(Sampling::Accept));
    }

    #[test]
    fn a_later_version_may_be_longer() {
        check("01-T-S-01-more", Some(Sampling::Accept));
        check("00-T-S-01-more", None);
    }

    #[test]
    fn malformed_headers_are_invalid() {
        for header in ["", "00", "00-T-S", "ff-T-S-01", "0-T-S-01", "00-T-S-1", "00-T-S-0g", "00-S-S-01", "00-T-T-01"] {
            check(header, None);
        }
        check("00-80F198EE56343BA864FE8B2A57D3EFF7-S-01", None);
        check("00-00000000000000000000000000000000-S-01", None);
        check("00-T-0000000000000000-01", None);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let context =
            SpanContext { trace_id: T.parse().unwrap(), span_id: S.parse().unwrap(), sampling: Sampling::Accept };
        let mut carrier = Carrier::new();
        inject(&context, &mut carrier);
        assert_eq!(carrier.get("traceparent"), Some("00-80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-01"));
        assert_eq!(extract(&carrier), Extracted::Parent(context));
    }
}
