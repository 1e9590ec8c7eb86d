//! The list of names, walked: every event that the protocol names is known, and every one is answered under its id.

mod fields;
mod permissions;

use std::collections::BTreeSet;

use app::protocol::catalog;
use serde_json::{Value, json};

use crate::{
    catalogue,
    support::{Answered, Packet, Scene},
};

#[tokio::test]
async fn every_request_of_the_catalogue_is_answered() {
    for request in catalog::REQUESTS {
        let mut scene = Scene::set().await;
        let (mut payload, answered) = scene.payload(request);
        payload["_requestId"] = json!("req_1_1_test");
        let ack = scene.client.ask(request, payload).await;
        assert_eq!(ack["_requestId"], "req_1_1_test", "{request}: {ack}");
        match answered {
            Answered::Yes => assert_eq!(ack["ok"], true, "{request}: {ack}"),
            Answered::No(code) => {
                assert_eq!((&ack["ok"], &ack["error"]["code"]), (&json!(false), &json!(code)), "{request}: {ack}");
            }
        }
        let before = u64::from(scene.has_asked(request));
        scene.server.check_counted(request, (before + 1, u64::from(ack["ok"] == false))).await;
    }
}

#[tokio::test]
async fn every_request_refuses_what_is_no_object_with_and_without_an_ack() {
    let mut scene = Scene::set().await;
    for request in catalog::REQUESTS {
        let arguments = [json!("no object"), json!({"_requestId": "req_2"})];
        let ack = scene.client.ask_with(request, &arguments, &[]).await;
        let error = (&ack["_requestId"], &ack["error"]["code"], &ack["error"]["field"]);
        assert_eq!(error, (&json!("req_2"), &json!("invalid_payload"), &Value::Null), "{request}: {ack}");
        scene.client.settle().await;

        let arguments = [json!("no object"), json!({"_requestId": "req_3"})];
        scene.client.emit_with(request, &arguments).await;
        let told = under("req_3", scene.client.settle().await);
        match catalogue::answers(request).1 {
            Some(refused_as) => {
                let [(name, body)] = &told[..] else { panic!("{request}: {told:?}") };
                assert_eq!((name.as_str(), &body["error"]["code"]), (refused_as, &json!("invalid_payload")), "{body}");
            }
            None => assert!(told.is_empty(), "{request}: {told:?}"),
        }
    }
}

/// The events among packets that answer a request.
fn under(id: &str, heard: Vec<Packet>) -> Vec<(String, Value)> {
    let answers = heard.into_iter().filter_map(|packet| match packet {
        Packet::Event { name, body, .. } => (body["_requestId"] == id).then_some((name, body)),
        _ => None,
    });
    answers.collect()
}

#[tokio::test]
async fn every_request_that_nobody_wants_an_ack_of_is_answered_by_name() {
    for request in catalog::REQUESTS {
        let mut scene = Scene::set().await;
        let (mut payload, answered) = scene.payload(request);
        payload["_requestId"] = json!("req_4");
        let (granted, refused) = catalogue::answers(request);
        scene.client.emit(request, payload).await;
        let expected = match answered {
            Answered::Yes => granted,
            Answered::No(_) => refused,
        };
        match expected {
            Some(name) => drop(scene.client.event_if(name, |told| told["_requestId"] == "req_4").await),
            None => {
                let told = under("req_4", scene.client.settle().await);
                assert!(told.is_empty(), "{request}: {told:?}");
            }
        }
    }
}

/// Every name that a founding note or the protocol gives to a message of a client.
const ASKED: &[&str] = &[
    "admin_pause_terminal",
    "admin_resume_terminal",
    "admin_suppress_output",
    "ai_chat_cancel",
    "ai_chat_message",
    "ai_get_info",
    "ai_terminal_analysis",
    "chat_message",
    "clock:probe",
    "command_approval",
    "create_terminal",
    "join_decide",
    "member_remove",
    "member_set_role",
    "pane_close",
    "pane_focus",
    "pane_resize",
    "pane_split",
    "pane_zoom",
    "session:end",
    "session:init",
    "session_create",
    "session_join",
    "session_leave",
    "session_message_send",
    "share_create",
    "share_list",
    "share_revoke",
    "tab_close",
    "tab_create",
    "tab_move",
    "tab_rename",
    "tab_switch",
    "terminal:ack",
    "terminal:attach",
    "terminal:close",
    "terminal:create",
    "terminal:detach",
    "terminal:input",
    "terminal:resize",
    "terminal_input",
    "terminal_resize",
    "workspace_sync_request",
];

/// Every name that they give to a message of the server.
const TOLD: &[&str] = &[
    "ai_analysis_chunk",
    "ai_analysis_complete",
    "ai_analysis_error",
    "ai_chat_chunk",
    "ai_chat_complete",
    "ai_chat_error",
    "ai_info_response",
    "chat_message",
    "clock:probed",
    "command_review_required",
    "pane:closed",
    "pane:created",
    "pane:updated",
    "server:closing",
    "server:storage",
    "session:created",
    "session:ended",
    "session:joined",
    "session:left",
    "session:message",
    "session:ready",
    "share:created",
    "share:list",
    "share:revoked",
    "shell:output",
    "tab:closed",
    "tab:created",
    "tab:switched",
    "tab:updated",
    "terminal:attached",
    "terminal:bell",
    "terminal:closed",
    "terminal:command",
    "terminal:created",
    "terminal:detached",
    "terminal:error",
    "terminal:input_response",
    "terminal:leader",
    "terminal:output",
    "terminal:resized",
    "terminal:title",
    "terminal_closed",
    "terminal_ready",
    "user:focused",
    "user:joined",
    "user:left",
    "user:updated",
    "workspace:sync_response",
];

#[test]
fn every_name_of_the_protocol_is_in_the_catalogue() {
    let asked: BTreeSet<_> = catalog::REQUESTS.iter().collect();
    let told: BTreeSet<_> = catalog::REQUESTS.iter().chain(catalog::RESPONSES_AND_NOTICES).collect();
    let missing: Vec<_> = ASKED.iter().filter(|name| !asked.contains(name)).collect();
    assert!(missing.is_empty(), "no handler for {missing:?}");
    let missing: Vec<_> = TOLD.iter().filter(|name| !told.contains(name)).collect();
    assert!(missing.is_empty(), "never told: {missing:?}");
}
