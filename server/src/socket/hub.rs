//! What all connections share: sessions, terminals, who is connected and who watches what.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use app::{
    protocol::{
        Event, Request, SessionId, TerminalId,
        event::{ORDINARY_TIMEOUT, Subject},
        terminal::{TerminalClosed, TerminalLeader, TerminalResized},
    },
    tracking::{Capture, Tracker},
};
use futures_util::future::join_all;
use serde::Serialize;
use tracing::Span;

use super::{
    audience::{Audience, ClientId, Closer},
    client::Client,
    extra::Extra,
    lasting::Lasting,
    limits::WireLimits,
    names::Names,
    order::Order,
    outgoing::Message,
    programs::Programs,
    pump::Mark,
    rooms::Rooms,
    stages::{Stage, Stages},
    tally::Tally,
    windows::{Windows, recipients},
};
use crate::{
    store::Change,
    telemetry::{
        Metrics, SocketFigures,
        span::{self, Cause, Foresight, InputSampling, Recipients},
    },
    terminal::{Integration, ResizePolicy, Size, Terminals},
    workspace::{Action, Patience, Sessions},
};

/// What the sockets are told by the server's settings.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Where Socket.IO is reached: the base path and `/socket.io`.
    pub path: String,
    /// The name of the account that shells run as.
    pub account: String,
    /// The command of a new terminal, as its words; `None` means the account's login shell.
    pub shell: Option<Vec<String>>,
    /// The directory of a new terminal; `None` means the home directory.
    pub cwd: Option<PathBuf>,
    /// Variables of a new terminal beside those that it gets anyhow.
    pub env: Vec<(String, String)>,
    /// The file that a new terminal shows first.
    pub motd: Option<PathBuf>,
    /// Whose size a terminal has.
    pub resize: ResizePolicy,
    /// The scripts by which shells mark their commands; none to start shells plain.
    pub integration: Option<Integration>,
    /// How much of each payload the tracker keeps.
    pub payload: Capture,
    /// What shells' programs are given to send their own telemetry; none to give them nothing.
    pub programs: Option<Arc<Programs>>,
    /// The server's `service.name`, mirrored on spans.
    pub service_name: String,
    /// How long a request may take that does not say so itself; none for what is usual.
    pub ordinary_timeout: Option<Duration>,
    /// Whether each request and response is logged, never its payload.
    pub detailed_logging: bool,
    /// Of which messages it is known before that nothing of them is recorded.
    pub foresight: Foresight,
    /// How much of each terminal's input is recorded.
    pub input: InputSampling,
    /// Where it is said what is counted and measured.
    pub metrics: Metrics,
    /// Whether everybody who can connect is the owner, so that a link would give nothing.
    pub is_open: bool,
    /// What each window may send at most.
    pub wire: WireLimits,
    /// How long people may be away before it matters.
    pub patience: Patience,
}

impl Settings {
    /// How long a request may take.
    pub(super) fn limit<R: Request>(&self) -> Duration {
        self.ordinary_timeout.filter(|_| R::TIMEOUT == ORDINARY_TIMEOUT).unwrap_or(R::TIMEOUT)
    }
}

pub(super) struct Hub {
    pub(super) settings: Settings,
    pub(super) sessions: Sessions,
    pub(super) terminals: Arc<Terminals<TerminalId>>,
    pub(super) lasting: Lasting,
    pub(super) tracker: Arc<dyn Tracker>,
    pub(super) tally: Tally,
    closing: AtomicBool,
    order: Order,
    pub(super) rooms: Rooms,
    pub(super) stages: Stages,
    pub(super) names: Names,
    pub(super) extra: Extra,
}

impl Hub {
    pub(super) fn new(
        settings: Settings,
        sessions: Sessions,
        terminals: Arc<Terminals<TerminalId>>,
        lasting: Lasting,
        tracker: Arc<dyn Tracker>,
    ) -> Self {
        let stages = Stages::new(settings.input.clone());
        let order = Order::new(lasting.store.clone());
        Self {
            settings,
            sessions,
            terminals,
            lasting,
            tally: Tally::default(),
            tracker,
            closing: AtomicBool::new(false),
            order,
            rooms: Rooms::default(),
            stages,
            names: Names::default(),
            extra: Extra::default(),
        }
    }

    /// Everything that is stored, but for the words of messages. What refers to something comes after it.
    pub(super) fn known(&self) -> Vec<Change> {
        [self.sessions.records(), self.lasting.shares.records(), self.lasting.chat.records()].concat()
    }

    /// Whether the server is ending, so that no new work is taken.
    pub(super) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    /// Takes no new work from now on.
    pub(super) fn begin_closing(&self) {
        self.closing.store(true, Ordering::Release);
    }

