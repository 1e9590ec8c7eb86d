//! Tabs and panes, as several windows ask for them and are told of them.

use app::{
    protocol::workspace::{Session, Workspace},
    workspace::{Applied, Notice, apply},
};
use rustix::fs::{CWD, FileType, Mode};
use serde_json::{Value, json};
use server::terminal::Limits;

use crate::support::{Client, Packet, Recorder, TestServer, attribute};

/// One window with its own copy of what there is.
struct Window {
    client: Client,
    user: &'static str,
    copy: Workspace,
}

impl Window {
    async fn open(server: &TestServer, user: &'static str) -> Self {
        let mut client = Client::connect_as(server, user).await;
        let ready = client.ask("session:init", json!({})).await;
        client.settle().await;
        Self { client, user, copy: serde_json::from_value(ready["workspace"].clone()).unwrap() }
    }

    /// A window of somebody who comes into the session that this one shows.
    async fn invite(&mut self, server: &TestServer, user: &'static str, role: &str) -> Self {
        let session = self.session().id;
        let shared = self.client.ask("share_create", json!({"sessionId": session, "role": role})).await;
        let mut client = Client::connect_as(server, user).await;
        let join = json!({"sessionId": session, "shareToken": shared["share"]["token"]});
        let joined = client.ask("session_join", join).await;
        assert_eq!(joined["status"], "joined", "{joined}");
        let guest = Self::open(server, user).await;
        assert_eq!(guest.session().id, session, "it is what they are shown from then on");
        drop(client);
        self.follow().await;
        guest
    }

    fn session(&self) -> &Session {
        self.copy.active_session().unwrap()
    }

    /// Names the session, its tab and its pane at these places, and whatever else there is to say.
    fn at(&self, tab: usize, pane: usize, more: Value) -> Value {
        let (session, tab) = (self.session(), &self.session().tabs[tab % self.session().tabs.len()]);
        let pane = &tab.panes[pane % tab.panes.len()];
        let mut payload = json!({"sessionId": session.id, "tabId": tab.id, "paneId": pane.id});
        let Value::Object(more) = more else { panic!("{more} is no object") };
        payload.as_object_mut().unwrap().extend(more);
        payload
    }

    /// Asks for something that is granted and follows what comes of it.
    async fn ask(&mut self, request: &str, payload: Value) -> Value {
        let ack = self.client.ask(request, payload).await;
        assert_eq!(ack["ok"], true, "{request}: {ack}");
        self.follow().await;
        ack
    }

    /// Everything that has been told.
    async fn heard(&mut self) -> Vec<Packet> {
        let mut heard = self.client.settle().await;
        heard.retain(|packet| !matches!(packet, Packet::Event { name, .. } if name == "clock:probed"));
        heard
    }

    /// Follows everything that has been told, without a gap; returns the names of it.
    async fn follow(&mut self) -> Vec<String> {
        let mut told = Vec::new();
        for packet in self.heard().await {
            let Packet::Event { name, body, .. } = packet else { continue };
            if let Some(notice) = Notice::decode(&name, &body.to_string()) {
                let before = self.session().revision;
                let applied = apply(&mut self.copy, &notice.unwrap(), self.user);
                assert_ne!(applied, Applied::Gap, "{name} after {before}: {body}");
            }
            told.push(name);
        }
        told
    }

    /// What the server has.
    async fn sync(&mut self) -> Workspace {
        let answer = self.client.ask("workspace_sync_request", json!({})).await;
        let workspace: Workspace = serde_json::from_value(answer["workspace"].clone()).unwrap();
        assert_eq!(answer["revision"], json!(workspace.active_session().unwrap().revision));
        workspace
    }
}

/// But for the tab that is shown, which is each window's own affair.
fn shared(workspace: &Workspace) -> Session {
    Session { active_tab_id: None, ..workspace.active_session().unwrap().clone() }
}

/// An event without what belongs to its way.
fn body(packet: &Packet) -> (&str, Value) {
    let Packet::Event { name, body, .. } = packet else { panic!("{packet:?}") };
    let mut body = body.clone();
    body.as_object_mut().unwrap().retain(|key, _| !key.starts_with('_'));
    (name, body)
}

