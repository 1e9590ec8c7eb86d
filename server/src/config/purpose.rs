//! What the program is run for, as its first word says.

use std::{ffi::OsString, path::PathBuf, time::Duration};

use clap::Parser;
use reqwest::Url;

use super::{
    Config, ConfigError, Environment, absolute, apply_environment, apply_file,
    args::{Args, Command, DoctorOptions, Options, PtyHostOptions, StopOptions},
    settings_file,
};
use crate::{auth::Token, terminal::host::HostSettings};

/// What the program is run for.
#[derive(Debug)]
pub enum Purpose {
    /// Serving.
    Serve(Box<Config>),
    /// Examining telemetry, under these settings or despite what is wrong with them.
    Doctor(Result<Box<Config>, ConfigError>, Environment),
    /// Asking a running server.
    Visit {
        /// Its address, perhaps with its token.
        url: Url,
        /// Its token, if that was said otherwise.
        token: Option<String>,
    },
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
            Some(Command::Doctor(DoctorOptions { url: Some(url), token, .. })) => {
                Self::visit(url, token.as_ref(), &environment()?)
            }
            Some(Command::Doctor(doctor)) => Self::doctor(doctor, environment()?),
            Some(Command::Stop(stop)) => Self::stop(stop, &environment()?)?,
            Some(Command::PtyHost(PtyHostOptions { data_dir, descriptors, idle_ms })) => {
                Self::PtyHost(HostSettings { data_dir, descriptors, idle: idle_ms.map(Duration::from_millis) })
            }
        })
    }

    /// What was typed wins over the address, the address over the environment.
    fn visit(url: Url, typed: Option<&Token>, environment: &Environment) -> Self {
        let has_token = url.query_pairs().any(|(name, _)| name == "token");
        let variable = || environment.get("AETHERTERM_TOKEN").filter(|_| !has_token).map(str::to_owned);
        let token = typed.map(|token| token.reveal().to_owned()).or_else(variable);
        Self::Visit { url, token }
    }

    /// The settings are read as the server reads them.
    fn doctor(doctor: DoctorOptions, environment: Environment) -> Self {
        let mut words = vec![OsString::from("aetherterm")];
        words.extend(doctor.config.into_iter().flat_map(|path| ["--config".into(), path.into_os_string()]));
        Self::Doctor(Config::load(words, &environment).map(Box::new), environment)
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
