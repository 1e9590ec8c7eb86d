//! `GET /api/traces/stream`: rows as they change and the ledger as it counts, as server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use app::monitor::TraceRow;
use app::trace::ledger::LedgerView;
use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::Stream;
use futures_util::stream::unfold;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::telemetry::Telemetry;

/// How often the ledger is told, if it has changed.
const LEDGER_INTERVAL: Duration = Duration::from_secs(1);

/// Streams `event: trace` with a row whenever one changes, `event: ledger` at the beginning and whenever it has
/// changed, and `event: missed` with a number when the listener was too slow and should ask for the list again.
pub(super) async fn stream(State(telemetry): State<Telemetry>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut ticks = interval(LEDGER_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let listener = Listener { rows: telemetry.inner.outbox.subscribe(), ticks, told: None, telemetry };
    let events = unfold(listener, async |mut listener| Some((Ok(listener.next().await?), listener)));
    Sse::new(events).keep_alive(KeepAlive::default())
}

struct Listener {
    rows: Receiver<TraceRow>,
    ticks: Interval,
    /// The ledger as the listener knows it.
    told: Option<LedgerView>,
    telemetry: Telemetry,
}

impl Listener {
    /// The next event; none once the server shuts down, which would otherwise wait for this stream.
    async fn next(&mut self) -> Option<Event> {
        loop {
            tokio::select! {
                () = self.telemetry.inner.outbox.streams().cancelled() => return None,
                row = self.rows.recv() => return match row {
                    Ok(row) => Event::default().event("trace").json_data(row).ok(),
                    Err(RecvError::Lagged(missed)) => Some(Event::default().event("missed").data(missed.to_string())),
                    Err(RecvError::Closed) => None,
                },
                _ = self.ticks.tick() => {
                    let ledger = self.telemetry.ledger();
                    if self.told.as_ref() != Some(&ledger) {
                        let event = Event::default().event("ledger").json_data(&ledger).ok();
                        self.told = Some(ledger);
                        return event;
                    }
                }
            }
        }
    }
}