#[tokio::test]
async fn a_change_is_answered_to_who_asked_and_told_to_the_other_members_alone() {
    let server = TestServer::start().await;
    let mut asking = Window::open(&server, "ada").await;
    let mut other = Window::open(&server, "ada").await;
    let mut eve = Window::open(&server, "eve").await;
    assert_eq!(asking.follow().await, ["user:presence"], "another window has come");
    let cases = [
        ("tab_create", "tab:created", json!({"title": "logs", "kind": "terminal"})),
        ("tab_rename", "tab:updated", json!({"title": "build"})),
        ("tab_move", "tab:updated", json!({"index": 1})),
        ("pane_split", "pane:created", json!({"direction": "horizontal", "ratio": 0.3})),
        ("pane_resize", "pane:updated", json!({"ratio": 0.4})),
        ("pane_zoom", "pane:updated", json!({"zoomed": true})),
        ("pane_arrange", "pane:updated", json!({"preset": "grid"})),
        ("pane_focus", "user:focused", json!({})),
        ("pane_close", "pane:closed", json!({})),
        ("tab_close", "tab:closed", json!({})),
    ];
    for (number, (request, answer, more)) in cases.into_iter().enumerate() {
        // The first tab has been divided when it is the turn of its panes.
        let tab = usize::from(number > 2);
        let mut payload = asking.at(tab, 0, more);
        payload["_requestId"] = json!(format!("req_{number}"));
        let before = asking.session().revision;
        let id = asking.client.request(request, &[payload], &[]).await;
        let answered = asking.client.next().await.unwrap();
        let Packet::Event { body: raw, .. } = &answered else { panic!("the response comes first: {answered:?}") };
        assert_eq!(raw["_requestId"], format!("req_{number}"), "{request}");
        let Some(Packet::Ack { id: acked, body: ack }) = asking.client.next().await else { panic!("then the ack") };
        assert_eq!((acked, &ack["ok"]), (id, &json!(true)), "{ack}");
        let (name, told) = body(&answered);
        assert_eq!(name, answer);
        let is_change = answer != "user:focused";
        assert_eq!(told["revision"].as_u64(), is_change.then_some(before + 1), "{told}");

        let heard = other.heard().await;
        let [Packet::Event { body: notice, .. }] = &heard[..] else { panic!("{request} is told once: {heard:?}") };
        assert_eq!(notice.get("_requestId"), None);
        assert_eq!(body(&heard[0]), (answer, told.clone()), "the same is told to all");
        for window in [&mut asking, &mut other] {
            let notice = Notice::decode(name, &told.to_string()).unwrap().unwrap();
            assert_eq!(apply(&mut window.copy, &notice, "ada"), Applied::Changed, "{request}");
        }
        assert_eq!(asking.follow().await, [""; 0], "nothing follows");
    }
    assert_eq!(eve.follow().await, [""; 0], "she is no member");
    let there = asking.sync().await;
    assert_eq!(shared(&there), shared(&asking.copy));
    assert_eq!(shared(&there), shared(&other.copy));
}

#[tokio::test]
async fn windows_that_change_the_same_at_the_same_time_come_to_the_same() {
    let server = TestServer::start().await;
    let mut first = Window::open(&server, "ada").await;
    let mut second = first.invite(&server, "carl", "collaborator").await;
    let mut looking = first.invite(&server, "vera", "viewer").await;
    let edit = async |window: &mut Window, offset: usize| {
        for step in offset..offset + 80 {
            let (request, more) = match step % 8 {
                0 | 1 | 5 => {
                    ("pane_split", json!({"direction": if step % 3 == 0 { "vertical" } else { "horizontal" }}))
                }
                2 => ("pane_resize", json!({"ratio": (step % 10) as f64 / 10.0})),
                3 => ("tab_create", json!({"kind": "terminal"})),
                4 => ("tab_move", json!({"index": step % 5})),
                6 => ("pane_close", json!({})),
                _ => ("tab_rename", json!({"title": format!("title {step}")})),
            };
            // The other one may have taken it away meanwhile, or it has no neighbour: that is refused and told to nobody.
            let payload = window.at(step * 7, step * 3, more);
            let ack = window.client.ask(request, payload).await;
            let code = ack["error"]["code"].as_str();
            assert!(ack["ok"] == true || matches!(code, Some("not_found" | "conflict")), "{request}: {ack}");
            window.follow().await;
        }
    };
    tokio::join!(edit(&mut first, 0), edit(&mut second, 1_003));
    for window in [&mut first, &mut second, &mut looking] {
        let there = shared(&window.sync().await);
        assert!(there.revision > 100, "{} changes", there.revision);
        window.follow().await;
        assert_eq!(shared(&window.copy), there);
    }
}

