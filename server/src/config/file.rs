//! `aetherterm.toml`: a flat table whose keys are the options, and `[[telemetry.backend]]`.

use std::{fs, path::Path};

use serde::Deserialize;

use super::ConfigError;
use crate::telemetry::config::BackendTable;

/// What the file says.
pub struct SettingsFile {
    /// The options and the texts of their values, in the file's order.
    pub options: Vec<(String, Vec<String>)>,
    /// The backends.
    pub backends: Vec<BackendTable>,
}

/// The one table in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TelemetryTable {
    #[serde(default)]
    backend: Vec<BackendTable>,
}

/// Reads the file.
///
/// # Errors
///
/// A file that cannot be read or parsed, and a value that no option can have.
pub fn read(path: &Path) -> Result<SettingsFile, ConfigError> {
    let text =
        fs::read_to_string(path).map_err(|source| ConfigError::UnreadableFile { path: path.to_owned(), source })?;
    let mut table: toml::Table =
        text.parse().map_err(|source| ConfigError::Syntax { path: path.to_owned(), source: Box::new(source) })?;
    let backends = match table.remove("telemetry") {
        None => Vec::new(),
        Some(telemetry) => {
            let read = telemetry.try_into::<TelemetryTable>();
            read.map_err(|source| ConfigError::Telemetry { path: path.to_owned(), source: Box::new(source) })?.backend
        }
    };
    Ok(SettingsFile { options: options(table, path)?, backends })
}

fn options(table: toml::Table, path: &Path) -> Result<Vec<(String, Vec<String>)>, ConfigError> {
    table
        .into_iter()
        .map(|(key, value)| match texts(value) {
            Some(texts) => Ok((key, texts)),
            None => Err(ConfigError::Kind { key, path: path.to_owned() }),
        })
        .collect()
}

/// A plain value as the command line would give it; a list is an option given several times.
fn texts(value: toml::Value) -> Option<Vec<String>> {
    match value {
        toml::Value::Array(values) => values.into_iter().map(text).collect(),
        value => text(value).map(|text| vec![text]),
    }
}

fn text(value: toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(yes) => Some(yes.to_string()),
        toml::Value::Float(_) | toml::Value::Datetime(_) | toml::Value::Array(_) | toml::Value::Table(_) => None,
    }
}
