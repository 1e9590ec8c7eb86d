//! A small Socket.IO client whose verbs read well. What nobody has asked for yet is kept, in order.

use std::{collections::VecDeque, net::SocketAddr, time::Duration};

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_with_config,
    tungstenite::{Message, client::IntoClientRequest},
};

use super::{
    TestServer,
    packet::{Incomplete, Packet, event},
    server::USER,
};

/// Long enough for a busy machine; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Client {
    link: WebSocketStream<MaybeTlsStream<TcpStream>>,
    kept: VecDeque<Packet>,
    asked: u64,
}

/// One `terminal:output`.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    pub seq: u64,
    pub data: Bytes,
    pub snapshot: bool,
    pub trace: Option<String>,
}

impl Client {
    /// A window of the user `ada`.
    pub async fn connect(server: &TestServer) -> Self {
        Self::connect_as(server, "ada").await
    }

    pub async fn connect_as(server: &TestServer, user: &str) -> Self {
        let mut client = Self::knock(server, Some(user), &json!({})).await;
        assert_eq!(client.next().await, Some(Packet::Connected));
        client
    }

    /// Sends CONNECT and does not wait for what comes of it.
    pub async fn knock(server: &TestServer, user: Option<&str>, auth: &Value) -> Self {
        let header = user.map(|user| (USER, user));
        Self::dial(server.address, header.as_slice(), auth).await
    }

    /// A window of a server that is a process of its own, with the token `test`.
    pub async fn enter(address: SocketAddr) -> Self {
        let mut client = Self::dial(address, &[("authorization", "Bearer test")], &json!({})).await;
        assert_eq!(client.next().await, Some(Packet::Connected));
        client
    }

    /// A window of a guest: their cookie, and the page that it comes from.
    pub async fn by_cookie(address: SocketAddr, cookie: &str) -> Self {
        let origin = format!("http://{address}");
        let mut client = Self::dial(address, &[("cookie", cookie), ("origin", &origin)], &json!({})).await;
        assert_eq!(client.next().await, Some(Packet::Connected));
        client
    }

    /// The same for who may not be let in, or not for long: nothing when there is no connection.
    pub async fn try_by_cookie(address: SocketAddr, cookie: &str) -> Option<Self> {
        let origin = format!("http://{address}");
        Self::try_dial(address, &[("cookie", cookie), ("origin", &origin)], &json!({})).await
    }

