//! Who comes into a session and who goes, and what everybody concerned is told of it.

use std::{slice, sync::Arc};

use app::protocol::{
    Refusal, SessionId,
    people::{SessionJoined, SessionLeft, SessionRefused},
    session::TerminalSummary,
    workspace::{Session, Workspace},
};

use super::{
    audience::ClientId,
    client::Client,
    hub::Hub,
    stages::Stage,
    windows::{self, Windows},
};
use crate::share::{self, is_guest};
use crate::telemetry::span::Cause;
use crate::workspace::{Action, Denied, Entry, Joined, Newcomer, Out, Sessions};

impl Hub {
    /// Everything a user may see, with how much of it they have not read.
    pub(super) fn workspace(&self, user_id: &str) -> Workspace {
        let mut workspace = self.sessions.view(user_id);
        workspace.sessions.iter_mut().for_each(|session| self.count_unread(session, user_id));
        workspace
    }

    /// What is known of the terminals in it: of those that a window does not watch it hears nothing else until they say more.
    pub(super) fn summaries(&self, workspace: &Workspace) -> Vec<TerminalSummary> {
        let panes = workspace.sessions.iter().flat_map(|session| &session.tabs).flat_map(|tab| &tab.panes);
        let summary = |terminal_id| {
            let told = |stage: &mut Stage| (stage.command.clone(), stage.audience.closed().cloned());
            let (command, closed) = self.stages.with(terminal_id, told)?;
            let title = self.terminals.get(&terminal_id).map(|terminal| terminal.title().borrow().clone());
            let title = title.filter(|title| !title.is_empty());
            Some(TerminalSummary { terminal_id, title, command, closed })
        };
        panes.filter_map(|pane| pane.terminal_id).filter_map(summary).filter(|summary| !summary.is_empty()).collect()
    }

