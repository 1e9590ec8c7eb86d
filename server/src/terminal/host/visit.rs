//! One connection to the host: a question and its answer, and after some of them a terminal's stream.

use std::future::pending;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use tokio::io::AsyncReadExt as _;
use tokio::net::UnixStream;
use tokio::select;
use tokio::sync::watch;

use super::frame::{Incoming, Kind, Outgoing, PAYLOAD, read_size};
use super::message::{Listed, Refused, Reply, Request, Streaming, WireError, receive, send};
use super::socket::Socket;
use crate::terminal::registry::{CreateError, Limits};
use crate::terminal::{Ended, Read, Size, Terminal, ViewerHandle, registry};

/// The host's terminals, by the names that the server gave them.
pub(super) type Terminals = registry::Terminals<String>;

/// Serves one connection until either side ends it.
pub(super) async fn visit(connection: UnixStream, terminals: Arc<Terminals>) {
    if let Err(error) = answer(connection, &terminals).await {
        // A server that is killed breaks its connections.
        tracing::debug!(%error, "a connection broke");
    }
}

async fn answer(mut connection: UnixStream, terminals: &Terminals) -> Result<(), WireError> {
    let request = match receive::<Request>(&mut connection).await {
        Ok((request, _)) => request,
        Err(WireError::Version(theirs)) => {
            // Our version stands in front of every answer.
            send(&mut connection, &Reply::Refused(Refused::NotFound), &[]).await?;
            return Err(WireError::Version(theirs));
        }
        Err(error) => return Err(error),
    };
    let terminal = |id: String| terminals.get(&id).ok_or(Reply::Refused(Refused::NotFound));
    let reply = match request {
        Request::Watch => {
            send(&mut connection, &Reply::Done, &[]).await?;
            // It has nothing more to say: what comes is the end.
            return match connection.read(&mut [0]).await? {
                0 => Ok(()),
                _ => Err(WireError::Malformed("more than a question".to_owned())),
            };
        }
        Request::List => Reply::Terminals(
            terminals.list().into_iter().map(|(id, owner, label)| Listed { id, owner, label }).collect(),
        ),
        Request::Create { id, spec, ring, history } => {
            let limits = Limits { ring, history, ..Limits::default() };
            match terminals.spawn(id.clone(), spec, limits).await {
                Ok(terminal) => {
                    let begun = begin(&mut connection, &terminal).await;
                    // Whoever asked is gone, and nobody else knows of it.
                    let output = begun.inspect_err(|_| drop(terminals.remove(id)))?;
                    return stream(connection, &terminal, output).await;
                }
                Err(error) => Reply::Refused(refused(&error)),
            }
        }
        Request::Attach { id } => match terminal(id) {
            Ok(terminal) => {
                let output = begin(&mut connection, &terminal).await?;
                return stream(connection, &terminal, output).await;
            }
            Err(reply) => reply,
        },
        Request::Snapshot { id } => match terminal(id) {
            Ok(terminal) => {
                let screen = terminal.snapshot().await;
                let reply = Reply::Snapshot { seq: screen.seq, size: screen.snapshot.size };
                return send(&mut connection, &reply, &screen.snapshot.bytes).await;
            }
            Err(reply) => reply,
        },
        Request::Close { id, reason } => match terminal(id) {
            Ok(terminal) => {
                terminal.close_for(reason);
                Reply::Done
            }
            Err(reply) => reply,
        },
        Request::Recorded { id, seq } => match terminal(id) {
            Ok(terminal) => {
                terminal.recorded(seq);
                Reply::Done
            }
            Err(reply) => reply,
        },
        Request::Remove { id } => match terminals.remove(id) {
            Some(_) => Reply::Done,
            None => Reply::Refused(Refused::NotFound),
        },
    };
    send(&mut connection, &reply, &[]).await
}

fn refused(error: &CreateError) -> Refused {
    match error {
        CreateError::Spawn(error) => error.into(),
        CreateError::ShuttingDown => Refused::Ending,
        CreateError::LimitReached(_) | CreateError::OwnersLimitReached(_) | CreateError::Host(_) => {
            Refused::Pty(error.to_string())
        }
    }
}

/// Says from where on a terminal is streamed: from the oldest output that is held.
async fn begin<'a>(connection: &mut UnixStream, terminal: &'a Terminal) -> Result<Output<'a>, WireError> {
    let start = terminal.start();
    let output = Output::new(terminal, start);
    let (end, size, title) = (*output.end.borrow(), *output.size.borrow(), output.title.borrow().clone());
    let directory = terminal.directory().borrow().clone();
    let commands = Some(Box::new(terminal.commands().0));
    let streaming = Streaming { start, end, size, title, directory, commands };
    send(connection, &Reply::Streaming(streaming), &[]).await?;
    Ok(output)
}

