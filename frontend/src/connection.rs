//! The window's connection: when to try, what to say first, what the server's messages mean here.

mod clock;

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use app::{
    chat::ChatState,
    client::{Action, Failure, Link, LinkState, LinkStatus, Wire},
    page::PageConfig,
    people::PeopleState,
    protocol::{
        clock::{ClockProbe, ClockProbed},
        event::Event,
        session::{ClientInfo, Resume, SessionEnd, SessionInit, SessionReady, Storage},
        terminal::TerminalOutput,
        workspace::WorkspaceSyncRequest,
    },
    trace::SpanContext,
    workspace::{Next, Notice, WorkspaceState},
};
use leptos::{
    prelude::{GetUntracked, Set, Update, WithUntracked, untrack},
    task::spawn_local,
};
use wasm_bindgen::JsValue;

use crate::{
    api,
    backoff::Backoff,
    js::{
        clock::{now_ms, now_us},
        console,
        listener::Listener,
        page, payload, random,
        timer::Timer,
    },
    screen::Outlets,
    tracked::{Peer, TrackedSocketService},
};

use self::clock::Measured;

/// The waits between attempts: 1, 2, 4, 8, 16 seconds.
const BACKOFF: Backoff = Backoff::new(1_000.0, 16_000.0);
/// How many round trips a measurement of the clock takes.
const PROBES: usize = 8;
/// How often it is repeated, in milliseconds.
const MEASURE_EVERY_MS: f64 = 60_000.0;
/// The name the page gives itself.
const CLIENT: &str = "aetherterm-page";

/// What the connection works with.
pub struct Parts {
    /// The page's settings.
    pub page: PageConfig,
    /// The socket.
    pub service: Rc<TrackedSocketService>,
    /// The same, as requests see it.
    pub link: Link,
    /// What the server's news go into.
    pub workspace: WorkspaceState,
    /// What of it is about this window's user.
    pub people: PeopleState,
    /// What people say.
    pub chat: ChatState,
    /// Where output goes.
    pub outlets: Rc<Outlets>,
}

/// The connection of this window.
pub struct Connection {
    parts: Parts,
    status: LinkStatus,
    backoff: Cell<Backoff>,
    /// What the server has called the connection that stood last.
    stood: RefCell<Option<String>>,
    /// Whether the page lies in the browser's back/forward cache.
    away: Cell<bool>,
    /// What the attempt that is under way is made for.
    action: RefCell<Option<Rc<Action>>>,
    next_attempt: RefCell<Option<Timer>>,
    measuring: RefCell<Option<Timer>>,
    listeners: RefCell<Vec<Listener>>,
    this: Weak<Self>,
}

impl Connection {
    /// A connection that has not been tried yet.
    pub fn new(parts: Parts) -> Rc<Self> {
        let connection = Rc::new_cyclic(|this: &Weak<Self>| Self {
            status: parts.link.status(),
            parts,
            backoff: Cell::new(BACKOFF),
            stood: RefCell::default(),
            away: Cell::new(false),
            action: RefCell::default(),
            next_attempt: RefCell::default(),
            measuring: RefCell::default(),
            listeners: RefCell::default(),
            this: this.clone(),
        });
        let peer: Weak<dyn Peer> = connection.this.clone();
        connection.parts.service.report_to(peer);
        connection.listeners.replace(connection.listen());
        connection
    }

    /// Tries to connect, for what is being done.
    pub fn attempt(&self) {
        self.next_attempt.take();
        self.status.state.set(LinkState::Connecting);
        let action = self.parts.service.doing();
        self.action.replace(action.clone());
        self.parts.service.connect(action);
    }

    fn listen(&self) -> Vec<Listener> {
        let (hidden, shown, online) = (self.this.clone(), self.this.clone(), self.this.clone());
        vec![
            // Before the recorder sends off what has to leave with the page: the goodbye is among it.
            Listener::first_on_window("pagehide", move |event| {
                if page::is_persisted(&event) {
                    with(&hidden, Self::go_away);
                } else {
                    with(&hidden, Self::say_goodbye);
                }
            }),
            Listener::on_window("pageshow", move |event| {
                if page::is_persisted(&event) {
                    with(&shown, Self::come_back);
                }
            }),
            Listener::on_window("online", move |_| with(&online, Self::retry)),
        ]
    }

