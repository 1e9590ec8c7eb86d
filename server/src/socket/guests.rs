//! Guests coming and going: what a share link means for the windows that were opened by it.

use std::{sync::Arc, time::Duration};

use app::protocol::{
    Refusal, RefusalCode, SessionId,
    people::SessionLeft,
    session::{GuestPass, UserRole, UserView},
};
use tokio::time::{sleep, timeout};
use tracing::Span;

use super::{audience::ClientId, client::Client, hub::Hub, windows};
use crate::{
    share::{self, Ended, Guest},
    telemetry::span::{self, Cause},
    workspace::Newcomer,
};

/// What a share link's secret is called in a payload.
pub(super) const SHARE_TOKEN: &str = "shareToken";

/// How long a window that is to be closed has to take what it is told last: it is gone well within a second.
const LAST_WORDS: Duration = Duration::from_millis(300);

impl Hub {
    /// Brings a guest's window into the session of their link, or has the owner asked.
    pub(super) fn arrive(&self, client: &Arc<Client>) {
        let Some(guest) = self.guest(client) else { return };
        self.lasting.shares.came(&client.user.id);
        client.show(guest.link.session);
        self.in_order(|| {
            self.sessions.visit(&client.user, Arc::clone(&client.id));
            || {}
        });
        self.join(client, guest.link.session, newcomer(guest), |client, joined| client.refused(joined.err()));
    }

    /// What a guest's window is told of the link it was opened by.
    pub(super) fn pass(&self, client: &Client) -> Option<GuestPass> {
        let Guest { link, role, .. } = self.guest(client)?;
        Some(GuestPass {
            session_id: link.session,
            role: self.sessions.role(&client.user.id, link.session).unwrap_or(role),
            terminal_id: link.terminal,
            expires_at: link.expires_at.map(share::timestamp),
            is_waiting: self.sessions.is_asking(&client.user.id, link.session),
        })
    }

    fn guest(&self, client: &Client) -> Option<Guest> {
        let is_guest = client.user.role == UserRole::Guest;
        is_guest.then(|| self.lasting.shares.guest(&client.user.id, share::now()))?
    }

    /// Closes the windows of guests whose visit was over before they had come in. Those who are being told why are left the time.
    pub(super) fn close_late(&self) {
        for client in self.rooms.everybody().into_iter().filter(|client| self.is_over(client)) {
            tokio::spawn(async move {
                sleep(LAST_WORDS).await;
                see_off(client);
            });
        }
    }

    /// Whether it is the window of a guest whose visit is over.
    pub(super) fn is_over(&self, client: &Client) -> bool {
        client.user.role == UserRole::Guest && self.guest(client).is_none()
    }

    /// Notes that a window of somebody is gone.
    pub(super) fn departed(&self, user: &UserView) {
        if user.role == UserRole::Guest {
            self.lasting.shares.went(&user.id);
        }
        if self.sessions.windows_of(&user.id).is_empty() {
            self.withdraw(&user.id, None, None);
        }
        self.tell_presence(&user.id, None, span::cause_of(&Span::current()).as_ref());
    }

    /// Ends the visits of all who came by a link that has ended: they leave the session, and their connections are closed.
    pub(super) fn end_visits(self: &Arc<Self>, ended: Ended, why: &str, cause: Option<&Cause>) {
        // By the field a page knows this from an owner who has put somebody out.
        let error = Refusal { field: Some(SHARE_TOKEN.to_owned()), ..Refusal::new(RefusalCode::Forbidden, why) };
        for guest in ended.guests {
            self.end_visit(&guest, ended.link.session, error.clone(), cause.cloned());
        }
    }

    /// Ends one visit.
    fn end_visit(self: &Arc<Self>, guest: &str, session: SessionId, error: Refusal, cause: Option<Cause>) {
        self.withdraw(guest, None, cause.as_ref());
        let hub = Arc::clone(self);
        let user = guest.to_owned();
        self.commit_because(
            session,
            cause,
            |sessions| sessions.dismiss(guest, session),
            move |windows, out| {
                // Who waited to be let in is told, too.
                let theirs = hub.sessions.windows_of(&user);
                if let Ok(out) = out {
                    windows.tell(&out.told);
                    hub.lasting.chat.left(session, &user);
                }
                hub.see_off(&theirs, session, error, windows.cause.clone());
            },
        );
    }

