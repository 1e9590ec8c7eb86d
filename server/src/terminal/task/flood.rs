//! A flood is read by a thread of its own. A PTY hands out four kilobytes at a time, and its program stands still once twelve
//! wait: the way over the runtime's poller, and a word to the others about each piece, would take longer than the reading.

use std::future::Future as _;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use filedescriptor::FileDescriptor;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::Task;
use crate::terminal::model::Model;
use crate::terminal::shared::Shared;
use crate::terminal::viewers::Gate;

/// Output is a flood when more than this comes within [`LATELY`], in bytes: more than a screenful that a program draws anew.
const FLOOD: usize = 64 * 1024;

/// The time that is looked at.
const LATELY: Duration = Duration::from_millis(5);

/// Floods that are read at the same time in this way, far more than a machine has cores. The runtime reads all others.
const READERS: usize = 32;
static FREE: Semaphore = Semaphore::const_new(READERS);

/// The others are told of this much at a time, in bytes: one block of the ring and one frame.
const TOGETHER: usize = 64 * 1024;

/// What is less is told of after so long.
const GATHER: Duration = Duration::from_millis(1);

/// A flood is over when nothing has come, or nobody could take anything, for so long.
const SILENCE: Duration = Duration::from_millis(5);

/// How often the reader lets others run before it sleeps: more is on its way through the kernel, and to fall asleep and be woken takes
/// longer than that.
const YIELDS: u32 = 16;

/// The flood, if there is one, and how near one is.
#[derive(Debug, Default)]
pub(super) struct Flood {
    since: Option<Instant>,
    bytes: usize,
    reader: Option<JoinHandle<io::Result<Calm>>>,
    stop: Arc<AtomicBool>,
}

/// What comes back when a flood is over.
#[derive(Debug)]
pub(super) struct Calm {
    lent: FileDescriptor,
    buffer: Vec<u8>,
    /// No process can write to the PTY any more.
    silent: bool,
}

impl Flood {
    pub(super) fn is_on(&self) -> bool {
        self.reader.is_some()
    }

    /// Waits for its end.
    pub(super) async fn over(&mut self) -> io::Result<Calm> {
        let Some(reader) = &mut self.reader else { return std::future::pending().await };
        let calm = reader.await;
        self.reader = None;
        calm.map_err(io::Error::other)?
    }

    /// Notes so many bytes; true if there were too many lately.
    fn comes(&mut self, bytes: usize, now: Instant) -> bool {
        if self.since.is_none_or(|since| now - since > LATELY) {
            (self.since, self.bytes) = (Some(now), 0);
        }
        self.bytes += bytes;
        self.bytes > FLOOD
    }
}

impl Task {
    /// Leaves the reading to a thread if so much has come lately.
    pub(super) fn notice_flood(&mut self, length: usize) {
        if !self.flood.comes(length, Instant::now()) {
            return;
        }
        let Ok(permit) = FREE.try_acquire() else { return };
        let Some(lent) = self.pty.lend() else { return };
        self.flood = Flood::default();
        let reader = Reader {
            shared: Arc::clone(&self.shared),
            stop: Arc::clone(&self.flood.stop),
            lent,
            buffer: std::mem::take(&mut self.buffer),
            seq: *self.shared.end.borrow(),
            untold: 0,
            told: Instant::now(),
            _permit: permit,
        };
        self.flood.reader = Some(tokio::task::spawn_blocking(move || reader.run()));
    }

    /// Reads here again.
    pub(super) fn calm(&mut self, Calm { lent, buffer, silent }: Calm) -> io::Result<()> {
        self.buffer = buffer;
        self.silent |= silent;
        self.pty.take_back(lent)
    }

    /// Takes the reading back, flood or no flood.
    pub(super) async fn end_flood(&mut self) -> io::Result<()> {
        if !self.flood.is_on() {
            return Ok(());
        }
        self.flood.stop.store(true, Ordering::Release);
        let calm = self.flood.over().await?;
        self.calm(calm)
    }
}

