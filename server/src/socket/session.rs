//! A window's hello and goodbye, and the clock between.

use std::sync::Arc;

use app::protocol::{
    Refusal,
    clock::{ClockProbe, ClockProbed},
    people::SessionRefused,
    session::{ClientConfig, SessionEnd, SessionEnded, SessionInit, SessionReady},
};

use super::{
    answer::{Answer, Reply},
    exchange::micros,
    pump::GO_ON,
    traced::Call,
};
use crate::terminal::{CREDIT, ResizePolicy};

/// Tells a window who it is and what there is to see, and from then on every change of that.
pub(super) fn init(call: &Call, request: SessionInit) -> Result<Answer<SessionReady>, Refusal> {
    let (client, received_at, cause) = (Arc::clone(&call.client), call.received_at, call.cause());
    let config = ClientConfig {
        max_input_bytes: client.hub.settings.wire.input,
        credit_bytes: CREDIT,
        ack_every_bytes: GO_ON,
        every_size_counts: client.hub.settings.resize == ResizePolicy::Smallest,
        guest: None,
    };
    Ok(Answer::handed(move |completion| {
        let hub = Arc::clone(&client.hub);
        let (resumed, before) = request.resume.map(|resume| (resume.session_id, resume.client_id)).unzip();
        if let Some(before) = before.flatten() {
            client.succeed(&before.into());
        }
        hub.in_order(|| {
            let mut workspace = hub.workspace(&client.user.id);
            // A window that was away goes on with what it showed, whatever others of its user show by now.
            if let Some(session) = resumed.filter(|id| workspace.sessions.iter().any(|session| session.id == *id)) {
                client.show(session);
                workspace.active_session_id = Some(session);
            }
            let terminals = hub.summaries(&workspace);
            let (client_id, user) = (client.id.to_string(), client.user.clone());
            let config = ClientConfig { guest: hub.pass(&client), ..config };
            move || {
                let sent_at = micros();
                let ready = SessionReady { client_id, user, config, workspace, terminals, received_at, sent_at };
                let then = move || {
                    client.warn_of_storage(cause.clone());
                    if let Some(denied) = client.take_refusal() {
                        let refused = SessionRefused { session_id: client.session(), error: denied.into() };
                        client.tell(&refused, client.subject(), cause);
                    }
                };
                completion.finish(Ok(Reply::from(ready).then(then)));
            }
        });
    }))
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
