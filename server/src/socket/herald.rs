//! Tells the people around a terminal what happens to it: its size, its title, its bell, its end.

use std::{sync::Arc, time::Duration};

use app::protocol::{
    TerminalId,
    terminal::{CloseReason, TerminalBell, TerminalClosed, TerminalTitle},
};
use tokio::{
    select,
    sync::watch,
    time::{Interval, MissedTickBehavior, interval},
};

use super::{hub::Hub, outgoing::Message};
use crate::terminal::{EndReason, Ended, Terminal};

/// A program that rings or renames in a loop is heard this often, so that it does not crowd out a window's other notices.
const NOISE: Duration = Duration::from_millis(50);

/// Follows one terminal until it has ended.
pub(super) async fn follow(hub: Arc<Hub>, id: TerminalId, terminal: Terminal) {
    let (output, mut size) = (terminal.subscribe(), terminal.size());
    let mut noise = Noise::of(id, &terminal);
    // The senders live as long as the terminal that we hold: a change is a change.
    let ended = loop {
        select! {
            biased;
            _ = size.changed() => {
                let size = *size.borrow_and_update();
                hub.tell_size(id, size, *output.borrow());
            }
            ended = terminal.ended() => break ended,
            message = noise.next() => hub.tell_viewers(id, |_| message),
        }
    };
    hub.tell_closed(&closed(id, ended, hub.is_closing()), *output.borrow());
}

/// What only viewers hear.
struct Noise {
    id: TerminalId,
    pause: Interval,
    title: watch::Receiver<String>,
    bells: watch::Receiver<u64>,
}

impl Noise {
    fn of(id: TerminalId, terminal: &Terminal) -> Self {
        let mut pause = interval(NOISE);
        pause.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { id, pause, title: terminal.title(), bells: terminal.bells() }
    }

    async fn next(&mut self) -> Message {
        self.pause.tick().await;
        let terminal_id = self.id;
        select! {
            _ = self.title.changed() => {
                let title = self.title.borrow_and_update().clone();
                Message::told(&TerminalTitle { terminal_id, title })
            }
            _ = self.bells.changed() => Message::told(&TerminalBell { terminal_id }),
        }
    }
}

fn closed(terminal_id: TerminalId, ended: Ended, is_shutdown: bool) -> TerminalClosed {
    let reason = match ended.reason {
        EndReason::Closed if is_shutdown => CloseReason::Shutdown,
        EndReason::Closed => CloseReason::Closed,
        EndReason::Exited => CloseReason::Exited,
        EndReason::Failed => CloseReason::Failed,
    };
    TerminalClosed { terminal_id, exit_code: ended.exit_code, signal: ended.signal, reason }
}
