//! Share links over real HTTP: exchanged, limited, revoked and expired.

mod roles;
mod secret;

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use server::config::Access;

use crate::support::{
    Client, Packet, Whole,
    web::{self, BEARER},
};

const HTML: (&str, &str) = ("Accept", "text/html");

/// How soon a link that has ended has ended for everybody.
const AT_ONCE: Duration = Duration::from_secs(1);

async fn workspace(client: &mut Client) -> Value {
    client.ask("session:init", json!({})).await["workspace"].clone()
}

/// The session of the server's owner.
async fn session(owner: &mut Client) -> Value {
    workspace(owner).await["sessions"][0]["id"].clone()
}

/// Makes a link.
async fn share(owner: &mut Client, session: &Value, more: Value) -> Value {
    let mut payload = more;
    payload["sessionId"] = session.clone();
    owner.granted("share_create", payload).await
}

/// Opens a link as a browser does, and returns the cookie that it is given.
async fn visit(address: SocketAddr, created: &Value) -> String {
    let url = created["share"]["url"].as_str().unwrap();
    assert_eq!(url, format!("/?share={}", created["share"]["token"].as_str().unwrap()));
    let page = web::get(address, url, &[HTML]).await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("location.replace(\"/\" + location.hash)"), "{}", page.body);
    let cookie = page.headers["set-cookie"].split(';').next().unwrap().to_owned();
    assert!(cookie.contains("=guest_"), "{cookie}");
    cookie
}

/// A guest's window.
async fn guest(address: SocketAddr, created: &Value) -> Client {
    Client::by_cookie(address, &visit(address, created).await).await
}

#[tokio::test]
async fn a_link_makes_a_guest_who_may_look() {
    let server = Whole::start(|_| {}).await;
    let mut owner = Client::enter(server.address).await;
    let terminal = owner.open_terminal().await;
    let session = session(&mut owner).await;
    let created = share(&mut owner, &session, json!({})).await;
    let cookie = visit(server.address, &created).await;
    let mut first = Client::by_cookie(server.address, &cookie).await;
    let ready = first.ask("session:init", json!({})).await;
    let (user, pass) = (&ready["user"], &ready["config"]["guest"]);
    assert_eq!((&user["name"], &user["role"]), (&json!("Guest Amber"), &json!("guest")));
    assert_eq!((&pass["sessionId"], &pass["role"], &pass["isWaiting"]), (&session, &json!("viewer"), &Value::Null));
    let seen = &ready["workspace"]["sessions"];
    assert_eq!((seen.as_array().unwrap().len(), &seen[0]["id"], &seen[0]["role"]), (1, &session, &json!("viewer")));
    let joined = owner.event("user:joined").await;
    assert_eq!(joined["user"]["name"], "Guest Amber");
    let mut second = guest(server.address, &created).await;
    assert_eq!(second.ask("session:init", json!({})).await["user"]["name"], "Guest Birch");

    first.granted("terminal:attach", json!({"terminalId": terminal})).await;
    owner.type_into(&terminal, "hello").await;
    assert_eq!(first.outputs(5).await, b"hello");
    for (request, payload) in [
        ("terminal:input", json!({"terminalId": terminal, "data": "x"})),
        ("terminal:close", json!({"terminalId": terminal})),
        ("session_create", json!({})),
        ("tab_create", json!({"sessionId": session})),
        ("share_create", json!({"sessionId": session})),
        ("share_list", json!({"sessionId": session})),
        ("share_revoke", json!({"shareId": created["share"]["id"]})),
        ("session_delete", json!({"sessionId": session})),
        ("member_set_role", json!({"sessionId": session, "userId": user["id"], "role": "owner"})),
    ] {
        assert_eq!(first.ask(request, payload).await["error"]["code"], "forbidden", "{request}");
    }
    let own = json!({"sessionId": session, "userId": user["id"], "role": "owner"});
    assert_eq!(owner.ask("member_set_role", own).await["error"]["code"], "conflict", "a guest owns nothing");
    let listed = owner.granted("share_list", json!({"sessionId": session})).await;
    assert_eq!((&listed["shares"][0]["id"], &listed["shares"][0]["guests"]), (&created["share"]["id"], &json!(2)));
    assert_eq!(listed["shares"][0]["token"], Value::Null, "it is shown once");

    let as_guest = [("Cookie", cookie.as_str())];
    let me = web::get(server.address, "/api/session", &as_guest).await;
    assert!(me.status == 200 && me.body.contains("Guest Amber"), "{}", me.body);
    for path in ["/metrics", "/api/traces", "/api/traces/stream", "/api/tracker"] {
        assert_eq!(web::get(server.address, path, &as_guest).await.status, 403, "{path}");
    }
    // A reload is the same guest.
    drop(first);
    let mut again = Client::by_cookie(server.address, &cookie).await;
    assert_eq!(again.ask("session:init", json!({})).await["user"]["name"], "Guest Amber");
}

