//! What the server was told, as it is meant: command line over environment over file over default.

mod args;
mod base_path;
mod bytes;
mod duration;
mod environment;
mod error;
mod file;
mod limits;
mod purpose;

use std::{
    ffi::OsString,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use app::page::PageConfig;
use clap::{CommandFactory, FromArgMatches, Parser};

use self::args::{Motd, Variable};
pub use self::{
    args::{Args, AuthMode, Options, PtyHost},
    base_path::BasePath,
    bytes::Bytes,
    duration::Span,
    environment::{DotenvError, Environment},
    error::ConfigError,
    purpose::Purpose,
};
use crate::{
    auth::{Origin, Token},
    socket::WireLimits,
    telemetry::{
        LogConfig, TelemetryConfig,
        config::{BackendTable, Given},
    },
    terminal::{Lifetime, ResizePolicy, Spawner},
    workspace::Patience,
};

/// The settings of one server.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Who may come in.
    pub access: Access,
    /// The name of the one user there is.
    pub owner_name: String,
    /// What runs in terminals: real shells, or an echo for tests.
    pub spawner: Spawner,
    /// The command of a new terminal, as its words; `None` means the account's login shell.
    pub shell: Option<Vec<String>>,
    /// The directory of a new terminal, absolute; `None` means the home directory.
    pub cwd: Option<PathBuf>,
    /// Variables of a new terminal beside those that it gets anyhow.
    pub env: Vec<(String, String)>,
    /// Whether shells are started so that they mark prompts and commands.
    pub shell_integration: bool,
    /// Whether shells' programs are told where to send their own telemetry.
    pub shell_telemetry: bool,
    /// The file that a new terminal shows first.
    pub motd: Option<PathBuf>,
    /// Who holds the shells. A server with a temporary data directory holds them itself: nobody could find them again.
    pub pty_host: PtyHost,
    /// Bytes of the newest output kept of each terminal.
    pub ring: usize,
    /// How long a terminal lives that nobody uses.
    pub lifetime: Lifetime,
    /// Whose window gives a shared terminal its size.
    pub resize_policy: ResizePolicy,
    /// Where keys and state are kept; `None` means a temporary directory that goes with the server.
    pub data_dir: Option<PathBuf>,
    /// The prefix of every address.
    pub base_path: BasePath,
    /// The built page; without it pages answer 503 and all else works.
    pub site: Option<PathBuf>,
    /// Origins of the page besides the server's own address.
    pub allow_origins: Vec<Origin>,
    /// How many terminals there may be at once.
    pub max_terminals: usize,
    /// How many of them each user may have.
    pub max_terminals_per_user: usize,
    /// What each window may send at most.
    pub wire: WireLimits,
    /// What reads the metrics and nothing else, beside whoever may come in.
    pub metrics_token: Option<Token>,
    /// What is recorded and where it goes.
    pub telemetry: TelemetryConfig,
    /// What is written to standard error.
    pub log: LogConfig,
    /// What the page is told before it connects.
    pub page: PageConfig,
    /// How long people may be away before it matters; nobody sets it but tests.
    pub patience: Patience,
    /// Where `cargo leptos watch` tells the page to reload.
    pub reload_port: Option<u16>,
    /// What looked wrong and did not stop the start.
    pub warnings: Vec<String>,
}

/// Who may come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// Whoever knows this token.
    Token(Token),
    /// Everybody who can connect.
    Open,
}

const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 57_575);

/// As many idle shells as the memory budget is measured with.
const DEFAULT_MAX_TERMINALS: u32 = 1_000;

/// A night and a day: who closes the laptop in the evening finds the shell in the morning, and in the evening.
const DEFAULT_DETACH_GRACE: Duration = Duration::from_secs(24 * 3_600);

impl Config {
    /// Puts together what the command line (its first word is the program's name), the environment and the settings
    /// file say.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong, by name; `--help` and `--version` come back as [`ConfigError::Usage`].
    pub fn load<I, T>(words: I, environment: &Environment) -> Result<Self, ConfigError>
    where
        I: IntoIterator<Item = T>,
        T: Into<OsString> + Clone,
    {
        let usage = |error| ConfigError::Usage(Box::new(error));
        let matches = Args::command().try_get_matches_from(words).map_err(usage)?;
        let given = matches.subcommand().map_or(&matches, |(_, of_command)| of_command);
        let typed = Options::from_arg_matches(given).map_err(usage)?;

        let mut options = Options::default();
        let backends = match settings_file(&typed, environment) {
            Some(path) => apply_file(&mut options, &path)?,
            None => Vec::new(),
        };
        let warnings = apply_environment(&mut options, environment)?;
        options.update_from_arg_matches(given).map_err(usage)?;
        Self::mean(options, backends, environment, warnings)
    }

