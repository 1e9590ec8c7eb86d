//! The socket of one terminal's stream, watched for what comes, and for room only while there is none.
//!
//! The system says of a Unix socket that there is room each time the other side takes something. Watched for that all the time, as
//! tokio's own stream is, both processes would be woken twice for each key.

use std::io::{self, IoSlice, Read as _, Write as _};
use std::os::unix::net::UnixStream as StdStream;
use std::time::Duration;

use tokio::io::{Interest, unix::AsyncFd};
use tokio::net::UnixStream;
use tokio::time::sleep;

use crate::terminal::watched::watched;

/// How long it waits where the system does not tell of room.
const AGAIN: Duration = Duration::from_millis(10);

/// One end, driven by the runtime.
#[derive(Debug)]
pub(in crate::terminal) struct Socket {
    stream: AsyncFd<StdStream>,
}

impl Socket {
    /// Takes over a connection on which both sides have said what it is for.
    ///
    /// # Errors
    /// What the system says.
    pub(in crate::terminal) fn new(connection: UnixStream) -> io::Result<Self> {
        Ok(Self { stream: watched(connection.into_std()?, Interest::READABLE)? })
    }

    /// Waits until something has come, or the other side is gone. To be called again after any other answer of
    /// [`read`](Self::read) than `WouldBlock`.
    ///
    /// # Errors
    /// What the system says.
    pub(super) async fn readable(&self) -> io::Result<()> {
        self.stream.readable().await?.retain_ready();
        Ok(())
    }

    /// Takes what has come; 0 at the end.
    ///
    /// # Errors
    /// What the system says; `WouldBlock` when there is nothing.
    pub(super) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.try_io(Interest::READABLE, |mut stream| stream.read(buffer))
    }

    /// Waits after a `WouldBlock` of [`write`](Self::write) until there is room, or it is worth another look.
    pub(super) async fn writable(&self) {
        // A descriptor of its own, for one can be watched by a runtime only once.
        let room = self.stream.get_ref().try_clone().and_then(|stream| watched(stream, Interest::WRITABLE));
        let is_told = match &room {
            Ok(room) => room.writable().await.is_ok(),
            Err(_) => false,
        };
        if !is_told {
            // Out of descriptors, say, which is no reason to give up a terminal.
            sleep(AGAIN).await;
        }
    }

    /// Hands over as much as there is room for.
    ///
    /// # Errors
    /// What the system says; `WouldBlock` when there is none.
    pub(super) fn write(&self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        self.stream.get_ref().write_vectored(pieces)
    }
}

#[cfg(test)]
mod tests {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    use super::*;

    fn pair() -> (Socket, Socket) {
        let (one, other) = UnixStream::pair().expect("a pair");
        (Socket::new(one).expect("one end"), Socket::new(other).expect("the other"))
    }

    #[tokio::test]
    async fn a_full_socket_is_waited_for_until_the_other_side_has_taken_something() {
        let (full, taking) = pair();
        check_waits(&full, &taking).await;
    }

    #[tokio::test]
    async fn it_is_waited_for_as_well_where_there_are_no_descriptors_left() {
        let (full, taking) = pair();
        let limit = getrlimit(Resource::Nofile);
        setrlimit(Resource::Nofile, Rlimit { current: Some(3), ..limit }).expect("a lower limit");
        assert!(full.stream.get_ref().try_clone().is_err(), "there is none left");
        check_waits(&full, &taking).await;
        setrlimit(Resource::Nofile, limit).expect("the limit as it was");
    }

    async fn check_waits(full: &Socket, taking: &Socket) {
        let block = vec![7; 64 << 10];
        let mut written = 0;
        let refused = loop {
            match full.write(&[IoSlice::new(&block)]) {
                Ok(length) => written += length,
                Err(error) => break error,
            }
        };
        assert_eq!(refused.kind(), io::ErrorKind::WouldBlock);
        let mut taken = 0;
        let mut buffer = vec![0; 64 << 10];
        let ((), ()) = tokio::join!(full.writable(), async {
            while taken < written {
                taking.readable().await.expect("something comes");
                match taking.read(&mut buffer) {
                    Ok(length) => taken += length,
                    Err(error) => assert_eq!(error.kind(), io::ErrorKind::WouldBlock),
                }
            }
        });
        assert_eq!(full.write(&[IoSlice::new(b"more")]).expect("it is taken"), 4);
    }

    #[tokio::test]
    async fn the_end_is_read_as_nothing() {
        let (gone, left) = pair();
        drop(gone);
        left.readable().await.expect("the end comes");
        assert_eq!(left.read(&mut [0; 8]).expect("the end"), 0);
    }
}
