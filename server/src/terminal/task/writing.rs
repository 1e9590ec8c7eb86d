//! Input on its way into a terminal, inside the span `pty.write`.

use std::sync::atomic::Ordering;

use bytes::{Buf as _, Bytes};
use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt as _;
use tokio::time::Instant;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::terminal::lock;
use crate::terminal::shared::Shared;

/// One message of input. The span lasts from its turn until the last byte has been taken: by the PTY, or by the host
/// that holds the PTY.
pub(in crate::terminal) struct Writing {
    /// What has not been taken yet.
    pub(in crate::terminal) bytes: Bytes,
    length: usize,
    span: Span,
}

impl Writing {
    pub(in crate::terminal) fn begin(shared: &Shared, bytes: Bytes, parent: Option<Context>) -> Self {
        let length = bytes.len();
        let span = parent.map_or_else(Span::none, |parent| span(shared, parent, length));
        Self { bytes, length, span }
    }

    /// Notes that so much more has been taken; hands itself back unless that was the last.
    pub(in crate::terminal) fn wrote(mut self, shared: &Shared, written: usize) -> Option<Self> {
        self.bytes.advance(written);
        if self.bytes.has_remaining() {
            return Some(self);
        }
        shared.waiting.fetch_sub(self.length, Ordering::AcqRel);
        shared.room.notify_one();
        if !self.span.is_disabled() {
            let context = self.span.context().span().span_context().clone();
            if context.is_sampled() {
                lock(&shared.output).wrote(context, Instant::now());
            }
        }
        None
    }
}

fn span(shared: &Shared, parent: Context, length: usize) -> Span {
    let span = tracing::info_span!(
        parent: None,
        "pty.write",
        otel.kind = "internal",
        socketio.terminal_id = %shared.name,
        // Of type u64 it would be written as text.
        socketio.data_size_bytes = i64::try_from(length).unwrap_or(i64::MAX),
    );
    // Fails only where no trace is recorded, and then nothing is lost.
    let _ = span.set_parent(parent);
    span
}
