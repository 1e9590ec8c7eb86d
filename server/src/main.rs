//! The binary `aetherterm`: reads the settings, starts the server, waits for the signal to end, and returns an exit code.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use server::{
    Config, Server,
    config::{ConfigError, Environment, Purpose},
    descriptors, doctor,
    http::Site,
    stop::{Stopped, stop},
    terminal::host,
};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing::{info, warn};

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => match error.downcast_ref::<ConfigError>() {
            Some(ConfigError::Usage(usage)) => usage.exit(),
            _ => {
                eprintln!("aetherterm: {}", told(&error));
                ExitCode::FAILURE
            }
        },
    }
}

/// What went wrong and why. Many an error says its cause itself, which is then not said again.
fn told(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

fn run() -> anyhow::Result<ExitCode> {
    match Purpose::load(std::env::args_os(), || anyhow::Ok(Environment::read(Path::new("."))?))? {
        Purpose::Serve(mut config) => {
            config.site = Some(Site::find(config.site.as_deref())?);
            descriptors::raise(None);
            block_on(serve(*config))
        }
        Purpose::Doctor(config, environment) => block_on(examine(config, environment)),
        Purpose::Visit { url, token } => block_on(async { Ok(said(&doctor::visit(url, token).await)) }),
        Purpose::Stop { data_dir, all } => block_on(end(data_dir, all)),
        Purpose::PtyHost(settings) => Ok(hold(settings)),
    }
}

fn block_on(future: impl Future<Output = anyhow::Result<ExitCode>>) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start")?;
    let code = runtime.block_on(future);
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

/// Examines telemetry.
async fn examine(config: Result<Box<Config>, ConfigError>, environment: Environment) -> anyhow::Result<ExitCode> {
    let settings = config.as_ref().map(|config| &config.telemetry);
    Ok(said(&doctor::examine(settings, &environment).await))
}

/// Prints what was found; the exit code says whether all is well.
fn said(report: &doctor::Report) -> ExitCode {
    // Nobody may be reading, which is no reason to stop.
    let _ = write!(std::io::stdout(), "{report}");
    if report.is_well() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Ends what runs in the data directory. It is no failure that nothing does.
async fn end(data_dir: PathBuf, all: bool) -> anyhow::Result<ExitCode> {
    let Stopped { server, hosts_left, hosts_ended } = stop(&data_dir, all).await?;
    let mut said = match server {
        Some(pid) => format!("The server (pid {pid}) has ended."),
        None => format!("No server runs in {}.", data_dir.display()),
    };
    if hosts_ended > 0 {
        said += " Its shells have ended.";
    } else if hosts_left > 0 {
        said += " Shells that were open go on; --all ends them.";
    }
    // Nobody may be reading.
    let _ = writeln!(std::io::stdout(), "{said}");
    Ok(ExitCode::SUCCESS)
}

/// Holds shells. What goes wrong is said where the server that started this listens.
fn hold(settings: host::HostSettings) -> ExitCode {
    match host::serve(settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stdout(), "{error}");
            ExitCode::FAILURE
        }
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
