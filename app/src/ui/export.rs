//! How the page learns whether what is recorded arrives at the backends: it reads the server's ledger.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use crate::{
    client::{ClientContext, LinkState, LinkStatus, TraceQuery},
    json,
    people::use_people,
};

/// How often it is read while the page is seen: who has just corrected a setting does not wait long. It is asked for and not
/// streamed, because a stream would hold one of the six connections that browsers allow to a host.
const EVERY: Duration = Duration::from_secs(5);

/// Reads the ledger as long as the owner of the call lives, the link stands and the user may see it.
pub fn follow_ledger() {
    let (status, people) = (expect_context::<LinkStatus>(), use_people());
    let client = use_context::<ClientContext>();
    // What the server has recorded is no guest's business.
    let told = Memo::new(move |_| status.state.with(|state| *state == LinkState::Online) && !people.is_guest());
    Effect::new(move || {
        let Some(client) = client.filter(|_| told.get()) else { return };
        read(client, status);
        let again = move || {
            if !document().hidden() {
                read(client, status);
            }
        };
        if let Ok(beat) = set_interval_with_handle(again, EVERY) {
            on_cleanup(move || beat.clear());
        }
    });
}

/// Reads it once. Where it cannot be read the last answer stands, and the link says itself that it is gone.
fn read(client: ClientContext, status: LinkStatus) {
    let query = TraceQuery { limit: 1, ..TraceQuery::default() };
    let page = client.with_value(|client| client.traces.list(query, json::read));
    spawn_local(async move {
        if let Ok(page) = page.await {
            // The page may be going, and its signals with it.
            status.ledger.try_set(page.ledger);
        }
    });
}
