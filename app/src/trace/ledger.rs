//! What became of every record: the ledger as `/api/traces` and its stream tell it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What became of every span, log record, data point and trace event, by destination. `created = exported + queued + spooled + dropped`
/// holds for each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerView {
    /// The local store first, then the backends, then exporters, and last backends that are not configured any more.
    pub destinations: Vec<DestinationView>,
}

impl LedgerView {
    /// How many records reached the destination they were meant for, over all destinations.
    pub fn exported(&self) -> u64 {
        self.destinations.iter().map(|destination| destination.exported).sum()
    }

    /// How many records were lost on the way, over all destinations.
    pub fn lost(&self) -> u64 {
        self.destinations.iter().map(DestinationView::lost).sum()
    }

    /// The first destination whose last export failed, and why it did.
    pub fn failure(&self) -> Option<(&str, &str)> {
        self.destinations
            .iter()
            .find_map(|destination| Some((destination.name.as_str(), destination.error.as_deref()?)))
    }
}

/// What became of the records of one signal that were meant for one destination.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DestinationView {
    /// `local`, or the name of the backend or exporter.
    pub name: String,
    /// `traces`, `logs` or `metrics`; `events` for an exporter.
    pub signal: String,
    /// Records meant for it.
    pub created: u64,
    /// Records it has.
    pub exported: u64,
    /// Records on their way, in memory.
    pub queued: u64,
    /// Records on their way, on disk.
    pub spooled: u64,
    /// Records lost, by reason.
    pub dropped: BTreeMap<String, u64>,
    /// Why the last export failed; absent while exports succeed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl DestinationView {
    /// How many records were lost on the way, whatever the reason.
    pub fn lost(&self) -> u64 {
        self.dropped.values().sum()
    }
}
