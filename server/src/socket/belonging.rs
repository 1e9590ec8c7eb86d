//! Who comes into a session and who goes, and what everybody concerned is told of it.

use std::sync::Arc;

use app::protocol::{
    Refusal, SessionId,
    people::{JoinStatus, SessionJoined, SessionLeft},
    workspace::{Session, Workspace},
};

use super::{client::Client, hub::Hub, outgoing::Message, windows::Windows};
use crate::workspace::{Denied, Entry, Joined, Newcomer, Out};

impl Hub {
    /// Everything a user may see, with how much of it they have not read.
    pub(super) fn workspace(&self, user_id: &str) -> Workspace {
        let mut workspace = self.sessions.view(user_id);
        workspace.sessions.iter_mut().for_each(|session| self.count_unread(session, user_id));
        workspace
    }

    /// Fills in how much of a session's messages a user has not read, who may read them.
    pub(super) fn count_unread(&self, session: &mut Session, user_id: &str) {
        if self.sessions.allow(user_id, session.id, crate::workspace::Action::Read).is_ok() {
            session.unread = self.lasting.chat.unread(session.id, user_id);
        }
    }

    /// Brings the user of a window into a session, or has the owner asked. The others are told before `then` is.
    pub(super) fn join(
        &self,
        client: &Arc<Client>,
        session: SessionId,
        newcomer: Newcomer,
        then: impl FnOnce(&Client, Result<Joined, Denied>) + Send + 'static,
    ) {
        let client = Arc::clone(client);
        let join = |sessions: &crate::workspace::Sessions| {
            let joined = sessions.join(session, newcomer);
            if let Ok(Joined { entry: Entry::Joined(_), .. }) = joined {
                self.lasting.chat.joined(session, &client.user.id);
            }
            joined
        };
        let (client, join) = (Arc::clone(&client), join);
        self.commit(session, join, move |windows, joined| {
            match &joined {
                Ok(Joined { entry: Entry::Joined(_), told: Some(told), .. }) => windows.tell_others(&client.id, told),
                Ok(Joined { entry: Entry::Asked, .. }) => client.hub.tell_asking(session),
                Ok(Joined { entry: Entry::Member, .. }) => client.hub.tell_presence(&client.user.id, Some(&client.id)),
                Ok(Joined { .. }) | Err(_) => {}
            }
            then(&client, joined);
        });
    }

    /// Tells the windows of who has been let in what they see now.
    pub(super) fn welcome(&self, user_id: &str, session_id: SessionId, session: Option<Session>) {
        let session = session.map(|mut session| {
            self.count_unread(&mut session, user_id);
            session
        });
        let joined = SessionJoined { session_id, status: JoinStatus::Joined, session };
        let message = Message::told(&joined);
        for client in self.rooms.of(&self.sessions.windows_of(user_id)) {
            client.show(session_id);
            client.lane.send(message.clone());
        }
    }

    /// Takes somebody out whose time in a session is over; their windows are told why.
    pub(super) fn dismiss(self: &Arc<Self>, user_id: &str, session: SessionId, error: Option<Refusal>) {
        let hub = Arc::clone(self);
        self.commit(
            session,
            |sessions| sessions.dismiss(user_id, session),
            move |windows, out| {
                // Who has gone by themselves meanwhile needs no word.
                if let Ok(out) = out {
                    windows.tell(&out.told);
                    hub.tell_out(&out, error);
                }
            },
        );
    }

    /// Tells the windows of who is out, and shows them nothing more of the session.
    pub(super) fn tell_out(&self, out: &Out, error: Option<Refusal>) {
        let session_id = out.told.session_id;
        self.lasting.chat.left(session_id, &out.user_id);
        let left = Message::told(&SessionLeft { session_id, error });
        for client in self.rooms.of(&out.windows) {
            client.close_unseen();
            client.lane.send(left.clone());
        }
    }

    /// Tells the owner of a session who asks to be let in.
    pub(super) fn tell_asking(&self, session: SessionId) {
        self.in_order(|| {
            let told = self.sessions.asking(session).map(|(requested, owner)| (requested, self.rooms.of(&owner)));
            move || {
                if let Some((requested, owner)) = told {
                    let message = Message::told(&requested);
                    owner.iter().for_each(|client| client.lane.send(message.clone()));
                }
            }
        });
    }

    /// Notes that somebody asks to be in no session any more.
    pub(super) fn withdraw(&self, user_id: &str) {
        for session in self.sessions.withdraw(user_id) {
            self.tell_asking(session);
        }
    }

    /// Tells the people around somebody that a window of theirs has come or gone; the one that has come needs no word.
    pub(super) fn tell_presence(&self, user_id: &str, come: Option<&Arc<str>>) {
        self.in_order(|| {
            let told = self.sessions.presence(user_id).into_iter();
            let told: Vec<(Windows, _)> = told.map(|here| (self.windows(here.session_id), here)).collect();
            let come = come.cloned();
            move || {
                for (windows, here) in told {
                    match &come {
                        Some(come) => windows.tell_others(come, &here),
                        None => windows.tell(&here),
                    }
                }
            }
        });
    }
}
