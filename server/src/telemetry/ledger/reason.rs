//! Why a record was dropped.

/// Why a record did not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::telemetry) enum Reason {
    /// More was recorded than the queue holds.
    QueueFull,
    /// Sampling had rejected it, and what it was held with made room before it was known whether to keep it.
    HoldingFull,
    /// It could not be encoded.
    Encoding,
    /// The backend refused it.
    Rejected,
    /// The backend could not be reached within the export timeout.
    Unreachable,
    /// The backend does not take just this record, whatever it is sent with.
    Poison,
    /// Younger records needed its room on the disk.
    Evicted,
    /// The spool could not be written or read, such as with a full disk.
    SpoolFailed,
    /// The server stopped before it was sent.
    Shutdown,
    /// An earlier server was killed while it had it in memory.
    Killed,
}

impl Reason {
    /// Every reason.
    pub(in crate::telemetry) const ALL: [Self; 10] = [
        Self::QueueFull,
        Self::HoldingFull,
        Self::Encoding,
        Self::Rejected,
        Self::Unreachable,
        Self::Poison,
        Self::Evicted,
        Self::SpoolFailed,
        Self::Shutdown,
        Self::Killed,
    ];

    /// The word for it.
    pub(in crate::telemetry) fn name(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::HoldingFull => "holding_full",
            Self::Encoding => "encoding",
            Self::Rejected => "rejected",
            Self::Unreachable => "unreachable",
            Self::Poison => "poison",
            Self::Evicted => "evicted",
            Self::SpoolFailed => "spool_failed",
            Self::Shutdown => "shutdown",
            Self::Killed => "killed",
        }
    }
}
