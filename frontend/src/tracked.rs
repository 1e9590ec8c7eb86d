//! The tracked service, the only `emit` in the tree: span, request id, B3 headers, emit, answer, record.

mod by_hand;
mod doing;
mod inbound;
mod outbound;
mod rows;
mod sampling;
mod size;
mod span;
mod waiting;

use std::{
    cell::{Cell, OnceCell, RefCell},
    rc::{Rc, Weak},
    sync::Arc,
    time::Duration,
};

use app::{
    client::{Action, LinkStatus, Transport},
    page::PageConfig,
    protocol::{Recording, TerminalId, event::Subject},
    trace::{Carrier, SpanContext, SpanId, b3, otlp::SpanKind},
    tracking::Tracker,
    ui::MonitorContext,
};
use leptos::prelude::GetUntracked;
use wasm_bindgen::{JsValue, closure::Closure};

use crate::{
    js::{clock::now_us, console, payload, random, socket_io::Socket, timer::Timer},
    telemetry::Recorder,
};

use self::{
    rows::Rows,
    sampling::Sampler,
    span::{About, End},
    waiting::Table,
};

pub use self::span::OpenSpan;

/// What an ack calls: request id, name of the response, payload.
type AckCall = dyn FnMut(String, String, JsValue);

/// The event of the handshake's span.
const CONNECT: &str = "connect";

/// Who decides when to connect and what a message means.
pub trait Peer {
    /// Messages go through.
    fn connected(&self);
    /// They no longer do.
    fn disconnected(&self);
    /// An attempt failed.
    fn failed(&self);
    /// A message came; `cause` is the span it came from, where it says.
    fn received(&self, event: &str, payload: &JsValue, cause: Option<SpanContext>);
    /// Somebody wants the next attempt now.
    fn retry(&self);
}

/// What the service writes to.
pub struct Records {
    /// Follows requests; the Null tracker when tracking is off.
    pub tracker: Arc<dyn Tracker>,
    /// Takes finished spans.
    pub recorder: Rc<Recorder>,
    /// The monitor's journal.
    pub monitor: MonitorContext,
}

/// The window's one socket, every message of it tracked.
pub struct TrackedSocketService {
    socket: Socket,
    peer: OnceCell<Weak<dyn Peer>>,
    tracker: Arc<dyn Tracker>,
    recorder: Rc<Recorder>,
    rows: Rc<Rows>,
    status: LinkStatus,
    /// Off: no envelope, no spans.
    tracking: bool,
    logging: bool,
    timeout_us: u64,
    slow_us: u64,
    sampler: RefCell<Sampler>,
    session: RefCell<Option<String>>,
    waiting: RefCell<Table>,
    sweep: RefCell<Option<Timer>>,
    handshake: RefCell<Option<(OpenSpan, Option<Rc<Action>>)>>,
    /// What is being done in this turn.
    doing: RefCell<Option<Rc<Action>>>,
    /// Ends this turn.
    turn: RefCell<Option<Timer>>,
    /// Counts the requests that the tracker does not name.
    unnamed: Cell<u64>,
    /// Every ack of every request ends here; the request's id and the response it repeats are bound to it.
    ack: Closure<AckCall>,
    this: Weak<Self>,
}

impl TrackedSocketService {
    /// The service of this window, not connected yet.
    pub fn new(page: &PageConfig, records: Records, status: LinkStatus) -> Rc<Self> {
        let service = Rc::new_cyclic(|this: &Weak<Self>| Self {
            socket: Socket::new(&page.href("/socket.io"), Self::handlers(this)),
            peer: OnceCell::new(),
            tracker: records.tracker,
            recorder: records.recorder,
            rows: Rows::new(records.monitor),
            status,
            tracking: page.tracking.enabled,
            logging: page.tracking.enabled && page.tracking.detailed_logging,
            timeout_us: u64::from(page.tracking.timeout_ms) * 1_000,
            slow_us: u64::from(page.tracking.slow_ms) * 1_000,
            sampler: RefCell::new(Sampler::new(&page.telemetry)),
            session: RefCell::default(),
            waiting: RefCell::default(),
            sweep: RefCell::default(),
            handshake: RefCell::default(),
            doing: RefCell::default(),
            turn: RefCell::default(),
            unnamed: Cell::new(0),
            ack: Self::ack_closure(this),
            this: this.clone(),
        });
        service.log(|| "Socket tracking enabled with the page's own server".to_owned());
        service
    }

