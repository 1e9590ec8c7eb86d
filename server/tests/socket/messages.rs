//! What people say to each other: told, stored, paged and counted.

use serde_json::{Value, json};

use crate::support::{Client, Packet, TestServer};

#[track_caller]
fn check(ack: &Value, code: &str, field: &str) {
    assert_eq!((&ack["error"]["code"], &ack["error"]["field"]), (&json!(code), &json!(field)), "{ack}");
}

/// Ada, and eve who may look at her session.
async fn two(server: &TestServer) -> (Client, Client, Value) {
    let (mut ada, mut eve) = (Client::connect_as(server, "ada").await, Client::connect_as(server, "eve").await);
    let session = ada.session().await["id"].clone();
    let token = ada.granted("share_create", json!({"sessionId": session})).await["share"]["token"].clone();
    eve.granted("session_join", json!({"sessionId": session, "shareToken": token})).await;
    (ada, eve, session)
}

/// How many messages of the session somebody has not read.
async fn unread(client: &mut Client, session: &Value) -> Value {
    let workspace = client.ask("workspace_sync_request", json!({})).await["workspace"].clone();
    let found = workspace["sessions"].as_array().unwrap().iter().find(|known| known["id"] == *session).cloned();
    found.unwrap()["unread"].clone()
}

#[tokio::test]
async fn what_is_said_is_told_to_the_members_and_to_nobody_else() {
    let server = TestServer::start().await;
    let (mut ada, mut eve, session) = two(&server).await;
    let mut bob = Client::connect_as(&server, "bob").await;
    let said = eve.granted("chat_message", json!({"sessionId": session, "text": "is it <b>done</b>?\u{1f980}"})).await;
    let heard = ada.event("chat_message").await;
    for told in [&said, &heard] {
        assert_eq!((&told["text"], &told["sessionId"]), (&json!("is it <b>done</b>?\u{1f980}"), &session));
        assert_eq!(told["from"], json!({"userId": "eve", "name": "eve"}));
    }
    assert_eq!((&said["id"], &said["sentAt"]), (&heard["id"], &heard["sentAt"]));
    let command =
        json!({"sessionId": session, "content": "make", "type": "command", "metadata": {"exit": 0, "in": ["a"]}});
    let sent = ada.granted("session_message_send", command).await;
    let heard = eve.event("session:message").await;
    assert_eq!((&heard["type"], &heard["metadata"]), (&json!("command"), &json!({"exit": 0, "in": ["a"]})));
    assert!(sent["id"].as_str() > said["id"].as_str(), "later is greater");
    let of_bob = bob.settle().await;
    let is_message = |packet: &Packet| matches!(packet, Packet::Event { name, .. } if name == "chat_message" || name == "session:message");
    assert!(!of_bob.iter().any(is_message));
    check(&bob.ask("chat_message", json!({"sessionId": session, "text": "me too"})).await, "not_found", "sessionId");
    check(&bob.ask("message_list", json!({"sessionId": session})).await, "not_found", "sessionId");
}

#[tokio::test]
async fn what_was_said_is_read_by_the_page() {
    let server = TestServer::start().await;
    let (mut ada, mut eve, session) = two(&server).await;
    for number in 0..25 {
        let text = format!("number {number}");
        ada.granted("chat_message", json!({"sessionId": session, "text": text})).await;
    }
    let (mut seen, mut before) = (Vec::new(), Value::Null);
    loop {
        let mut wanted = json!({"sessionId": session, "limit": 10});
        if !before.is_null() {
            wanted["before"] = before.clone();
        }
        let page = eve.granted("message_list", wanted).await;
        let messages = page["messages"].as_array().unwrap().clone();
        assert!(messages.is_sorted_by_key(|message| message["id"].as_str().unwrap().to_owned()), "the oldest first");
        before = messages[0]["id"].clone();
        seen.splice(0..0, messages.into_iter().map(|message| message["content"].clone()));
        if page["more"] == json!(false) {
            break;
        }
    }
    assert_eq!(seen, (0..25).map(|number| json!(format!("number {number}"))).collect::<Vec<_>>());
    let all = eve.granted("message_list", json!({"sessionId": session})).await;
    assert_eq!((all["messages"].as_array().unwrap().len(), &all["more"]), (25, &json!(false)));
    for limit in [0, 101] {
        check(
            &eve.ask("message_list", json!({"sessionId": session, "limit": limit})).await,
            "invalid_payload",
            "limit",
        );
    }
}

