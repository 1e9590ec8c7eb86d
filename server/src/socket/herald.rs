//! Tells the people around a terminal what happens to it: its size, its commands, its title, its bell, where its shell is, its
//! end.

mod commands;

use std::{sync::Arc, time::Duration};

use app::protocol::{
    Refusal, RefusalCode, TerminalId,
    terminal::{CloseReason, TerminalBell, TerminalClosed, TerminalError, TerminalIdle, TerminalTitle},
};
use tokio::{
    select,
    sync::watch,
    time::{Interval, MissedTickBehavior, interval},
};

use self::commands::Commands;
use super::hub::Hub;
use crate::terminal::{EndReason, Ended, Size, Terminal};

/// A program that rings or renames in a loop is heard this often, so that it crowds out neither a window's other notices nor
/// other traces: each is one, where sampling says so.
const NOISE: Duration = Duration::from_millis(50);

/// Follows one terminal from this moment on until it has ended.
pub(super) fn follow(hub: Arc<Hub>, id: TerminalId, terminal: Terminal) -> impl Future<Output = ()> + Send {
    // Now and not when the task first runs: what changes in between would be told to nobody.
    let (size, warning, noise) = (terminal.size(), terminal.warning(), Noise::of(&terminal));
    let (past, commands) = Commands::of(id, &terminal);
    commands::take_over(&hub, id, &terminal, &past);
    tell(hub, id, terminal, Changes { size, warning, commands, noise })
}

/// What is told as it changes.
struct Changes {
    size: watch::Receiver<Size>,
    warning: watch::Receiver<Option<Duration>>,
    commands: Commands,
    noise: Noise,
}

async fn tell(hub: Arc<Hub>, id: TerminalId, terminal: Terminal, changes: Changes) {
    let Changes { mut size, mut warning, mut commands, mut noise } = changes;
    let output = terminal.subscribe();
    // The senders live as long as the terminal that we hold: a change is a change.
    let ended = loop {
        select! {
            biased;
            _ = size.changed() => {
                let size = *size.borrow_and_update();
                hub.tell_size(id, size, *output.borrow());
            }
            ended = terminal.ended() => break ended,
            _ = warning.changed() => {
                let closes_in_ms = warning.borrow_and_update().map(millis);
                hub.notify_viewers(id, &TerminalIdle { terminal_id: id, closes_in_ms }, None);
            }
            Some(news) = commands.next() => commands::tell(&hub, id, &terminal, &news),
            said = noise.next() => match said {
                Said::Title(title) => hub.notify_room(id, &TerminalTitle { terminal_id: id, title }, None),
                Said::Bell => hub.notify_room(id, &TerminalBell { terminal_id: id }, None),
                Said::Moved(directory) => hub.tell_moved(id, directory),
            },
        }
    };
    while let Some(news) = commands.left() {
        commands::tell(&hub, id, &terminal, &news);
    }
    if ended.reason == EndReason::Lost {
        let problem = "The process that held the shell has ended, and the shell with it.";
        let error = Refusal::new(RefusalCode::Internal, problem).about(id);
        hub.notify_viewers(id, &TerminalError { terminal_id: Some(id), error }, None);
    }
    let seq = *output.borrow();
    hub.tell_closed(&closed(id, ended, hub.is_closing()), seq);
    // After that, so that whoever takes away its pane and finds the end not told may leave it to us.
    if !hub.sessions.holds(id) {
        hub.let_go(id, seq).await;
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// What a program may say as often as it likes.
struct Noise {
    pause: Interval,
    title: watch::Receiver<String>,
    bells: watch::Receiver<u64>,
    directory: watch::Receiver<Option<String>>,
}

/// A thing that was said.
enum Said {
    /// For the tab, which the whole session has.
    Title(String),
    /// Likewise.
    Bell,
    /// The shell is in another directory, which the whole session hears.
    Moved(String),
}

impl Noise {
    fn of(terminal: &Terminal) -> Self {
        let mut pause = interval(NOISE);
        pause.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (title, bells, mut directory) = (terminal.title(), terminal.bells(), terminal.directory());
        // Of a shell that was there before this server the session has not heard.
        directory.mark_changed();
        Self { pause, title, bells, directory }
    }

    async fn next(&mut self) -> Said {
        self.pause.tick().await;
        loop {
            select! {
                _ = self.title.changed() => return Said::Title(self.title.borrow_and_update().clone()),
                _ = self.bells.changed() => return Said::Bell,
                _ = self.directory.changed() => {
                    if let Some(directory) = self.directory.borrow_and_update().clone() {
                        return Said::Moved(directory);
                    }
                }
            }
        }
    }
}

fn closed(terminal_id: TerminalId, ended: Ended, is_shutdown: bool) -> TerminalClosed {
    let reason = match ended.reason {
        EndReason::Closed if is_shutdown => CloseReason::Shutdown,
        EndReason::Closed => CloseReason::Closed,
        EndReason::Exited => CloseReason::Exited,
        EndReason::Failed | EndReason::Lost => CloseReason::Failed,
        EndReason::Detached => CloseReason::Detached,
        EndReason::Idle => CloseReason::Idle,
    };
    TerminalClosed { terminal_id, exit_code: ended.exit_code, signal: ended.signal, reason }
}
