//! Ends what runs in a data directory: the server, and if asked the shells it has left with its host.

use std::{
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{net::UnixStream, time::sleep};

use crate::terminal::host::{self, Address};

/// How long a server or a host has to end: both promise less.
const END: Duration = Duration::from_secs(10);

/// How often a server that is ending is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// What was found and ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stopped {
    /// The server.
    pub server: Option<i32>,
    /// How many processes that hold shells are left.
    pub hosts_left: usize,
    /// How many of them were ended.
    pub hosts_ended: usize,
}

/// Why something still runs.
#[derive(Debug, thiserror::Error)]
pub enum StopError {
    /// Something in the data directory cannot be read.
    #[error("cannot use {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The process is not ours.
    #[error("cannot end process {pid}: {source}")]
    Signal {
        /// The process.
        pid: i32,
        /// What the system said.
        source: io::Error,
    },
    /// It was asked and did not end.
    #[error("process {pid} has not ended within {} s", END.as_secs())]
    Deaf {
        /// The process.
        pid: i32,
    },
}

/// Ends the server of a data directory, and with `all` its shells.
///
/// # Errors
/// [`StopError`] names what still runs.
pub async fn stop(data_dir: &Path, all: bool) -> Result<Stopped, StopError> {
    let mut stopped = Stopped { server: stop_server(&data_dir.join("lock")).await?, ..Stopped::default() };
    for (_, socket) in Address::all_versions(data_dir) {
        // One that nobody listens on was left behind.
        let Ok(connection) = host::connect(&socket).await else { continue };
        if all {
            end_host(&socket, connection).await?;
            stopped.hosts_ended += 1;
        } else {
            stopped.hosts_left += 1;
        }
    }
    Ok(stopped)
}

/// Whoever holds the lock is the server, and has written its process id into it.
async fn stop_server(path: &Path) -> Result<Option<i32>, StopError> {
    let failed = |source| StopError::Io { path: path.to_owned(), source };
    let lock = match File::open(path) {
        Ok(lock) => lock,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    if !is_held(&lock).map_err(failed)? {
        return Ok(None);
    }
    let text = std::fs::read_to_string(path).map_err(failed)?;
    let pid: i32 = text.trim().parse().map_err(|_| failed(io::ErrorKind::InvalidData.into()))?;
    terminate(pid)?;
    released(&lock, path, pid).await?;
    Ok(Some(pid))
}

/// The kernel says who listens, whatever its version. It lets its lock go when the last shell has ended.
async fn end_host(socket: &Path, connection: UnixStream) -> Result<(), StopError> {
    let failed = |source| StopError::Io { path: socket.to_owned(), source };
    let pid = connection.peer_cred().map_err(failed)?.pid().ok_or_else(|| failed(io::ErrorKind::NotFound.into()))?;
    let path = socket.with_extension("lock");
    let lock = File::open(&path).map_err(|source| StopError::Io { path: path.clone(), source })?;
    terminate(pid)?;
    released(&lock, &path, pid).await
}

/// Waits until the process that holds a lock has let it go.
async fn released(lock: &File, path: &Path, pid: i32) -> Result<(), StopError> {
    let deadline = Instant::now() + END;
    while is_held(lock).map_err(|source| StopError::Io { path: path.to_owned(), source })? {
        if Instant::now() > deadline {
            return Err(StopError::Deaf { pid });
        }
        sleep(LOOK).await;
    }
    Ok(())
}

fn is_held(lock: &File) -> io::Result<bool> {
    match lock.try_lock_shared() {
        Ok(()) => lock.unlock().map(|()| false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn terminate(pid: i32) -> Result<(), StopError> {
    let failed = |source| StopError::Signal { pid, source };
    let process = Pid::from_raw(pid).ok_or_else(|| failed(io::ErrorKind::InvalidData.into()))?;
    match kill_process(process, Signal::TERM) {
        // It has just ended by itself.
        Err(rustix::io::Errno::SRCH) => Ok(()),
        result => result.map_err(|error| failed(error.into())),
    }
}
