//! What the server asks of the host, one question a connection, and what it is answered.
//!
//! ```text
//! "ATPH" │ version u16 │ length of JSON u32 │ length of bytes u32 │ JSON │ bytes        (little-endian)
//! ```
//!
//! JSON, so that a field can be added without a new version; what is large, a screen, follows as it is. The connection
//! of [`Request::Create`] and [`Request::Attach`] becomes the terminal's stream (see `frame`) after the reply.

use std::io;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use thiserror::Error;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::UnixStream,
};

use crate::terminal::{EndReason, Past, Size, SpawnError, SpawnSpec};

/// Grows with every change that the other side would not understand.
pub(super) const VERSION: u16 = 1;

const MAGIC: [u8; 4] = *b"ATPH";
const HEADER: usize = 14;

/// The longest JSON: a list of a thousand terminals with their labels is less than half of it.
const MAX_JSON: usize = 4 * 1024 * 1024;

/// The largest screen: ten thousand lines of a thousand coloured cells.
const MAX_BYTES: usize = 512 * 1024 * 1024;

/// A question.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Request {
    /// Says that a server is there, for as long as the connection lasts.
    Watch,
    /// Which terminals are there?
    List,
    /// Starts a terminal and streams it from its first byte.
    Create { id: String, spec: SpawnSpec, ring: usize, history: usize },
    /// Streams a terminal from the oldest byte held.
    Attach { id: String },
    /// The screen as it is now.
    Snapshot { id: String },
    /// Begins to end a terminal's processes; what it has shown stays.
    Close { id: String, reason: EndReason },
    /// Forgets a terminal, ending it if it lives.
    Remove { id: String },
    /// Notes that a terminal's commands up to the one at `seq` have been recorded.
    Recorded { id: String, seq: u64 },
}

/// An answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reply {
    /// It is done, or has begun.
    Done,
    /// The terminals, in no order.
    Terminals(Vec<Listed>),
    /// The stream follows.
    Streaming(Streaming),
    /// The bytes are a screen.
    Snapshot { seq: u64, size: Size },
    /// No.
    Refused(Refused),
}

/// One terminal of a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Listed {
    pub(super) id: String,
    pub(super) owner: String,
    pub(super) label: String,
}

/// What a stream begins with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::terminal) struct Streaming {
    /// The offset of its first byte.
    pub(in crate::terminal) start: u64,
    /// The end of the output at this moment.
    pub(in crate::terminal) end: u64,
    pub(in crate::terminal) size: Size,
    pub(in crate::terminal) title: String,
    /// The shell's directory, which it may have said before the first byte.
    #[serde(default)]
    pub(in crate::terminal) directory: Option<String>,
    /// What the host knows of the commands; an older one says nothing of them.
    #[serde(default)]
    pub(in crate::terminal) commands: Option<Box<Past>>,
}

/// Why not.
#[derive(Clone, Debug, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    /// It has no such terminal.
    #[error("the host has no such terminal")]
    NotFound,
    /// It is ending.
    #[error("the host is ending")]
    Ending,
    /// The directory cannot be used.
    #[error("{0}")]
    Directory(String, std::path::PathBuf),
    /// The command cannot be run.
    #[error("{0}")]
    Command(String, String),
    /// The system gave no pseudo-terminal.
    #[error("{0}")]
    Pty(String),
}

impl From<&SpawnError> for Refused {
    fn from(error: &SpawnError) -> Self {
        match error {
            SpawnError::Directory { path, source } => Self::Directory(source.to_string(), path.clone()),
            SpawnError::Command { command, source } => Self::Command(source.to_string(), command.clone()),
            SpawnError::Pty(source) => Self::Pty(source.to_string()),
        }
    }
}

/// Why the two sides do not understand each other.
#[derive(Debug, Error)]
pub(super) enum WireError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("it speaks version {0} and we speak version {VERSION}")]
    Version(u16),
    #[error("it does not speak our language: {0}")]
    Malformed(String),
}

