//! The people family: sessions made, shown, left and ended, and who may be in them.

use std::sync::Arc;

use app::protocol::{
    Refusal, RefusalCode, SessionId,
    people::{
        JoinDecide, JoinDecided, MemberRemove, MemberSetRole, SessionCreate, SessionCreated, SessionDelete,
        SessionDeleted, SessionJoin, SessionJoined, SessionLeave, SessionLeft, SessionUpdate, SessionUpdated, UserLeft,
        UserUpdated,
    },
    session::UserRole,
};

use super::{
    answer::{Answer, Reply},
    client::Client,
    guests::SHARE_TOKEN,
    traced::Call,
    windows,
};
use crate::{
    share::{self, NoEntry, is_guest},
    telemetry::span::Cause,
    workspace::{Denied, Entry, Joined, Newcomer, Sessions, Updated},
};

/// Makes a session.
pub(super) fn create(call: &Call, request: SessionCreate) -> Result<Answer<SessionCreated>, Refusal> {
    let (client, cause) = (Arc::clone(&call.client), call.cause());
    Ok(Answer::handed(move |completion| {
        let hub = Arc::clone(&client.hub);
        hub.in_order(|| {
            let created = hub.sessions.create(&client.user, &request).map(|session| SessionCreated { session });
            let theirs = hub.rooms.of(&hub.sessions.windows_of(&client.user.id));
            move || match created {
                Ok(created) => {
                    client.hub.turn_to(&client, created.session.id, cause.as_ref());
                    windows::tell_others(&theirs, &client.id, created.session.id, &created, cause);
                    completion.finish(Ok(created.into()));
                }
                Err(denied) => completion.finish(Err(denied.into())),
            }
        });
    }))
}

/// Shows a session to a member's window, or lets in who has a link.
pub(super) fn join(call: &Call, request: SessionJoin) -> Result<Answer<SessionJoined>, Refusal> {
    let (client, cause) = (Arc::clone(&call.client), call.cause());
    let SessionJoin { session_id, share_token } = request;
    let is_member = client.hub.sessions.role(&client.user.id, session_id).is_some();
    let newcomer = match share_token {
        Some(secret) if !is_member => Some(invited(&client, session_id, &secret)?),
        Some(_) | None => None,
    };
    Ok(Answer::handed(move |completion| {
        let hub = Arc::clone(&client.hub);
        let joined = move |client: &Client, joined: Result<Joined, Denied>| {
            let shown = joined.map(|joined| shown(client, session_id, joined, cause.as_ref()).into());
            completion.finish(shown.map_err(Refusal::from));
        };
        match newcomer {
            Some(newcomer) => hub.join(&client, session_id, newcomer, joined),
            None => hub.in_order(|| {
                let session = hub.sessions.show(&client.user.id, session_id);
                let session =
                    session.map(|session| Joined { entry: Entry::Member, told: None, session: Some(session) });
                move || joined(&client, session)
            }),
        }
    }))
}

/// Who has the secret of a link into a session.
fn invited(client: &Client, session: SessionId, secret: &str) -> Result<Newcomer, Refusal> {
    if client.user.role == UserRole::Guest {
        return Err(Denied::NotForGuests.into());
    }
    let link = client.hub.lasting.shares.open(secret, share::now()).and_then(|link| {
        // A link into another session is none into this one.
        (link.session == session).then_some(link).ok_or(NoEntry::Unknown)
    });
    let link = link.map_err(|why| {
        let message = match why {
            NoEntry::Unknown => "This link does not work, or has been revoked; ask for a new one.",
            NoEntry::Expired => "This link has expired; ask for a new one.",
        };
        Refusal { field: Some(SHARE_TOKEN.to_owned()), ..Refusal::new(RefusalCode::NotFound, message) }
    })?;
    let (user_id, name) = (client.user.id.clone(), client.user.name.clone());
    Ok(Newcomer { user_id, name, role: link.role, only: link.terminal, is_admitted: false })
}

fn shown(client: &Client, session_id: SessionId, joined: Joined, cause: Option<&Cause>) -> SessionJoined {
    let Some(mut session) = joined.session else { return SessionJoined::waiting(session_id) };
    client.hub.turn_to(client, session_id, cause);
    client.hub.count_unread(&mut session, &client.user.id);
    SessionJoined::joined(session, &client.user.id)
}

