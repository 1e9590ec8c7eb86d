//! What the program is run for, as its first word says.

use std::{ffi::OsString, path::PathBuf, time::Duration};

use clap::Parser;

use super::{
    Config, ConfigError, Environment, absolute, apply_environment, apply_file,
    args::{Args, Command, Options, PtyHostOptions, StopOptions},
    settings_file,
};
use crate::terminal::host::HostSettings;

/// What the program is run for.
#[derive(Clone, Debug)]
pub enum Purpose {
    /// Serving.
    Serve(Box<Config>),
    /// Ending what runs in a data directory.
    Stop {
        /// The data directory, absolute.
        data_dir: PathBuf,
        /// Whether the shells end too.
        all: bool,
    },
    /// Holding shells.
    PtyHost(HostSettings),
}

impl Purpose {
    /// Reads the command line, and where it needs them, the environment and the settings file. `environment` is asked for
    /// only then: a host is started with none.
    ///
    /// # Errors
    ///
    /// As [`Config::load`].
    pub fn load<E: From<ConfigError>>(
        words: impl IntoIterator<Item = OsString>,
        environment: impl FnOnce() -> Result<Environment, E>,
    ) -> Result<Self, E> {
        let words: Vec<_> = words.into_iter().collect();
        let args = Args::try_parse_from(&words).map_err(|error| ConfigError::Usage(Box::new(error)))?;
        Ok(match args.command {
            None | Some(Command::Serve(_)) => Self::Serve(Box::new(Config::load(words, &environment()?)?)),
            Some(Command::Stop(stop)) => Self::stop(stop, &environment()?)?,
            Some(Command::PtyHost(PtyHostOptions { data_dir, idle_ms })) => {
                Self::PtyHost(HostSettings { data_dir, idle: idle_ms.map(Duration::from_millis) })
            }
        })
    }

    /// The directory is found as the server of the same settings finds it.
    fn stop(stop: StopOptions, environment: &Environment) -> Result<Self, ConfigError> {
        let StopOptions { all, data_dir, config } = stop;
        let typed = Options { config, ..Options::default() };
        let mut options = Options::default();
        if let Some(path) = settings_file(&typed, environment) {
            apply_file(&mut options, &path)?;
        }
        apply_environment(&mut options, environment)?;
        Ok(Self::Stop { data_dir: absolute(data_dir.or(options.data_dir), environment)?, all })
    }
}