    /// The settings that tests start from: a free port, a temporary data directory, the token `test`, no site.
    pub fn for_tests() -> Self {
        Self {
            listen: SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0),
            access: Access::Token("test".parse().expect("the word is a valid token")),
            owner_name: "tester".to_owned(),
            spawner: Spawner::Echo,
            shell: None,
            cwd: None,
            env: Vec::new(),
            motd: None,
            pty_host: PtyHost::InProcess,
            ring: limits::DEFAULT_RING.0,
            lifetime: Lifetime::default(),
            shell_integration: true,
            shell_telemetry: true,
            resize_policy: ResizePolicy::default(),
            data_dir: None,
            base_path: BasePath::default(),
            site: None,
            allow_origins: Vec::new(),
            max_terminals: DEFAULT_MAX_TERMINALS as usize,
            max_terminals_per_user: DEFAULT_MAX_TERMINALS as usize,
            wire: WireLimits::default(),
            metrics_token: None,
            telemetry: TelemetryConfig::default(),
            log: LogConfig::default(),
            page: PageConfig::default(),
            patience: Patience::default(),
            reload_port: None,
            warnings: Vec::new(),
        }
    }

    fn mean(
        options: Options,
        backends: Vec<BackendTable>,
        environment: &Environment,
        mut warnings: Vec<String>,
    ) -> Result<Self, ConfigError> {
        let wire = limits::wire(&options)?;
        let listen = options.listen.unwrap_or(DEFAULT_LISTEN);
        let access = match options.auth.unwrap_or(AuthMode::Token) {
            AuthMode::Token => Access::Token(options.token.unwrap_or_else(Token::mint)),
            AuthMode::None if listen.ip().is_loopback() || options.allow_unauthenticated == Some(true) => {
                let tokens = [("token", &options.token), ("metrics token", &options.metrics_token)];
                let idle = tokens.into_iter().filter(|(_, token)| token.is_some());
                warnings.extend(idle.map(|(name, _)| format!("the {name} has no effect with --auth none")));
                Access::Open
            }
            AuthMode::None => return Err(ConfigError::OpenToOthers { listen }),
        };
        let cwd = options.cwd.as_deref().map(directory).transpose()?;
        let max_terminals = options.max_terminals.unwrap_or(DEFAULT_MAX_TERMINALS) as usize;
        let base_path = options.base_path.unwrap_or_default();
        let given = Given { profile: options.profile, debug: options.debug.unwrap_or(false), backends };
        let data_dir = absolute(options.data_dir, environment)?;
        let mut telemetry = TelemetryConfig::read(&given, |variable| environment.get(variable).map(str::to_owned))?;
        telemetry.spool.dir.get_or_insert_with(|| data_dir.join("spool"));
        let filter = if telemetry.debug { "debug".to_owned() } else { LogConfig::default().filter };
        let filter = log_filter(filter, &telemetry, environment);
        Ok(Self {
            listen,
            access,
            owner_name: environment.get("USER").or(environment.get("LOGNAME")).unwrap_or("owner").to_owned(),
            spawner: Spawner::Shell,
            shell: options.shell.map(|command| command.0),
            cwd,
            env: options.env.into_iter().map(|Variable { name, value }| (name, value)).collect(),
            motd: match options.motd {
                Some(Motd::File(path)) => Some(file_to_read("--motd", &path)?),
                Some(Motd::None) | None => None,
            },
            pty_host: options.pty_host.unwrap_or(PtyHost::Process),
            ring: limits::ring(options.ring)?,
            lifetime: Lifetime {
                detached: options.detach_grace.map_or(Some(DEFAULT_DETACH_GRACE), Span::limit),
                idle: options.idle_timeout.and_then(Span::limit),
            },
            shell_integration: options.shell_integration.unwrap_or(true),
            shell_telemetry: options.shell_telemetry.unwrap_or(true),
            resize_policy: options.resize_policy.unwrap_or_default(),
            data_dir: Some(data_dir),
            site: options.site_root,
            allow_origins: options.allow_origin,
            max_terminals,
            max_terminals_per_user: options.max_terminals_per_user.map_or(max_terminals, |limit| limit as usize),
            page: PageConfig {
                base_path: base_path.to_string(),
                tracking: telemetry.page_tracking.clone(),
                telemetry: telemetry.page_telemetry.clone(),
                trace_url: telemetry.trace_url.clone(),
                ..PageConfig::default()
            },
            wire,
            metrics_token: options.metrics_token,
            telemetry,
            log: LogConfig { filter },
            base_path,
            patience: Patience::default(),
            reload_port: reload_port(environment),
            warnings,
        })
    }
}

/// What is logged: as `RUST_LOG` says, else what is usual, and of telemetry as much as `OTEL_LOG_LEVEL` says.
fn log_filter(usual: String, telemetry: &TelemetryConfig, environment: &Environment) -> String {
    match (environment.get("RUST_LOG"), telemetry.log_level) {
        (Some(filter), _) => filter.to_owned(),
        (None, None) => usual,
        (None, Some(level)) => format!("{usual},server::telemetry={level},opentelemetry={level}"),
    }
}

