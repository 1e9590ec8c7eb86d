//! What is refused: what is not there, what is somebody else's, what one may not, what cannot be.

use serde_json::json;

use super::window::{Window, shared};
use crate::support::TestServer;

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
async fn who_decides_by_what_somebody_has_changed_is_told_to_look_again() {
    let server = TestServer::start().await;
    let mut window = Window::open(&server, "ada").await;
    window.ask("tab_create", window.at(0, 0, json!({}))).await;
    window.ask("pane_split", window.at(0, 0, json!({"direction": "vertical"}))).await;
    let mut other = Window::open(&server, "ada").await;
    let [tab, row, settings] = [
        ("tab_rename", json!({"title": "x"})),
        ("tab_move", json!({"index": 1})),
        ("session_update", json!({"name": "x"})),
    ];
    for (request, more, changed) in [
        ("tab_rename", json!({"title": "y"}), &tab),
        ("pane_split", json!({"direction": "horizontal"}), &tab),
        ("pane_resize", json!({"ratio": 0.3}), &tab),
        ("pane_zoom", json!({"zoomed": true}), &tab),
        ("pane_arrange", json!({"preset": "grid"}), &tab),
        ("tab_move", json!({"index": 0}), &row),
        ("session_update", json!({"name": "y"}), &settings),
        ("pane_close", json!({}), &tab),
        ("tab_close", json!({}), &tab),
    ] {
        let decided = window.at(0, 0, more);
        let seen = |window: &Window| {
            let mut payload = decided.clone();
            payload["revision"] = json!(window.session().revision);
            payload
        };
        // The tab that both are about, wherever it stands by now.
        let mut meanwhile = other.at(0, 0, changed.1.clone());
        meanwhile["tabId"] = decided["tabId"].clone();
        other.client.granted(changed.0, meanwhile).await;
        let refused = window.client.ask(request, seen(&window)).await;
        let error = &refused["error"];
        assert_eq!((&error["code"], &error["field"]), (&json!("conflict"), &json!("revision")), "{request}: {refused}");
        assert_eq!(error["message"], "Somebody has changed this since you looked. Look again, then repeat it.");
        window.follow().await;
        window.ask(request, seen(&window)).await;
        other.follow().await;
        assert_eq!(shared(&other.copy), shared(&window.copy), "{request}");
    }
    assert_eq!(shared(&window.sync().await), shared(&window.copy));
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
