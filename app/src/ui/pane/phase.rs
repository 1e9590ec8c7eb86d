//! Where a pane is with its shell, and what it has to say beside it.

use crate::{
    client::Failure,
    protocol::{TerminalId, terminal::TerminalClosed},
};

/// Where a pane is with its shell.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Phase {
    /// Nothing can be asked: the link is not there, or nothing is known yet.
    #[default]
    Waiting,
    /// There is no shell, and it is for somebody else to open one.
    Empty,
    /// A shell has been asked for, or its output.
    Opening,
    /// Keys go to the shell and its output comes.
    Live(TerminalId),
    /// The shell has ended.
    Ended(TerminalClosed),
    /// The server said no.
    Failed(Failure),
}

impl Phase {
    /// The phase as attributes and tests know it.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Empty => "empty",
            Self::Opening => "opening",
            Self::Live(_) => "live",
            Self::Ended(_) => "ended",
            Self::Failed(_) => "failed",
        }
    }
}

/// What became of input that did not simply arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// So many bytes were under way when the link broke.
    Uncertain(usize),
    /// So many bytes waited for a shell that is gone.
    Unsent(usize),
    /// No more was kept.
    Full,
    /// The server did not take it.
    Refused(Failure),
    /// The program does not read: the rest waits.
    NotRead,
    /// The user may look, and no more.
    ReadOnly,
}
