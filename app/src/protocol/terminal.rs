//! The terminal family: requests of a viewer and their answers.

mod notice;

pub use notice::{
    TerminalBell, TerminalCommand, TerminalError, TerminalIdle, TerminalLeader, TerminalOutput, TerminalTitle,
};

use serde::{Deserialize, Serialize};

use super::{
    Data, PaneId, SessionId, TabId, TerminalId,
    data::{AttachmentError, Attachments},
    event::{Answer, Event, Pace, Recording, Request, Subject, event},
};

/// Asks for a shell: in `paneId`, or in a new tab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TerminalCreate {
    /// The session of a new tab; the active one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// The tab of the pane.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tab_id: Option<TabId>,
    /// The pane to fill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pane_id: Option<PaneId>,
    /// Width in cells; clamped to 1…1000.
    pub cols: i64,
    /// Height in cells; clamped to 1…1000.
    pub rows: i64,
    /// Where the shell begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cwd: Option<String>,
    /// What to run instead of the login shell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shell: Option<String>,
}

/// A shell is there and the asker is attached to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TerminalCreated {
    /// The new terminal.
    pub terminal_id: TerminalId,
    /// The pane it is in.
    pub pane_id: PaneId,
    /// The tab that pane is in.
    pub tab_id: TabId,
    /// Width in cells.
    pub cols: u16,
    /// Height in cells.
    pub rows: u16,
    /// Always `ready`: a terminal that cannot start is refused.
    pub status: TerminalStatus,
}

/// The state of a new terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TerminalStatus {
    /// It takes input.
    Ready,
}

/// Asks to receive a terminal's output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TerminalAttach {
    /// Which.
    pub terminal_id: TerminalId,
    /// The offset to continue from; a snapshot comes first when absent or out of reach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_seq: Option<u64>,
}

/// Output follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TerminalAttached {
    /// Which.
    pub terminal_id: TerminalId,
    /// Whether a snapshot comes first.
    pub mode: AttachMode,
    /// The offset of the first live byte that follows.
    pub seq: u64,
    /// Width in cells.
    pub cols: u16,
    /// Height in cells.
    pub rows: u16,
    /// The client id of the viewer whose size and answers count; none when nobody leads.
    #[serde(default)]
    pub leader: Option<String>,
}

/// How a viewer comes up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachMode {
    /// Exactly the bytes it lacks.
    Resume,
    /// A screen, then the bytes after it.
    Snapshot,
}

/// Asks to receive no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TerminalDetach {
    /// Which.
    pub terminal_id: TerminalId,
}

/// No more output follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TerminalDetached {
    /// Which.
    pub terminal_id: TerminalId,
}

/// What was typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TerminalInput {
    /// Where.
    pub terminal_id: TerminalId,
    /// The keys, as a string or as bytes.
    pub data: Data,
}

/// The keys are on their way to the shell, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TerminalInputResponse {
    /// Where.
    pub terminal_id: TerminalId,
    /// How many bytes were taken.
    pub bytes: usize,
}

/// Asks for another size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TerminalResize {
    /// Which.
    pub terminal_id: TerminalId,
    /// Width in cells; clamped to 1…1000.
    pub cols: i64,
    /// Height in cells; clamped to 1…1000.
    pub rows: i64,
}

/// The size in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TerminalResized {
    /// Which.
    pub terminal_id: TerminalId,
    /// Width in cells.
    pub cols: u16,
    /// Height in cells.
    pub rows: u16,
}

/// Asks for the end of a shell and everything it started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TerminalClose {
    /// Which.
    pub terminal_id: TerminalId,
}

/// A shell has ended; sent after its last output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TerminalClosed {
    /// Which.
    pub terminal_id: TerminalId,
    /// What it returned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<u32>,
    /// The signal that ended it, as in `SIGHUP`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<String>,
    /// Who ended it.
    pub reason: CloseReason,
}

/// Who ended a shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// It ended by itself.
    Exited,
    /// A member closed it.
    Closed,
    /// The server is ending.
    Shutdown,
    /// Its PTY failed, or the process that held it.
    Failed,
    /// Nobody had come back to it for as long as the server waits.
    Detached,
    /// Nothing had gone in or out for as long as the server waits.
    Idle,
}

