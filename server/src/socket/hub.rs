//! What all connections share: sessions, terminals, who is connected and who watches what.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use app::{
    protocol::{
        SessionId, TerminalId,
        terminal::{TerminalClosed, TerminalLeader, TerminalResized},
    },
    trace::Extracted,
    tracking::Tracker,
};

use super::{
    audience::{Audience, ClientId, Closer},
    client::Client,
    outgoing::Message,
    pump::Mark,
    tally::Tally,
};
use crate::{
    telemetry::span::InputSampling,
    terminal::{Size, Terminals},
    workspace::Sessions,
};

/// What the sockets are told by the server's settings.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Where Socket.IO is reached: the base path and `/socket.io`.
    pub path: String,
    /// The command of a new terminal; `None` means the account's login shell.
    pub shell: Option<String>,
    /// The directory of a new terminal; `None` means the home directory.
    pub cwd: Option<PathBuf>,
    /// The server's `service.name`, mirrored on spans.
    pub service_name: String,
    /// Whether each request and response is logged, never its payload.
    pub detailed_logging: bool,
}

pub(super) struct Hub {
    pub(super) settings: Settings,
    pub(super) sessions: Sessions,
    pub(super) terminals: Arc<Terminals<TerminalId>>,
    pub(super) tracker: Arc<dyn Tracker>,
    pub(super) tally: Tally,
    closing: AtomicBool,
    /// The connections of each session. Weak, because a connection belongs to its socket.
    rooms: Mutex<HashMap<SessionId, Vec<Weak<Client>>>>,
    stages: Mutex<HashMap<TerminalId, Stage>>,
}

/// What the sockets know of one terminal.
struct Stage {
    session: SessionId,
    audience: Audience,
    input: InputSampling,
}

impl Hub {
    pub(super) fn new(
        settings: Settings,
        sessions: Sessions,
        terminals: Arc<Terminals<TerminalId>>,
        tracker: Arc<dyn Tracker>,
    ) -> Self {
        Self {
            settings,
            sessions,
            terminals,
            tally: Tally::default(),
            tracker,
            closing: AtomicBool::new(false),
            rooms: Mutex::default(),
            stages: Mutex::default(),
        }
    }

    /// Whether the server is ending, so that no new work is taken.
    pub(super) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    /// Takes no new work from now on.
    pub(super) fn begin_closing(&self) {
        self.closing.store(true, Ordering::Release);
    }

    /// Brings a connection into its session.
    pub(super) fn join(&self, session: SessionId, client: &Arc<Client>) {
        lock(&self.rooms).entry(session).or_default().push(Arc::downgrade(client));
    }

    /// Takes a connection out of its session.
    pub(super) fn part(&self, session: SessionId, client: &ClientId) {
        let mut rooms = lock(&self.rooms);
        if let Some(room) = rooms.get_mut(&session) {
            room.retain(|member| member.upgrade().is_some_and(|member| member.id != *client));
            if room.is_empty() {
                rooms.remove(&session);
            }
        }
    }

    /// The connections of a session.
    pub(super) fn room(&self, session: SessionId) -> Vec<Arc<Client>> {
        lock(&self.rooms).get(&session).into_iter().flatten().filter_map(Weak::upgrade).collect()
    }

    /// All connections that are in a session.
    pub(super) fn everybody(&self) -> Vec<Arc<Client>> {
        lock(&self.rooms).values().flatten().filter_map(Weak::upgrade).collect()
    }

    /// Makes room for the audience of a new terminal.
    pub(super) fn stage(&self, terminal: TerminalId, session: SessionId) {
        let stage = Stage { session, audience: Audience::default(), input: InputSampling::default() };
        lock(&self.stages).insert(terminal, stage);
    }

    /// Forgets a terminal that is nowhere any more.
    pub(super) fn forget(&self, terminal: TerminalId) {
        lock(&self.stages).remove(&terminal);
        self.terminals.remove(terminal);
    }

    /// Brings in a viewer; returns how the terminal ended if it has.
    pub(super) fn attach(&self, terminal: TerminalId, client: &ClientId) -> Option<TerminalClosed> {
        lock(&self.stages).get_mut(&terminal)?.audience.attach(client)
    }

    /// Takes a viewer out, and tells the others when that changes who leads.
    pub(super) fn detach(&self, terminal: TerminalId, client: &ClientId) {
        let led = lock(&self.stages).get_mut(&terminal).is_some_and(|stage| stage.audience.detach(client));
        if led {
            self.tell_leader(terminal);
        }
    }

