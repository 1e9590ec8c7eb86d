//! How a tab presents itself: what it is called, whether anything runs in it, what has happened in it.

use leptos::prelude::*;

use crate::{
    client::Progress,
    protocol::TabId,
    workspace::{Stir, TerminalState},
};

use super::Place;

impl Place {
    /// The terminals of a tab.
    pub fn terminals_in(self, tab: TabId) -> Vec<TerminalState> {
        self.panes_of(tab).into_iter().filter_map(|pane| self.terminal_in(pane)).collect()
    }

    /// How far the program of a tab says it has come.
    pub fn progress(self, tab: TabId) -> Option<Progress> {
        self.terminals_in(tab).into_iter().find_map(|terminal| terminal.progress.get())
    }

    /// Whether a shell of a tab runs; nothing is known of a tab without one.
    pub fn state(self, tab: TabId) -> Option<&'static str> {
        let terminals = self.terminals_in(tab);
        let runs = terminals.iter().any(|terminal| terminal.ended.with(Option::is_none));
        (!terminals.is_empty()).then_some(if runs { "running" } else { "ended" })
    }

    /// Whether a command runs in a tab.
    pub fn is_busy(self, tab: TabId) -> bool {
        self.terminals_in(tab).iter().any(TerminalState::is_busy)
    }

    /// What has happened in a tab that nobody has seen.
    pub fn stir(self, tab: TabId) -> Option<Stir> {
        self.terminals_in(tab).into_iter().filter_map(|terminal| terminal.stir.get()).max()
    }

    /// What to call a tab: as somebody has named it, else as its program says, else by where its shell is, else by its number.
    pub fn title(self, tab: TabId) -> String {
        let own = self.workspace.tab(tab).title.get();
        if is_name(&own) {
            return own;
        }
        let terminal = self.pane_in(tab).and_then(|pane| self.terminal_in(pane));
        let program = terminal.as_ref().and_then(|terminal| terminal.title.get()).filter(|title| !title.is_empty());
        let directory = || terminal.as_ref().and_then(|terminal| last_part(&terminal.cwd.get()?));
        program.or_else(directory).unwrap_or(own)
    }
}

/// What a directory is called in the one around it.
fn last_part(path: &str) -> Option<String> {
    let part = path.trim_end_matches('/').rsplit('/').next()?;
    Some(if part.is_empty() { path } else { part }.to_owned()).filter(|part| !part.is_empty())
}

/// Whether somebody has named a tab; digits alone are its number.
fn is_name(title: &str) -> bool {
    !title.is_empty() && !title.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_called_by_its_last_part() {
        for (path, part) in [("/usr/lib", Some("lib")), ("/usr/", Some("usr")), ("/", Some("/")), ("", None)] {
            assert_eq!(last_part(path).as_deref(), part);
        }
    }

    #[test]
    fn digits_are_a_number_and_anything_else_a_name() {
        assert!(is_name("build") && is_name("2nd") && !is_name("12") && !is_name(""));
    }
}
