//! Each setting of a session as it is enforced: for who comes, for who is in, for who is away, and after a restart.

use std::time::Duration;

use serde_json::{Value, json};
use server::workspace::Patience;

use super::{Scene, check, link};
use crate::support::{Client, Packet, TestServer};

#[tokio::test]
async fn a_session_takes_as_many_and_such_people_as_its_owner_allows() {
    let mut scene = Scene::set("viewer").await;
    let (viewer, collaborator) = (
        link(&mut scene.ada, &scene.session, "viewer").await,
        link(&mut scene.ada, &scene.session, "collaborator").await,
    );
    let mut bob = Client::connect_as(&scene.server, "bob").await;
    let session = scene.session.clone();
    let update = |settings: Value| json!({"sessionId": session, "settings": settings});
    let join = |token: &Value| json!({"sessionId": session, "shareToken": token});
    check(
        &scene.ada.ask("session_update", update(json!({"maxUsers": 0}))).await,
        "invalid_payload",
        Some("settings.maxUsers"),
    );
    scene.ada.granted("session_update", update(json!({"maxUsers": 2}))).await;
    assert_eq!(scene.eve.event("session:updated").await["settings"]["maxUsers"], 2);
    let refused = bob.ask("session_join", join(&viewer)).await;
    check(&refused, "limit_reached", Some("sessionId"));
    assert!(refused["error"]["message"].as_str().unwrap().contains("allows 2 people"), "{refused}");
    scene.ada.granted("session_update", update(json!({"allowObservers": false}))).await;
    check(&bob.ask("session_join", join(&viewer)).await, "forbidden", Some("role"));
    scene.ada.granted("session_update", update(json!({"allowObservers": true, "allowCollaborators": false}))).await;
    check(&bob.ask("session_join", join(&collaborator)).await, "forbidden", Some("role"));
    bob.granted("session_join", join(&viewer)).await;
    let lift = json!({"sessionId": session, "userId": "bob", "role": "collaborator"});
    check(&scene.ada.ask("member_set_role", lift).await, "forbidden", Some("role"));
}

#[tokio::test]
async fn a_setting_that_is_not_named_stays_as_it_is() {
    let mut scene = Scene::set("viewer").await;
    let session = scene.session.clone();
    let update = |settings: Value| json!({"sessionId": session, "settings": settings});
    scene.ada.granted("session_update", update(json!({"maxUsers": 7, "sessionTimeoutMinutes": 3}))).await;
    let told = scene.ada.granted("session_update", update(json!({"requireApprovalForJoin": true}))).await;
    let all = json!({
        "allowObservers": true, "allowCollaborators": true, "requireApprovalForJoin": true,
        "autoCloseOnOwnerDisconnect": false, "sessionTimeoutMinutes": 3, "maxUsers": 7,
    });
    assert_eq!(told["settings"], all);
    let bad = update(json!({"maxUsers": 1_001, "sessionTimeoutMinutes": 0}));
    check(&scene.ada.ask("session_update", bad).await, "invalid_payload", Some("settings.maxUsers"));
    assert_eq!(scene.ada.session().await["settings"], all, "all or nothing");
}

#[tokio::test]
async fn a_setting_holds_for_who_is_in_already() {
    let mut scene = Scene::set("viewer").await;
    let session = scene.session.clone();
    let update = |settings: Value| json!({"sessionId": session, "settings": settings});
    let mut bob = Client::connect_as(&scene.server, "bob").await;
    let token = link(&mut scene.ada, &session, "collaborator").await;
    bob.granted("session_join", json!({"sessionId": session, "shareToken": token})).await;
    let attach = json!({"terminalId": scene.terminal});
    scene.eve.granted("terminal:attach", attach.clone()).await;

    // She has signed in, and looks: that is not allowed any more.
    scene.ada.granted("session_update", update(json!({"allowObservers": false}))).await;
    let left = scene.eve.event("session:left").await;
    check(&left, "forbidden", Some("role"));
    assert_eq!(left["sessionId"], session);
    scene.eve.event_if("session:joined", |joined| joined["sessionId"] != session).await;
    check(&scene.eve.ask("terminal:attach", attach.clone()).await, "not_found", Some("terminalId"));
    let told = (scene.ada.event("user:left").await, bob.event("user:left").await);
    assert_eq!((&told.0["userId"], &told.1["userId"]), (&json!("eve"), &json!("eve")));
    assert_eq!(told.0["revision"], json!(bob.event("session:updated").await["revision"].as_u64().unwrap() + 1));

    // Who came last goes first, but who is not here goes before.
    let token = link(&mut scene.ada, &session, "collaborator").await;
    let join = json!({"sessionId": session, "shareToken": token});
    scene.eve.granted("session_join", join.clone()).await;
    let mut cleo = Client::connect_as(&scene.server, "cleo").await;
    cleo.granted("session_join", join).await;
    drop(bob);
    let is_bob = |told: &Value| told["user"]["userId"] == "bob" && told["user"]["online"] == false;
    scene.ada.event_if("user:presence", is_bob).await;
    scene.ada.granted("session_update", update(json!({"maxUsers": 2}))).await;
    let gone = [scene.ada.event("user:left").await, scene.ada.event("user:left").await];
    assert_eq!(gone.map(|left| left["userId"].clone()), ["bob", "cleo"]);
    check(&cleo.event("session:left").await, "limit_reached", Some("sessionId"));
    scene.eve.granted("terminal:attach", attach).await;

    // There are no collaborators to go on as, nor viewers.
    scene.ada.granted("session_update", update(json!({"allowCollaborators": false}))).await;
    check(&scene.eve.event_if("session:left", |left| left["sessionId"] == session).await, "forbidden", Some("role"));
}

