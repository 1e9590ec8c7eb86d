//! A page that takes its time: output waits until it has been parsed, and is acked only then.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use anyhow::Result;
use tokio::time::sleep_until;

use super::Window;

/// How fast a page parses on a good day, in bytes per second.
const PARSES: f64 = 10e6;

/// A window whose page parses ten megabytes a second.
pub struct Page {
    window: Window,
    /// What has arrived and is not parsed: when it will be, and what it is.
    waiting: VecDeque<(Instant, Vec<u8>)>,
    queued: usize,
    /// The most that ever waited, in bytes.
    pub most_queued: usize,
    parsed: u64,
}

impl Page {
    /// Puts a page behind a window.
    pub fn new(window: Window) -> Self {
        let parsed = window.seq;
        Self { window, waiting: VecDeque::new(), queued: 0, most_queued: 0, parsed }
    }

    /// Types.
    ///
    /// # Errors
    /// The link breaks.
    pub async fn input(&mut self, data: &str) -> Result<()> {
        self.window.input(data).await
    }

    /// Parses until `wanted` has been parsed, or for the given time.
    ///
    /// # Errors
    /// The link breaks.
    pub async fn parse(&mut self, wanted: Option<&[u8]>, within: Duration) -> Result<()> {
        let until = Instant::now() + within;
        let mut tail = Vec::new();
        while Instant::now() < until {
            let next = self.waiting.front().map_or(until, |(done, _)| (*done).min(until));
            tokio::select! {
                frame = self.window.frame() => self.queue(frame?.to_vec()),
                () = sleep_until(next.into()) => {
                    let Some((_, bytes)) = self.waiting.pop_front_if(|(done, _)| *done <= Instant::now()) else { continue };
                    self.queued -= bytes.len();
                    self.parsed += bytes.len() as u64;
                    self.window.ack_to(self.parsed).await?;
                    tail.extend_from_slice(&bytes);
                    if wanted.is_some_and(|wanted| tail.windows(wanted.len()).any(|window| window == wanted)) {
                        return Ok(());
                    }
                    tail.drain(..tail.len().saturating_sub(64));
                }
            }
        }
        anyhow::ensure!(wanted.is_none(), "what was waited for did not come within {within:?}");
        Ok(())
    }

    /// Closes the terminal and the connection.
    ///
    /// # Errors
    /// The link breaks.
    pub async fn close(self) -> Result<()> {
        self.window.close().await
    }

    fn queue(&mut self, bytes: Vec<u8>) {
        let begins = self.waiting.back().map_or_else(Instant::now, |(done, _)| (*done).max(Instant::now()));
        self.queued += bytes.len();
        self.most_queued = self.most_queued.max(self.queued);
        self.waiting.push_back((begins + Duration::from_secs_f64(bytes.len() as f64 / PARSES), bytes));
    }
}
