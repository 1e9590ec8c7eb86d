//! The way out to one socket: a bounded queue and one task. The transport reports a full buffer and gives no sign when there
//! is room again, so the task keeps what was refused and tries it again.

mod metered;
mod outlet;
mod queue;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::{Notify, oneshot};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use self::queue::Queue;
pub(super) use self::{
    metered::Metered,
    outlet::{Failure, Outlet},
};
use super::outgoing::{Frame, Message};

/// How long to wait before trying again what the transport had no room for: a tenth of a frame of a screen.
const RETRY: Duration = Duration::from_millis(2);

/// The sending end of one socket's lane. Cheap to clone; everybody who has something to say to that window holds one.
#[derive(Clone, Debug)]
pub(super) struct Lane {
    shared: Arc<Shared>,
}

/// The lane is closed: its socket is gone or was too slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Closed;

struct Shared {
    outlet: Box<dyn Outlet>,
    queue: Mutex<Queue>,
    /// Wakes the task, and those who wait for the lane to run empty.
    changed: Notify,
    drained: Notify,
    closed: CancellationToken,
}

impl Lane {
    /// Opens a lane to `outlet`; its task lasts until [`Lane::close`] or until the outlet is gone.
    pub(super) fn open(outlet: impl Outlet) -> Self {
        let shared = Arc::new(Shared {
            outlet: Box::new(outlet),
            queue: Mutex::default(),
            changed: Notify::new(),
            drained: Notify::new(),
            closed: CancellationToken::new(),
        });
        tokio::spawn(Arc::clone(&shared).run());
        Self { shared }
    }

    /// Queues an event or an ack behind those before it and ahead of terminal output. On a closed lane it is dropped: there
    /// is nobody to receive it.
    pub(super) fn send(&self, message: Message) {
        self.shared.push(|queue| queue.push(message));
    }

    /// Queues a piece of output and waits until the transport has taken it.
    ///
    /// # Errors
    /// [`Closed`] when the socket is gone, was too slow, or the frame's viewer has left.
    pub(super) async fn frame(&self, frame: Frame) -> Result<(), Closed> {
        let Some(frame) = self.shared.send_now(frame)? else { return Ok(()) };
        let (taken, is_taken) = oneshot::channel();
        self.shared.push(|queue| queue.push_frame(frame, taken));
        is_taken.await.map_err(|_| Closed)
    }

    /// What carries it: `websocket`, or `http` while the connection polls; nothing once the socket is gone.
    pub(super) fn protocol(&self) -> Option<&'static str> {
        self.shared.outlet.protocol()
    }

    /// Waits until everything queued has been handed to the transport, or the lane is closed.
    pub(super) async fn drained(&self) {
        loop {
            let drained = self.shared.drained.notified();
            if self.shared.closed.is_cancelled() || self.shared.queue().is_empty() {
                return;
            }
            tokio::select! {
                () = drained => {}
                () = self.shared.closed.cancelled() => return,
            }
        }
    }

    /// Ends the connection at once; what is still queued is dropped.
    pub(super) fn hang_up(&self) {
        self.shared.queue().hang_up();
        self.shared.changed.notify_one();
    }

    /// Ends the lane; what is still queued is dropped.
    pub(super) fn close(&self) {
        self.shared.closed.cancel();
    }
}

impl Shared {
    fn push(&self, push: impl FnOnce(&mut Queue) -> Result<(), queue::Overflow>) {
        if self.closed.is_cancelled() {
            return;
        }
        if push(&mut self.queue()).is_err() {
            warn!("a window does not take what it is sent; closing its connection");
        }
        self.changed.notify_one();
    }

    /// Hands a frame to the transport here and now, if nothing is before it: the way over the lane's task costs as much as the
    /// rest of the way. Gives it back if it has to wait its turn.
    fn send_now(&self, frame: Frame) -> Result<Option<Frame>, Closed> {
        // Held while it is sent, so that nothing overtakes it.
        let queue = self.queue();
        if self.closed.is_cancelled() || queue.is_hung_up() || frame.viewer.is_cancelled() {
            return Err(Closed);
        }
        if !queue.is_empty() {
            return Ok(Some(frame));
        }
        match self.outlet.frame(&frame) {
            Ok(()) => Ok(None),
            Err(Failure::Behind) => Ok(Some(frame)),
            Err(Failure::Gone) => Err(Closed),
        }
    }

    async fn run(self: Arc<Self>) {
        let delivery = async {
            while self.deliver().await.is_ok() {}
            // The transport may have no room for the goodbye either; its own heartbeat ends the connection then.
            while self.queue().is_hung_up() && self.outlet.close() == Err(Failure::Behind) {
                tokio::time::sleep(RETRY).await;
            }
        };
        self.closed.run_until_cancelled(delivery).await;
        self.closed.cancel();
        self.queue().clear();
        self.drained.notify_waiters();
    }