/// Flow-control credit: the screen has parsed up to `seq`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TerminalAck {
    /// Which.
    pub terminal_id: TerminalId,
    /// The offset after the last parsed byte.
    pub seq: u64,
    /// Whether the page is out of sight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden: Option<bool>,
}

/// The answer to an ack from a client that asks for one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TerminalAcked {}

event!(
    TerminalCreate = "terminal:create",
    TerminalCreated = "terminal:created",
    TerminalAttach = "terminal:attach",
    TerminalAttached = "terminal:attached",
    TerminalDetach = "terminal:detach",
    TerminalDetached = "terminal:detached",
    TerminalInput = "terminal:input",
    TerminalInputResponse = "terminal:input_response",
    TerminalResize = "terminal:resize",
    TerminalResized = "terminal:resized",
    TerminalClose = "terminal:close",
    TerminalClosed = "terminal:closed",
    TerminalAck = "terminal:ack",
    TerminalAcked = "terminal:acked",
);

impl Request for TerminalCreate {
    type Response = TerminalCreated;
    const REFUSED_AS: Option<&'static str> = Some(TerminalError::NAME);

    fn subject(&self) -> Subject {
        Subject { session: self.session_id, tab: self.tab_id, pane: self.pane_id, terminal: None }
    }
}

impl Request for TerminalInput {
    type Response = TerminalInputResponse;
    const IS_PRIVATE: bool = true;
    const RECORDING: Recording = Recording::Sparsely;
    const PACE: Pace = Pace::Stream;
    const REFUSED_AS: Option<&'static str> = Some(TerminalError::NAME);

    fn attach(&mut self, attachments: &Attachments) -> Result<(), AttachmentError> {
        self.data.attach("data", attachments)
    }

    fn subject(&self) -> Subject {
        Subject { terminal: Some(self.terminal_id), ..Subject::default() }
    }
}

impl Request for TerminalAck {
    type Response = TerminalAcked;
    const ANSWER: Answer = Answer::FireAndForget;
    const RECORDING: Recording = Recording::Sparsely;
    const PACE: Pace = Pace::Stream;

    fn subject(&self) -> Subject {
        Subject { terminal: Some(self.terminal_id), ..Subject::default() }
    }
}

impl Request for TerminalResize {
    type Response = TerminalResized;
    const RECORDING: Recording = Recording::Sparsely;
    const REFUSED_AS: Option<&'static str> = Some(TerminalError::NAME);

    fn subject(&self) -> Subject {
        Subject { terminal: Some(self.terminal_id), ..Subject::default() }
    }
}

/// The requests that are about one terminal and carry nothing binary.
macro_rules! about_a_terminal {
    ($($request:ty => $response:ty),+ $(,)?) => {
        $(impl Request for $request {
            type Response = $response;
            const REFUSED_AS: Option<&'static str> = Some(TerminalError::NAME);

            fn subject(&self) -> Subject {
                Subject { terminal: Some(self.terminal_id), ..Subject::default() }
            }
        })+
    };
}

about_a_terminal! {
    TerminalAttach => TerminalAttached,
    TerminalDetach => TerminalDetached,
    TerminalClose => TerminalClosed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keystroke_reads_as_the_protocol_writes_it() {
        let json = r#"{"terminalId":"t_0000000000001","data":"l","_requestId":"req_1","_trace":{"b3":"0"}}"#;
        let input: TerminalInput = serde_json::from_str(json).expect("envelope fields are not its business");
        assert_eq!(input, TerminalInput { terminal_id: TerminalId::from_random(1), data: Data::Text("l".into()) });
    }

    #[test]
    fn absent_fields_of_a_creation_are_not_written() {
        let create = TerminalCreate {
            session_id: None,
            tab_id: None,
            pane_id: None,
            cols: 80,
            rows: 24,
            cwd: None,
            shell: None,
        };
        assert_eq!(serde_json::to_string(&create).expect("serialises"), r#"{"cols":80,"rows":24}"#);
    }
}
