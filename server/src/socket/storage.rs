//! Tells windows how well what they change is kept.

use std::sync::{Arc, Weak};

use app::protocol::{
    event::Subject,
    session::{ServerStorage, Storage},
};
use tokio::sync::watch;

use super::{client::Client, hub::Hub, outgoing::Message, windows::recipients};
use crate::{store::Condition, telemetry::span::Cause};

impl Client {
    /// Tells a window that comes while something may be lost.
    pub(super) fn warn_of_storage(&self, cause: Option<Cause>) {
        let told = told(self.hub.lasting.store.condition());
        if told.storage != Storage::Durable {
            self.tell(&told, self.subject(), cause);
        }
    }
}

/// Tells all windows of each change, until the hub is gone.
pub(super) async fn watch(hub: Weak<Hub>, mut conditions: watch::Receiver<Condition>) {
    // A store that is gone changes no more.
    while conditions.changed().await.is_ok() {
        let Some(hub) = hub.upgrade() else { return };
        tell(&hub, *conditions.borrow_and_update());
    }
}

fn tell(hub: &Arc<Hub>, condition: Condition) {
    let windows = hub.rooms.everybody();
    let message = Message::fan_out(&told(condition), Subject::default(), recipients(&windows), None);
    for window in windows {
        window.lane.send(message.clone());
    }
}

fn told(condition: Condition) -> ServerStorage {
    let storage = match condition {
        Condition::Stored => Storage::Durable,
        Condition::Behind => Storage::Behind,
        Condition::Remembered => Storage::Memory,
    };
    ServerStorage { storage }
}