    /// The page is no more: whoever leads and who is here is another matter at once, however long the transport takes to end.
    fn say_goodbye(&self) {
        self.away.set(true);
        self.next_attempt.take();
        if self.parts.service.is_connected() {
            self.parts.link.part_with(&SessionEnd {});
        }
    }

    /// The page goes into the back/forward cache, of which an open socket would keep it out, and from which it would come back
    /// dead. It may come back: that is no goodbye.
    fn go_away(&self) {
        self.away.set(true);
        self.next_attempt.take();
        self.parts.service.disconnect();
    }

    fn come_back(&self) {
        self.away.set(false);
        self.parts.link.act("return");
        self.attempt();
    }

    /// Waits before the next attempt, visibly.
    fn wait(&self) {
        let mut backoff = self.backoff.get();
        let delay = backoff.fail(random::unit());
        self.backoff.set(backoff);
        self.status.state.set(LinkState::Waiting { attempt: backoff.failures(), until_ms: now_ms() + delay });
        let this = self.this.clone();
        self.next_attempt.replace(Some(Timer::after(delay, move || with(&this, Self::attempt))));
    }

    /// A browser does not say why a handshake failed: asks whether the server still knows the user.
    async fn ask_why(&self) {
        let answer = api::read(&self.parts.page.href("/api/session")).await;
        if self.away.get() || self.parts.service.is_connected() {
            return;
        }
        match answer {
            Ok(answer) if answer.status == 401 => self.status.state.set(LinkState::SignedOut),
            Ok(_) | Err(_) => self.wait(),
        }
    }

    /// Says hello, and takes over what the server answers.
    async fn introduce(&self) {
        let client = ClientInfo { name: CLIENT.to_owned(), version: self.parts.page.version.clone() };
        let resume = self.resume();
        // Whoever waits for the connection goes on with what it was made for.
        let link = self.parts.link.for_action(self.action.take());
        let sent = now_us();
        match link.emit(&SessionInit { client: Some(client), resume }).await {
            Ok(ready) => {
                // One round trip is better than none for whatever is exported before the measurement that follows.
                let server = ClockProbed { received_at: ready.received_at, sent_at: ready.sent_at };
                self.know(clock::measure(sent, server, now_us()));
                link.go_on();
                self.stand(&ready);
            }
            // The end of the connection has been told already.
            Err(Failure::Disconnected) => {}
            Err(failure) => {
                console::warn(&format!("The server did not take the hello: {failure}"));
                // That tells the end of the connection, and the next attempt follows.
                self.parts.service.disconnect();
            }
        }
    }

    /// The session that is shown, and how much of it is known.
    fn resume(&self) -> Option<Resume> {
        self.parts.workspace.view().with_untracked(|view| {
            let session = view.as_ref()?.active_session()?;
            let client_id = self.stood.borrow().clone();
            Some(Resume { session_id: session.id, revision: session.revision, client_id })
        })
    }

    fn stand(&self, ready: &SessionReady) {
        self.status.client_id.set(Some(ready.client_id.clone()));
        self.parts.people.fill(ready);
        self.parts.chat.fill(ready);
        self.parts.workspace.fill(ready);
        self.backoff.set(BACKOFF);
        if self.stood.replace(Some(ready.client_id.clone())).is_some() {
            self.status.reconnects.update(|count| *count += 1);
        }
        self.status.state.set(LinkState::Online);
        self.measure_soon();
        let this = self.this.clone();
        let again = move || with(&this, Self::measure_soon);
        self.measuring.replace(Some(Timer::every(MEASURE_EVERY_MS, again)));
    }

