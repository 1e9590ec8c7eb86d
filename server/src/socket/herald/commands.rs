//! The commands of a terminal, for those who see it and for telemetry.

use app::protocol::{TerminalId, terminal::TerminalCommand};
use tokio::{
    sync::broadcast::{
        self,
        error::{RecvError, TryRecvError},
    },
    time::{Interval, MissedTickBehavior, interval},
};

use super::{NOISE, millis};
use crate::{
    socket::hub::Hub,
    telemetry::{CommandRecord, record_command, span::Cause},
    terminal::{CommandNews, Past, Terminal},
};

/// News of one command: its start and its end.
const PAIR: usize = 2;

/// What a terminal's shell says of its commands.
pub(super) struct Commands {
    id: TerminalId,
    pause: Interval,
    news: broadcast::Receiver<CommandNews>,
}

impl Commands {
    /// From this moment on, and what was before it.
    pub(super) fn of(id: TerminalId, terminal: &Terminal) -> (Past, Self) {
        let (past, news) = terminal.commands();
        let mut pause = interval(NOISE);
        pause.set_missed_tick_behavior(MissedTickBehavior::Delay);
        (past, Self { id, pause, news })
    }

    /// The next news; none when there will be no more.
    pub(super) async fn next(&mut self) -> Option<CommandNews> {
        // A command that starts and ends at once is told at once: only a flood of news is slowed down.
        if self.news.len() > PAIR {
            self.pause.tick().await;
        }
        loop {
            match self.news.recv().await {
                Ok(news) => return Some(news),
                Err(RecvError::Lagged(skipped)) => {
                    tracing::warn!(terminal = %self.id, skipped, "a program writes marks of commands too fast to be told of");
                }
                Err(RecvError::Closed) => return None,
            }
        }
    }
}

impl Commands {
    /// The next news that is there already, at the end: nobody waits for more.
    pub(super) fn left(&mut self) -> Option<CommandNews> {
        loop {
            match self.news.try_recv() {
                Ok(news) => return Some(news),
                Err(TryRecvError::Lagged(_)) => {}
                Err(TryRecvError::Empty | TryRecvError::Closed) => return None,
            }
        }
    }
}

/// Takes over what is known from before: who comes is told of the last command, and those that nobody has recorded are.
pub(super) fn take_over(hub: &Hub, id: TerminalId, terminal: &Terminal, past: &Past) {
    if past.forgotten() > 0 {
        tracing::warn!(terminal = %id, forgotten = past.forgotten(), "more commands have ended unrecorded than are kept");
    }
    if let Some(last) = past.last() {
        hub.stages.with(id, |stage| stage.command = Some(notice(id, last)));
    }
    past.unrecorded().for_each(|news| record(hub, id, terminal, news));
}

/// Tells the session, and records a command that has ended.
pub(super) fn tell(hub: &Hub, id: TerminalId, terminal: &Terminal, news: &CommandNews) {
    let notice = notice(id, news);
    hub.stages.with(id, |stage| stage.command = Some(notice.clone()));
    // In the trace of the command, whose own span is written when it has ended.
    hub.notify_room(id, &notice, news.trace.map(Cause::context));
    record(hub, id, terminal, news);
}

fn notice(id: TerminalId, news: &CommandNews) -> TerminalCommand {
    let end = news.end;
    TerminalCommand {
        terminal_id: id,
        command_id: format!("{}", news.seq),
        command: news.command.clone(),
        cwd: news.directory.clone(),
        running: end.is_none(),
        exit_code: end.and_then(|end| end.exit),
        duration_ms: end.map(|end| millis(end.duration)),
    }
}

/// Records a command that has ended, in the session that its terminal is in.
fn record(hub: &Hub, id: TerminalId, terminal: &Terminal, news: &CommandNews) {
    let Some(end) = news.end else { return };
    if let Some(session) = hub.stages.with(id, |stage| stage.session) {
        record_command(&CommandRecord {
            terminal_id: &id.to_string(),
            session_id: &session.to_string(),
            context: news.trace,
            started: news.started,
            duration: end.duration,
            exit: end.exit,
        });
    }
    // Last: a server that is killed in between has it recorded twice, under the same ids, rather than never.
    terminal.recorded(news.seq);
}