    async fn dial(address: SocketAddr, headers: &[(&'static str, &str)], auth: &Value) -> Self {
        Self::try_dial(address, headers, auth).await.expect("the handshake is accepted")
    }

    async fn try_dial(address: SocketAddr, headers: &[(&'static str, &str)], auth: &Value) -> Option<Self> {
        let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
        let mut request = url.into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        // Without a pause for more to send with it, as browsers do it.
        let (mut link, _) = connect_async_with_config(request, None, true).await.ok()?;
        let open = link.next().await.unwrap().unwrap();
        assert!(open.to_text().unwrap().starts_with("0{"), "{open:?}");
        link.send(Message::text(format!("40{auth}"))).await.unwrap();
        Some(Self { link, kept: VecDeque::new(), asked: 0 })
    }

    /// Emits without asking for an ack.
    pub async fn emit(&mut self, name: &str, payload: Value) {
        self.emit_with(name, &[payload]).await;
    }

    /// Emits any arguments without asking for an ack.
    pub async fn emit_with(&mut self, name: &str, arguments: &[Value]) {
        self.send(event(name, arguments, None, 0)).await;
    }

    /// Emits and returns the ack.
    pub async fn ask(&mut self, name: &str, payload: Value) -> Value {
        self.ask_with(name, &[payload], &[]).await
    }

    /// Emits and returns the ack, or nothing when the connection has ended before it.
    pub async fn try_ask(&mut self, name: &str, payload: Value) -> Option<Value> {
        self.asked += 1;
        let wanted = self.asked;
        self.link.send(Message::text(event(name, &[payload], Some(wanted), 0))).await.ok()?;
        loop {
            match self.read().await? {
                Packet::Ack { id, body } if id == wanted => return Some(body),
                _ => {}
            }
        }
    }

    /// Asks for what is granted.
    pub async fn granted(&mut self, name: &str, payload: Value) -> Value {
        let ack = self.ask(name, payload).await;
        assert_eq!(ack["ok"], true, "{name}: {ack}");
        ack
    }

    /// The first of the sessions that the window may see.
    pub async fn session(&mut self) -> Value {
        self.ask("session:init", json!({})).await["workspace"]["sessions"][0].clone()
    }

    /// Emits any arguments and attachments and returns the ack.
    pub async fn ask_with(&mut self, name: &str, arguments: &[Value], attachments: &[Bytes]) -> Value {
        let id = self.request(name, arguments, attachments).await;
        self.ack(id).await
    }

    /// Emits and returns the number of the ack to come.
    pub async fn request(&mut self, name: &str, arguments: &[Value], attachments: &[Bytes]) -> u64 {
        self.asked += 1;
        self.send(event(name, arguments, Some(self.asked), attachments.len())).await;
        for attachment in attachments {
            self.link.send(Message::Binary(attachment.clone())).await.unwrap();
        }
        self.asked
    }

    /// Emits the same many times over in as few packets as the network allows, and returns the number of the last ack to come.
    pub async fn burst(&mut self, name: &str, payload: &Value, times: u64) -> u64 {
        for id in self.asked + 1..=self.asked + times {
            self.link.feed(Message::text(event(name, std::slice::from_ref(payload), Some(id), 0))).await.unwrap();
        }
        self.link.flush().await.unwrap();
        self.asked += times;
        self.asked
    }

    pub async fn send(&mut self, text: String) {
        self.link.send(Message::text(text)).await.unwrap();
    }

    pub async fn ack(&mut self, wanted: u64) -> Value {
        let matches = |packet: &Packet| match packet {
            Packet::Ack { id, body } => (*id == wanted).then(|| body.clone()),
            _ => None,
        };
        self.find(&format!("the ack {wanted}"), matches).await
    }

    /// Waits for the next event of that name.
    pub async fn event(&mut self, wanted: &str) -> Value {
        self.event_if(wanted, |_| true).await
    }

    /// Waits for the next event of that name that fits.
    pub async fn event_if(&mut self, wanted: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let matches = |packet: &Packet| match packet {
            Packet::Event { name, body, .. } => (name == wanted && fits(body)).then(|| body.clone()),
            _ => None,
        };
        self.find(wanted, matches).await
    }

    /// Waits for the next output.
    pub async fn output(&mut self) -> Output {
        let matches = |packet: &Packet| match packet {
            Packet::Event { name, body, attachments } if name == "terminal:output" => {
                assert_eq!(body["data"], json!({"_placeholder": true, "num": 0}), "output travels as an attachment");
                let trace = body["_trace"]["b3"].as_str().map(str::to_owned);
                let snapshot = body["snapshot"] == json!(true);
                Some(Output { seq: body["seq"].as_u64().unwrap(), data: attachments[0].clone(), snapshot, trace })
            }
            _ => None,
        };
        self.find("terminal:output", matches).await
    }

    /// Collects live output until `length` bytes of it are there, without a gap; snapshots are passed over.
    pub async fn outputs(&mut self, length: usize) -> Vec<u8> {
        let mut collected: Vec<u8> = Vec::new();
        let mut at = None;
        while collected.len() < length {
            let output = self.output().await;
            if output.snapshot {
                continue;
            }
            assert_eq!(*at.get_or_insert(output.seq), output.seq, "no gap and nothing twice");
            at = Some(output.seq + output.data.len() as u64);
            collected.extend_from_slice(&output.data);
        }
        collected
    }

    /// Acks everything that has come, as a page does, and returns it from offset `at` on until `is_enough` of all of it.
    pub async fn follow(&mut self, terminal: &str, seen: &mut Vec<u8>, is_enough: impl Fn(&str) -> bool) {
        while !is_enough(&String::from_utf8_lossy(seen)) {
            let output = self.output().await;
            assert!(!output.snapshot, "{output:?}");
            assert_eq!(output.seq, seen.len() as u64, "no gap and nothing twice");
            seen.extend_from_slice(&output.data);
            self.emit("terminal:ack", json!({"terminalId": terminal, "seq": seen.len()})).await;
        }
    }

    /// Opens a terminal in the session's first pane, or in a new tab when that is taken, and returns its id.
    pub async fn open_terminal(&mut self) -> String {
        let ack = self.ask("terminal:create", json!({"cols": 80, "rows": 24})).await;
        assert_eq!(ack["ok"], true, "{ack}");
        ack["terminalId"].as_str().unwrap().to_owned()
    }

    pub async fn type_into(&mut self, terminal: &str, text: &str) {
        let ack = self.ask("terminal:input", json!({"terminalId": terminal, "data": text})).await;
        assert_eq!(ack["ok"], true, "{ack}");
    }

    /// Everything that has arrived until the server answers a question asked now.
    pub async fn settle(&mut self) -> Vec<Packet> {
        self.ask("clock:probe", json!({})).await;
        self.kept.drain(..).collect()
    }

    /// The next packet in the order of arrival; `None` when the connection has ended.
    pub async fn next(&mut self) -> Option<Packet> {
        match self.kept.pop_front() {
            Some(packet) => Some(packet),
            None => self.read().await,
        }
    }

    /// Waits for the connection's end, passing over what comes before.
    pub async fn ended(&mut self) {
        while let Some(packet) = self.read().await {
            if packet == Packet::Disconnected {
                return;
            }
        }
    }

    async fn find<T>(&mut self, what: &str, matches: impl Fn(&Packet) -> Option<T>) -> T {
        if let Some((place, found)) = self.kept.iter().enumerate().find_map(|(at, packet)| Some((at, matches(packet)?)))
        {
            self.kept.remove(place);
            return found;
        }
        loop {
            let packet = self.read().await.unwrap_or_else(|| panic!("the connection ended before {what}"));
            match matches(&packet) {
                Some(found) => return found,
                None => self.kept.push_back(packet),
            }
        }
    }

    async fn read(&mut self) -> Option<Packet> {
        let text = self.frame().await?;
        let incomplete = Incomplete::read(text.to_text().unwrap());
        let mut attachments = Vec::new();
        while attachments.len() < incomplete.attachments {
            attachments.push(self.frame().await?.into_data());
        }
        Some(incomplete.complete(attachments))
    }

    /// The next frame that is not the transport's own.
    async fn frame(&mut self) -> Option<Message> {
        loop {
            let frame = timeout(PATIENCE, self.link.next()).await.expect("something comes");
            match frame {
                Some(Ok(Message::Text(text))) if text.as_str() == "2" => self.send("3".to_owned()).await,
                Some(Ok(Message::Text(text))) if text.as_str().starts_with('4') => {
                    return Some(Message::text(text.as_str()[1..].to_owned()));
                }
                Some(Ok(Message::Binary(bytes))) => return Some(Message::Binary(bytes)),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }
}
