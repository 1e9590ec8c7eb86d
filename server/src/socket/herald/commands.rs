//! The commands of a terminal, for those who see it and for telemetry.

use app::protocol::{TerminalId, terminal::TerminalCommand};
use tokio::{
    sync::broadcast::{self, error::RecvError},
    time::{Interval, MissedTickBehavior, interval},
};

use super::{NOISE, millis};
use crate::{
    socket::hub::Hub,
    telemetry::{CommandRecord, record_command, span::Cause},
    terminal::{CommandNews, Terminal},
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
    /// From this moment on.
    pub(super) fn of(id: TerminalId, terminal: &Terminal) -> Self {
        let mut pause = interval(NOISE);
        pause.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { id, pause, news: terminal.commands() }
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

/// Tells the session, and records a command that has ended.
pub(super) fn tell(hub: &Hub, id: TerminalId, news: &CommandNews) {
    let end = news.end;
    let notice = TerminalCommand {
        terminal_id: id,
        command_id: format!("{}", news.seq),
        command: news.command.clone(),
        cwd: news.directory.clone(),
        running: end.is_none(),
        exit_code: end.and_then(|end| end.exit),
        duration_ms: end.and_then(|end| end.duration).map(millis),
    };
    let session = hub.stages.with(id, |stage| {
        stage.command = Some(notice.clone());
        stage.session
    });
    // In the trace of the command, whose own span is written when it has ended.
    hub.notify_room(id, &notice, news.trace.map(Cause::context));
    let (Some(session), Some(end), Some(started)) = (session, end, news.started) else { return };
    record_command(&CommandRecord {
        terminal_id: &id.to_string(),
        session_id: &session.to_string(),
        context: news.trace,
        started,
        duration: end.duration.unwrap_or_default(),
        exit: end.exit,
    });
}
