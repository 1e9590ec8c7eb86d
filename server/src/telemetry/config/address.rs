//! Addresses of backends: parsing, the path of a signal, and those that are known not to take OTLP.

use reqwest::Url;

use super::TelemetryConfigError;
use crate::telemetry::signal::Signal;

/// Reads an address that OTLP can be posted to.
///
/// # Errors
///
/// What is no http or https address, and what is known to be something else than OTLP.
pub(super) fn parse(setting: &str, text: &str) -> Result<Url, TelemetryConfigError> {
    let parsed = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let Some(url) = parsed else {
        // What stands before an @ may be a password.
        let value = text.rsplit_once('@').map_or(text.to_owned(), |(_, host)| format!("…@{host}"));
        return Err(TelemetryConfigError::value(setting, value, "an http or https address"));
    };
    match instead(&url) {
        None => Ok(url),
        Some(instead) => {
            Err(TelemetryConfigError::Elsewhere { setting: setting.to_owned(), address: shown(&url), instead })
        }
    }
}

/// Reads a base address, to which each signal's path is appended.
///
/// # Errors
///
/// As [`parse`], and for an address that has a signal's path already.
pub(super) fn parse_base(setting: &str, text: &str) -> Result<Url, TelemetryConfigError> {
    let url = parse(setting, text)?;
    let path = url.path().trim_end_matches('/');
    match Signal::ALL.into_iter().find(|signal| path.ends_with(signal.path())) {
        None => Ok(url),
        Some(signal) => {
            let (path, named) = (signal.path(), signal.name().to_ascii_uppercase());
            let instead = format!(
                "but this is the base to which {path} is appended; leave {path} out, or set \
                 OTEL_EXPORTER_OTLP_{named}_ENDPOINT, which is used as it is"
            );
            Err(TelemetryConfigError::Elsewhere { setting: setting.to_owned(), address: shown(&url), instead })
        }
    }
}

/// The address of a signal below a base.
pub(super) fn of_signal(base: &Url, signal: Signal) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}{}", base.path().trim_end_matches('/'), signal.path()));
    url
}

/// An address without user, password and query: what messages may show.
pub(super) fn shown(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
}

/// Whether a text is no address of a host.
pub(super) fn has_no_host(text: &str) -> bool {
    !Url::parse(text).is_ok_and(|url| url.has_host())
}

/// Says of an address that cannot take OTLP what it is, and which one does.
fn instead(url: &Url) -> Option<String> {
    let host = url.host_str().unwrap_or_default();
    let path = url.path().trim_end_matches('/');
    if url.port() == Some(14_268) || path.ends_with("/api/traces") {
        return Some(format!(
            "where Jaeger takes Thrift, not OTLP; use OTEL_EXPORTER_OTLP_ENDPOINT=http://{host}:4318 \
             (traces then go to /v1/traces)"
        ));
    }
    if url.port() == Some(9_411) || path.ends_with("/api/v2/spans") {
        return Some(format!(
            "where Zipkin takes its own JSON, not OTLP; send to an OpenTelemetry Collector with the zipkin exporter, \
             usually OTEL_EXPORTER_OTLP_ENDPOINT=http://{host}:4318"
        ));
    }
    if host.starts_with("trace.agent.datadoghq.") || path.ends_with("/v0.4/traces") || url.port() == Some(8_126) {
        return Some(
            "where Datadog takes its own format, not OTLP; send to a Datadog Agent with its OTLP receiver on, \
             OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318"
                .to_owned(),
        );
    }
    if url.port() == Some(4_317) {
        return Some(format!(
            "the port of OTLP over gRPC, which is not spoken; OTLP over HTTP is usually at \
             {}://{host}:4318",
            url.scheme()
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, part: &str) {
        let error = parse("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", address).expect_err(address).to_string();
        assert!(error.starts_with("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is ") && error.contains(part), "{error}");
    }

    #[test]
    fn addresses_of_other_protocols_are_known_and_say_what_to_use() {
        check("http://localhost:14268/api/traces", "http://localhost:4318");
        check("http://jaeger.example/api/traces", "Jaeger takes Thrift");
        check("http://localhost:9411/api/v2/spans", "zipkin exporter");
        check("https://trace.agent.datadoghq.com/v1/trace", "Datadog Agent");
        check("http://localhost:8126/v0.4/traces", "Datadog Agent");
        check("http://localhost:4317", "http://localhost:4318");
    }

    #[test]
    fn what_is_no_address_is_refused_without_its_password() {
        check("localhost:4318", "not an http or https address");
        check("ftp://c", "not an http or https address");
        check("ftp://user:hunter2@c", "…@c");
        let error = parse("X", "http://u:hunter2@c:14268/?k=hunter2").unwrap_err().to_string();
        assert!(!error.contains("hunter2"), "{error}");
    }

    #[test]
    fn a_base_with_a_signals_path_would_get_it_twice() {
        let error = parse_base("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318/v1/logs/").unwrap_err().to_string();
        assert!(error.contains("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"), "{error}");
        assert!(parse_base("X", "http://c:4318/otlp").is_ok());
    }

    #[test]
    fn a_signal_is_appended_to_the_base() {
        let of = |base, signal| of_signal(&Url::parse(base).unwrap(), signal).to_string();
        assert_eq!(of("http://c:4318", Signal::Traces), "http://c:4318/v1/traces");
        assert_eq!(of("https://c/otlp/", Signal::Metrics), "https://c/otlp/v1/metrics");
        assert_eq!(of("https://c/otlp?key=1", Signal::Logs), "https://c/otlp/v1/logs?key=1");
    }
}