/// Streams a terminal.
async fn stream(connection: UnixStream, terminal: &Terminal, output: Output<'_>) -> Result<(), WireError> {
    let connection = &Socket::new(connection)?;
    let output = async {
        // A server that is gone may have left input behind, which is taken to its end.
        if output.send(connection).await.is_err() {
            pending::<()>().await;
        }
    };
    select! {
        taken = take_input(connection, terminal) => Ok(taken?),
        () = output => Ok(()),
    }
}

/// Gives the terminal what was typed, in order, as fast as its program takes it.
async fn take_input(connection: &Socket, terminal: &Terminal) -> io::Result<()> {
    let mut incoming = Incoming::new();
    loop {
        connection.readable().await?;
        match incoming.fill(connection) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
            Err(error) => return Err(error),
        }
        while let Some(frame) = incoming.next()? {
            // Neither reaches a terminal that has ended, about which the server is being told.
            match frame.kind {
                Kind::Input => drop(terminal.input_in_time(Bytes::copy_from_slice(frame.payload)).await),
                Kind::Resize => drop(terminal.resize_in_time(read_size(frame.payload)?).await),
                _ => return Err(io::ErrorKind::InvalidData.into()),
            }
        }
    }
}

/// What happens in a terminal, in order.
struct Output<'a> {
    terminal: &'a Terminal,
    at: u64,
    server: ViewerHandle,
    end: watch::Receiver<u64>,
    size: watch::Receiver<Size>,
    title: watch::Receiver<String>,
    bells: watch::Receiver<u64>,
    ended: watch::Receiver<Option<Ended>>,
}

impl<'a> Output<'a> {
    fn new(terminal: &'a Terminal, at: u64) -> Self {
        let (end, size, title) = (terminal.subscribe(), terminal.size(), terminal.title());
        let (bells, ended, server) = (terminal.bells(), terminal.end(), terminal.server(at));
        Self { terminal, at, server, end, size, title, bells, ended }
    }

    /// Sends until the terminal has ended.
    async fn send(mut self, connection: &Socket) -> io::Result<()> {
        let mut rung = *self.bells.borrow_and_update();
        // A new size, behind the output before it.
        let mut resized: Option<(u64, Size)> = None;
        loop {
            if self.size.has_changed().unwrap_or(false) {
                resized = Some((*self.end.borrow(), *self.size.borrow_and_update()));
            }
            if let Some((_, size)) = resized.take_if(|(behind, _)| *behind <= self.at) {
                Outgoing::size(Kind::Size, self.at, size).send(connection).await?;
            }
            if self.title.has_changed().unwrap_or(false) {
                let title = Bytes::from(self.title.borrow_and_update().clone());
                let title = title.slice(..title.len().min(PAYLOAD));
                Outgoing::new(Kind::Title, self.at, title).send(connection).await?;
            }
            if self.bells.has_changed().unwrap_or(false) {
                let bells = *self.bells.borrow_and_update();
                let more = Bytes::copy_from_slice(&(bells - rung).to_le_bytes());
                rung = bells;
                Outgoing::new(Kind::Bell, self.at, more).send(connection).await?;
            }
            self.end.mark_unchanged();
            // Looked at first: it is said after all output, so that nothing comes between this and the end.
            let ended = self.ended.borrow_and_update().clone();
            let until_resized = resized.map_or(u64::MAX, |(behind, _)| behind - self.at);
            let most = usize::try_from(until_resized).unwrap_or(usize::MAX).min(PAYLOAD);
            match self.terminal.read(self.at, most) {
                Read::Data(bytes) => {
                    let length = bytes.len() as u64;
                    Outgoing::new(Kind::Output, self.at, bytes).send(connection).await?;
                    self.at += length;
                    self.server.taken(self.at);
                }
                Read::Gone => self.at = self.terminal.start(),
                Read::UpToDate => {
                    if let Some(ended) = ended {
                        let ended = serde_json::to_vec(&ended).map_err(io::Error::other)?;
                        return Outgoing::new(Kind::Ended, self.at, Bytes::from(ended)).send(connection).await;
                    }
                    self.changed().await;
                }
            }
        }
    }

    async fn changed(&mut self) {
        // The senders live as long as the terminal that we hold.
        select! {
            biased;
            _ = self.end.changed() => {}
            _ = self.size.changed() => self.size.mark_changed(),
            _ = self.title.changed() => self.title.mark_changed(),
            _ = self.bells.changed() => self.bells.mark_changed(),
            _ = self.ended.changed() => {}
        }
    }
}
