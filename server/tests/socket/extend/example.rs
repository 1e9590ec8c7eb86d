//! A server with an event, a figure and an exporter of its own, as the README shows it.

use std::{fs::File, io::Write, path::PathBuf};

use serde::{Deserialize, Serialize};
use server::{
    Config, Server, StartError,
    extend::{Answer, Call, Event, ExportError, Refusal, Request, SocketTraceEvent, SocketTraceExporter},
};

#[derive(Serialize, Deserialize)]
struct DeployStart {
    service: String,
}

#[derive(Serialize, Deserialize)]
struct DeployStarted {
    service: String,
    by: String,
}

impl Event for DeployStart {
    const NAME: &'static str = "deploy:start";
}

impl Event for DeployStarted {
    const NAME: &'static str = "deploy:started";
}

impl Request for DeployStart {
    type Response = DeployStarted;
}

fn start(call: &Call, request: DeployStart) -> Result<Answer<DeployStarted>, Refusal> {
    Ok(DeployStarted { service: request.service, by: call.user().name.clone() }.into())
}

/// Appends every ended request to a file, as a line of JSON.
struct Lines(PathBuf);

impl SocketTraceExporter for Lines {
    async fn export(&self, events: &[SocketTraceEvent]) -> Result<(), ExportError> {
        let mut file = File::options().create(true).append(true).open(&self.0).map_err(ExportError::new)?;
        for event in events {
            let line = serde_json::to_string(event).map_err(ExportError::new)?;
            writeln!(file, "{line}").map_err(ExportError::new)?;
        }
        Ok(())
    }
}

pub fn extended(config: Config, lines: PathBuf) -> Result<Server, StartError> {
    let server = Server::new(config)?.with_event(start)?.with_exporter("lines", Lines(lines))?;
    server.tracker().custom_metric("deploys.waiting", 3.0);
    Ok(server)
}
