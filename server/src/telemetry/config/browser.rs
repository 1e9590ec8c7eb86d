//! The backend for what pages record: `VITE_TELEMETRY_ENDPOINT` and `…_HEADERS`.

use super::backend::{BackendConfig, Takes, headers};
use super::variables::{Variables, pairs};
use super::{TelemetryConfigError, address};
use crate::telemetry::signal::Signal;

/// What the ledger calls it.
pub(super) const NAME: &str = "browser";

const ENDPOINT: &str = "VITE_TELEMETRY_ENDPOINT";
const HEADERS: &str = "VITE_TELEMETRY_HEADERS";

/// Reads the backend to which the relay passes on what pages post; the page itself always posts to its own server, so
/// an address without a host means just that. One that ends in a signal's path, as the notes write it, stands for all
/// signals beside each other; any other is a base. An address that gets everything anyway is not sent to twice.
///
/// # Errors
///
/// Names the variable that cannot be used.
pub(super) fn from_vars<F: Fn(&str) -> Option<String>>(
    vars: &mut Variables<F>,
    others: &[BackendConfig],
) -> Result<Vec<BackendConfig>, TelemetryConfigError> {
    let wrong = || TelemetryConfigError::Headers { setting: HEADERS.to_owned() };
    let given = vars.text(HEADERS).map_or(Some(Vec::new()), |text| pairs(&text)).ok_or_else(wrong)?;
    let headers = headers(HEADERS, given)?;
    let Some(text) = vars.text(ENDPOINT).filter(|text| !text.starts_with('/')) else {
        if !headers.is_empty() {
            vars.warn(format!("{HEADERS} has no effect without an address in {ENDPOINT}"));
        }
        return Ok(Vec::new());
    };
    let mut base = address::parse(ENDPOINT, &text)?;
    let path = base.path().trim_end_matches('/').to_owned();
    if let Some(base_path) = Signal::ALL.iter().find_map(|signal| path.strip_suffix(signal.path())) {
        base.set_path(base_path);
    }
    let backend = |signal| BackendConfig {
        takes: Takes::Pages,
        headers: headers.clone(),
        ..BackendConfig::new(NAME, signal, ENDPOINT, address::of_signal(&base, signal))
    };
    let is_new = |backend: &BackendConfig| !others.iter().any(|other| other.url == backend.url);
    Ok(Signal::ALL.into_iter().map(backend).filter(is_new).collect())
}
