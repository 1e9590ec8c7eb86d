//! Looks at the clock for the sessions: links that expire, guests who do not come back, sessions that their owner or everybody
//! has left.

use std::{
    sync::{Arc, Weak},
    time::{Duration, Instant},
};

use app::protocol::{Refusal, RefusalCode};
use tokio::time::{MissedTickBehavior, interval};

use super::hub::Hub;
use crate::{share, workspace::Overdue};

/// How often: who came by a link that expires is out within a second.
const LOOK: Duration = Duration::from_millis(250);

/// Watches until the hub is gone.
pub(super) async fn watch(hub: Weak<Hub>) {
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        let Some(hub) = hub.upgrade() else { return };
        // While the server ends, everybody is away.
        if !hub.is_closing() {
            look(&hub);
        }
    }
}

fn look(hub: &Arc<Hub>) {
    for ended in hub.lasting.shares.expired(share::now()) {
        hub.end_visits(ended, "The link you came by has expired.", None);
    }
    hub.close_late();
    for overdue in hub.sessions.overdue(Instant::now(), hub.settings.patience) {
        match overdue {
            Overdue::Guest(session, guest) => hub.dismiss(&guest, session, None),
            Overdue::Owner(session, others) => {
                let why = "The owner has gone, and this session is open only while they are here.";
                let error = Refusal::new(RefusalCode::Conflict, why);
                others.iter().for_each(|user| hub.dismiss(user, session, Some(error.clone())));
            }
            // A shell that has been told to end is told again, until it has.
            Overdue::Idle(terminals) => {
                terminals.iter().filter_map(|id| hub.terminals.get(id)).for_each(|terminal| terminal.close());
            }
        }
    }
}
