//! The workspace family, and what its tabs and panes have in common: a change is answered and told in one order.

use std::sync::Arc;

use app::protocol::{
    Event, Refusal, SessionId,
    workspace::{WorkspaceSyncRequest, WorkspaceSyncResponse},
};
use serde::Serialize;

use super::{
    answer::{Answer, Completion},
    client::Client,
    traced::Call,
    windows::Windows,
};
use crate::workspace::{Action, Closed, Denied, Seen, Session, Sessions};

/// Tells a window everything its user may see. Of the changes in it the window has been told all, and of later ones none.
pub(super) fn sync(call: &Call, _request: WorkspaceSyncRequest) -> Result<Answer<WorkspaceSyncResponse>, Refusal> {
    let client = Arc::clone(&call.client);
    Ok(Answer::handed(move |completion| {
        let hub = Arc::clone(&client.hub);
        hub.in_order(|| {
            let workspace = client.hub.workspace(&client.user.id);
            move || {
                let revision = workspace.active_session().map_or(0, |session| session.revision);
                completion.finish(Ok(WorkspaceSyncResponse { workspace, revision }.into()));
            }
        });
    }))
}

/// Answers by what a member does in a session, to what they have seen if they say what that is, and tells the other members the
/// same.
pub(super) fn change<T: Event + Serialize + Send + 'static>(
    call: &Call,
    session: SessionId,
    action: Action,
    seen: Option<Seen>,
    act: impl FnOnce(&mut Session) -> Result<T, Denied> + Send + 'static,
) -> Answer<T> {
    commit(call, session, action, seen, act, |windows, client, told, completion| {
        windows.tell_others(&client.id, &told);
        completion.finish(Ok(told.into()));
    })
}

/// Answers by what a member takes away. The shells in it end after everybody has been told that it is gone.
pub(super) fn close<T: Event + Serialize + Send + 'static>(
    call: &Call,
    session: SessionId,
    action: Action,
    seen: Option<Seen>,
    act: impl FnOnce(&mut Session) -> Result<Closed<T>, Denied> + Send + 'static,
) -> Answer<T> {
    commit(call, session, action, seen, act, |windows, client, Closed { told, made, terminals }, completion| {
        windows.tell_others(&client.id, &told);
        completion.finish(Ok(told.into()));
        if let Some(made) = made {
            windows.tell(&made);
        }
        terminals.into_iter().for_each(|terminal| client.hub.end(terminal));
    })
}

/// Answers by what a member does for themselves: nobody else is told.
pub(super) fn keep<T: Send + 'static>(
    call: &Call,
    session: SessionId,
    action: Action,
    act: impl FnOnce(&mut Session) -> Result<T, Denied> + Send + 'static,
) -> Answer<T> {
    commit(call, session, action, None, act, |_, _, told, completion| completion.finish(Ok(told.into())))
}

fn commit<T: Send + 'static, R: 'static>(
    call: &Call,
    session: SessionId,
    action: Action,
    seen: Option<Seen>,
    act: impl FnOnce(&mut Session) -> Result<T, Denied> + Send + 'static,
    tell: impl FnOnce(&Windows, &Client, T, Completion<R>) + Send + 'static,
) -> Answer<R> {
    let client = Arc::clone(&call.client);
    Answer::handed(move |completion| {
        let (hub, user) = (Arc::clone(&client.hub), client.user.id.clone());
        let change = |sessions: &Sessions| sessions.act_on(&user, session, action, seen, act);
        hub.commit(session, change, move |windows, acted| match acted {
            Ok(told) => tell(windows, &client, told, completion),
            Err(denied) => completion.finish(Err(denied.into())),
        });
    })
}
