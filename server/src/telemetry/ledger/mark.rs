//! Up to where the batches that are on disk are known to an account.

/// A place between two batches of a lane: what stands before it is in the ledger already, what stands behind it may have been
/// written down without anybody having been told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::telemetry) struct Mark {
    /// The number of a segment; later ones have higher numbers.
    pub(in crate::telemetry) sequence: u64,
    /// The place in it.
    pub(in crate::telemetry) offset: u64,
}

impl Mark {
    /// Behind whatever there is, and whatever will be.
    pub(in crate::telemetry) const BEYOND: Self = Self { sequence: u64::MAX, offset: u64::MAX };
}

impl Default for Mark {
    /// Before anything is written, nothing that is on disk can be in memory, too.
    fn default() -> Self {
        Self::BEYOND
    }
}
