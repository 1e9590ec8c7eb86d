//! What the guests of a link may do, and who decides it.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use server::workspace::Patience;

use super::{AT_ONCE, guest, session, share, visit, workspace};
use crate::support::{Client, Whole, web};

#[tokio::test]
async fn a_collaborators_link_lets_type() {
    let server = Whole::start(|_| {}).await;
    let mut owner = Client::enter(server.address).await;
    let terminal = owner.open_terminal().await;
    let session = session(&mut owner).await;
    let refused = owner.ask("share_create", json!({"sessionId": session, "role": "owner"})).await;
    assert_eq!((&refused["error"]["code"], &refused["error"]["field"]), (&json!("invalid_payload"), &json!("role")));
    let created = share(&mut owner, &session, json!({"role": "collaborator"})).await;
    let mut guest = guest(server.address, &created).await;
    guest.type_into(&terminal, "hi").await;
    assert_eq!(owner.outputs(2).await, b"hi");
}

#[tokio::test]
async fn holders_of_a_link_are_asked_about_too() {
    let server = Whole::start(|_| {}).await;
    let mut owner = Client::enter(server.address).await;
    let session = session(&mut owner).await;
    let created = share(&mut owner, &session, json!({})).await;
    let settings = |settings: Value| json!({"sessionId": session, "settings": settings});
    owner.granted("session_update", settings(json!({"requireApprovalForJoin": true}))).await;
    let cookie = visit(server.address, &created).await;
    let mut guest = Client::by_cookie(server.address, &cookie).await;
    let ready = guest.ask("session:init", json!({})).await;
    assert_eq!((&ready["config"]["guest"]["isWaiting"], &ready["workspace"]["sessions"]), (&json!(true), &json!([])));
    let asking = owner.event("join:requested").await["asking"][0].clone();
    assert_eq!(asking["userId"], ready["user"]["id"]);
    let decide = json!({"sessionId": session, "userId": asking["userId"], "approved": true});
    owner.granted("join_decide", decide).await;
    assert_eq!(guest.event("session:joined").await["session"]["id"], session);
    // Nobody is asked twice.
    drop(guest);
    let mut again = Client::by_cookie(server.address, &cookie).await;
    assert_eq!(workspace(&mut again).await["sessions"][0]["id"], session);

    // A setting that shuts them out takes out those who are in.
    owner.granted("session_update", settings(json!({"allowObservers": false}))).await;
    assert_eq!(again.event("session:left").await["error"]["code"], "forbidden");
    let mut late = super::guest(server.address, &created).await;
    assert_eq!(workspace(&mut late).await["sessions"], json!([]));
    assert_eq!(late.event("session:refused").await["error"]["code"], "forbidden");
}

#[tokio::test]
async fn a_guest_who_is_put_out_does_not_come_back_by_the_same_cookie() {
    let server = Whole::start(|_| {}).await;
    let mut owner = Client::enter(server.address).await;
    let session = session(&mut owner).await;
    let created = share(&mut owner, &session, json!({})).await;
    let cookie = visit(server.address, &created).await;
    let mut guest = Client::by_cookie(server.address, &cookie).await;
    let id = guest.ask("session:init", json!({})).await["user"]["id"].clone();
    let began = Instant::now();
    owner.granted("member_remove", json!({"sessionId": session, "userId": id})).await;
    guest.event("session:left").await;
    guest.ended().await;
    assert!(began.elapsed() < AT_ONCE, "{:?}", began.elapsed());
    assert_eq!(web::get(server.address, "/api/session", &[("Cookie", &cookie)]).await.status, 401);
}

/// The role of whoever sees one session.
async fn role(client: &mut Client) -> Value {
    workspace(client).await["sessions"][0]["role"].clone()
}

#[tokio::test]
async fn a_guest_keeps_the_role_that_the_owner_has_given_however_long_they_are_away() {
    let directory = tempfile::tempdir().unwrap();
    let impatient = Patience { guest: Duration::ZERO, ..Patience::default() };
    let data_dir = directory.path();
    let start = |listen: Option<SocketAddr>| {
        Whole::start(move |config| {
            // A cookie is for one address.
            config.listen = listen.unwrap_or(config.listen);
            config.patience = impatient;
            config.data_dir = Some(data_dir.to_owned());
        })
    };
    let server = start(None).await;
    let address = server.address;
    let mut owner = Client::enter(server.address).await;
    let session = session(&mut owner).await;
    let mut cookies = Vec::new();
    for (of_link, given) in [("collaborator", "viewer"), ("viewer", "collaborator")] {
        let created = share(&mut owner, &session, json!({"role": of_link})).await;
        let cookie = visit(server.address, &created).await;
        let mut window = Client::by_cookie(server.address, &cookie).await;
        assert_eq!(role(&mut window).await, of_link);
        let id = window.ask("session:init", json!({})).await["user"]["id"].clone();
        let wanted = json!({"sessionId": session, "userId": id, "role": given});
        owner.granted("member_set_role", wanted).await;
        drop(window);
        let left = owner.event_if("user:left", |left| left["userId"] == id).await;
        assert_eq!(left["sessionId"], session);
        owner.granted("chat_message", json!({"sessionId": session, "text": "Come back."})).await;
        let mut again = Client::by_cookie(server.address, &cookie).await;
        assert_eq!(role(&mut again).await, given);
        let unread = workspace(&mut again).await["sessions"][0]["unread"].clone();
        assert_eq!(unread, 1, "what was said meanwhile");
        let pass = again.ask("session:init", json!({})).await["config"]["guest"].clone();
        assert_eq!(pass["role"], given, "{pass}");
        cookies.push((cookie, given));
    }
    server.end().await;

    let server = start(Some(address)).await;
    for (cookie, given) in cookies {
        let mut again = Client::by_cookie(server.address, &cookie).await;
        assert_eq!(role(&mut again).await, given, "after a restart");
    }
}
