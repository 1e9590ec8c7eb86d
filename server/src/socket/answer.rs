//! What a handler says.

use std::pin::Pin;

use app::protocol::{Refusal, RefusalCode};

/// The result of a handler's first, synchronous part, which runs in the order in which the socket's messages came.
pub enum Answer<T> {
    /// The answer.
    Now(Reply<T>),
    /// The rest of the work, which runs beside what comes after it.
    Later(Pin<Box<dyn Future<Output = Result<Reply<T>, Refusal>> + Send>>),
    /// Somebody else answers, who keeps an order among several requests. Whoever has not when the time is up answers nobody.
    Handed(Box<dyn FnOnce(Completion<T>) + Send>),
}

/// The right to answer one request. Dropped unused, it answers that the server made a mistake.
pub struct Completion<T>(Option<Box<Finish<T>>>);

type Finish<T> = dyn FnOnce(Result<Reply<T>, Refusal>) + Send;

impl<T> Completion<T> {
    pub(super) fn new(finish: impl FnOnce(Result<Reply<T>, Refusal>) + Send + 'static) -> Self {
        Self(Some(Box::new(finish)))
    }

    /// Answers.
    pub fn finish(mut self, result: Result<Reply<T>, Refusal>) {
        self.end(result);
    }

    fn end(&mut self, result: Result<Reply<T>, Refusal>) {
        if let Some(finish) = self.0.take() {
            finish(result);
        }
    }
}

impl<T> Drop for Completion<T> {
    fn drop(&mut self) {
        self.end(Err(Refusal::new(RefusalCode::Internal, "The server made a mistake.")));
    }
}

/// A yes: the named response, and what follows once the requester has it.
pub struct Reply<T> {
    pub(super) body: T,
    pub(super) then: Option<Box<dyn FnOnce() + Send>>,
}

impl<T> Answer<T> {
    /// Goes on with the rest in a task of its own.
    pub fn later(rest: impl Future<Output = Result<Reply<T>, Refusal>> + Send + 'static) -> Self {
        Self::Later(Box::pin(rest))
    }

    /// The same answer in the words of another event.
    pub(super) fn map<U: 'static>(
        self,
        words: impl FnOnce(T) -> U + Send + 'static,
        refused: fn(Refusal) -> Refusal,
    ) -> Answer<U>
    where
        T: 'static,
    {
        match self {
            Self::Now(reply) => Answer::Now(reply.map(words)),
            Self::Later(rest) => Answer::later(async move { reword(rest.await, words, refused) }),
            Self::Handed(to) => Answer::handed(move |completion| {
                to(Completion::new(move |result| completion.finish(reword(result, words, refused))));
            }),
        }
    }

    /// Hands the right to answer on.
    pub fn handed(to: impl FnOnce(Completion<T>) + Send + 'static) -> Self {
        Self::Handed(Box::new(to))
    }
}

impl<T> Reply<T> {
    /// Does this once response and ack are on their way.
    #[must_use]
    pub fn then(mut self, then: impl FnOnce() + Send + 'static) -> Self {
        self.then = Some(Box::new(then));
        self
    }
}

fn reword<T, U>(
    result: Result<Reply<T>, Refusal>,
    words: impl FnOnce(T) -> U,
    refused: fn(Refusal) -> Refusal,
) -> Result<Reply<U>, Refusal> {
    result.map(|reply| reply.map(words)).map_err(refused)
}

impl<T> Reply<T> {
    fn map<U>(self, words: impl FnOnce(T) -> U) -> Reply<U> {
        Reply { body: words(self.body), then: self.then }
    }
}

impl<T> From<T> for Reply<T> {
    fn from(body: T) -> Self {
        Self { body, then: None }
    }
}

impl<T> From<Reply<T>> for Answer<T> {
    fn from(reply: Reply<T>) -> Self {
        Self::Now(reply)
    }
}

impl<T> From<T> for Answer<T> {
    fn from(body: T) -> Self {
        Self::Now(body.into())
    }
}