/// Takes who asks out of a session, or off the list of those who wait to be let in.
pub(super) fn leave(call: &Call, request: SessionLeave) -> Result<Answer<SessionLeft>, Refusal> {
    let (client, session_id) = (Arc::clone(&call.client), request.session_id);
    if client.hub.sessions.is_asking(&client.user.id, session_id) {
        client.hub.withdraw(&client.user.id, Some(session_id), call.cause().as_ref());
        return Ok(Reply::from(SessionLeft { session_id, error: None }).into());
    }
    Ok(Answer::handed(move |completion| {
        let hub = Arc::clone(&client.hub);
        let user = client.user.id.clone();
        hub.commit(
            session_id,
            |sessions| sessions.quit(&user, session_id),
            move |windows, out| match out {
                Ok(mut out) => {
                    windows.tell(&out.told);
                    // This window hears by the answer.
                    out.windows.retain(|window| *window != client.id);
                    client.close_unseen();
                    client.hub.tell_out(&out, None, windows.cause.as_ref());
                    let (hub, cause) = (Arc::clone(&client.hub), windows.cause.clone());
                    let another = move || hub.show_another(&[client], session_id, cause.as_ref());
                    completion.finish(Ok(Reply::from(SessionLeft { session_id, error: None }).then(another)));
                }
                Err(denied) => completion.finish(Err(denied.into())),
            },
        );
    }))
}

/// Changes a session's name, description or settings. Whom the settings do not let be is told why.
pub(super) fn update(call: &Call, request: SessionUpdate) -> Result<Answer<SessionUpdated>, Refusal> {
    let client = Arc::clone(&call.client);
    Ok(Answer::handed(move |completion| {
        let (hub, user, session) = (Arc::clone(&client.hub), client.user.id.clone(), request.session_id);
        let update = |sessions: &Sessions| {
            let updated = sessions.update(&user, &request);
            let decided = updated.iter().flat_map(|updated| &updated.decided);
            decided.filter(|(_, joined)| joined.is_ok()).for_each(|(user, _)| hub.lasting.chat.joined(session, user));
            updated
        };
        hub.commit(session, update, move |windows, updated| match updated {
            Ok(Updated { told, out, decided }) => {
                let (hub, cause) = (&client.hub, &windows.cause);
                let entered = decided.iter().filter_map(|(user, joined)| Some((user, joined.as_ref().ok()?)));
                // Who is new is to know the session before they hear of it.
                for (user, joined) in entered.clone() {
                    hub.welcome(user, joined.session.clone(), None, cause.clone());
                }
                windows.tell_others(&client.id, &told);
                completion.finish(Ok(told.into()));
                for (out, why) in &out {
                    windows.tell(&out.told);
                    hub.tell_out(out, Some(Refusal::from(*why)), cause.as_ref());
                }
                entered.filter_map(|(_, joined)| joined.told.as_ref()).for_each(|told| windows.tell(told));
                for (user, why) in decided.iter().filter_map(|(user, joined)| Some((user, joined.as_ref().err()?))) {
                    hub.tell_refused(user, session, Refusal::from(*why), cause.clone());
                }
                if !decided.is_empty() {
                    hub.tell_asking(session, cause.clone());
                }
            }
            Err(denied) => completion.finish(Err(denied.into())),
        });
    }))
}

/// Ends a session for everybody, with the shells in it.
pub(super) fn delete(call: &Call, request: SessionDelete) -> Result<Answer<SessionDeleted>, Refusal> {
    let (client, session_id, cause) = (Arc::clone(&call.client), request.session_id, call.cause());
    Ok(Answer::handed(move |completion| {
        let hub = Arc::clone(&client.hub);
        hub.in_order(|| {
            let deleted = hub.sessions.delete(&client.user.id, session_id);
            let theirs = deleted.as_ref().map(|deleted| hub.rooms.of(&deleted.windows)).unwrap_or_default();
            move || match deleted {
                Ok(deleted) => {
                    let told = SessionDeleted { session_id };
                    windows::tell_others(&theirs, &client.id, session_id, &told, cause.clone());
                    completion.finish(Ok(told.into()));
                    client.hub.show_another(&theirs, session_id, cause.as_ref());
                    client.hub.lasting.chat.forget(session_id);
                    deleted.terminals.into_iter().for_each(|terminal| client.hub.end(terminal));
                    for ended in client.hub.lasting.shares.forget(session_id) {
                        let why = "The session has been deleted by its owner.";
                        client.hub.end_visits(ended, why, cause.as_ref());
                    }
                }
                Err(denied) => completion.finish(Err(denied.into())),
            }
        });
    }))
}