struct Reader {
    shared: Arc<Shared>,
    stop: Arc<AtomicBool>,
    lent: FileDescriptor,
    buffer: Vec<u8>,
    /// The offset after what has been read.
    seq: u64,
    /// How much of it the others have not been told of, and when they last were told.
    untold: usize,
    told: Instant,
    _permit: SemaphorePermit<'static>,
}

impl Reader {
    fn run(mut self) -> io::Result<Calm> {
        let silent = self.read_on();
        self.tell();
        Ok(Calm { silent: silent?, lent: self.lent, buffer: self.buffer })
    }

    /// Reads until the flood is over; true if no process can write any more.
    fn read_on(&mut self) -> io::Result<bool> {
        let mut yields = 0;
        while !self.stop.load(Ordering::Acquire) {
            if self.shared.gate(false) != Gate::Open && !self.gate_opens() {
                return Ok(false);
            }
            match rustix::io::read(&self.lent, &mut self.buffer[..]) {
                // Linux says EIO once the last process has let go of the terminal.
                Ok(0) | Err(Errno::IO) => return Ok(true),
                Ok(length) => {
                    yields = 0;
                    self.take(length);
                }
                Err(Errno::AGAIN) if yields < YIELDS => {
                    yields += 1;
                    thread::yield_now();
                }
                Err(Errno::AGAIN) if self.is_over()? => return Ok(false),
                Err(Errno::AGAIN | Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(false)
    }

    fn take(&mut self, length: usize) {
        let (bytes, now) = (&self.buffer[..length], Instant::now());
        let evicted = self.shared.hold(self.seq, bytes, now);
        self.shared.witness_output(self.seq, length, evicted, now);
        if let Model::Here(mirror) = &self.shared.model
            && !mirror.follow(&self.shared.output)
        {
            mirror.catch_up(&self.shared.output, || ());
        }
        self.seq += length as u64;
        self.untold += length;
        if self.untold >= TOGETHER {
            self.tell();
        }
    }

    fn tell(&mut self) {
        self.told = Instant::now();
        if std::mem::take(&mut self.untold) > 0 {
            self.shared.tell(self.told);
        }
    }

    /// Waits for output, but not for ever.
    fn is_over(&mut self) -> io::Result<bool> {
        let patience = if self.untold > 0 { GATHER.saturating_sub(self.told.elapsed()) } else { SILENCE };
        let timeout = Timespec { tv_sec: 0, tv_nsec: patience.subsec_nanos().into() };
        match poll(&mut [PollFd::new(&self.lent, PollFlags::IN)], Some(&timeout)) {
            Ok(0) if self.untold > 0 => {
                self.tell();
                Ok(false)
            }
            Ok(ready) => Ok(ready == 0),
            Err(Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Waits for those who look to come on, but not for ever.
    fn gate_opens(&mut self) -> bool {
        self.tell();
        let deadline = Instant::now() + SILENCE;
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        loop {
            // Before the look: who comes on in between is not missed.
            let mut comes_on = pin!(self.shared.wake.notified());
            let is_ready = comes_on.as_mut().poll(&mut Context::from_waker(&waker)).is_ready();
            if self.shared.gate(false) == Gate::Open {
                return true;
            }
            let Some(left) = deadline.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) else {
                return false;
            };
            if !is_ready {
                thread::park_timeout(left);
            }
        }
    }
}

/// Wakes a thread that waits for what a task would wait for.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn much_at_once_is_a_flood_and_as_much_over_time_is_none() {
        let start = Instant::now();
        let mut flood = Flood::default();
        let mut comes = |bytes, at| flood.comes(bytes, start + Duration::from_millis(at));
        assert!(!comes(FLOOD, 0));
        assert!(!comes(FLOOD, 6), "that was a while ago");
        assert!(comes(1, 11));
    }
}
