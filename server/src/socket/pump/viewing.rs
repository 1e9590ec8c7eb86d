//! A window's place in front of a terminal, as the window's connection holds it.

use std::sync::Arc;

use app::protocol::TerminalId;
use tokio::sync::{Notify, oneshot};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{Form, Leader, Mark, Marks, Opening, Pace, Pump, Start, TextCut};
use crate::{
    socket::{audience::ClientId, lane::Lane},
    terminal::{Terminal, ViewerHandle},
};

/// One viewer of one terminal; dropping it is leaving, and not a byte is sent after that.
#[derive(Debug)]
pub(in crate::socket) struct Viewing {
    viewer: Arc<ViewerHandle>,
    acked: Arc<Notify>,
    marks: Arc<Marks>,
    _left: DropGuard,
}

/// The beginning of a viewing.
pub(in crate::socket) struct Begun {
    /// The place.
    pub(in crate::socket) viewing: Viewing,
    /// Says where output begins, once that is known; an error when the viewer left before.
    pub(in crate::socket) start: oneshot::Receiver<Start>,
    /// Lets the output flow; to be sent once the viewer has been told. Dropped, it ends the viewing.
    pub(in crate::socket) told: oneshot::Sender<()>,
}

impl Viewing {
    /// Begins to view from offset `from`, or from a snapshot.
    pub(in crate::socket) fn begin(
        id: TerminalId,
        terminal: Terminal,
        client: ClientId,
        lane: Lane,
        leader: Leader,
        from: Option<u64>,
        form: Form,
    ) -> Begun {
        let end = terminal.subscribe();
        let at = *end.borrow();
        let viewer = Arc::new(terminal.viewer(at));
        let (acked, marks) = (Arc::new(Notify::new()), Arc::new(Marks::default()));
        let left = CancellationToken::new();
        let (start_sender, start) = oneshot::channel();
        let (told, told_receiver) = oneshot::channel();
        let pump = Pump {
            id,
            terminal,
            client,
            lane,
            leader,
            form,
            text: TextCut::default(),
            viewer: Arc::clone(&viewer),
            acked: Arc::clone(&acked),
            marks: Arc::clone(&marks),
            left: left.clone(),
            end,
            at,
            pace: Pace::default(),
        };
        let run = pump.run(from, Opening { start: start_sender, told: told_receiver });
        tokio::spawn(left.clone().run_until_cancelled_owned(run));
        Begun { viewing: Self { viewer, acked, marks, _left: left.drop_guard() }, start, told }
    }

    /// Takes the viewer's word that it has parsed everything before `seq`.
    pub(in crate::socket) fn acked(&self, seq: u64) {
        self.viewer.acked(seq);
        self.acked.notify_one();
    }

    /// Notes whether the viewer's page can be seen.
    pub(in crate::socket) fn set_visible(&self, visible: bool) {
        self.viewer.set_visible(visible);
    }

    /// Has the mark passed once everything before `seq` has been sent.
    pub(in crate::socket) fn mark(&self, seq: u64, mark: Mark) {
        self.marks.add(seq, mark);
    }
}
