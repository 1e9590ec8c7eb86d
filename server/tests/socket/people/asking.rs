//! Who asks to be let in: asked about, decided about, gone again.

use serde_json::{Value, json};

use super::{Scene, check, link};
use crate::support::{Client, Packet};

#[tokio::test]
async fn who_waits_is_told_when_a_setting_decides_about_them() {
    let mut scene = Scene::set("viewer").await;
    let session = scene.session.clone();
    let update = |settings: Value| json!({"sessionId": session, "settings": settings});
    scene.ada.granted("session_update", update(json!({"requireApprovalForJoin": true, "maxUsers": 3}))).await;
    let (viewer, collaborator) =
        (link(&mut scene.ada, &session, "viewer").await, link(&mut scene.ada, &session, "collaborator").await);
    let mut waiting = Vec::new();
    for (user, token) in [("bob", &collaborator), ("cleo", &viewer), ("dan", &viewer)] {
        let mut window = Client::connect_as(&scene.server, user).await;
        let joined = window.granted("session_join", json!({"sessionId": session, "shareToken": token})).await;
        assert_eq!(joined["status"], "waiting");
        window.settle().await;
        waiting.push(window);
    }
    let [bob, cleo, dan] = &mut waiting[..] else { panic!("three wait") };
    scene.ada.granted("session_update", update(json!({"allowCollaborators": false}))).await;
    check(&bob.event("session:refused").await, "forbidden", Some("role"));
    let asking = |count: usize| move |told: &Value| told["asking"].as_array().unwrap().len() == count;
    scene.ada.settle().await;

    // Nobody is asked any more: who waits comes in, as long as there is room.
    scene.ada.granted("session_update", update(json!({"requireApprovalForJoin": false}))).await;
    let joined = cleo.event("session:joined").await;
    assert_eq!((&joined["status"], &joined["session"]["role"]), (&json!("joined"), &json!("viewer")));
    check(&dan.event("session:refused").await, "limit_reached", Some("sessionId"));
    for member in [&mut scene.ada, &mut scene.eve] {
        let told = member.event_if("user:joined", |told| told["user"]["userId"] == "cleo").await;
        assert_eq!(told["revision"], joined["session"]["revision"]);
    }
    scene.ada.event_if("join:requested", asking(0)).await;
    // She heard of nothing of the session before she knew it.
    let heard = cleo.settle().await;
    let names = heard.iter().filter_map(|packet| match packet {
        Packet::Event { name, body, .. } => Some((name.as_str(), body["revision"].as_u64())),
        _ => None,
    });
    let names: Vec<_> = names.collect();
    let known = joined["session"]["revision"].as_u64();
    assert!(names.iter().all(|(_, revision)| *revision <= known), "{names:?}");
}

#[tokio::test]
async fn the_owner_is_asked_where_they_want_to_be() {
    let mut scene = Scene::set("viewer").await;
    let token = link(&mut scene.ada, &scene.session, "viewer").await;
    let settings = scene.of_session(json!({"settings": {"requireApprovalForJoin": true}}));
    scene.ada.granted("session_update", settings).await;
    let mut bob = Client::connect_as(&scene.server, "bob").await;
    let join = scene.of_session(json!({"shareToken": token}));
    for _ in 0..2 {
        let waiting = bob.granted("session_join", join.clone()).await;
        assert_eq!((&waiting["status"], &waiting["session"]), (&json!("waiting"), &Value::Null));
    }
    let requested = scene.ada.event("join:requested").await;
    assert_eq!(requested["asking"], json!([{"userId": "bob", "name": "bob", "role": "viewer"}]));
    let mut later = Client::connect_as(&scene.server, "ada").await;
    assert_eq!(later.session().await["asking"], requested["asking"]);
    assert_eq!(scene.eve.session().await["asking"], Value::Null, "it is the owner's business");
    let decide = |approved: bool| scene.of_session(json!({"userId": "bob", "approved": approved}));
    let (no, yes) = (decide(false), decide(true));
    check(&scene.eve.ask("join_decide", yes.clone()).await, "forbidden", None);
    scene.ada.granted("join_decide", no.clone()).await;
    assert_eq!(bob.event("session:refused").await["error"]["code"], "forbidden");
    assert_eq!(scene.ada.event("join:requested").await["asking"], json!([]));
    assert_eq!(later.event("join:decided").await["approved"], false);
    check(&scene.ada.ask("join_decide", no).await, "not_found", Some("userId"));

    bob.granted("session_join", join).await;
    scene.ada.event_if("join:requested", |requested| requested["asking"] != json!([])).await;
    scene.ada.granted("join_decide", yes).await;
    let joined = bob.event_if("session:joined", |joined| joined["status"] == "joined").await;
    assert_eq!(joined["session"]["id"], scene.session);
    assert_eq!(scene.eve.event("user:joined").await["user"]["userId"], "bob");
}

#[tokio::test]
async fn who_asks_in_two_places_may_go_from_one() {
    let mut scene = Scene::set("viewer").await;
    let mut carl = Client::connect_as(&scene.server, "carl").await;
    let of_carl = carl.session().await["id"].clone();
    let mut bob = Client::connect_as(&scene.server, "bob").await;
    let session = scene.session.clone();
    for (owner, session) in [(&mut scene.ada, &session), (&mut carl, &of_carl)] {
        let token = link(owner, session, "viewer").await;
        let settings = json!({"requireApprovalForJoin": true});
        owner.granted("session_update", json!({"sessionId": session, "settings": settings})).await;
        bob.granted("session_join", json!({"sessionId": session, "shareToken": token})).await;
        owner.event_if("join:requested", |requested| requested["asking"] != json!([])).await;
    }
    bob.granted("session_leave", json!({"sessionId": session})).await;
    scene.ada.event_if("join:requested", |requested| requested["asking"] == json!([])).await;
    assert_eq!(carl.session().await["asking"][0]["userId"], "bob");
}

#[tokio::test]
async fn no_more_ask_than_an_owner_would_look_through() {
    let mut scene = Scene::set("viewer").await;
    let token = link(&mut scene.ada, &scene.session, "viewer").await;
    let settings = scene.of_session(json!({"settings": {"requireApprovalForJoin": true, "maxUsers": 100}}));
    scene.ada.granted("session_update", settings).await;
    let join = scene.of_session(json!({"shareToken": token}));
    let mut waiting = Vec::new();
    for number in 0..32 {
        let mut window = Client::connect_as(&scene.server, &format!("user{number}")).await;
        assert_eq!(window.granted("session_join", join.clone()).await["status"], "waiting");
        waiting.push(window);
    }
    let mut late = Client::connect_as(&scene.server, "late").await;
    check(&late.ask("session_join", join.clone()).await, "limit_reached", Some("asking"));
    scene.ada.granted("join_decide", scene.of_session(json!({"userId": "user7", "approved": false}))).await;
    assert_eq!(late.granted("session_join", join).await["status"], "waiting");
}

#[tokio::test]
async fn who_goes_asks_no_more() {
    let mut scene = Scene::set("viewer").await;
    let token = link(&mut scene.ada, &scene.session, "viewer").await;
    let settings = scene.of_session(json!({"settings": {"requireApprovalForJoin": true}}));
    scene.ada.granted("session_update", settings).await;
    let mut bob = Client::connect_as(&scene.server, "bob").await;
    bob.granted("session_join", scene.of_session(json!({"shareToken": token}))).await;
    scene.ada.event_if("join:requested", |requested| requested["asking"] != json!([])).await;
    drop(bob);
    scene.ada.event_if("join:requested", |requested| requested["asking"] == json!([])).await;
}
