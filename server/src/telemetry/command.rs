//! The span of a command run in a shell: `terminal.command`.

use std::time::{Duration, SystemTime};

use app::trace::{Extracted, SpanContext};
use opentelemetry::trace::{Span, SpanBuilder, SpanId, SpanKind, Status, TraceId, Tracer};
use opentelemetry::{Context, KeyValue, global};

use super::tail::NeverHeld;
use super::{SCOPE, ids, propagator};

/// A command that has ended. What was typed is not part of it: terminal content is in no span.
#[derive(Clone, Debug)]
pub struct CommandRecord<'a> {
    /// The terminal.
    pub terminal_id: &'a str,
    /// The session that the terminal is in.
    pub session_id: &'a str,
    /// The context that the command was given, so that what it exports stands under its span.
    pub context: Option<SpanContext>,
    /// When it was started.
    pub started: SystemTime,
    /// How long it ran.
    pub duration: Duration,
    /// Its exit code, if the shell said.
    pub exit: Option<u32>,
}

/// Records a command. It is a trace of its own, and recorded if its context says so: by that its programs decide, too. Where the
/// shell gave it none, sampling decides.
pub fn record_command(command: &CommandRecord<'_>) {
    record(&global::tracer(SCOPE), command);
}

fn record<T: Tracer>(tracer: &T, command: &CommandRecord<'_>) {
    let mut attributes = vec![
        KeyValue::new("socketio.terminal_id", command.terminal_id.to_owned()),
        KeyValue::new("socketio.session_id", command.session_id.to_owned()),
        KeyValue::new("session.id", command.session_id.to_owned()),
    ];
    attributes.extend(command.exit.map(|exit| KeyValue::new("process.exit.code", i64::from(exit))));
    let status = match command.exit {
        Some(0) => Status::Ok,
        Some(exit) => {
            attributes.push(KeyValue::new("error.type", "exit_code"));
            Status::error(format!("exit code {exit}"))
        }
        None => Status::Unset,
    };
    let builder = SpanBuilder::from_name("terminal.command")
        .with_kind(SpanKind::Internal)
        .with_start_time(command.started)
        .with_attributes(attributes);
    let asked = command.context.map_or(Extracted::None, |context| Extracted::Root(context.sampling));
    // A command that fails or takes long is nothing unusual: by itself it need not be held.
    let cx = propagator::remote(&Context::new().with_value(NeverHeld), asked);
    let start = || tracer.build_with_context(builder, &cx);
    let mut span = match command.context {
        Some(context) => {
            let trace = TraceId::from_bytes(context.trace_id.to_bytes());
            ids::agreed(trace, SpanId::from_bytes(context.span_id.to_bytes()), start)
        }
        None => start(),
    };
    span.set_status(status);
    span.end_with_timestamp(command.started + command.duration);
}

#[cfg(test)]
mod tests {
    use app::trace::Sampling;
    use opentelemetry::trace::TracerProvider;

    use super::*;
    use crate::telemetry::TelemetryConfig;
    use crate::telemetry::config::SamplingConfig;
    use crate::telemetry::tests::collector::Collector;
    use crate::telemetry::tests::{parent, start};

    fn command(exit: Option<u32>) -> CommandRecord<'static> {
        CommandRecord {
            terminal_id: "t_1",
            session_id: "s_1",
            context: Some(parent(Sampling::Accept)),
            started: SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000),
            duration: Duration::from_millis(1_500),
            exit,
        }
    }

    #[tokio::test]
    async fn commands_follow_the_rate() {
        let collector = Collector::start().await;
        let sampling = SamplingConfig { parent_based: true, rate: 0.0, tail_keeping: true };
        let config = TelemetryConfig { backends: vec![collector.backend()], sampling, ..TelemetryConfig::default() };
        let (telemetry, _guard) = start(&config);
        let tracer = telemetry.inner.provider.tracer(SCOPE);
        let record =
            |terminal_id, context| record(&tracer, &CommandRecord { terminal_id, context, ..command(Some(3)) });
        record("t_denied", Some(parent(Sampling::Deny)));
        record("t_plain", None);
        // Somebody has decided elsewhere. It comes last, so that the others would have come before it.
        record("t_asked", Some(parent(Sampling::Accept)));

        let (_, span) = collector.span("terminal.command").await;
        assert!(format!("{span:?}").contains("t_asked"), "{span:?}");
    }

    #[tokio::test]
    async fn a_command_has_the_ids_that_it_was_given_and_its_own_times() {
        let collector = Collector::start().await;
        let config = TelemetryConfig { backends: vec![collector.backend()], ..TelemetryConfig::default() };
        let (telemetry, _guard) = start(&config);
        let command = command(Some(3));
        record(&telemetry.inner.provider.tracer(SCOPE), &command);

        let (_, span) = collector.span("terminal.command").await;
        let context = command.context.unwrap();
        assert_eq!(span.trace_id, context.trace_id.to_bytes());
        assert_eq!(span.span_id, context.span_id.to_bytes());
        assert_eq!(span.parent_span_id, Vec::<u8>::new());
        assert_eq!(span.end_time_unix_nano - span.start_time_unix_nano, 1_500_000_000);
        assert_eq!(span.status.unwrap().code, 2);
        let keys: Vec<_> = span.attributes.iter().map(|attribute| attribute.key.as_str()).collect();
        assert_eq!(
            keys,
            ["socketio.terminal_id", "socketio.session_id", "session.id", "process.exit.code", "error.type"]
        );
    }
}
