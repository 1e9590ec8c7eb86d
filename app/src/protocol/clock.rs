//! The clock probe: how far the page's clock is from the server's.

use serde::{Deserialize, Serialize};

use super::event::{Recording, Request, event};

/// Asks for the server's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockProbe {}

/// The server's clock at both ends of its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClockProbed {
    /// When the probe arrived, in microseconds since the epoch.
    pub received_at: u64,
    /// When the answer left, in microseconds since the epoch.
    pub sent_at: u64,
}

event!(ClockProbe = "clock:probe", ClockProbed = "clock:probed");

impl Request for ClockProbe {
    type Response = ClockProbed;
    const RECORDING: Recording = Recording::Never;
}
