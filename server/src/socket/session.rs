//! A window's hello and goodbye, and the clock between.

use app::protocol::{
    Refusal,
    clock::{ClockProbe, ClockProbed},
    session::{ClientConfig, SessionEnd, SessionEnded, SessionInit, SessionReady},
};

use super::{
    answer::{Answer, Reply},
    exchange::micros,
    pump::GO_ON,
    terminal::MAX_INPUT,
    traced::Call,
};
use crate::terminal::{CREDIT, ResizePolicy};

/// Tells a window who it is and what there is to see.
pub(super) fn init(call: &Call, _request: SessionInit) -> Result<Answer<SessionReady>, Refusal> {
    let Call { client, received_at } = call;
    let ready = SessionReady {
        client_id: client.id.to_string(),
        user: client.user.clone(),
        config: ClientConfig {
            max_input_bytes: MAX_INPUT,
            credit_bytes: CREDIT,
            ack_every_bytes: GO_ON,
            every_size_counts: client.hub.settings.resize == ResizePolicy::Smallest,
            guest: None,
        },
        workspace: client.hub.sessions.view(&client.user.id),
        received_at: *received_at,
        sent_at: micros(),
    };
    Ok(Reply::from(ready).into())
}

/// Lets a window go politely: what a lost connection does, with an answer.
pub(super) fn end(call: &Call, _request: SessionEnd) -> Result<Answer<SessionEnded>, Refusal> {
    call.client.leave();
    Ok(Reply::from(SessionEnded {}).into())
}

/// Tells the time.
pub(super) fn probe(call: &Call, _request: ClockProbe) -> Result<Answer<ClockProbed>, Refusal> {
    Ok(Reply::from(ClockProbed { received_at: call.received_at, sent_at: micros() }).into())
}
