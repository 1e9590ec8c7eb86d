//! Events that are not ours: registered with the same door, by those who build a server around this one.

use std::sync::{Arc, PoisonError, RwLock};

use app::protocol::{Request, catalog};

use super::traced::{Door, Handler};

/// The name of an event is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is an event {0} already")]
pub struct NameTaken(&'static str);

/// The events of others, in the order in which they were registered.
#[derive(Default)]
pub(super) struct Extra {
    // Written to before the server listens.
    events: RwLock<Vec<(&'static str, Box<Fit>)>>,
}

/// Registers one event with a connection's door.
type Fit = dyn Fn(&Door<'_>) + Send + Sync;

impl Extra {
    /// Adds an event; connections that are made from now on know it.
    ///
    /// # Errors
    ///
    /// There is one of that name.
    pub(super) fn add<R: Request>(&self, handler: impl Handler<R>) -> Result<(), NameTaken> {
        let handler = Arc::new(handler);
        let fit = move |door: &Door<'_>| {
            let handler = Arc::clone(&handler);
            door.on(move |call: &_, request: R| handler.handle(call, request));
        };
        let mut events = self.events.write().unwrap_or_else(PoisonError::into_inner);
        if catalog::label(R::NAME) != catalog::OTHER || events.iter().any(|(name, _)| *name == R::NAME) {
            return Err(NameTaken(R::NAME));
        }
        events.push((R::NAME, Box::new(fit)));
        Ok(())
    }

    /// Registers them all with a connection's door.
    pub(super) fn fit(&self, door: &Door<'_>) {
        self.events.read().unwrap_or_else(PoisonError::into_inner).iter().for_each(|(_, fit)| fit(door));
    }
}
