//! Who may ask for what: every request of the catalogue, from the owner of a session down to who has nothing to do with it.

use app::protocol::catalog;
use serde_json::{Value, json};

use crate::support::{Client, Scene};

/// How what a request accepts is answered when it comes from the owner, a collaborator, a viewer, a collaborator who was given the
/// session's terminal and nothing else, and a stranger: by a yes, or by a code and the field that it is about.
type Answers = [&'static str; 5];

const ANYBODY: Answers = ["yes"; 5];
const NOBODY: Answers = ["not_configured"; 5];
const MEMBERS: Answers = ["yes", "yes", "yes", "yes", "not_found sessionId"];
const ALL_OF_IT: Answers = ["yes", "yes", "yes", "forbidden", "not_found sessionId"];
const ARRANGING: Answers = ["yes", "yes", "forbidden", "forbidden", "not_found sessionId"];
const OWNING: Answers = ["yes", "forbidden", "forbidden", "forbidden", "not_found sessionId"];
const WATCHING: Answers = ["yes", "yes", "yes", "yes", "not_found terminalId"];
const TYPING: Answers = ["yes", "yes", "forbidden", "yes", "not_found terminalId"];
const TYPING_BY_NAME: Answers = ["yes", "yes", "forbidden", "yes", "not_found session"];
/// In the session that is shown to them, which is a stranger's own.
const OPENING: Answers = ["yes", "yes", "forbidden", "forbidden", "yes"];

const TABLE: &[(&str, Answers)] = &[
    ("session:init", ANYBODY),
    ("session:end", ANYBODY),
    ("clock:probe", ANYBODY),
    ("terminal:create", OPENING),
    ("terminal:attach", WATCHING),
    ("terminal:detach", WATCHING),
    ("terminal:input", TYPING),
    ("terminal:resize", TYPING),
    ("terminal:close", ["yes", "yes", "forbidden", "forbidden", "not_found terminalId"]),
    ("terminal:ack", WATCHING),
    ("create_terminal", OPENING),
    ("terminal_input", TYPING_BY_NAME),
    ("terminal_resize", TYPING_BY_NAME),
    ("workspace_sync_request", ANYBODY),
    ("session_create", ANYBODY),
    ("session_join", MEMBERS),
    ("session_leave", ["conflict userId", "yes", "yes", "yes", "not_found sessionId"]),
    ("session_update", OWNING),
    ("session_delete", OWNING),
    ("member_set_role", OWNING),
    ("member_remove", ["not_found userId", "forbidden", "forbidden", "forbidden", "not_found sessionId"]),
    ("join_decide", ["not_found userId", "forbidden", "forbidden", "forbidden", "not_found sessionId"]),
    ("tab_create", ARRANGING),
    ("tab_switch", ALL_OF_IT),
    ("tab_close", ARRANGING),
    ("tab_rename", ARRANGING),
    ("tab_move", ARRANGING),
    ("pane_split", ARRANGING),
    ("pane_resize", ["conflict", "conflict", "forbidden", "forbidden", "not_found sessionId"]),
    ("pane_zoom", ARRANGING),
    ("pane_arrange", ARRANGING),
    // The pane is not that of the terminal.
    ("pane_focus", ["yes", "yes", "yes", "not_found paneId", "not_found sessionId"]),
    ("pane_close", ARRANGING),
    ("share_create", OWNING),
    ("share_list", OWNING),
    ("share_revoke", ["yes", "forbidden", "forbidden", "forbidden", "not_found shareId"]),
    ("session_message_send", ALL_OF_IT),
    ("chat_message", ALL_OF_IT),
    ("message_list", ALL_OF_IT),
    ("message_read", ALL_OF_IT),
    ("ai_chat_message", NOBODY),
    ("ai_chat_cancel", NOBODY),
    ("ai_terminal_analysis", NOBODY),
    ("ai_get_info", NOBODY),
    ("admin_pause_terminal", NOBODY),
    ("admin_resume_terminal", NOBODY),
    ("admin_suppress_output", NOBODY),
    ("command_approval", NOBODY),
];

#[test]
fn the_table_has_every_request_once() {
    assert_eq!(TABLE.iter().map(|(request, _)| *request).collect::<Vec<_>>(), catalog::REQUESTS);
}

/// The answer as it stands in the table.
fn told(ack: &Value) -> String {
    let error = &ack["error"];
    match (ack["ok"] == true, error["code"].as_str(), error["field"].as_str()) {
        (true, None, None) => "yes".to_owned(),
        (false, Some(code), Some(field)) => format!("{code} {field}"),
        (false, Some(code), None) => code.to_owned(),
        _ => panic!("{ack} is neither a yes nor a refusal"),
    }
}

/// Somebody who has come into the session by a link, or has not.
async fn somebody(scene: &mut Scene, place: usize) -> Client {
    let link = match place {
        1 => json!({"role": "collaborator"}),
        2 => json!({"role": "viewer"}),
        3 => json!({"role": "collaborator", "terminalId": scene.terminal}),
        _ => return Client::connect_as(&scene.server, "eve").await,
    };
    scene.invite("eve", link).await
}

#[tokio::test]
async fn each_request_is_answered_as_the_table_says() {
    let mut wrong = Vec::new();
    for (request, answers) in TABLE {
        for (place, expected) in answers.iter().enumerate() {
            // Of its own, so that nobody finds what another one has left behind.
            let mut scene = Scene::set().await;
            let (payload, _) = scene.payload(request);
            let answer = if place == 0 {
                scene.client.ask(request, payload).await
            } else {
                somebody(&mut scene, place).await.ask(request, payload).await
            };
            if told(&answer) != *expected {
                wrong.push(format!("{request} at {place}: {expected} expected, {answer} told"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