    /// Changes a session and tells it: what is changed first is told first, and nothing before it is stored. `change` happens here
    /// and now; `tell` is given what came of it and the windows of those who are members then, and runs in another thread.
    ///
    /// The one way to change what members are told of.
    pub(super) fn commit<T: Send + 'static>(
        &self,
        session: SessionId,
        change: impl FnOnce(&Sessions) -> T,
        tell: impl FnOnce(&Windows, T) + Send + 'static,
    ) {
        self.commit_because(session, span::cause_of(&Span::current()), change, tell);
    }

    /// The same of what something else has caused than what is being handled.
    pub(super) fn commit_because<T: Send + 'static>(
        &self,
        session: SessionId,
        cause: Option<Cause>,
        change: impl FnOnce(&Sessions) -> T,
        tell: impl FnOnce(&Windows, T) + Send + 'static,
    ) {
        self.in_order(|| {
            let changed = change(&self.sessions);
            let windows = self.windows_because(session, cause);
            move || tell(&windows, changed)
        });
    }

    /// The windows of those who are members of a session now, to be told of what this has caused.
    pub(super) fn windows_because(&self, session: SessionId, cause: Option<Cause>) -> Windows {
        let clients = self.rooms.of(&self.sessions.windows(session));
        let narrow = self.sessions.narrow_windows(session).into_iter();
        let narrow = narrow.filter_map(|(window, seen)| Some((self.rooms.of(&[window]).pop()?, seen))).collect();
        Windows { session, clients, narrow, cause }
    }

    /// Looks at the sessions between two changes, and tells what is seen between what is told of the two.
    pub(super) fn in_order<T: FnOnce() + Send + 'static>(&self, look: impl FnOnce() -> T) {
        self.order.commit(|| {
            let telling = look();
            (self.sessions.unsaved(), Box::new(telling))
        });
    }

    /// How much goes on.
    pub(super) fn figures(&self) -> SocketFigures {
        SocketFigures { active_sessions: self.sessions.visited() as u64, connected_clients: self.rooms.len() as u64 }
    }

    /// Ends a terminal whose pane is gone. Who watches it is told, and then it is forgotten.
    pub(super) fn end(&self, terminal: TerminalId) {
        let is_told = self.stages.with(terminal, |stage| stage.audience.is_closed()).unwrap_or(true);
        match self.terminals.get(&terminal) {
            // Whoever tells the end sees that it is in no pane any more.
            Some(terminal) if !is_told => terminal.close(),
            _ => self.forget(terminal),
        }
    }

    /// Forgets a terminal that has ended and whose pane is gone, once its viewers have had all of it or a moment has passed.
    pub(super) async fn let_go(&self, terminal: TerminalId, seq: u64) {
        let viewers = self.viewers(terminal);
        join_all(viewers.iter().map(|client| client.sent(terminal, seq))).await;
        self.forget(terminal);
    }

    /// Forgets a terminal that is nowhere any more.
    pub(super) fn forget(&self, terminal: TerminalId) {
        for client in self.viewers(terminal) {
            client.forget(terminal);
        }
        self.sessions.forget(terminal);
        self.stages.close(terminal);
        self.names.forget(terminal);
        self.terminals.remove(terminal);
    }

    /// Takes a viewer out, and tells the others when that changes who leads.
    pub(super) fn detach(&self, terminal: TerminalId, client: &ClientId) {
        if self.stages.with(terminal, |stage| stage.audience.detach(client)) == Some(true) {
            self.tell_leader(terminal, None);
        }
        if self.settings.resize == ResizePolicy::Smallest {
            let smallest = |stage: &mut Stage| {
                stage.audience.sized(None);
                stage.audience.smallest()
            };
            let smallest = self.stages.with(terminal, smallest).flatten();
            if let Some((terminal, size)) = self.terminals.get(&terminal).zip(smallest) {
                // One that has ended, or does not read its input, keeps its size.
                let _ = terminal.resize(size);
            }
        }
    }

    /// Has nobody lead who may not type any more, and somebody who may now where nobody did.
    pub(super) fn reappoint(&self, session: SessionId, user_id: &str, cause: Option<&Cause>) {
        let windows = self.rooms.of(&self.sessions.windows_of(user_id));
        for terminal in self.stages.of(session) {
            for client in &windows {
                let types = client.terminal_to(Action::Type, terminal).is_ok();
                if self.stages.with(terminal, |stage| stage.audience.allow(&client.id, types)) == Some(true) {
                    self.tell_leader(terminal, cause.cloned());
                }
            }
        }
    }

    /// Who leads at a terminal.
    pub(super) fn leader(&self, terminal: TerminalId) -> Option<String> {
        self.stages.with(terminal, |stage| stage.audience.leader().map(|leader| leader.to_string()))?
    }

    /// Tells the viewers who leads now.
    pub(super) fn tell_leader(&self, terminal_id: TerminalId, cause: Option<Cause>) {
        let subject = self.subject(terminal_id);
        self.tell_viewers(terminal_id, |audience, viewers| {
            let leader = audience.leader().map(|leader| leader.to_string());
            Message::fan_out(&TerminalLeader { terminal_id, leader }, subject, viewers, cause)
        });
    }

    /// Tells the viewers something that has happened in a terminal, by what is said to have caused it.
    pub(super) fn notify_viewers<E: Event + Serialize>(&self, terminal: TerminalId, event: &E, cause: Option<Cause>) {
        let subject = self.subject(terminal);
        self.tell_viewers(terminal, |_, viewers| Message::fan_out(event, subject, viewers, cause));
    }

    /// Sends a notice to everybody who watches a terminal.
    fn tell_viewers(&self, terminal: TerminalId, notice: impl FnOnce(&Audience, Recipients<'_>) -> Message) {
        let room = self.room_of(terminal);
        // Sent under the lock, so that of two changes the later one is told last.
        self.stages.with(terminal, |stage| {
            let viewers: Vec<_> = room.iter().filter(|client| stage.audience.has(&client.id)).collect();
            let message = notice(&stage.audience, recipients(&viewers));
            viewers.iter().for_each(|client| client.lane.send(message.clone()));
        });
    }

    /// Tells everybody who sees a terminal in the session what has happened in it, whether they watch it at this moment or not.
    pub(super) fn notify_room<E: Event + Serialize>(&self, terminal: TerminalId, event: &E, cause: Option<Cause>) {
        let room = self.room_of(terminal);
        let message = Message::fan_out(event, self.subject(terminal), recipients(&room), cause);
        room.iter().for_each(|client| client.lane.send(message.clone()));
    }

    /// Tells the session the size in force, except for whom it comes from; viewers hear it after the output before `seq`.
    pub(super) fn tell_size(&self, terminal: TerminalId, size: Size, seq: u64) {
        let room = self.room_of(terminal);
        let sizer = self.stages.with(terminal, |stage| stage.audience.sizer().cloned()).flatten();
        let (teller, cause) = sizer.map_or((None, None), |sizer| (sizer.answered, sizer.cause));
        let resized = TerminalResized { terminal_id: terminal, cols: size.cols(), rows: size.rows() };
        let told: Vec<_> = room.iter().filter(|client| teller.as_ref() != Some(&client.id)).collect();
        let message = Message::fan_out(&resized, self.subject(terminal), recipients(&told), cause);
        for client in told {
            if !client.mark(terminal, seq, || Mark::Size(message.clone())) {
                client.lane.send(message.clone());
            }
        }
    }

    /// Tells the session where the shell of a terminal is now.
    pub(super) fn tell_moved(&self, terminal: TerminalId, directory: String) {
        let Some(session) = self.stages.with(terminal, |stage| stage.session) else { return };
        self.commit(
            session,
            |sessions| sessions.moved(terminal, directory),
            |windows, moved| {
                if let Some(updated) = moved {
                    windows.tell(&updated);
                }
            },
        );
    }

    /// Tells the session that a terminal has ended: by an answer who waits for it, viewers after the output before `seq`.
    pub(super) fn tell_closed(&self, closed: &TerminalClosed, seq: u64) {
        let terminal = closed.terminal_id;
        self.sessions.ended(terminal);
        let mut room = self.room_of(terminal);
        let Some((closers, viewers)) = self.stages.with(terminal, |stage| stage.audience.close(closed.clone())) else {
            return;
        };
        if room.is_empty() {
            // Of a session that is no more there are those left who watched.
            room = self.rooms.of(&viewers);
        }
        let cause = closers.first().and_then(|closer| closer.cause.clone());
        let answered = |Closer { client, closed: answer, .. }| answer.send(closed.clone()).is_ok().then_some(client);
        let answered: Vec<ClientId> = closers.into_iter().filter_map(answered).collect();
        let told: Vec<_> = room.iter().filter(|client| !answered.contains(&client.id)).collect();
        let message = Message::fan_out(closed, self.subject(terminal), recipients(&told), cause);
        for client in told {
            // Who attaches after this moment is told by the attaching, too.
            let is_viewer = viewers.contains(&client.id);
            if !(is_viewer && client.mark(terminal, seq, || Mark::Closed(message.clone()))) {
                client.lane.send(message.clone());
            }
        }
    }

    /// The connections that watch a terminal, whatever has become of its session.
    fn viewers(&self, terminal: TerminalId) -> Vec<Arc<Client>> {
        let viewers = self.stages.with(terminal, |stage| stage.audience.viewers().to_vec());
        self.rooms.of(&viewers.unwrap_or_default())
    }

    /// What a notice about a terminal is about.
    pub(super) fn subject(&self, terminal: TerminalId) -> Subject {
        let session = self.stages.with(terminal, |stage| stage.session);
        Subject { terminal: Some(terminal), session, ..Subject::default() }
    }

    /// The connections of those who see a terminal.
    fn room_of(&self, terminal: TerminalId) -> Vec<Arc<Client>> {
        let session = self.stages.with(terminal, |stage| stage.session);
        session.map(|session| self.rooms.of(&self.sessions.windows_on(session, terminal))).unwrap_or_default()
    }
}
