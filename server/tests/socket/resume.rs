//! A viewer whose connection breaks again and again sees every byte once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use tokio::task::JoinHandle;

use crate::support::{Client, TestServer};

const DISCONNECTS: usize = 100;

/// Characters of every length and sequences of every kind, so that hardly a cut falls between two of them.
const TEXT: &str = "plain é 漢字 👩\u{200d}👩\u{200d}👧 \x1b[38;2;10;200;30mcolour\x1b[0m \x1b]8;;http://example.org/\x1b\\link\x1b]8;;\x1b\\\r\n";

/// Numbers that look random and are the same in every run (a linear congruential generator, Knuth's MMIX).
struct Dice(u64);

impl Dice {
    fn up_to(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % (most + 1)
    }
}

/// Types until it is told to stop, and returns everything that the terminal said to it.
fn typist(mut client: Client, terminal: String, stop: Arc<AtomicBool>) -> JoinHandle<Vec<u8>> {
    tokio::spawn(async move {
        let mut said = Vec::new();
        for n in 0.. {
            let line = format!("{n} {TEXT}");
            client.type_into(&terminal, &line).await;
            said.extend(client.outputs(line.len()).await);
            client.emit("terminal:ack", json!({"terminalId": terminal, "seq": said.len()})).await;
            if stop.load(Ordering::Relaxed) {
                break;
            }
        }
        said
    })
}

#[tokio::test]
async fn a_hundred_broken_connections_lose_and_double_nothing() {
    let server = TestServer::start().await;
    let mut first = Client::connect(&server).await;
    let terminal = first.open_terminal().await;
    let stop = Arc::new(AtomicBool::new(false));
    let typist = typist(first, terminal.clone(), Arc::clone(&stop));

    let mut dice = Dice(2026);
    let mut seen: Vec<u8> = Vec::new();
    for _ in 0..DISCONNECTS {
        let mut viewer = Client::connect(&server).await;
        let attach = json!({"terminalId": terminal, "fromSeq": seen.len()});
        let ack = viewer.ask("terminal:attach", attach).await;
        assert_eq!((&ack["mode"], &ack["seq"]), (&json!("resume"), &json!(seen.len())));
        // However far it came, the last of it is lost with the connection: in the middle of whatever is there.
        let received = viewer.outputs(1 + dice.up_to(2_000)).await;
        seen.extend_from_slice(&received[..received.len() - dice.up_to(received.len().min(300) - 1)]);
    }

    stop.store(true, Ordering::Relaxed);
    let said = typist.await.unwrap();
    let mut viewer = Client::connect(&server).await;
    viewer.ask("terminal:attach", json!({"terminalId": terminal, "fromSeq": seen.len()})).await;
    while seen.len() < said.len() {
        seen.extend(viewer.outputs(1).await);
        viewer.emit("terminal:ack", json!({"terminalId": terminal, "seq": seen.len()})).await;
    }
    assert!(seen == said, "{} bytes seen of {} said", seen.len(), said.len());
}
