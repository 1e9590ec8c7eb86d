//! Who is connected, by session.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use app::protocol::SessionId;

use super::{audience::ClientId, client::Client};
use crate::telemetry::SocketFigures;

/// The connections of each session, held weakly, because a connection belongs to its socket.
#[derive(Default)]
pub(super) struct Rooms {
    /// No connection may be dropped under this lock, since its leaving takes it.
    members: Mutex<HashMap<SessionId, Room>>,
}

type Room = Vec<(ClientId, Weak<Client>)>;

impl Rooms {
    /// Brings a connection into a session.
    pub(super) fn join(&self, session: SessionId, client: &Arc<Client>) {
        let member = (Arc::clone(&client.id), Arc::downgrade(client));
        self.members().entry(session).or_default().push(member);
    }

    /// Takes a connection out of a session.
    pub(super) fn part(&self, session: SessionId, client: &ClientId) {
        let mut members = self.members();
        if let Some(room) = members.get_mut(&session) {
            room.retain(|(member, _)| member != client);
            if room.is_empty() {
                members.remove(&session);
            }
        }
    }

    /// The connections of a session.
    pub(super) fn of(&self, session: SessionId) -> Vec<Arc<Client>> {
        self.members().get(&session).into_iter().flatten().filter_map(|(_, client)| client.upgrade()).collect()
    }

    /// The connections of all sessions.
    pub(super) fn everybody(&self) -> Vec<Arc<Client>> {
        self.members().values().flatten().filter_map(|(_, client)| client.upgrade()).collect()
    }

    /// How many sessions somebody is connected to, and how many are connected.
    pub(super) fn figures(&self) -> SocketFigures {
        let members = self.members();
        let connected_clients = members.values().map(|room| room.len() as u64).sum();
        SocketFigures { active_sessions: members.len() as u64, connected_clients }
    }

    fn members(&self) -> MutexGuard<'_, HashMap<SessionId, Room>> {
        // Every change leaves the map whole, so that of a panicked thread is still good.
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
