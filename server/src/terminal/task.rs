//! The one task that owns a PTY: writes what is queued, reads while somebody can take it, and tells the end.

mod ending;
mod flood;
mod sizing;
mod writing;

use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::Poll;

use bytes::Bytes;
use opentelemetry::Context;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use self::flood::{Calm, Flood};
use self::sizing::Sizing;
pub(super) use self::writing::Writing;
use super::handle::{EndReason, Ended};
use super::model::Model;
use super::pty::{Exit, Pty};
use super::shared::{Command, Shared};
use super::viewers::Gate;

/// The most that is read before others are told. Only what is already there is waited for, so it delays nothing.
const READ: usize = 64 * 1024;

pub(super) struct Task {
    shared: Arc<Shared>,
    pty: Box<dyn Pty>,
    commands: mpsc::Receiver<Command>,
    writing: Option<Writing>,
    sizing: Sizing,
    flood: Flood,
    buffer: Vec<u8>,
    /// No process can write to the PTY any more.
    silent: bool,
    exit: Option<Exit>,
}

enum Event {
    Close,
    Command(Command),
    Wrote(io::Result<usize>),
    Read(io::Result<usize>),
    /// A flood is over, and the PTY is read here again.
    Calm(io::Result<Calm>),
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
        let (writing, sizing, flood, buffer) = (None, Sizing::default(), Flood::default(), vec![0; READ]);
        Self { shared, pty, commands, writing, sizing, flood, buffer, silent: false, exit: None }
    }

    /// Runs until every process that this terminal has to end has ended and all output is in the ring.
    pub(super) async fn run(mut self) {
        let mut reason = self.serve().await;
        if let Err(error) = self.end_flood().await {
            reason = self.failed(&error);
        }
        self.commands.close();
        self.writing = None;
        self.shared.room.notify_waiters();
        if reason != EndReason::Exited {
            self.end_processes().await;
        }
        self.drain().await;
        let Exit { code, signal } = self.exit.take().unwrap_or(Exit { code: None, signal: None });
        tracing::debug!(terminal = %self.shared.name, ?code, ?signal, %reason, "terminal ended");
        self.shared.finish(Ended { exit_code: code, signal, reason });
    }

    async fn serve(&mut self) -> EndReason {
        loop {
            match self.next(Attend::Serving, None).await {
                Event::Close => return self.shared.verdict(),
                Event::Exit(exit) => {
                    self.exit = Some(exit);
                    return EndReason::Exited;
                }
                Event::Command(command) => self.begin(command),
                Event::Wrote(Ok(written)) => self.wrote(written),
                Event::Read(Ok(length)) => {
                    self.read(length);
                    self.notice_flood(length);
                }
                Event::Calm(calm) => {
                    if let Err(error) = calm.and_then(|calm| self.calm(calm)) {
                        return self.failed(&error);
                    }
                }
                Event::Wrote(Err(error)) | Event::Read(Err(error)) => return self.failed(&error),
                Event::Again => {}
            }
            self.resize_in_time();
        }
    }

    fn failed(&self, error: &io::Error) -> EndReason {
        tracing::warn!(terminal = %self.shared.name, %error, "the pseudo-terminal failed");
        EndReason::Failed
    }

    async fn next(&mut self, attend: Attend, until: Option<Instant>) -> Event {
        let Self { shared, pty, commands, writing, sizing, flood, buffer, silent, exit } = self;
        let serving = attend == Attend::Serving;
        let flooded = flood.is_on();
        // Whoever reads a flood looks at the gate.
        let gate = if flooded { Gate::Open } else { shared.gate(!serving) };
        let until = match gate {
            Gate::Shut(gate) => Some(until.map_or(gate, |until| until.min(gate))),
            Gate::Open => until,
        };
        let until = if serving { until.into_iter().chain(sizing.due()).min() } else { until };
        let (idle, reading) = (writing.is_none() && !sizing.holds_back(), gate == Gate::Open && !*silent && !flooded);
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
            calm = flood.over(), if flooded => Event::Calm(calm),
            () = shared.wake.notified(), if !reading && !flooded => Event::Again,
            () = sleep_until(until.unwrap_or_else(Instant::now)), if until.is_some() => Event::Again,
        }
    }

    fn write(&mut self, bytes: Bytes, parent: Option<Context>) {
        self.writing = Some(Writing::begin(&self.shared, bytes, parent));
        self.wrote(0);
    }

    fn wrote(&mut self, written: usize) {
        self.writing = self.writing.take().and_then(|writing| writing.wrote(&self.shared, written));
    }

    fn read(&mut self, length: usize) {
        if length == 0 {
            self.silent = true;
            return;
        }
        let seq = *self.shared.end.borrow();
        self.shared.append(seq, &self.buffer[..length]);
        self.follow();
    }

    /// Lets the screen model follow, here if it is little.
    pub(super) fn follow(&self) {
        let Model::Here(mirror) = &self.shared.model else { return };
        if !mirror.follow(&self.shared.output) {
            let shared = Arc::clone(&self.shared);
            // Not awaited: it ends by itself when it has caught up, and holds what it needs.
            tokio::task::spawn_blocking(move || {
                if let Model::Here(mirror) = &shared.model {
                    mirror.catch_up(&shared.output, || shared.wake.notify_one());
                }
            });
        }
    }
}
