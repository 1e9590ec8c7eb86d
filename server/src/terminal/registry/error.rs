//! Why no terminal was created.

use std::io;

use thiserror::Error;

use crate::terminal::SpawnError;
use crate::terminal::host::{HostError, Refused};
use crate::terminal::places::Full;

/// Why no terminal was created.
#[derive(Debug, Error)]
pub enum CreateError {
    /// As many terminals as are allowed are there.
    #[error("there are {0} terminals, and no more are allowed")]
    LimitReached(usize),
    /// The owner has as many terminals as are allowed.
    #[error("you have {0} terminals, and no more are allowed")]
    OwnersLimitReached(usize),
    /// Terminals are being closed for good.
    #[error("the server is shutting down")]
    ShuttingDown,
    /// The process could not be started.
    #[error(transparent)]
    Spawn(#[from] SpawnError),
    /// The host could not be asked.
    #[error("the process that holds the shells cannot be reached: {0}")]
    Host(HostError),
}

impl From<Full> for CreateError {
    fn from(full: Full) -> Self {
        match full {
            Full::Total(limit) => Self::LimitReached(limit),
            Full::Owner(limit) => Self::OwnersLimitReached(limit),
        }
    }
}

impl From<HostError> for CreateError {
    fn from(error: HostError) -> Self {
        match error {
            HostError::Refused(Refused::Directory(problem, path)) => {
                SpawnError::Directory { path, source: io::Error::other(problem) }.into()
            }
            HostError::Refused(Refused::Command(problem, command)) => {
                SpawnError::Command { command, source: io::Error::other(problem) }.into()
            }
            HostError::Refused(Refused::Pty(problem)) => SpawnError::Pty(io::Error::other(problem)).into(),
            error => Self::Host(error),
        }
    }
}

impl CreateError {
    /// What went wrong, in one low-cardinality word.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::LimitReached(_) | Self::OwnersLimitReached(_) => "limit_reached",
            Self::ShuttingDown => "shutting_down",
            Self::Spawn(SpawnError::Directory { .. }) => "working_directory",
            Self::Spawn(SpawnError::Command { .. }) => "command",
            Self::Spawn(SpawnError::Pty(_)) => "pty",
            Self::Host(_) => "pty_host",
        }
    }
}
