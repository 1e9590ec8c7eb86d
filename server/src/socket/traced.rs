//! The one door: every request is taken apart, limited, given a span and a tracker entry, handled, answered and recorded
//! here. Handlers know nothing of it, and there is no other way to register one.

mod owed;

use std::{
    marker::PhantomData,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use app::{
    protocol::{Pace, Refusal, RefusalCode, Request, event::Subject, session::UserView},
    tracking::Micros,
};
use futures_util::FutureExt;
use socketioxide::{
    adapter::LocalAdapter,
    handler::{MessageHandler, Value},
    socket::Socket,
};
use tokio::time::timeout;
use tracing::{Instrument, Span};

use super::{
    answer::{Answer, Completion},
    client::Client,
    exchange::{Arrival, Expected},
    tally::Oddity,
};
use crate::telemetry::span::{self, Cause, Unrecorded};

/// A handler's first, synchronous part. It runs in the order in which the socket's messages came: an async one would be spawned
/// by the library, and keystrokes would race each other.
pub trait Handler<R: Request>: Send + Sync + 'static {
    /// Answers, refuses, or says what is left to do.
    ///
    /// # Errors
    ///
    /// The refusal that the requester is told.
    fn handle(&self, call: &Call, request: R) -> Result<Answer<R::Response>, Refusal>;
}

impl<R: Request, F> Handler<R> for F
where
    F: Fn(&Call, R) -> Result<Answer<R::Response>, Refusal> + Send + Sync + 'static,
{
    fn handle(&self, call: &Call, request: R) -> Result<Answer<R::Response>, Refusal> {
        self(call, request)
    }
}

/// What a handler is given beside its request.
pub struct Call {
    pub(super) client: Arc<Client>,
    pub(super) received_at: Micros,
    /// What its message has instead of a span.
    unrecorded: Option<Unrecorded>,
}

impl Call {
    /// Who asks.
    pub fn user(&self) -> &UserView {
        &self.client.user
    }

    /// The public id of the connection that the request came by.
    pub fn client_id(&self) -> &str {
        &self.client.id
    }

    /// What notices that come of the request name as their cause, as long as it is being handled.
    pub(super) fn cause(&self) -> Option<Cause> {
        match self.unrecorded {
            Some(unrecorded) => Some(unrecorded.cause()),
            None => span::cause_of(&Span::current()),
        }
    }

    /// When the request arrived, in microseconds since 1970.
    pub fn received_at(&self) -> Micros {
        self.received_at
    }
}

/// One connection's door, while it is being fitted.
pub(super) struct Door<'a> {
    socket: &'a Socket,
    client: &'a Arc<Client>,
}

impl<'a> Door<'a> {
    pub(super) fn new(socket: &'a Socket, client: &'a Arc<Client>) -> Self {
        Self { socket, client }
    }

    /// Registers the handler of a request under the request's name.
    pub(super) fn on<R: Request>(&self, handler: impl Handler<R>) {
        self.socket.on(R::NAME, Traced { client: Arc::clone(self.client), handler });
    }

    /// Refuses every event without a handler.
    pub(super) fn refuse_the_rest(&self) {
        self.socket.on_fallback(Unknown { client: Arc::clone(self.client) });
    }
}

/// A handler with everything around it.
struct Traced<H> {
    client: Arc<Client>,
    handler: H,
}

/// Sets our handlers apart from the kinds the library knows.
struct Ours<R>(PhantomData<fn(R)>);

impl<R: Request, H: Handler<R>> MessageHandler<LocalAdapter, Ours<R>> for Traced<H> {
    fn call(&self, socket: Arc<Socket>, value: Value, ack: Option<i64>) {
        let Some(arrival) = Arrival::read(&self.client, &socket, value, ack) else { return };
        let limits = &self.client.hub.settings.wire;
        let admitted = arrival.draw(R::PACE).and_then(|()| arrival.incoming().check_size(limits));
        let request = admitted.and_then(|()| arrival.incoming().decode::<R>());
        let subject = request.as_ref().map(R::subject).unwrap_or_default();
        let received_at = arrival.received_at();
        let limit = self.client.hub.settings.limit::<R>();
        let mut exchange = arrival.begin(Expected::by::<R>(limit), subject);
        let call = Call { client: Arc::clone(&self.client), received_at, unrecorded: exchange.unrecorded() };
        let answer = request.and_then(|request| {
            let handle = || exchange.span().in_scope(|| self.handler.handle(&call, request));
            catch_unwind(AssertUnwindSafe(handle)).unwrap_or_else(|_| Err(panicked(&self.client)))
        });
        match answer {
            Ok(Answer::Now(reply)) => exchange.accept(reply),
            Err(refusal) => exchange.refuse(&refusal),
            Ok(Answer::Handed(to)) => {
                exchange.wait();
                if owed::hand_on(exchange, to, limit).is_err() {
                    drop(panicked(&self.client));
                }
            }
            Ok(Answer::Later(rest)) => {
                exchange.wait();
                let (client, span) = (Arc::clone(&self.client), exchange.span().clone());
                let finish = async move {
                    match timeout(limit, AssertUnwindSafe(rest).catch_unwind()).await {
                        Ok(Ok(Ok(reply))) => exchange.accept(reply),
                        Ok(Ok(Err(refusal))) => exchange.refuse(&refusal),
                        Ok(Err(_panic)) => exchange.refuse(&panicked(&client)),
                        Err(_elapsed) => exchange.refuse(&too_slow()),
                    }
                };
                tokio::spawn(finish.instrument(span));
            }
        }
    }
}

/// Answers events that nobody handles.
struct Unknown {
    client: Arc<Client>,
}

impl MessageHandler<LocalAdapter, Ours<()>> for Unknown {
    fn call(&self, socket: Arc<Socket>, value: Value, ack: Option<i64>) {
        let Some(arrival) = Arrival::read(&self.client, &socket, value, ack) else { return };
        let unknown = || Refusal::new(RefusalCode::UnknownEvent, "There is no such event.");
        let refusal = arrival.draw(Pace::Ordinary).err().unwrap_or_else(unknown);
        arrival.begin(Expected::UNKNOWN, Subject::default()).refuse(&refusal);
    }
}

/// Counts a handler that panicked; returns what its requester is told.
fn panicked(client: &Client) -> Refusal {
    client.hub.tally.count(Oddity::Panic, &*client.hub.tracker);
    Refusal::new(RefusalCode::Internal, "The server made a mistake.")
}

pub(super) fn too_slow() -> Refusal {
    Refusal::new(RefusalCode::Timeout, "The request took too long.")
}

#[cfg(test)]
mod tests;
