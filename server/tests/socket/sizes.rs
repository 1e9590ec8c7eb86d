//! Whose window gives a shared terminal its size.

use serde_json::{Value, json};
use server::terminal::{Limits, ResizePolicy, Size};

use crate::support::{Client, Packet, TestServer};

/// A terminal that a desk with 120×40 and a phone with 40×20 look at.
struct Shared {
    _server: TestServer,
    desk: Client,
    phone: Client,
    terminal: String,
}

async fn shared(policy: ResizePolicy) -> Shared {
    let server = TestServer::start_with(Limits::default(), |settings| settings.resize = policy).await;
    let mut desk = Client::connect(&server).await;
    let mut phone = Client::connect(&server).await;
    let created = desk.ask("terminal:create", json!({"cols": 120, "rows": 40})).await;
    let terminal = created["terminalId"].as_str().unwrap().to_owned();
    phone.ask("terminal:attach", json!({"terminalId": terminal})).await;
    Shared { _server: server, desk, phone, terminal }
}

async fn resize(client: &mut Client, terminal: &str, cols: u16, rows: u16) -> (Value, Value) {
    let ack = client.ask("terminal:resize", json!({"terminalId": terminal, "cols": cols, "rows": rows})).await;
    assert_eq!(ack["ok"], true, "{ack}");
    (ack["cols"].clone(), ack["rows"].clone())
}

#[tokio::test]
async fn a_phone_shrinks_nothing_until_it_types() {
    let Shared { mut desk, mut phone, terminal, .. } = shared(ResizePolicy::Leader).await;
    assert_eq!(resize(&mut phone, &terminal, 40, 20).await, (json!(120), json!(40)));
    let heard = desk.settle().await;
    assert!(!heard.iter().any(|packet| matches!(packet, Packet::Event { name, .. } if name == "terminal:resized")));
    phone.type_into(&terminal, "x").await;
    assert_eq!(resize(&mut phone, &terminal, 40, 20).await, (json!(40), json!(20)));
    let resized = desk.event("terminal:resized").await;
    assert_eq!((&resized["cols"], &resized["rows"]), (&json!(40), &json!(20)));
}

#[tokio::test]
async fn the_smallest_window_counts_and_not_any_more_when_it_is_gone() {
    let Shared { mut desk, mut phone, terminal, .. } = shared(ResizePolicy::Smallest).await;
    assert_eq!(desk.ask("session:init", json!({})).await["config"]["everySizeCounts"], true);
    assert_eq!(resize(&mut desk, &terminal, 120, 20).await, (json!(120), json!(20)));
    assert_eq!(resize(&mut phone, &terminal, 40, 30).await, (json!(40), json!(20)));
    desk.event_if("terminal:resized", |resized| resized["cols"] == 40).await;
    // It has asked last, and hears of the next size all the same.
    assert_eq!(resize(&mut desk, &terminal, 120, 50).await, (json!(40), json!(30)));
    phone.ask("terminal:detach", json!({"terminalId": terminal})).await;
    desk.event_if("terminal:resized", |resized| resized["cols"] == 120 && resized["rows"] == 50).await;
}

#[tokio::test]
async fn a_fixed_size_stays_whatever_is_asked() {
    let fixed = ResizePolicy::Fixed(Size::clamped(100, 30));
    let Shared { mut desk, mut phone, terminal, .. } = shared(fixed).await;
    for client in [&mut desk, &mut phone] {
        assert_eq!(resize(client, &terminal, 80, 24).await, (json!(100), json!(30)));
    }
    let attached = phone.ask("terminal:attach", json!({"terminalId": terminal})).await;
    assert_eq!((&attached["cols"], &attached["rows"]), (&json!(100), &json!(30)));
}

#[tokio::test]
async fn a_new_terminal_is_no_smaller_and_no_larger_than_there_can_be() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    let created = client.ask("terminal:create", json!({"cols": 0, "rows": 5_000})).await;
    assert_eq!((&created["cols"], &created["rows"]), (&json!(1), &json!(1_000)), "{created}");
}

#[tokio::test]
async fn a_new_size_is_told_after_the_output_before_it() {
    const PIECE: usize = 64 * 1024;
    const CREDIT: usize = 4 * PIECE;
    let Shared { mut desk, mut phone, terminal, .. } = shared(ResizePolicy::Leader).await;
    // More than the phone is sent before it acks.
    let mut seen = Vec::new();
    for n in 1..=6 {
        desk.type_into(&terminal, &"x".repeat(PIECE)).await;
        desk.follow(&terminal, &mut seen, |text| text.len() == n * PIECE).await;
    }
    resize(&mut desk, &terminal, 90, 30).await;
    assert_eq!(desk.event("terminal:resized").await["cols"], 90);
    assert_eq!(phone.outputs(CREDIT).await.len(), CREDIT);
    let heard = phone.settle().await;
    let is_resized = |packet: &Packet| matches!(packet, Packet::Event { name, .. } if name == "terminal:resized");
    assert!(!heard.iter().any(is_resized), "what it has not seen yet was written at the size before");

    phone.emit("terminal:ack", json!({"terminalId": terminal, "seq": CREDIT})).await;
    let mut received = CREDIT;
    loop {
        match phone.next().await.unwrap() {
            Packet::Event { name, attachments, .. } if name == "terminal:output" => received += attachments[0].len(),
            packet if is_resized(&packet) => break,
            _ => {}
        }
    }
    assert_eq!(received, seen.len());
}
