//! One place that one signal is exported to.

use std::fmt;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use reqwest::Url;

use super::TelemetryConfigError;
use super::variables::{Variables, pairs};
use crate::telemetry::signal::Signal;

/// One signal's way to an OTLP/HTTP backend; a backend that takes several signals is several of these, of one name. Its headers hold credentials: they are marked sensitive and never printed.
#[derive(Clone)]
pub struct BackendConfig {
    /// What the ledger and the log call it.
    pub name: String,
    /// What it takes.
    pub signal: Signal,
    /// The variable that asked for it, for messages.
    pub variable: &'static str,
    /// Where it is posted to.
    pub url: Url,
    /// Sent with every request.
    pub headers: HeaderMap,
    /// How long one request may take.
    pub timeout: Duration,
    /// Whether bodies are compressed.
    pub compression: Compression,
}

/// How bodies are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// With gzip.
    Gzip,
}

impl BackendConfig {
    /// Makes a backend without headers, with the specification's defaults.
    pub fn new(name: impl Into<String>, signal: Signal, variable: &'static str, url: Url) -> Self {
        Self {
            name: name.into(),
            signal,
            variable,
            url,
            headers: HeaderMap::new(),
            timeout: Duration::from_secs(10),
            compression: Compression::None,
        }
    }

    /// Returns the address without user, password and query: what messages may show.
    pub fn address(&self) -> String {
        let port = self.url.port().map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}://{}{port}{}", self.url.scheme(), self.url.host_str().unwrap_or_default(), self.url.path())
    }
}

impl fmt::Debug for BackendConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BackendConfig")
            .field("name", &self.name)
            .field("signal", &self.signal)
            .field("variable", &self.variable)
            .field("address", &self.address())
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("timeout", &self.timeout)
            .field("compression", &self.compression)
            .finish()
    }
}

const BASE: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const TRACES: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

/// Reads the one backend of the standard variables.
///
/// `OTEL_ENABLED` decides whether there is one; unset, it is there when an endpoint is set.
pub(super) fn from_vars<F: Fn(&str) -> Option<String>>(
    vars: &mut Variables<F>,
) -> Result<Vec<BackendConfig>, TelemetryConfigError> {
    let named = vars.text(TRACES).is_some() || vars.text(BASE).is_some();
    if !vars.bool("OTEL_ENABLED", named)? {
        return Ok(Vec::new());
    }
    let (variable, url) = endpoint(vars)?;
    let mut backend = BackendConfig::new("otlp", Signal::Traces, variable, url);
    backend.headers = headers(vars)?;
    let timeout = vars.standard_number("OTEL_EXPORTER_OTLP_TIMEOUT", 10_000);
    backend.timeout = Duration::from_millis(vars.standard_number("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", timeout));
    backend.compression = compression(vars);
    protocol(vars);
    Ok(vec![backend])
}

/// The address as the specification builds it: the signal's own as it is, the base with `/v1/traces` appended.
fn endpoint<F: Fn(&str) -> Option<String>>(vars: &Variables<F>) -> Result<(&'static str, Url), TelemetryConfigError> {
    let (variable, text) = match (vars.text(TRACES), vars.text(BASE)) {
        (Some(text), _) => (TRACES, text),
        (None, Some(text)) => (BASE, text),
        (None, None) => (BASE, "http://localhost:4318".to_owned()),
    };
    let parsed = Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let Some(mut url) = parsed else {
        // What stands before an @ may be a password.
        let value = text.rsplit_once('@').map_or(text.clone(), |(_, host)| format!("…@{host}"));
        return Err(TelemetryConfigError::Value { variable, value, expected: "an http or https address" });
    };
    if variable == BASE {
        url.set_path(&format!("{}/v1/traces", url.path().trim_end_matches('/')));
    }
    Ok((variable, url))
}

fn headers<F: Fn(&str) -> Option<String>>(vars: &Variables<F>) -> Result<HeaderMap, TelemetryConfigError> {
    let own = "OTEL_EXPORTER_OTLP_TRACES_HEADERS";
    let variable = if vars.text(own).is_some() { own } else { "OTEL_EXPORTER_OTLP_HEADERS" };
    let wrong = || TelemetryConfigError::Headers { variable };
    let mut headers = HeaderMap::new();
    for (name, value) in vars.text(variable).map_or(Some(Vec::new()), |text| pairs(&text)).ok_or_else(wrong)? {
        let name: HeaderName = name.parse().map_err(|_| wrong())?;
        let mut value: HeaderValue = value.parse().map_err(|_| wrong())?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

fn compression<F: Fn(&str) -> Option<String>>(vars: &mut Variables<F>) -> Compression {
    for variable in ["OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "OTEL_EXPORTER_OTLP_COMPRESSION"] {
        match vars.text(variable).map(|text| text.to_ascii_lowercase()).as_deref() {
            None => {}
            Some("none") => return Compression::None,
            Some("gzip") => return Compression::Gzip,
            Some(other) => vars.warn(format!("{variable} is {other:?}, which is not known; it is ignored")),
        }
    }
    Compression::None
}

fn protocol<F: Fn(&str) -> Option<String>>(vars: &mut Variables<F>) {
    for variable in ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"] {
        match vars.text(variable).as_deref() {
            None | Some("http/protobuf") => {}
            Some(other) => vars.warn(format!("{variable} is {other:?}, which is not spoken; http/protobuf is used")),
        }
    }
}
