//! `aetherterm doctor`: says what is in effect, and tries telemetry in five checks, or in three those of a running server.

use std::fmt;

use crate::{
    config::{ConfigError, Environment},
    telemetry::{
        TelemetryConfig,
        examine::{self, Receiver},
    },
};

mod known;
mod link;
mod settings;
mod visit;

pub use visit::visit;

/// What was found.
#[derive(Debug)]
pub struct Report {
    settings: Vec<String>,
    checks: Vec<Check>,
}

/// One check: its name, and what it says of success or failure.
#[derive(Debug)]
struct Check {
    name: &'static str,
    outcome: Result<String, String>,
}

impl Report {
    /// Whether every check has passed.
    pub fn is_well(&self) -> bool {
        self.checks.iter().all(|check| check.outcome.is_ok())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.settings {
            writeln!(f, "{line}")?;
        }
        for Check { name, outcome } in &self.checks {
            match outcome {
                Ok(said) => writeln!(f, "{name}: PASS {said}")?,
                Err(why) => writeln!(f, "{name}: FAIL {why}")?,
            }
        }
        let passed = self.checks.iter().filter(|check| check.outcome.is_ok()).count();
        writeln!(f, "Overall: {passed}/{}", self.checks.len())
    }
}

/// Examines telemetry under these settings, or under none where they cannot be read.
pub async fn examine(settings: Result<&TelemetryConfig, &ConfigError>, environment: &Environment) -> Report {
    let none = TelemetryConfig::default();
    let usable = settings.unwrap_or(&none);
    let (basic, format) = record(usable).await;
    let checks = vec![
        Check { name: "Basic", outcome: basic },
        Check { name: "OTLP configuration", outcome: configuration(settings) },
        Check { name: "Trace format", outcome: format },
        Check { name: "Environment", outcome: surroundings(settings, environment) },
        Check { name: "Export", outcome: export(settings).await },
    ];
    Report { settings: settings::lines(usable, environment), checks }
}

/// What somebody who looks for their traces has to know first. It is no failure: it was asked for.
const RECORDS_NOTHING: &str =
    "recording is off (OTEL_SDK_DISABLED): the server records nothing, and nothing leaves the machine";

/// The first and the third check: a span goes through the whole pipeline, and what arrives is what a collector wants.
async fn record(settings: &TelemetryConfig) -> (Result<String, String>, Result<String, String>) {
    let recorded = match Receiver::start().await {
        Ok(receiver) => examine::record(settings, &receiver).await,
        Err(error) => Err(format!("the built-in receiver cannot start: {error}")),
    };
    match recorded {
        Ok(recorded) if recorded.local == 1 => {
            let format = recorded.check();
            let passed = "a span was recorded, kept and sent".to_owned();
            (Ok(passed), format.map(|service| format!("the body decodes, its resource says {service}, and its span has every attribute of a Socket.IO message")))
        }
        Ok(_) => (Err("the local store has not got the span".to_owned()), recorded_nothing()),
        Err(why) => (Err(why), recorded_nothing()),
    }
}

fn recorded_nothing() -> Result<String, String> {
    Err("there is no span to look at".to_owned())
}

fn configuration(settings: Result<&TelemetryConfig, &ConfigError>) -> Result<String, String> {
    let settings = settings.map_err(ToString::to_string)?;
    if !settings.recording {
        return Ok(format!("the settings can be read; {RECORDS_NOTHING}"));
    }
    if settings.backends.is_empty() {
        return Ok("the settings can be read; nothing leaves the machine".to_owned());
    }
    let sent: Vec<_> =
        settings.backends.iter().map(|backend| format!("{} to {}", backend.signal, backend.address())).collect();
    Ok(sent.join(", "))
}

fn surroundings(settings: Result<&TelemetryConfig, &ConfigError>, environment: &Environment) -> Result<String, String> {
    let mut problems: Vec<String> =
        known::unknown(environment).map(|name| format!("{name} is not known and has no effect")).collect();
    match settings {
        Ok(settings) => problems.extend(settings.warnings.iter().cloned()),
        Err(error) => problems.push(error.to_string()),
    }
    if problems.is_empty() { Ok("every variable is known and valid".to_owned()) } else { Err(problems.join("; ")) }
}

/// The last check: each backend takes a record of each signal that goes there.
async fn export(settings: Result<&TelemetryConfig, &ConfigError>) -> Result<String, String> {
    let settings = settings.map_err(|_| "the settings cannot be read".to_owned())?;
    if !settings.recording {
        return Ok(format!("no backend is tried: {RECORDS_NOTHING}"));
    }
    if settings.backends.is_empty() {
        let receiver = Receiver::start().await.map_err(|error| error.to_string())?;
        examine::send(&receiver.backend()).await?;
        return Ok("the built-in receiver has taken a span; no backend is configured".to_owned());
    }
    let mut problems = Vec::new();
    for backend in &settings.backends {
        if let Err(problem) = examine::send(backend).await {
            problems.push(problem);
        }
    }
    let count = settings.backends.len();
    if problems.is_empty() { Ok(format!("{count} of {count} taken")) } else { Err(problems.join("; ")) }
}

#[cfg(test)]
mod tests;
