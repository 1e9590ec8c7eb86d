//! What a shell says reaches its viewers: from the right offset, without a gap, and no faster than they take it.

use serde_json::json;
use server::terminal::Limits;

use crate::support::{Client, Packet, TestServer};

const CREDIT: usize = 256 * 1024;

/// Types `length` bytes, in pieces that a message may have.
async fn flood(client: &mut Client, terminal: &str, length: usize) {
    for start in (0..length).step_by(32 * 1024) {
        let piece = "x".repeat((length - start).min(32 * 1024));
        client.type_into(terminal, &piece).await;
    }
}

/// The output bytes among what has arrived.
fn received(packets: &[Packet]) -> usize {
    let output = |packet: &Packet| match packet {
        Packet::Event { name, attachments, .. } if name == "terminal:output" => attachments[0].len(),
        _ => 0,
    };
    packets.iter().map(output).sum()
}

#[tokio::test]
async fn attaching_from_an_offset_gives_exactly_the_rest() {
    let server = TestServer::start().await;
    let mut first = Client::connect(&server).await;
    let terminal = first.open_terminal().await;
    first.type_into(&terminal, "0123456789").await;
    first.outputs(10).await;

    let mut second = Client::connect(&server).await;
    let ack = second.ask("terminal:attach", json!({"terminalId": terminal, "fromSeq": 4})).await;
    assert_eq!((&ack["mode"], &ack["seq"]), (&json!("resume"), &json!(4)));
    let output = second.output().await;
    assert_eq!((output.seq, &output.data[..], output.snapshot), (4, &b"456789"[..], false));
}

#[tokio::test]
async fn attaching_without_an_offset_gives_a_snapshot_and_then_what_is_live() {
    let server = TestServer::start().await;
    let mut first = Client::connect(&server).await;
    let terminal = first.open_terminal().await;
    first.type_into(&terminal, "hello").await;
    first.outputs(5).await;

    let mut second = Client::connect(&server).await;
    let ack = second.ask("terminal:attach", json!({"terminalId": terminal})).await;
    assert_eq!((&ack["mode"], &ack["seq"], &ack["cols"]), (&json!("snapshot"), &json!(5), &json!(80)));
    let screen = second.output().await;
    assert!(screen.snapshot && screen.seq == 5, "{screen:?}");
    assert!(String::from_utf8_lossy(&screen.data).contains("hello"), "{screen:?}");
    first.type_into(&terminal, "!").await;
    let live = second.output().await;
    assert_eq!((live.seq, &live.data[..], live.snapshot), (5, &b"!"[..], false));
}

#[tokio::test]
async fn an_offset_that_was_never_reached_gives_a_snapshot() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    let terminal = client.open_terminal().await;
    let ack = client.ask("terminal:attach", json!({"terminalId": terminal, "fromSeq": 1_000})).await;
    assert_eq!((&ack["mode"], &ack["seq"]), (&json!("snapshot"), &json!(0)));
}

#[tokio::test]
async fn output_stops_at_the_credit_and_goes_on_when_it_is_acked() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    let terminal = client.open_terminal().await;
    flood(&mut client, &terminal, CREDIT + 100_000).await;
    let first = client.outputs(CREDIT).await.len();
    assert_eq!(first, CREDIT, "not a byte more than the credit");
    assert_eq!(received(&client.settle().await), 0);

    let ack = |seq: usize| json!({"terminalId": terminal, "seq": seq});
    client.ask("terminal:ack", ack(CREDIT - 65_537)).await;
    assert_eq!(received(&client.settle().await), 0, "more than 64 KiB are unacked");
    client.ask("terminal:ack", ack(CREDIT - 65_536)).await;
    assert_eq!(client.outputs(100_000).await.len(), 100_000);
}

#[tokio::test]
async fn an_ack_beyond_what_was_sent_gives_no_more_credit() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    let terminal = client.open_terminal().await;
    client.ask("terminal:ack", json!({"terminalId": terminal, "seq": u64::MAX})).await;
    flood(&mut client, &terminal, CREDIT + 1).await;
    client.outputs(CREDIT).await;
    assert_eq!(received(&client.settle().await), 0);
}

#[tokio::test]
async fn a_stuck_viewer_does_not_slow_another() {
    let server = TestServer::start().await;
    let mut fast = Client::connect(&server).await;
    let mut stuck = Client::connect(&server).await;
    let terminal = fast.open_terminal().await;
    stuck.ask("terminal:attach", json!({"terminalId": terminal, "fromSeq": 0})).await;

    let length = 4 * CREDIT;
    for start in (0..length).step_by(65_536) {
        fast.type_into(&terminal, &"x".repeat(65_536)).await;
        assert_eq!(fast.outputs(65_536).await.len(), 65_536);
        fast.ask("terminal:ack", json!({"terminalId": terminal, "seq": start + 65_536})).await;
    }
    assert_eq!(stuck.outputs(CREDIT).await.len(), CREDIT);
    assert_eq!(received(&stuck.settle().await), 0);
    stuck.ask("terminal:ack", json!({"terminalId": terminal, "seq": CREDIT})).await;
    assert_eq!(stuck.outputs(CREDIT).await.len(), CREDIT, "it goes on where it was");
}

