//! One message from its arrival to its answer: what is recorded of it, and in which order the requester hears.

use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use app::{
    protocol::{
        Ack, Answer, Event, Pace, Recording, Refusal, RefusalCode, Request, RequestId, TerminalId, catalog,
        event::Subject, terminal::TerminalError,
    },
    trace::{self, Extracted, Sampling, SpanContext},
    tracking::{Matched, NewRequest, Reason, Response},
};
use futures_util::FutureExt;
use serde::Serialize;
use socketioxide::{TransportType, handler::Value, socket::Socket};
use tokio::task::coop::consume_budget;
use tracing::{Span, info};

use super::{answer::Reply, client::Client, incoming::Incoming, outgoing::Message, tally::Oddity};
use crate::telemetry::{
    Answered, Pending,
    span::{self, Outcome, Unrecorded, Unsampled},
};

/// A message that has come, before anybody looked at what it asks.
pub(super) struct Arrival {
    client: Arc<Client>,
    incoming: Incoming,
    ack: Option<i64>,
    at: Instant,
    received_at: u64,
    sent: Extracted,
    protocol: &'static str,
}

/// What the type of a request says about its handling.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected {
    event: &'static str,
    response: Option<&'static str>,
    refused_as: Option<&'static str>,
    answer: Answer,
    recording: Recording,
    timeout: Option<Duration>,
    is_private: bool,
}

impl Expected {
    /// What is expected of an event that nobody knows.
    pub(super) const UNKNOWN: Self = Self {
        event: catalog::OTHER,
        response: None,
        refused_as: None,
        answer: Answer::Expected,
        recording: Recording::Always,
        timeout: None,
        // Of a payload that nobody knows, nobody knows either what is secret in it.
        is_private: true,
    };

    /// What is expected of a request that may take so long.
    pub(super) const fn by<R: Request>(limit: Duration) -> Self {
        Self {
            event: R::NAME,
            response: Some(R::Response::NAME),
            refused_as: R::REFUSED_AS,
            answer: R::ANSWER,
            recording: R::RECORDING,
            timeout: Some(limit),
            is_private: R::IS_PRIVATE,
        }
    }
}

impl Arrival {
    /// Takes a message apart. What is no event ends the connection, since nothing says whom to answer.
    pub(super) fn read(client: &Arc<Client>, socket: &Socket, value: Value, ack: Option<i64>) -> Option<Self> {
        let (at, received_at) = (Instant::now(), micros());
        // Each message costs the reading task a unit of its budget, so that after a hundred of them in one read the lane has its
        // turn; otherwise the answers to a burst would overflow it before the first one left. Nothing is waited for.
        let _ = consume_budget().now_or_never();
        let count = |oddity| client.hub.tally.count(oddity, &*client.hub.tracker);
        let Ok(incoming) = Incoming::read(value) else {
            count(Oddity::NotAnEvent);
            client.lane.hang_up();
            return None;
        };
        if incoming.has_bad_id {
            count(Oddity::InvalidRequestId);
        }
        let sent = trace::extract(&incoming.envelope.carrier);
        if sent == Extracted::Invalid {
            count(Oddity::InvalidContext);
        }
        let protocol = protocol(socket);
        Some(Self { client: Arc::clone(client), incoming, ack, at, received_at, sent, protocol })
    }

    /// The message itself.
    pub(super) fn incoming(&self) -> &Incoming {
        &self.incoming
    }

    /// When it came, in microseconds since the epoch.
    pub(super) fn received_at(&self) -> u64 {
        self.received_at
    }

    /// Whether there is time for it.
    ///
    /// # Errors
    /// `rate_limited` or `shutting_down`.
    pub(super) fn draw(&self, pace: Pace) -> Result<(), Refusal> {
        if self.client.hub.is_closing() {
            return Err(Refusal::new(RefusalCode::ShuttingDown, "The server is shutting down."));
        }
        self.client.draw(pace, self.at)
    }

