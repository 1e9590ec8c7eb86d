//! The variables that there are: `.env.example` lists them all, which a test of the settings proves.

use crate::config::Environment;

const EXAMPLE: &str = include_str!("../../../.env.example");

/// How the names of telemetry's variables begin.
pub(super) const FAMILIES: [&str; 5] = ["OTEL_", "SOCKET_TRACKING_", "TELEMETRY_", "VITE_", "AETHERTERM_"];

/// The names that the example lists.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    EXAMPLE.lines().filter_map(|line| Some(line.strip_prefix('#')?.split_once('=')?.0))
}

/// The variables that are set, look like ours, and are not.
pub(super) fn unknown(environment: &Environment) -> impl Iterator<Item = &str> {
    let is_ours = |name: &&str| FAMILIES.iter().any(|family| name.starts_with(family));
    environment.names().filter(is_ours).filter(|name| !names().any(|known| known == *name))
}
