//! The backend of the standard variables: `OTEL_EXPORTER_OTLP_*`, in general and for each signal.

use std::path::PathBuf;
use std::time::Duration;

use super::backend::{BackendConfig, Compression, Protocol, Tls, TlsFile, headers};
use super::variables::{Variables, pairs};
use super::{TelemetryConfigError, address};
use crate::telemetry::signal::Signal;

/// What the ledger calls it.
pub(super) const NAME: &str = "otlp";

/// Where a collector on this machine listens.
const HERE: &str = "http://localhost:4318";

/// Where a signal goes that is recorded here (`OTEL_{SIGNAL}_EXPORTER`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Exporters {
    /// To the OTLP backend; `None` when nobody said.
    otlp: Option<bool>,
    /// To standard error, as lines of OTLP/JSON.
    pub(super) console: bool,
}

impl Exporters {
    /// Reads the list of a signal.
    pub(super) fn from_vars<F: Fn(&str) -> Option<String>>(vars: &mut Variables<F>, signal: Signal) -> Self {
        let variable = format!("OTEL_{}_EXPORTER", signal.name().to_ascii_uppercase());
        let Some(text) = vars.text(&variable) else { return Self::default() };
        let mut exporters = Self { otlp: Some(false), console: false };
        let mut known = false;
        for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            match name.to_ascii_lowercase().as_str() {
                "otlp" => exporters.otlp = Some(true),
                "console" => exporters.console = true,
                "none" => {}
                _ => {
                    vars.warn(format!("{variable} has {name:?}, which is not known; it is ignored"));
                    continue;
                }
            }
            known = true;
        }
        if known { exporters } else { Self::default() }
    }
}

/// Reads the backend, one entry for each signal that goes there: one that has an address, its own or the base, or whose
/// exporter says `otlp`. When export is asked for and no address is named anywhere, it is a collector on this machine.
///
/// # Errors
///
/// Names the first variable that cannot be used.
pub(super) fn from_vars<F: Fn(&str) -> Option<String>>(
    vars: &mut Variables<F>,
    exporters: impl Fn(Signal) -> Exporters,
    asked: bool,
) -> Result<Vec<BackendConfig>, TelemetryConfigError> {
    let own = |vars: &Variables<F>, signal| vars.text(&variable(Some(signal), "ENDPOINT")).is_some();
    let base = vars.text(&variable(None, "ENDPOINT")).is_some();
    let anywhere = base || Signal::ALL.into_iter().any(|signal| own(vars, signal));
    let mut backends = Vec::new();
    for signal in Signal::ALL {
        let goes = match exporters(signal).otlp {
            Some(otlp) => otlp && (asked || anywhere),
            None => base || own(vars, signal) || (asked && !anywhere),
        };
        if goes {
            backends.push(backend(vars, signal)?);
        }
    }
    Ok(backends)
}

fn backend<F: Fn(&str) -> Option<String>>(
    vars: &mut Variables<F>,
    signal: Signal,
) -> Result<BackendConfig, TelemetryConfigError> {
    let (own, base) = (variable(Some(signal), "ENDPOINT"), variable(None, "ENDPOINT"));
    let (setting, url) = match vars.text(&own) {
        Some(text) => (own.clone(), address::parse(&own, &text)?),
        None => {
            let text = vars.text(&base).unwrap_or_else(|| HERE.to_owned());
            (base.clone(), address::of_signal(&address::parse_base(&base, &text)?, signal))
        }
    };
    let mut backend = BackendConfig::new(NAME, signal, setting, url);
    let (setting, text) = either(vars, signal, "HEADERS");
    let wrong = || TelemetryConfigError::Headers { setting: setting.clone() };
    let pairs = text.map_or(Some(Vec::new()), |text| pairs(&text)).ok_or_else(wrong)?;
    backend.headers = headers(&setting, pairs)?;
    let timeout = vars.standard_number(&variable(None, "TIMEOUT"), 10_000);
    let timeout = vars.standard_number(&variable(Some(signal), "TIMEOUT"), timeout);
    backend.timeout = Duration::from_millis(timeout.max(1));
    backend.compression = compression(vars, signal);
    backend.protocol = protocol(vars, signal)?;
    backend.tls = tls(vars, signal)?;
    Ok(backend)
}

/// The name of a variable, in general or for one signal.
fn variable(signal: Option<Signal>, part: &str) -> String {
    match signal {
        None => format!("OTEL_EXPORTER_OTLP_{part}"),
        Some(signal) => format!("OTEL_EXPORTER_OTLP_{}_{part}", signal.name().to_ascii_uppercase()),
    }
}

/// The signal's own variable, or the general one: which, and what it holds.
fn either<F: Fn(&str) -> Option<String>>(vars: &Variables<F>, signal: Signal, part: &str) -> (String, Option<String>) {
    let (own, general) = (variable(Some(signal), part), variable(None, part));
    let general_text = vars.text(&general);
    match vars.text(&own) {
        Some(text) => (own, Some(text)),
        None => (general, general_text),
    }
}

fn compression<F: Fn(&str) -> Option<String>>(vars: &mut Variables<F>, signal: Signal) -> Compression {
    let (setting, text) = either(vars, signal, "COMPRESSION");
    match text.map(|text| text.to_ascii_lowercase()).as_deref() {
        None | Some("none") => Compression::None,
        Some("gzip") => Compression::Gzip,
        Some(other) => {
            vars.warn(format!("{setting} is {other:?}, which is not known; bodies are not compressed"));
            Compression::None
        }
    }
}

fn protocol<F: Fn(&str) -> Option<String>>(
    vars: &mut Variables<F>,
    signal: Signal,
) -> Result<Protocol, TelemetryConfigError> {
    let (setting, text) = either(vars, signal, "PROTOCOL");
    let Some(text) = text else { return Ok(Protocol::Protobuf) };
    Ok(Protocol::parse(&setting, &text)?.unwrap_or_else(|| {
        vars.warn(format!("{setting} is {text:?}, which is not known; http/protobuf is used"));
        Protocol::Protobuf
    }))
}

fn tls<F: Fn(&str) -> Option<String>>(vars: &Variables<F>, signal: Signal) -> Result<Tls, TelemetryConfigError> {
    let file = |part| {
        let (setting, path) = either(vars, signal, part);
        let file = path.map(|path| TlsFile { setting: setting.clone(), path: PathBuf::from(path) });
        (setting, file)
    };
    let (_, trusted) = file("CERTIFICATE");
    let client = match (file("CLIENT_KEY"), file("CLIENT_CERTIFICATE")) {
        ((_, None), (_, None)) => None,
        ((_, Some(key)), (_, Some(certificate))) => Some((key, certificate)),
        ((missing, None), (_, Some(there))) | ((_, Some(there)), (missing, None)) => {
            let beside = format!("a client shows a key and a certificate, and {} is set", there.setting);
            return Err(TelemetryConfigError::missing(missing, beside));
        }
    };
    Ok(Tls { trusted, client })
}
