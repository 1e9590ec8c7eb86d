//! A backend that can be reached and never answers: who types does not notice.

use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::{net::TcpListener, sync::oneshot, time::sleep};

use crate::{
    host::process::{Machine, PATIENCE},
    support::{
        Client,
        web::{self, BEARER},
    },
};

/// More keys than are recorded in a second.
const KEYS: usize = 100;

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_echoed_while_a_backend_takes_nothing() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let (first, reached) = oneshot::channel();
    tokio::spawn(async move {
        let mut held = vec![silent.accept().await.unwrap()];
        first.send(()).unwrap();
        loop {
            held.push(silent.accept().await.unwrap());
        }
    });
    let machine = Machine::new();
    let server =
        machine.start_with(&[("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()), ("OTEL_BSP_SCHEDULE_DELAY", "20")]);
    let mut client = Client::enter(server.address).await;
    let terminal = client.open_terminal().await;
    reached.await.unwrap();

    let mut seen = Vec::new();
    for key in 0..KEYS {
        let key = format!("<{key}>");
        client.type_into(&terminal, &key).await;
        client.follow(&terminal, &mut seen, |text| text.contains(&key)).await;
    }
    let started = Instant::now();
    let row = loop {
        let answer = web::get(server.address, "/api/traces", &[BEARER]).await;
        let answer: Value = serde_json::from_str(&answer.body).unwrap();
        let rows = answer["ledger"]["destinations"].as_array().unwrap();
        let row = rows.iter().find(|row| row["name"] != "local" && row["signal"] == "traces").unwrap();
        if row["created"].as_u64() > Some(20) {
            break row.clone();
        }
        assert!(started.elapsed() < PATIENCE, "{row}");
        sleep(Duration::from_millis(10)).await;
    };
    assert_eq!(row["exported"], 0, "{row}");
}
