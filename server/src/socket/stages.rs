//! What the sockets know of each terminal: whose it is, who watches, how much of its input is recorded, what was run.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use app::protocol::{SessionId, TerminalId, terminal::TerminalCommand};

use super::audience::Audience;
use crate::telemetry::span::InputSampling;

/// One terminal's surroundings.
pub(super) struct Stage {
    pub(super) session: SessionId,
    pub(super) audience: Audience,
    pub(super) input: InputSampling,
    /// The command that runs, or was the last, for who comes later.
    pub(super) command: Option<TerminalCommand>,
}

/// The surroundings of all terminals.
pub(super) struct Stages {
    /// How each terminal's begins.
    input: InputSampling,
    stages: Mutex<HashMap<TerminalId, Stage>>,
}

impl Stages {
    /// None yet; of the input of each so much is recorded.
    pub(super) fn new(input: InputSampling) -> Self {
        Self { input, stages: Mutex::default() }
    }

    /// Makes room for the audience of a new terminal.
    pub(super) fn open(&self, terminal: TerminalId, session: SessionId) {
        let stage = Stage { session, audience: Audience::default(), input: self.input.clone(), command: None };
        self.locked(|stages| stages.insert(terminal, stage));
    }

    /// Forgets a terminal.
    pub(super) fn close(&self, terminal: TerminalId) {
        self.locked(|stages| stages.remove(&terminal));
    }

    /// Looks at a terminal's surroundings or changes them, for a few lines at a time; `None` when there is no such terminal.
    ///
    /// No connection may be dropped in there, since its leaving comes here too.
    pub(super) fn with<T>(&self, terminal: TerminalId, change: impl FnOnce(&mut Stage) -> T) -> Option<T> {
        self.locked(|stages| stages.get_mut(&terminal).map(change))
    }

    /// The terminals of a session.
    pub(super) fn of(&self, session: SessionId) -> Vec<TerminalId> {
        self.locked(|stages| {
            stages.iter().filter(|(_, stage)| stage.session == session).map(|(terminal, _)| *terminal).collect()
        })
    }

    fn locked<T>(&self, change: impl FnOnce(&mut HashMap<TerminalId, Stage>) -> T) -> T {
        // Every change leaves the map whole, so that of a panicked thread is still good.
        change(&mut self.stages.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
