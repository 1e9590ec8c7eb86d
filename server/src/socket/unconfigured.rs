//! Events whose names are known and whose rooms this deployment lacks: refused by a reason of their own, after their payload has been
//! looked at like any other.

use app::protocol::{
    Refusal, RefusalCode, Request,
    ai::{AiChatCancel, AiChatMessage, AiGetInfo, AiTerminalAnalysis},
    supervision::{AdminPauseTerminal, AdminResumeTerminal, AdminSuppressOutput, CommandApproval},
};

use super::{
    answer::Answer,
    traced::{Call, Door},
};

/// The events of the assistant and of supervision.
pub(super) fn table(door: &Door<'_>) {
    door.on(no_assistant::<AiChatMessage>);
    door.on(no_assistant::<AiChatCancel>);
    door.on(no_assistant::<AiTerminalAnalysis>);
    door.on(no_assistant::<AiGetInfo>);

    door.on(no_supervision::<AdminPauseTerminal>);
    door.on(no_supervision::<AdminResumeTerminal>);
    door.on(no_supervision::<AdminSuppressOutput>);
    door.on(no_supervision::<CommandApproval>);
}

fn no_assistant<R: Request>(_call: &Call, _request: R) -> Result<Answer<R::Response>, Refusal> {
    Err(Refusal::new(RefusalCode::NotConfigured, "This server has no assistant."))
}

fn no_supervision<R: Request>(_call: &Call, _request: R) -> Result<Answer<R::Response>, Refusal> {
    Err(Refusal::new(RefusalCode::NotConfigured, "This server has no supervision."))
}
