//! The share family: links made, listed and revoked.

use std::sync::Arc;

use app::protocol::{
    Refusal, RefusalCode,
    share::{Share, ShareCreate, ShareCreated, ShareList, ShareRevoke, ShareRevoked, SharesListed},
    workspace::MemberRole,
};

use super::{
    answer::{Answer, Reply},
    denial::sentence,
    traced::Call,
    windows,
};
use crate::{
    share::{self, Link, TooManyLinks, Wanted, timestamp},
    workspace::{Action, Denied},
};

/// The longest time that a link may be given, in seconds: ten years.
const MAX_LIFETIME: u64 = 10 * 365 * 24 * 3_600;

/// Makes a link. Its secret is in the answer, and nowhere else.
pub(super) fn create(call: &Call, request: ShareCreate) -> Result<Answer<ShareCreated>, Refusal> {
    let client = Arc::clone(&call.client);
    let ShareCreate { session_id: session, terminal_id: terminal, role, expires_in_seconds } = request;
    client.hub.sessions.allow(&client.user.id, session, Action::Share)?;
    if client.hub.settings.is_open {
        let message = "Everybody who can connect owns this server's sessions; start it with a token to share one.";
        return Err(Refusal { field: Some("auth".to_owned()), ..Refusal::new(RefusalCode::NotConfigured, message) });
    }
    let role = role.unwrap_or(MemberRole::Viewer);
    if role == MemberRole::Owner {
        return Err(Denied::NoSuchRole.into());
    }
    let is_there = |id| client.hub.sessions.access(&client.user.id, id).is_some_and(|(of, _)| of == session);
    if !terminal.is_none_or(is_there) {
        return Err(Refusal::not_found("terminalId", "terminal"));
    }
    if expires_in_seconds.is_some_and(|seconds| !(1..=MAX_LIFETIME).contains(&seconds)) {
        let message = format!("A link works for 1 to {MAX_LIFETIME} seconds, or until it is revoked.");
        return Err(Refusal::invalid("expiresInSeconds", message));
    }
    let now = share::now();
    let expires_at = expires_in_seconds.map(|seconds| now + seconds * 1_000_000);
    Ok(Answer::handed(move |completion| {
        let hub = Arc::clone(&client.hub);
        let created = move |created: Result<_, TooManyLinks>| {
            completion.finish(match created {
                Ok((link, secret)) => {
                    let token = share::Secret::reveal(&secret).to_owned();
                    let base_path = client.hub.settings.path.strip_suffix("/socket.io").unwrap_or_default();
                    let url = format!("{base_path}/?share={token}");
                    let share = Share { token: Some(token), url: Some(url), ..view(link, 0) };
                    Ok(ShareCreated { share }.into())
                }
                Err(error) => {
                    let message = format!("{}; revoke one first.", sentence(&error.to_string()));
                    Err(Refusal::new(RefusalCode::LimitReached, message))
                }
            });
        };
        hub.lasting.shares.create(Wanted { session, terminal, role, expires_at }, now, created);
    }))
}

/// Tells an owner which links work.
pub(super) fn list(call: &Call, request: ShareList) -> Result<Answer<SharesListed>, Refusal> {
    let (client, session_id) = (&call.client, request.session_id);
    client.hub.sessions.allow(&client.user.id, session_id, Action::Share)?;
    let links = client.hub.lasting.shares.of_session(session_id, share::now()).into_iter();
    let shares = links.map(|(link, guests)| view(link, guests)).collect();
    Ok(Reply::from(SharesListed { session_id, shares }).into())
}

/// Ends a link, and with it the visits of all who came by it.
pub(super) fn revoke(call: &Call, request: ShareRevoke) -> Result<Answer<ShareRevoked>, Refusal> {
    let (client, share_id, cause) = (Arc::clone(&call.client), request.share_id, call.cause());
    let not_found = || Refusal::not_found("shareId", "share link");
    let link = client.hub.lasting.shares.get(share_id, share::now()).ok_or_else(not_found)?;
    client.hub.sessions.allow(&client.user.id, link.session, Action::Share).map_err(|denied| match denied {
        Denied::NoSession => not_found(),
        denied => denied.into(),
    })?;
    Ok(Answer::handed(move |completion| {
        let hub = Arc::clone(&client.hub);
        let because = cause.clone();
        let revoked = move || {
            let told = ShareRevoked { share_id };
            let theirs = client.hub.rooms.of(&client.hub.sessions.windows_of(&client.user.id));
            windows::tell_others(&theirs, &client.id, link.session, &told, because);
            completion.finish(Ok(told.into()));
        };
        if let Some(ended) = hub.lasting.shares.revoke(share_id, revoked) {
            hub.end_visits(ended, "The link you came by has been revoked.", cause.as_ref());
        }
    }))
}

fn view(link: Link, guests: usize) -> Share {
    let Link { id, session: session_id, terminal: terminal_id, role, created_at, expires_at } = link;
    let (created_at, expires_at) = (timestamp(created_at), expires_at.map(timestamp));
    Share { id, session_id, terminal_id, role, created_at, expires_at, guests: guests as u64, token: None, url: None }
}
