//! What is wrong with a payload is said by the name of the field.

use app::protocol::catalog;
use serde_json::{Value, json};

use crate::support::Scene;

/// What a payload of the walk may go without.
const OPTIONAL: &[(&str, &str)] = &[
    ("session:init", "client"),
    ("create_terminal", "session"),
    ("session_update", "name"),
    ("session_message_send", "type"),
    ("ai_terminal_analysis", "command"),
];

/// Whether a payload is refused for a field, or for something in it.
fn blames(ack: &Value, field: &str) -> bool {
    let (code, blamed) = (ack["error"]["code"].as_str(), ack["error"]["field"].as_str().unwrap_or_default());
    let is_within = blamed.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
    code == Some("invalid_payload") && is_within
}

#[tokio::test]
async fn a_field_that_is_missing_or_of_the_wrong_kind_is_named() {
    for request in catalog::REQUESTS {
        let mut scene = Scene::set().await;
        let (accepted, _) = scene.payload(request);
        let fields: Vec<_> = accepted.as_object().unwrap().keys().cloned().collect();
        for field in &fields {
            let mut wrong = accepted.clone();
            wrong[field] = json!([]);
            let ack = scene.client.ask(request, wrong).await;
            assert!(blames(&ack, field), "{request} with a wrong {field}: {ack}");

            let mut missing = accepted.clone();
            missing.as_object_mut().unwrap().remove(field);
            let ack = scene.client.ask(request, missing).await;
            let may_be_missing = OPTIONAL.contains(&(request, field));
            assert_eq!(blames(&ack, field), !may_be_missing, "{request} without {field}: {ack}");
        }
    }
}
