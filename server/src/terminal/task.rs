//! The one task that owns a PTY: writes what is queued, reads while somebody can take it, and tells the end.

use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::time::Duration;

use bytes::{Buf as _, Bytes};
use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt as _;
use rustix::process::Signal;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::handle::{Command, EndReason, Ended, Shared};
use super::pty::{Exit, Processes, Pty};
use super::viewers::Gate;
use super::{Size, lock};

/// The most that is read before others are told. Only what is already there is waited for, so it delays nothing.
const READ: usize = 64 * 1024;

/// How long processes have to end by themselves after SIGHUP: a shell saves its history in much less.
const GRACE: Duration = Duration::from_millis(500);

/// How often a closing terminal looks whether its processes have ended.
const LOOK: Duration = Duration::from_millis(20);

/// The terminal of a process that has ended is read until it is silent for this long: the kernel hands the last output
/// over on its own time, and only says when it was the last if no background job holds the terminal open.
const SILENCE: Duration = Duration::from_millis(50);

/// How long a background job may keep talking before the terminal of an ended process is left.
const DRAIN: Duration = Duration::from_secs(1);

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

    /// Ends every process of the terminal, in the foreground or not: asks, waits a little, then kills.
    async fn end_processes(&mut self) {
        self.pty.hang_up();
        let processes = self.pty.processes();
        for signal in [Signal::HUP, Signal::CONT] {
            // Stopped jobs take a hang-up only once they go on.
            off_runtime(processes, move |processes| processes.signal(signal)).await;
        }
        let deadline = Instant::now() + GRACE;
        let mut killed = false;
        loop {
            match self.next(Attend::Ending, Some(Instant::now() + LOOK)).await {
                Event::Exit(exit) => self.exit = Some(exit),
                Event::Read(Ok(length)) => self.read(length),
                Event::Read(Err(_)) => self.silent = true,
                _ => {}
            }
            let living = off_runtime(processes, |processes| processes.living().len()).await.unwrap_or(0);
            if self.exit.is_some() && living == 0 {
                return;
            }
            if Instant::now() > deadline && !killed {
                killed = true;
                off_runtime(processes, |processes| processes.signal(Signal::KILL)).await;
            } else if Instant::now() > deadline + DRAIN {
                // A process that even SIGKILL does not end hangs inside the kernel.
                tracing::error!(terminal = %self.shared.name, living, "processes of a closed terminal do not end");
                return;
            }
        }
    }

    /// Reads what the processes left behind.
    async fn drain(&mut self) {
        let deadline = Instant::now() + DRAIN;
        while !self.silent && Instant::now() < deadline {
            match self.next(Attend::Ending, Some(Instant::now() + SILENCE)).await {
                Event::Read(Ok(length)) => self.read(length),
                Event::Read(Err(_)) | Event::Again => self.silent = true,
                _ => {}
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
            if let Some(writing) = writing
                && let Poll::Ready(written) = pty.poll_write(cx, &writing.bytes)
            {
                return Poll::Ready(Event::Wrote(written));
            }
            if reading && let Poll::Ready(read) = pty.poll_read(cx, buffer) {
                return Poll::Ready(Event::Read(read));
            }
            if exit.is_none() {
                return pty.poll_exit(cx).map(Event::Exit);
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

/// Does something with the processes on a thread that may block; nothing for a terminal without any.
async fn off_runtime<T: Send + 'static>(
    processes: Option<Processes>,
    act: impl FnOnce(Processes) -> T + Send + 'static,
) -> Option<T> {
    let processes = processes?;
    tokio::task::spawn_blocking(move || act(processes)).await.ok()
}
