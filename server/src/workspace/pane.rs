//! One pane: a place for a terminal.

use app::protocol::{PaneId, TerminalId, workspace as view};

use super::{Denied, random};
use crate::store::PaneRecord;

#[derive(Debug)]
pub(super) struct Pane {
    pub(super) id: PaneId,
    /// What it is called, from 1: no other pane of its tab has it.
    number: usize,
    pub(super) holds: Content,
    /// Where its shell is, or was, as far as the shell says.
    pub(super) directory: Option<String>,
    /// Whether a terminal is just being opened for it.
    reserved: bool,
}

/// What is in a pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Nothing,
    Living(TerminalId),
    Ended(TerminalId),
}

impl Pane {
    /// An empty pane.
    pub(super) fn new(number: usize) -> Self {
        Self::found(PaneId::from_random(random()), number)
    }

    /// A pane that there was before.
    pub(super) fn found(id: PaneId, number: usize) -> Self {
        Self { id, number, holds: Content::Nothing, directory: None, reserved: false }
    }

    pub(super) fn number(&self) -> usize {
        self.number
    }

    /// The terminal in it, alive or ended.
    pub(super) fn terminal(&self) -> Option<TerminalId> {
        match self.holds {
            Content::Nothing => None,
            Content::Living(terminal) | Content::Ended(terminal) => Some(terminal),
        }
    }

    /// Keeps the pane for a terminal that is to come.
    ///
    /// # Errors
    /// One is there, or another one is to come.
    pub(super) fn reserve(&mut self) -> Result<(), Denied> {
        match self.holds {
            Content::Living(terminal) => Err(Denied::Occupied(terminal)),
            Content::Nothing | Content::Ended(_) if self.reserved => Err(Denied::Opening),
            Content::Nothing | Content::Ended(_) => {
                self.reserved = true;
                Ok(())
            }
        }
    }

    /// Gives a reservation back.
    pub(super) fn release(&mut self) {
        self.reserved = false;
    }

    /// Takes another terminal, of which nothing is known yet, and returns the one that was there.
    pub(super) fn take(&mut self, terminal: TerminalId) -> Option<TerminalId> {
        let replaced = self.terminal();
        *self = Self { holds: Content::Living(terminal), ..Self::found(self.id, self.number) };
        replaced
    }

    /// The pane as it is stored.
    pub(super) fn record(&self) -> PaneRecord {
        let (id, number, terminal) = (self.id, self.number, self.terminal());
        PaneRecord { id, number, terminal, directory: self.directory.clone() }
    }

    /// A pane as it was stored; its terminal is there if somebody holds it.
    pub(super) fn restored(record: PaneRecord, is_held: impl Fn(TerminalId) -> bool) -> Self {
        let PaneRecord { id, number, terminal, directory } = record;
        let holds = terminal.filter(|id| is_held(*id)).map_or(Content::Nothing, Content::Living);
        Self { holds, directory, ..Self::found(id, number) }
    }

    pub(super) fn view(&self) -> view::Pane {
        view::Pane {
            id: self.id,
            title: self.number.to_string(),
            terminal_id: self.terminal(),
            cwd: self.directory.clone(),
        }
    }
}