    /// Opens the span and the tracker entry.
    pub(super) fn begin(self, expected: Expected, subject: Subject) -> Exchange {
        let Self { client, incoming, ack, at, received_at, .. } = &self;
        let metrics = &client.hub.settings.metrics;
        metrics.received(expected.event, incoming.bytes, &self.sent);
        let pending = (expected.answer == Answer::Expected).then(|| metrics.pending());
        let request_id = incoming.envelope.request_id.as_ref();
        let answers = expected.answer == Answer::Expected || ack.is_some();
        let unsampled = match expected.recording {
            Recording::Always => Unsampled::Held,
            Recording::Sparsely | Recording::Never => Unsampled::Dropped,
        };
        let parent = self.parent(expected.recording, subject.terminal);
        // Of most keystrokes nothing is recorded: they have no span, and nothing need be written down.
        let unrecorded = client.hub.settings.foresight.unrecorded(&parent, unsampled);
        let (span, context, is_recorded) = match unrecorded {
            Some(Unrecorded(context)) => (Span::none(), Some(context), false),
            None => {
                let span = span::server_span(expected.event, answers, parent, unsampled);
                let (context, is_recorded) = span::begun(&span);
                (span, context, is_recorded)
            }
        };
        if is_recorded {
            let request = span::Request {
                client_id: &client.id,
                request_id: request_id.map(RequestId::as_str),
                namespace: "/",
                ack: ack.is_some(),
                data_size: incoming.bytes,
                protocol: self.protocol,
                service: &client.hub.settings.service_name,
            };
            span::record_request(&span, &request);
            record_subject(&span, &Subject { session: subject.session.or(Some(client.session())), ..subject });
        }
        let tracked = client.hub.tracker.track_request(&NewRequest {
            response: expected.response,
            answer: expected.answer,
            timeout: expected.timeout,
            request_id,
            client_id: Some(&client.id),
            context,
            ..NewRequest::new(expected.event, *received_at)
        });
        if let Some(id) = tracked.as_ref().filter(|_| client.hub.settings.detailed_logging) {
            span.in_scope(|| info!("Socket request tracked: {} [{id}]", expected.event));
        }
        let (ack, at) = (*ack, *at);
        let Self { client, mut incoming, .. } = self;
        let request_id = incoming.envelope.request_id.take();
        let terminal = subject.terminal;
        let incoming = Some(incoming);
        Exchange {
            client,
            expected,
            incoming,
            terminal,
            request_id,
            ack,
            at,
            span,
            context,
            unrecorded,
            is_recorded,
            tracked,
            _pending: pending,
        }
    }

    /// The parent of the span, as far as the client is trusted with the decision what to record.
    fn parent(&self, recording: Recording, terminal: Option<TerminalId>) -> Extracted {
        match (recording, terminal) {
            (Recording::Never, _) => unrecorded(self.sent),
            (Recording::Sparsely, Some(terminal)) => {
                let trusted = self.client.trust(self.sent, self.at);
                let admitted = self.client.hub.stages.with(terminal, |stage| stage.input.admit(trusted, self.at));
                admitted.unwrap_or(trusted)
            }
            (Recording::Always | Recording::Sparsely, _) => self.client.trust(self.sent, self.at),
        }
    }
}

/// A request that is being handled.
pub(super) struct Exchange {
    client: Arc<Client>,
    expected: Expected,
    /// The message, until its request begins to wait.
    incoming: Option<Incoming>,
    terminal: Option<TerminalId>,
    request_id: Option<RequestId>,
    ack: Option<i64>,
    at: Instant,
    span: Span,
    context: Option<SpanContext>,
    /// What there is instead of a span.
    unrecorded: Option<Unrecorded>,
    is_recorded: bool,
    /// The tracker's name for it, which is its own where the client gave none.
    tracked: Option<RequestId>,
    /// Counts it as pending while it is.
    _pending: Option<Pending>,
}

impl Exchange {
    pub(super) fn span(&self) -> &Span {
        &self.span
    }

    /// What it has instead of a span, if it has none.
    pub(super) fn unrecorded(&self) -> Option<Unrecorded> {
        self.unrecorded
    }

    /// The answer takes its time, so that somebody may look at what waits: the tracker gets what it is to show of the payload.
    pub(super) fn wait(&mut self) {
        let Some(incoming) = self.incoming.take() else { return };
        let Some(id) = self.tracked.as_ref().filter(|_| self.expected.answer == Answer::Expected) else { return };
        let settings = &self.client.hub.settings;
        if let Some(data) = incoming.kept(&settings.wire, settings.payload, self.expected.is_private) {
            self.client.hub.tracker.keep_data(id, data);
        }
    }

    /// Says yes: the named response, then the ack, then what follows.
    pub(super) fn accept<T: Serialize>(self, Reply { body, then }: Reply<T>) {
        let named = self.expected.response.filter(|_| self.expected.answer == Answer::Expected);
        if let Some(name) = named {
            self.tell(name, &body);
        }
        if let Some(id) = self.ack {
            let request_id = self.request_id.clone();
            self.client.lane.send(Message::ack(id, &Ack::Ok { request_id, body: &body }));
        }
        let took = self.at.elapsed();
        self.record(Outcome::Success, named, took);
        self.measure(took, None);
        self.settle(named, Ok(()));
        // Last: it is no part of the answer, whatever comes of it.
        if let Some(then) = then {
            then();
        }
    }

