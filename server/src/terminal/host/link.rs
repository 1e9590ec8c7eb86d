//! The server's end of one terminal that the host holds: input and sizes out, output and what else happens in.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::client::Host;
use super::frame::{BadFrame, Frame, Incoming, Kind, read_size};
use super::outlet::Outlet;
use super::socket::Socket;
use crate::terminal::handle::{EndReason, Ended};
use crate::terminal::shared::{Command, Shared};
use crate::terminal::viewers::Gate;

/// How long the host has to end a terminal: it asks the processes, kills them half a second later, and reads what they
/// have left for a second.
const CLOSING: Duration = Duration::from_secs(10);

/// Owns the stream of one terminal, as a task owns a PTY.
pub(in crate::terminal) struct Link {
    shared: Arc<Shared>,
    host: Arc<Host>,
    outlet: Arc<Outlet>,
    commands: mpsc::Receiver<Command>,
    leaving: CancellationToken,
    incoming: Incoming,
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
    Begun,
    Readable(io::Result<()>),
    Writable,
    Again,
    TooLate,
}

impl Link {
    pub(in crate::terminal) fn new(
        shared: Arc<Shared>,
        host: Arc<Host>,
        socket: Socket,
        commands: mpsc::Receiver<Command>,
        leaving: CancellationToken,
    ) -> Self {
        let outlet = Arc::new(Outlet::new(socket));
        shared.hand_over_by(&outlet);
        Self { shared, host, outlet, commands, leaving, incoming: Incoming::new(), closing: None }
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
        self.outlet.close();
        self.commands.close();
        self.shared.finish(ended);
    }

    async fn serve(&mut self) -> io::Result<Left> {
        loop {
            match self.next().await {
                Event::Close => self.close(),
                Event::Leave => {
                    // What was taken from the viewers, for they have been told so.
                    if let Err(error) = self.outlet.finish(&self.shared, &mut self.commands).await {
                        // The next server hears from the host what has become of the terminal.
                        tracing::debug!(terminal = %self.shared.name, %error, "not all input was handed over");
                    }
                    return Ok(Left::Alive);
                }
                Event::Begun | Event::Writable => self.hand_over(),
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
        let (serving, busy, socket) = (self.closing.is_none(), self.outlet.is_busy(), self.outlet.socket());
        tokio::select! {
            biased;
            () = self.shared.closing.cancelled(), if serving => Event::Close,
            // Before what may never pause.
            () = self.leaving.cancelled() => Event::Leave,
            () = socket.writable(), if busy => Event::Writable,
            () = self.outlet.begin_next(&self.shared, &mut self.commands), if serving && !busy => Event::Begun,
            () = self.outlet.stuck(), if !busy => Event::Again,
            ready = socket.readable(), if reading => Event::Readable(ready),
            () = self.shared.wake.notified(), if !reading => Event::Again,
            () = sleep_until(again.unwrap_or_else(Instant::now)), if again.is_some() => Event::Again,
            () = sleep_until(self.closing.unwrap_or_else(Instant::now)), if !serving => Event::TooLate,
        }
    }

    /// Hands over what there is room for. A host that takes nothing more has perhaps said before how the terminal ended: what it has
    /// said is read to its end, which tells.
    fn hand_over(&self) {
        if let Err(error) = self.outlet.write(&self.shared) {
            tracing::debug!(terminal = %self.shared.name, %error, "the host takes no more input");
            self.outlet.close();
        }
    }

    /// Asks the host beside the stream: a program that does not read its input may have stopped that.
    fn close(&mut self) {
        self.closing = Some(Instant::now() + CLOSING);
        self.outlet.close();
        let (host, shared) = (Arc::clone(&self.host), Arc::clone(&self.shared));
        tokio::spawn(async move {
            if let Err(error) = host.close(&shared.name, shared.verdict()).await {
                tracing::warn!(terminal = %shared.name, %error, "the host does not close a terminal");
            }
        });
    }

    /// Takes what has come; returns how the terminal ended if that was in it.
    fn read(&mut self) -> io::Result<Option<Ended>> {
        match self.incoming.fill(self.outlet.socket()) {
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