    /// Fills in how much of a session's messages a user has not read, who may read them.
    pub(super) fn count_unread(&self, session: &mut Session, user_id: &str) {
        if self.sessions.allow(user_id, session.id, Action::Read).is_ok() {
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
        let (client, window, user) = (Arc::clone(client), Arc::clone(client), client.user.id.clone());
        let join = |sessions: &Sessions| {
            // A link that ends after this moment puts out whom it has let in, since that is a change after this one.
            if self.is_over(&window) {
                return Err(Denied::NoSession);
            }
            let joined = sessions.join(session, newcomer);
            if let Ok(Joined { entry: Entry::Joined(_), .. }) = joined {
                self.lasting.chat.forget_readers(session, |reader| is_guest(reader) && !self.is_visiting(reader));
                self.lasting.chat.joined(session, &user);
            }
            joined
        };
        self.commit(session, join, move |windows, joined| {
            let cause = windows.cause.clone();
            match &joined {
                Ok(Joined { entry: Entry::Joined(_), told: Some(told), session: seen }) => {
                    // Their other windows are to know the session before they hear of it.
                    client.hub.welcome(&client.user.id, seen.clone(), Some(&client.id), cause);
                    windows.tell_others(&client.id, told);
                }
                Ok(Joined { entry: Entry::Asked, .. }) => client.hub.tell_asking(session, cause),
                Ok(Joined { entry: Entry::Member, .. }) => {
                    client.hub.tell_presence(&client.user.id, Some(&client.id), cause.as_ref());
                }
                Ok(Joined { .. }) | Err(_) => {}
            }
            then(&client, joined);
        });
    }

    /// Tells the windows of somebody, but for the one that hears by an answer, which session they see now.
    pub(super) fn welcome(
        &self,
        user_id: &str,
        session: Option<Session>,
        requester: Option<&ClientId>,
        cause: Option<Cause>,
    ) {
        let Some(mut session) = session else { return };
        self.count_unread(&mut session, user_id);
        let mut theirs = self.rooms.of(&self.sessions.windows_of(user_id));
        theirs.retain(|client| requester != Some(&client.id));
        windows::tell(&theirs, session.id, &SessionJoined::joined(session, user_id), cause);
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
                    hub.tell_out(&out, error, windows.cause.as_ref());
                }
            },
        );
    }

    /// Whether somebody is a guest whose visit goes on, member or not.
    fn is_visiting(&self, user_id: &str) -> bool {
        is_guest(user_id) && self.lasting.shares.guest(user_id, share::now()).is_some()
    }

    /// Tells the windows of who is out, and shows them nothing more of the session.
    pub(super) fn tell_out(&self, out: &Out, error: Option<Refusal>, cause: Option<&Cause>) {
        let session_id = out.told.session_id;
        // A guest who was only away finds what is said meanwhile when they come again.
        if !self.is_visiting(&out.user_id) {
            self.lasting.chat.left(session_id, &out.user_id);
        }
        let theirs = self.rooms.of(&out.windows);
        theirs.iter().for_each(|client| client.close_unseen());
        windows::tell(&theirs, session_id, &SessionLeft { session_id, error }, cause.cloned());
        self.show_another(&theirs, session_id, cause);
    }

    /// Tells the windows of somebody who waited that they are not let in.
    pub(super) fn tell_refused(&self, user_id: &str, session_id: SessionId, error: Refusal, cause: Option<Cause>) {
        let theirs = self.rooms.of(&self.sessions.windows_of(user_id));
        windows::tell(&theirs, session_id, &SessionRefused { session_id, error }, cause);
    }

    /// Shows windows another session of their user in place of one that they see no more; guests have no other.
    pub(super) fn show_another(&self, theirs: &[Arc<Client>], gone: SessionId, cause: Option<&Cause>) {
        for client in theirs.iter().filter(|client| client.session() == gone) {
            let Some(mut session) = self.sessions.shown(&client.user.id) else { continue };
            self.count_unread(&mut session, &client.user.id);
            client.show(session.id);
            let (id, joined) = (session.id, SessionJoined::joined(session, &client.user.id));
            windows::tell(slice::from_ref(client), id, &joined, cause.cloned());
        }
    }

    /// Tells the owner of a session who asks to be let in.
    pub(super) fn tell_asking(&self, session: SessionId, cause: Option<Cause>) {
        self.in_order(|| {
            let told = self.sessions.asking(session).map(|(requested, owner)| (requested, self.rooms.of(&owner)));
            move || {
                if let Some((requested, owner)) = told {
                    windows::tell(&owner, session, &requested, cause);
                }
            }
        });
    }

    /// Notes that somebody asks to be in no session any more, or not in this one.
    pub(super) fn withdraw(&self, user_id: &str, from: Option<SessionId>, cause: Option<&Cause>) {
        for session in self.sessions.withdraw(user_id, from) {
            self.tell_asking(session, cause.cloned());
        }
    }

    /// Notes which session a window shows now. In the one that it has shown its user is in no pane any more, as far as it goes.
    pub(super) fn turn_to(&self, client: &Client, session: SessionId, cause: Option<&Cause>) {
        let before = client.show(session);
        if before == session {
            return;
        }
        self.in_order(|| {
            let told = self.sessions.turn_from(&client.user.id, &client.id, before);
            let told = told.map(|here| (self.windows_because(before, cause.cloned()), here));
            move || {
                if let Some((windows, here)) = told {
                    windows.tell(&here);
                }
            }
        });
    }

    /// Tells the people around somebody that a window of theirs has come or gone; the one that has come needs no word.
    pub(super) fn tell_presence(&self, user_id: &str, come: Option<&ClientId>, cause: Option<&Cause>) {
        self.in_order(|| {
            let told = self.sessions.presence(user_id).into_iter();
            let windows = |session| self.windows_because(session, cause.cloned());
            let told: Vec<(Windows, _)> = told.map(|here| (windows(here.session_id), here)).collect();
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
