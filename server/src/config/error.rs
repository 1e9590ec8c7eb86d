//! Everything that can be wrong with the settings, each naming the option, variable or key and where it stands.

use std::{io, net::SocketAddr, path::PathBuf};

/// Why there is no usable configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The command line itself; also `--help` and `--version`, which end the program too.
    #[error(transparent)]
    Usage(Box<clap::Error>),
    /// The settings file cannot be read.
    #[error("cannot read the settings file {}: {source}", path.display())]
    UnreadableFile {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The settings file is not TOML.
    #[error("{}: {source}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Where and what.
        source: Box<toml::de::Error>,
    },
    /// The settings file has a key that is no option.
    #[error("unknown key `{key}` in {}", path.display())]
    UnknownKey {
        /// The key.
        key: String,
        /// The file.
        path: PathBuf,
    },
    /// A key's value is a table, a date or a fraction.
    #[error("key `{key}` in {}: expected a text, a whole number, true or false, or a list of texts", path.display())]
    Kind {
        /// The key.
        key: String,
        /// The file.
        path: PathBuf,
    },
    /// The settings file describes a backend wrongly.
    #[error("key `telemetry` in {}: {}", path.display(), source.message())]
    Telemetry {
        /// The file.
        path: PathBuf,
        /// Which key, and what is wrong with it.
        source: Box<toml::de::Error>,
    },
    /// An option cannot have this value.
    #[error("{place}: {problem}")]
    Value {
        /// The option, the variable, or the key and its file.
        place: String,
        /// What is expected instead.
        problem: String,
    },
    /// A telemetry setting cannot have this value.
    #[error(transparent)]
    Variable(#[from] crate::telemetry::TelemetryConfigError),
    /// Neither an option nor the account says where to keep the data.
    #[error("no place for the data: set --data-dir, or HOME in the environment")]
    NoDataDir,
    /// `--auth none` where others can connect.
    #[error(
        "--auth none on {listen} would give a shell to everybody who can reach it; listen on a loopback address such as \
         127.0.0.1, or add --allow-unauthenticated"
    )]
    OpenToOthers {
        /// The address.
        listen: SocketAddr,
    },
}