/// Sends one message.
///
/// # Errors
/// [`WireError::Io`], and `Malformed` for what JSON cannot hold, such as a path that is no text.
pub(super) async fn send<T: Serialize>(stream: &mut UnixStream, message: &T, bytes: &[u8]) -> Result<(), WireError> {
    let json = serde_json::to_vec(message).map_err(|error| WireError::Malformed(error.to_string()))?;
    let length = |length: usize| u32::try_from(length).map_err(|_| WireError::Malformed("too long".to_owned()));
    let mut head = Vec::with_capacity(HEADER + json.len());
    head.extend_from_slice(&MAGIC);
    head.extend_from_slice(&VERSION.to_le_bytes());
    head.extend_from_slice(&length(json.len())?.to_le_bytes());
    head.extend_from_slice(&length(bytes.len())?.to_le_bytes());
    head.extend_from_slice(&json);
    stream.write_all(&head).await?;
    Ok(stream.write_all(bytes).await?)
}

/// Receives one message.
///
/// # Errors
/// [`WireError`].
pub(super) async fn receive<T: DeserializeOwned>(stream: &mut UnixStream) -> Result<(T, Vec<u8>), WireError> {
    let mut header = [0; HEADER];
    stream.read_exact(&mut header).await?;
    let [m, a, g, i, v0, v1, j0, j1, j2, j3, b0, b1, b2, b3] = header;
    if [m, a, g, i] != MAGIC {
        return Err(WireError::Malformed("no message of ours".to_owned()));
    }
    let version = u16::from_le_bytes([v0, v1]);
    if version != VERSION {
        return Err(WireError::Version(version));
    }
    let of_json = u32::from_le_bytes([j0, j1, j2, j3]) as usize;
    let of_bytes = u32::from_le_bytes([b0, b1, b2, b3]) as usize;
    if of_json > MAX_JSON || of_bytes > MAX_BYTES {
        return Err(WireError::Malformed("too long".to_owned()));
    }
    let mut json = vec![0; of_json];
    stream.read_exact(&mut json).await?;
    let message = serde_json::from_slice(&json).map_err(|error| WireError::Malformed(error.to_string()))?;
    let mut bytes = vec![0; of_bytes];
    stream.read_exact(&mut bytes).await?;
    Ok((message, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn received(bytes: &[u8]) -> Result<(Request, Vec<u8>), WireError> {
        let (mut ours, mut theirs) = UnixStream::pair().unwrap();
        theirs.write_all(bytes).await.unwrap();
        drop(theirs);
        receive(&mut ours).await
    }

    #[tokio::test]
    async fn a_message_survives() {
        let (mut ours, mut theirs) = UnixStream::pair().unwrap();
        let reply = Reply::Snapshot { seq: 7, size: Size::clamped(80, 24) };
        send(&mut theirs, &reply, b"screen").await.unwrap();
        let (reply, bytes) = receive::<Reply>(&mut ours).await.unwrap();
        assert_eq!(bytes, b"screen");
        assert!(matches!(reply, Reply::Snapshot { seq: 7, size } if size == Size::clamped(80, 24)));
    }

    #[tokio::test]
    async fn another_version_is_named_and_nothing_of_it_read() {
        assert!(matches!(received(b"ATPH\x09\0\xff\xff\xff\xff\0\0\0\0").await, Err(WireError::Version(9))));
    }

    #[tokio::test]
    async fn what_is_no_message_is_refused() {
        assert!(matches!(received(b"GET / HTTP/1.1").await, Err(WireError::Malformed(_))));
        assert!(matches!(received(b"ATPH\x01\0\xff\xff\xff\xff\0\0\0\0").await, Err(WireError::Malformed(_))));
        assert!(matches!(received(b"ATPH\x01\0\x02\0\0\0\0\0\0\0{}").await, Err(WireError::Malformed(_))));
        assert!(matches!(received(b"ATPH").await, Err(WireError::Io(_))));
    }
}
