//! Socket.IO: one connection per window, and the table of everything a window may ask.

mod answer;
mod audience;
mod belonging;
mod client;
mod connect;
mod denial;
mod exchange;
mod extra;
mod guests;
mod herald;
mod hub;
mod incoming;
mod lane;
mod lasting;
mod legacy;
mod limits;
mod message;
mod motd;
mod names;
mod order;
mod outgoing;
mod pane;
mod people;
mod programs;
mod pump;
mod rate;
mod rooms;
mod session;
mod share;
mod stages;
mod storage;
mod tab;
mod tally;
mod terminal;
mod traced;
mod unconfigured;
mod warden;
mod windows;
mod workspace;

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use app::{
    protocol::{Request, SessionId, TerminalId, session::ServerClosing},
    tracking::{ConnectionMetrics, PendingRequest, Tracker},
};
use serde::Serialize;
use socketioxide::{ParserConfig, SocketIo, handler::ConnectHandler, layer::SocketIoLayer};
use tokio::time::timeout;
use tracing::warn;

pub use self::{
    answer::{Answer, Completion, Reply},
    exchange::micros,
    extra::NameTaken,
    hub::Settings,
    lasting::Lasting,
    limits::WireLimits,
    programs::Programs,
    traced::{Call, Handler},
};
use self::{connect::Arriving, hub::Hub, traced::Door};
use crate::{
    store::Saved,
    terminal::{Found, Terminals},
    workspace::{KnownAs, Label, Sessions},
};

/// How long windows have to come back to a server that has started again: longer than the longest wait between their attempts.
const RETURN: Duration = Duration::from_secs(30);

/// Every event a window may send, by the handler that answers it; name, response and limits stand on the request's type.
fn table(door: &Door<'_>) {
    door.on(session::init);
    door.on(session::end);
    door.on(session::probe);

    door.on(terminal::create);
    door.on(terminal::attach);
    door.on(terminal::detach);
    door.on(terminal::input);
    door.on(terminal::resize);
    door.on(terminal::close);
    door.on(terminal::ack);

    door.on(workspace::sync);

    door.on(tab::create);
    door.on(tab::switch);
    door.on(tab::remove);
    door.on(tab::rename);
    door.on(tab::relocate);

    door.on(pane::split);
    door.on(pane::resize);
    door.on(pane::zoom);
    door.on(pane::arrange);
    door.on(pane::focus);
    door.on(pane::remove);

    door.on(people::create);
    door.on(people::join);
    door.on(people::leave);
    door.on(people::update);
    door.on(people::delete);
    door.on(people::set_role);
    door.on(people::remove);
    door.on(people::decide);

    door.on(share::create);
    door.on(share::list);
    door.on(share::revoke);

    door.on(message::send);
    door.on(message::chat);
    door.on(message::list);
    door.on(message::read);

    door.on(legacy::create);
    door.on(legacy::input);
    door.on(legacy::resize);

    unconfigured::table(door);
}

/// How long a message may wait for its attachments.
const COMPLETION: Duration = Duration::from_secs(5);

/// Packets between a lane and its transport: a burst of acks passes without a retry, and with one frame per viewer at a time
/// it is no place where output piles up.
const BUFFER: usize = 1024;

/// How long windows have to take what they are sent last.
const GOODBYE: Duration = Duration::from_millis(500);

/// All connections of a server.
#[derive(Clone)]
pub struct Sockets {
    hub: Arc<Hub>,
    io: SocketIo,
}

impl Sockets {
    /// Makes the layer that answers Socket.IO. The gate in front of it puts an [`Identity`](crate::auth::Identity) into each
    /// request's extensions; without one no connection is made.
    pub fn open(
        settings: Settings,
        sessions: Sessions,
        terminals: Arc<Terminals<TerminalId>>,
        lasting: Lasting,
        tracker: Arc<dyn Tracker>,
    ) -> (Self, SocketIoLayer) {
        let largest = settings.wire.transport();
        let parser = ParserConfig::common()
            .max_incoming_binary_buf_size(largest)
            .max_incoming_binaries(settings.wire.transport_attachments())
            .packet_completion_timeout(COMPLETION);
        let (layer, io) = SocketIo::builder()
            .req_path(settings.path.clone())
            .with_parser(parser)
            .max_payload(largest as u64)
            .ws_max_message_size(largest)
            .ws_max_frame_size(largest)
            .max_buffer_size(BUFFER)
            .build_layer();
        let hub = Arc::new(Hub::new(settings, sessions, terminals, lasting, tracker));
        tokio::spawn(warden::watch(Arc::downgrade(&hub)));
        tokio::spawn(storage::watch(Arc::downgrade(&hub), hub.lasting.store.conditions()));
        let known = Arc::downgrade(&hub);
        hub.lasting.store.learn_from(move || known.upgrade().map(|hub| hub.known()).unwrap_or_default());
        let watched = Arc::downgrade(&hub);
        hub.settings.metrics.look_at_sockets(move || Some(watched.upgrade()?.figures()));
        let register = {
            let hub = Arc::clone(&hub);
            move |arriving: Arriving| {
                let registered = connect::register(&hub, arriving, table);
                async move { registered }
            }
        };
        io.ns("/", (async || {}).with(register));
        (Self { hub, io }, layer)
    }

