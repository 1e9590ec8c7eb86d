//! How a host comes to be: the same binary, apart from the server in every way.

use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::time::timeout;

use super::address::Address;
use crate::descriptors;
use crate::terminal::pty::environment;

/// The line by which a host says that it listens.
pub const READY: &str = "ready";

/// How long a host has to be ready; it takes some milliseconds.
const START: Duration = Duration::from_secs(10);

/// The longest complaint that is listened to.
const COMPLAINT: u64 = 4096;

/// What is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program(PathBuf);

impl Program {
    /// This very program: the file it was started from, or what is left of it after an upgrade has replaced that.
    pub fn own() -> Self {
        let own = std::env::current_exe().ok().filter(|path| path.exists());
        Self(own.unwrap_or_else(|| Path::new("/proc/self/exe").to_owned()))
    }
}

/// Starts a host and waits until it listens.
///
/// # Errors
/// What the system or the host says.
pub(super) async fn start(program: Program, address: Address) -> io::Result<Child> {
    let started = tokio::task::spawn_blocking(move || spawn(&program, &address));
    match timeout(START, started).await {
        Ok(started) => started.map_err(io::Error::other)?,
        Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "it does not say that it is ready")),
    }
}

fn spawn(program: &Program, address: &Address) -> io::Result<Child> {
    let mut child = Command::new(&program.0)
        .args(["pty-host", "--data-dir"])
        .arg(address.directory())
        .args(descriptors::of_account().map(|limit| format!("--descriptors={limit}")))
        // What shells may have, and none of the server's secrets.
        .env_clear()
        .envs(environment::allowed())
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut said = String::new();
    if let Some(output) = child.stdout.take() {
        BufReader::new(output.take(COMPLAINT)).read_line(&mut said)?;
    }
    if said.trim_end() == READY {
        return Ok(child);
    }
    // Whatever it is, it is no host.
    let _ = child.kill();
    child.wait()?;
    let complaint = if said.is_empty() { "it ended at once" } else { said.trim_end() };
    Err(io::Error::other(complaint.to_owned()))
}
