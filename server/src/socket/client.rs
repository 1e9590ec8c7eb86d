//! One connected window, as its handlers see it. It holds no socket: what it has to say goes through its lane.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use app::{
    protocol::{
        Event, Pace, Refusal, RefusalCode, SessionId, TerminalId,
        event::Subject,
        session::{UserRole, UserView},
        workspace::Session,
    },
    trace::Extracted,
};
use serde::Serialize;
use tokio::{sync::oneshot, time::timeout};
use tracing::Span;

use super::{
    audience::ClientId,
    hub::Hub,
    lane::Lane,
    outgoing::Message,
    pump::{Begun, Form, Mark, Start, Viewing},
    rate::Buckets,
    stages::Stage,
};
use crate::{
    telemetry::span::{self, Cause, Recipients, RemoteTrust},
    terminal::Terminal,
    workspace::{Action, Denied},
};

/// How long an answer waits for the output before it to leave. A window that takes nothing gets its answer all the same.
const OUTPUT_FIRST: Duration = Duration::from_secs(1);

/// One connection. It leaves when told to, and at the latest when its socket is dropped.
pub(super) struct Client {
    pub(super) hub: Arc<Hub>,
    /// The public name; the transport's own id is a capability and never leaves the process.
    pub(super) id: ClientId,
    pub(super) user: UserView,
    pub(super) lane: Lane,
    /// The session it shows.
    shown: Mutex<SessionId>,
    /// Why a guest has not come in, until they are told.
    refused: Mutex<Option<Denied>>,
    /// What it was told last that there is to see, where it sees one terminal alone.
    seen: Mutex<Option<Session>>,
    viewings: Mutex<HashMap<TerminalId, Arc<Viewing>>>,
    buckets: Mutex<Buckets>,
    trust: Mutex<RemoteTrust>,
    has_left: AtomicBool,
}

impl Client {
    /// Brings a window of `user` into their sessions.
    pub(super) fn join(hub: Arc<Hub>, id: ClientId, user: UserView, lane: Lane, trust: RemoteTrust) -> Arc<Self> {
        let client = Arc::new(Self {
            id,
            user,
            lane,
            shown: Mutex::new(SessionId::NOBODY),
            refused: Mutex::default(),
            seen: Mutex::default(),
            viewings: Mutex::default(),
            buckets: Mutex::new(Buckets::new(&hub.settings.wire, Instant::now())),
            trust: Mutex::new(trust),
            has_left: AtomicBool::new(false),
            hub,
        });
        client.hub.rooms.join(&client);
        if client.user.role == UserRole::Guest {
            client.hub.arrive(&client);
        } else {
            client.hub.in_order(|| {
                client.show(client.hub.sessions.enter(&client.user, Arc::clone(&client.id)));
                || {}
            });
            let cause = span::cause_of(&Span::current());
            client.hub.tell_presence(&client.user.id, Some(&client.id), cause.as_ref());
        }
        client
    }

    /// The session it shows.
    pub(super) fn session(&self) -> SessionId {
        *lock(&self.shown)
    }

    /// Notes which session it shows; returns which it has shown.
    pub(super) fn show(&self, session: SessionId) -> SessionId {
        std::mem::replace(&mut *lock(&self.shown), session)
    }

    /// Notes why its guest has not come in.
    pub(super) fn refused(&self, why: Option<Denied>) {
        *lock(&self.refused) = why;
    }

    /// Why its guest has not come in, to be told once.
    pub(super) fn take_refusal(&self) -> Option<Denied> {
        lock(&self.refused).take()
    }

    /// Notes what there is to see of a session; returns whether that is something else than before.
    pub(super) fn sees(&self, session: &Session) -> bool {
        // Of a change that is not theirs to see, the revision says that there was one.
        let seen = Some(Session { revision: 0, ..session.clone() });
        let mut before = lock(&self.seen);
        let is_new = *before != seen;
        *before = seen;
        is_new
    }

