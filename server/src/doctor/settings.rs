//! What is in effect, as lines, with every secret masked.

use super::known;
use crate::{config::Environment, telemetry::TelemetryConfig};

/// What stands for a secret.
const MASK: &str = "****";

/// How the names of variables end whose values are nobody's business.
const SECRET: [&str; 4] = ["_HEADERS", "_TOKEN", "_PASS", "_USER"];

/// Says which variables are set, and what they come to.
pub(super) fn lines(settings: &TelemetryConfig, environment: &Environment) -> Vec<String> {
    let mut lines: Vec<String> = known::names()
        .filter(|name| known::FAMILIES.iter().any(|family| name.starts_with(family)))
        .filter_map(|name| Some((name, environment.get(name)?)))
        .map(|(name, value)| format!("{name}={}", shown(name, value)))
        .collect();
    lines.push(format!("recording: {}", if settings.recording { "on" } else { "off" }));
    lines.push(format!("service: {}", settings.service_name));
    let kept = if settings.sampling.tail_keeping { ", and what fails or is slow" } else { "" };
    lines.push(format!("sampling: {}{kept}", settings.sampling.rate));
    for backend in &settings.backends {
        let headers: Vec<_> = backend.headers.keys().map(|name| format!("{name}={MASK}")).collect();
        lines.push(format!(
            "backend {}: {} to {} ({:?}, {:?}, {:?}) {}",
            backend.name,
            backend.signal,
            backend.address(),
            backend.protocol,
            backend.compression,
            backend.timeout,
            headers.join(" ")
        ));
    }
    if let Some(directory) = settings.spool.dir.as_ref().filter(|_| !settings.backends.is_empty()) {
        lines.push(format!("spool: {} up to {} bytes", directory.display(), settings.spool.max_bytes));
    }
    lines
}

/// A value without what may be secret in it; of an address, what stands before the host and in the query.
fn shown(name: &str, value: &str) -> String {
    if SECRET.iter().any(|end| name.ends_with(end)) {
        return MASK.to_owned();
    }
    match value.split_once("://") {
        Some((scheme, rest)) => {
            let (address, query) = rest.split_once('?').map_or((rest, ""), |(address, _)| (address, "?****"));
            let host = address.rsplit_once('@').map_or(address.to_owned(), |(_, host)| format!("{MASK}@{host}"));
            format!("{scheme}://{host}{query}")
        }
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_and_nothing_else() {
        let check = |name, value, expected: &str| assert_eq!(shown(name, value), expected);
        check("OTEL_EXPORTER_OTLP_HEADERS", "a=hunter2", "****");
        check("VITE_OPENOBSERVE_PASS", "hunter2", "****");
        check("AETHERTERM_METRICS_TOKEN", "hunter2", "****");
        check("OTEL_EXPORTER_OTLP_ENDPOINT", "http://u:hunter2@c:4318/x?key=hunter2", "http://****@c:4318/x?****");
        check("OTEL_SERVICE_NAME", "mine", "mine");
    }
}
