//! One viewer's way to one terminal's output: reads the ring from the viewer's own offset, in frames, while it has credit.

mod marks;
mod pace;
mod text;
mod viewing;

use std::sync::Arc;

use app::{
    protocol::{
        Event, TerminalId,
        event::Subject,
        legacy::{ShellClosed, ShellOutput},
        terminal::{AttachMode, TerminalAttached, TerminalOutput},
    },
    trace::Carrier,
};
use bytes::Bytes;
use serde::Serialize;
use tokio::{
    sync::{Notify, oneshot, watch},
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;

pub(super) use self::{
    marks::Mark,
    viewing::{Begun, Viewing},
};
use self::{marks::Marks, pace::Pace, text::TextCut};
use super::{
    audience::ClientId,
    lane::{Closed, Lane},
    outgoing::{Frame, Message, Output},
};
use crate::{
    telemetry::span::{self, Recipients},
    terminal::{CREDIT, Read, ScreenAt, Size, Terminal, ViewerHandle},
};

/// The largest frame: one block of the ring, so that most frames are sent without a copy in between.
pub(super) const FRAME: usize = 64 * 1024;

/// A viewer that ran out of credit is sent more once no more than this is unacked: one ack of our page.
pub(super) const GO_ON: u64 = 64 * 1024;

/// How a viewer begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Start {
    pub(super) mode: AttachMode,
    pub(super) seq: u64,
    pub(super) size: Size,
}

impl Start {
    pub(super) fn attached(self, terminal_id: TerminalId, leader: Option<String>) -> TerminalAttached {
        let Self { mode, seq, size } = self;
        TerminalAttached { terminal_id, mode, seq, cols: size.cols(), rows: size.rows(), leader }
    }
}

/// In what form a viewer gets the output.
#[derive(Debug)]
pub(super) enum Form {
    /// In bytes with their offsets, for pages, which say how far they have come.
    Bytes,
    /// In text, under the name by which the client knows the shell. Such a client never says how far it has come: what the
    /// transport has taken counts as parsed.
    Text(String),
}

/// The largest frame of text: as many as a transport holds are 16 MiB, for a client that takes nothing.
const TEXT_FRAME: usize = 16 * 1024;

/// Says who leads at the moment a new snapshot is announced.
pub(super) type Leader = Box<dyn Fn() -> Option<String> + Send + Sync>;

/// The task behind a [`Viewing`].
struct Pump {
    id: TerminalId,
    terminal: Terminal,
    client: ClientId,
    lane: Lane,
    leader: Leader,
    form: Form,
    text: TextCut,
    viewer: Arc<ViewerHandle>,
    acked: Arc<Notify>,
    marks: Arc<Marks>,
    left: CancellationToken,
    end: watch::Receiver<u64>,
    /// The offset after what has been handed to the transport.
    at: u64,
    pace: Pace,
}

/// What the viewer is told before its first frame, and when it may have it.
struct Opening {
    /// Where the start is reported.
    start: oneshot::Sender<Start>,
    /// Answered once the viewer has been told.
    told: oneshot::Receiver<()>,
}

impl Pump {
    /// Sends until the lane is closed; the viewing's end drops it at any of its awaits.
    async fn run(mut self, from: Option<u64>, opening: Opening) {
        // An error means that nobody is there any more.
        let _ = self.pump(from, opening).await;
    }

    async fn pump(&mut self, from: Option<u64>, opening: Opening) -> Result<(), Closed> {
        self.open(from, opening).await?;
        loop {
            self.pass_marks();
            let end = *self.end.borrow_and_update();
            // A screen that a host has drawn may be ahead of the output that is here.
            if end <= self.at {
                self.wait_for_more().await;
                continue;
            }
            let room = self.credit().await;
            self.gather().await;
            let until_mark = self.marks.next().map_or(u64::MAX, |mark| mark.saturating_sub(self.at));
            match self.terminal.read(self.at, self.largest().min(to_usize(room.min(until_mark)))) {
                Read::Data(bytes) => self.send(bytes).await?,
                // Between the look at the end and the read a mark has come in right here.
                Read::UpToDate => {}
                Read::Gone => self.catch_up().await?,
            }
        }
    }

    /// Finds where the viewer begins, has it told, and sends the snapshot if there is one.
    async fn open(&mut self, from: Option<u64>, Opening { start, told }: Opening) -> Result<(), Closed> {
        let in_reach = |seq: &u64| self.terminal.read(*seq, 1) != Read::Gone;
        let (opened, screen) = match from.filter(in_reach) {
            Some(seq) => (Start { mode: AttachMode::Resume, seq, size: *self.terminal.size().borrow() }, None),
            None => {
                let screen = self.terminal.snapshot().await;
                let Start { seq, size, .. } = snapshot_start(&screen);
                (Start { mode: AttachMode::Snapshot, seq, size }, Some(screen))
            }
        };
        self.continue_at(opened.seq);
        start.send(opened).map_err(|_| Closed)?;
        told.await.map_err(|_| Closed)?;
        match screen {
            Some(screen) => self.show(screen).await,
            None => Ok(()),
        }
    }

