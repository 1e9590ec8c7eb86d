//! The link as the UI knows it: emit a request, get its response or the reason there is none.

use std::{fmt, rc::Rc, time::Duration};

use futures_channel::oneshot;

use crate::protocol::{Ack, Answer, Event, Recording, Refusal, Request, event::Subject};

use super::{Action, LinkStatus};

/// The window's one connection.
#[derive(Clone)]
pub struct Link {
    wire: Rc<dyn Wire>,
    status: LinkStatus,
    /// What all that is sent by it belongs to.
    action: Option<Rc<Action>>,
}

/// What the browser's half provides: the only door to the socket.
pub trait Wire {
    /// Emits one message and settles it once: with the ack, or with why there is none.
    fn send(&self, message: Message<'_>, settle: Settle);

    /// Tries the connection now instead of at the end of the countdown.
    fn reconnect(&self);

    /// Says what a person does: what is sent in this turn of the page belongs to it.
    fn act(&self, name: &'static str);

    /// What is being done in this turn.
    fn doing(&self) -> Option<Rc<Action>>;

    /// Goes on in this turn with what was begun in another.
    fn go_on(&self, action: Rc<Action>);
}

/// One message, its type erased.
pub struct Message<'a> {
    /// The event's name.
    pub event: &'static str,
    /// The name of the response it waits for.
    pub response: &'static str,
    /// The name of the event that refuses it, where that is not the ack alone.
    pub refused_as: Option<&'static str>,
    /// Whether it waits at all.
    pub answer: Answer,
    /// How long it waits.
    pub timeout: Duration,
    /// How much of its kind is recorded.
    pub recording: Recording,
    /// What it is about.
    pub subject: Subject,
    /// What it is sent for.
    pub action: Option<Rc<Action>>,
    /// The payload.
    pub payload: &'a dyn erased_serde::Serialize,
}

/// Receives the ack as JSON, or why there is none; says how the request ended, for the record.
pub type Settle = Box<dyn FnOnce(Result<&str, Failure>) -> Result<(), Failure>>;

/// Why a request has no response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The server said no.
    Refused(Refusal),
    /// No answer in time.
    Timeout,
    /// The link broke before the answer; whether the request was carried out is not known.
    Disconnected,
    /// The answer is not what the protocol says.
    Malformed(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Timeout => f.write_str("no answer in time"),
            Self::Disconnected => f.write_str("the connection broke before the answer"),
            Self::Malformed(why) => write!(f, "the answer is not what the protocol says: {why}"),
        }
    }
}

impl Link {
    /// Wraps the browser's wire.
    #[must_use]
    pub fn new(wire: Rc<dyn Wire>, status: LinkStatus) -> Self {
        Self { wire, status, action: None }
    }

    /// The state of the connection.
    #[must_use]
    pub fn status(&self) -> LinkStatus {
        self.status
    }

    /// Tries the connection now.
    pub fn reconnect(&self) {
        self.act("reconnect");
        self.wire.reconnect();
    }

    /// Says what a person does, by a name from the page's own vocabulary: all messages that come of it in this turn, and by
    /// links that are bound to it, are one trace. What sends nothing leaves none.
    pub fn act(&self, name: &'static str) {
        self.wire.act(name);
    }

    /// This link for what goes on after this turn: what it sends belongs to what is being done now.
    #[must_use]
    pub fn bound(&self) -> Self {
        Self { action: self.action.clone().or_else(|| self.wire.doing()), ..self.clone() }
    }

    /// This link for what goes on with `action`.
    #[must_use]
    pub fn for_action(&self, action: Option<Rc<Action>>) -> Self {
        Self { action, ..self.clone() }
    }

    /// What others send in this turn belongs to what this link is bound to.
    pub fn go_on(&self) {
        if let Some(action) = &self.action {
            self.wire.go_on(action.clone());
        }
    }

    /// Emits a request; it leaves before this returns, and the future resolves with its answer.
    ///
    /// # Errors
    /// When the server refuses, does not answer in time, or the link breaks first.
    pub fn emit<R: Request>(&self, request: &R) -> impl Future<Output = Result<R::Response, Failure>> + use<R> {
        let (sender, receiver) = oneshot::channel();
        let settle: Settle = Box::new(move |outcome| {
            let answer = outcome.and_then(decode::<R>);
            let ended = answer.as_ref().map(drop).map_err(Clone::clone);
            // The asker may have gone; the record has the answer all the same.
            drop(sender.send(answer));
            ended
        });
        self.wire.send(self.message(request, R::ANSWER), settle);
        async move { receiver.await.unwrap_or(Err(Failure::Disconnected)) }
    }

    /// Emits a request whose answer this page will not be there to hear; it leaves before this returns.
    pub fn part_with<R: Request>(&self, request: &R) {
        self.wire.send(self.message(request, Answer::FireAndForget), Box::new(|outcome| outcome.map(drop)));
    }

    fn message<'a, R: Request>(&self, request: &'a R, answer: Answer) -> Message<'a> {
        Message {
            event: R::NAME,
            response: <R::Response as Event>::NAME,
            refused_as: R::REFUSED_AS,
            answer,
            timeout: R::TIMEOUT,
            recording: R::RECORDING,
            subject: request.subject(),
            action: self.action.clone().or_else(|| self.wire.doing()),
            payload: request,
        }
    }
}

fn decode<R: Request>(ack: &str) -> Result<R::Response, Failure> {
    match Ack::read(ack) {
        Ok(Ack::Ok { body, .. }) => Ok(body),
        Ok(Ack::Refused { error, .. }) => Err(Failure::Refused(error)),
        Err(error) => Err(Failure::Malformed(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{
        TerminalId,
        terminal::{CloseReason, TerminalClose, TerminalClosed},
    };
    use leptos::prelude::Owner;

    struct Answers(&'static str);

    impl Wire for Answers {
        fn send(&self, _message: Message<'_>, settle: Settle) {
            drop(settle(Ok(self.0)));
        }
        fn reconnect(&self) {}
        fn act(&self, _name: &'static str) {}
        fn doing(&self) -> Option<Rc<Action>> {
            None
        }
        fn go_on(&self, _action: Rc<Action>) {}
    }

    fn check(ack: &'static str, expected: &Result<TerminalClosed, Failure>) {
        let owner = Owner::new();
        owner.set();
        let link = Link::new(Rc::new(Answers(ack)), LinkStatus::new());
        let answer = link.emit(&TerminalClose { terminal_id: TerminalId::from_random(1) });
        assert_eq!(&futures_executor::block_on(answer), expected);
    }

    #[test]
    fn an_ack_becomes_the_response() {
        let closed = TerminalClosed {
            terminal_id: TerminalId::from_random(1),
            exit_code: Some(0),
            signal: None,
            reason: CloseReason::Closed,
        };
        check(r#"{"ok":true,"terminalId":"t_0000000000001","exitCode":0,"reason":"closed"}"#, &Ok(closed));
    }

    #[test]
    fn a_refusal_becomes_a_failure() {
        let refusal = Refusal::not_found("terminalId", "terminal");
        check(
            r#"{"ok":false,"error":{"code":"not_found","field":"terminalId","message":"There is no such terminal."}}"#,
            &Err(Failure::Refused(refusal)),
        );
    }
}