fn directory(path: &Path) -> Result<PathBuf, ConfigError> {
    let wrong = |problem| ConfigError::Value { place: "--cwd".to_owned(), problem };
    if !path.is_dir() {
        return Err(wrong(format!("{} is not a directory", path.display())));
    }
    std::path::absolute(path).map_err(|error| wrong(error.to_string()))
}

fn file_to_read(option: &str, path: &Path) -> Result<PathBuf, ConfigError> {
    let wrong = |problem| ConfigError::Value { place: option.to_owned(), problem };
    match std::fs::File::open(path).and_then(|file| file.metadata()) {
        Ok(metadata) if metadata.is_file() => std::path::absolute(path).map_err(|error| wrong(error.to_string())),
        Ok(_) => Err(wrong(format!("{} is not a file", path.display()))),
        Err(error) => Err(wrong(format!("{}: {error}", path.display()))),
    }
}

/// The data directory, wherever this process may go.
fn absolute(data_dir: Option<PathBuf>, environment: &Environment) -> Result<PathBuf, ConfigError> {
    let path = data_dir.or_else(|| default_data_dir(environment)).ok_or(ConfigError::NoDataDir)?;
    std::path::absolute(&path)
        .map_err(|error| ConfigError::Value { place: "--data-dir".to_owned(), problem: error.to_string() })
}

/// The file that was named, or the account's own if there is one.
fn settings_file(typed: &Options, environment: &Environment) -> Option<PathBuf> {
    let named = typed.config.clone().or_else(|| environment.get("AETHERTERM_CONFIG").map(PathBuf::from));
    named.or_else(|| {
        let directory = home_directory(environment, "XDG_CONFIG_HOME", ".config")?;
        Some(directory.join("aetherterm/aetherterm.toml")).filter(|path| path.exists())
    })
}

fn default_data_dir(environment: &Environment) -> Option<PathBuf> {
    home_directory(environment, "XDG_DATA_HOME", ".local/share").map(|directory| directory.join("aetherterm"))
}

/// An XDG base directory; as the specification says, one that is not absolute is ignored.
fn home_directory(environment: &Environment, variable: &str, below_home: &str) -> Option<PathBuf> {
    let set = environment.get(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    set.or_else(|| environment.get("HOME").map(|home| Path::new(home).join(below_home)))
}

/// Applies the options of the file and returns the backends that it describes.
fn apply_file(options: &mut Options, path: &Path) -> Result<Vec<BackendTable>, ConfigError> {
    let file = file::read(path)?;
    for (key, values) in file.options {
        // A file cannot name another file: which one is read is decided before.
        if key == "config" || !is_option(&key) {
            return Err(ConfigError::UnknownKey { key, path: path.to_owned() });
        }
        apply(options, &key, &values, || format!("key `{key}` in {}", path.display()))?;
    }
    Ok(file.backends)
}

/// Applies the variables that are options and returns a warning for each that has our prefix and no meaning.
fn apply_environment(options: &mut Options, environment: &Environment) -> Result<Vec<String>, ConfigError> {
    let mut warnings = Vec::new();
    for name in environment.names() {
        let Some(suffix) = name.strip_prefix("AETHERTERM_") else { continue };
        let key = suffix.to_ascii_lowercase();
        if suffix == suffix.to_ascii_uppercase() && is_option(&key) {
            if let Some(value) = environment.get(name) {
                apply(options, &key, &[value.to_owned()], || name.to_owned())?;
            }
        } else {
            warnings.push(format!("unknown variable {name} in the environment"));
        }
    }
    Ok(warnings)
}

/// Gives one option its value by the command line's own rules, so that all three sources accept the same.
fn apply(options: &mut Options, key: &str, values: &[String], place: impl Fn() -> String) -> Result<(), ConfigError> {
    let option = key.replace('_', "-");
    let words = values.iter().map(|value| format!("--{option}={value}"));
    options
        .try_update_from(std::iter::once("aetherterm".to_owned()).chain(words))
        .map_err(|error| ConfigError::Value { place: place(), problem: problem(&error) })
}

fn is_option(key: &str) -> bool {
    Options::command().get_arguments().any(|argument| argument.get_id() == key)
}

/// The part of a command line error that does not speak of the command line.
fn problem(error: &clap::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => source.to_string(),
        None => {
            let text = error.to_string();
            let paragraph = text.split("\n\n").next().unwrap_or_default();
            paragraph.trim_start_matches("error: ").split_whitespace().collect::<Vec<_>>().join(" ")
        }
    }
}

/// `cargo leptos watch` says so, and where, to the server it starts.
fn reload_port(environment: &Environment) -> Option<u16> {
    environment.get("LEPTOS_WATCH")?;
    environment.get("LEPTOS_RELOAD_PORT")?.parse().ok()
}

#[cfg(test)]
mod tests;
