//! What viewers of a terminal are told without having asked.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::protocol::{Refusal, TerminalId, event::notice};

/// Output of a shell, or a part of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TerminalOutput {
    /// Whose.
    pub terminal_id: TerminalId,
    /// The offset of the first byte; for a snapshot the offset that live output continues at.
    pub seq: u64,
    /// The bytes, as a binary attachment.
    pub data: Bytes,
    /// Whether this is a part of a snapshot.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub snapshot: bool,
}

/// Something is wrong with a terminal, or a request about one was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TerminalError {
    /// Which, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal_id: Option<TerminalId>,
    /// Why.
    pub error: Refusal,
}

/// A program has named its terminal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TerminalTitle {
    /// Which.
    pub terminal_id: TerminalId,
    /// The name.
    pub title: String,
}

/// A program wants attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TerminalBell {
    /// Which.
    pub terminal_id: TerminalId,
}

/// A terminal is about to be closed because nothing happens in it, or is not any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TerminalIdle {
    /// Which.
    pub terminal_id: TerminalId,
    /// In how many milliseconds it will be closed; absent once something has happened in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes_in_ms: Option<u64>,
}

/// A command was started in a terminal, or has ended, as the integration of its shell says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TerminalCommand {
    /// Which terminal.
    pub terminal_id: TerminalId,
    /// The same for start and end of a command, and no other's in this terminal.
    pub command_id: String,
    /// What was typed, on one line, if the shell says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// The directory it was started in, if the shell says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cwd: Option<String>,
    /// Whether it still runs.
    pub running: bool,
    /// Its exit code; absent while it runs, or if the shell does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<u32>,
    /// How long it ran; absent while it runs, or where its start was not seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
}

/// Another viewer's size and answers count from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TerminalLeader {
    /// Which.
    pub terminal_id: TerminalId,
    /// The client id of the viewer that leads; none when nobody does.
    pub leader: Option<String>,
}

notice!(
    TerminalOutput = "terminal:output",
    TerminalError = "terminal:error",
    TerminalTitle = "terminal:title",
    TerminalBell = "terminal:bell",
    TerminalIdle = "terminal:idle",
    TerminalCommand = "terminal:command",
    TerminalLeader = "terminal:leader",
);