#[tokio::test]
async fn a_viewer_that_fell_out_of_the_ring_is_shown_a_snapshot_unasked() {
    let server = TestServer::start().await;
    let mut fast = Client::connect(&server).await;
    let mut slow = Client::connect(&server).await;
    let terminal = fast.open_terminal().await;
    slow.ask("terminal:attach", json!({"terminalId": terminal, "fromSeq": 0})).await;
    slow.event("terminal:attached").await;

    let length: u64 = 6 * 1024 * 1024;
    for end in (65_536..=length).step_by(65_536) {
        fast.type_into(&terminal, &"x".repeat(65_536)).await;
        fast.outputs(65_536).await;
        fast.ask("terminal:ack", json!({"terminalId": terminal, "seq": end})).await;
    }
    slow.outputs(CREDIT).await;
    slow.ask("terminal:ack", json!({"terminalId": terminal, "seq": CREDIT})).await;
    let attached = slow.event("terminal:attached").await;
    assert_eq!((&attached["mode"], &attached["seq"]), (&json!("snapshot"), &json!(length)));
    assert_eq!(attached["_requestId"], json!(null));
    let screen = slow.output().await;
    assert!(screen.snapshot && screen.seq == length, "at {}", screen.seq);
    fast.type_into(&terminal, "!").await;
    assert_eq!(slow.outputs(1).await, b"!");
}

#[tokio::test]
async fn a_larger_ring_holds_what_a_usual_one_has_lost() {
    let server = TestServer::start_with(Limits { ring: 8 << 20, ..Limits::default() }, |_| {}).await;
    let mut fast = Client::connect(&server).await;
    let terminal = fast.open_terminal().await;
    for end in (65_536..=6 << 20).step_by(65_536) {
        fast.type_into(&terminal, &"x".repeat(65_536)).await;
        fast.outputs(65_536).await;
        fast.ask("terminal:ack", json!({"terminalId": terminal, "seq": end})).await;
    }
    let mut late = Client::connect(&server).await;
    let attached = late.ask("terminal:attach", json!({"terminalId": terminal, "fromSeq": 0})).await;
    assert_eq!((&attached["mode"], &attached["seq"]), (&json!("resume"), &json!(0)), "{attached}");
}

#[tokio::test]
async fn nothing_more_comes_after_detaching() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    let terminal = client.open_terminal().await;
    assert_eq!(client.ask("terminal:detach", json!({"terminalId": terminal})).await["ok"], true);
    client.settle().await;
    let mut other = Client::connect(&server).await;
    other.ask("terminal:attach", json!({"terminalId": terminal})).await;
    other.type_into(&terminal, "unseen").await;
    other.outputs(6).await;
    assert_eq!(received(&client.settle().await), 0);
}

#[tokio::test]
async fn the_end_is_told_after_the_last_output() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    let mut watcher = Client::connect(&server).await;
    let terminal = client.open_terminal().await;
    watcher.ask("terminal:attach", json!({"terminalId": terminal, "fromSeq": 0})).await;
    client.type_into(&terminal, "bye\u{4}").await;
    for viewer in [&mut client, &mut watcher] {
        let mut output = Vec::new();
        let closed = loop {
            match viewer.next().await.expect("the connection stays") {
                Packet::Event { name, attachments, .. } if name == "terminal:output" => {
                    output.extend_from_slice(&attachments[0]);
                }
                Packet::Event { name, body, .. } if name == "terminal:closed" => break body,
                _ => {}
            }
        };
        assert_eq!(output, b"bye");
        assert_eq!(closed, json!({"terminalId": terminal, "exitCode": 0, "reason": "exited"}));
    }
}

#[tokio::test]
async fn a_command_is_told_when_it_starts_and_when_it_ends() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    let terminal = client.open_terminal().await;
    let typed = "\x1b]7;file://host/tmp\x07\x1b]133;A\x07$ \x1b]133;B\x07\x1b]133;C;cmdline_url=make%20test\x07built";
    client.type_into(&terminal, typed).await;
    let started = client.event("terminal:command").await;
    let id = started["commandId"].clone();
    let expected = json!({
        "terminalId": terminal, "commandId": id, "command": "make test", "cwd": "/tmp", "running": true,
    });
    assert_eq!(started, expected);

    client.type_into(&terminal, "\x1b]133;D;2\x07").await;
    let ended = client.event("terminal:command").await;
    assert_eq!((&ended["commandId"], &ended["running"], &ended["exitCode"]), (&id, &json!(false), &json!(2)));
    assert!(ended["durationMs"].is_u64(), "{ended}");

    let mut newcomer = Client::connect(&server).await;
    newcomer.ask("terminal:attach", json!({"terminalId": terminal})).await;
    assert_eq!(newcomer.event("terminal:command").await, ended, "who comes later is told the last");
}
