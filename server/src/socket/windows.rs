//! The windows that are told of a change.

use std::{slice, sync::Arc};

use app::protocol::{Event, SessionId, event::Subject, people::SessionJoined, workspace::Session};
use serde::Serialize;

use super::{audience::ClientId, client::Client, outgoing::Message};
use crate::telemetry::span::{Cause, Recipients};

/// Windows as the recipients of a notice.
pub(super) fn recipients<C: AsRef<Client>>(windows: &[C]) -> Recipients<'_> {
    Recipients::all(windows.iter().map(|client| client.as_ref().recipient()))
}

/// Tells these windows of something in a session, under the span of what caused it, if something did.
pub(super) fn tell<E: Event + Serialize>(windows: &[Arc<Client>], session: SessionId, event: &E, cause: Option<Cause>) {
    let subject = Subject { session: Some(session), ..Subject::default() };
    let message = Message::fan_out(event, subject, recipients(windows), cause);
    windows.iter().for_each(|client| client.lane.send(message.clone()));
}

/// Tells windows what one of them hears by an answer.
pub(super) fn tell_others<E: Event + Serialize>(
    windows: &[Arc<Client>],
    requester: &ClientId,
    session: SessionId,
    event: &E,
    cause: Option<Cause>,
) {
    let others: Vec<_> = windows.iter().filter(|client| client.id != *requester).cloned().collect();
    tell(&others, session, event, cause);
}

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
        tell(&self.clients, self.session, event, self.cause.clone());
        self.tell_narrow();
    }

    /// Tells all but the one that hears of it by an answer.
    pub(super) fn tell_others<E: Event + Serialize>(&self, requester: &ClientId, event: &E) {
        self.say_to_others(requester, event);
        self.tell_narrow();
    }

    /// The same of something that is none of the business of who sees one terminal.
    pub(super) fn say_to_others<E: Event + Serialize>(&self, requester: &ClientId, event: &E) {
        tell_others(&self.clients, requester, self.session, event, self.cause.clone());
    }

    /// Who sees one terminal is never told what has changed, which may be elsewhere, but what there is to see, if that is
    /// something else now.
    fn tell_narrow(&self) {
        for (client, session) in self.narrow.iter().filter(|(client, session)| client.sees(session)) {
            let joined = SessionJoined::joined(session.clone(), &client.user.id);
            tell(slice::from_ref(client), self.session, &joined, self.cause.clone());
        }
    }
}
