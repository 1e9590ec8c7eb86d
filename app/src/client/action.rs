//! What a person does, as far as messages come of it: the one parent of all of them.

use std::{
    cell::{Cell, RefCell},
    fmt,
};

use crate::trace::SpanContext;

/// Something a person does. It ends when the last who holds it lets go of it: whoever sends a message for it, until that has
/// been answered, and whoever will send more.
pub struct Action {
    context: SpanContext,
    outcome: RefCell<Outcome>,
    end: Cell<Option<Box<OnEnd>>>,
}

/// Called once with how an action ended.
type OnEnd = dyn FnOnce(Outcome);

/// What came of an action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How many messages were sent for it.
    pub messages: u32,
    /// Why the one that was answered last failed: a word for programs, a sentence for people.
    pub failure: Option<(&'static str, String)>,
    /// Why a span below it is kept that was not sampled.
    pub kept: Option<&'static str>,
}

impl Action {
    /// An action with the span `context`; `end` hears how it ended.
    #[must_use]
    pub fn new(context: SpanContext, end: impl FnOnce(Outcome) + 'static) -> Self {
        Self { context, outcome: RefCell::default(), end: Cell::new(Some(Box::new(end))) }
    }

    /// The parent of its messages.
    #[must_use]
    pub fn context(&self) -> SpanContext {
        self.context
    }

    /// A message is sent for it.
    pub fn sent(&self) {
        self.outcome.borrow_mut().messages += 1;
    }

    /// A message for it has been answered, or will never be.
    pub fn answered(&self, failure: Option<(&'static str, &str)>) {
        self.outcome.borrow_mut().failure = failure.map(|(code, message)| (code, message.to_owned()));
    }

    /// A span below it is kept that was not sampled; it is to have its parent then.
    pub fn keep(&self, why: &'static str) {
        self.outcome.borrow_mut().kept.get_or_insert(why);
    }
}

impl Drop for Action {
    fn drop(&mut self) {
        if let Some(end) = self.end.take() {
            end(self.outcome.take());
        }
    }
}

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Action").field("context", &self.context).field("outcome", &self.outcome).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Sampling, SpanId, TraceId};
    use std::rc::Rc;

    fn action() -> (Rc<Action>, Rc<RefCell<Option<Outcome>>>) {
        let context = SpanContext {
            trace_id: TraceId::from_bytes([1; 16]).unwrap(),
            span_id: SpanId::from_bytes([2; 8]).unwrap(),
            sampling: Sampling::Accept,
        };
        let ended = Rc::<RefCell<Option<Outcome>>>::default();
        let heard = ended.clone();
        let action = Action::new(context, move |outcome| {
            heard.replace(Some(outcome));
        });
        (Rc::new(action), ended)
    }

    #[test]
    fn it_ends_when_the_last_one_lets_go() {
        let (action, ended) = action();
        let message = action.clone();
        message.sent();
        drop(action);
        assert_eq!(*ended.borrow(), None);
        drop(message);
        assert_eq!(*ended.borrow(), Some(Outcome { messages: 1, ..Outcome::default() }));
    }

    #[test]
    fn the_last_answer_says_how_it_ended() {
        let (action, ended) = action();
        action.answered(Some(("not_found", "There is no such terminal.")));
        action.keep("error");
        action.answered(None);
        action.keep("slow");
        drop(action);
        assert_eq!(*ended.borrow(), Some(Outcome { messages: 0, failure: None, kept: Some("error") }));
    }
}
