//! One terminal as the window knows it.

use leptos::prelude::{ArcRwSignal, GetUntracked, Set, With, WithUntracked};

use crate::{
    client::{EchoLatency, Progress},
    protocol::{
        session::TerminalSummary,
        terminal::{TerminalClosed, TerminalCommand},
    },
};

use super::parts::change;

/// What a terminal says of itself.
#[derive(Clone, Debug, Default)]
pub struct TerminalState {
    /// The name its program gave it.
    pub title: ArcRwSignal<Option<String>>,
    /// The directory of its shell.
    pub cwd: ArcRwSignal<Option<String>>,
    /// Width and height in cells.
    pub size: ArcRwSignal<Option<(u16, u16)>>,
    /// The client id of the viewer whose size and answers count.
    pub leader: ArcRwSignal<Option<String>>,
    /// In how many seconds it will be closed unless something happens in it.
    pub closes_in: ArcRwSignal<Option<u64>>,
    /// The command that runs, or was the last.
    pub command: ArcRwSignal<Option<TerminalCommand>>,
    /// How its shell ended.
    pub ended: ArcRwSignal<Option<TerminalClosed>>,
    /// What has happened in it that nobody has seen in this window.
    pub stir: ArcRwSignal<Option<Stir>>,
    /// How far its program says it has come.
    pub progress: ArcRwSignal<Option<Progress>>,
    /// How long the last keys typed into it here took to be seen.
    pub echo: ArcRwSignal<Option<EchoLatency>>,
}

/// What has happened in a terminal while it was not shown, the greater call for attention last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stir {
    /// It has written something.
    Output,
    /// A command that ran in it has ended well, or as nobody knows.
    Done,
    /// A command that ran in it has failed.
    Failed,
    /// Its shell has ended.
    Ended,
    /// It has rung.
    Bell,
}

impl TerminalState {
    /// Something has happened in it; what is seen anyhow is unmarked again by who shows it.
    pub fn stirred(&self, stir: Stir) {
        change(&self.stir, &self.stir.get_untracked().max(Some(stir)));
    }

    /// Whether a command runs in it; reading it in a view follows it.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        let runs = self.command.with(|command| command.as_ref().is_some_and(|command| command.running));
        runs && self.ended.with(Option::is_none)
    }

    /// A command has begun or ended. An end is something to see where the beginning was known.
    pub(super) fn ran(&self, command: &TerminalCommand) {
        let known = |known: &TerminalCommand| known.running && known.command_id == command.command_id;
        if !command.running && self.command.with_untracked(|before| before.as_ref().is_some_and(known)) {
            let failed = command.exit_code.is_some_and(|code| code != 0);
            self.stirred(if failed { Stir::Failed } else { Stir::Done });
        }
        self.command.set(Some(command.clone()));
    }

    /// Takes over what the server knows of it at the beginning of a connection. What has happened since an earlier one is
    /// something to see, what was before the first is not.
    pub(super) fn fill(&self, summary: &TerminalSummary, again: bool) {
        if let Some(title) = &summary.title {
            change(&self.title, &Some(title.clone()));
        }
        if let Some(command) = &summary.command {
            self.ran(command);
        }
        if let Some(closed) = summary.closed.as_ref().filter(|_| self.ended.with_untracked(Option::is_none)) {
            self.ended.set(Some(closed.clone()));
            if again {
                self.stirred(Stir::Ended);
            }
        }
    }
}
