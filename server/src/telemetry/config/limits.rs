//! How much one span may hold: `OTEL_SPAN_*_LIMIT`, `OTEL_ATTRIBUTE_*_LIMIT` and their kind.

use super::variables::Variables;

/// The specification's default for every count.
const DEFAULT_COUNT: u32 = 128;

/// How much one span may hold. What is beyond is dropped and counted on the span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpanLimits {
    /// Attributes of a span (`OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT`, else `OTEL_ATTRIBUTE_COUNT_LIMIT`).
    pub attributes: u32,
    /// Events of a span (`OTEL_SPAN_EVENT_COUNT_LIMIT`).
    pub events: u32,
    /// Links of a span (`OTEL_SPAN_LINK_COUNT_LIMIT`).
    pub links: u32,
    /// Attributes of an event (`OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT`).
    pub event_attributes: u32,
    /// Attributes of a link (`OTEL_LINK_ATTRIBUTE_COUNT_LIMIT`).
    pub link_attributes: u32,
    /// Characters of a text in a span's attributes (`OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT`, else
    /// `OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`); unlimited without a word about it.
    pub value_length: Option<usize>,
    /// The same in the attributes of events and links (`OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`).
    pub inner_value_length: Option<usize>,
}

impl Default for SpanLimits {
    fn default() -> Self {
        Self {
            attributes: DEFAULT_COUNT,
            events: DEFAULT_COUNT,
            links: DEFAULT_COUNT,
            event_attributes: DEFAULT_COUNT,
            link_attributes: DEFAULT_COUNT,
            value_length: None,
            inner_value_length: None,
        }
    }
}

impl SpanLimits {
    pub(super) fn from_vars<F: Fn(&str) -> Option<String>>(vars: &mut Variables<F>) -> Self {
        let general = count(vars, "OTEL_ATTRIBUTE_COUNT_LIMIT", DEFAULT_COUNT);
        let inner_value_length = length(vars, "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", None);
        Self {
            attributes: count(vars, "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", general),
            events: count(vars, "OTEL_SPAN_EVENT_COUNT_LIMIT", DEFAULT_COUNT),
            links: count(vars, "OTEL_SPAN_LINK_COUNT_LIMIT", DEFAULT_COUNT),
            event_attributes: count(vars, "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", DEFAULT_COUNT),
            link_attributes: count(vars, "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", DEFAULT_COUNT),
            value_length: length(vars, "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", inner_value_length),
            inner_value_length,
        }
    }
}

fn count<F: Fn(&str) -> Option<String>>(vars: &mut Variables<F>, variable: &str, default: u32) -> u32 {
    u32::try_from(vars.standard_number(variable, default.into())).unwrap_or(u32::MAX)
}

fn length<F: Fn(&str) -> Option<String>>(
    vars: &mut Variables<F>,
    variable: &str,
    default: Option<usize>,
) -> Option<usize> {
    let limit = vars.standard_limit(variable, default.map(|length| length as u64))?;
    Some(usize::try_from(limit).unwrap_or(usize::MAX))
}