#[tokio::test]
async fn a_session_may_end_for_the_others_with_its_owners_last_window() {
    let patience = Patience { owner: Duration::ZERO, ..Patience::default() };
    let mut scene = Scene::set_with("collaborator", patience).await;
    let token = link(&mut scene.ada, &scene.session, "viewer").await;
    let settings = scene.of_session(json!({"settings": {"autoCloseOnOwnerDisconnect": true}}));
    scene.ada.granted("session_update", settings).await;
    let second = Client::connect_as(&scene.server, "ada").await;
    let join = scene.of_session(json!({"shareToken": token}));
    drop(scene.ada);
    scene.eve.event("user:presence").await;
    drop(second);
    let left = scene.eve.event("session:left").await;
    assert_eq!(left["error"]["code"], "conflict", "{left}");
    check(
        &scene.eve.ask("terminal:attach", json!({"terminalId": scene.terminal})).await,
        "not_found",
        Some("terminalId"),
    );
    check(&scene.eve.ask("session_join", join.clone()).await, "conflict", Some("sessionId"));
    // The shells stay for the owner.
    let mut ada = Client::connect_as(&scene.server, "ada").await;
    ada.granted("terminal:attach", json!({"terminalId": scene.terminal})).await;
    scene.eve.granted("session_join", join).await;
}

#[tokio::test]
async fn what_was_decided_about_people_holds_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let server = TestServer::start_in(directory.path(), |_| {}).await;
    let mut ada = Client::connect_as(&server, "ada").await;
    let session = ada.session().await["id"].clone();
    let mut joined = Vec::new();
    for (user, role) in [("eve", "collaborator"), ("bob", "viewer"), ("carl", "viewer")] {
        let token = link(&mut ada, &session, role).await;
        let mut window = Client::connect_as(&server, user).await;
        window.granted("session_join", json!({"sessionId": session, "shareToken": token})).await;
        joined.push(window);
    }
    let settings = json!({"autoCloseOnOwnerDisconnect": true, "allowObservers": false, "maxUsers": 4});
    ada.granted("member_set_role", json!({"sessionId": session, "userId": "carl", "role": "collaborator"})).await;
    ada.granted("member_remove", json!({"sessionId": session, "userId": "bob"})).await;
    ada.granted("session_update", json!({"sessionId": session, "settings": settings})).await;
    ada.granted("member_set_role", json!({"sessionId": session, "userId": "eve", "role": "owner"})).await;
    server.end().await;

    let patience = Patience { owner: Duration::from_millis(1_500), ..Patience::default() };
    let server = TestServer::start_in(directory.path(), |settings| settings.patience = patience).await;
    let mut bob = Client::connect_as(&server, "bob").await;
    check(&bob.ask("session_join", json!({"sessionId": session})).await, "not_found", Some("sessionId"));
    let mut ada = Client::connect_as(&server, "ada").await;
    let seen = ada.session().await;
    let roles: Vec<_> = seen["members"].as_array().unwrap().iter().map(|member| member["role"].clone()).collect();
    assert_eq!((&seen["id"], roles), (&session, vec![json!("collaborator"), json!("owner"), json!("collaborator")]));
    assert_eq!((&seen["settings"]["allowObservers"], &seen["settings"]["maxUsers"]), (&json!(false), &json!(4)));
    check(&ada.ask("session_update", json!({"sessionId": session, "name": "mine"})).await, "forbidden", None);
    // The new owner does not come: the time runs from the start on.
    let left = ada.event("session:left").await;
    assert_eq!((&left["sessionId"], &left["error"]["code"]), (&session, &json!("conflict")), "{left}");
    let mut eve = Client::connect_as(&server, "eve").await;
    let seen = eve.granted("session_join", json!({"sessionId": session})).await["session"].clone();
    assert_eq!((&seen["role"], seen["members"].as_array().unwrap().len()), (&json!("owner"), 1), "{seen}");
    server.end().await;
}

#[tokio::test]
async fn shells_may_end_when_nobody_has_had_a_window_for_so_long() {
    let patience = Patience { minute: Duration::from_millis(1), ..Patience::default() };
    let mut scene = Scene::set_with("viewer", patience).await;
    let settings = scene.of_session(json!({"settings": {"sessionTimeoutMinutes": 3}}));
    scene.ada.granted("session_update", settings).await;
    drop(scene.ada);
    scene.eve.granted("terminal:attach", json!({"terminalId": scene.terminal})).await;
    drop(scene.eve);
    let mut ada = Client::connect_as(&scene.server, "ada").await;
    // Either it has ended by now or nobody was away for long enough.
    let deadline = std::time::Instant::now() + Duration::from_secs(10);
    loop {
        ada.ask("terminal:attach", json!({"terminalId": scene.terminal})).await;
        let heard = ada.settle().await;
        if heard.iter().any(|packet| matches!(packet, Packet::Event { name, .. } if name == "terminal:closed")) {
            break;
        }
        assert!(std::time::Instant::now() < deadline, "it goes on");
        drop(ada);
        tokio::time::sleep(Duration::from_millis(400)).await;
        ada = Client::connect_as(&scene.server, "ada").await;
    }
}
