//! One of the servers that are compared.

use std::{path::Path, time::Duration};

use anyhow::Result;

use super::{sink::Sink, traffic};
use crate::{figures::Budget, running::Running, window::Window};

/// How a server of the comparison is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Nothing is tracked or recorded: what the others are compared with.
    Off,
    /// As it comes: everything is recorded for the monitor, and no backend is set.
    Unexported,
    /// A tenth of the actions is recorded and exported.
    Tenth,
    /// The same without keeping what failed or was slow.
    TenthWithoutTail,
    /// Everything is recorded and exported.
    All,
    /// Everything is recorded, for a backend that can be reached and never answers.
    Unanswered,
}

impl Kind {
    /// Those whose backend answers, if they have one.
    pub const ANSWERED: [Self; 5] = [Self::Off, Self::Unexported, Self::Tenth, Self::TenthWithoutTail, Self::All];

    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Off, Self::Unexported, Self::Tenth, Self::TenthWithoutTail, Self::All, Self::Unanswered];

    /// Its name in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "tracking off",
            Self::Unexported => "100 % without export",
            Self::Tenth => "10 % exported",
            Self::TenthWithoutTail => "10 % exported, no tail keeping",
            Self::All => "100 % exported",
            Self::Unanswered => "100 %, backend half-open",
        }
    }

    /// How much of a core a thousand messages a second may take beyond what they take untracked.
    pub fn busy_budget(self) -> Budget {
        match self {
            // What waits is written to the disk, which costs what it costs. What counts is the time of a keystroke.
            Self::Off | Self::Unanswered => Budget::None,
            Self::Unexported | Self::All => Budget::AtMost(5.0),
            Self::Tenth => Budget::AtMost(2.5),
            Self::TenthWithoutTail => Budget::AtMost(1.0),
        }
    }

    /// How long the slowest of a hundred echoes may take: a backend that does not answer is none of a keystroke's business.
    pub fn echo_budget(self) -> Budget {
        match self {
            Self::Unanswered => Budget::AtMost(1.0),
            _ => Budget::None,
        }
    }

    /// The share of messages that a page would record, in percent; `None`: its messages carry nothing.
    pub fn sampled(self) -> Option<u32> {
        match self {
            Self::Off => None,
            Self::Unexported | Self::All | Self::Unanswered => Some(100),
            Self::Tenth | Self::TenthWithoutTail => Some(10),
        }
    }

    fn environment(self, sink: &Sink) -> Vec<(&'static str, String)> {
        let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", sink.endpoint());
        let rate = ("OTEL_SAMPLE_RATE", "0.1".to_owned());
        match self {
            Self::Off => [
                "SOCKET_TRACKING_ENABLED=false",
                "VITE_SOCKET_TRACKING_ENABLED=false",
                "SOCKET_TRACKING_METRICS=false",
                "OTEL_SDK_DISABLED=true",
            ]
            .into_iter()
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name, value.to_owned()))
            .collect(),
            Self::Unexported => Vec::new(),
            Self::Tenth => vec![endpoint, rate],
            Self::TenthWithoutTail => vec![endpoint, rate, ("SOCKET_TRACKING_TAIL_KEEPING", "false".to_owned())],
            Self::All => vec![endpoint],
            Self::Unanswered => vec![("OTEL_EXPORTER_OTLP_ENDPOINT", sink.silent())],
        }
    }
}

/// A server with its windows, and what was measured of it.
pub struct Arm {
    pub kind: Kind,
    /// CPU seconds of each round.
    pub used: Vec<f64>,
    /// Milliseconds from a key to its echo, of each round.
    pub p50: Vec<f64>,
    pub p99: Vec<f64>,
    server: Running,
}

impl Arm {
    /// Starts one of each kind.
    ///
    /// # Errors
    /// One does not start.
    pub async fn start(program: &Path, sink: &Sink, kinds: &[Kind]) -> Result<Vec<Self>> {
        let mut arms = Vec::new();
        for &kind in kinds {
            let server = Running::start_in(program, &[], &kind.environment(sink)).await?;
            arms.push(Self { kind, used: Vec::new(), p50: Vec::new(), p99: Vec::new(), server });
        }
        Ok(arms)
    }

    /// Ends all of them.
    ///
    /// # Errors
    /// One cannot be ended.
    pub async fn stop_all(arms: Vec<Self>) -> Result<()> {
        for arm in arms {
            arm.server.stop().await?;
        }
        Ok(())
    }

    /// Many windows at once, for so long; returns the CPU seconds that the server took.
    ///
    /// # Errors
    /// A link breaks.
    pub async fn many(&self, time: Duration) -> Result<f64> {
        traffic::many(&self.server, self.kind.sampled(), time).await
    }

    /// One person, for so long; returns the CPU seconds that the server took.
    ///
    /// # Errors
    /// A link breaks.
    pub async fn person(&mut self, time: Duration) -> Result<f64> {
        traffic::person(&self.server, self.kind.sampled(), time).await
    }

    /// Milliseconds from a key to its echo, with nothing else going on.
    ///
    /// # Errors
    /// The link breaks.
    pub async fn echoes(&self, count: usize) -> Result<Vec<f64>> {
        let mut window = Window::open(&self.server).await?;
        window.trace(self.kind.sampled());
        window.start_cat().await?;
        let times = window.echoes(count).await?;
        window.close().await?;
        Ok(times)
    }

    /// The memory of the server and what holds its shells, in bytes.
    ///
    /// # Errors
    /// The server has ended.
    pub fn memory(&self) -> Result<f64> {
        self.server.memory()
    }
}