    /// Who leads at a terminal.
    pub(super) fn leader(&self, terminal: TerminalId) -> Option<String> {
        lock(&self.stages).get(&terminal)?.audience.leader().map(|leader| leader.to_string())
    }

    /// Notes that a client typed; returns whether it leads anew, which is to be told with [`Hub::tell_leader`].
    pub(super) fn typed(&self, terminal: TerminalId, client: &ClientId) -> bool {
        lock(&self.stages).get_mut(&terminal).is_some_and(|stage| stage.audience.typed(client))
    }

    /// Whether a client's size counts.
    pub(super) fn may_size(&self, terminal: TerminalId, client: &ClientId) -> bool {
        lock(&self.stages).get(&terminal).is_some_and(|stage| stage.audience.may_size(client))
    }

    /// Notes whose size is in force.
    pub(super) fn sized(&self, terminal: TerminalId, client: &ClientId) {
        if let Some(stage) = lock(&self.stages).get_mut(&terminal) {
            stage.audience.sized(client);
        }
    }

    /// Waits for a terminal's end, or returns how it was.
    pub(super) fn wait_for_close(&self, terminal: TerminalId, closer: Closer) -> Option<TerminalClosed> {
        lock(&self.stages).get_mut(&terminal)?.audience.wait_for_close(closer)
    }

    /// The parent to use for the span of one more input message: beyond the limit it is not recorded.
    pub(super) fn admit_input(&self, terminal: TerminalId, parent: Extracted, now: Instant) -> Extracted {
        match lock(&self.stages).get_mut(&terminal) {
            Some(stage) => stage.input.admit(parent, now),
            None => parent,
        }
    }

    /// Tells the viewers who leads now.
    pub(super) fn tell_leader(&self, terminal_id: TerminalId) {
        self.tell_viewers(terminal_id, |audience| {
            let leader = audience.leader().map(|leader| leader.to_string());
            Message::notice(&TerminalLeader { terminal_id, leader }, None)
        });
    }

    /// Sends a notice to everybody who watches a terminal.
    pub(super) fn tell_viewers(&self, terminal: TerminalId, notice: impl FnOnce(&Audience) -> Message) {
        let Some(room) = self.room_of(terminal) else { return };
        // Sent under the lock, so that of two changes the later one is told last.
        let stages = lock(&self.stages);
        let Some(Stage { audience, .. }) = stages.get(&terminal) else { return };
        let message = notice(audience);
        for client in room.into_iter().filter(|client| audience.has(&client.id)) {
            client.lane.send(message.clone());
        }
    }

    /// Tells the session the size in force, except for whom it comes from; viewers hear it after the output before `seq`.
    pub(super) fn tell_size(&self, terminal: TerminalId, size: Size, seq: u64) {
        let Some(room) = self.room_of(terminal) else { return };
        let sizer = lock(&self.stages).get(&terminal).and_then(|stage| stage.audience.sizer().cloned());
        let resized = TerminalResized { terminal_id: terminal, cols: size.cols(), rows: size.rows() };
        let message = Message::told(&resized, None);
        for client in room.into_iter().filter(|client| sizer.as_ref() != Some(&client.id)) {
            if !client.mark(terminal, seq, || Mark::Size(message.clone())) {
                client.lane.send(message.clone());
            }
        }
    }

    /// Tells the session that a terminal has ended: by an answer who waits for it, viewers after the output before `seq`.
    pub(super) fn tell_closed(&self, closed: &TerminalClosed, seq: u64) {
        let terminal = closed.terminal_id;
        self.sessions.ended(terminal);
        let Some(room) = self.room_of(terminal) else { return };
        let (closers, viewers) = match lock(&self.stages).get_mut(&terminal) {
            Some(stage) => stage.audience.close(closed.clone()),
            None => return,
        };
        let answered = |Closer { client, closed: answer }| answer.send(closed.clone()).is_ok().then_some(client);
        let answered: Vec<ClientId> = closers.into_iter().filter_map(answered).collect();
        let message = Message::told(closed, None);
        for client in room.into_iter().filter(|client| !answered.contains(&client.id)) {
            // Who attaches after this moment is told by the attaching, too.
            let is_viewer = viewers.contains(&client.id);
            if !(is_viewer && client.mark(terminal, seq, || Mark::Closed(message.clone()))) {
                client.lane.send(message.clone());
            }
        }
    }

    /// The connections of the session that a terminal belongs to.
    fn room_of(&self, terminal: TerminalId) -> Option<Vec<Arc<Client>>> {
        let session = lock(&self.stages).get(&terminal)?.session;
        Some(self.room(session))
    }
}

/// Locks for a few lines. Every change leaves its map whole, so that of a panicked thread is still good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
