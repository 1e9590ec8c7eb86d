//! A host that answers when the test lets it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::net::UnixListener;
use tokio::sync::Barrier;

use super::*;
use crate::terminal::Size;

/// Keeps `count` terminals, and streams one when as many are asked for as are attached at a time. Counts how many wait.
fn keep(listener: UnixListener, count: usize, most: Arc<AtomicUsize>) {
    let (waiting, together) = (Arc::new(AtomicUsize::new(0)), Arc::new(Barrier::new(SIDE_BY_SIDE)));
    tokio::spawn(async move {
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            let (waiting, together, most) = (Arc::clone(&waiting), Arc::clone(&together), Arc::clone(&most));
            tokio::spawn(async move {
                let reply = match receive::<Request>(&mut connection).await.unwrap().0 {
                    Request::List => {
                        let listed = |n| Listed { id: format!("{n}"), owner: String::new(), label: String::new() };
                        Reply::Terminals((0..count).map(listed).collect())
                    }
                    Request::Attach { id } => {
                        most.fetch_max(waiting.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        together.wait().await;
                        waiting.fetch_sub(1, Ordering::SeqCst);
                        let size = Size::clamped(80, 24);
                        Reply::Streaming(Streaming {
                            start: 0,
                            end: 0,
                            size,
                            title: id,
                            directory: None,
                            commands: None,
                        })
                    }
                    _ => Reply::Done,
                };
                send(&mut connection, &reply, &[]).await.unwrap();
            });
        }
    });
}

#[tokio::test]
async fn terminals_are_attached_side_by_side_and_not_all_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let host = Host::new(directory.path(), Program::own());
    let most = Arc::new(AtomicUsize::new(0));
    keep(host.address.bind().unwrap(), 3 * SIDE_BY_SIDE, Arc::clone(&most));
    let kept = timeout(ANSWER / 2, host.find()).await.expect("nobody waits for a host that waits for others");
    assert_eq!((kept.len(), most.load(Ordering::SeqCst)), (3 * SIDE_BY_SIDE, SIDE_BY_SIDE));
    assert!(kept.iter().all(|kept| kept.id == kept.stream.streaming.title), "each has its own stream");
}
