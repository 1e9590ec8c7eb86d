//! What is typed arrives, whole and in order.

use bytes::Bytes;
use serde_json::json;
use server::terminal::Spawner;

use crate::support::{Client, Packet, TestServer, Whole};

#[tokio::test(flavor = "multi_thread")]
async fn keystrokes_arrive_in_the_order_they_were_typed() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    let terminal = client.open_terminal().await;
    let typed: String = (0..1_000).map(|n| format!("{n},")).collect();
    for n in 0..1_000 {
        client.emit("terminal:input", json!({"terminalId": terminal, "data": format!("{n},")})).await;
    }
    assert_eq!(String::from_utf8(client.outputs(typed.len()).await).unwrap(), typed);
}

#[tokio::test]
async fn bytes_are_typed_as_they_are() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    let terminal = client.open_terminal().await;
    let bytes = Bytes::from_static(&[0, 255, 0xc3, b'x']);
    let other = Bytes::from_static(b"not this one");
    let payload = json!({"terminalId": terminal, "data": {"_placeholder": true, "num": 1}});
    let ack = client.ask_with("terminal:input", &[payload], &[other, bytes.clone()]).await;
    assert_eq!((&ack["ok"], &ack["bytes"]), (&json!(true), &json!(4)), "{ack}");
    assert_eq!(client.outputs(4).await, bytes);
}

#[tokio::test]
async fn an_ended_terminal_takes_no_input() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    let terminal = client.open_terminal().await;
    client.type_into(&terminal, "\u{4}").await;
    client.event("terminal:closed").await;
    let ack = client.ask("terminal:input", json!({"terminalId": terminal, "data": "x"})).await;
    assert_eq!((&ack["error"]["code"], &ack["error"]["terminalId"]), (&json!("conflict"), &json!(terminal)));
}

#[tokio::test]
async fn input_that_no_program_reads_is_refused_as_soon_as_so_much_waits() {
    let server = Whole::start(|config| config.spawner = Spawner::Shell).await;
    let mut client = Client::enter(server.address).await;
    let shell = "/bin/sh -c 'stty raw -echo; echo ready; exec sleep 1000'";
    let created = client.granted("terminal:create", json!({"cols": 80, "rows": 24, "shell": shell})).await;
    let terminal = created["terminalId"].clone();
    client.outputs("ready".len()).await;
    let much = json!({"terminalId": terminal, "data": "x".repeat(65_536)});
    let mut taken = 0;
    let refused = loop {
        let ack = client.ask("terminal:input", much.clone()).await;
        if ack["ok"] == false {
            break ack;
        }
        taken += 1;
        assert!(taken < 64, "nothing limits what waits");
    };
    let error = &refused["error"];
    assert_eq!((&error["code"], &error["terminalId"]), (&json!("busy"), &terminal), "{refused}");
    assert_eq!(client.event("terminal:error").await["error"], *error);
    client.granted("terminal:close", json!({"terminalId": terminal})).await;
}

#[tokio::test]
async fn sizes_are_clamped_and_only_the_leader_changes_them() {
    let server = TestServer::start().await;
    let mut first = Client::connect(&server).await;
    let mut second = Client::connect(&server).await;
    let terminal = first.open_terminal().await;
    second.ask("terminal:attach", json!({"terminalId": terminal})).await;

    let resize = |cols, rows| json!({"terminalId": terminal, "cols": cols, "rows": rows});
    let ack = first.ask("terminal:resize", resize(-5, 70_000)).await;
    assert_eq!((&ack["cols"], &ack["rows"]), (&json!(1), &json!(1000)));
    let told = second.event("terminal:resized").await;
    assert_eq!((&told["cols"], &told["rows"]), (&json!(1), &json!(1000)));

    assert_eq!(first.event("terminal:resized").await["cols"], 1);
    let rest = first.settle().await;
    let resized = |packet: &Packet| matches!(packet, Packet::Event { name, .. } if name == "terminal:resized");
    assert!(!rest.iter().any(resized), "who asked is told once: {rest:?}");

    let ack = second.ask("terminal:resize", resize(90, 30)).await;
    assert_eq!((&ack["ok"], &ack["cols"]), (&json!(true), &json!(1)), "the size in force");

    second.type_into(&terminal, "x").await;
    let leader = first.event("terminal:leader").await;
    let ready = second.ask("session:init", json!({})).await;
    assert_eq!(leader["leader"], ready["clientId"], "who types leads");
    assert_eq!(second.ask("terminal:resize", resize(90, 30)).await["cols"], 90);
    first.event_if("terminal:resized", |told| told["cols"] == 90).await;
}

#[tokio::test]
async fn a_burst_in_one_packet_is_answered_to_the_last_message() {
    let server = TestServer::start().await;
    let mut client = Client::connect(&server).await;
    let terminal = client.open_terminal().await;
    let last = client.burst("terminal:input", &json!({"terminalId": terminal, "data": "x"}), 4_000).await;
    assert_eq!(client.ack(last).await["ok"], true);
    assert_eq!(client.outputs(4_000).await.len(), 4_000);
}
