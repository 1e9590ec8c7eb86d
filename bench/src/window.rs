//! A window without a page: just enough of Socket.IO over a web socket to type, read and ack.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use crate::running::{Running, TOKEN};

/// After how many bytes our page acks.
const ACK_EVERY: u64 = 64 * 1024;

/// Output of exactly `bytes` bytes on the wire: the terminal turns each line feed into two bytes.
pub fn flood_command(bytes: usize) -> String {
    let lines = bytes.div_ceil(80);
    let line = "x".repeat(78);
    format!("stty -echo; yes {line} | head -n {lines}")
}

/// How a flood went.
pub struct Flood {
    /// From the command to the last byte.
    pub megabytes_per_second: f64,
    /// Messages it came in.
    pub frames: f64,
}

/// One connection with one terminal.
pub struct Window {
    link: WebSocketStream<MaybeTlsStream<TcpStream>>,
    terminal: String,
    /// The offset after what has arrived.
    seq: u64,
    acked: u64,
}

impl Window {
    /// Connects and opens a shell.
    ///
    /// # Errors
    /// The server does not answer as the protocol says.
    pub async fn open(server: &Running) -> Result<Self> {
        let url = format!("ws://{}/socket.io/?EIO=4&transport=websocket", server.address);
        let mut request = url.into_client_request()?;
        request.headers_mut().insert("authorization", format!("Bearer {TOKEN}").parse()?);
        let (link, _) = connect_async(request).await?;
        let mut window = Self { link, terminal: String::new(), seq: 0, acked: 0 };
        window.text_starting("0{").await?;
        window.link.send(Message::text("40")).await?;
        window.text_starting("40").await?;
        window.link.send(Message::text(r#"421["terminal:create",{"cols":80,"rows":24}]"#)).await?;
        let ack = window.text_starting("431").await?;
        let ack: Value = serde_json::from_str(&ack[3..])?;
        window.terminal = ack[0]["terminalId"].as_str().with_context(|| format!("no terminal: {ack}"))?.to_owned();
        Ok(window)
    }

    /// Types into `cat` and returns how long each echo took, in milliseconds.
    ///
    /// # Errors
    /// The link breaks.
    pub async fn echoes(&mut self, count: usize) -> Result<Vec<f64>> {
        // The marker is computed by the shell, so that the echo of the command itself is not taken for it.
        self.input("echo rea''dy; exec cat\r").await?;
        self.until(b"ready\r\n").await?;
        let mut times = Vec::with_capacity(count);
        for _ in 0..count {
            let typed = Instant::now();
            self.input("x").await?;
            self.until(b"x").await?;
            times.push(typed.elapsed().as_secs_f64() * 1e3);
        }
        Ok(times)
    }

    /// Lets the shell write `bytes` bytes and takes them as fast as they come.
    ///
    /// # Errors
    /// The link breaks.
    pub async fn flood(&mut self, bytes: usize) -> Result<Flood> {
        self.input("stty -echo; PS1=; echo rea''dy\r").await?;
        self.until(b"ready\r\n").await?;
        let (from, began, mut frames) = (self.seq, Instant::now(), 0);
        self.input(&format!("{}\r", flood_command(bytes))).await?;
        while self.seq - from < bytes as u64 {
            self.output().await?;
            frames += 1;
        }
        let megabytes = (self.seq - from) as f64 / 1e6;
        Ok(Flood { megabytes_per_second: megabytes / began.elapsed().as_secs_f64(), frames: f64::from(frames) })
    }

    /// Closes the terminal and the connection.
    ///
    /// # Errors
    /// The link breaks.
    pub async fn close(mut self) -> Result<()> {
        self.emit("terminal:close", &json!({"terminalId": self.terminal})).await?;
        self.link.close(None).await?;
        Ok(())
    }

    async fn input(&mut self, data: &str) -> Result<()> {
        self.emit("terminal:input", &json!({"terminalId": self.terminal, "data": data})).await
    }

    async fn emit(&mut self, event: &str, payload: &Value) -> Result<()> {
        Ok(self.link.send(Message::text(format!("42{}", json!([event, payload])))).await?)
    }

    /// Takes output until it ends with `wanted`.
    async fn until(&mut self, wanted: &[u8]) -> Result<()> {
        let mut seen = Vec::new();
        while !seen.ends_with(wanted) {
            seen.extend_from_slice(&self.output().await?);
        }
        Ok(())
    }

    /// The next live output; acked as our page does.
    async fn output(&mut self) -> Result<Vec<u8>> {
        loop {
            if let Message::Binary(bytes) = self.next().await? {
                self.seq += bytes.len() as u64;
                if self.seq - self.acked >= ACK_EVERY {
                    self.acked = self.seq;
                    self.emit("terminal:ack", &json!({"terminalId": self.terminal, "seq": self.seq})).await?;
                }
                return Ok(bytes.to_vec());
            }
        }
    }

    async fn text_starting(&mut self, with: &str) -> Result<String> {
        loop {
            match self.next().await? {
                Message::Text(text) if text.starts_with(with) => return Ok(text.to_string()),
                Message::Text(text) => ensure!(!text.starts_with("44"), "refused: {text}"),
                Message::Binary(bytes) => self.seq += bytes.len() as u64,
                _ => {}
            }
        }
    }

    /// The next message; pings are answered on the way.
    async fn next(&mut self) -> Result<Message> {
        loop {
            let message = self.link.next().await.context("the connection ended")??;
            match &message {
                Message::Text(text) if text.as_str() == "2" => self.link.send(Message::text("3")).await?,
                _ => return Ok(message),
            }
        }
    }
}