/// Gives a member another role, or the session another owner.
pub(super) fn set_role(call: &Call, request: MemberSetRole) -> Result<Answer<UserUpdated>, Refusal> {
    let client = Arc::clone(&call.client);
    let MemberSetRole { session_id, user_id, role } = request;
    Ok(Answer::handed(move |completion| {
        let (hub, by) = (Arc::clone(&client.hub), client.user.id.clone());
        hub.commit(
            session_id,
            |sessions| {
                let updated = sessions.set_role(&by, session_id, &user_id, role)?;
                hub.lasting.shares.appoint(&user_id, role);
                Ok::<_, Denied>((updated, user_id))
            },
            move |windows, updated| match updated {
                Ok(((updated, seen), user_id)) => {
                    client.hub.welcome(&user_id, seen, None, windows.cause.clone());
                    windows.tell_others(&client.id, &updated);
                    completion.finish(Ok(updated.into()));
                    client.hub.reappoint(session_id, &user_id, windows.cause.as_ref());
                    // Another owner is to know who asks.
                    client.hub.tell_asking(session_id, windows.cause.clone());
                }
                Err(denied) => completion.finish(Err(denied.into())),
            },
        );
    }))
}

/// Puts a member out. A guest's visit ends with that.
pub(super) fn remove(call: &Call, request: MemberRemove) -> Result<Answer<UserLeft>, Refusal> {
    let client = Arc::clone(&call.client);
    let MemberRemove { session_id, user_id } = request;
    Ok(Answer::handed(move |completion| {
        let (hub, by) = (Arc::clone(&client.hub), client.user.id.clone());
        hub.commit(
            session_id,
            |sessions| sessions.remove(&by, session_id, &user_id),
            move |windows, out| match out {
                Ok(out) => {
                    windows.tell_others(&client.id, &out.told);
                    completion.finish(Ok(out.told.clone().into()));
                    let why = "The owner has put you out of this session.";
                    let error = Refusal::new(RefusalCode::Forbidden, why);
                    if is_guest(&out.user_id) {
                        client.hub.lasting.shares.dismiss(&out.user_id);
                        client.hub.lasting.chat.left(session_id, &out.user_id);
                        client.hub.see_off(&out.windows, session_id, error, windows.cause.clone());
                    } else {
                        client.hub.tell_out(&out, Some(error), windows.cause.as_ref());
                    }
                }
                Err(denied) => completion.finish(Err(denied.into())),
            },
        );
    }))
}

/// Lets somebody in who asks, or not.
pub(super) fn decide(call: &Call, request: JoinDecide) -> Result<Answer<JoinDecided>, Refusal> {
    let client = Arc::clone(&call.client);
    let JoinDecide { session_id, user_id, approved } = request;
    Ok(Answer::handed(move |completion| {
        let (hub, by) = (Arc::clone(&client.hub), client.user.id.clone());
        let newcomer = user_id.clone();
        let decide = |sessions: &Sessions| {
            let decided = sessions.decide(&by, session_id, &newcomer, approved);
            if let Ok(Some(_)) = decided {
                hub.lasting.chat.joined(session_id, &newcomer);
                hub.lasting.shares.admit(&newcomer);
            }
            decided
        };
        hub.commit(session_id, decide, move |windows, decided| match decided {
            Ok(joined) => {
                let told = JoinDecided { session_id, user_id: user_id.clone(), approved };
                let owners = client.hub.rooms.of(&client.hub.sessions.windows_of(&client.user.id));
                windows::tell_others(&owners, &client.id, session_id, &told, windows.cause.clone());
                completion.finish(Ok(told.into()));
                match joined {
                    Some(joined) => {
                        client.hub.welcome(&user_id, joined.session, None, windows.cause.clone());
                        if let Some(told) = &joined.told {
                            windows.tell(told);
                        }
                    }
                    None => {
                        let why = "The owner of this session has not let you in.";
                        let error = Refusal::new(RefusalCode::Forbidden, why);
                        client.hub.tell_refused(&user_id, session_id, error, windows.cause.clone());
                    }
                }
                client.hub.tell_asking(session_id, windows.cause.clone());
            }
            Err(denied) => completion.finish(Err(denied.into())),
        });
    }))
}
