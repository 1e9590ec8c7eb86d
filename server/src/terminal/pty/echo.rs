//! A PTY without a process, for tests of everything above it.

use std::collections::VecDeque;
use std::io::{self, Read as _};
use std::task::{Context, Poll, Waker};

use super::{Exit, Processes, Pty};
use crate::terminal::Size;

/// How much input waits to be read back: as with a real PTY, writing stops when nobody reads.
const CAPACITY: usize = 64 * 1024;

/// The byte that ends it, `^D`.
const END: u8 = 4;

#[derive(Debug, Default)]
pub(super) struct Echo {
    echoed: VecDeque<u8>,
    exit: Option<Exit>,
    /// The one owner's, whichever of the three it waits for.
    waiting: Option<Waker>,
}

impl Echo {
    fn wait<T>(&mut self, cx: &mut Context<'_>) -> Poll<T> {
        self.waiting = Some(cx.waker().clone());
        Poll::Pending
    }

    fn wake(&mut self) {
        if let Some(waker) = self.waiting.take() {
            waker.wake();
        }
    }
}

impl Pty for Echo {
    fn poll_read(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        if self.echoed.is_empty() && self.exit.is_none() {
            return self.wait(cx);
        }
        let read = self.echoed.read(buffer);
        self.wake();
        Poll::Ready(read)
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let room = CAPACITY - self.echoed.len();
        if room == 0 {
            return self.wait(cx);
        }
        let taken = &bytes[..bytes.len().min(room)];
        let echoed = taken.split(|byte| *byte == END).next().unwrap_or_default();
        if self.exit.is_none() {
            self.echoed.extend(echoed);
            if echoed.len() < taken.len() {
                self.exit = Some(Exit { code: Some(0), signal: None });
            }
        }
        self.wake();
        Poll::Ready(Ok(taken.len()))
    }

    fn poll_exit(&mut self, cx: &mut Context<'_>) -> Poll<Exit> {
        match self.exit.clone() {
            Some(exit) => Poll::Ready(exit),
            None => self.wait(cx),
        }
    }

    fn resize(&mut self, _: Size) -> io::Result<()> {
        Ok(())
    }

    fn processes(&self) -> Option<Processes> {
        None
    }

    fn hang_up(&mut self) {
        self.exit.get_or_insert(Exit { code: None, signal: Some("SIGHUP".to_owned()) });
        self.wake();
    }
}
