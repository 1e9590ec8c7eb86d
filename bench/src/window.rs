//! A window without a page: just enough of Socket.IO over a web socket to type, read and ack.

mod envelope;
mod page;

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_with_config,
    tungstenite::{Message, client::IntoClientRequest},
};

use crate::running::{Running, TOKEN};

use envelope::Envelope;
pub use page::Page;

/// After how many bytes our page acks.
const ACK_EVERY: u64 = 64 * 1024;

/// When nothing has come for this long, nothing more comes.
const SILENCE: Duration = Duration::from_millis(150);

/// What a flood consists of, and what a line feed becomes on the wire.
const FLOOD_COLUMNS: usize = 78;
const LINE_FEED: usize = b"\r\n".len();

/// Output of `bytes` bytes on the wire, to a whole line.
pub fn flood_command(bytes: usize) -> String {
    lines_command(bytes.div_ceil(FLOOD_COLUMNS + LINE_FEED), FLOOD_COLUMNS)
}

fn lines_command(lines: usize, columns: usize) -> String {
    format!("stty -echo; yes {} | head -n {lines}", "x".repeat(columns))
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
    /// Whether the frame that comes next is part of a snapshot.
    is_snapshot: bool,
    envelope: Option<Envelope>,
}

impl Window {
    /// Connects and opens a shell.
    ///
    /// # Errors
    /// The server does not answer as the protocol says.
    pub async fn open(server: &Running) -> Result<Self> {
        let mut window = Self::connect(server).await?;
        window.terminal = window.create().await?;
        Ok(window)
    }

    /// Connects, with no terminal yet.
    ///
    /// # Errors
    /// The server does not answer as the protocol says.
    pub async fn connect(server: &Running) -> Result<Self> {
        Self::connect_to(&server.address).await
    }

    /// Connects to whoever listens there.
    ///
    /// # Errors
    /// They do not answer as the protocol says.
    pub async fn connect_to(address: &str) -> Result<Self> {
        let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
        let mut request = url.into_client_request()?;
        request.headers_mut().insert("authorization", format!("Bearer {TOKEN}").parse()?);
        // Browsers do not wait for the ack of one small message before they send the next, either.
        let (link, _) = connect_async_with_config(request, None, true).await?;
        let mut window = Self { link, terminal: String::new(), seq: 0, acked: 0, is_snapshot: false, envelope: None };
        window.text_starting("0{").await?;
        window.link.send(Message::text("40")).await?;
        window.text_starting("40").await?;
        Ok(window)
    }

