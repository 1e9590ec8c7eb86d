//! One signal's way to a backend, as the settings describe it.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use reqwest::Url;

use super::{TelemetryConfigError, address};
use crate::telemetry::signal::Signal;

/// One signal's way to an OTLP/HTTP backend; a backend that takes several signals is several of these, of one name. Its
/// headers hold credentials: they are marked sensitive and never printed.
#[derive(Clone)]
pub struct BackendConfig {
    /// What the ledger and the log call it.
    pub name: String,
    /// What it takes.
    pub signal: Signal,
    /// Whose records it takes.
    pub takes: Takes,
    /// The variable or key that asked for it, for messages.
    pub setting: String,
    /// Where it is posted to.
    pub url: Url,
    /// Sent with every request.
    pub headers: HeaderMap,
    /// How long one request may take.
    pub timeout: Duration,
    /// Whether bodies are compressed.
    pub compression: Compression,
    /// How bodies are written.
    pub protocol: Protocol,
    /// Whom it trusts, and how it says who it is.
    pub tls: Tls,
}

/// Whose records a backend takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Everybody's.
    Everything,
    /// Only what pages recorded (`VITE_TELEMETRY_ENDPOINT`).
    Pages,
}

/// How bodies are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// With gzip.
    Gzip,
}

/// How bodies are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// In binary Protobuf.
    Protobuf,
    /// In OTLP's JSON.
    Json,
}

/// The files for a backend's TLS connection, in PEM.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// Whom to trust, instead of whom the system trusts.
    pub trusted: Option<TlsFile>,
    /// This client's key and certificate, for a backend that asks who it is.
    pub client: Option<(TlsFile, TlsFile)>,
}

/// A file, and the variable that named it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFile {
    /// The variable.
    pub setting: String,
    /// The file.
    pub path: PathBuf,
}

impl BackendConfig {
    /// Makes a backend without headers, with the specification's defaults.
    pub fn new(name: impl Into<String>, signal: Signal, setting: impl Into<String>, url: Url) -> Self {
        Self {
            name: name.into(),
            signal,
            takes: Takes::Everything,
            setting: setting.into(),
            url,
            headers: HeaderMap::new(),
            timeout: Duration::from_secs(10),
            compression: Compression::None,
            protocol: Protocol::Protobuf,
            tls: Tls::default(),
        }
    }

    /// Returns the address without user, password and query: what messages may show.
    pub fn address(&self) -> String {
        address::shown(&self.url)
    }
}

impl fmt::Debug for BackendConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BackendConfig")
            .field("name", &self.name)
            .field("signal", &self.signal)
            .field("takes", &self.takes)
            .field("setting", &self.setting)
            .field("address", &self.address())
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("timeout", &self.timeout)
            .field("compression", &self.compression)
            .field("protocol", &self.protocol)
            .field("tls", &self.tls)
            .finish()
    }
}

impl Protocol {
    /// Reads a protocol's name; `None` for one that nobody knows.
    ///
    /// # Errors
    ///
    /// `grpc`, which is known and not spoken: data would go to a port that does not understand it.
    pub(super) fn parse(setting: &str, name: &str) -> Result<Option<Self>, TelemetryConfigError> {
        match name.to_ascii_lowercase().as_str() {
            "http/protobuf" => Ok(Some(Self::Protobuf)),
            "http/json" => Ok(Some(Self::Json)),
            "grpc" => {
                let expected =
                    "spoken; use http/protobuf or http/json, which backends usually take at port 4318 instead of 4317";
                Err(TelemetryConfigError::value(setting, name, expected))
            }
            _ => Ok(None),
        }
    }
}

/// Makes headers, marked as secret.
///
/// # Errors
///
/// When a name or a value cannot be sent.
pub(super) fn headers(
    setting: &str,
    pairs: impl IntoIterator<Item = (String, String)>,
) -> Result<HeaderMap, TelemetryConfigError> {
    let wrong = || TelemetryConfigError::Headers { setting: setting.to_owned() };
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        let name: HeaderName = name.parse().map_err(|_| wrong())?;
        let mut value: HeaderValue = value.parse().map_err(|_| wrong())?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}
