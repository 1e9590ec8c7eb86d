//! The host as the server asks it, and how the server comes by one.

use std::collections::VecDeque;
use std::io;
use std::path::Path;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use thiserror::Error;
use tokio::io::AsyncReadExt as _;
use tokio::net::UnixStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::address::{self, Address};
use super::message::{Listed, Refused, Reply, Request, Streaming, VERSION, WireError, receive, send};
use super::socket::Socket;
use super::start::{self, Program};
use crate::terminal::SpawnSpec;
use crate::terminal::handle::{EndReason, ScreenAt};
use crate::terminal::registry::Limits;
use crate::terminal::screen::Snapshot;

/// How long an answer may take. A shell starts in milliseconds, and so is the largest screen written.
const ANSWER: Duration = Duration::from_secs(10);

/// How many terminals are attached at a time: they wait for the host and not for one another, and far fewer than the
/// connections that may wait to be accepted.
const SIDE_BY_SIDE: usize = 32;

/// Why the host did not do what it was asked.
#[derive(Debug, Error)]
pub enum HostError {
    /// It is not there, or went away.
    #[error("{0}")]
    Gone(#[source] io::Error),
    /// It cannot be started.
    #[error("it cannot be started: {0}")]
    Start(#[source] io::Error),
    /// It is another version's.
    #[error("it speaks version {0} and this server speaks version {VERSION}")]
    Version(u16),
    /// It said no.
    #[error("{0}")]
    Refused(#[source] Refused),
    /// It said something else.
    #[error("it does not answer as it should: {0}")]
    Malformed(String),
}

impl From<WireError> for HostError {
    fn from(error: WireError) -> Self {
        match error {
            WireError::Io(error) => Self::Gone(error),
            WireError::Version(theirs) => Self::Version(theirs),
            WireError::Malformed(problem) => Self::Malformed(problem),
        }
    }
}

/// A terminal's stream, and what it begins with.
#[derive(Debug)]
pub(in crate::terminal) struct Stream {
    pub(in crate::terminal) socket: Socket,
    pub(in crate::terminal) streaming: Streaming,
}

/// A terminal that a host has kept.
#[derive(Debug)]
pub(in crate::terminal) struct Kept {
    pub(in crate::terminal) id: String,
    pub(in crate::terminal) owner: String,
    pub(in crate::terminal) label: String,
    pub(in crate::terminal) stream: Stream,
}

/// The host of a data directory; started when it is needed and not there.
#[derive(Debug)]
pub struct Host {
    address: Address,
    program: Program,
    /// One start at a time.
    starting: Semaphore,
}

impl Host {
    /// The host of `data_dir`, which is absolute; `program` is what to start where there is none.
    pub fn new(data_dir: &Path, program: Program) -> Self {
        Self { address: Address::new(data_dir), program, starting: Semaphore::new(1) }
    }

    /// Starts the host now, so that the first shell need not wait for it.
    pub async fn prepare(&self) {
        if let Err(error) = self.connect_or_start().await {
            tracing::warn!(%error, "the process that holds the shells is not there, and is tried again with the first shell");
        }
    }

    /// The terminals of a host that is there already. Says so where another version's host is there too.
    pub(in crate::terminal) async fn find(&self) -> Vec<Kept> {
        self.report_others().await;
        let listed = match self.ask(self.address.connect().await, &Request::List).await {
            Ok((_, Reply::Terminals(listed), _)) => listed,
            Ok((_, reply, _)) => {
                tracing::error!(?reply, "the host does not tell its terminals");
                return Vec::new();
            }
            Err(HostError::Gone(error)) if is_absent(&error) => return Vec::new(),
            Err(error) => {
                tracing::error!(%error, "the host does not tell its terminals");
                return Vec::new();
            }
        };
        self.watch(None).await;
        let attached = stream::iter(listed).map(|listed| self.attach(listed)).buffer_unordered(SIDE_BY_SIDE);
        attached.filter_map(async |kept| kept).collect().await
    }

    async fn attach(&self, Listed { id, owner, label }: Listed) -> Option<Kept> {
        let request = Request::Attach { id: id.clone() };
        match self.stream(self.address.connect().await, &request).await {
            Ok(stream) => Some(Kept { id, owner, label, stream }),
            Err(error) => {
                tracing::error!(terminal = id, %error, "a terminal of the host cannot be reached");
                None
            }
        }
    }

    /// Starts a terminal, and a host where there is none.
    pub(in crate::terminal) async fn create(
        &self,
        id: &str,
        spec: SpawnSpec,
        limits: Limits,
    ) -> Result<Stream, HostError> {
        let request = Request::Create { id: id.to_owned(), spec, ring: limits.ring, history: limits.history };
        match self.stream(Ok(self.connect_or_start().await?), &request).await {
            // It may only be slow, and make two shells of two questions.
            Err(HostError::Gone(error)) if error.kind() == io::ErrorKind::TimedOut => Err(HostError::Gone(error)),
            // It was just ending because nobody needed it. One that dies has no shells any more, so none is made twice.
            Err(HostError::Gone(_) | HostError::Refused(Refused::Ending)) => {
                self.stream(Ok(self.connect_or_start().await?), &request).await
            }
            result => result,
        }
    }

    /// The screen of a terminal.
    pub(in crate::terminal) async fn snapshot(&self, id: &str) -> Result<ScreenAt, HostError> {
        let request = Request::Snapshot { id: id.to_owned() };
        match self.ask(self.address.connect().await, &request).await? {
            (_, Reply::Snapshot { seq, size }, bytes) => Ok(ScreenAt { seq, snapshot: Snapshot { size, bytes } }),
            (_, reply, _) => Err(unexpected(&reply)),
        }
    }

    /// Begins to end a terminal.
    pub(in crate::terminal) async fn close(&self, id: &str, reason: EndReason) -> Result<(), HostError> {
        let request = Request::Close { id: id.to_owned(), reason };
        self.ask(self.address.connect().await, &request).await.map(drop)
    }

    /// Has a terminal forgotten, as far as the host can be asked.
    pub(in crate::terminal) async fn remove(&self, id: &str) {
        let request = Request::Remove { id: id.to_owned() };
        if let Err(error) = self.ask(self.address.connect().await, &request).await {
            tracing::debug!(terminal = id, %error, "the host did not forget a terminal");
        }
    }

    /// Has the host note up to which command of a terminal they have been recorded.
    pub(super) async fn recorded(&self, id: &str, seq: u64) {
        let request = Request::Recorded { id: id.to_owned(), seq };
        if let Err(error) = self.ask(self.address.connect().await, &request).await {
            // It has forgotten the terminal, or is older and knows of no commands.
            tracing::debug!(terminal = id, %error, "the host did not note that a command was recorded");
        }
    }

    async fn stream(&self, connection: io::Result<UnixStream>, request: &Request) -> Result<Stream, HostError> {
        match self.ask(connection, request).await? {
            (connection, Reply::Streaming(streaming), _) => {
                let socket = Socket::new(connection).map_err(HostError::Gone)?;
                Ok(Stream { socket, streaming })
            }
            (_, reply, _) => Err(unexpected(&reply)),
        }
    }

    async fn ask(
        &self,
        connection: io::Result<UnixStream>,
        request: &Request,
    ) -> Result<(UnixStream, Reply, Vec<u8>), HostError> {
        let mut connection = connection.map_err(HostError::Gone)?;
        let exchange = async {
            send(&mut connection, request, &[]).await?;
            receive(&mut connection).await
        };
        let answered = timeout(ANSWER, exchange).await.map_err(|_| HostError::Gone(io::ErrorKind::TimedOut.into()))?;
        match answered? {
            (Reply::Refused(refused), _) => Err(HostError::Refused(refused)),
            (reply, bytes) => Ok((connection, reply, bytes)),
        }
    }

    async fn connect_or_start(&self) -> Result<UnixStream, HostError> {
        match self.address.connect().await {
            Err(error) if is_absent(&error) => {}
            connected => return connected.map_err(HostError::Gone),
        }
        let _permit = self.starting.acquire().await;
        match self.address.connect().await {
            Err(error) if is_absent(&error) => {}
            connected => return connected.map_err(HostError::Gone),
        }
        let child = start::start(self.program.clone(), self.address.clone()).await.map_err(HostError::Start)?;
        tracing::info!(pid = child.id(), "started the process that holds the shells");
        self.watch(Some(child)).await;
        self.address.connect().await.map_err(HostError::Gone)
    }

    /// Lets the host know that a server is there, and waits in the background for its end.
    async fn watch(&self, child: Option<std::process::Child>) {
        let asked = self.ask(self.address.connect().await, &Request::Watch).await;
        tokio::spawn(async move {
            match asked {
                Ok((mut connection, _, _)) => {
                    // It never says anything more: what comes is the end, in one form or another.
                    let _ = connection.read(&mut [0]).await;
                    tracing::warn!("the process that holds the shells has ended");
                }
                Err(error) => tracing::warn!(%error, "the process that holds the shells cannot be watched"),
            }
            if let Some(mut child) = child {
                // A process that is not waited for stays in the process table; this one is ending.
                let _ = tokio::task::spawn_blocking(move || child.wait()).await;
            }
        });
    }

    /// Names hosts of other versions: their shells are alive, and not reachable from here.
    async fn report_others(&self) {
        let mut others: VecDeque<_> = Address::all_versions(self.address.directory()).into();
        others.retain(|(version, _)| *version != VERSION);
        for (version, socket) in others {
            let Ok(connection) = address::connect(&socket).await else { continue };
            let pid = connection.peer_cred().ok().and_then(|peer| peer.pid());
            tracing::warn!(
                pid,
                version,
                "shells are held by a process of another version and cannot be reached by this one; start the aetherterm \
                 that made them to see them again, or end them with `aetherterm stop --all`"
            );
        }
    }
}

/// Whether nobody listens there.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused)
}

fn unexpected(reply: &Reply) -> HostError {
    HostError::Malformed(format!("{reply:?}"))
}

#[cfg(test)]
mod tests;
