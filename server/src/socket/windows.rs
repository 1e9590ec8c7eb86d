//! The windows that are told of a change.

use std::sync::Arc;

use app::protocol::{Event, SessionId, event::Subject, people::SessionJoined, workspace::Session};
use serde::Serialize;

use super::{audience::ClientId, client::Client, outgoing::Message};
use crate::telemetry::span::Cause;

/// The windows of those who are members of a session with a change of it, and what has caused that.
pub(super) struct Windows {
    pub(super) session: SessionId,
    /// Those that see all of it.
    pub(super) clients: Vec<Arc<Client>>,
    /// Those that see one terminal, each with what it sees.
    pub(super) narrow: Vec<(Arc<Client>, Session)>,
    pub(super) cause: Option<Cause>,
}

impl Windows {
    /// Tells them all.
    pub(super) fn tell<E: Event + Serialize>(&self, event: &E) {
        self.tell_all_but(None, event);
        self.tell_narrow();
    }

    /// Tells all but the one that hears of it by an answer.
    pub(super) fn tell_others<E: Event + Serialize>(&self, requester: &ClientId, event: &E) {
        self.tell_all_but(Some(requester), event);
        self.tell_narrow();
    }

    /// The same of something that is none of the business of who sees one terminal.
    pub(super) fn say_to_others<E: Event + Serialize>(&self, requester: &ClientId, event: &E) {
        self.tell_all_but(Some(requester), event);
    }

    fn tell_all_but<E: Event + Serialize>(&self, requester: Option<&ClientId>, event: &E) {
        let told: Vec<_> = self.clients.iter().filter(|client| requester != Some(&client.id)).collect();
        let subject = Subject { session: Some(self.session), ..Subject::default() };
        let message = Message::fan_out(event, subject, told.len(), self.cause.clone());
        told.iter().for_each(|client| client.lane.send(message.clone()));
    }

    /// Who sees one terminal is never told what has changed, which may be elsewhere, but what there is to see, if that is
    /// something else now.
    fn tell_narrow(&self) {
        for (client, session) in self.narrow.iter().filter(|(client, session)| client.sees(session)) {
            client.lane.send(Message::told(&SessionJoined::joined(session.clone(), &client.user.id)));
        }
    }
}