#[tokio::test]
async fn what_others_have_said_since_is_unread() {
    let server = TestServer::start().await;
    let (mut ada, mut eve, session) = two(&server).await;
    let mut second = Client::connect_as(&server, "eve").await;
    let mut ids = Vec::new();
    for text in ["one", "two", "three"] {
        ids.push(ada.granted("chat_message", json!({"sessionId": session, "text": text})).await["id"].clone());
    }
    eve.granted("chat_message", json!({"sessionId": session, "text": "four"})).await;
    assert_eq!((unread(&mut eve, &session).await, unread(&mut ada, &session).await), (json!(3), json!(1)));
    let read = eve.granted("message_read", json!({"sessionId": session, "messageId": ids[1]})).await;
    assert_eq!((&read["messageId"], &read["unread"]), (&ids[1], &json!(1)));
    assert_eq!(second.event("message:read").await["unread"], 1, "the reader's other windows hear of it");
    assert_eq!(unread(&mut eve, &session).await, json!(1));
    let page = eve.granted("message_list", json!({"sessionId": session})).await;
    assert_eq!(page["read"], ids[1]);
    check(&eve.ask("message_read", json!({"sessionId": session, "messageId": "m_0"})).await, "not_found", "messageId");
    // Whoever comes later finds what was said, and nothing that waits for them.
    let token = ada.granted("share_create", json!({"sessionId": session})).await["share"]["token"].clone();
    let mut bob = Client::connect_as(&server, "bob").await;
    let joined = bob.granted("session_join", json!({"sessionId": session, "shareToken": token})).await;
    assert_eq!(joined["session"]["unread"], 0);
    ada.granted("chat_message", json!({"sessionId": session, "text": "five"})).await;
    assert_eq!(unread(&mut bob, &session).await, json!(1));
}

#[tokio::test]
async fn what_is_too_long_or_nothing_is_refused_by_name() {
    let server = TestServer::start().await;
    let mut ada = Client::connect(&server).await;
    let session = ada.session().await["id"].clone();
    let longest = "\u{3042}".repeat(4096 / 3);
    ada.granted("chat_message", json!({"sessionId": session, "text": longest})).await;
    let long = format!("{longest}aa");
    check(&ada.ask("chat_message", json!({"sessionId": session, "text": long})).await, "too_large", "text");
    check(
        &ada.ask("session_message_send", json!({"sessionId": session, "content": long})).await,
        "too_large",
        "content",
    );
    check(&ada.ask("chat_message", json!({"sessionId": session, "text": " \n"})).await, "invalid_payload", "text");
    let metadata = json!({"sessionId": session, "content": "a", "metadata": {"a": "x".repeat(4096)}});
    check(&ada.ask("session_message_send", metadata).await, "too_large", "metadata");
    let kind = json!({"sessionId": session, "content": "a", "type": "shout"});
    assert_eq!(ada.ask("session_message_send", kind).await["error"]["code"], "invalid_payload");
}

#[tokio::test]
async fn what_many_say_at_once_is_heard_by_all_in_one_order() {
    let server = TestServer::start().await;
    let (mut ada, mut eve, session) = two(&server).await;
    for _ in 0..50 {
        let text = json!({"sessionId": session, "text": "a"});
        ada.emit("chat_message", text.clone()).await;
        eve.emit("chat_message", text).await;
    }
    let (mut of_ada, mut of_eve) = (Vec::new(), Vec::new());
    for _ in 0..100 {
        of_ada.push(ada.event("chat_message").await["id"].clone());
        of_eve.push(eve.event("chat_message").await["id"].clone());
    }
    assert_eq!(of_ada, of_eve);
    assert!(of_ada.is_sorted_by_key(|id| id.as_str().unwrap().to_owned()));
}
