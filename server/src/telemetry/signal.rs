//! The three kinds of telemetry, and what OTLP calls them; and whose telemetry it is.

use std::fmt;

/// A kind of telemetry. OTLP has a request, an address and settings of its own for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signal {
    /// Spans.
    Traces,
    /// Log records.
    Logs,
    /// Metrics, counted by their data points.
    Metrics,
}

impl Signal {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Traces, Self::Logs, Self::Metrics];

    /// The name in addresses and settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Traces => "traces",
            Self::Logs => "logs",
            Self::Metrics => "metrics",
        }
    }

    /// What is appended to a backend's base address.
    pub fn path(self) -> &'static str {
        match self {
            Self::Traces => "/v1/traces",
            Self::Logs => "/v1/logs",
            Self::Metrics => "/v1/metrics",
        }
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whose telemetry it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// This process's.
    Server,
    /// A page's.
    Page,
    /// A program's in a shell.
    Program,
}

/// A signal and whose it is: what decides who takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) signal: Signal,
    pub(super) origin: Origin,
}

impl From<Signal> for Kind {
    /// The server's own.
    fn from(signal: Signal) -> Self {
        Self { signal, origin: Origin::Server }
    }
}
