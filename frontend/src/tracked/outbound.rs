//! Outbound: a typed request becomes the one `emit`.

use std::rc::Rc;

use app::{
    client::{Action, Failure, Message, Settle, Wire},
    monitor::Row,
    protocol::{
        Recording, Refusal, RefusalCode, RequestId,
        clock::ClockProbe,
        event::{Answer, Event, ORDINARY_TIMEOUT},
    },
    trace::{SpanContext, otlp::SpanKind},
    tracking::NewRequest,
};
use js_sys::Function;
use leptos::prelude::GetUntracked;
use wasm_bindgen::{JsCast, JsValue};

use crate::js::{clock::now_us, payload};

use super::{
    OpenSpan, TrackedSocketService, carrier, size,
    span::{About, End},
    waiting::Waiting,
};

/// How the names end that the tracker has not given.
const UNTRACKED: &str = "untracked";

/// Whether the tracker knows a request of that name, or has known it.
pub(super) fn is_tracked(id: &RequestId) -> bool {
    !id.as_str().ends_with(UNTRACKED)
}

impl Wire for TrackedSocketService {
    fn send(&self, message: Message<'_>, settle: Settle) {
        if let Err(failure) = self.can_send(message.answer) {
            drop(settle(Err(failure)));
            return;
        }
        match payload::to_js(message.payload) {
            Ok(payload) => self.emit(&message, &payload, settle),
            Err(why) => drop(settle(Err(Failure::Malformed(why)))),
        }
    }

    fn reconnect(&self) {
        if let Some(peer) = self.peer() {
            peer.retry();
        }
    }

    fn act(&self, name: &'static str) {
        self.begin_action(name);
    }

    fn doing(&self) -> Option<Rc<Action>> {
        self.doing.borrow().clone()
    }

    fn go_on(&self, action: Rc<Action>) {
        self.set_doing(action);
    }
}

impl TrackedSocketService {
    /// Nothing is left to the client library's own buffer: what did not go at once is known not to have gone.
    fn can_send(&self, answer: Answer) -> Result<(), Failure> {
        if !self.socket.is_connected() {
            Err(Failure::Disconnected)
        } else if answer == Answer::Expected && !self.waiting.borrow().has_room() {
            Err(Failure::Refused(Refusal::new(RefusalCode::RateLimited, "Too many requests wait for their answers.")))
        } else {
            Ok(())
        }
    }

    fn emit(&self, message: &Message<'_>, payload: &JsValue, settle: Settle) {
        let now = now_us();
        self.recorder.measure(|meter| meter.requested(message.event));
        // What measures belongs to nothing that somebody does.
        let action = message.action.clone().filter(|_| message.recording != Recording::Never);
        let below = || self.below(action.as_deref(), message.recording, message.subject.terminal);
        let (context, parent) = self.tracking.then(below).unzip();
        let parent = parent.flatten();
        let bytes = if self.tracking { size::on_the_wire(message.payload) } else { 0 };
        let named = self.track(message, context, bytes, now);
        let tracked = named.is_some();
        let id = named.unwrap_or_else(|| self.unnamed(now));
        let follows = |context: &SpanContext| self.sampler.borrow().follows(message.recording, context.sampling);
        let followed = context.filter(follows);
        let span =
            followed.map(|context| OpenSpan::begin(context, parent, now, self.about_message(message, &id, bytes)));
        if let Some(context) = &context {
            payload::seal(payload, &id, &carrier(context));
        }
        match message.answer {
            Answer::Expected => {
                let all: &Function = self.ack.as_ref().unchecked_ref();
                let ack = all.bind2(&JsValue::NULL, &id.as_str().into(), &message.response.into());
                let waiting = Waiting {
                    settle,
                    event: message.event,
                    refused_as: message.refused_as,
                    sent: now,
                    deadline: now + self.patience(message),
                    span,
                    action,
                    tracked,
                };
                self.waiting.borrow_mut().insert(id, waiting);
                self.look_for_timeouts();
                self.socket.emit(message.event, payload, Some(ack.unchecked_ref()));
            }
            Answer::FireAndForget => {
                self.socket.emit(message.event, payload, None);
                self.record(span, End::ok(now_us()), action.as_deref());
            }
        }
    }

    /// Tells the tracker and the journal; `None` when tracking is off, and for the probe, which is no activity.
    fn track(&self, message: &Message<'_>, context: Option<SpanContext>, bytes: u64, now: u64) -> Option<RequestId> {
        if message.event == ClockProbe::NAME {
            return None;
        }
        let client_id = self.status.client_id.get_untracked();
        let id = self.tracker.track_request(&NewRequest {
            response: Some(message.response),
            answer: message.answer,
            timeout: Some(std::time::Duration::from_micros(self.patience(message))),
            client_id: client_id.as_deref(),
            context,
            ..NewRequest::new(message.event, now)
        })?;
        self.log(|| format!("Socket request tracked: {} [{id}]", message.event));
        let row = match message.answer {
            Answer::Expected => Row::request(message.event, now),
            Answer::FireAndForget => Row::sent(message.event, now),
        };
        let row = Row {
            expected: (message.answer == Answer::Expected).then_some(message.response.into()),
            request_id: Some(id.clone()),
            terminal_id: message.subject.terminal,
            size: u32::try_from(bytes).ok(),
            ..row
        };
        let row = match context {
            Some(context) => row.in_trace(context),
            None => row,
        };
        self.rows.write(|journal| journal.push(row));
        Some(id)
    }

    fn about_message<'a>(&self, message: &Message<'_>, id: &'a RequestId, bytes: u64) -> About<'a> {
        let (kind, response) = match message.answer {
            Answer::Expected => (SpanKind::Client, Some(message.response)),
            Answer::FireAndForget => (SpanKind::Producer, None),
        };
        About {
            response,
            request_id: Some(id),
            subject: message.subject,
            bytes: Some(bytes),
            ..self.about(message.event, kind)
        }
    }

    /// How long a request waits, in microseconds: what its event says, or the settings where it says nothing of its own.
    fn patience(&self, message: &Message<'_>) -> u64 {
        if message.timeout == ORDINARY_TIMEOUT {
            self.timeout_us
        } else {
            u64::try_from(message.timeout.as_micros()).unwrap_or(u64::MAX)
        }
    }

    /// A name for a request that the tracker does not follow.
    fn unnamed(&self, now: u64) -> RequestId {
        self.unnamed.set(self.unnamed.get() + 1);
        RequestId::mint(now / 1_000, self.unnamed.get(), UNTRACKED)
    }
}
