//! The family of before there were panes: a shell by one name, its output as text. The same engine is underneath, so that an old
//! client works unchanged.

use serde::{Deserialize, Serialize};

use super::{
    event::{Answer, Event, Pace, Recording, Request, event, notice},
    terminal::{TerminalError, TerminalStatus},
};

/// Asks for a shell, or for one that is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateTerminal {
    /// The asker's name for the shell; the server's choice when absent. One that is known is attached to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The account it runs as: the server's own, or nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Where it begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// A shell is there; its output follows as [`ShellOutput`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TerminalReady {
    /// The name of the shell.
    pub session: String,
    /// Always `ready`.
    pub status: TerminalStatus,
}

/// What was typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShellInput {
    /// Where.
    pub session: String,
    /// The keys.
    pub data: String,
}

/// Asks for another size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShellResize {
    /// Of which shell.
    pub session: String,
    /// Width in cells; clamped to 1…1000.
    pub cols: i64,
    /// Height in cells; clamped to 1…1000.
    pub rows: i64,
}

/// Keys or a size were taken; stands in acks alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShellAcked {
    /// Of which shell.
    pub session: String,
}

/// Output of a shell as text: a character is never in two pieces, and what is none is U+FFFD.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShellOutput {
    /// Of which shell.
    pub session: String,
    /// The text.
    pub data: String,
}

/// A shell has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShellClosed {
    /// Which.
    pub session: String,
}

event!(
    CreateTerminal = "create_terminal",
    TerminalReady = "terminal_ready",
    ShellInput = "terminal_input",
    ShellResize = "terminal_resize",
    ShellAcked = "terminal_acked",
);
notice!(ShellOutput = "shell:output", ShellClosed = "terminal_closed");

impl Request for CreateTerminal {
    type Response = TerminalReady;

    const REFUSED_AS: Option<&'static str> = Some(TerminalError::NAME);
}

impl Request for ShellInput {
    type Response = ShellAcked;

    const ANSWER: Answer = Answer::FireAndForget;
    const RECORDING: Recording = Recording::Sparsely;
    const IS_PRIVATE: bool = true;
    const PACE: Pace = Pace::Stream;
    const REFUSED_AS: Option<&'static str> = Some(TerminalError::NAME);
}

impl Request for ShellResize {
    type Response = ShellAcked;

    const ANSWER: Answer = Answer::FireAndForget;
    const REFUSED_AS: Option<&'static str> = Some(TerminalError::NAME);
}
