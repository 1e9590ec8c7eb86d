//! The one task that owns a PTY: writes what is queued, reads while somebody can take it, and tells the end.

mod ending;

use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;

use bytes::{Buf as _, Bytes};
use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt as _;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::handle::{EndReason, Ended};
use super::pty::{Exit, Pty};
use super::shared::{Command, Shared};
use super::viewers::Gate;
use super::{Size, lock};

/// The most that is read before others are told. Only what is already there is waited for, so it delays nothing.
const READ: usize = 64 * 1024;

pub(super) struct Task {
    shared: Arc<Shared>,
    pty: Box<dyn Pty>,
    commands: mpsc::Receiver<Command>,
    writing: Option<Writing>,
    buffer: Vec<u8>,
    /// No process can write to the PTY any more.
    silent: bool,
    exit: Option<Exit>,
}

/// Input on its way into the PTY.
struct Writing {
    bytes: Bytes,
    length: usize,
    span: Span,
}

enum Event {
    Close,
    Command(Command),
    Wrote(io::Result<usize>),
    Read(io::Result<usize>),
    Exit(Exit),
    /// Somebody came on, or time has passed.
    Again,
}

/// What the task attends to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Attend {
    /// Everything.
    Serving,
    /// Output and the end; nobody is waited for.
    Ending,
}

impl Task {
    pub(super) fn new(shared: Arc<Shared>, pty: Box<dyn Pty>, commands: mpsc::Receiver<Command>) -> Self {
        Self { shared, pty, commands, writing: None, buffer: vec![0; READ], silent: false, exit: None }
    }

    /// Runs until every process that this terminal has to end has ended and all output is in the ring.
    pub(super) async fn run(mut self) {
        let reason = self.serve().await;
        self.commands.close();
        self.writing = None;
        if reason != EndReason::Exited {
            self.end_processes().await;
        }
        self.drain().await;
        let Exit { code, signal } = self.exit.take().unwrap_or(Exit { code: None, signal: None });
        tracing::debug!(terminal = %self.shared.name, ?code, ?signal, %reason, "terminal ended");
        self.shared.ended.send_replace(Some(Ended { exit_code: code, signal, reason }));
    }

    async fn serve(&mut self) -> EndReason {
        loop {
            match self.next(Attend::Serving, None).await {
                Event::Close => return EndReason::Closed,
                Event::Exit(exit) => {
                    self.exit = Some(exit);
                    return EndReason::Exited;
                }
                Event::Command(command) => self.begin(command),
                Event::Wrote(Ok(written)) => self.wrote(written),
                Event::Read(Ok(length)) => self.read(length),
                Event::Wrote(Err(error)) | Event::Read(Err(error)) => {
                    tracing::warn!(terminal = %self.shared.name, %error, "the pseudo-terminal failed");
                    return EndReason::Failed;
                }
                Event::Again => {}
            }
        }
    }

    async fn next(&mut self, attend: Attend, until: Option<Instant>) -> Event {
        let Self { shared, pty, commands, writing, buffer, silent, exit } = self;
        let serving = attend == Attend::Serving;
        let gate = shared.gate(!serving);
        let until = match gate {
            Gate::Shut(gate) => Some(until.map_or(gate, |until| until.min(gate))),
            Gate::Open => until,
        };
        let (idle, reading) = (writing.is_none(), gate == Gate::Open && !*silent);
        let pty = poll_fn(|cx| {
            // The end comes first: a background job that never falls silent must not hide it. Output is drained later.
            if exit.is_none()
                && let Poll::Ready(exit) = pty.poll_exit(cx)
            {
                return Poll::Ready(Event::Exit(exit));
            }
            if let Some(writing) = writing
                && let Poll::Ready(written) = pty.poll_write(cx, &writing.bytes)
            {
                return Poll::Ready(Event::Wrote(written));
            }
            if reading && let Poll::Ready(read) = pty.poll_read(cx, buffer) {
                return Poll::Ready(Event::Read(read));
            }
            Poll::Pending
        });
        tokio::select! {
            biased;
            () = shared.closing.cancelled(), if serving => Event::Close,
            Some(command) = commands.recv(), if serving && idle => Event::Command(command),
            event = pty => event,
            () = shared.wake.notified(), if !reading => Event::Again,
            () = sleep_until(until.unwrap_or_else(Instant::now)), if until.is_some() => Event::Again,
        }
    }

    fn begin(&mut self, command: Command) {
        match command {
            Command::Resize(size) => self.resize(size),
            Command::Input { bytes, parent } => {
                let length = bytes.len();
                let span = parent.map_or_else(Span::none, |parent| self.write_span(parent, length));
                self.writing = Some(Writing { bytes, length, span });
                self.wrote(0);
            }
        }
    }

    fn write_span(&self, parent: Context, length: usize) -> Span {
        let span = tracing::info_span!(
            parent: None,
            "pty.write",
            otel.kind = "internal",
            socketio.terminal_id = %self.shared.name,
            socketio.data_size_bytes = length,
        );
        // Fails only where no trace is recorded, and then nothing is lost.
        let _ = span.set_parent(parent);
        span
    }

    fn wrote(&mut self, written: usize) {
        let Some(mut writing) = self.writing.take() else { return };
        writing.bytes.advance(written);
        if writing.bytes.has_remaining() {
            self.writing = Some(writing);
            return;
        }
        self.shared.waiting.fetch_sub(writing.length, Ordering::AcqRel);
        if !writing.span.is_disabled() {
            let context = writing.span.context().span().span_context().clone();
            if context.is_sampled() {
                lock(&self.shared.output).wrote(context, Instant::now());
            }
        }
    }

    fn read(&mut self, length: usize) {
        if length == 0 {
            self.silent = true;
            return;
        }
        let end = lock(&self.shared.output).append(&self.buffer[..length], Instant::now());
        self.shared.end.send_replace(end);
        self.follow();
    }

    fn resize(&mut self, size: Size) {
        if *self.shared.size.borrow() == size {
            return;
        }
        if let Err(error) = self.pty.resize(size) {
            tracing::warn!(terminal = %self.shared.name, %size, %error, "cannot resize the pseudo-terminal");
            return;
        }
        let end = lock(&self.shared.output).ring.end();
        self.shared.mirror.resize(end, size);
        self.shared.size.send_replace(size);
        self.follow();
    }

    /// Lets the screen model follow, here if it is little.
    fn follow(&self) {
        if !self.shared.mirror.follow(&self.shared.output) {
            let shared = Arc::clone(&self.shared);
            // Not awaited: it ends by itself when it has caught up, and holds what it needs.
            tokio::task::spawn_blocking(move || {
                shared.mirror.catch_up(&shared.output, || shared.wake.notify_one());
            });
        }
    }
}
