//! What a shell's programs are given so that their own telemetry arrives here, under the command that ran them.

use std::sync::OnceLock;

use app::{protocol::TerminalId, trace::w3c};
use tracing::Span;

use crate::{auth::Ingest, telemetry::span};

/// Every command is recorded. A script has four digits of the trace id to compare with, by which a ratio sampler decides, too.
const ALL: u32 = 1 << 16;

/// Grants a new terminal's programs the way to the relay.
#[derive(Debug)]
pub struct Programs {
    ingest: Ingest,
    /// How many of 65,536 commands are recorded.
    recorded: u32,
    /// Known once the server listens: its port may be chosen by the system.
    endpoint: OnceLock<String>,
}

impl Programs {
    /// Grants tokens by `ingest`, and has the share `rate` of commands recorded, 0 to 1; nothing is granted before
    /// [`Programs::reachable_at`].
    pub fn new(ingest: Ingest, rate: f64) -> Self {
        // Not negative, and no larger than the factor.
        let recorded = (rate.clamp(0.0, 1.0) * f64::from(ALL)).round() as u32;
        Self { ingest, recorded, endpoint: OnceLock::new() }
    }

    /// Says where the relay is, as programs on this machine reach it: the address before `/v1/{signal}`. The first word counts.
    pub fn reachable_at(&self, endpoint: String) {
        self.endpoint.get_or_init(|| endpoint);
    }

    /// The variables of a terminal's shell. `AETHERTERM_TRACE` has the shell's integration give each command a context of
    /// its own, so many of 65,536 of which say "recorded"; a program of a shell without it continues the trace in which the
    /// terminal was opened.
    ///
    /// Source: OpenTelemetry's "OTLP Exporter Configuration", and "Environment Variables as Context Propagation Carriers".
    pub(super) fn variables(&self, terminal: TerminalId) -> Vec<(String, String)> {
        let Some(endpoint) = self.endpoint.get() else { return Vec::new() };
        let header = format!("authorization=Bearer%20{}", self.ingest.grant(&terminal.to_string()));
        let opened = span::context_of(&Span::current()).map(|context| w3c::traceparent(&context));
        let variables = [
            ("AETHERTERM_TRACE", Some(self.recorded.to_string())),
            ("TRACEPARENT", opened),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", Some(endpoint.clone())),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", Some("http/protobuf".to_owned())),
            ("OTEL_EXPORTER_OTLP_HEADERS", Some(header)),
        ];
        variables.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::CookieKey;

    #[test]
    fn programs_are_told_where_to_post_and_by_which_right() {
        let ingest = Ingest::new(CookieKey::new([7; 32]));
        let programs = Programs::new(ingest.clone(), 0.1);
        let terminal = TerminalId::from_random(1);
        assert_eq!(programs.variables(terminal), []);

        programs.reachable_at("http://127.0.0.1:1".to_owned());
        let variables = programs.variables(terminal);
        let get = |name: &str| variables.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        assert_eq!(get("OTEL_EXPORTER_OTLP_ENDPOINT"), Some("http://127.0.0.1:1"));
        let token = get("OTEL_EXPORTER_OTLP_HEADERS").unwrap().strip_prefix("authorization=Bearer%20").unwrap();
        assert_eq!(ingest.terminal(token), Some(terminal.to_string().as_str()));
        assert_eq!(get("TRACEPARENT"), None, "nothing is recorded here");
    }

    #[test]
    fn shells_are_told_how_many_commands_are_recorded() {
        for (rate, expected) in [(0.0, "0"), (0.1, "6554"), (1.0, "65536")] {
            let programs = Programs::new(Ingest::new(CookieKey::new([7; 32])), rate);
            programs.reachable_at("http://127.0.0.1:1".to_owned());
            let variables = programs.variables(TerminalId::from_random(1));
            assert!(variables.contains(&("AETHERTERM_TRACE".to_owned(), expected.to_owned())), "{variables:?}");
        }
    }
}
