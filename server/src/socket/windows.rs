//! The windows that are told of a change.

use std::sync::Arc;

use app::protocol::{Event, SessionId, event::Subject};
use serde::Serialize;

use super::{audience::ClientId, client::Client, outgoing::Message};
use crate::telemetry::span::Cause;

/// The windows of those who are members of a session with a change of it, and what has caused that.
pub(super) struct Windows {
    pub(super) session: SessionId,
    pub(super) clients: Vec<Arc<Client>>,
    pub(super) cause: Option<Cause>,
}

impl Windows {
    /// Tells them all.
    pub(super) fn tell<E: Event + Serialize>(&self, event: &E) {
        self.tell_all_but(None, event);
    }

    /// Tells all but the one that hears of it by an answer.
    pub(super) fn tell_others<E: Event + Serialize>(&self, requester: &ClientId, event: &E) {
        self.tell_all_but(Some(requester), event);
    }

    fn tell_all_but<E: Event + Serialize>(&self, requester: Option<&ClientId>, event: &E) {
        let told: Vec<_> = self.clients.iter().filter(|client| requester != Some(&client.id)).collect();
        let subject = Subject { session: Some(self.session), ..Subject::default() };
        let message = Message::fan_out(event, subject, told.len(), self.cause.clone());
        told.iter().for_each(|client| client.lane.send(message.clone()));
    }
}
