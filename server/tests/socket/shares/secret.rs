//! Where a link's secret must not be found.

use std::fs;

use rustix::process::Signal;
use serde_json::{Value, json};

use super::{HTML, session, share, visit};
use crate::{
    host::process::{Machine, Running},
    support::{
        Client,
        web::{self, BEARER},
    },
};

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_is_in_no_file_log_span_or_answer() {
    let machine = Machine::new();
    let log = machine.data_dir().with_extension("log");
    let mut command = machine.command(&[]);
    command
        .env("RUST_LOG", "debug")
        .env("SOCKET_TRACKING_PAYLOAD", "redacted")
        .env("SOCKET_TRACKING_DETAILED_LOGGING", "true");
    let server = Running::of(machine.serving(&mut command).stderr(fs::File::create(&log).unwrap()));
    let address = server.address;
    let mut owner = Client::enter(address).await;
    let session = session(&mut owner).await;
    let created = share(&mut owner, &session, json!({})).await;
    let cookie = visit(address, &created).await;
    let mut guest = Client::by_cookie(address, &cookie).await;
    guest.settle().await;
    let token = created["share"]["token"].as_str().unwrap();
    owner.granted("session_join", json!({"sessionId": session, "shareToken": token})).await;
    owner.granted("chat_message", json!({"sessionId": session, "text": "a-canary-of-words"})).await;
    let mut said = Vec::new();
    for path in ["/metrics", "/api/tracker", "/api/traces?limit=500", "/"] {
        said.push((path.to_owned(), web::get(address, path, &[BEARER, HTML]).await.body.into_bytes()));
    }
    let list: Value = serde_json::from_slice(&said[2].1).unwrap();
    for trace in list["traces"].as_array().unwrap() {
        let path = format!("/api/traces/{}", trace["traceId"].as_str().unwrap());
        said.push((path.clone(), web::get(address, &path, &[BEARER]).await.body.into_bytes()));
    }
    server.end(Signal::TERM);
    for file in fs::read_dir(machine.data_dir()).unwrap().map(|entry| entry.unwrap().path()).chain([log]) {
        if file.is_file() {
            said.push((file.display().to_string(), fs::read(&file).unwrap()));
        }
    }
    let has = |bytes: &[u8], text: &str| memchr::memmem::find(bytes, text.as_bytes()).is_some();
    assert!(said.iter().any(|(_, bytes)| has(bytes, "session_join")), "or nothing was looked at");
    for (name, bytes) in &said {
        assert!(!has(bytes, token), "the secret is in {name}");
        assert!(name.contains("aetherterm.db") || !has(bytes, "a-canary-of-words"), "words are in {name}");
    }
}
