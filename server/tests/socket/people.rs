//! Who may be in a session: joined, asked, put out, and each setting as it is enforced.

use std::time::Duration;

use serde_json::{Value, json};
use server::{terminal::Limits, workspace::Patience};

use crate::support::{Client, Packet, TestServer};

/// Asks for what is refused, with that code.
#[track_caller]
fn check(ack: &Value, code: &str, field: Option<&str>) {
    let error = &ack["error"];
    assert_eq!((&error["code"], error["field"].as_str()), (&json!(code), field), "{ack}");
    assert!(error["message"].as_str().unwrap().ends_with('.'), "{ack}");
}

/// A link into the owner's session, and its secret.
async fn link(owner: &mut Client, session: &Value, role: &str) -> Value {
    owner.granted("share_create", json!({"sessionId": session, "role": role})).await["share"]["token"].clone()
}

/// Ada's session with a terminal, and eve who has come into it with a role.
struct Scene {
    server: TestServer,
    ada: Client,
    eve: Client,
    session: Value,
    terminal: String,
}

impl Scene {
    async fn set(role: &str) -> Self {
        Self::set_with(role, Patience::default()).await
    }

    async fn set_with(role: &str, patience: Patience) -> Self {
        let server = TestServer::start_with(Limits::default(), |settings| settings.patience = patience).await;
        let mut ada = Client::connect_as(&server, "ada").await;
        let mut eve = Client::connect_as(&server, "eve").await;
        let terminal = ada.open_terminal().await;
        let session = ada.session().await["id"].clone();
        let token = link(&mut ada, &session, role).await;
        let joined = eve.granted("session_join", json!({"sessionId": session, "shareToken": token})).await;
        assert_eq!((&joined["status"], &joined["session"]["role"]), (&json!("joined"), &json!(role)), "{joined}");
        Self { server, ada, eve, session, terminal }
    }

    fn of_session(&self, more: Value) -> Value {
        let mut payload = json!({"sessionId": self.session});
        let Value::Object(more) = more else { panic!("{more} is no object") };
        payload.as_object_mut().unwrap().extend(more);
        payload
    }

    fn typed(&self) -> Value {
        json!({"terminalId": self.terminal, "data": "x"})
    }
}

