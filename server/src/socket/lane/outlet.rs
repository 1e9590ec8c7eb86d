//! Where a lane ends: the socket, and what it says when it takes nothing.

use std::{convert::Infallible, sync::Weak};

use socketioxide::{
    SendError, SocketError,
    adapter::LocalAdapter,
    extract::AckSender,
    handler::{FromMessageParts, Value},
    socket::Socket,
};
use tracing::error;

use super::queue::Outgoing;
use crate::socket::{
    exchange::protocol,
    outgoing::{Enveloped, Frame, Kind, Message, Output},
};

/// Why something was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::socket) enum Failure {
    /// Not now.
    Behind,
    /// Never.
    Gone,
}

/// What a lane sends to.
pub(in crate::socket) trait Outlet: Send + Sync + 'static {
    /// Hands an event or an ack to the transport.
    fn message(&self, message: &Message) -> Result<(), Failure>;

    /// Hands a piece of output to the transport.
    fn frame(&self, frame: &Frame) -> Result<(), Failure>;

    /// What carries it, as the conventions name it; nothing when it is gone.
    fn protocol(&self) -> Option<&'static str>;

    /// Ends the connection.
    fn close(&self) -> Result<(), Failure>;

    /// Hands on whatever comes next.
    fn send(&self, outgoing: &Outgoing) -> Result<(), Failure> {
        match outgoing {
            Outgoing::Message(message) => self.message(message),
            Outgoing::Frame(frame, _) => self.frame(frame),
        }
    }
}

/// A weak reference, because a lane must not keep alive a socket that the library has given up.
impl Outlet for Weak<Socket> {
    fn message(&self, message: &Message) -> Result<(), Failure> {
        let socket = self.upgrade().ok_or(Failure::Gone)?;
        taken(match message.kind {
            Kind::Event(name) => socket.emit(name, &*message.body),
            Kind::Ack(id) => {
                let sender =
                    AckSender::<LocalAdapter>::from_message_parts(&socket, &mut Value::Str("".into(), None), &Some(id));
                match sender {
                    Ok(sender) => sender.send(&*message.body),
                    Err(never) => {
                        let never: Infallible = never;
                        match never {}
                    }
                }
            }
        })
    }

    fn frame(&self, frame: &Frame) -> Result<(), Failure> {
        let socket = self.upgrade().ok_or(Failure::Gone)?;
        let (name, trace) = (frame.output.name(), frame.trace.as_ref());
        taken(match &frame.output {
            Output::Bytes(output) => socket.emit(name, &Enveloped { body: output, request_id: None, trace }),
            Output::Text(output) => socket.emit(name, &Enveloped { body: output, request_id: None, trace }),
        })
    }

    fn protocol(&self) -> Option<&'static str> {
        self.upgrade().map(|socket| protocol(&socket))
    }

    fn close(&self) -> Result<(), Failure> {
        match self.upgrade().ok_or(Failure::Gone)?.disconnect() {
            Err(SocketError::InternalChannelFull) => Err(Failure::Behind),
            Ok(()) | Err(SocketError::Closed) => Ok(()),
        }
    }
}

fn taken(sent: Result<(), SendError>) -> Result<(), Failure> {
    match sent {
        Ok(()) => Ok(()),
        // A socket says `Closed` until CONNECT has been answered, too. One that is closed for good closes the lane by its
        // disconnect handler, or is dropped.
        Err(SendError::Socket(_)) => Err(Failure::Behind),
        Err(SendError::Serialize(error)) => {
            error!(%error, "a message could not be encoded");
            Ok(())
        }
    }
}
