//! What was typed on the command line, and the options that the environment and the file can set as well.

use std::{net::SocketAddr, path::PathBuf, str::FromStr};

use clap::{Parser, Subcommand, ValueEnum};
use reqwest::Url;

use super::{BasePath, bytes::Bytes, duration::Span};
use crate::{
    auth::{Origin, Token},
    telemetry::config::Profile,
    terminal::ResizePolicy,
};

/// A browser terminal that can be watched while it works.
#[derive(Debug, Parser)]
#[command(name = "aetherterm", version, args_conflicts_with_subcommands = true, after_help = AFTER_HELP)]
pub struct Args {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    options: Options,
}

const AFTER_HELP: &str = "Each option is also a variable (--base-path: AETHERTERM_BASE_PATH) and a key of aetherterm.toml \
    (base_path). The command line wins over the environment, the environment over the file.";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Serves the terminal; also what happens without a command
    #[command(after_help = AFTER_HELP)]
    Serve(Box<Options>),
    /// Says which telemetry settings are in effect, and tries them in five checks; or asks a running server, with --url
    Doctor(DoctorOptions),
    /// Ends the server that runs in the data directory; its shells go on
    Stop(StopOptions),
    /// Holds the shells; started by the server
    #[command(hide = true)]
    PtyHost(PtyHostOptions),
}

/// What is examined.
#[derive(Clone, Debug, Default, Parser)]
pub struct DoctorOptions {
    /// The address of a running server: three events are sent there, and their traces looked for
    #[arg(long, value_name = "URL", conflicts_with = "config")]
    pub url: Option<Url>,

    /// Its token [default: the one in the address, or AETHERTERM_TOKEN]
    #[arg(long, value_name = "T", requires = "url")]
    pub token: Option<Token>,

    /// The settings file of the server [default: as of the server]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// What there is to end.
#[derive(Clone, Debug, Default, Parser)]
pub struct StopOptions {
    /// Ends the shells too
    #[arg(long)]
    pub all: bool,

    /// The data directory of the server [default: as of the server]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,

    /// The settings file of the server [default: as of the server]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// How a host is started.
#[derive(Clone, Debug, Parser)]
pub struct PtyHostOptions {
    /// The data directory, absolute
    #[arg(long, value_name = "DIR")]
    pub data_dir: PathBuf,

    /// How many descriptors the account's programs usually have
    #[arg(long, value_name = "N", hide = true)]
    pub descriptors: Option<u64>,

    /// How long it waits without terminals and without a server, in milliseconds; for tests
    #[arg(long, value_name = "MS", hide = true)]
    pub idle_ms: Option<u64>,
}

/// The options, each absent until a command line, a variable or a file gives it.
#[derive(Clone, Debug, Default, Parser)]
pub struct Options {
    /// Address and port to listen on; port 0 takes a free one [default: 127.0.0.1:57575]
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<SocketAddr>,

    /// Who may come in: whoever has the token, or everybody who can connect [default: token]
    #[arg(long, value_name = "MODE")]
    pub auth: Option<AuthMode>,

    /// The token that opens the page and that programs send as `Authorization: Bearer` [default: a random one]
    #[arg(long, value_name = "T")]
    pub token: Option<Token>,

    /// A token that reads `GET /metrics` and nothing else, for whoever scrapes [default: none, the other token does that, too]
    #[arg(long, value_name = "T")]
    pub metrics_token: Option<Token>,

    /// The command that runs in a new terminal [default: the account's login shell]
    #[arg(long, value_name = "CMD")]
    pub shell: Option<ShellCommand>,

    /// The directory in which a new terminal starts [default: the home directory]
    #[arg(long, value_name = "DIR")]
    pub cwd: Option<PathBuf>,

    /// Where keys and state are kept [default: $XDG_DATA_HOME/aetherterm or ~/.local/share/aetherterm]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,

    /// The settings file [default: $XDG_CONFIG_HOME/aetherterm/aetherterm.toml if present]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// The prefix of every address, behind a proxy that shares its host name with others, such as /term
    #[arg(long, value_name = "P")]
    pub base_path: Option<BasePath>,

    /// The built page [default: `site` beside the binary, or target/site]
    #[arg(long, value_name = "DIR")]
    pub site_root: Option<PathBuf>,

    /// An origin from which the page is used too, such as https://term.example.com; can be given several times
    #[arg(long, value_name = "ORIGIN", value_delimiter = ',')]
    pub allow_origin: Vec<Origin>,

    /// Permits `--auth none` on an address that others can reach
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub allow_unauthenticated: Option<bool>,