#[tokio::test]
async fn after_a_sync_come_exactly_the_changes_after_it() {
    let server = TestServer::start().await;
    let mut editing = Window::open(&server, "ada").await;
    let mut lost = Window::open(&server, "ada").await;
    let create = editing.at(0, 0, json!({}));
    // It asks in the middle, when it has heard of some of them.
    let last = editing.client.burst("tab_create", &create, 60).await;
    let there = lost.sync().await;
    let mut revision = there.active_session().unwrap().revision;
    editing.client.ack(last).await;
    let late = lost.heard().await;
    let created = late.iter().filter(|packet| matches!(packet, Packet::Event { name, .. } if name == "tab:created"));
    let later = created.map(|packet| body(packet).1["revision"].as_u64().unwrap());
    for told in later.filter(|told| *told > there.active_session().unwrap().revision) {
        assert_eq!(told, revision + 1);
        revision = told;
    }
    assert_eq!(revision, 61, "none is missing");
}

#[tokio::test]
async fn a_tab_is_switched_in_one_window_and_remembered() {
    let server = TestServer::start().await;
    let mut window = Window::open(&server, "ada").await;
    let mut other = Window::open(&server, "ada").await;
    let first = window.session().tabs[0].id;
    window.ask("tab_create", window.at(0, 0, json!({}))).await;
    other.follow().await;
    assert_eq!(window.sync().await.active_session().unwrap().active_tab_id, Some(window.session().tabs[1].id));
    let switched = window.ask("tab_switch", window.at(0, 0, json!({}))).await;
    assert_eq!(switched["tabId"], json!(first));
    assert_eq!(other.follow().await, [""; 0], "it is told to nobody else");
    assert_eq!(Window::open(&server, "ada").await.session().active_tab_id, Some(first));
}

#[tokio::test]
async fn a_terminal_that_has_come_is_told_to_all_and_to_its_opener_after_the_ack() {
    let server = TestServer::start().await;
    let mut opening = Window::open(&server, "ada").await;
    let mut other = Window::open(&server, "ada").await;
    assert_eq!(opening.follow().await, ["user:presence"]);
    for (payload, notice) in [
        (opening.at(0, 0, json!({"cols": 80, "rows": 24})), "pane:updated"),
        (json!({"cols": 80, "rows": 24}), "tab:created"),
    ] {
        opening.client.request("terminal:create", &[payload], &[]).await;
        let Some(Packet::Event { name, body: created, .. }) = opening.client.next().await else {
            panic!("the response")
        };
        assert_eq!(name, "terminal:created");
        assert!(matches!(opening.client.next().await, Some(Packet::Ack { .. })));
        assert_eq!(opening.follow().await, [notice]);
        assert_eq!(other.follow().await, [notice]);
        for window in [&opening, &other] {
            let pane = window.session().tabs.last().unwrap().panes[0].clone();
            assert_eq!(json!(pane.terminal_id), created["terminalId"]);
        }
    }
    assert_eq!(shared(&opening.sync().await), shared(&other.copy));
}

/// Waits until there is no such terminal any more, which is once its viewers have been told of its end.
async fn forgotten(window: &mut Window, terminal: &str) {
    let attach = json!({"terminalId": terminal});
    while window.client.ask("terminal:attach", attach.clone()).await["error"]["code"] != "not_found" {}
}