    /// Says who is told of what happens; to be called once.
    pub fn report_to(&self, peer: Weak<dyn Peer>) {
        // A second peer would be a mistake of the boot; the first one stays.
        drop(self.peer.set(peer));
    }

    /// Names the session that spans belong to from now on.
    pub fn show_session(&self, session: Option<String>) {
        self.session.replace(session);
    }

    /// Begins an attempt to connect, for what is being done; its span is the parent of the server's.
    pub fn connect(&self, action: Option<Rc<Action>>) {
        let span = self.tracking.then(|| {
            let (context, parent) = self.below(action.as_deref(), Recording::Always, None);
            OpenSpan::begin(context, parent, now_us(), About::event(CONNECT, SpanKind::Client))
        });
        self.socket.connect(&payload::introduction(span.as_ref().map(|span| carrier(&span.context)).as_ref()));
        self.handshake.replace(span.map(|span| (span, action)));
    }

    /// Ends the connection; what waits is settled as disconnected.
    pub fn disconnect(&self) {
        self.socket.disconnect();
    }

    /// Whether messages go through.
    pub fn is_connected(&self) -> bool {
        self.socket.is_connected()
    }

    /// What carries the connection now.
    pub fn transport(&self) -> Option<Transport> {
        self.socket.transport().map(|name| match name.as_str() {
            "polling" => Transport::Polling,
            _ => Transport::WebSocket,
        })
    }

    /// Begins the span of what a message from the server causes here; `None` when its trace is not sampled.
    pub fn begin_effect(&self, cause: SpanContext, event: &'static str, subject: Subject) -> Option<OpenSpan> {
        if !self.tracking || !cause.sampling.is_sampled() {
            return None;
        }
        let context = SpanContext { span_id: random::span_id(), ..cause };
        let about = About { subject, ..self.about(event, SpanKind::Consumer) };
        Some(OpenSpan::begin(context, Some(cause.span_id), now_us(), about))
    }

    /// Measures the way from a key to its paint.
    pub fn echoed(&self, latency: Duration) {
        self.recorder.measure(|meter| meter.echoed(latency));
    }

    /// Ends such a span.
    pub fn end_effect(&self, span: OpenSpan) {
        if let Some(span) = span.end(End::ok(now_us())) {
            self.recorder.record(span);
        }
    }

    fn peer(&self) -> Option<Rc<dyn Peer>> {
        self.peer.get()?.upgrade()
    }

    /// The context of a message, and its parent where it is sent for something.
    fn below(
        &self,
        action: Option<&Action>,
        recording: Recording,
        terminal: Option<TerminalId>,
    ) -> (SpanContext, Option<SpanId>) {
        let Some(action) = action else { return (self.root(recording, terminal), None) };
        action.sent();
        let parent = action.context();
        let sampling = self.sampler.borrow_mut().follow(parent.sampling, recording, terminal, now_us());
        (SpanContext { span_id: random::span_id(), sampling, ..parent }, Some(parent.span_id))
    }

    fn root(&self, recording: Recording, terminal: Option<TerminalId>) -> SpanContext {
        let sampling = self.sampler.borrow_mut().decide(recording, terminal, now_us(), random::unit());
        SpanContext { trace_id: random::trace_id(), span_id: random::span_id(), sampling }
    }

    /// What every span of this connection says.
    fn about(&self, event: &'static str, kind: SpanKind) -> About<'static> {
        let transport = self.status.transport.get_untracked().map(|transport| match transport {
            Transport::WebSocket => "websocket",
            Transport::Polling => "http",
        });
        About {
            client_id: self.status.client_id.get_untracked(),
            session: self.session.borrow().clone(),
            transport,
            ..About::event(event, kind)
        }
    }

    /// Ends a message's span, and tells what it was sent for.
    fn record(&self, span: Option<OpenSpan>, end: End<'_>, action: Option<&Action>) {
        let is_followed = |span: &&OpenSpan| self.sampler.borrow().follows(Recording::Always, span.context.sampling);
        let kept = span.as_ref().filter(is_followed).and_then(|span| span.kept_for(end, self.slow_us));
        if let Some(action) = action {
            action.answered(end.error);
            kept.into_iter().for_each(|why| action.keep(why));
        }
        if let Some(span) = span.and_then(|span| span.end_as(end, kept)) {
            self.recorder.record(span);
        }
    }

    fn log(&self, line: impl FnOnce() -> String) {
        if self.logging {
            console::info(&line());
        }
    }
}

fn carrier(context: &SpanContext) -> Carrier {
    let mut carrier = Carrier::new();
    b3::inject_single(context, &mut carrier);
    carrier
}
