//! `aetherterm doctor --url`: what it says of a server that records, of one that does not, and of none.

use std::process::Command;

use tokio::{net::TcpListener, task::spawn_blocking};

use crate::collector::{Collector, Mood};
use crate::process::Home;

/// Runs the doctor, and returns whether it is content and what it has said.
async fn doctor(home: &Home, words: &[&str]) -> (bool, String) {
    doctor_with(home, words, &[]).await
}

/// The same, with variables set.
pub async fn doctor_with(home: &Home, words: &[&str], variables: &[(&str, String)]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aetherterm"));
    command.arg("doctor").args(words).current_dir(home.directory.path()).env_clear();
    command.env("HOME", home.directory.path()).envs(variables.iter().map(|(name, value)| (name, value)));
    let output = spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (output.status.success(), said)
}

/// The doctor finds fault with all three events, and names the reason.
#[track_caller]
fn check_failure((is_well, said): (bool, String), parts: &[&str]) {
    assert!(!is_well && said.ends_with("Overall: 0/3\n"), "{said}");
    let lines: Vec<_> = said.lines().filter(|line| line.contains(": FAIL ")).collect();
    assert_eq!(lines.len(), 3, "{said}");
    assert!(lines.iter().all(|line| parts.iter().all(|part| line.contains(part))), "{said}");
    assert!(!said.contains("hunter2") && !said.contains("sid="), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_records_has_the_trace_of_every_event_it_is_asked() {
    let (home, collector) = (Home::new(), Collector::start(Mood::Well).await);
    let server = home.start(&collector, "");
    // The address as it is printed has the token in it.
    let printed = format!("{}/?token=test", server.url);
    for words in [vec!["--url", &printed], vec!["--url", &server.url, "--token", "test"]] {
        let (is_well, said) = doctor(&home, &words).await;
        assert!(is_well && said.ends_with("Overall: 3/3\n"), "{said}");
        for event in ["workspace_sync_request", "terminal:create", "ai_chat_message"] {
            let line = said.lines().find(|line| line.starts_with(&format!("{event}: PASS "))).unwrap();
            assert!(line.contains("has the server's socketio."), "{line}");
        }
        assert!(said.contains(&format!("server: {}", server.url)) && !said.contains("token"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_records_nothing_is_told_from_one_that_does() {
    let (home, collector) = (Home::new(), Collector::start(Mood::Well).await);
    let server = home.start(&collector, "export OTEL_SDK_DISABLED=true;");
    let said = doctor(&home, &["--url", &server.url, "--token", "test"]).await;
    check_failure(said, &["but trace ", "has no span of the server", "OTEL_SDK_DISABLED"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_tracker_the_traces_are_there_all_the_same() {
    let (home, collector) = (Home::new(), Collector::start(Mood::Well).await);
    let server = home.start(&collector, "export SOCKET_TRACKING_ENABLED=false OTEL_SAMPLE_RATE=0;");
    let (is_well, said) = doctor(&home, &["--url", &server.url, "--token", "test"]).await;
    assert!(is_well, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_named() {
    let (home, collector) = (Home::new(), Collector::start(Mood::Well).await);
    let server = home.start(&collector, "");
    check_failure(doctor(&home, &["--url", &server.url, "--token", "hunter2"]).await, &["401", "--token"]);
    check_failure(doctor(&home, &["--url", &server.url]).await, &["401", "--token"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_address_is_named() {
    let (home, collector) = (Home::new(), Collector::start(Mood::Well).await);
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let url = format!("http://user:hunter2@{nobody}");
    check_failure(doctor(&home, &["--url", &url, "--token", "test"]).await, &["cannot be reached", "refused"]);
    let other = format!("http://{}", collector.address);
    check_failure(doctor(&home, &["--url", &other]).await, &["404", "no aetherterm"]);
}