#[tokio::test]
async fn what_is_closed_takes_its_shells_along() {
    let limits = Limits { per_owner: 2, ..Limits::default() };
    let server = TestServer::start_with(limits, |_| {}).await;
    let mut window = Window::open(&server, "ada").await;
    let mut watching = Window::open(&server, "ada").await;
    for request in ["pane_close", "tab_close"] {
        window.ask("pane_split", window.at(0, 0, json!({"direction": "vertical"}))).await;
        let mut terminals = Vec::new();
        for pane in 0..2 {
            let created = window.ask("terminal:create", window.at(0, pane, json!({"cols": 80, "rows": 24}))).await;
            let terminal = created["terminalId"].as_str().unwrap().to_owned();
            watching.client.ask("terminal:attach", json!({"terminalId": terminal})).await;
            terminals.push(terminal);
        }
        watching.follow().await;
        let (closing, kept) = match request {
            "pane_close" => (&terminals[..1], &terminals[1..]),
            _ => (&terminals[..], &terminals[2..]),
        };
        window.ask(request, window.at(0, 0, json!({}))).await;
        for _ in closing {
            let closed = watching.client.event("terminal:closed").await;
            assert_eq!(closed["reason"], "closed");
            assert!(closing.iter().any(|terminal| closed["terminalId"] == json!(terminal)), "{closed}");
        }
        for terminal in closing {
            forgotten(&mut window, terminal).await;
        }
        for terminal in kept {
            watching.client.type_into(terminal, "alive").await;
            assert_eq!(watching.client.outputs(5).await, b"alive");
            window.ask("tab_close", window.at(0, 0, json!({}))).await;
            watching.client.event("terminal:closed").await;
            forgotten(&mut window, terminal).await;
        }
        watching.follow().await;
        window.follow().await;
        assert_eq!((window.session().tabs.len(), window.session().tabs[0].panes.len()), (1, 1), "a new one is there");
    }
}

#[tokio::test]
async fn the_place_of_a_shell_that_ended_by_itself_is_closed_without_a_trace() {
    let server = TestServer::start().await;
    let mut window = Window::open(&server, "ada").await;
    let created = window.ask("terminal:create", window.at(0, 0, json!({"cols": 80, "rows": 24}))).await;
    let terminal = created["terminalId"].as_str().unwrap();
    window.client.type_into(terminal, "\u{4}").await;
    assert_eq!(window.client.event("terminal:closed").await["reason"], "exited");
    window.ask("tab_close", window.at(0, 0, json!({}))).await;
    let gone = window.client.ask("terminal:attach", json!({"terminalId": terminal})).await;
    assert_eq!(gone["error"]["code"], "not_found");
}

#[tokio::test]
async fn what_is_not_there_or_somebody_elses_is_refused_by_name() {
    let server = TestServer::start().await;
    let mut window = Window::open(&server, "ada").await;
    let eve = Window::open(&server, "eve").await;
    window.ask("tab_create", window.at(0, 0, json!({}))).await;
    let foreign = eve.at(0, 0, json!({}));
    let other_tab = window.at(1, 0, json!({}));
    let before = window.sync().await;
    let (tabs, panes) = (
        [
            ("tab_switch", json!({})),
            ("tab_close", json!({})),
            ("tab_rename", json!({"title": "x"})),
            ("tab_move", json!({"index": 0})),
        ],
        [
            ("pane_split", json!({"direction": "vertical"})),
            ("pane_resize", json!({"ratio": 0.5})),
            ("pane_zoom", json!({"zoomed": true})),
            ("pane_focus", json!({})),
            ("pane_close", json!({})),
        ],
    );
    for (at, (request, more)) in tabs.iter().chain(&panes).enumerate() {
        let mut cases = vec![("sessionId", json!("s_0000000000001")), ("sessionId", foreign["sessionId"].clone())];
        cases.extend([("tabId", json!("")), ("tabId", foreign["tabId"].clone())]);
        if at >= tabs.len() {
            let others = [json!("p_0000000000001"), foreign["paneId"].clone(), other_tab["paneId"].clone()];
            cases.extend(others.map(|id| ("paneId", id)));
        }
        for (field, id) in cases {
            let mut payload = window.at(0, 0, more.clone());
            payload[field] = id;
            let ack = window.client.ask(request, payload).await;
            assert_eq!(
                (&ack["error"]["code"], &ack["error"]["field"]),
                (&json!("not_found"), &json!(field)),
                "{request} {ack}"
            );
        }
    }
    assert_eq!(window.sync().await, before, "nothing has come of it");
}