    /// Hands the next thing to the transport, or waits for one or for room.
    async fn deliver(&self) -> Result<(), Closed> {
        let next = {
            let mut queue = self.queue();
            if queue.is_hung_up() {
                return Err(Closed);
            }
            queue.take()
        };
        let Some(next) = next else {
            self.drained.notify_waiters();
            self.changed.notified().await;
            return Ok(());
        };
        match self.outlet.send(&next) {
            Ok(()) => {
                self.queue().settle();
                next.taken();
            }
            Err(Failure::Gone) => return Err(Closed),
            Err(Failure::Behind) => {
                self.queue().put_back(next);
                tokio::time::sleep(RETRY).await;
            }
        }
        Ok(())
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        // Each change leaves the queue whole, so that of a panicked thread is still good.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lane").field("queue", &self.queue).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use app::protocol::{TerminalId, terminal::TerminalOutput};
    use bytes::Bytes;

    use super::{super::outgoing::Output, *};

    /// A transport with room for what it is told.
    #[derive(Clone, Debug, Default)]
    struct Transport {
        room: Arc<AtomicUsize>,
        sent: Arc<Mutex<Vec<String>>>,
        is_closed: Arc<AtomicBool>,
    }

    impl Transport {
        fn with_room(room: usize) -> Self {
            Self { room: Arc::new(AtomicUsize::new(room)), ..Self::default() }
        }

        fn sent(&self) -> Vec<String> {
            self.sent.lock().unwrap().clone()
        }

        async fn until(&self, condition: impl Fn(&Self) -> bool) {
            let wait = async {
                while !condition(self) {
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(Duration::from_secs(5), wait).await.expect("the condition comes true");
        }
    }

    impl Transport {
        fn take(&self, what: String) -> Result<(), Failure> {
            if self.room.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |room| room.checked_sub(1)).is_err() {
                return Err(Failure::Behind);
            }
            self.sent.lock().unwrap().push(what);
            Ok(())
        }
    }

    impl Outlet for Transport {
        fn message(&self, message: &Message) -> Result<(), Failure> {
            self.take(message.body.get().to_owned())
        }

        fn frame(&self, frame: &Frame) -> Result<(), Failure> {
            self.take(match &frame.output {
                Output::Bytes(output) => format!("output at {}", output.seq),
                Output::Text(output) => output.data.clone(),
            })
        }

        fn protocol(&self) -> Option<&'static str> {
            None
        }

        fn close(&self) -> Result<(), Failure> {
            self.is_closed.store(true, Ordering::SeqCst);
            Ok(())
        }
    }

    fn ack(id: i64) -> Message {
        Message::ack(id, &id)
    }

    fn frame(seq: u64, viewer: &CancellationToken) -> Frame {
        let data = Bytes::from_static(b"x");
        let output = TerminalOutput { terminal_id: TerminalId::from_random(1), seq, data, snapshot: false };
        Frame { output: Output::Bytes(output), trace: None, viewer: viewer.clone() }
    }

    #[tokio::test]
    async fn what_the_transport_refuses_is_kept_and_tried_again_in_order() {
        let transport = Transport::with_room(1);
        let lane = Lane::open(transport.clone());
        (1..=5).for_each(|id| lane.send(ack(id)));
        transport.until(|transport| transport.sent() == ["1"]).await;
        transport.room.store(10, Ordering::SeqCst);
        lane.drained().await;
        assert_eq!(transport.sent(), ["1", "2", "3", "4", "5"]);
    }

    #[tokio::test]
    async fn acks_overtake_output_that_waits() {
        let transport = Transport::with_room(0);
        let lane = Lane::open(transport.clone());
        let viewer = CancellationToken::new();
        let output = tokio::spawn({
            let (lane, frame) = (lane.clone(), frame(0, &viewer));
            async move { lane.frame(frame).await }
        });
        tokio::time::timeout(Duration::from_secs(5), async {
            while lane.shared.queue().is_empty() {
                tokio::task::yield_now().await;
            }
        })
        .await
        .expect("the frame is queued");
        lane.send(ack(1));
        transport.room.store(2, Ordering::SeqCst);
        assert_eq!(output.await.unwrap(), Ok(()));
        assert_eq!(transport.sent(), ["1", "output at 0"]);
    }

    #[tokio::test]
    async fn output_with_nothing_before_it_goes_at_once_and_never_before_what_waits() {
        let transport = Transport::with_room(2);
        let lane = Lane::open(transport.clone());
        let viewer = CancellationToken::new();
        assert_eq!(lane.frame(frame(0, &viewer)).await, Ok(()));
        lane.send(ack(1));
        let later = tokio::spawn({
            let (lane, frame) = (lane.clone(), frame(1, &viewer));
            async move { lane.frame(frame).await }
        });
        transport.until(|transport| transport.sent() == ["output at 0", "1"]).await;
        transport.room.store(1, Ordering::SeqCst);
        assert_eq!(later.await.unwrap(), Ok(()));
        assert_eq!(transport.sent(), ["output at 0", "1", "output at 1"]);
    }

    #[tokio::test]
    async fn output_for_a_viewer_that_left_is_not_sent() {
        let transport = Transport::with_room(10);
        let lane = Lane::open(transport.clone());
        let viewer = CancellationToken::new();
        viewer.cancel();
        assert_eq!(lane.frame(frame(0, &viewer)).await, Err(Closed));
        assert!(transport.sent().is_empty());
    }

    #[tokio::test]
    async fn a_lane_that_overflows_closes_its_socket() {
        let transport = Transport::with_room(0);
        let lane = Lane::open(transport.clone());
        (0..=queue::MAX_MESSAGES as i64).for_each(|id| lane.send(ack(id)));
        transport.until(|transport| transport.is_closed.load(Ordering::SeqCst)).await;
        let viewer = CancellationToken::new();
        assert_eq!(lane.frame(frame(0, &viewer)).await, Err(Closed));
    }
}
