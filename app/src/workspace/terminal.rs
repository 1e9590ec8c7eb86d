//! One terminal as the window knows it.

use leptos::prelude::ArcRwSignal;

use crate::{
    client::{EchoLatency, Progress},
    protocol::terminal::{TerminalClosed, TerminalCommand},
};

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
    /// How often its program rang.
    pub bells: ArcRwSignal<u32>,
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
    /// It has rung, or its shell has ended.
    Bell,
}
