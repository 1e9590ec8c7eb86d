//! The binary `aetherterm`: reads the settings, starts the server, waits for the signal to end, and returns an exit code.

use std::{io::Write, path::Path, process::ExitCode};

use anyhow::Context;
use server::{
    Config, Server,
    config::{ConfigError, Environment},
    http::Site,
};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing::{info, warn};

fn main() -> ExitCode {
    match prepare().and_then(run) {
        Ok(code) => code,
        Err(error) => match error.downcast_ref::<ConfigError>() {
            Some(ConfigError::Usage(usage)) => usage.exit(),
            _ => {
                eprintln!("aetherterm: {error:#}");
                ExitCode::FAILURE
            }
        },
    }
}

fn prepare() -> anyhow::Result<Config> {
    let environment = Environment::read(Path::new("."))?;
    let mut config = Config::load(std::env::args_os(), &environment)?;
    config.site = Some(Site::find(config.site.as_deref())?);
    Ok(config)
}

fn run(config: Config) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start")?;
    let code = runtime.block_on(serve(config));
    // A thread that reads a terminal may never return; it must not hold up the end.
    runtime.shutdown_background();
    code
}

async fn serve(mut config: Config) -> anyhow::Result<ExitCode> {
    let mut signals = Signals::new()?;
    let warnings = std::mem::take(&mut config.warnings);
    let mut server = Server::new(config)?;
    for warning in &warnings {
        warn!("{warning}");
    }
    server.listen().await?;
    if let Some(url) = server.url() {
        // Nobody may be reading, which is no reason to stop.
        let _ = writeln!(std::io::stdout(), "aetherterm listening on {url}");
    }
    signals.next().await;
    info!("ending; a second signal ends at once");
    tokio::select! {
        () = server.shutdown() => Ok(ExitCode::SUCCESS),
        () = signals.next() => Ok(ExitCode::FAILURE),
    }
}

/// The two ways of asking a server to end.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> anyhow::Result<Self> {
        let listen = |kind| signal(kind).context("cannot listen for signals");
        Ok(Self { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