#[tokio::test]
async fn a_viewer_looks_and_is_somewhere_and_changes_nothing() {
    let server = TestServer::start().await;
    let mut owner = Window::open(&server, "ada").await;
    let created = owner.ask("terminal:create", owner.at(0, 0, json!({"cols": 80, "rows": 24}))).await;
    let terminal = json!({"terminalId": created["terminalId"], "data": "x", "cols": 1, "rows": 1});
    owner.ask("tab_create", owner.at(0, 0, json!({}))).await;
    let mut viewer = owner.invite(&server, "vera", "viewer").await;
    let before = viewer.sync().await;
    for (request, more) in [
        ("tab_create", json!({})),
        ("tab_rename", json!({"title": "mine"})),
        ("tab_move", json!({"index": 1})),
        ("tab_close", json!({})),
        ("pane_split", json!({"direction": "vertical"})),
        ("pane_resize", json!({"ratio": 0.5})),
        ("pane_zoom", json!({"zoomed": true})),
        ("pane_arrange", json!({"preset": "row"})),
        ("pane_close", json!({})),
        ("terminal:create", json!({"cols": 80, "rows": 24})),
        ("terminal:input", terminal.clone()),
        ("terminal:resize", terminal.clone()),
        ("terminal:close", terminal.clone()),
    ] {
        let refused = viewer.client.ask(request, viewer.at(1, 0, more)).await;
        assert_eq!(refused["error"]["code"], "forbidden", "{request}: {refused}");
        assert!(refused["error"]["message"].as_str().unwrap().starts_with("You may only look at this"), "{refused}");
    }
    assert_eq!(viewer.sync().await, before, "nothing has come of it");

    viewer.client.ask("terminal:attach", terminal).await;
    owner.client.type_into(created["terminalId"].as_str().unwrap(), "look").await;
    assert_eq!(viewer.client.outputs(4).await, b"look");
    viewer.ask("tab_switch", viewer.at(1, 0, json!({}))).await;
    viewer.ask("pane_focus", viewer.at(1, 0, json!({}))).await;
    assert_eq!(owner.follow().await.last().map(String::as_str), Some("user:focused"));
    let pane = owner.session().tabs[1].panes[0].id;
    let seen = owner.session().members.iter().find(|member| member.user_id == "vera").unwrap();
    assert_eq!(seen.pane_id, Some(pane));
    owner.ask("tab_switch", owner.at(0, 0, json!({}))).await;
    let shown = viewer.sync().await.active_session().unwrap().active_tab_id;
    assert_eq!(shown, Some(viewer.session().tabs[1].id), "each is shown their own");
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_its_field() {
    let server = TestServer::start().await;
    let mut window = Window::open(&server, "ada").await;
    for (request, more, code, field) in [
        ("tab_create", json!({"kind": "window"}), "invalid_payload", Some("kind")),
        ("tab_create", json!({"title": "x".repeat(201)}), "invalid_payload", Some("title")),
        ("tab_rename", json!({}), "invalid_payload", Some("title")),
        ("tab_rename", json!({"title": "端".repeat(67)}), "invalid_payload", Some("title")),
        ("tab_move", json!({"index": -1}), "invalid_payload", Some("index")),
        ("pane_split", json!({}), "invalid_payload", Some("direction")),
        ("pane_split", json!({"direction": "diagonal"}), "invalid_payload", Some("direction")),
        ("pane_split", json!({"direction": "vertical", "ratio": "0.5"}), "invalid_payload", Some("ratio")),
        ("pane_resize", json!({}), "invalid_payload", Some("ratio")),
        ("pane_resize", json!({"ratio": 0.5}), "conflict", None),
        ("pane_resize", json!({"ratio": 0.5, "otherPaneId": "p_0000000000001"}), "not_found", Some("otherPaneId")),
        ("pane_zoom", json!({"zoomed": 1}), "invalid_payload", Some("zoomed")),
        ("pane_arrange", json!({"preset": "spiral"}), "invalid_payload", Some("preset")),
    ] {
        let ack = window.client.ask(request, window.at(0, 0, more)).await;
        assert_eq!(
            (ack["error"]["code"].as_str(), ack["error"]["field"].as_str()),
            (Some(code), field),
            "{request} {ack}"
        );
        assert!(ack["error"]["message"].as_str().is_some_and(|message| message.ends_with('.')), "{ack}");
    }
    assert_eq!(window.sync().await, window.copy, "nothing has come of it");
}

#[tokio::test]
async fn a_tab_takes_so_many_panes_and_no_more() {
    let server = TestServer::start().await;
    let mut window = Window::open(&server, "ada").await;
    let split = window.at(0, 0, json!({"direction": "horizontal", "ratio": 0.0}));
    let last = window.client.burst("pane_split", &split, 63).await;
    assert_eq!(window.client.ack(last).await["ok"], true);
    let refused = window.client.ask("pane_split", split).await;
    assert_eq!(refused["error"]["code"], "limit_reached");
    assert_eq!(refused["error"]["message"], "A tab has at most 64 panes.");
    window.follow().await;
    // The deepest tree there may be has come over the wire, each time, and is read.
    assert_eq!(window.session().tabs[0].panes.len(), 64);
    assert_eq!(shared(&window.sync().await), shared(&window.copy));
}

#[tokio::test]
async fn a_shell_whose_pane_was_closed_before_it_came_is_refused_and_ends() {
    // Nobody writes the message of the day yet, and so the shell does not start.
    let directory = tempfile::tempdir().unwrap();
    let message = directory.path().join("motd");
    rustix::fs::mknodat(CWD, &message, FileType::Fifo, Mode::RWXU, 0).unwrap();
    let limits = Limits { per_owner: 1, ..Limits::default() };
    let server = TestServer::start_with(limits, |settings| settings.motd = Some(message.clone())).await;
    let mut window = Window::open(&server, "ada").await;
    window.ask("pane_split", window.at(0, 0, json!({"direction": "vertical"}))).await;
    let write = |text: &'static str| {
        let message = message.clone();
        tokio::task::spawn_blocking(move || std::fs::write(message, text).unwrap())
    };

    let create = window.at(0, 1, json!({"cols": 80, "rows": 24}));
    let opening = window.client.request("terminal:create", &[create], &[]).await;
    window.ask("pane_close", window.at(0, 1, json!({}))).await;
    write("hello").await.unwrap();
    let refused = window.client.ack(opening).await;
    assert_eq!(refused["error"]["code"], "conflict", "{refused}");
    assert_eq!(refused["error"]["message"], "The pane was closed while its terminal was being opened.");

    let create = window.at(0, 0, json!({"cols": 80, "rows": 24}));
    let opening = window.client.request("terminal:create", &[create], &[]).await;
    write("hello").await.unwrap();
    let created = window.client.ack(opening).await;
    assert_eq!(created["ok"], true, "the other one does not count any more: {created}");
}

#[tokio::test]
async fn what_the_others_are_told_is_in_the_trace_of_what_was_asked() {
    let recorder = Recorder::start();
    let server = TestServer::start().await;
    let mut window = Window::open(&server, "ada").await;
    let mut others = [Window::open(&server, "ada").await, Window::open(&server, "ada").await];
    let trace = "80f198ee56343ba864fe8b2a57d3eff7";
    let payload = window.at(0, 0, json!({"_trace": {"b3": format!("{trace}-e457b5a2e4d86bd1-1")}}));
    window.ask("tab_create", payload).await;
    let asked = recorder.span("socketio.tab_create").await;
    let told = recorder.span("socketio.emit.tab:created").await;
    assert_eq!(told.span_context.trace_id().to_string(), trace);
    assert_eq!(told.parent_span_id, asked.span_context.span_id());
    assert_eq!(attribute(&told, "messaging.batch.message_count").as_deref(), Some("2"));
    assert_eq!(attribute(&told, "socketio.session_id"), Some(window.session().id.to_string()));
    for other in &mut others {
        let carried = other.client.event("tab:created").await["_trace"]["b3"].clone();
        assert_eq!(carried, json!(format!("{trace}-{}-1", told.span_context.span_id())));
    }
}
