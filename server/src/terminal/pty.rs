//! The port to a pseudo-terminal: what is spawned, and what its owner may ask of it.

mod echo;
pub(super) mod environment;
mod integration;
mod processes;
mod shell;

use std::io;
use std::path::PathBuf;
use std::task::{Context, Poll};

use filedescriptor::FileDescriptor;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Size;

/// What a new terminal should run, and where.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SpawnSpec {
    /// Program and arguments; none: the user's login shell.
    pub command: Option<Vec<String>>,
    /// Directory to start in; none: the user's home.
    pub cwd: Option<PathBuf>,
    /// Variables set beside those that the allow-list lets through.
    pub env: Vec<(String, String)>,
    /// The first size.
    pub size: Size,
    /// The scripts by which a shell marks its commands; none to start it plain.
    #[serde(default)]
    pub integration: Option<Integration>,
    /// Output that comes before the program's.
    #[serde(default)]
    pub greeting: String,
    /// Whose terminal it is: there may be so many for each.
    #[serde(default)]
    pub owner: String,
    /// What its creator wants to be told again when it finds the terminal after a restart; never looked into.
    #[serde(default)]
    pub label: String,
}

impl SpawnSpec {
    /// The user's login shell in the home directory.
    pub fn login_shell(size: Size) -> Self {
        let (integration, greeting, owner, label) = Default::default();
        Self { command: None, cwd: None, env: Vec::new(), size, integration, greeting, owner, label }
    }
}

/// Why nothing was spawned.
#[derive(Debug, Error)]
pub enum SpawnError {
    /// The working directory cannot be used.
    #[error("cannot start in {}: {source}", path.display())]
    Directory {
        /// The directory asked for.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The program cannot be run.
    #[error("cannot run {command}: {source}")]
    Command {
        /// The program asked for.
        command: String,
        /// Why not.
        source: io::Error,
    },
    /// The system gave no pseudo-terminal.
    #[error("cannot open a pseudo-terminal: {0}")]
    Pty(#[source] io::Error),
}

/// What spawns terminals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spawner {
    /// Real processes on real pseudo-terminals.
    Shell,
    /// No process: input comes back as output, byte 4 (`^D`) ends it with code 0. For tests of what is above.
    Echo,
}

impl Spawner {
    /// Spawns, off the runtime's threads where that takes a fork.
    ///
    /// # Errors
    /// [`SpawnError`] names the part of `spec` that was wrong.
    pub async fn spawn(self, spec: SpawnSpec) -> Result<Box<dyn Pty>, SpawnError> {
        match self {
            Self::Echo => Ok(Box::new(echo::Echo::default())),
            Self::Shell => {
                let opened = tokio::task::spawn_blocking(move || shell::open(&spec)).await;
                let opened = opened.map_err(|error| SpawnError::Pty(io::Error::other(error)))??;
                Ok(Box::new(shell::Shell::new(opened)?))
            }
        }
    }
}

/// How the process on a PTY ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exit {
    /// Its exit code, unless a signal ended it.
    pub code: Option<u32>,
    /// The signal that ended it, such as `SIGHUP`.
    pub signal: Option<String>,
}

/// One pseudo-terminal and the process on it, polled by its one owner. Dropping it kills what is left.
pub trait Pty: Send {
    /// Reads what is there into `buffer`; 0 once no process can write any more.
    fn poll_read(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>>;

    /// Writes as much input as fits.
    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>>;

    /// Waits for the process to end, and reaps it. Not polled again once it has.
    fn poll_exit(&mut self, cx: &mut Context<'_>) -> Poll<Exit>;

    /// Tells the process its new size.
    ///
    /// # Errors
    /// What the system says.
    fn resize(&mut self, size: Size) -> io::Result<()>;

    /// The process, and everything started under it, as far as it can be signalled; none for a double.
    fn processes(&self) -> Option<Processes>;

    /// Asks a terminal without processes to end.
    fn hang_up(&mut self);

    /// Hands out the end that output is read from, without blocking; none where there is no such thing. Until it is given
    /// back, there is nothing to read here.
    fn lend(&mut self) -> Option<FileDescriptor> {
        None
    }

    /// Takes back what was lent.
    ///
    /// # Errors
    /// What the system says.
    fn take_back(&mut self, _lent: FileDescriptor) -> io::Result<()> {
        Ok(())
    }
}

pub use integration::Integration;
pub use processes::Processes;