    /// Says no, in the same order.
    pub(super) fn refuse(self, refusal: &Refusal) {
        let named = self.expected.refused_as;
        if let Some(name) = named {
            let terminal_id = self.terminal.filter(|id| *id != TerminalId::NOBODY).or(refusal.terminal_id);
            self.tell(name, &TerminalError { terminal_id, error: refusal.clone() });
        }
        if let Some(id) = self.ack {
            let request_id = self.request_id.clone();
            self.client.lane.send(Message::ack(id, &Ack::<()>::Refused { request_id, error: refusal.clone() }));
        }
        let outcome = Outcome::Failure { code: refusal.code.as_str(), message: &refusal.message };
        let took = self.at.elapsed();
        self.record(outcome, named, took);
        self.measure(took, Some(refusal.code));
        self.settle(named, Err(Reason::from(refusal)));
    }

    fn tell<T: Serialize>(&self, name: &'static str, body: &T) {
        let trace = self.context.as_ref().map(span::carrier);
        self.client.lane.send(Message::event(name, body, self.request_id.as_ref(), trace.as_ref()));
    }

    fn record(&self, outcome: Outcome<'_>, named: Option<&'static str>, took: Duration) {
        if self.is_recorded {
            span::record_outcome(&self.span, outcome, named, took);
        }
    }

    fn measure(&self, took: Duration, refused: Option<RefusalCode>) {
        let Expected { event, answer, .. } = self.expected;
        let expected = answer == Answer::Expected;
        self.client.hub.settings.metrics.answered(Answered { event, expected, took, refused });
    }

    /// Closes the tracker entry.
    fn settle(&self, named: Option<&'static str>, result: Result<(), Reason<'_>>) {
        let tracker = &self.client.hub.tracker;
        let Some(id) = self.tracked.as_ref().filter(|_| self.expected.answer == Answer::Expected) else { return };
        let is_timeout = result.is_err_and(|reason| reason.code == RefusalCode::Timeout.as_str());
        let settled = if is_timeout {
            tracker.track_timeout(id, micros())
        } else {
            let event = named.or(self.expected.response).unwrap_or(self.expected.event);
            match tracker.track_response(&Response { event, request_id: Some(id), result }, micros()) {
                Matched::Ended(settled) | Matched::Late(settled) => Some(settled),
                Matched::Repeated | Matched::Orphan | Matched::Received | Matched::Untracked => None,
            }
        };
        if let Some(settled) = settled.filter(|_| self.client.hub.settings.detailed_logging) {
            self.span.in_scope(|| info!("{settled}"));
        }
    }
}

/// How a connection's messages travel just now, as OpenTelemetry calls it.
pub(super) fn protocol(socket: &Socket) -> &'static str {
    match socket.transport_type() {
        TransportType::Websocket => "websocket",
        TransportType::Polling => "http",
    }
}

/// Now, in microseconds since 1970: the clock of the server's tracker.
pub fn micros() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

fn unrecorded(sent: Extracted) -> Extracted {
    match sent {
        Extracted::Parent(context) => Extracted::Parent(SpanContext { sampling: Sampling::Deny, ..context }),
        Extracted::Root(_) | Extracted::None | Extracted::Invalid => Extracted::Root(Sampling::Deny),
    }
}

/// Writes down what a span is about. Ids that nothing has are left out: they are not what the client wrote.
pub(super) fn record_subject(span: &Span, subject: &Subject) {
    fn text<I: PartialEq + ToString>(id: Option<I>, nobody: &I) -> Option<String> {
        id.filter(|id| id != nobody).map(|id| id.to_string())
    }
    use app::protocol::{PaneId, SessionId, TabId};
    let (terminal, session) = (text(subject.terminal, &TerminalId::NOBODY), text(subject.session, &SessionId::NOBODY));
    let (tab, pane) = (text(subject.tab, &TabId::NOBODY), text(subject.pane, &PaneId::NOBODY));
    let subject = span::Subject {
        session_id: session.as_deref(),
        tab_id: tab.as_deref(),
        pane_id: pane.as_deref(),
        terminal_id: terminal.as_deref(),
    };
    span::record_subject(span, &subject);
}
