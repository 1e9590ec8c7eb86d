//! How long a host waits for the next server.

use tokio::net::UnixStream;
use tokio::task::JoinHandle;
use tokio::time::advance;

use super::super::message::{Reply, Request, receive, send};
use super::*;

#[test]
fn a_living_shell_is_held_for_ever_and_an_ended_one_for_a_day() {
    let over = |looks: u32, held, living| {
        let mut vigil = Vigil::default();
        (0..looks).fold(false, |_, _| vigil.is_over(held, living))
    };
    assert!(over(1, 0, 0), "nothing is held");
    assert!(!over(10 * ENDS_KEPT, 2, 1));
    assert!(!over(ENDS_KEPT - 1, 2, 0));
    assert!(over(ENDS_KEPT, 2, 0));
}

#[test]
fn the_day_begins_with_the_last_end() {
    let mut vigil = Vigil::default();
    assert!(!vigil.is_over(1, 1) && !vigil.is_over(1, 0));
    assert_eq!(vigil.over_ended, 1);
}

/// A host that nobody has asked for anything but a minute, and when it has ended, on a clock that only stands or jumps.
struct Waiting {
    address: Address,
    ended: JoinHandle<Instant>,
    _data_dir: tempfile::TempDir,
}

impl Waiting {
    fn start() -> Self {
        let data_dir = tempfile::tempdir().unwrap();
        let settings = HostSettings { data_dir: data_dir.path().to_owned(), descriptors: None, idle: None };
        let address = Address::new(&settings.data_dir);
        let listener = address.bind().unwrap();
        let ended = tokio::spawn(async move {
            run(listener, &settings.data_dir, settings.idle()).await.unwrap();
            Instant::now()
        });
        Self { address, ended, _data_dir: data_dir }
    }

    /// A server that is there.
    async fn server(&self) -> UnixStream {
        // The clock does not jump while a thread is busy.
        let (done, busy) = std::sync::mpsc::channel::<()>();
        let still = tokio::task::spawn_blocking(move || busy.recv());
        let mut connection = self.address.connect().await.unwrap();
        send(&mut connection, &Request::Watch, &[]).await.unwrap();
        assert!(matches!(receive::<Reply>(&mut connection).await.unwrap(), (Reply::Done, _)));
        drop(done);
        assert!(still.await.unwrap().is_err());
        connection
    }

    /// Whole seconds from a moment until it has ended.
    async fn ends_after(self, since: Instant) -> u64 {
        (self.ended.await.unwrap() - since).as_secs()
    }
}

#[tokio::test(start_paused = true)]
async fn a_host_that_nobody_comes_to_ends_after_a_minute() {
    let start = Instant::now();
    assert_eq!(Waiting::start().ends_after(start).await, 60);
}

#[tokio::test(start_paused = true)]
async fn the_minute_begins_when_the_last_server_has_gone_however_long_it_was_there() {
    for stay in [0, 1, 59, 60, 61, 3_601] {
        let host = Waiting::start();
        let (first, last) = (host.server().await, host.server().await);
        drop(first);
        advance(Duration::from_secs(stay)).await;
        assert!(!host.ended.is_finished(), "for {stay} s");
        let gone = Instant::now();
        drop(last);
        assert_eq!(host.ends_after(gone).await, 60, "after {stay} s");
    }
}
