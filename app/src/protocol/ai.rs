//! The assistant: questions whose answers come in pieces.

use serde::{Deserialize, Serialize};

use super::{
    Refusal, TerminalId,
    event::{Request, Subject, event, notice},
};

/// Asks the assistant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AiChatMessage {
    /// The asker's name for this question.
    pub message_id: String,
    /// The question.
    pub message: String,
    /// What it goes on from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
    /// The terminal it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal_id: Option<TerminalId>,
    /// Whether what the terminal shows is sent along.
    #[serde(default)]
    pub include_context: bool,
}

/// The question was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AiChatAccepted {
    /// Which.
    pub message_id: String,
}

/// A piece of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AiChatChunk {
    /// To which question.
    pub message_id: String,
    /// Its place, from 0.
    pub index: u32,
    /// The piece.
    pub chunk: String,
}

/// How an answer ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AiChatComplete {
    /// To which question.
    pub message_id: String,
    /// The whole answer.
    pub response: String,
    /// What it cost.
    pub usage: AiUsage,
    /// Why it ended.
    pub finish_reason: String,
}

/// What an answer cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AiUsage {
    /// Tokens read.
    pub input_tokens: u64,
    /// Tokens written.
    pub output_tokens: u64,
}

/// There is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AiChatError {
    /// To which question.
    pub message_id: String,
    /// Why.
    pub error: Refusal,
}

/// Asks for no more of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AiChatCancel {
    /// To which question.
    pub message_id: String,
}

/// Asks what a command or a piece of output means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AiTerminalAnalysis {
    /// The asker's name for this question.
    pub analysis_id: String,
    /// A command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// A piece of output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selection: Option<String>,
    /// The terminal it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal_id: Option<TerminalId>,
}

/// The question was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AiAnalysisAccepted {
    /// Which.
    pub analysis_id: String,
}

/// A piece of an explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AiAnalysisChunk {
    /// To which question.
    pub analysis_id: String,
    /// Its place, from 0.
    pub index: u32,
    /// The piece.
    pub chunk: String,
}

/// How an explanation ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AiAnalysisComplete {
    /// To which question.
    pub analysis_id: String,
    /// The whole explanation.
    pub response: String,
    /// What it cost.
    pub usage: AiUsage,
    /// Why it ended.
    pub finish_reason: String,
}

/// There is no explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AiAnalysisError {
    /// To which question.
    pub analysis_id: String,
    /// Why.
    pub error: Refusal,
}

/// Asks what assistant there is; free of charge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AiGetInfo {}

/// What assistant there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AiInfo {
    /// Who provides it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Its model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Whether it answers.
    pub available: bool,
    /// One word for how it is.
    pub status: String,
    /// Why it does not answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

event!(
    AiChatMessage = "ai_chat_message",
    AiChatAccepted = "ai_chat_accepted",
    AiChatComplete = "ai_chat_complete",
    AiChatCancel = "ai_chat_cancel",
    AiTerminalAnalysis = "ai_terminal_analysis",
    AiAnalysisAccepted = "ai_analysis_accepted",
    AiGetInfo = "ai_get_info",
    AiInfo = "ai_info_response",
);
notice!(
    AiChatChunk = "ai_chat_chunk",
    AiChatError = "ai_chat_error",
    AiAnalysisChunk = "ai_analysis_chunk",
    AiAnalysisComplete = "ai_analysis_complete",
    AiAnalysisError = "ai_analysis_error",
);

impl Request for AiChatMessage {
    type Response = AiChatAccepted;

    const IS_PRIVATE: bool = true;

    fn subject(&self) -> Subject {
        Subject { terminal: self.terminal_id, ..Subject::default() }
    }
}

impl Request for AiChatCancel {
    type Response = AiChatComplete;
}

impl Request for AiTerminalAnalysis {
    type Response = AiAnalysisAccepted;

    const IS_PRIVATE: bool = true;

    fn subject(&self) -> Subject {
        Subject { terminal: self.terminal_id, ..Subject::default() }
    }
}

impl Request for AiGetInfo {
    type Response = AiInfo;
}