    /// Closes the connections of a guest whose visit is over.
    pub(super) fn see_off(&self, theirs: &[ClientId], session_id: SessionId, error: Refusal, cause: Option<Cause>) {
        let theirs = self.rooms.of(theirs);
        windows::tell(&theirs, session_id, &SessionLeft { session_id, error: Some(error) }, cause);
        theirs.into_iter().for_each(see_off);
    }
}

fn newcomer(guest: Guest) -> Newcomer {
    let Guest { user, link, role, is_admitted } = guest;
    Newcomer { user_id: user.id, name: user.name, role, only: link.terminal, is_admitted }
}

/// Closes a connection once its window has been told why, or does not listen.
fn see_off(client: Arc<Client>) {
    tokio::spawn(async move {
        // Who takes nothing is not waited for.
        let _ = timeout(LAST_WORDS, client.lane.drained()).await;
        client.lane.hang_up();
    });
}

#[cfg(test)]
mod tests {
    use std::sync::{Weak, mpsc};

    use app::{
        protocol::{TerminalId, workspace::MemberRole},
        tracking::NoOpSocketConnectionTracker,
    };
    use socketioxide::socket::Socket;

    use super::*;
    use crate::{
        share::Wanted,
        socket::{Lasting, Settings, lane::Lane},
        telemetry::span::RemoteTrust,
        terminal::{Limits, Spawner, Terminals},
        workspace::{Denied, Sessions},
    };

    fn window(hub: &Arc<Hub>, id: &str, user: UserView) -> Arc<Client> {
        let lane = Lane::open(Weak::<Socket>::new());
        Client::join(Arc::clone(hub), id.into(), user, lane, RemoteTrust::new(false))
    }

    /// Waits for what comes of something that is told in order.
    fn told<T>(heard: &mpsc::Receiver<T>) -> T {
        heard.recv_timeout(Duration::from_secs(20)).unwrap()
    }

    #[tokio::test]
    async fn who_comes_in_by_a_link_that_ends_at_that_very_moment_stays_outside() {
        let terminals: Arc<Terminals<TerminalId>> = Arc::new(Terminals::new(Spawner::Echo, Limits::default()));
        let lasting = Lasting::in_memory().unwrap();
        let tracker = Arc::new(NoOpSocketConnectionTracker);
        let hub = Arc::new(Hub::new(Settings::default(), Sessions::default(), terminals, lasting, tracker));
        let ada = UserView { id: "ada".to_owned(), name: "Ada".to_owned(), role: UserRole::User };
        let owner = window(&hub, "c_1", ada);
        let session = owner.session();

        let (tell, heard) = mpsc::channel();
        let wanted = Wanted { session, terminal: None, role: MemberRole::Viewer, expires_at: None };
        hub.lasting.shares.create(wanted, share::now(), move |created| tell.send(created.unwrap()).unwrap());
        let (link, secret) = told(&heard);
        let (tell, heard) = mpsc::channel();
        hub.lasting.shares.visit(secret.reveal(), share::now(), move |guest| tell.send(guest).unwrap()).unwrap();
        let guest = told(&heard);
        let visitor = window(&hub, "c_2", guest.user.clone());
        assert_eq!(hub.sessions.role(&guest.user.id, session), Some(MemberRole::Viewer));

        // The link ends, and a window that was let through before that comes in after it.
        let ended = hub.lasting.shares.revoke(link.id, || {}).unwrap();
        hub.end_visits(ended, "The link you came by has been revoked.", None);
        assert!(hub.is_over(&visitor));
        let (tell, heard) = mpsc::channel();
        let user = guest.user.id.clone();
        hub.join(&visitor, session, newcomer(guest), move |_, joined| tell.send(joined.map(drop)).unwrap());
        assert_eq!(told(&heard), Err(Denied::NoSession));
        assert_eq!(hub.sessions.role(&user, session), None);
    }
}
