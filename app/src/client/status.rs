//! The state of the connection and of the export, as signals that components read.

use leptos::prelude::RwSignal;

use crate::{protocol::session::Storage, trace::ledger::LedgerView};

/// What the window knows of its link.
#[derive(Clone, Copy)]
pub struct LinkStatus {
    /// Whether it stands.
    pub state: RwSignal<LinkState>,
    /// What carries it.
    pub transport: RwSignal<Option<Transport>>,
    /// The public id the server gave this connection.
    pub client_id: RwSignal<Option<String>>,
    /// The best recent round trip, in milliseconds.
    pub round_trip_ms: RwSignal<Option<f64>>,
    /// How far the server's clock is ahead of the page's, in milliseconds.
    pub clock_offset_ms: RwSignal<Option<f64>>,
    /// How often the link has been made anew.
    pub reconnects: RwSignal<u32>,
    /// How well the server keeps what is changed.
    pub storage: RwSignal<Storage>,
    /// The page's own records: sent, waiting, lost.
    pub export: RwSignal<ExportCount>,
    /// What became of the server's records, the page's among them; `None` before it is known, and for who is not told.
    pub ledger: RwSignal<Option<LedgerView>>,
}

/// Whether the link stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum LinkState {
    /// The first attempt is under way.
    #[default]
    Connecting,
    /// Messages go through.
    Online,
    /// The link broke; the next attempt comes at `until_ms` of the page's clock (milliseconds since the epoch).
    Waiting {
        /// Counts from one.
        attempt: u32,
        /// When the next attempt comes.
        until_ms: f64,
    },
    /// The server no longer knows the window's user.
    SignedOut,
    /// The server has announced its end.
    Closing {
        /// Its words.
        reason: String,
    },
}

/// What carries the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// A web socket.
    WebSocket,
    /// Repeated HTTP requests.
    Polling,
}

/// From a key to its paint, over the last few hundred keys, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EchoLatency {
    /// Half of the keys were seen sooner.
    pub p50_ms: f64,
    /// All but one in a hundred were.
    pub p99_ms: f64,
}

/// The page's telemetry records by where they are; `created` is the sum of the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExportCount {
    /// Made by the recorder.
    pub created: u64,
    /// Taken by the server.
    pub exported: u64,
    /// Waiting or on their way.
    pub queued: u64,
    /// Left with the browser, for the next page to send.
    pub spooled: u64,
    /// Lost, and counted.
    pub dropped: u64,
}

impl LinkStatus {
    /// The state before the first attempt.
    #[must_use]
    pub fn new() -> Self {
        Self {
            state: RwSignal::new(LinkState::default()),
            transport: RwSignal::new(None),
            client_id: RwSignal::new(None),
            round_trip_ms: RwSignal::new(None),
            clock_offset_ms: RwSignal::new(None),
            reconnects: RwSignal::new(0),
            storage: RwSignal::new(Storage::default()),
            export: RwSignal::new(ExportCount::default()),
            ledger: RwSignal::new(None),
        }
    }
}

impl Default for LinkStatus {
    fn default() -> Self {
        Self::new()
    }
}
