//! What everybody may do with one terminal.

use std::fmt;
use std::ops::Range;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, TraceContextExt as _};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::sync::{broadcast, watch};
use tokio::time::Instant;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::commands::{CommandNews, Past};
use super::model::Model;
use super::ring::Read;
use super::screen::Snapshot;
use super::shared::{Command, QUEUE_BYTES, Shared};
use super::viewers::{Kind, ViewerHandle};
use super::{Size, lock};

/// Why input or a new size was not taken.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum InputError {
    /// The program does not read its input, and as much as is kept for it already waits.
    #[error("the program in the terminal does not read its input")]
    Busy,
    /// The terminal has ended or is being closed.
    #[error("the terminal has ended")]
    Ended,
}

/// How a terminal ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// The exit code, unless a signal ended the process.
    pub exit_code: Option<u32>,
    /// The signal that ended the process, such as `SIGHUP`.
    pub signal: Option<String>,
    /// Who ended it.
    pub reason: EndReason,
}

/// Who ended a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The process, by itself.
    Exited,
    /// [`Terminal::close`].
    Closed,
    /// The PTY, which could not be read or written any more.
    Failed,
    /// We, because nobody had come back to it for so long.
    Detached,
    /// We, because nothing had gone in or out for so long.
    Idle,
    /// Nobody on purpose: the process that held it is gone.
    Lost,
}

impl fmt::Display for EndReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exited => "exited",
            Self::Closed => "closed",
            Self::Failed => "failed",
            Self::Detached => "detached",
            Self::Idle => "idle",
            Self::Lost => "lost",
        })
    }
}

/// A screen and the offset it was taken at: output from `seq` on continues it exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScreenAt {
    /// Everything before this offset is on the screen.
    pub seq: u64,
    /// The screen.
    pub snapshot: Snapshot,
}

/// One terminal, as seen from outside of the task that owns its PTY. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Terminal {
    shared: Arc<Shared>,
}

impl Terminal {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Queues input in the order of calls and returns at once. `span` is what caused it: the write gets a child span
    /// of it if it is sampled.
    ///
    /// # Errors
    /// [`InputError`]; nothing of `bytes` has been taken then.
    pub fn input(&self, bytes: Bytes, span: &Span) -> Result<(), InputError> {
        let (length, now) = (bytes.len(), Instant::now());
        let waiting = self.shared.waiting.fetch_add(length, Ordering::AcqRel);
        // Before the PTY has it: the answer may come before this returns.
        lock(&self.shared.echo).typed(now);
        // A single message that is larger than the queue is taken when nothing waits.
        let result = if waiting > 0 && waiting + length > QUEUE_BYTES {
            Err(InputError::Busy)
        } else {
            self.shared.command(Command::Input { bytes, parent: sampled(span) })
        };
        match result {
            Ok(()) => {
                self.shared.touched.send_replace(now);
                self.shared.witness.input(length);
            }
            Err(_) => {
                self.shared.waiting.fetch_sub(length, Ordering::AcqRel);
                lock(&self.shared.echo).refused(now);
            }
        }
        result
    }

    /// Queues input as soon as there is room for it. Of several callers who wait, one at a time goes on.
    ///
    /// # Errors
    /// [`InputError::Ended`].
    pub(super) async fn input_in_time(&self, bytes: Bytes) -> Result<(), InputError> {
        let length = bytes.len();
        loop {
            let mut room = pin!(self.shared.room.notified());
            // From here on it is heard, whatever happens while we look.
            room.as_mut().enable();
            let waiting = self.shared.waiting.load(Ordering::Acquire);
            if waiting == 0 || waiting + length <= QUEUE_BYTES || self.shared.commands.is_closed() {
                break;
            }
            room.await;
        }
        self.shared.waiting.fetch_add(length, Ordering::AcqRel);
        self.shared.touched.send_replace(Instant::now());
        self.shared.command_in_time(Command::Input { bytes, parent: None }).await
    }

    /// Queues a new size as soon as there is room for it.
    ///
    /// # Errors
    /// [`InputError::Ended`].
    pub(super) async fn resize_in_time(&self, size: Size) -> Result<(), InputError> {
        self.shared.command_in_time(Command::Resize(size)).await
    }

    /// Queues a new size behind the input before it.
    ///
    /// # Errors
    /// [`InputError`].
    pub fn resize(&self, size: Size) -> Result<(), InputError> {
        self.shared.command(Command::Resize(size))
    }

    /// Up to `max` bytes of output from offset `from`.
    pub fn read(&self, from: u64, max: usize) -> Read {
        lock(&self.shared.output).ring.read(from, max)
    }

