//! The release server as a process of its own, with tracing as it comes and nothing of our environment.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use nix::{time::clock_getcpuclockid, unistd::Pid};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// The token programs send.
pub const TOKEN: &str = "bench";

/// A server that ends with this value.
pub struct Running {
    /// Where it listens: `127.0.0.1:PORT`.
    pub address: String,
    program: PathBuf,
    process: Child,
    home: TempDir,
}

impl Running {
    /// Starts the program with these options beside ours and waits until it listens.
    ///
    /// # Errors
    /// It cannot be started, or ends before it listens.
    pub async fn start(program: &Path, options: &[String]) -> Result<Self> {
        Self::start_in(program, options, &[]).await
    }

    /// Starts it with these variables as well.
    ///
    /// # Errors
    /// It cannot be started, or ends before it listens.
    pub async fn start_in(program: &Path, options: &[String], variables: &[(&str, String)]) -> Result<Self> {
        let home = tempfile::tempdir()?;
        let mut process = Command::new(program)
            .args(["--listen", "127.0.0.1:0", "--token", TOKEN, "--data-dir"])
            .arg(home.path().join("data"))
            // One more than are opened.
            .args(["--max-terminals", "1001"])
            .args(options)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", home.path())
            .env("SHELL", "/bin/sh")
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::piped())
            // What it logs about windows that come and go is no part of the table.
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} does not start: build it with `make build`", program.display()))?;
        let output = process.stdout.take().context("the server has no standard output")?;
        let mut lines = BufReader::new(output).lines();
        while let Some(line) = lines.next_line().await? {
            if let Some(url) = line.strip_prefix("aetherterm listening on http://") {
                let address = url.split('/').next().unwrap_or_default().to_owned();
                return Ok(Self { address, program: program.to_owned(), process, home });
            }
        }
        bail!("the server ended before it listened")
    }

    /// The memory in use (resident) of the server and of the process that holds its shells, in bytes.
    ///
    /// # Errors
    /// The server has ended.
    pub fn memory(&self) -> Result<f64> {
        let server = self.process.id().context("the server has ended")?;
        let host = self.host()?;
        [Some(server), host].into_iter().flatten().map(resident).sum()
    }

    /// The CPU time that the server has taken, without the process that holds its shells, in seconds.
    ///
    /// # Errors
    /// The server has ended.
    pub fn cpu(&self) -> Result<f64> {
        let server = self.process.id().context("the server has ended")?;
        // Counts nanoseconds, threads that have ended included; `/proc` has hundredths of a second.
        let clock = clock_getcpuclockid(Pid::from_raw(server.try_into()?))?;
        Ok(Duration::from(clock.now()?).as_secs_f64())
    }

    /// The process that holds the shells, if it is not the server.
    fn host(&self) -> Result<Option<u32>> {
        let home = self.home.path().as_os_str().as_encoded_bytes();
        for entry in std::fs::read_dir("/proc")? {
            let entry = entry?;
            let Some(process) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            // A process may end between being listed and being read.
            let Ok(words) = std::fs::read(entry.path().join("cmdline")) else { continue };
            let mut words = words.split(|byte| *byte == 0).skip(1);
            if words.next() == Some(b"pty-host") && words.any(|word| word.starts_with(home)) {
                return Ok(Some(process));
            }
        }
        Ok(None)
    }

    /// Ends it, and what it has left.
    ///
    /// # Errors
    /// It cannot be ended.
    pub async fn stop(self) -> Result<()> {
        let mut stop = Command::new(&self.program);
        stop.args(["stop", "--all", "--data-dir"]).arg(self.home.path().join("data"));
        let ended = stop.env_clear().stdout(Stdio::null()).status().await?;
        ensure!(ended.success(), "the server does not end");
        Ok(())
    }
}

fn resident(process: u32) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no memory in use")?;
    let kibibytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kibibytes * 1024.0)
}
