//! The server's end of one terminal that the host holds: input and sizes out, output and what else happens in.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::net::UnixStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::client::Host;
use super::frame::{BadFrame, Frame, Incoming, Kind, Outgoing, PAYLOAD, read_size};
use crate::terminal::handle::{EndReason, Ended};
use crate::terminal::shared::{Command, Shared};
use crate::terminal::task::Writing;
use crate::terminal::viewers::Gate;

/// How long the host has to end a terminal: it asks the processes, kills them half a second later, and reads what they
/// have left for a second.
const CLOSING: Duration = Duration::from_secs(10);

/// Owns the stream of one terminal, as a task owns a PTY.
pub(in crate::terminal) struct Link {
    shared: Arc<Shared>,
    host: Arc<Host>,
    stream: UnixStream,
    commands: mpsc::Receiver<Command>,
    leaving: CancellationToken,
    incoming: Incoming,
    /// The frame that is being handed over, and the input it is a part of.
    outgoing: Option<Outgoing>,
    writing: Option<Writing>,
    /// Until when the host has to have ended what is being closed.
    closing: Option<Instant>,
}

/// Why the stream is left.
enum Left {
    /// The terminal has ended.
    Ended(Ended),
    /// This server ends, and the terminal goes on.
    Alive,
}

enum Event {
    Close,
    Leave,
    Command(Command),
    Readable(io::Result<()>),
    Writable(io::Result<()>),
    Again,
    TooLate,
}

impl Link {
    pub(in crate::terminal) fn new(
        shared: Arc<Shared>,
        host: Arc<Host>,
        stream: UnixStream,
        commands: mpsc::Receiver<Command>,
        leaving: CancellationToken,
    ) -> Self {
        let (incoming, outgoing, writing, closing) = (Incoming::new(), None, None, None);
        Self { shared, host, stream, commands, leaving, incoming, outgoing, writing, closing }
    }

    /// Runs until the terminal has ended, the host is gone, or this server leaves.
    pub(in crate::terminal) async fn run(mut self) {
        let ended = match self.serve().await {
            Ok(Left::Alive) => return,
            Ok(Left::Ended(ended)) => ended,
            Err(error) => {
                tracing::warn!(terminal = %self.shared.name, %error, "the host of a terminal is gone");
                Ended { exit_code: None, signal: None, reason: EndReason::Lost }
            }
        };
        self.commands.close();
        self.shared.finish(ended);
    }

    async fn serve(&mut self) -> io::Result<Left> {
        loop {
            match self.next().await {
                Event::Close => self.close(),
                Event::Leave => return self.leave().await,
                Event::Command(command) => self.begin(command),
                Event::Writable(ready) => {
                    ready?;
                    self.write()?;
                }
                Event::Readable(ready) => {
                    ready?;
                    if let Some(ended) = self.read()? {
                        return Ok(Left::Ended(ended));
                    }
                }
                Event::Again => {}
                Event::TooLate => return Err(io::ErrorKind::TimedOut.into()),
            }
        }
    }

    async fn next(&mut self) -> Event {
        // What is being closed is read to its end, whoever is looking.
        let gate = self.shared.gate(self.closing.is_some());
        let reading = gate == Gate::Open;
        let again = match gate {
            Gate::Shut(until) => Some(until),
            Gate::Open => None,
        };
        let (serving, busy) = (self.closing.is_none(), self.outgoing.is_some());
        tokio::select! {
            biased;
            () = self.shared.closing.cancelled(), if serving => Event::Close,
            // Before what may never pause.
            () = self.leaving.cancelled() => Event::Leave,
            ready = self.stream.writable(), if busy => Event::Writable(ready),
            Some(command) = self.commands.recv(), if serving && !busy => Event::Command(command),
            ready = self.stream.readable(), if reading => Event::Readable(ready),
            () = self.shared.wake.notified(), if !reading => Event::Again,
            () = sleep_until(again.unwrap_or_else(Instant::now)), if again.is_some() => Event::Again,
            () = sleep_until(self.closing.unwrap_or_else(Instant::now)), if !serving => Event::TooLate,
        }
    }

    /// Asks the host beside the stream: a program that does not read its input may have stopped that.
    fn close(&mut self) {
        self.closing = Some(Instant::now() + CLOSING);
        (self.outgoing, self.writing) = (None, None);
        let (host, shared) = (Arc::clone(&self.host), Arc::clone(&self.shared));
        tokio::spawn(async move {
            if let Err(error) = host.close(&shared.name, shared.verdict()).await {
                tracing::warn!(terminal = %shared.name, %error, "the host does not close a terminal");
            }
        });
    }

    /// Hands over what was taken from the viewers, for they have been told so.
    async fn leave(&mut self) -> io::Result<Left> {
        loop {
            while self.outgoing.is_some() {
                self.stream.writable().await?;
                self.write()?;
            }
            match self.commands.try_recv() {
                Ok(command) => self.begin(command),
                Err(_) => return Ok(Left::Alive),
            }
        }
    }

    fn begin(&mut self, command: Command) {
        match command {
            Command::Resize(size) => self.outgoing = Some(Outgoing::size(Kind::Resize, 0, size)),
            Command::Input { bytes, parent } => {
                self.writing = Writing::begin(&self.shared, bytes, parent).wrote(&self.shared, 0);
                self.next_piece();
            }
        }
    }

    fn next_piece(&mut self) {
        self.outgoing = self.writing.as_ref().map(|writing| {
            let piece: Bytes = writing.bytes.slice(..writing.bytes.len().min(PAYLOAD));
            Outgoing::new(Kind::Input, 0, piece)
        });
    }

    fn write(&mut self) -> io::Result<()> {
        let Some(outgoing) = &mut self.outgoing else { return Ok(()) };
        match outgoing.write(&self.stream) {
            Ok(true) => {
                self.writing = self.writing.take().and_then(|writing| {
                    let piece = writing.bytes.len().min(PAYLOAD);
                    writing.wrote(&self.shared, piece)
                });
                self.next_piece();
                Ok(())
            }
            Ok(false) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Takes what has come; returns how the terminal ended if that was in it.
    fn read(&mut self) -> io::Result<Option<Ended>> {
        match self.incoming.fill(&self.stream) {
            Ok(true) => {}
            Ok(false) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
            Err(error) => return Err(error),
        }
        while let Some(frame) = self.incoming.next()? {
            if let Some(ended) = take(&self.shared, &frame)? {
                return Ok(Some(ended));
            }
        }
        Ok(None)
    }
}

fn take(shared: &Shared, frame: &Frame<'_>) -> Result<Option<Ended>, BadFrame> {
    match frame.kind {
        Kind::Output => shared.append(frame.seq, frame.payload),
        Kind::Size => drop(shared.size.send_replace(read_size(frame.payload)?)),
        Kind::Title => {
            let title = String::from_utf8_lossy(frame.payload).into_owned();
            shared.model.title().send_replace(title);
        }
        Kind::Bell => {
            let rung = u64::from_le_bytes(frame.payload.try_into().map_err(|_| BadFrame)?);
            shared.model.bells().send_modify(|bells| *bells += rung);
        }
        Kind::Ended => return serde_json::from_slice(frame.payload).map(Some).map_err(|_| BadFrame),
        Kind::Input | Kind::Resize => return Err(BadFrame),
    }
    Ok(None)
}