    /// Opens a shell in a tab of its own and returns its id.
    ///
    /// # Errors
    /// The server does not answer as the protocol says.
    pub async fn create(&mut self) -> Result<String> {
        self.link.send(Message::text(r#"421["terminal:create",{"cols":80,"rows":24}]"#)).await?;
        let ack = self.text_starting("431").await?;
        let ack: Value = serde_json::from_str(&ack[3..])?;
        Ok(ack[0]["terminalId"].as_str().with_context(|| format!("no terminal: {ack}"))?.to_owned())
    }

    /// The terminal's id, for others to attach to.
    pub fn terminal(&self) -> &str {
        &self.terminal
    }

    /// Lets messages carry what the page's tracked service writes into them, with this percentage of them recorded there.
    pub fn trace(&mut self, sampled: Option<u32>) {
        self.envelope = sampled.map(Envelope::new);
    }

    /// The trace of the message that was sent last.
    ///
    /// # Errors
    /// It carried none.
    pub fn last_trace(&self) -> Result<String> {
        Ok(self.envelope.as_ref().context("messages carry no context")?.trace())
    }

    /// Attaches to a terminal; returns how long it took from the request to the last frame of the snapshot, in milliseconds.
    ///
    /// # Errors
    /// The link breaks.
    pub async fn attach(&mut self, terminal: &str) -> Result<f64> {
        self.terminal = terminal.to_owned();
        let asked = Instant::now();
        self.emit("terminal:attach", &json!({"terminalId": terminal})).await?;
        self.frame().await?;
        let mut arrived = Instant::now();
        while let Ok(frame) = timeout(SILENCE, self.frame()).await {
            frame?;
            arrived = Instant::now();
        }
        Ok((arrived - asked).as_secs_f64() * 1e3)
    }

    /// Starts `cat`, which echoes what is typed.
    ///
    /// # Errors
    /// The link breaks.
    pub async fn start_cat(&mut self) -> Result<()> {
        // The marker is computed by the shell, so that the echo of the command itself is not taken for it.
        self.input("echo rea''dy; exec cat\r").await?;
        self.until(b"ready\r\n").await
    }

    /// Types into `cat` and returns how long each echo took, in milliseconds.
    ///
    /// # Errors
    /// The link breaks.
    pub async fn echoes(&mut self, count: usize) -> Result<Vec<f64>> {
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
        self.print(bytes.div_ceil(FLOOD_COLUMNS + LINE_FEED), FLOOD_COLUMNS).await
    }

    /// Lets the shell write so many full lines and takes them as fast as they come.
    ///
    /// # Errors
    /// The link breaks.
    pub async fn print(&mut self, lines: usize, columns: usize) -> Result<Flood> {
        let bytes = lines * (columns + LINE_FEED);
        self.input("stty -echo; PS1=; echo rea''dy\r").await?;
        self.until(b"ready\r\n").await?;
        let (from, began, mut frames) = (self.seq, Instant::now(), 0);
        self.input(&format!("{}\r", lines_command(lines, columns))).await?;
        while self.seq - from < bytes as u64 {
            self.output().await?;
            frames += 1;
        }
        let megabytes = (self.seq - from) as f64 / 1e6;
        Ok(Flood { megabytes_per_second: megabytes / began.elapsed().as_secs_f64(), frames: f64::from(frames) })
    }

    /// Takes so much output, as fast as it comes.
    ///
    /// # Errors
    /// The link breaks.
    pub async fn take(&mut self, bytes: u64) -> Result<()> {
        let until = self.seq + bytes;
        while self.seq < until {
            self.output().await?;
        }
        Ok(())
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

    /// Types.
    ///
    /// # Errors
    /// The link breaks.
    pub async fn input(&mut self, data: &str) -> Result<()> {
        self.emit("terminal:input", &json!({"terminalId": self.terminal, "data": data})).await
    }

    async fn emit(&mut self, event: &str, payload: &Value) -> Result<()> {
        let mut message = json!([event, payload]);
        if let Some(envelope) = &mut self.envelope {
            envelope.write(&mut message[1]);
        }
        Ok(self.link.send(Message::text(format!("42{message}"))).await?)
    }

    /// Takes output until it ends with `wanted`.
    ///
    /// # Errors
    /// The link breaks.
    pub async fn until(&mut self, wanted: &[u8]) -> Result<()> {
        let mut seen = Vec::new();
        while !seen.ends_with(wanted) {
            seen.extend_from_slice(&self.output().await?);
        }
        Ok(())
    }

    /// The next live output; acked as our page does.
    async fn output(&mut self) -> Result<Bytes> {
        let bytes = self.frame().await?;
        self.ack_to(self.seq).await?;
        Ok(bytes)
    }

    /// Acks what has been parsed, if that is enough for an ack.
    async fn ack_to(&mut self, parsed: u64) -> Result<()> {
        if parsed - self.acked >= ACK_EVERY {
            self.acked = parsed;
            self.emit("terminal:ack", &json!({"terminalId": self.terminal, "seq": parsed})).await?;
        }
        Ok(())
    }

    /// The next frame of output.
    async fn frame(&mut self) -> Result<Bytes> {
        loop {
            match self.next().await? {
                Message::Text(text) if text.starts_with("451-[\"terminal:output\"") => self.announced(&text)?,
                Message::Binary(bytes) => {
                    if !self.is_snapshot {
                        self.seq += bytes.len() as u64;
                    }
                    return Ok(bytes);
                }
                _ => {}
            }
        }
    }

    /// Reads the text part of a frame: a snapshot stands at its offset, output moves it on.
    fn announced(&mut self, text: &str) -> Result<()> {
        self.is_snapshot = text.contains("\"snapshot\":true");
        if self.is_snapshot {
            let head: Value = serde_json::from_str(&text[4..])?;
            self.seq = head[1]["seq"].as_u64().context("a frame without an offset")?;
            self.acked = self.seq;
        }
        Ok(())
    }

    async fn text_starting(&mut self, with: &str) -> Result<String> {
        loop {
            match self.next().await? {
                Message::Text(text) if text.starts_with(with) => return Ok(text.to_string()),
                Message::Text(text) if text.starts_with("451-[\"terminal:output\"") => self.announced(&text)?,
                Message::Text(text) => ensure!(!text.starts_with("44"), "refused: {text}"),
                Message::Binary(bytes) if !self.is_snapshot => self.seq += bytes.len() as u64,
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
