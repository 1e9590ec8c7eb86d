//! What waits in a pane for the person's word: a paste that would run, a program that wants the clipboard.

use std::cell::RefCell;

use super::paste::Pasted;

/// The texts that wait. They stay out of signals: a paste may be large, and neither is for anything but its way.
#[derive(Debug, Default)]
pub struct HeldBack {
    /// What would be pasted.
    pub paste: RefCell<Option<Pasted>>,
    /// What a program wants on the clipboard.
    pub copy: RefCell<Option<String>>,
}

/// What a program wants on the clipboard, as it is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// How many characters it has.
    pub characters: usize,
    /// Why it is not there yet.
    pub obstacle: Obstacle,
}

/// What stands between a program and the clipboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The person has not said whether programs may.
    Unasked,
    /// The browser gives the clipboard only to a click.
    Gesture,
}
