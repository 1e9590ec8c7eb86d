//! Tabs and panes, as several windows ask for them and are told of them.

mod refusals;
mod shells;
mod window;

use app::workspace::{Applied, Notice, apply};
use serde_json::json;

use self::window::{Window, body, shared};
use crate::support::{Packet, Recorder, TestServer, attribute};

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
