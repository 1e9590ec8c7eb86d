//! How much one span or log record may hold: `OTEL_SPAN_*_LIMIT`, `OTEL_LOGRECORD_*_LIMIT`, `OTEL_ATTRIBUTE_*_LIMIT` and
//! their kind.

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

/// Reads what a span may hold, and what a log record may. What is said of attributes in general holds for both.
pub(super) fn from_vars<F: Fn(&str) -> Option<String>>(vars: &mut Variables<F>) -> (SpanLimits, LogLimits) {
    let general = count(vars, "OTEL_ATTRIBUTE_COUNT_LIMIT", DEFAULT_COUNT);
    let general_length = length(vars, "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", None);
    let of_spans = SpanLimits {
        attributes: count(vars, "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", general),
        events: count(vars, "OTEL_SPAN_EVENT_COUNT_LIMIT", DEFAULT_COUNT),
        links: count(vars, "OTEL_SPAN_LINK_COUNT_LIMIT", DEFAULT_COUNT),
        event_attributes: count(vars, "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", DEFAULT_COUNT),
        link_attributes: count(vars, "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", DEFAULT_COUNT),
        value_length: length(vars, "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", general_length),
        inner_value_length: general_length,
    };
    let of_logs = LogLimits {
        attributes: count(vars, "OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT", general),
        value_length: length(vars, "OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT", general_length),
    };
    (of_spans, of_logs)
}

/// How much one log record may hold. What is beyond is dropped and counted on the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogLimits {
    /// Attributes of a record (`OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT`, else `OTEL_ATTRIBUTE_COUNT_LIMIT`).
    pub attributes: u32,
    /// Characters of a text in its attributes (`OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT`, else
    /// `OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`); without a word about it as many as any text of ours has.
    pub value_length: Option<usize>,
}

impl Default for LogLimits {
    fn default() -> Self {
        Self { attributes: DEFAULT_COUNT, value_length: None }
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
