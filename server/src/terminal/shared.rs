//! What the owning task of a terminal and everybody else share.

use std::fmt;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::time::Duration;

use bytes::Bytes;
use opentelemetry::Context;
use tokio::sync::{Notify, broadcast, mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::commands::{CommandNews, Commands};
use super::handle::{EndReason, Ended, InputError, ScreenAt};
use super::host::Outlet;
use super::mirror::LAG;
use super::model::Model;
use super::output::Output;
use super::viewers::Gate;
use super::witness::{Echo, Pause, Witness};
use super::{Size, lock};

/// Input and sizes that wait for a PTY, in messages. A person types a few; a paste comes in pieces of 64 KiB.
pub(super) const QUEUE: usize = 1024;

/// Input that waits for a PTY, in bytes: a paste of ordinary size, while a program that does not read costs no more.
pub(super) const QUEUE_BYTES: usize = 1024 * 1024;

/// News of commands that a listener may be behind. A person runs a few a second; a listener that a program has talked down
/// skips the oldest and is told how many.
const NEWS: usize = 64;

/// What the owning task is asked to do, in order.
pub(super) enum Command {
    /// `parent` is the context and not the span: a span would last until the PTY has taken the input.
    Input {
        bytes: Bytes,
        parent: Option<Context>,
    },
    Resize(Size),
}

/// What there is of a terminal when it comes to us.
pub(super) struct Beginning {
    pub(super) output: Output,
    pub(super) followed: Commands,
    pub(super) size: Size,
    /// Output before this offset was there before us.
    pub(super) live_from: u64,
}

/// What the owning task and everybody else share.
pub(super) struct Shared {
    /// The terminal's id, for spans and logs.
    pub(super) name: String,
    pub(super) output: Mutex<Output>,
    pub(super) model: Model,
    pub(super) commands: mpsc::Sender<Command>,
    /// By what commands are handed over without the task, if by anything; it lasts as long as the task.
    outlet: OnceLock<Weak<Outlet>>,
    /// Bytes of input that wait.
    pub(super) waiting: AtomicUsize,
    pub(super) end: watch::Sender<u64>,
    pub(super) size: watch::Sender<Size>,
    pub(super) ended: watch::Sender<Option<Ended>>,
    /// The owning task follows the output; others look for a moment.
    pub(super) followed: Mutex<Commands>,
    pub(super) news: broadcast::Sender<CommandNews>,
    /// Up to which command they have been recorded.
    pub(super) recorded: watch::Sender<u64>,
    /// The shell's directory, if the shell says.
    pub(super) directory: watch::Sender<Option<String>>,
    /// How many viewers there are.
    pub(super) watched: watch::Sender<usize>,
    /// When something last came in or out.
    pub(super) touched: watch::Sender<Instant>,
    /// In how long the terminal is to be closed for want of either, once that is near.
    pub(super) warned: watch::Sender<Option<Duration>>,
    /// Wakes the task when a viewer or the model has come on.
    pub(super) wake: Notify,
    /// Wakes who waits for room in the queue of input.
    pub(super) room: Notify,
    pub(super) closing: CancellationToken,
    /// Why it is being closed, where that is not simply because somebody asked.
    pub(super) verdict: OnceLock<EndReason>,
    pub(super) witness: Arc<dyn Witness>,
    pub(super) echo: Mutex<Echo>,
    /// Only the owning task looks, so that this lock is never waited for.
    pause: Mutex<Pause>,
    /// Output before this offset was there before us.
    live_from: u64,
}

impl Shared {
    /// A terminal of this name about which nothing has happened here yet, and the queue of what it is asked.
    pub(super) fn new(
        name: String,
        beginning: Beginning,
        model: Model,
        closing: CancellationToken,
        witness: Arc<dyn Witness>,
    ) -> (Self, mpsc::Receiver<Command>) {
        let Beginning { output, followed, size, live_from } = beginning;
        let (commands, queue) = mpsc::channel(QUEUE);
        let end = output.ring.end();
        let shared = Self {
            name,
            output: Mutex::new(output),
            model,
            commands,
            outlet: OnceLock::new(),
            waiting: AtomicUsize::new(0),
            end: watch::Sender::new(end),
            size: watch::Sender::new(size),
            ended: watch::Sender::new(None),
            directory: watch::Sender::new(followed.directory().map(str::to_owned)),
            followed: Mutex::new(followed),
            news: broadcast::Sender::new(NEWS),
            recorded: watch::Sender::new(0),
            watched: watch::Sender::new(0),
            touched: watch::Sender::new(Instant::now()),
            warned: watch::Sender::new(None),
            wake: Notify::new(),
            room: Notify::new(),
            closing,
            verdict: OnceLock::new(),
            witness,
            echo: Mutex::default(),
            pause: Mutex::default(),
            live_from,
        };
        (shared, queue)
    }

    /// Appends output that begins at `seq` and tells those who wait for it. Where that is not the end, what was in
    /// between is lost, and everybody goes on from a snapshot.
    pub(super) fn append(&self, seq: u64, bytes: &[u8]) {
        let now = Instant::now();
        let evicted = self.hold(seq, bytes, now);
        self.tell(now);
        // Last: whoever waits for the output is not kept from it.
        self.witness_output(seq, bytes.len(), evicted, now);
    }

    /// Appends output that begins at `seq`, which those who wait hear of when they are told. Returns how many blocks of the
    /// oldest have made room.
    pub(super) fn hold(&self, seq: u64, bytes: &[u8], now: Instant) -> u64 {
        self.follow(seq, bytes);
        let mut output = lock(&self.output);
        if seq != output.ring.end() {
            output.ring.restart(seq);
        }
        let before = output.ring.evicted();
        output.append(bytes, now);
        output.ring.evicted() - before
    }

    /// Tells those who wait for output of what is held.
    pub(super) fn tell(&self, now: Instant) {
        self.touched.send_replace(now);
        // Looked at inside, so that of two who tell the later one never says less.
        self.end.send_modify(|end| *end = lock(&self.output).ring.end());
    }

    /// Has output that begins at `seq` counted.
    pub(super) fn witness_output(&self, seq: u64, bytes: usize, evicted: u64, now: Instant) {
        if seq < self.live_from {
            return;
        }
        self.witness.output(bytes);
        if evicted > 0 {
            self.witness.evicted(evicted);
        }
        if let Some(latency) = lock(&self.echo).answered(now) {
            self.witness.echo(latency);
        }
    }

    /// Reads what the shell says in its output.
    fn follow(&self, seq: u64, bytes: &[u8]) {
        let mut followed = lock(&self.followed);
        followed.follow(seq, bytes, |news| {
            // Nobody may be listening.
            let _ = self.news.send(news);
        });
        let said = followed.directory();
        self.directory.send_if_modified(|known| {
            let is_elsewhere = said.is_some() && known.as_deref() != said;
            if is_elsewhere {
                *known = said.map(str::to_owned);
            }
            is_elsewhere
        });
    }

    /// Notes how the terminal has ended, once all of its output is there. A command that ran has ended with it.
    pub(super) fn finish(&self, ended: Ended) {
        if let Some(news) = lock(&self.followed).end(ended.exit_code.filter(|_| ended.reason == EndReason::Exited)) {
            // Nobody may be listening.
            let _ = self.news.send(news);
        }
        self.ended.send_replace(Some(ended));
    }

    /// Whether somebody who listens to what happens to commands has still to record one.
    pub(super) fn is_recording(&self) -> bool {
        let followed = lock(&self.followed);
        self.news.receiver_count() > 0 && followed.past().is_owed()
    }

    /// Whether the PTY may be read: the model must be near, and so must the fastest viewer unless all is read `freely`.
    pub(super) fn gate(&self, freely: bool) -> Gate {
        let now = Instant::now();
        let gate = self.gate_at(freely, now);
        if let Some(time) = lock(&self.pause).look(gate != Gate::Open, now) {
            self.witness.paused(time);
        }
        gate
    }

    fn gate_at(&self, freely: bool, now: Instant) -> Gate {
        let output = lock(&self.output);
        if self.model.behind(output.ring.end()) >= LAG {
            // The job that feeds the model wakes the task after each step; the timer is for safety.
            return Gate::Shut(now + Duration::from_secs(1));
        }
        if freely { Gate::Open } else { output.gate(now) }
    }

    /// The screen at the end of the output that is here. Blocks for some milliseconds.
    pub(super) fn screen(&self) -> ScreenAt {
        match &self.model {
            Model::Here(mirror) => {
                let (seq, snapshot) = mirror.snapshot(&self.output);
                ScreenAt { seq, snapshot }
            }
            Model::Away(away) => away.redraw(&self.output, *self.size.borrow()),
        }
    }

    /// Why the terminal is being closed.
    pub(super) fn verdict(&self) -> EndReason {
        *self.verdict.get().unwrap_or(&EndReason::Closed)
    }

    /// Has commands handed over without the task where none is in front of them.
    pub(super) fn hand_over_by(&self, outlet: &Arc<Outlet>) {
        self.outlet.get_or_init(|| Arc::downgrade(outlet));
    }

    /// Takes a command behind those before it.
    pub(super) fn command(&self, command: Command) -> Result<(), InputError> {
        if self.closing.is_cancelled() {
            return Err(InputError::Ended);
        }
        match self.outlet.get().and_then(Weak::upgrade) {
            Some(outlet) => outlet.command(self, command),
            None => self.queue(command),
        }
    }

    /// Queues a command for the task.
    pub(super) fn queue(&self, command: Command) -> Result<(), InputError> {
        self.commands.try_send(command).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => InputError::Busy,
            mpsc::error::TrySendError::Closed(_) => InputError::Ended,
        })
    }
}

impl Shared {
    /// Queues a command behind those before it as soon as there is room.
    pub(super) async fn command_in_time(&self, command: Command) -> Result<(), InputError> {
        tokio::select! {
            sent = self.commands.send(command) => sent.map_err(|_| InputError::Ended),
            () = self.closing.cancelled() => Err(InputError::Ended),
        }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Terminal").field("id", &self.name).field("size", &*self.size.borrow()).finish_non_exhaustive()
    }
}
