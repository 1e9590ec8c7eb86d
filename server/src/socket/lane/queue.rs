//! What waits for one socket: acks and notices first, terminal output after them.

use std::collections::VecDeque;

use tokio::sync::oneshot;

use crate::socket::outgoing::{Frame, Message};

/// The most that may wait, in messages: a window that has not taken a thousand acks and notices is not coming back soon.
pub(super) const MAX_MESSAGES: usize = 1024;

/// The most that may wait, in bytes: a few times the largest message.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// More was queued than a lane holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Overflow;

/// One thing on its way to the transport.
#[derive(Debug)]
pub(in crate::socket) enum Outgoing {
    /// An event or an ack.
    Message(Message),
    /// A piece of output, and whom to tell that the transport has taken it.
    Frame(Frame, oneshot::Sender<()>),
}

impl Outgoing {
    /// Tells whoever waits that the transport has it.
    pub(super) fn taken(self) {
        match self {
            Self::Message(_) => {}
            // A pump that has ended meanwhile no longer needs to know.
            Self::Frame(_, taken) => drop(taken.send(())),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Message(message) => message.bytes(),
            Self::Frame(frame, _) => frame.output.len(),
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Queue {
    messages: VecDeque<Message>,
    frames: VecDeque<(Frame, oneshot::Sender<()>)>,
    bytes: usize,
    /// Whether what was taken last may still come back.
    in_hand: bool,
    /// Whether nothing more is taken, and the connection is to end.
    is_hung_up: bool,
}

impl Queue {
    pub(super) fn push(&mut self, message: Message) -> Result<(), Overflow> {
        self.admit(message.bytes())?;
        self.messages.push_back(message);
        Ok(())
    }

    pub(super) fn push_frame(&mut self, frame: Frame, taken: oneshot::Sender<()>) -> Result<(), Overflow> {
        self.admit(frame.output.len())?;
        self.frames.push_back((frame, taken));
        Ok(())
    }

    /// Takes what goes next; output whose viewer has left meanwhile is passed over.
    pub(super) fn take(&mut self) -> Option<Outgoing> {
        let next = match self.messages.pop_front() {
            Some(message) => Outgoing::Message(message),
            None => loop {
                let (frame, taken) = self.frames.pop_front()?;
                if !frame.viewer.is_cancelled() {
                    break Outgoing::Frame(frame, taken);
                }
                self.bytes -= frame.output.len();
            },
        };
        self.bytes -= next.bytes();
        self.in_hand = true;
        Some(next)
    }

    /// Notes that the transport has what was taken last.
    pub(super) fn settle(&mut self) {
        self.in_hand = false;
    }

    /// Puts back what the transport had no room for; it is the next of its kind again.
    pub(super) fn put_back(&mut self, outgoing: Outgoing) {
        self.in_hand = false;
        if self.is_hung_up {
            return;
        }
        self.bytes += outgoing.bytes();
        match outgoing {
            Outgoing::Message(message) => self.messages.push_front(message),
            Outgoing::Frame(frame, taken) => self.frames.push_front((frame, taken)),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.frames.is_empty() && !self.in_hand
    }

    pub(super) fn is_hung_up(&self) -> bool {
        self.is_hung_up
    }

    pub(super) fn hang_up(&mut self) {
        self.is_hung_up = true;
        self.clear();
    }

    /// Drops everything; those who wait for a frame hear that it was not taken.
    pub(super) fn clear(&mut self) {
        self.messages.clear();
        self.frames.clear();
        self.bytes = 0;
    }

    fn admit(&mut self, bytes: usize) -> Result<(), Overflow> {
        let is_full = self.messages.len() + self.frames.len() >= MAX_MESSAGES || self.bytes + bytes > MAX_BYTES;
        if is_full || self.is_hung_up {
            self.hang_up();
            return Err(Overflow);
        }
        self.bytes += bytes;
        Ok(())
    }
}
