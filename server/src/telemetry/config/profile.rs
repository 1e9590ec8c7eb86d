//! What is usual where the server runs: `AETHERTERM_PROFILE`.

use clap::ValueEnum;

/// Where the server runs. A profile only gives defaults: a single variable wins over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Profile {
    /// Where it is worked on: every trace is recorded, every request is logged.
    Development,
    /// Where it serves: one trace of ten is recorded, and requests are not logged.
    Production,
}

/// The defaults of a profile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ProfileDefaults {
    pub(super) rate: f64,
    pub(super) detailed_logging: bool,
}

impl Default for ProfileDefaults {
    fn default() -> Self {
        Self { rate: 1.0, detailed_logging: false }
    }
}

impl Profile {
    pub(super) fn defaults(self) -> ProfileDefaults {
        match self {
            Self::Development => ProfileDefaults { rate: 1.0, detailed_logging: true },
            Self::Production => ProfileDefaults { rate: 0.1, detailed_logging: false },
        }
    }
}
