//! Further backends: `[[telemetry.backend]]` in `aetherterm.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::backend::{BackendConfig, Protocol, headers};
use super::preset::{self, Preset};
use super::variables::pairs;
use super::{TelemetryConfigError, address};
use crate::telemetry::signal::Signal;

/// How long a name may be: it names a directory of the spool.
const MAX_NAME: usize = 40;

/// One table `[[telemetry.backend]]`. It has no `Debug`: its headers are secret.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackendTable {
    name: String,
    preset: Option<String>,
    endpoint: Option<String>,
    headers: Option<HeaderTable>,
    protocol: Option<String>,
    signals: Option<Vec<String>>,
}

/// Headers as a table, or as a list like that of `OTEL_EXPORTER_OTLP_HEADERS`.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum HeaderTable {
    Table(BTreeMap<String, String>),
    List(String),
}

/// Reads the backends of the file, one entry for each signal.
///
/// # Errors
///
/// Names the first key that cannot be used, with the backend it belongs to.
pub(super) fn from_tables(tables: &[BackendTable]) -> Result<Vec<BackendConfig>, TelemetryConfigError> {
    let mut backends: Vec<BackendConfig> = Vec::new();
    for table in tables {
        let of_table = from_table(table)?;
        if backends.iter().any(|other| other.name == table.name) {
            let setting = key(&table.name, "name");
            return Err(TelemetryConfigError::value(setting, &table.name, "a name of its own"));
        }
        backends.extend(of_table);
    }
    Ok(backends)
}

fn from_table(table: &BackendTable) -> Result<Vec<BackendConfig>, TelemetryConfigError> {
    let BackendTable { name, preset, endpoint, headers: given, protocol, signals } = table;
    let key = |part| key(name, part);
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    if name.is_empty()
        || name.len() > MAX_NAME
        || !name.chars().all(is_plain)
        || super::RESERVED.contains(&name.as_str())
    {
        let expected =
            format!("a name of a-z, 0-9, - and _, at most {MAX_NAME} long, and none of {}", super::RESERVED.join(", "));
        return Err(TelemetryConfigError::value(key("name"), name, expected));
    }
    let preset =
        match preset {
            None => None,
            Some(text) => Some(preset::named(text).ok_or_else(|| {
                TelemetryConfigError::value(key("preset"), text, format!("one of {}", preset::names()))
            })?),
        };
    let endpoint = endpoint.as_deref().or(preset.and_then(|preset| preset.endpoint));
    let endpoint =
        endpoint.ok_or_else(|| TelemetryConfigError::missing(key("endpoint"), "a backend has an address"))?;
    let base = address::parse_base(&key("endpoint"), endpoint)?;
    let protocol = match protocol {
        None => Protocol::Protobuf,
        Some(text) => Protocol::parse(&key("protocol"), text)?
            .ok_or_else(|| TelemetryConfigError::value(key("protocol"), text, "http/protobuf or http/json"))?,
    };
    if let Some(Preset { name: kind, json: false, .. }) = preset
        && protocol == Protocol::Json
    {
        let expected = format!("taken by {kind}; use http/protobuf");
        return Err(TelemetryConfigError::value(key("protocol"), "http/json", expected));
    }
    let headers = headers(&key("headers"), given_headers(&key("headers"), given.as_ref(), preset)?)?;
    if let Some(Preset { name: kind, wants: Some(wanted), .. }) = preset
        && !headers.contains_key(*wanted)
    {
        return Err(TelemetryConfigError::missing(key("headers"), format!("{kind} wants the header {wanted}")));
    }
    let signals = match signals {
        None => preset.map_or(&Signal::ALL[..], |preset| preset.signals).to_vec(),
        Some(names) => names.iter().map(|name| signal(&key("signals"), name)).collect::<Result<_, _>>()?,
    };
    let compression = preset.map(|preset| preset.compression);
    let backend = |signal| {
        let new = BackendConfig::new(name, signal, key("endpoint"), address::of_signal(&base, signal));
        let compression = compression.unwrap_or(new.compression);
        BackendConfig { headers: headers.clone(), protocol, compression, ..new }
    };
    Ok(Signal::ALL.into_iter().filter(|signal| signals.contains(signal)).map(backend).collect())
}

/// How messages name a key: by the backend it belongs to.
fn key(name: &str, part: &str) -> String {
    format!("{part} of [[telemetry.backend]] {name:?}")
}

fn given_headers(
    setting: &str,
    given: Option<&HeaderTable>,
    preset: Option<&Preset>,
) -> Result<Vec<(String, String)>, TelemetryConfigError> {
    let added = preset.map_or(&[][..], |preset| preset.adds);
    let mut all: Vec<_> = added.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    all.extend(match given {
        None => Vec::new(),
        Some(HeaderTable::Table(table)) => table.clone().into_iter().collect(),
        Some(HeaderTable::List(text)) => {
            pairs(text).ok_or_else(|| TelemetryConfigError::Headers { setting: setting.to_owned() })?
        }
    });
    Ok(all)
}

fn signal(setting: &str, name: &str) -> Result<Signal, TelemetryConfigError> {
    let found = Signal::ALL.into_iter().find(|signal| signal.name() == name);
    found.ok_or_else(|| TelemetryConfigError::value(setting, name, "traces, logs or metrics"))
}
