//! Who is connected. Which of them are in a session is for the sessions to know.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use super::{audience::ClientId, client::Client};

/// The connections, held weakly, because a connection belongs to its socket.
#[derive(Default)]
pub(super) struct Rooms {
    /// No connection may be dropped under this lock, since its leaving takes it.
    clients: Mutex<HashMap<ClientId, Weak<Client>>>,
}

impl Rooms {
    /// Notes a connection.
    pub(super) fn join(&self, client: &Arc<Client>) {
        self.clients().insert(Arc::clone(&client.id), Arc::downgrade(client));
    }

    /// Forgets a connection.
    pub(super) fn part(&self, client: &ClientId) {
        self.clients().remove(client);
    }

    /// The connections of those names, as far as they are there.
    pub(super) fn of(&self, names: &[ClientId]) -> Vec<Arc<Client>> {
        let clients = self.clients();
        names.iter().filter_map(|name| clients.get(name)?.upgrade()).collect()
    }

    /// All connections.
    pub(super) fn everybody(&self) -> Vec<Arc<Client>> {
        self.clients().values().filter_map(Weak::upgrade).collect()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.clients().len()
    }

    fn clients(&self) -> MutexGuard<'_, HashMap<ClientId, Weak<Client>>> {
        // Every change leaves the map whole, so that of a panicked thread is still good.
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