#[tokio::test]
async fn a_revoked_link_ends_at_once_for_everybody() {
    let server = Whole::start(|_| {}).await;
    let mut owner = Client::enter(server.address).await;
    let session = session(&mut owner).await;
    let (created, other) = (share(&mut owner, &session, json!({})).await, share(&mut owner, &session, json!({})).await);
    let cookie = visit(server.address, &created).await;
    let (mut one, mut two) =
        (Client::by_cookie(server.address, &cookie).await, Client::by_cookie(server.address, &cookie).await);
    let mut stays = guest(server.address, &other).await;
    let mut elsewhere = Client::enter(server.address).await;
    one.settle().await;
    let began = Instant::now();
    owner.granted("share_revoke", json!({"shareId": created["share"]["id"]})).await;
    let left = one.event("session:left").await;
    assert_eq!(
        (&left["error"]["code"], &left["error"]["field"]),
        (&json!("forbidden"), &json!("shareToken")),
        "{left}"
    );
    one.ended().await;
    two.ended().await;
    assert!(began.elapsed() < AT_ONCE, "{:?}", began.elapsed());
    assert_eq!(owner.event("user:left").await["sessionId"], session);
    assert_eq!(
        elsewhere.event("share:revoked").await["shareId"],
        created["share"]["id"],
        "their other windows hear of it"
    );
    assert_eq!(web::get(server.address, "/api/session", &[("Cookie", &cookie)]).await.status, 401);
    let page = web::get(server.address, "/", &[("Cookie", &cookie), HTML]).await;
    assert!(page.status == 401 && page.body.contains("Your visit has ended"), "{}", page.body);
    let again = web::get(server.address, created["share"]["url"].as_str().unwrap(), &[HTML]).await;
    assert!(again.status == 404 && again.body.contains("This link does not work"), "{}", again.body);
    let unknown = web::get(server.address, "/?share=never-there", &[HTML]).await;
    let text = |body: &str| body.split("<main>").nth(1).unwrap().to_owned();
    assert_eq!((unknown.status, text(&unknown.body)), (404, text(&again.body)), "nobody learns that it was one");
    let twice = owner.ask("share_revoke", json!({"shareId": created["share"]["id"]})).await;
    assert_eq!((&twice["error"]["code"], &twice["error"]["field"]), (&json!("not_found"), &json!("shareId")));
    assert_eq!(workspace(&mut stays).await["sessions"][0]["id"], session);
}

