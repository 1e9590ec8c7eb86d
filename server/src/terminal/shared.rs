//! What the owning task of a terminal and everybody else share.

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use bytes::Bytes;
use opentelemetry::Context;
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::handle::{Ended, InputError};
use super::mirror::{LAG, Mirror};
use super::output::Output;
use super::viewers::Gate;
use super::{Size, lock};

/// Input and sizes that wait for a PTY, in messages. A person types a few; a paste comes in pieces of 64 KiB.
pub(super) const QUEUE: usize = 1024;

/// Input that waits for a PTY, in bytes: a paste of ordinary size, while a program that does not read costs no more.
pub(super) const QUEUE_BYTES: usize = 1024 * 1024;

/// What the owning task is asked to do, in order.
pub(super) enum Command {
    /// `parent` is the context and not the span: a span would last until the PTY has taken the input.
    Input {
        bytes: Bytes,
        parent: Option<Context>,
    },
    Resize(Size),
}

/// What the owning task and everybody else share.
pub(super) struct Shared {
    /// The terminal's id, for spans and logs.
    pub(super) name: String,
    pub(super) output: Mutex<Output>,
    pub(super) mirror: Mirror,
    pub(super) commands: mpsc::Sender<Command>,
    /// Bytes of input that wait.
    pub(super) waiting: AtomicUsize,
    pub(super) end: watch::Sender<u64>,
    pub(super) size: watch::Sender<Size>,
    pub(super) ended: watch::Sender<Option<Ended>>,
    /// Wakes the task when a viewer or the mirror has come on.
    pub(super) wake: Notify,
    pub(super) closing: CancellationToken,
}

impl Shared {
    /// Whether the PTY may be read: the mirror must be near, and so must the fastest viewer unless all is read `freely`.
    pub(super) fn gate(&self, freely: bool) -> Gate {
        let now = Instant::now();
        let output = lock(&self.output);
        if output.ring.end() - self.mirror.fed() >= LAG {
            // The job that feeds the mirror wakes the task after each step; the timer is for safety.
            return Gate::Shut(now + Duration::from_secs(1));
        }
        if freely { Gate::Open } else { output.gate(now) }
    }

    /// Queues a command behind those before it.
    pub(super) fn command(&self, command: Command) -> Result<(), InputError> {
        if self.closing.is_cancelled() {
            return Err(InputError::Ended);
        }
        self.commands.try_send(command).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => InputError::Busy,
            mpsc::error::TrySendError::Closed(_) => InputError::Ended,
        })
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Terminal").field("id", &self.name).field("size", &*self.size.borrow()).finish_non_exhaustive()
    }
}
