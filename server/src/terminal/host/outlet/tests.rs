//! The other side is the test, which reads when it likes.

use std::sync::Arc;

use bytes::Bytes;
use tokio::net::UnixStream;
use tokio_util::sync::CancellationToken;
use tracing::Span;

use super::*;
use crate::terminal::commands::Commands;
use crate::terminal::host::frame::Incoming;
use crate::terminal::host::{Host, Link, Program};
use crate::terminal::mirror::Mirror;
use crate::terminal::model::Model;
use crate::terminal::output::Output;
use crate::terminal::screen::Emulator;
use crate::terminal::shared::Beginning;
use crate::terminal::witness::Nobody;
use crate::terminal::{EndReason, Ended, Read, Size, Terminal};

/// A terminal whose stream begins at `link` and ends at `host`.
struct Stream {
    terminal: Terminal,
    link: Link,
    leaving: CancellationToken,
    host: Socket,
    incoming: Incoming,
}

impl Stream {
    fn new() -> Self {
        let (near, far) = UnixStream::pair().expect("a pair of sockets");
        let size = Size::clamped(80, 24);
        let model = Model::Here(Mirror::new(size, Box::new(|size| Box::new(Emulator::new(size, 0)))));
        let beginning = Beginning { output: Output::new(1 << 16), followed: Commands::default(), size, live_from: 0 };
        let (shared, queue) =
            Shared::new("t_1".to_owned(), beginning, model, CancellationToken::new(), Arc::new(Nobody));
        let (shared, leaving) = (Arc::new(shared), CancellationToken::new());
        let host = Arc::new(Host::new(std::path::Path::new("/nonexistent"), Program::own()));
        let near = Socket::new(near).expect("our end");
        let link = Link::new(Arc::clone(&shared), host, near, queue, leaving.clone());
        let host = Socket::new(far).expect("the host's end");
        Self { terminal: Terminal::new(shared), link, leaving, host, incoming: Incoming::new() }
    }
}

/// What has come: input as it is, and a size as `<COLSxROWS>`; `None` once nothing more can come.
async fn arrived(host: &Socket, incoming: &mut Incoming) -> Option<Vec<u8>> {
    host.readable().await.expect("something comes");
    match incoming.fill(host) {
        Ok(true) => {}
        Ok(false) => return None,
        Err(error) => assert_eq!(error.kind(), io::ErrorKind::WouldBlock),
    }
    let mut taken = Vec::new();
    while let Some(frame) = incoming.next().expect("frames that we send") {
        match frame.kind {
            Kind::Input => taken.extend_from_slice(frame.payload),
            _ => {
                let size = crate::terminal::host::frame::read_size(frame.payload).expect("a size");
                taken.extend(format!("<{}x{}>", size.cols(), size.rows()).into_bytes());
            }
        }
    }
    Some(taken)
}

/// Types numbered pieces, each of several kilobytes, until so many wait that no more are taken; returns all that was taken.
fn type_until_busy(terminal: &Terminal) -> Vec<u8> {
    let mut typed = Vec::new();
    for number in 0_u32.. {
        let piece = format!("{number:->9999}").into_bytes();
        match terminal.input(Bytes::from(piece.clone()), &Span::none()) {
            Ok(()) => typed.extend(piece),
            Err(error) => {
                assert_eq!(error, InputError::Busy);
                break;
            }
        }
    }
    typed
}

#[tokio::test]
async fn what_nothing_is_in_front_of_is_handed_over_without_the_task() {
    let mut stream = Stream::new();
    stream.terminal.input(Bytes::from_static(b"ls"), &Span::none()).expect("it is taken");
    stream.terminal.resize(Size::clamped(100, 30)).expect("it is taken");
    stream.terminal.input(Bytes::from_static(b"\r"), &Span::none()).expect("it is taken");
    // The task has not even been started.
    assert_eq!(arrived(&stream.host, &mut stream.incoming).await.expect("the stream goes on"), b"ls<100x30>\r");
}

#[tokio::test]
async fn what_finds_no_room_is_handed_over_in_order_by_the_task() {
    let Stream { terminal, link, host, mut incoming, .. } = Stream::new();
    tokio::spawn(link.run());
    for _ in 0..3 {
        let typed = type_until_busy(&terminal);
        let mut taken = Vec::new();
        while taken.len() < typed.len() {
            taken.extend(arrived(&host, &mut incoming).await.expect("the stream goes on"));
        }
        assert!(taken == typed, "{} bytes came of {}, or in another order", taken.len(), typed.len());
    }
}

#[tokio::test]
async fn a_host_that_takes_nothing_more_is_listened_to_until_it_has_said_how_the_terminal_ended() {
    let Stream { terminal, link, host, .. } = Stream::new();
    let ended = Ended { exit_code: Some(3), signal: None, reason: EndReason::Exited };
    Outgoing::new(Kind::Output, 0, Bytes::from_static(b"the last words")).send(&host).await.expect("they are taken");
    let said = Bytes::from(serde_json::to_vec(&ended).expect("JSON"));
    Outgoing::new(Kind::Ended, 14, said).send(&host).await.expect("it is taken");
    drop(host);
    terminal.input(Bytes::from_static(b"x"), &Span::none()).expect("nobody knows of the end yet");
    link.run().await;
    assert_eq!(*terminal.end().borrow(), Some(ended));
    assert_eq!(terminal.read(0, 64), Read::Data(Bytes::from_static(b"the last words")));
    assert_eq!(terminal.input(Bytes::from_static(b"x"), &Span::none()), Err(InputError::Ended));
}

#[tokio::test]
async fn what_was_taken_is_handed_over_before_the_server_leaves() {
    let Stream { terminal, link, leaving, host, mut incoming, .. } = Stream::new();
    let typed = type_until_busy(&terminal);
    leaving.cancel();
    let left = tokio::spawn(link.run());
    let mut taken = Vec::new();
    while let Some(more) = arrived(&host, &mut incoming).await {
        taken.extend(more);
    }
    assert!(taken == typed, "{} bytes came of {}, or in another order", taken.len(), typed.len());
    left.await.expect("it leaves");
    assert_eq!(terminal.input(Bytes::from_static(b"late"), &Span::none()), Err(InputError::Ended));
}
