//! Where a trace is seen in a backend: `TELEMETRY_TRACE_URL_TEMPLATE`.

use super::variables::Variables;
use super::{TelemetryConfigError, address};

const VARIABLE: &str = "TELEMETRY_TRACE_URL_TEMPLATE";

/// What the trace's id is written for.
const PLACE: &str = "{traceId}";

/// The addresses of backends where they usually are.
const PRESETS: [(&str, &str); 5] = [
    ("jaeger", "http://localhost:16686/trace/{traceId}"),
    ("zipkin", "http://localhost:9411/zipkin/traces/{traceId}"),
    (
        "grafana",
        "http://localhost:3000/explore?schemaVersion=1&panes=%7B%22a%22:%7B%22datasource%22:%22tempo%22,%22queries%22:\
         %5B%7B%22refId%22:%22A%22,%22queryType%22:%22traceql%22,%22query%22:%22{traceId}%22%7D%5D%7D%7D",
    ),
    ("openobserve", "http://localhost:5080/web/traces/trace-details?stream=socket-io-traces&trace_id={traceId}"),
    ("datadog", "https://app.datadoghq.com/apm/trace/{traceId}"),
];

/// Reads the template: a preset's name, or an address with a place for the id.
///
/// # Errors
///
/// When it is neither.
pub(super) fn from_vars<F: Fn(&str) -> Option<String>>(
    vars: &Variables<F>,
) -> Result<Option<String>, TelemetryConfigError> {
    let Some(text) = vars.text(VARIABLE) else { return Ok(None) };
    if let Some((_, template)) = PRESETS.iter().find(|(name, _)| name.eq_ignore_ascii_case(&text)) {
        return Ok(Some((*template).to_owned()));
    }
    let names = PRESETS.map(|(name, _)| name).join(", ");
    let wrong =
        || TelemetryConfigError::value(VARIABLE, &text, format!("an address with {PLACE} in it, or one of {names}"));
    let is_address = text.contains(PLACE) && (text.starts_with("http://") || text.starts_with("https://"));
    if !is_address || address::has_no_host(&text) {
        return Err(wrong());
    }
    Ok(Some(text))
}
