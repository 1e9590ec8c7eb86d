//! The rows of the monitor's list as the server tells of them, read from its stream of events.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    net::TcpStream,
};

use crate::running::{Running, TOKEN};

/// A stream of rows; it ends with this value.
pub struct Rows {
    lines: Lines<BufReader<TcpStream>>,
}

impl Rows {
    /// Asks to be told of every row that changes, and waits until that is so.
    ///
    /// # Errors
    /// The server does not answer with a stream.
    pub async fn follow(server: &Running) -> Result<Self> {
        let address = &server.address;
        let mut link = TcpStream::connect(address).await?;
        let head = format!(
            "GET /api/traces/stream HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {TOKEN}\r\nAccept: text/event-stream\r\n\r\n"
        );
        link.write_all(head.as_bytes()).await?;
        let mut rows = Self { lines: BufReader::new(link).lines() };
        let status = rows.line().await?;
        ensure!(status.contains(" 200 "), "no stream of traces: {status}");
        // The ledger comes first.
        while !rows.line().await?.starts_with("data:") {}
        Ok(rows)
    }

    /// Waits for a row of this trace with so many spans.
    ///
    /// # Errors
    /// The stream ends before.
    pub async fn until(&mut self, trace: &str, spans: u64) -> Result<()> {
        loop {
            let line = self.line().await?;
            // Between the lines of events stand those that frame the chunks of the answer.
            let Some(row) = line.strip_prefix("data:").filter(|row| row.contains(trace)) else { continue };
            let row: Value = serde_json::from_str(row)?;
            if row["spans"].as_u64().is_some_and(|there| there >= spans) {
                return Ok(());
            }
        }
    }

    async fn line(&mut self) -> Result<String> {
        self.lines.next_line().await?.context("the stream of traces has ended")
    }
}
