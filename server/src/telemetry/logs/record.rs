//! An event of `tracing` as a log record of OTLP: redacted, and of limited length.

use std::fmt::{Debug, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use app::trace::SpanContext;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, SeverityNumber};
use tracing::field::{Field, Visit};
use tracing::{Event, Level};

use crate::telemetry::propagator;
use crate::telemetry::relay::redact;

/// The field that holds what a line says.
const MESSAGE: &str = "message";

/// Makes the record of an event, in the span that is entered now.
pub(super) fn of(event: &Event<'_>) -> LogRecord {
    let metadata = event.metadata();
    let mut fields = Fields::default();
    event.record(&mut fields);
    let now = nanos(SystemTime::now());
    let mut record = LogRecord {
        time_unix_nano: now,
        observed_time_unix_nano: now,
        severity_number: severity(*metadata.level()).into(),
        severity_text: metadata.level().as_str().to_owned(),
        body: Some(AnyValue { value: Some(Value::StringValue(fields.message)) }),
        attributes: fields.attributes,
        ..LogRecord::default()
    };
    if let Some(context) = current() {
        place(&mut record, &context);
    }
    redact::log(&mut record);
    record
}

/// The span that is entered now, recorded or not.
pub(super) fn current() -> Option<SpanContext> {
    opentelemetry::Context::map_current(propagator::span_context)
}

/// Puts a record under a span.
pub(super) fn place(record: &mut LogRecord, context: &SpanContext) {
    record.trace_id = context.trace_id.to_bytes().to_vec();
    record.span_id = context.span_id.to_bytes().to_vec();
    record.flags = context.sampling.is_sampled().into();
}

/// Nanoseconds since 1970.
pub(super) fn nanos(time: SystemTime) -> u64 {
    u64::try_from(time.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos()).unwrap_or(u64::MAX)
}

fn severity(level: Level) -> SeverityNumber {
    match level {
        Level::TRACE => SeverityNumber::Trace,
        Level::DEBUG => SeverityNumber::Debug,
        Level::INFO => SeverityNumber::Info,
        Level::WARN => SeverityNumber::Warn,
        Level::ERROR => SeverityNumber::Error,
    }
}

/// What an event says: its message, and its other fields with the types they have.
#[derive(Default)]
struct Fields {
    message: String,
    attributes: Vec<KeyValue>,
}

impl Fields {
    fn push(&mut self, field: &Field, value: Value) {
        let value = Some(AnyValue { value: Some(value) });
        self.attributes.push(KeyValue { key: field.name().to_owned(), value, ..KeyValue::default() });
    }
}

impl Visit for Fields {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.push(field, Value::IntValue(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        // OTLP has no larger numbers; one that large is text rather than another number.
        let value = i64::try_from(value).map_or_else(|_| Value::StringValue(value.to_string()), Value::IntValue);
        self.push(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.push(field, Value::DoubleValue(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.push(field, Value::BoolValue(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == MESSAGE {
            self.message = value.to_owned();
        } else {
            self.push(field, Value::StringValue(value.to_owned()));
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let mut text = String::new();
        // Writing to a string does not fail; a value that cannot be shown shows what it could.
        let _ = write!(text, "{value:?}");
        self.record_str(field, &text);
    }
}
