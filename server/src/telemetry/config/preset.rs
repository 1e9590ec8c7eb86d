//! What is known of backends by name: where they listen, what they take, and what they want to be told.

use super::backend::Compression;
use crate::telemetry::signal::Signal;

/// What is known of one kind of backend.
#[derive(Debug)]
pub(super) struct Preset {
    pub(super) name: &'static str,
    /// The base address, where there is a usual one.
    pub(super) endpoint: Option<&'static str>,
    /// What it takes.
    pub(super) signals: &'static [Signal],
    /// The header without which it refuses everything.
    pub(super) wants: Option<&'static str>,
    /// Sent beside the headers of the settings.
    pub(super) adds: &'static [(&'static str, &'static str)],
    pub(super) compression: Compression,
    /// Whether it also takes JSON.
    pub(super) json: bool,
}

/// Where a collector or an agent on this machine listens.
const HERE: Option<&str> = Some("http://localhost:4318");

const TRACES: &[Signal] = &[Signal::Traces];

/// A backend, or a collector in front of it, on this machine.
const fn near(name: &'static str, signals: &'static [Signal]) -> Preset {
    Preset { name, endpoint: HERE, signals, wants: None, adds: &[], compression: Compression::None, json: true }
}

/// A service on the Internet that wants to know who sends.
const fn far(name: &'static str, endpoint: Option<&'static str>, wants: &'static str) -> Preset {
    Preset {
        name,
        endpoint,
        signals: &Signal::ALL,
        wants: Some(wants),
        adds: &[],
        compression: Compression::Gzip,
        json: true,
    }
}

/// Those that are known. Zipkin, AWS and Google do not take OTLP from everybody: theirs is a collector that passes on.
pub(super) const PRESETS: [Preset; 10] = [
    near("jaeger", TRACES),
    near("zipkin", TRACES),
    near("tempo", TRACES),
    far("grafana-cloud", None, "authorization"),
    Preset {
        adds: &[(super::openobserve::STREAM_NAME, super::openobserve::STREAM)],
        ..far("openobserve", None, "authorization")
    },
    // Its intake refuses JSON.
    Preset { json: false, ..near("datadog", &Signal::ALL) },
    far("honeycomb", Some("https://api.honeycomb.io"), "x-honeycomb-team"),
    far("newrelic", Some("https://otlp.nr-data.net"), "api-key"),
    near("aws", TRACES),
    near("google", TRACES),
];

/// Finds what is known of a backend.
pub(super) fn named(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.name.eq_ignore_ascii_case(name))
}

/// The names, as messages list them.
pub(super) fn names() -> String {
    PRESETS.map(|preset| preset.name).join(", ")
}
