//! Lines on standard error that name the span they were written in.

use std::fmt;

use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{Format, Full, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use super::record;

/// The usual lines, with the ids of the trace and the span at their end.
#[derive(Debug)]
pub(in crate::telemetry) struct Correlated(Format<Full>);

impl Correlated {
    /// Lines with colours, or without.
    pub(in crate::telemetry) fn new(ansi: bool) -> Self {
        Self(tracing_subscriber::fmt::format().with_ansi(ansi))
    }
}

impl<S, N> FormatEvent<S, N> for Correlated
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    fn format_event(&self, ctx: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let Some(context) = record::current() else { return self.0.format_event(ctx, writer, event) };
        // The usual line ends itself.
        let mut line = String::new();
        self.0.format_event(ctx, Writer::new(&mut line), event)?;
        let line = line.trim_end_matches('\n');
        writeln!(writer, "{line} trace_id={} span_id={}", context.trace_id, context.span_id)
    }
}
