//! OpenObserve, by the four variables of its own: `VITE_OPENOBSERVE_*`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::backend::{BackendConfig, Compression, headers};
use super::variables::Variables;
use super::{TelemetryConfigError, address};
use crate::telemetry::signal::Signal;

/// What the ledger calls it.
pub(super) const NAME: &str = "openobserve";
/// The header that names the stream.
pub(super) const STREAM_NAME: &str = "stream-name";
/// The stream that traces and logs go to.
pub(super) const STREAM: &str = "socket-io-traces";

const ENDPOINT: &str = "VITE_OPENOBSERVE_ENDPOINT";
const USER: &str = "VITE_OPENOBSERVE_USER";
const PASS: &str = "VITE_OPENOBSERVE_PASS";
const ORG: &str = "VITE_OPENOBSERVE_ORG";

/// Reads the backend, one entry for each signal; none when no variable is set.
///
/// # Errors
///
/// Names the variable that is missing beside the others, or cannot be used.
pub(super) fn from_vars<F: Fn(&str) -> Option<String>>(
    vars: &Variables<F>,
) -> Result<Vec<BackendConfig>, TelemetryConfigError> {
    let values = [ENDPOINT, USER, PASS, ORG].map(|variable| (variable, vars.text(variable)));
    if values.iter().all(|(_, value)| value.is_none()) {
        return Ok(Vec::new());
    }
    let [endpoint, user, pass, org] = values.map(|(variable, value)| {
        value
            .ok_or_else(|| TelemetryConfigError::missing(variable, "OpenObserve needs an endpoint, user, pass and org"))
    });
    let (endpoint, org) = (endpoint?, org?);
    let filled = endpoint.replace("[ORG_ID]", &org);
    let mut base = address::parse_base(ENDPOINT, &filled)?;
    if !base.path().split('/').any(|part| part == "api") {
        base.set_path(&format!("{}/api/{org}", base.path().trim_end_matches('/')));
    }
    let credentials = format!("Basic {}", STANDARD.encode(format!("{}:{}", user?, pass?)));
    let pairs = [("authorization".to_owned(), credentials), (STREAM_NAME.to_owned(), STREAM.to_owned())];
    let headers = headers(PASS, pairs)?;
    let backend = |signal| BackendConfig {
        headers: headers.clone(),
        compression: Compression::Gzip,
        ..BackendConfig::new(NAME, signal, ENDPOINT, address::of_signal(&base, signal))
    };
    Ok(Signal::ALL.map(backend).to_vec())
}