    /// The offset after the newest output, and whenever it grows.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.shared.end.subscribe()
    }

    /// The offset of the oldest output that is held.
    pub(super) fn start(&self) -> u64 {
        lock(&self.shared.output).ring.start()
    }

    /// The screen at an offset at or after what [`Terminal::subscribe`] last said. Works after the end too. The offset may
    /// be one that output has still to reach here, where another process holds the PTY.
    pub async fn snapshot(&self) -> ScreenAt {
        if let Model::Away(away) = &self.shared.model {
            match away.snapshot().await {
                Ok(screen) => return screen,
                Err(error) => tracing::warn!(terminal = %self.shared.name, %error, "a screen is drawn from the output"),
            }
        }
        let shared = Arc::clone(&self.shared);
        // Parsing what is left and writing down the history takes milliseconds: not on the runtime's threads.
        let taken = tokio::task::spawn_blocking(move || shared.screen()).await;
        // A runtime that is shutting down refuses; then the caller's thread may as well do it.
        let screen = taken.unwrap_or_else(|_| self.shared.screen());
        self.shared.wake.notify_one();
        screen
    }

    /// Enters a viewer that has seen everything before `at`.
    pub fn viewer(&self, at: u64) -> ViewerHandle {
        ViewerHandle::enter(Arc::clone(&self.shared), at, Kind::Page)
    }

    /// Enters the server, which has taken everything before `at`.
    pub(super) fn server(&self, at: u64) -> ViewerHandle {
        ViewerHandle::enter(Arc::clone(&self.shared), at, Kind::Server)
    }

    /// The sampled write that the output at these offsets answers, if they hold the beginning of an answer.
    pub fn answer_at(&self, offsets: &Range<u64>) -> Option<SpanContext> {
        lock(&self.shared.output).answers.at(offsets)
    }

    /// The size in force, and whenever it changes.
    pub fn size(&self) -> watch::Receiver<Size> {
        self.shared.size.subscribe()
    }

    /// The title, empty until one is set, and whenever it changes.
    pub fn title(&self) -> watch::Receiver<String> {
        self.shared.model.title().subscribe()
    }

    /// The shell's directory, none until the shell says one, and whenever it changes.
    pub fn directory(&self) -> watch::Receiver<Option<String>> {
        self.shared.directory.subscribe()
    }

    /// How often the bell has rung, and whenever it rings.
    pub fn bells(&self) -> watch::Receiver<u64> {
        self.shared.model.bells().subscribe()
    }

    /// What is known of the commands run in the terminal, if its shell marks them, and what happens to them from then on.
    pub fn commands(&self) -> (Past, broadcast::Receiver<CommandNews>) {
        // Under the lock, so that nothing happens between the two.
        let followed = lock(&self.shared.followed);
        (followed.past().clone(), self.shared.news.subscribe())
    }

    /// Notes that commands up to the one at `seq` have been recorded, so that nobody does it again, whoever comes later.
    pub fn recorded(&self, seq: u64) {
        self.shared.recorded.send_if_modified(|recorded| {
            let is_more = *recorded < seq;
            *recorded = seq.max(*recorded);
            is_more
        });
        // After that, so that who finds nothing owed any more finds out up to where, too.
        lock(&self.shared.followed).recorded(seq);
    }

    /// How the terminal ended; none while it lives. Said after all of its output.
    pub fn end(&self) -> watch::Receiver<Option<Ended>> {
        self.shared.ended.subscribe()
    }

    /// Waits for the end.
    pub async fn ended(&self) -> Ended {
        let mut end = self.end();
        let ended = end.wait_for(Option::is_some).await.expect("this handle keeps the sender");
        ended.clone().expect("waited for")
    }

    /// In how long the terminal will be closed because nothing happens in it; none while that is not near.
    pub fn warning(&self) -> watch::Receiver<Option<Duration>> {
        self.shared.warned.subscribe()
    }

    /// Begins to end every process of the terminal; [`Terminal::ended`] tells when that is done.
    pub fn close(&self) {
        self.close_for(EndReason::Closed);
    }

    /// As [`Terminal::close`], with the reason that is told in the end. The first one given counts.
    pub(super) fn close_for(&self, reason: EndReason) {
        // A second reason comes too late.
        let _ = self.shared.verdict.set(reason);
        self.shared.closing.cancel();
    }
}

/// The context of a span whose trace is recorded.
fn sampled(span: &Span) -> Option<Context> {
    if span.is_disabled() {
        return None;
    }
    Some(span.context()).filter(|context| context.span().span_context().is_sampled())
}