    fn measure_soon(&self) {
        if let Some(this) = self.this.upgrade() {
            spawn_local(async move { this.measure().await });
        }
    }

    /// Measures the clock; a connection that breaks meanwhile leaves what was known.
    async fn measure(&self) {
        let mut measured = Vec::with_capacity(PROBES);
        for _ in 0..PROBES {
            let sent = now_us();
            let Ok(server) = self.parts.link.emit(&ClockProbe {}).await else { return };
            measured.push(clock::measure(sent, server, now_us()));
        }
        if let Some(best) = clock::best(&measured) {
            self.know(best);
        }
        // An attempt that began with polling may have moved to a web socket since.
        self.status.transport.set(self.parts.service.transport());
    }

    fn know(&self, clock: Measured) {
        self.status.round_trip_ms.set(Some(clock.round_trip_ms));
        self.status.clock_offset_ms.set(Some(clock.offset_ms));
    }

    fn notice(&self, event: &str, payload: &JsValue) {
        match Notice::decode(event, &payload::json(payload)) {
            Some(Ok(notice)) => {
                match &notice {
                    Notice::Attached(attached) => self.parts.outlets.attached(attached),
                    Notice::Resized(resized) => self.parts.outlets.resized(resized),
                    Notice::Closing(closing) => {
                        self.status.state.set(LinkState::Closing { reason: closing.reason.clone() });
                    }
                    Notice::Storage(told) => self.status.storage.set(told.storage),
                    // All of them are the workspace's.
                    _ => {}
                }
                self.parts.chat.apply(&notice);
                // The copy forgets what is no more, and this tells of it.
                let view = self.parts.workspace.view();
                view.with_untracked(|view| self.parts.people.apply(&notice, view.as_ref()));
                self.follow(self.parts.workspace.apply(&notice));
            }
            Some(Err(why)) => console::warn(&format!("{event} is not what the protocol says: {why}")),
            None => {}
        }
    }

    /// Does what news ask for.
    fn follow(&self, next: Next) {
        if next == Next::Sync
            && let Some(this) = self.this.upgrade()
        {
            spawn_local(async move {
                let revision = this.resume().map(|resume| resume.revision);
                let answer = this.parts.link.emit(&WorkspaceSyncRequest { revision }).await;
                this.follow(this.parts.workspace.renew(answer.ok().map(|answer| answer.workspace)));
            });
        }
    }
}

impl Peer for Connection {
    fn connected(&self) {
        if let Some(this) = self.this.upgrade() {
            spawn_local(async move { this.introduce().await });
        }
    }

    fn disconnected(&self) {
        self.action.take();
        self.measuring.take();
        self.status.client_id.set(None);
        // The next connection is told if it is otherwise.
        self.status.storage.set(Storage::Durable);
        if self.away.get() {
            self.status.state.set(LinkState::Connecting);
        } else if untrack(|| self.parts.people.is_guest()) {
            // Their link may have ended, which they are to know at once.
            self.status.state.set(LinkState::Connecting);
            self.failed();
        } else {
            self.wait();
        }
    }

    fn failed(&self) {
        self.action.take();
        if let Some(this) = self.this.upgrade() {
            spawn_local(async move { this.ask_why().await });
        }
    }

    fn received(&self, event: &str, payload: &JsValue, cause: Option<SpanContext>) {
        if event != TerminalOutput::NAME {
            self.notice(event, payload);
            return;
        }
        match payload::output(payload) {
            Some(frame) => self.parts.outlets.output(frame, cause),
            None => console::warn("A frame of output is not what the protocol says."),
        }
    }

    fn retry(&self) {
        match self.status.state.get_untracked() {
            LinkState::Waiting { .. } | LinkState::SignedOut => self.attempt(),
            LinkState::Connecting | LinkState::Online | LinkState::Closing { .. } => {}
        }
    }
}

fn with(connection: &Weak<Connection>, then: impl FnOnce(&Connection)) {
    if let Some(connection) = connection.upgrade() {
        then(&connection);
    }
}
