//! Who may be in a session: joined, given roles, put out, and what everybody hears of it.

mod asking;
mod causes;
mod leading;
mod settings;

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
    let (stranger, mine, lower) = (role("nobody", "viewer"), role("ada", "collaborator"), role("eve", "viewer"));
    let sized = json!({"terminalId": scene.terminal, "cols": 90, "rows": 30});
    let (of_session, typed) = (scene.of_session(json!({})), scene.typed());
    let Scene { ada, eve, .. } = &mut scene;
    check(&ada.ask("member_set_role", stranger).await, "not_found", Some("userId"));
    check(&ada.ask("member_set_role", mine).await, "conflict", Some("userId"));
    check(&eve.ask("member_set_role", take.clone()).await, "forbidden", None);
    let updated = ada.granted("member_set_role", lift).await;
    assert_eq!(eve.event("user:updated").await["members"], updated["members"]);
    eve.granted("terminal:input", typed.clone()).await;
    ada.granted("member_set_role", lower).await;
    for (request, payload) in
        [("terminal:input", typed), ("terminal:resize", sized), ("tab_create", of_session.clone())]
    {
        check(&eve.ask(request, payload).await, "forbidden", None);
    }

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
async fn who_turns_to_another_session_is_in_no_pane_of_the_one_before() {
    let mut scene = Scene::set("viewer").await;
    let tab = scene.ada.session().await["tabs"][0].clone();
    let pane = tab["panes"][0]["id"].clone();
    let place = scene.of_session(json!({"tabId": tab["id"], "paneId": pane}));
    scene.ada.granted("pane_focus", place.clone()).await;
    assert_eq!(scene.eve.event("user:focused").await["paneId"], pane);
    // With a window that stays they are where that one is.
    let mut other = Client::connect_as(&scene.server, "ada").await;
    other.granted("pane_focus", place).await;
    scene.eve.settle().await;
    let another = scene.ada.granted("session_create", json!({})).await["session"]["id"].clone();
    let told = scene.eve.event("user:presence").await;
    assert_eq!((&told["sessionId"], &told["user"]["paneId"]), (&scene.session, &pane), "{told}");
    other.granted("session_join", json!({"sessionId": another})).await;
    let told = scene.eve.event("user:presence").await;
    assert_eq!((&told["sessionId"], told["user"].get("paneId")), (&scene.session, None), "{told}");
    assert_eq!(told["user"]["online"], true, "{told}");
}

#[tokio::test]
async fn a_window_that_comes_back_shows_what_it_showed_and_turns_from_there() {
    let mut scene = Scene::set("viewer").await;
    let tab = scene.ada.session().await["tabs"][0].clone();
    let place = scene.of_session(json!({"tabId": tab["id"], "paneId": tab["panes"][0]["id"]}));
    let mut other = Client::connect_as(&scene.server, "ada").await;
    let another = other.granted("session_create", json!({})).await["session"]["id"].clone();
    let mut again = Client::connect_as(&scene.server, "ada").await;
    let resume = json!({"resume": {"sessionId": scene.session, "revision": 1}});
    let ready = again.ask("session:init", resume).await;
    assert_eq!(ready["workspace"]["activeSessionId"], scene.session);
    again.granted("pane_focus", place).await;
    scene.eve.settle().await;
    again.granted("session_join", json!({"sessionId": another})).await;
    let told = scene.eve.event("user:presence").await;
    assert_eq!((&told["sessionId"], told["user"].get("paneId")), (&scene.session, None), "{told}");

    // What it showed is gone: it is shown another one.
    let mut again = Client::connect_as(&scene.server, "ada").await;
    again.ask("session:init", json!({"resume": {"sessionId": scene.session, "revision": 1}})).await;
    other.granted("session_delete", json!({"sessionId": scene.session})).await;
    assert_eq!(again.event("session:joined").await["sessionId"], another);
    // Nobody resumes what is not theirs.
    let ready = again.ask("session:init", json!({"resume": {"sessionId": scene.session, "revision": 1}})).await;
    assert_eq!(ready["workspace"]["activeSessionId"], another);
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