    /// Adds an event that is not ours, with the handler that answers it, for connections that are made from now on. The door
    /// does for it what it does for ours: limits, span, tracker entry, label, timeout, acks and refusals.
    ///
    /// # Errors
    ///
    /// There is an event of that name.
    pub fn on<R: Request>(&self, handler: impl Handler<R>) -> Result<(), NameTaken> {
        self.hub.extra.add(handler)
    }

    /// Puts the sessions that were there before this server back, and the terminals to where they belong. A terminal that the
    /// store does not know of says itself where that is.
    pub fn restore(&self, found: Vec<Found<TerminalId>>, saved: Saved) {
        let held: HashSet<_> = found.iter().map(|found| found.id).collect();
        self.hub.sessions.restore_all(saved.sessions, saved.shown, |terminal| held.contains(&terminal));
        let labelled = |Found { id, terminal, label }| match Label::read(&label) {
            Some(label) => Some((label, id, terminal)),
            None => {
                warn!(terminal = %id, "a terminal does not say where it belongs, and stays where it is held");
                None
            }
        };
        let mut places: Vec<_> = found.into_iter().filter_map(labelled).collect();
        places.sort_by_key(|(label, ..)| (label.tab_index, label.opened_at_ms));
        for (label, id, terminal) in places {
            let session = self.hub.sessions.home(id).unwrap_or_else(|| {
                if let Some(replaced) = self.hub.sessions.restore(&label, id) {
                    self.hub.forget(replaced);
                }
                label.session
            });
            self.hub.stages.open(id, session);
            // Of all who lost the last server, nobody's screen shrinks because somebody else is back first.
            self.hub.stages.with(id, |stage| stage.audience.expect_back(Instant::now() + RETURN));
            if let Some(KnownAs { user_id, name }) = label.known_as {
                self.hub.names.put_back(user_id, name, id);
            }
            tokio::spawn(herald::follow(Arc::clone(&self.hub), id, terminal));
        }
        // What was put together from labels is to be stored.
        self.hub.in_order(|| || {});
    }

    /// Says where shells' programs reach the relay.
    pub fn reachable_at(&self, endpoint: String) {
        if let Some(programs) = &self.hub.settings.programs {
            programs.reachable_at(endpoint);
        }
    }

    /// The tracker of every request that comes in.
    pub fn tracker(&self) -> &Arc<dyn Tracker> {
        &self.hub.tracker
    }

    /// What `GET /api/tracker` answers.
    pub fn tracker_view(&self) -> TrackerView {
        TrackerView { metrics: self.hub.tracker.metrics(micros()), pending: self.hub.tracker.pending_requests() }
    }

    /// Takes no new work and tells every window why. Shells are to be closed or left next, then [`Sockets::close`].
    pub fn announce_closing(&self, reason: &str) {
        self.hub.begin_closing();
        let closing = ServerClosing { reason: reason.to_owned() };
        windows::tell(&self.hub.rooms.everybody(), SessionId::NOBODY, &closing, None);
    }

    /// Ends every connection once its window has taken what it was sent, or has not for a moment.
    pub async fn close(self) {
        let windows = self.hub.rooms.everybody();
        let drained = async {
            for window in &windows {
                window.lane.drained().await;
            }
        };
        // Who takes nothing is not waited for.
        let _ = timeout(GOODBYE, drained).await;
        drop(windows);
        self.io.close().await;
    }
}

/// The tracker as others see it.
#[derive(Clone, Debug, Serialize)]
pub struct TrackerView {
    /// Counts and durations.
    pub metrics: ConnectionMetrics,
    /// What waits for an answer.
    pub pending: Vec<PendingRequest>,
}
