//! The end of a lane that counts: what the transport has taken, once, however often it was tried.

use super::outlet::{Failure, Outlet};
use crate::{
    socket::outgoing::{Frame, Kind, Message},
    telemetry::Metrics,
};

/// An outlet whose events are counted. Acks are no events of their own.
#[derive(Clone, Debug)]
pub(in crate::socket) struct Metered<O> {
    pub(in crate::socket) outlet: O,
    pub(in crate::socket) metrics: Metrics,
}

impl<O: Outlet> Outlet for Metered<O> {
    fn message(&self, message: &Message) -> Result<(), Failure> {
        self.outlet.message(message)?;
        if let Kind::Event(name) = message.kind {
            self.metrics.sent(name, message.bytes());
        }
        Ok(())
    }

    fn frame(&self, frame: &Frame) -> Result<(), Failure> {
        self.outlet.frame(frame)?;
        self.metrics.sent(frame.output.name(), frame.output.len());
        Ok(())
    }

    fn protocol(&self) -> Option<&'static str> {
        self.outlet.protocol()
    }

    fn close(&self) -> Result<(), Failure> {
        self.outlet.close()
    }
}
