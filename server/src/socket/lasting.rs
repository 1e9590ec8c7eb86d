//! What the sockets have that outlives the server.

use crate::{
    chat::Chat,
    share::Shares,
    store::{Saved, Store, StoreError},
};

/// The store, and the rooms that keep something in it.
#[derive(Clone, Debug)]
pub struct Lasting {
    /// Where sessions are kept.
    pub store: Store,
    /// The share links and their guests.
    pub shares: Shares,
    /// What is said.
    pub chat: Chat,
}

impl Lasting {
    /// What was there before; the sessions of it are for [`Sockets::restore`](super::Sockets::restore).
    pub fn new(store: &Store, saved: &mut Saved) -> Self {
        let (shares, guests) = (std::mem::take(&mut saved.shares), std::mem::take(&mut saved.guests));
        let (messages, reads) = (std::mem::take(&mut saved.messages), std::mem::take(&mut saved.reads));
        Self {
            store: store.clone(),
            shares: Shares::new(store.clone(), shares, guests),
            chat: Chat::new(store.clone(), messages, reads),
        }
    }

    /// Nothing yet, and nothing that outlives the process.
    ///
    /// # Errors
    ///
    /// The system has no thread for it.
    pub fn in_memory() -> Result<Self, StoreError> {
        Ok(Self::new(&Store::in_memory(Box::new(|_, _| {}))?, &mut Saved::default()))
    }
}
