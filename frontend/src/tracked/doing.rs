//! What a person does, and the load of the page: each is a span, and the messages that come of it are its children.

use std::rc::Rc;

use app::{
    client::{Action, Outcome},
    protocol::Recording,
    trace::SpanContext,
};
use leptos::task::spawn_local;

use crate::{
    js::{
        clock::{now_us, origin_ms},
        page, performance, random,
        timer::Timer,
    },
    telemetry::PageLoad,
};

use super::{OpenSpan, TrackedSocketService, inbound::with, span::End};

impl TrackedSocketService {
    /// The page loads; the first connection and what it begins with come of that. The server has begun the trace, where it
    /// says so: its own span lies within the load, and cannot be the parent of it.
    pub fn load_page(&self) {
        if !self.tracking {
            return;
        }
        let context = match performance::served_as() {
            Some(served) => SpanContext { span_id: random::span_id(), ..served },
            None => self.root(Recording::Always, None),
        };
        let this = self.this.clone();
        let action = Rc::new(Action::new(context, move |outcome| {
            with(&this, |service| service.end_load(context, &outcome));
        }));
        self.set_doing(action.clone());
        spawn_local(async move {
            performance::loaded().await;
            drop(action);
        });
    }

    pub(super) fn begin_action(&self, name: &'static str) {
        if !self.tracking {
            return;
        }
        let context = self.root(Recording::Always, None);
        let span = OpenSpan::action(context, name, now_us(), self.session.borrow().clone());
        let this = self.this.clone();
        let end = move |outcome| with(&this, |service| service.end_action(span, &outcome));
        self.set_doing(Rc::new(Action::new(context, end)));
    }

    /// Holds an action until the end of this turn: what the page does in answer to an event, and every effect of that, comes
    /// before the next timer.
    pub(super) fn set_doing(&self, action: Rc<Action>) {
        self.doing.replace(Some(action));
        let this = self.this.clone();
        let end_of_turn = move || with(&this, |service| drop(service.doing.take()));
        self.turn.replace(Some(Timer::after(0.0, end_of_turn)));
    }

    fn end_action(&self, span: OpenSpan, outcome: &Outcome) {
        if outcome.messages == 0 {
            return;
        }
        let error = outcome.failure.as_ref().map(|(code, message)| (*code, message.as_str()));
        if let Some(span) = span.end_as(End { at: now_us(), response: None, error }, outcome.kept) {
            self.recorder.record(span);
        }
    }

    fn end_load(&self, context: SpanContext, outcome: &Outcome) {
        if !context.sampling.is_sampled() && outcome.kept.is_none() {
            return;
        }
        let navigation = performance::navigation();
        let load = PageLoad {
            origin_ms: origin_ms(),
            timing: &|name| navigation.number(name),
            paints: performance::paints(),
            kind: navigation.text("type"),
            path: page::path(),
            session: self.session.borrow().clone(),
        };
        load.spans(context, random::span_id(), outcome).into_iter().for_each(|span| self.recorder.record(span));
    }
}
