//! Socket.IO 5 packets on Engine.IO 4, as they stand in websocket frames.

use bytes::Bytes;
use serde_json::{Value, json};

/// A packet of a server.
#[derive(Clone, Debug, PartialEq)]
pub enum Packet {
    Connected,
    Refused { message: String },
    Disconnected,
    Event { name: String, body: Value, attachments: Vec<Bytes> },
    Ack { id: u64, body: Value },
}

/// A packet whose attachments are still to come.
pub struct Incomplete {
    pub attachments: usize,
    packet: Packet,
}

impl Incomplete {
    /// Reads the text of a message frame, without the Engine.IO type in front.
    pub fn read(text: &str) -> Self {
        let (kind, rest) = text.split_at(1);
        let (attachments, rest) = match kind {
            "5" | "6" => rest.split_once('-').map(|(count, rest)| (count.parse().unwrap(), rest)).unwrap(),
            _ => (0, rest),
        };
        let id_ends = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (id, json) = rest.split_at(id_ends);
        let json: Value = if json.is_empty() { Value::Null } else { serde_json::from_str(json).unwrap() };
        let packet = match kind {
            "0" => Packet::Connected,
            "1" => Packet::Disconnected,
            "2" | "5" => {
                let name = json[0].as_str().unwrap().to_owned();
                Packet::Event { name, body: json[1].clone(), attachments: Vec::new() }
            }
            "3" | "6" => Packet::Ack { id: id.parse().unwrap(), body: json[0].clone() },
            "4" => Packet::Refused { message: json["message"].as_str().unwrap().to_owned() },
            other => panic!("a packet of type {other}: {text}"),
        };
        Self { attachments, packet }
    }

    pub fn complete(self, with: Vec<Bytes>) -> Packet {
        match self.packet {
            Packet::Event { name, body, .. } => Packet::Event { name, body, attachments: with },
            other => other,
        }
    }
}

/// Writes an event; `id` asks for an ack.
pub fn event(name: &str, arguments: &[Value], id: Option<u64>, attachments: usize) -> String {
    let mut array = vec![json!(name)];
    array.extend_from_slice(arguments);
    let id = id.map(|id| id.to_string()).unwrap_or_default();
    let kind = if attachments == 0 { "2".to_owned() } else { format!("5{attachments}-") };
    format!("4{kind}{id}{}", Value::Array(array))
}