    /// What its beginning and its end are about.
    pub(super) fn subject(&self) -> Subject {
        Subject { session: Some(self.session()), ..Subject::default() }
    }

    /// What it alone is told, under the span of what caused it, if something did.
    pub(super) fn notice<E: Event + Serialize>(&self, event: &E, subject: Subject, cause: Option<Cause>) -> Message {
        Message::fan_out(event, subject, self.recipient(), cause)
    }

    /// It as the recipient of a notice.
    pub(super) fn recipient(&self) -> Recipients<'_> {
        Recipients::one(&self.id, self.lane.protocol())
    }

    /// Tells it something that it alone is told.
    pub(super) fn tell<E: Event + Serialize>(&self, event: &E, subject: Subject, cause: Option<Cause>) {
        self.lane.send(self.notice(event, subject, cause));
    }

    /// Leaves everything: what it watched, its session, its pending requests. The lane stays open for the goodbye.
    pub(super) fn leave(&self) {
        let viewings = std::mem::take(&mut *lock(&self.viewings));
        for terminal in viewings.into_keys() {
            self.hub.detach(terminal, &self.id);
        }
        if !self.has_left.swap(true, Ordering::AcqRel) {
            self.hub.rooms.part(&self.id);
            self.hub.sessions.leave(&self.user.id, &self.id);
            self.hub.departed(&self.user);
        }
    }

    /// Ends the connection that its window had before, if that is still there: on a network that is gone it would watch, and lead,
    /// until its next ping is missed. Only who is the same user may end it.
    pub(super) fn succeed(&self, before: &ClientId) {
        let before = self.hub.rooms.of(std::slice::from_ref(before)).pop();
        if let Some(before) = before.filter(|before| before.user.id == self.user.id && before.id != self.id) {
            before.leave();
            before.lane.hang_up();
        }
    }

    /// Ends the viewing of all terminals that its user may not see any more.
    pub(super) fn close_unseen(&self) {
        let viewed: Vec<_> = lock(&self.viewings).keys().copied().collect();
        for terminal in viewed {
            if self.hub.sessions.access(&self.user.id, terminal).is_none() {
                self.detach(terminal);
            }
        }
    }

    /// Draws one request from its bucket.
    ///
    /// # Errors
    /// `rate_limited`, with the time until the next one.
    pub(super) fn draw(&self, pace: Pace, now: Instant) -> Result<(), Refusal> {
        lock(&self.buckets).take(pace, now).map_err(|wait| {
            let millis = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).max(1);
            Refusal::new(RefusalCode::RateLimited, "These requests come too fast.").retry_after(millis)
        })
    }

    /// What is used of the context that the window sent.
    pub(super) fn trust(&self, sent: Extracted, now: Instant) -> Extracted {
        lock(&self.trust).admit(sent, now)
    }

    /// The terminal of that id, to do that with it.
    ///
    /// # Errors
    /// `not_found`, also for what the user may not know of; `forbidden` for who may only look.
    pub(super) fn terminal_to(&self, action: Action, id: TerminalId) -> Result<Terminal, Refusal> {
        let not_found = || Refusal::not_found("terminalId", "terminal");
        match self.hub.sessions.admit(&self.user.id, id, action) {
            Ok(()) => self.hub.terminals.get(&id).ok_or_else(not_found),
            Err(Denied::NoSession) => Err(not_found()),
            Err(_) => Err(Refusal::new(RefusalCode::Forbidden, "You may only look at this terminal.")),
        }
    }

    /// Begins to view a terminal, which the window may type into or not; who views it already begins anew.
    pub(super) fn view(
        self: &Arc<Self>,
        id: TerminalId,
        terminal: Terminal,
        types: bool,
        from: Option<u64>,
        form: Form,
    ) -> Attaching {
        let hub = Arc::clone(&self.hub);
        let leader = Box::new(move || hub.leader(id));
        let end = *terminal.subscribe().borrow();
        let Begun { viewing, start, told } =
            Viewing::begin(id, terminal, Arc::clone(&self.id), self.lane.clone(), leader, from, form);
        let viewing = Arc::new(viewing);
        // Dropped here, an earlier viewing of this window ends before the new one is announced.
        drop(lock(&self.viewings).insert(id, Arc::clone(&viewing)));
        let attach = |stage: &mut Stage| (stage.audience.attach(&self.id), stage.audience.allow(&self.id, types));
        let (closed, is_led_anew) = self.hub.stages.with(id, attach).unwrap_or_default();
        if is_led_anew && self.hub.stages.with(id, |stage| stage.audience.viewers().len() > 1) == Some(true) {
            self.hub.tell_leader(id, span::cause_of(&Span::current()));
        }
        if let Some(closed) = closed {
            let notice = self.notice(&closed, self.hub.subject(id), span::cause_of(&Span::current()));
            viewing.mark(end, Mark::Closed(notice));
        }
        Attaching {
            client: Arc::clone(self),
            id,
            viewing: Arc::downgrade(&viewing),
            start: Some(start),
            told: Some(told),
        }
    }

    /// Ends the viewing of a terminal.
    pub(super) fn detach(&self, id: TerminalId) {
        drop(lock(&self.viewings).remove(&id));
        self.hub.detach(id, &self.id);
    }

    /// Drops the viewing of a terminal that is nowhere any more, and with it what was kept to be viewed.
    pub(super) fn forget(&self, id: TerminalId) {
        drop(lock(&self.viewings).remove(&id));
    }

    /// The viewing of a terminal, if there is one.
    pub(super) fn viewing(&self, id: TerminalId) -> Option<Arc<Viewing>> {
        lock(&self.viewings).get(&id).cloned()
    }

    /// Has something passed once everything before `seq` has been sent; `false` when the window does not view the terminal.
    pub(super) fn mark(&self, id: TerminalId, seq: u64, mark: impl FnOnce() -> Mark) -> bool {
        let viewings = lock(&self.viewings);
        let viewing = viewings.get(&id);
        if let Some(viewing) = viewing {
            viewing.mark(seq, mark());
        }
        viewing.is_some()
    }

    /// Waits a moment for everything before `seq` to be sent.
    pub(super) async fn sent(&self, id: TerminalId, seq: u64) {
        let (reached, is_reached) = oneshot::channel();
        if self.mark(id, seq, || Mark::Reached(reached)) {
            // Too slow, or gone: the answer does not wait any longer.
            let _ = timeout(OUTPUT_FIRST, is_reached).await;
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.leave();
        self.lane.close();
    }
}

/// A viewing whose output waits for the window to be told. Dropped before that, the viewing has not begun.
pub(super) struct Attaching {
    client: Arc<Client>,
    id: TerminalId,
    viewing: Weak<Viewing>,
    start: Option<oneshot::Receiver<Start>>,
    told: Option<oneshot::Sender<()>>,
}

impl Attaching {
    /// Where output will begin; `None` when the window has detached or attached anew meanwhile.
    pub(super) async fn start(&mut self) -> Option<Start> {
        self.start.take()?.await.ok()
    }

    /// Lets the output flow.
    pub(super) fn told(mut self) {
        if let Some(told) = self.told.take() {
            // A viewing that has ended meanwhile needs no word.
            let _ = told.send(());
        }
    }
}

impl Drop for Attaching {
    fn drop(&mut self) {
        let is_current =
            |viewing: Arc<Viewing>| self.viewing.upgrade().is_some_and(|ours| Arc::ptr_eq(&ours, &viewing));
        if self.told.is_some() && self.client.viewing(self.id).is_some_and(is_current) {
            self.client.detach(self.id);
        }
    }
}

/// Locks for a few lines. Every change leaves the data whole, so that of a panicked thread is still good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
