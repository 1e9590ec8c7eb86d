//! Supervision: terminals held, output withheld, commands approved.

use serde::{Deserialize, Serialize};

use super::{
    TerminalId,
    event::{Event, Request, Subject, event, notice},
};

/// Asks to hold a terminal: nobody types into it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AdminPauseTerminal {
    /// Which.
    pub terminal_id: TerminalId,
    /// Why, for those who look.
    pub reason: String,
}

/// A terminal is held; told to its viewers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TerminalPaused {
    /// Which.
    pub terminal_id: TerminalId,
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: String,
}

/// Asks to let a terminal go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AdminResumeTerminal {
    /// Which.
    pub terminal_id: TerminalId,
}

/// A terminal goes on; told to its viewers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TerminalResumed {
    /// Which.
    pub terminal_id: TerminalId,
    /// By whom.
    pub by: String,
}

/// Asks to withhold a terminal's output from its viewers, or not any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AdminSuppressOutput {
    /// Which.
    pub terminal_id: TerminalId,
    /// Whether.
    pub suppress: bool,
    /// Why, for those who look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A terminal's output is withheld, or not any more; told to its viewers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OutputSuppressed {
    /// Which.
    pub terminal_id: TerminalId,
    /// Whether.
    pub suppress: bool,
    /// By whom.
    pub by: String,
}

/// A command waits for approval; told to those who may answer it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CommandReviewRequired {
    /// Which.
    pub command_id: String,
    /// Where it is to run.
    pub terminal_id: TerminalId,
    /// The command.
    pub command: String,
    /// One word for how dangerous it looks.
    pub risk_level: String,
    /// The rule that holds it.
    pub rule: String,
    /// The id of who wants to run it.
    pub requested_by: String,
    /// When no answer means no.
    pub expires_at: String,
}

/// Answers a command that waits for approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CommandApproval {
    /// Which.
    pub command_id: String,
    /// Whether it may run.
    pub approved: bool,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A command may run or not; told to all sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CommandDecided {
    /// Which.
    pub command_id: String,
    /// Whether it may run.
    pub approved: bool,
    /// By whom.
    pub by: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

event!(
    AdminPauseTerminal = "admin_pause_terminal",
    AdminResumeTerminal = "admin_resume_terminal",
    AdminSuppressOutput = "admin_suppress_output",
    CommandApproval = "command_approval",
);
notice!(CommandReviewRequired = "command_review_required");

/// What was decided is told under the name it was asked by.
macro_rules! told_as_asked {
    ($($told:ty = $asked:ty),+ $(,)?) => {
        $(impl Event for $told { const NAME: &'static str = <$asked as Event>::NAME; })+
    };
}

told_as_asked!(
    TerminalPaused = AdminPauseTerminal,
    TerminalResumed = AdminResumeTerminal,
    OutputSuppressed = AdminSuppressOutput,
    CommandDecided = CommandApproval,
);

macro_rules! about_a_terminal {
    ($($request:ty => $response:ty),+ $(,)?) => {
        $(
            impl Request for $request {
                type Response = $response;

                fn subject(&self) -> Subject {
                    Subject { terminal: Some(self.terminal_id), ..Subject::default() }
                }
            }
        )+
    };
}

about_a_terminal!(
    AdminPauseTerminal => TerminalPaused,
    AdminResumeTerminal => TerminalResumed,
    AdminSuppressOutput => OutputSuppressed,
);

impl Request for CommandApproval {
    type Response = CommandDecided;
}