#[tokio::test]
async fn a_link_expires_by_itself() {
    let server = Whole::start(|_| {}).await;
    let mut owner = Client::enter(server.address).await;
    let session = session(&mut owner).await;
    for seconds in [0, u64::MAX] {
        let refused = owner.ask("share_create", json!({"sessionId": session, "expiresInSeconds": seconds})).await;
        assert_eq!(refused["error"]["field"], "expiresInSeconds", "{refused}");
    }
    let began = Instant::now();
    let created = share(&mut owner, &session, json!({"expiresInSeconds": 2})).await;
    let mut guest = guest(server.address, &created).await;
    let pass = guest.ask("session:init", json!({})).await["config"]["guest"].clone();
    assert_eq!(pass["expiresAt"], created["share"]["expiresAt"]);
    guest.event("session:left").await;
    guest.ended().await;
    let took = began.elapsed();
    assert!((2.0..3.5).contains(&took.as_secs_f64()), "{took:?}");
    let late = web::get(server.address, created["share"]["url"].as_str().unwrap(), &[HTML]).await;
    assert!(late.status == 410 && late.body.contains("This link has expired"), "{}", late.body);
    let listed = owner.granted("share_list", json!({"sessionId": session})).await;
    assert_eq!(listed["shares"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_ends_while_its_guest_comes_in_leaves_nobody_behind() {
    let server = Whole::start(|_| {}).await;
    let mut owner = Client::enter(server.address).await;
    let session = session(&mut owner).await;
    let mut came = 0;
    for round in 0..24_u64 {
        let created = share(&mut owner, &session, json!({})).await;
        let cookie = visit(server.address, &created).await;
        let address = server.address;
        let coming = tokio::spawn(async move { Client::try_by_cookie(address, &cookie).await });
        // At another moment of the handshake each time.
        tokio::time::sleep(Duration::from_micros(120 * round)).await;
        owner.granted("share_revoke", json!({"shareId": created["share"]["id"]})).await;
        let began = Instant::now();
        if let Some(mut guest) = coming.await.unwrap() {
            came += 1;
            guest.ended().await;
            assert!(began.elapsed() < AT_ONCE, "{:?} in round {round}", began.elapsed());
        }
        let members = workspace(&mut owner).await["sessions"][0]["members"].clone();
        assert_eq!(members.as_array().unwrap().len(), 1, "in round {round}: {members}");
        owner.settle().await;
    }
    assert!(came > 0, "or nothing was tried");
}

#[tokio::test]
async fn a_link_may_show_one_terminal_and_nothing_else() {
    let server = Whole::start(|_| {}).await;
    let mut owner = Client::enter(server.address).await;
    let session = session(&mut owner).await;
    let tab = workspace(&mut owner).await["sessions"][0]["tabs"][0].clone();
    let at = json!({"sessionId": session, "tabId": tab["id"], "paneId": tab["panes"][0]["id"]});
    let mut split = at.clone();
    split["direction"] = json!("vertical");
    let beside = owner.granted("pane_split", split).await["pane"]["id"].clone();
    let mut open = json!({"cols": 80, "rows": 24, "paneId": tab["panes"][0]["id"]});
    let shown = owner.granted("terminal:create", open.clone()).await["terminalId"].as_str().unwrap().to_owned();
    open["paneId"] = beside;
    let hidden = owner.granted("terminal:create", open).await["terminalId"].as_str().unwrap().to_owned();
    let elsewhere = owner.ask("share_create", json!({"sessionId": session, "terminalId": "t_0"})).await;
    assert_eq!(elsewhere["error"]["field"], "terminalId");
    let everything = share(&mut owner, &session, json!({})).await;
    let mut looking = self::guest(server.address, &everything).await;
    let looks = looking.ask("session:init", json!({})).await["user"]["name"].clone();
    assert_eq!(looks, "Guest Amber");
    let described = json!({"sessionId": session, "description": "hidden-purpose"});
    owner.granted("session_update", described).await;
    let created = share(&mut owner, &session, json!({"terminalId": shown, "role": "collaborator"})).await;
    assert_eq!(created["share"]["terminalId"], json!(shown));
    let mut guest = guest(server.address, &created).await;
    let seen = workspace(&mut guest).await["sessions"][0].clone();
    assert_eq!((seen["tabs"].as_array().unwrap().len(), seen["tabs"][0]["panes"].as_array().unwrap().len()), (1, 1));
    assert_eq!(seen["tabs"][0]["panes"][0]["terminalId"], json!(shown));
    assert_eq!(seen["tabs"][0]["layout"], json!({"pane": tab["panes"][0]["id"]}));
    // Whose it is, and who else is there; nobody else, nor what the session is for.
    let names = |seen: &Value| {
        let members = seen["members"].as_array().unwrap().iter();
        members.map(|member| member["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((names(&seen), &seen["description"]), (vec!["tester".to_owned(), "Guest Birch".to_owned()], &json!("")));

    guest.granted("terminal:attach", json!({"terminalId": shown})).await;
    guest.type_into(&shown, "yes").await;
    assert_eq!(guest.outputs(3).await, b"yes");
    let other = json!({"terminalId": hidden, "data": "no", "cols": 1, "rows": 1, "seq": 0});
    for request in ["attach", "input", "resize", "close", "detach", "ack"] {
        let ack = guest.ask(&format!("terminal:{request}"), other.clone()).await;
        assert_eq!(ack["error"]["code"], "not_found", "{request}: {ack}");
    }
    for (request, payload) in [
        ("terminal:close", json!({"terminalId": shown})),
        ("terminal:create", json!({"sessionId": session, "cols": 80, "rows": 24})),
        ("tab_create", json!({"sessionId": session})),
        ("chat_message", json!({"sessionId": session, "text": "hello"})),
        ("message_list", json!({"sessionId": session})),
        ("pane_close", at),
    ] {
        assert_eq!(guest.ask(request, payload).await["error"]["code"], "forbidden", "{request}");
    }
    guest.settle().await;
    // Titles, directories, output, words, tabs and panes of others: nothing of it is told.
    owner.type_into(&hidden, "\u{1b}]0;hidden-title\u{7}\u{1b}]7;file:///hidden-dir\u{7}hidden-output").await;
    owner.event("pane:updated").await;
    owner.granted("chat_message", json!({"sessionId": session, "text": "hidden-words"})).await;
    owner.granted("tab_create", json!({"sessionId": session, "title": "hidden-tab"})).await;
    let elsewhere = json!({"sessionId": session, "tabId": tab["id"], "paneId": tab["panes"][0]["id"]});
    owner.granted("session_update", json!({"sessionId": session, "description": "hidden-too"})).await;
    owner.granted("terminal:close", json!({"terminalId": hidden})).await;
    looking.granted("session_leave", json!({"sessionId": session})).await;
    let another = self::guest(server.address, &everything).await;
    owner.event("user:joined").await;
    drop(another);
    owner.settle().await;
    let heard = guest.settle().await;
    let told = |packet: &Packet| matches!(packet, Packet::Event { name, .. } if name != "clock:probed");
    assert!(!heard.iter().any(told), "{heard:?}");
    assert_eq!(workspace(&mut guest).await["sessions"][0]["tabs"], seen["tabs"]);
    // What concerns their terminal is.
    owner.type_into(&shown, "\u{1b}]7;file:///shown-dir\u{7}").await;
    let told = guest.event("session:joined").await;
    assert_eq!(told["session"]["tabs"][0]["panes"][0]["cwd"], "/shown-dir");
    // So is who else comes to look at it.
    let mut third = self::guest(server.address, &everything).await;
    third.granted("pane_focus", elsewhere).await;
    let told = guest.event_if("session:joined", |told| names(&told["session"]).len() == 3).await;
    assert!(!told.to_string().contains("hidden"), "{told}");
}

#[tokio::test]
async fn where_everybody_is_the_owner_there_is_nothing_to_share() {
    let server = Whole::start(|config| config.access = Access::Open).await;
    let mut owner = Client::enter(server.address).await;
    let session = session(&mut owner).await;
    let refused = owner.ask("share_create", json!({"sessionId": session})).await;
    assert_eq!((&refused["error"]["code"], &refused["error"]["field"]), (&json!("not_configured"), &json!("auth")));
}

#[tokio::test]
async fn who_is_somebody_here_stays_that_when_they_open_a_link() {
    let server = Whole::start(|_| {}).await;
    let mut owner = Client::enter(server.address).await;
    let session = session(&mut owner).await;
    let created = share(&mut owner, &session, json!({})).await;
    let url = created["share"]["url"].as_str().unwrap();
    let page = web::get(server.address, url, &[BEARER, HTML]).await;
    assert_eq!((page.status, page.headers.get("set-cookie")), (200, None));
    assert!(page.body.contains("location.replace(\"/\" + location.hash)"), "{}", page.body);
    // From elsewhere the browser sends no cookie: it comes again before anything is decided.
    let page = web::get(server.address, url, &[HTML, ("Sec-Fetch-Site", "cross-site")]).await;
    assert_eq!((page.status, page.headers.get("set-cookie")), (200, None));
    assert!(page.body.contains("share="), "{}", page.body);
}