    /// Brings a viewer that fell out of the ring up to date: unasked, but told in the same words as if it had asked.
    async fn catch_up(&mut self) -> Result<(), Closed> {
        let screen = self.terminal.snapshot().await;
        let start = snapshot_start(&screen);
        self.continue_at(start.seq);
        self.marks.drop_sizes_before(start.seq);
        if matches!(self.form, Form::Bytes) {
            // Nobody has asked: a trace of its own.
            let attached = start.attached(self.id, (self.leader)());
            self.tell(&attached);
        }
        self.text.reset();
        self.show(screen).await
    }

    /// Tells the viewer what it has not asked for.
    fn tell<E: Event + Serialize>(&self, event: &E) {
        let subject = Subject { terminal: Some(self.id), ..Subject::default() };
        self.lane.send(Message::fan_out(event, subject, Recipients::one(&self.client, self.lane.protocol()), None));
    }

    /// The most bytes of a frame.
    fn largest(&self) -> usize {
        match self.form {
            Form::Bytes => FRAME,
            Form::Text(_) => TEXT_FRAME,
        }
    }

    async fn show(&mut self, screen: ScreenAt) -> Result<(), Closed> {
        let screen_bytes = Bytes::from(screen.snapshot.bytes);
        let largest = self.largest();
        for start in (0..screen_bytes.len()).step_by(largest) {
            let piece = screen_bytes.slice(start..screen_bytes.len().min(start + largest));
            self.frame(piece, true, None).await?;
        }
        Ok(())
    }

    async fn send(&mut self, bytes: Bytes) -> Result<(), Closed> {
        let (from, length) = (self.at, bytes.len());
        let until = from + length as u64;
        let trace = self.terminal.answer_at(&(from..until)).and_then(|context| span::carrier_for(&context));
        // Before the transport has it: the ack of a fast viewer may come before we are told that it was taken.
        self.viewer.sent(until);
        self.frame(bytes, false, trace).await?;
        self.at = until;
        if matches!(self.form, Form::Text(_)) {
            self.viewer.acked(until);
        }
        self.pace.left(Instant::now(), length);
        Ok(())
    }

    async fn frame(&mut self, data: Bytes, snapshot: bool, trace: Option<Carrier>) -> Result<(), Closed> {
        let output = match &self.form {
            Form::Bytes => Output::Bytes(TerminalOutput { terminal_id: self.id, seq: self.at, data, snapshot }),
            Form::Text(session) => Output::Text(ShellOutput { session: session.clone(), data: self.text.cut(&data) }),
        };
        self.lane.frame(Frame { output, trace, viewer: self.left.clone() }).await
    }

    /// Waits for credit and returns how much there is.
    async fn credit(&self) -> u64 {
        if self.viewer.unacked() >= CREDIT {
            while self.viewer.unacked() > GO_ON {
                self.acked.notified().await;
            }
        }
        CREDIT - self.viewer.unacked()
    }

    /// Lets output gather while it is continuous; what comes after a pause goes at once.
    async fn gather(&mut self) {
        loop {
            let waiting = to_usize(self.end.borrow_and_update().saturating_sub(self.at));
            let Some(until) = self.pace.hold(Instant::now(), waiting) else { return };
            tokio::select! {
                () = sleep_until(until) => return,
                // The sender lives as long as the terminal that we hold.
                _ = self.end.changed() => {}
            }
        }
    }

    async fn wait_for_more(&mut self) {
        tokio::select! {
            _ = self.end.changed() => {}
            () = self.marks.added() => {}
        }
    }

    /// Sends what was to reach the viewer after the output up to here.
    fn pass_marks(&self) {
        while let Some(mark) = self.marks.take(self.at) {
            match mark {
                Mark::Size(message) => self.lane.send(message),
                Mark::Closed(message) => {
                    self.lane.send(message);
                    if let Form::Text(session) = &self.form {
                        let closed = ShellClosed { session: session.clone() };
                        self.tell(&closed);
                    }
                }
                // Whoever waited may have given up.
                Mark::Reached(reached) => drop(reached.send(())),
            }
        }
    }

    fn continue_at(&mut self, seq: u64) {
        self.at = seq;
        self.viewer.moved(seq);
    }
}

fn snapshot_start(screen: &ScreenAt) -> Start {
    Start { mode: AttachMode::Snapshot, seq: screen.seq, size: screen.snapshot.size }
}

/// A length that is about to be cut to a frame's anyway.
fn to_usize(length: u64) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}
