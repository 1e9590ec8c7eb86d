//! An answer that somebody else owes: it is theirs, or a refusal once the time is up, whichever comes first.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use serde::Serialize;
use tokio::{sync::oneshot, time::timeout};

use super::{super::exchange::Exchange, Completion, too_slow};

/// A request that is still to be answered; nothing once it is.
#[derive(Clone)]
struct Owed(Arc<Mutex<Option<Exchange>>>);

/// Hands the right to answer on, and refuses when it has not been used after `limit`.
///
/// # Errors
///
/// Whoever was given it panicked. The request is refused by then: the right was dropped on the way.
pub(super) fn hand_on<T: Serialize + 'static>(
    exchange: Exchange,
    to: impl FnOnce(Completion<T>),
    limit: Duration,
) -> thread::Result<()> {
    let span = exchange.span().clone();
    let owed = Owed(Arc::new(Mutex::new(Some(exchange))));
    let (answered, answer) = oneshot::channel::<()>();
    let completion = Completion::new({
        let owed = owed.clone();
        move |result| {
            // It goes at the end of this, and with it the watch.
            let _answered = answered;
            match (owed.take(), result) {
                (Some(exchange), result) => exchange.span().clone().in_scope(|| match result {
                    Ok(reply) => exchange.accept(reply),
                    Err(refusal) => exchange.refuse(&refusal),
                }),
                // Too late for an answer. What follows is no part of it, and what was asked has been done.
                (None, Ok(reply)) => reply.then.into_iter().for_each(|then| then()),
                (None, Err(_)) => {}
            }
        }
    });
    let handed = catch_unwind(AssertUnwindSafe(|| span.in_scope(|| to(completion))));
    if owed.is_open() {
        tokio::spawn(async move {
            if timeout(limit, answer).await.is_err() {
                owed.refuse();
            }
        });
    }
    handed
}

impl Owed {
    fn take(&self) -> Option<Exchange> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn is_open(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn refuse(&self) {
        if let Some(exchange) = self.take() {
            exchange.span().clone().in_scope(|| exchange.refuse(&too_slow()));
        }
    }
}