#[tokio::test]
async fn who_has_a_link_comes_in_and_everybody_hears_of_it() {
    let Scene { server, mut ada, mut eve, session, terminal } = Scene::set("viewer").await;
    let joined = ada.event("user:joined").await;
    assert_eq!((&joined["user"]["userId"], &joined["user"]["online"]), (&json!("eve"), &json!(true)), "{joined}");
    let seen = ada.session().await;
    assert_eq!((&seen["revision"], seen["members"].as_array().unwrap().len()), (&joined["revision"], 2));
    assert_ne!(seen["members"][0]["color"], seen["members"][1]["color"]);

    eve.granted("terminal:attach", json!({"terminalId": terminal})).await;
    ada.type_into(&terminal, "hello").await;
    assert_eq!(eve.outputs(5).await, b"hello");
    check(&eve.ask("terminal:input", json!({"terminalId": terminal, "data": "x"})).await, "forbidden", None);
    check(&eve.ask("tab_create", json!({"sessionId": session})).await, "forbidden", None);
    check(&eve.ask("share_create", json!({"sessionId": session})).await, "forbidden", None);
    check(&eve.ask("session_update", json!({"sessionId": session, "name": "mine"})).await, "forbidden", None);
    // In the rooms of both sessions.
    let sessions = eve.ask("session:init", json!({})).await["workspace"].clone();
    assert_eq!((sessions["sessions"].as_array().unwrap().len(), &sessions["activeSessionId"]), (2, &session));
    let another = Client::connect_as(&server, "eve").await;
    let present = ada.event("user:presence").await;
    assert_eq!(present["user"]["clientIds"].as_array().unwrap().len(), 2, "{present}");
    drop(another);
    assert_eq!(ada.event("user:presence").await["user"]["clientIds"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn without_a_link_there_is_no_session() {
    let Scene { server, mut ada, session, .. } = Scene::set("viewer").await;
    let mut bob = Client::connect_as(&server, "bob").await;
    check(&bob.ask("session_join", json!({"sessionId": session})).await, "not_found", Some("sessionId"));
    let guessed = json!({"sessionId": session, "shareToken": "guessed"});
    check(&bob.ask("session_join", guessed).await, "not_found", Some("shareToken"));
    let of_bob = bob.session().await["id"].clone();
    let token = link(&mut ada, &session, "viewer").await;
    let elsewhere = json!({"sessionId": of_bob, "shareToken": token});
    assert_eq!(bob.ask("session_join", elsewhere).await["session"]["role"], "owner", "his own needs no link");
    check(
        &ada.ask("session_join", json!({"sessionId": of_bob, "shareToken": token})).await,
        "not_found",
        Some("shareToken"),
    );
    for (request, more) in [
        ("session_leave", json!({})),
        ("session_delete", json!({})),
        ("member_remove", json!({"userId": "ada"})),
        ("member_set_role", json!({"userId": "bob", "role": "owner"})),
        ("join_decide", json!({"userId": "bob", "approved": true})),
        ("share_list", json!({})),
        ("message_list", json!({})),
        ("chat_message", json!({"text": "hello"})),
    ] {
        let mut payload = more;
        payload["sessionId"] = session.clone();
        check(&bob.ask(request, payload).await, "not_found", Some("sessionId"));
    }
}

#[tokio::test]
async fn the_owner_gives_roles_and_hands_the_session_over() {
    let mut scene = Scene::set("viewer").await;
    check(&scene.eve.ask("terminal:input", scene.typed()).await, "forbidden", None);
    let role = |user: &str, role: &str| scene.of_session(json!({"userId": user, "role": role}));
    let (lift, take, back) = (role("eve", "collaborator"), role("eve", "owner"), role("ada", "viewer"));
    let (stranger, mine) = (role("nobody", "viewer"), role("ada", "collaborator"));
    let (of_session, typed) = (scene.of_session(json!({})), scene.typed());
    let Scene { ada, eve, .. } = &mut scene;
    check(&ada.ask("member_set_role", stranger).await, "not_found", Some("userId"));
    check(&ada.ask("member_set_role", mine).await, "conflict", Some("userId"));
    check(&eve.ask("member_set_role", take.clone()).await, "forbidden", None);
    let updated = ada.granted("member_set_role", lift).await;
    assert_eq!(eve.event("user:updated").await["members"], updated["members"]);
    eve.granted("terminal:input", typed).await;

    let updated = ada.granted("member_set_role", take).await;
    let roles: Vec<_> = updated["members"].as_array().unwrap().iter().map(|member| member["role"].clone()).collect();
    assert_eq!(roles, ["collaborator", "owner"]);
    check(&ada.ask("session_delete", of_session.clone()).await, "forbidden", None);
    eve.granted("member_set_role", back).await;
    check(&eve.ask("session_leave", of_session.clone()).await, "conflict", Some("userId"));
    ada.granted("session_leave", of_session).await;
    assert_eq!(eve.event("user:left").await["userId"], "ada");
}

#[tokio::test]
async fn who_is_put_out_sees_nothing_more() {
    let mut scene = Scene::set("collaborator").await;
    let (put_out, of_session) = (scene.of_session(json!({"userId": "eve"})), scene.of_session(json!({})));
    let attach = json!({"terminalId": scene.terminal});
    let mut other = Client::connect_as(&scene.server, "ada").await;
    let Scene { ada, eve, terminal, session, .. } = &mut scene;
    eve.granted("terminal:attach", attach.clone()).await;
    check(&eve.ask("member_remove", put_out.clone()).await, "forbidden", None);
    ada.granted("member_remove", put_out.clone()).await;
    let left = eve.event("session:left").await;
    assert_eq!((&left["sessionId"], &left["error"]["code"]), (&*session, &json!("forbidden")), "{left}");
    // She is shown a session of her own.
    eve.event_if("session:joined", |joined| joined["sessionId"] != *session).await;
    assert_eq!(other.event("user:left").await["userId"], "eve");
    eve.settle().await;
    ada.type_into(terminal, "secret").await;
    ada.granted("session_update", json!({"sessionId": session, "name": "ours"})).await;
    ada.settle().await;
    let heard = eve.settle().await;
    let about = |packet: &Packet| matches!(packet, Packet::Event { name, .. } if name != "clock:probed");
    assert!(!heard.iter().any(about), "{heard:?}");
    check(&eve.ask("terminal:attach", attach).await, "not_found", Some("terminalId"));
    check(&eve.ask("session_leave", of_session).await, "not_found", Some("sessionId"));
    check(&ada.ask("member_remove", put_out).await, "not_found", Some("userId"));
    check(&ada.ask("member_remove", json!({"sessionId": session, "userId": "ada"})).await, "conflict", Some("userId"));
}

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
    scene.ada.granted("session_update", update(json!({"allowCollaborators": false}))).await;
    check(&bob.ask("session_join", join(&collaborator)).await, "forbidden", Some("role"));
    bob.granted("session_join", join(&viewer)).await;
    let lift = json!({"sessionId": session, "userId": "bob", "role": "collaborator"});
    check(&scene.ada.ask("member_set_role", lift).await, "forbidden", Some("role"));
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
    let none = update(json!({"maxUsers": 2, "allowObservers": false, "allowCollaborators": false}));
    scene.ada.granted("session_update", none).await;
    check(&scene.eve.event_if("session:left", |left| left["sessionId"] == session).await, "forbidden", Some("role"));
}

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
    let no_typing = json!({"requireApprovalForJoin": true, "maxUsers": 3, "allowCollaborators": false});
    scene.ada.granted("session_update", update(no_typing)).await;
    check(&bob.event("session:refused").await, "forbidden", Some("role"));
    let asking = |count: usize| move |told: &Value| told["asking"].as_array().unwrap().len() == count;
    scene.ada.settle().await;

    // Nobody is asked any more: who waits comes in, as long as there is room.
    scene.ada.granted("session_update", update(json!({"maxUsers": 3}))).await;
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
async fn who_watches_a_session_that_is_deleted_hears_the_end_of_its_shells_after_that() {
    let mut scene = Scene::set("viewer").await;
    let attach = json!({"terminalId": scene.terminal});
    scene.ada.granted("terminal:attach", attach.clone()).await;
    scene.eve.granted("terminal:attach", attach).await;
    scene.ada.settle().await;
    scene.eve.settle().await;
    let deleted = json!({"sessionId": scene.session});
    scene.ada.granted("session_delete", deleted).await;
    for window in [&mut scene.ada, &mut scene.eve] {
        let mut heard = Vec::new();
        while heard.last().is_none_or(|name| name != "terminal:closed") {
            if let Some(Packet::Event { name, body, .. }) = window.next().await
                && ["session:deleted", "terminal:closed"].contains(&name.as_str())
            {
                assert!(name != "terminal:closed" || body["terminalId"] == scene.terminal, "{body}");
                heard.push(name);
            }
        }
        assert_eq!(heard, ["session:deleted", "terminal:closed"]);
    }
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

#[tokio::test]
async fn sessions_are_made_named_shown_and_ended() {
    let server = TestServer::start().await;
    let mut ada = Client::connect_as(&server, "ada").await;
    let mut other = Client::connect_as(&server, "ada").await;
    let first = ada.session().await["id"].clone();
    let wanted = json!({"name": " work\u{7} ", "description": "what for", "settings": {"maxUsers": 3}});
    let created = ada.granted("session_create", wanted).await["session"].clone();
    assert_eq!((&created["name"], &created["description"]), (&json!("work"), &json!("what for")));
    assert_eq!((&created["settings"]["maxUsers"], created["tabs"].as_array().unwrap().len()), (&json!(3), 1));
    assert_eq!(other.event("session:created").await["session"], created);
    let workspace = ada.ask("session:init", json!({})).await["workspace"].clone();
    assert_eq!((&workspace["activeSessionId"], workspace["sessions"].as_array().unwrap().len()), (&created["id"], 2));
    ada.granted("session_join", json!({"sessionId": first})).await;
    assert_eq!(ada.ask("session:init", json!({})).await["workspace"]["activeSessionId"], first);

    let long = json!({"sessionId": created["id"], "name": "x".repeat(201)});
    check(&ada.ask("session_update", long).await, "invalid_payload", Some("name"));
    let long = json!({"sessionId": created["id"], "description": "x".repeat(1_001)});
    check(&ada.ask("session_update", long).await, "invalid_payload", Some("description"));
    let updated = ada.granted("session_update", json!({"sessionId": created["id"], "name": "play"})).await;
    assert_eq!((&updated["name"], &updated["description"]), (&json!("play"), &json!("what for")));
    assert_eq!(updated["revision"], json!(created["revision"].as_u64().unwrap() + 1));

    let in_it = json!({"sessionId": created["id"], "cols": 80, "rows": 24});
    let terminal = ada.granted("terminal:create", in_it).await["terminalId"].clone();
    ada.granted("session_delete", json!({"sessionId": created["id"]})).await;
    assert_eq!(other.event("session:deleted").await["sessionId"], created["id"]);
    check(&ada.ask("terminal:attach", json!({"terminalId": terminal})).await, "not_found", Some("terminalId"));
    check(&ada.ask("session_join", json!({"sessionId": created["id"]})).await, "not_found", Some("sessionId"));

    ada.granted("session_delete", json!({"sessionId": first})).await;
    let made = ada.event_if("session:joined", |joined| joined["sessionId"] != first).await;
    assert_eq!(made["session"]["role"], "owner", "whoever has signed in has a session");
    for _ in 1..64 {
        ada.granted("session_create", json!({})).await;
    }
    check(&ada.ask("session_create", json!({})).await, "limit_reached", None);
}
