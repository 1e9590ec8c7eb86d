//! A tab and a pane as the window knows them: signals for what of them may change.

use leptos::prelude::{ArcRwSignal, GetUntracked, Set, WithUntracked};

use crate::protocol::{
    TerminalId,
    workspace::{Pane, Tab},
};

use super::Arrangement;

/// A tab.
#[derive(Clone, Debug, Default)]
pub struct TabState {
    /// The title that somebody gave it, or its number.
    pub title: ArcRwSignal<String>,
    /// Where its panes are.
    pub arrangement: ArcRwSignal<Arrangement>,
}

/// A pane.
#[derive(Clone, Debug, Default)]
pub struct PaneState {
    /// The title to show as long as no program has given its terminal one.
    pub title: ArcRwSignal<String>,
    /// The terminal in it, alive or ended.
    pub terminal: ArcRwSignal<Option<TerminalId>>,
    /// Whether this window is to open a shell in it.
    pub claimed: ArcRwSignal<bool>,
}

impl TabState {
    pub(super) fn take(&self, tab: &Tab) {
        change(&self.title, &tab.title);
        let zoomed = tab.zoomed_pane_id;
        let differs = self
            .arrangement
            .with_untracked(|known| known.zoomed != zoomed || known.layout.as_ref() != Some(&tab.layout));
        if differs {
            self.arrangement.set(Arrangement { layout: Some(tab.layout.clone()), zoomed });
        }
    }
}

impl PaneState {
    pub(super) fn take(&self, pane: &Pane) {
        change(&self.title, &pane.title);
        change(&self.terminal, &pane.terminal_id);
        // The wish has been fulfilled, by this window or another.
        if pane.terminal_id.is_some() && self.claimed.get_untracked() {
            self.claimed.set(false);
        }
    }
}

/// Sets a signal if its value is another one.
pub(super) fn change<T: Clone + PartialEq + 'static>(signal: &ArcRwSignal<T>, value: &T)
where
    ArcRwSignal<T>: Set<Value = T> + WithUntracked<Value = T>,
{
    if signal.with_untracked(|known| known != value) {
        signal.set(value.clone());
    }
}