    /// A variable of new terminals, beside those that tell who and where the user is; can be given several times
    #[arg(long, value_name = "NAME=VALUE", value_delimiter = '\n')]
    pub env: Vec<Variable>,

    /// A file that a new terminal shows before its shell says anything, or `none` [default: none]
    #[arg(long, value_name = "FILE")]
    pub motd: Option<Motd>,

    /// Whether bash, zsh and fish are started so that they mark prompts and commands [default: true]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub shell_integration: Option<bool>,

    /// Whether programs in a shell are told where to send their own telemetry, with a token for that alone [default: true]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub shell_telemetry: Option<bool>,

    /// Who holds the shells: a process of its own, so that they survive a restart, or the server [default: process]
    #[arg(long, value_name = "WHERE")]
    pub pty_host: Option<PtyHost>,

    /// How much of each terminal's newest output is kept, for viewers that were away [default: 4MiB]
    #[arg(long, value_name = "SIZE")]
    pub ring: Option<Bytes>,

    /// How long a shell waits for a viewer after the last has left, such as 90s or 24h; 0 is for ever [default: 24h]
    #[arg(long, value_name = "TIME")]
    pub detach_grace: Option<Span>,

    /// After how long without input and output a shell is closed, with a warning before; 0 is never [default: 0]
    #[arg(long, value_name = "TIME")]
    pub idle_timeout: Option<Span>,

    /// Whose window gives a shared terminal its size: `leader` (who typed last), `smallest`, or `fixed:COLSxROWS`
    /// [default: leader]
    #[arg(long, value_name = "POLICY")]
    pub resize_policy: Option<ResizePolicy>,

    /// How many terminals there may be at once, ended ones whose pane is still there included [default: 1000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub max_terminals: Option<u32>,

    /// How many terminals each user may have at once [default: as many as there may be]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub max_terminals_per_user: Option<u32>,

    /// How large a message of a window may be, attachments included [default: 1MiB]
    #[arg(long, value_name = "SIZE")]
    pub max_message: Option<Bytes>,

    /// How many binary attachments a message may have [default: 4]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=64))]
    pub max_attachments: Option<u8>,

    /// How much input one message may carry; pages send a larger paste in pieces [default: 64KiB]
    #[arg(long, value_name = "SIZE")]
    pub max_input: Option<Bytes>,

    /// How many requests a window may send each second, and twice as many at once [default: 200]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(10..=1_000_000))]
    pub request_rate: Option<u32>,

    /// The same for messages of input, and for those by which output is taken [default: 5000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    pub input_rate: Option<u32>,

    /// What is usual where it runs: every trace and detailed logs, or one trace of ten [default: every trace, no detailed logs]
    #[arg(long, value_name = "WHERE")]
    pub profile: Option<Profile>,

    /// Logs in detail, and writes every exported batch to standard error
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub debug: Option<bool>,
}

/// A command line, as its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShellCommand(pub Vec<String>);

impl FromStr for ShellCommand {
    type Err = BadShellCommand;

    fn from_str(text: &str) -> Result<Self, BadShellCommand> {
        match shell_words::split(text) {
            Ok(words) if !words.is_empty() => Ok(Self(words)),
            Ok(_) | Err(shell_words::ParseError) => Err(BadShellCommand),
        }
    }
}

/// What a shell command must look like.
#[derive(Debug, thiserror::Error)]
#[error("a command is a program and its arguments, with every quote closed, such as `zsh -l`")]
pub struct BadShellCommand;

/// An environment variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl FromStr for Variable {
    type Err = BadVariable;

    fn from_str(text: &str) -> Result<Self, BadVariable> {
        let (name, value) = text.split_once('=').ok_or(BadVariable)?;
        if name.is_empty() || text.contains('\0') {
            return Err(BadVariable);
        }
        Ok(Self { name: name.to_owned(), value: value.to_owned() })
    }
}

/// What a variable must look like.
#[derive(Debug, thiserror::Error)]
#[error("a variable is a name and a value, such as EDITOR=vim")]
pub struct BadVariable;

/// A message of the day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Motd {
    /// No message, whatever a file or the environment says.
    None,
    /// The text of a file.
    File(PathBuf),
}

impl FromStr for Motd {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(if text == "none" { Self::None } else { Self::File(text.into()) })
    }
}

/// Who holds the shells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PtyHost {
    /// A process of its own: they go on while the server restarts.
    Process,
    /// The server: they end with it.
    InProcess,
}

/// How the server knows who comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AuthMode {
    /// By the token of the printed URL, exchanged for a cookie.
    Token,
    /// It does not ask.
    None,
}
