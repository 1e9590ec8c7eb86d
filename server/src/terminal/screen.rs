//! The port to a model of the screen: what a newly attached viewer is shown.

mod buffer;
mod cell;
mod charset;
mod emulator;
mod history;
mod parser;
mod pool;
mod recall;
mod row;
mod style;
mod writer;

pub use emulator::Emulator;

use super::Size;

/// A screen that can be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The size it was taken at.
    pub size: Size,
    /// What a terminal of that size has to be fed to look and behave like the model: begins with a full reset,
    /// contains no query, and may end inside a sequence or character that goes on. Where the program wants to hear of the
    /// focus (mode 1004), xterm.js answers that with a report, which whoever feeds it has to drop.
    pub bytes: Vec<u8>,
}

/// What others are told about a piece of output.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// How often the bell rang.
    pub bells: u64,
    /// The title, when it was set.
    pub title: Option<String>,
}

/// Follows a program's output as a terminal would.
pub trait ScreenModel: Send {
    /// Takes the next bytes, which may end anywhere: inside a sequence, inside a character.
    fn feed(&mut self, bytes: &[u8]) -> Heard;

    /// Changes the size, as the program has been told.
    fn resize(&mut self, size: Size);

    /// Writes the screen down: history, both screens, cursor, modes and title.
    fn snapshot(&self) -> Snapshot;
}
