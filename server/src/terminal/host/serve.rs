//! The host as a process: it lets in its own account, and ends when nobody needs it any more or it is told to.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use thiserror::Error;
use tokio::net::UnixListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::address::{self, Address};
use super::start::READY;
use super::visit::{Terminals, visit};
use super::{log, message::VERSION};
use crate::descriptors;
use crate::terminal::{Limits, Spawner};

/// How long a host waits without terminals and without a server: longer than a server takes to start again.
const IDLE: Duration = Duration::from_secs(60);

/// For how many times that a host keeps how its shells have ended, for a server that comes late: a day.
const ENDS_KEPT: u32 = 24 * 60;

/// How long another host may take to let go of its place.
const TAKEOVER: Duration = Duration::from_secs(5);

/// How long shells have to end.
const SHELLS: Duration = Duration::from_secs(4);

/// How a host is run.
#[derive(Clone, Debug)]
pub struct HostSettings {
    /// The data directory, absolute.
    pub data_dir: PathBuf,
    /// The soft limit of descriptors that shells are given; `None` means that of this process.
    pub descriptors: Option<u64>,
    /// How long it waits without terminals and without a server; `None` means a minute.
    pub idle: Option<Duration>,
}

impl HostSettings {
    fn idle(&self) -> Duration {
        self.idle.unwrap_or(IDLE)
    }
}

/// Why there is no host.
#[derive(Debug, Error)]
pub enum ServeError {
    /// Another one has the place.
    #[error("another process holds the shells of {} already", .0.display())]
    Taken(PathBuf),
    /// The system did not permit something.
    #[error("cannot hold shells in {}: {source}", path.display())]
    Io {
        /// The data directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Runs a host until nobody needs it, or it is asked to end by SIGTERM, which ends its shells.
///
/// # Errors
/// [`ServeError`]; nothing listens then.
pub fn serve(settings: HostSettings) -> Result<(), ServeError> {
    let idle = settings.idle();
    descriptors::raise(settings.descriptors);
    let data_dir = settings.data_dir;
    let address = Address::new(&data_dir);
    log::install(&address.log());
    // A session of its own: what ends the server's terminal or process group does not reach it. It fails for who leads
    // a group already, which is as good.
    let _ = rustix::process::setsid();
    let failed = |source| ServeError::Io { path: data_dir.clone(), source };
    let _lock = take_place(&address).map_err(failed)?.ok_or_else(|| ServeError::Taken(data_dir.clone()))?;
    // Half of the machine: the programs and the server want the rest, and floods have threads of their own.
    let workers = thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2));
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(workers).enable_all().build().map_err(failed)?;
    let result = runtime.block_on(async {
        let listener = address.bind().map_err(failed)?;
        // Whoever started this may be gone already.
        let _ = writeln!(io::stdout(), "{READY}");
        run(listener, &data_dir, idle).await.map_err(failed)
    });
    // Before the lock is let go, or the next host's socket would be taken away.
    let _ = std::fs::remove_file(address.socket());
    runtime.shutdown_background();
    result
}

/// Locks the place of the host of this version; `None` when another one keeps it.
fn take_place(address: &Address) -> io::Result<Option<File>> {
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(address.lock())?;
    let deadline = std::time::Instant::now() + TAKEOVER;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if std::time::Instant::now() > deadline => return Ok(None),
            // It is ending: its socket is refused already, or nobody would have started us.
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(10)),
        }
    }
}

async fn run(listener: UnixListener, data_dir: &Path, idle: Duration) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    // Each server has its own limits, and says them with each terminal.
    let unlimited = Limits { terminals: usize::MAX, per_owner: usize::MAX, ..Limits::default() };
    let terminals: Arc<Terminals> = Arc::new(Terminals::new(Spawner::Shell, unlimited));
    let mut visits = JoinSet::new();
    let (mut look, mut vigil) = (Instant::now() + idle, Vigil::default());
    loop {
        tokio::select! {
            // Who comes at the last moment is let in.
            biased;
            accepted = listener.accept() => {
                let Ok((connection, _)) = accepted else {
                    // Out of descriptors, say: others may close some. Whoever wants the end is heard meanwhile.
                    tokio::select! {
                        () = tokio::time::sleep(Duration::from_millis(10)) => continue,
                        _ = terminate.recv() => break,
                    }
                };
                match connection.peer_cred().and_then(address::check) {
                    Ok(()) => drop(visits.spawn(visit(connection, Arc::clone(&terminals)))),
                    Err(error) => tracing::warn!(%error, "somebody was not let in"),
                }
            }
            _ = terminate.recv() => break,
            // Terminals are forgotten in visits only, so that the last one has gone by then, too.
            Some(_) = visits.join_next() => (look, vigil) = (Instant::now() + idle, Vigil::default()),
            () = sleep_until(look), if visits.is_empty() => {
                look = Instant::now() + idle;
                let (held, living) = (terminals.ids().len(), terminals.living());
                if is_unreachable(data_dir) || vigil.is_over(held, living) {
                    break;
                }
            }
        }
    }
    // Nobody is let in any more; whoever is there sees its shells end.
    drop(listener);
    let left = terminals.close_all(SHELLS).await;
    if left > 0 {
        tracing::warn!(left, version = VERSION, "shells are left behind");
    }
    let _ =
        tokio::time::timeout(Duration::from_millis(200), async { while visits.join_next().await.is_some() {} }).await;
    Ok(())
}

/// The wait for a server that does not come.
#[derive(Debug, Default)]
struct Vigil {
    /// For how many looks there has been nothing but shells that have ended.
    over_ended: u32,
}

impl Vigil {
    /// One more look without a server, at so many terminals of which so many live.
    fn is_over(&mut self, held: usize, living: usize) -> bool {
        self.over_ended = if living == 0 { self.over_ended + 1 } else { 0 };
        held == 0 || self.over_ended >= ENDS_KEPT
    }
}

/// Whether the data directory is gone, so that no server can ever find this host again.
fn is_unreachable(data_dir: &Path) -> bool {
    matches!(std::fs::metadata(data_dir), Err(error) if error.kind() == io::ErrorKind::NotFound)
}

#[cfg(test)]
mod tests;
