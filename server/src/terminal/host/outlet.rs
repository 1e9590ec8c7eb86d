//! What is on its way to the host for one terminal: input and sizes, in the order in which they came.
//!
//! Whoever brings something while nothing is in front of it hands it over itself, at once: a key does not wait until the task
//! that owns the stream has been woken, on another core perhaps.

use std::future::poll_fn;
use std::io;
use std::sync::Mutex;
use std::task::{Poll, ready};

use tokio::sync::{Notify, mpsc};

use super::frame::{Kind, Outgoing, PAYLOAD};
use super::socket::Socket;
use crate::terminal::handle::InputError;
use crate::terminal::lock;
use crate::terminal::shared::{Command, Shared};
use crate::terminal::task::Writing;

/// The outgoing half of a stream.
pub(in crate::terminal) struct Outlet {
    socket: Socket,
    underway: Mutex<Underway>,
    /// Tells the task that what somebody else has begun is left to it.
    stuck: Notify,
}

#[derive(Default)]
struct Underway {
    /// The frame that is being handed over, and the input it is a part of.
    outgoing: Option<Outgoing>,
    writing: Option<Writing>,
    /// Whether nothing is handed over any more.
    is_closed: bool,
}

impl Outlet {
    pub(super) fn new(socket: Socket) -> Self {
        Self { socket, underway: Mutex::default(), stuck: Notify::new() }
    }

    /// What it writes to, for the task to read from.
    pub(super) fn socket(&self) -> &Socket {
        &self.socket
    }

    /// Hands over a command if nothing is in front of it, else queues it.
    ///
    /// # Errors
    /// [`InputError`]; the command has not been taken then.
    pub(in crate::terminal) fn command(&self, shared: &Shared, command: Command) -> Result<(), InputError> {
        let mut underway = lock(&self.underway);
        let is_first = shared.commands.capacity() == shared.commands.max_capacity() && underway.outgoing.is_none();
        if !is_first || underway.is_closed {
            return shared.queue(command);
        }
        underway.begin(shared, command);
        // What fails here fails for the task as well, and it knows what that means.
        if underway.write(shared, &self.socket).is_err() || underway.outgoing.is_some() {
            self.stuck.notify_one();
        }
        Ok(())
    }

    /// Waits for the next command and begins to hand it over, unless somebody else has begun with one meanwhile.
    pub(super) async fn begin_next(&self, shared: &Shared, commands: &mut mpsc::Receiver<Command>) {
        poll_fn(|cx| {
            // Locked while it is taken: whoever finds the queue empty may overtake nothing.
            let mut underway = lock(&self.underway);
            if underway.is_closed {
                return Poll::Pending;
            }
            if underway.outgoing.is_none() {
                // The sender lives as long as what we share.
                let Some(command) = ready!(commands.poll_recv(cx)) else { return Poll::Pending };
                underway.begin(shared, command);
            }
            Poll::Ready(())
        })
        .await;
    }

    /// Waits until something that somebody else has begun is left to the task.
    pub(super) async fn stuck(&self) {
        self.stuck.notified().await;
    }

    /// Whether something waits for room.
    pub(super) fn is_busy(&self) -> bool {
        lock(&self.underway).outgoing.is_some()
    }

    /// Hands over what there is room for.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn write(&self, shared: &Shared) -> io::Result<()> {
        lock(&self.underway).write(shared, &self.socket)
    }

    /// Hands over nothing more.
    pub(super) fn close(&self) {
        *lock(&self.underway) = Underway { is_closed: true, ..Underway::default() };
    }

    /// Hands over everything that has been taken, and nothing more; nothing at all where that was over before.
    ///
    /// # Errors
    /// What the system says.
    pub(super) async fn finish(&self, shared: &Shared, commands: &mut mpsc::Receiver<Command>) -> io::Result<()> {
        // Whoever brings something now is told that it is too late.
        commands.close();
        if std::mem::replace(&mut lock(&self.underway).is_closed, true) {
            return Ok(());
        }
        loop {
            self.write(shared)?;
            if self.is_busy() {
                self.socket.writable().await;
                continue;
            }
            match commands.try_recv() {
                Ok(command) => lock(&self.underway).begin(shared, command),
                Err(_) => return Ok(()),
            }
        }
    }
}

impl Underway {
    fn begin(&mut self, shared: &Shared, command: Command) {
        match command {
            Command::Resize(size) => self.outgoing = Some(Outgoing::size(Kind::Resize, 0, size)),
            Command::Input { bytes, parent } => {
                self.writing = Writing::begin(shared, bytes, parent).wrote(shared, 0);
                self.next_piece();
            }
        }
    }

    fn next_piece(&mut self) {
        self.outgoing = self.writing.as_ref().map(|writing| {
            let piece = writing.bytes.slice(..writing.bytes.len().min(PAYLOAD));
            Outgoing::new(Kind::Input, 0, piece)
        });
    }

    fn write(&mut self, shared: &Shared, socket: &Socket) -> io::Result<()> {
        while let Some(outgoing) = &mut self.outgoing {
            match outgoing.write(socket) {
                Ok(true) => {
                    self.writing = self.writing.take().and_then(|writing| {
                        let piece = writing.bytes.len().min(PAYLOAD);
                        writing.wrote(shared, piece)
                    });
                    self.next_piece();
                }
                Ok(false) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
