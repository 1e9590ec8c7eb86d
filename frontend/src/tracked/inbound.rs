//! Inbound: answers settle the requests they name, notices go to the peer, the ends of the connection to both.

use std::{rc::Weak, time::Duration};

use app::{
    client::Failure,
    monitor::{Row, RowError},
    protocol::{
        RequestId, catalog,
        event::{Event, Subject},
        terminal::TerminalOutput,
    },
    trace::{self, SpanContext},
    tracking::{
        Matched, Reason, Response, Settled, lifecycle,
        meter::{Ended, Meter},
    },
};
use leptos::prelude::Set;
use wasm_bindgen::{JsValue, closure::Closure};

use crate::js::{clock::now_us, payload, socket_io::Handlers, timer::Timer};

use super::{AckCall, TrackedSocketService, outbound::is_tracked, span::End, waiting::Waiting};

/// How often timeouts are looked for while something waits, in milliseconds.
const SWEEP_MS: f64 = 250.0;

/// How an answer came.
#[derive(Clone, Copy)]
enum Answer<'a> {
    /// As the ack, which repeats this response.
    Ack(&'a str),
    /// As an event of this name.
    Named(&'a str),
}

impl TrackedSocketService {
    /// The socket's callbacks; they end with the service.
    pub(super) fn handlers(this: &Weak<Self>) -> Handlers {
        let (connected, disconnected, failed, message) = (this.clone(), this.clone(), this.clone(), this.clone());
        Handlers {
            connected: Box::new(move || with(&connected, Self::connected)),
            disconnected: Box::new(move |reason| with(&disconnected, |service| service.disconnected(&reason))),
            failed: Box::new(move |reason| with(&failed, |service| service.failed(&reason))),
            message: Box::new(move |event, payload| with(&message, |service| service.message(event, &payload))),
        }
    }

    /// The function that every ack calls.
    pub(super) fn ack_closure(this: &Weak<Self>) -> Closure<AckCall> {
        let this = this.clone();
        Closure::new(move |id: String, response: String, payload: JsValue| {
            with(&this, |service| {
                if let Some(id) = RequestId::parse(&id) {
                    service.answered(&id, Answer::Ack(&response), &payload, now_us());
                }
            });
        })
    }

    /// Looks for requests whose time is up, as long as any wait.
    pub(super) fn look_for_timeouts(&self) {
        if self.sweep.borrow().is_some() {
            return;
        }
        let this = self.this.clone();
        self.sweep.replace(Some(Timer::every(SWEEP_MS, move || with(&this, Self::expire))));
    }

    fn message(&self, event: &str, payload: &JsValue) {
        let now = now_us();
        let cause = payload::carrier(payload).and_then(|carrier| trace::extract(&carrier).parent());
        if let Some(id) = payload::request_id(payload) {
            payload::say_ok(payload, !payload::is_refusal(payload));
            self.answered(&id, Answer::Named(event), payload, now);
            self.pass_on(event, payload, cause);
        } else {
            self.noticed(event, payload, cause, now);
        }
    }

    fn answered(&self, id: &RequestId, answer: Answer<'_>, payload: &JsValue, now: u64) {
        // Taken out in a statement of its own: what is told of the answer may send again.
        let waiting = self.waiting.borrow_mut().take(id);
        let Some(Waiting { settle, event, refused_as, sent, span, action, tracked, .. }) = waiting else {
            // The second of ack and named response, or an answer that came too late: the tracker knows which.
            let (Answer::Ack(event) | Answer::Named(event)) = answer;
            if is_tracked(id) {
                self.respond(Response { event, request_id: Some(id), result: Ok(()) }, now);
            }
            return;
        };
        let ended = settle(Ok(&payload::json(payload)));
        let response = match (answer, &ended) {
            (Answer::Ack(response), Err(Failure::Refused(_))) => refused_as.unwrap_or(response),
            (Answer::Ack(response) | Answer::Named(response), _) => response,
        };
        let error = ended.err().map(|failure| described(&failure));
        let error = error.as_ref().map(|(code, message)| (*code, message.as_str()));
        self.measure(event, sent, now, error.map(|(code, _)| code));
        if tracked {
            let result = error.map_or(Ok(()), |(code, message)| Err(Reason { code, message }));
            self.respond(Response { event: response, request_id: Some(id), result }, now);
        }
        self.record(span, End { at: now, response: Some(response), error }, action.as_deref());
    }

    fn respond(&self, response: Response<'_>, now: u64) {
        match self.tracker.track_response(&response, now) {
            Matched::Ended(settled) | Matched::Late(settled) => self.write_down(&settled),
            Matched::Orphan => self.recorder.measure(Meter::orphaned),
            Matched::Repeated | Matched::Received | Matched::Untracked => {}
        }
    }

    fn measure(&self, event: &str, sent: u64, now: u64, error: Option<&'static str>) {
        let (took, slow) = (Duration::from_micros(now.saturating_sub(sent)), Duration::from_micros(self.slow_us));
        self.recorder.measure(|meter| meter.ended(Ended { event, took, slow, error }));
    }

    pub(super) fn write_down(&self, settled: &Settled) {
        self.log(|| settled.to_string());
        self.rows.write(|journal| journal.settle(settled));
    }

    fn noticed(&self, event: &str, payload: &JsValue, cause: Option<SpanContext>, now: u64) {
        let label = catalog::label(event);
        let terminal = payload::terminal_id(payload);
        let matched = self.tracker.track_response(&Response { event: label, request_id: None, result: Ok(()) }, now);
        let is_output = label == TerminalOutput::NAME;
        // All output is counted; a row of its own has the part that answers a traced key.
        if matched == Matched::Received && (!is_output || cause.is_some()) {
            let row = Row { terminal_id: terminal, ..Row::received(label, now) };
            let row = match cause {
                Some(cause) => row.in_trace(cause),
                None => row,
            };
            self.rows.write(|journal| journal.push(row));
        }
        // The effect of output ends when it is painted, which the screen knows.
        let effect = cause
            .filter(|_| !is_output)
            .and_then(|cause| self.begin_effect(cause, label, Subject { terminal, ..Subject::default() }));
        self.pass_on(event, payload, cause);
        if let Some(effect) = effect {
            self.end_effect(effect);
        }
    }

    fn pass_on(&self, event: &str, payload: &JsValue, cause: Option<SpanContext>) {
        if let Some(peer) = self.peer() {
            peer.received(event, payload, cause);
        }
    }

    fn connected(&self) {
        self.status.transport.set(self.transport());
        self.lifecycle(lifecycle::CONNECT, Ok(()));
        self.end_handshake(None);
        if let Some(peer) = self.peer() {
            peer.connected();
        }
    }

    fn failed(&self, reason: &str) {
        self.lifecycle(lifecycle::CONNECT_ERROR, Err(Reason { code: "connect_error", message: reason }));
        self.end_handshake(Some(("connect_error", reason)));
        if let Some(peer) = self.peer() {
            peer.failed();
        }
    }

    fn disconnected(&self, reason: &str) {
        let now = now_us();
        self.status.transport.set(None);
        self.lifecycle(lifecycle::DISCONNECT, Err(Reason { code: "disconnected", message: reason }));
        for settled in self.tracker.disconnect(None, now) {
            self.write_down(&settled);
        }
        let lost = self.waiting.borrow_mut().take_all();
        for (_, waiting) in lost {
            self.give_up(waiting, Failure::Disconnected, now);
        }
        if let Some(peer) = self.peer() {
            peer.disconnected();
        }
    }

    fn expire(&self) {
        let now = now_us();
        let expired = self.waiting.borrow_mut().take_expired(now);
        for (id, waiting) in expired {
            if let Some(settled) = self.tracker.track_timeout(&id, now) {
                self.write_down(&settled);
            }
            self.give_up(waiting, Failure::Timeout, now);
        }
        for settled in self.tracker.expire(now) {
            self.write_down(&settled);
        }
        // Somebody may follow requests by hand.
        if self.waiting.borrow().is_empty() && self.tracker.pending_requests().is_empty() {
            self.sweep.take();
        }
    }

    fn give_up(&self, waiting: Waiting, failure: Failure, now: u64) {
        let (code, message) = described(&failure);
        self.measure(waiting.event, waiting.sent, now, Some(code));
        // Whoever asked hears it; how it ended is known here.
        drop((waiting.settle)(Err(failure)));
        let end = End { at: now, response: None, error: Some((code, &message)) };
        self.record(waiting.span, end, waiting.action.as_deref());
    }

    fn lifecycle(&self, event: &'static str, result: Result<(), Reason<'_>>) {
        let now = now_us();
        let error = result.as_ref().err().map(|reason| RowError::new(reason.code.to_owned(), reason.message));
        let matched = self.tracker.track_response(&Response { event, request_id: None, result }, now);
        if matched == Matched::Received {
            self.rows.write(|journal| journal.push(Row { error, ..Row::received(event, now) }));
        }
    }

    fn end_handshake(&self, error: Option<(&'static str, &str)>) {
        if let Some((span, action)) = self.handshake.take() {
            self.record(Some(span), End { at: now_us(), response: None, error }, action.as_deref());
        }
    }
}

pub(super) fn with(service: &Weak<TrackedSocketService>, then: impl FnOnce(&TrackedSocketService)) {
    if let Some(service) = service.upgrade() {
        then(&service);
    }
}

/// A failure as a word for programs and a sentence for people.
fn described(failure: &Failure) -> (&'static str, String) {
    let code = match failure {
        Failure::Refused(refusal) => return (refusal.code.as_str(), refusal.message.clone()),
        Failure::Timeout => "timeout",
        Failure::Disconnected => "disconnected",
        Failure::Malformed(_) => "malformed",
    };
    (code, failure.to_string())
}
