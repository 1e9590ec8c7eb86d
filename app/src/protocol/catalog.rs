//! The closed list of event names: what may stand in a metric label or a monitor filter.

use super::{clock, event::Event, session, terminal, workspace};

/// The label of every event that is not in the list.
pub const OTHER: &str = "_OTHER";

macro_rules! names {
    ($($type:ty),+ $(,)?) => { &[$(<$type as Event>::NAME),+] };
}

/// The names of all requests a client may send.
pub const REQUESTS: &[&str] = names![
    session::SessionInit,
    session::SessionEnd,
    clock::ClockProbe,
    terminal::TerminalCreate,
    terminal::TerminalAttach,
    terminal::TerminalDetach,
    terminal::TerminalInput,
    terminal::TerminalResize,
    terminal::TerminalClose,
    terminal::TerminalAck,
];

/// The names of all messages a server may send.
pub const RESPONSES_AND_NOTICES: &[&str] = names![
    session::SessionReady,
    session::SessionEnded,
    session::ServerClosing,
    clock::ClockProbed,
    terminal::TerminalCreated,
    terminal::TerminalAttached,
    terminal::TerminalDetached,
    terminal::TerminalInputResponse,
    terminal::TerminalResized,
    terminal::TerminalClosed,
    terminal::TerminalAcked,
    terminal::TerminalOutput,
    terminal::TerminalError,
    terminal::TerminalTitle,
    terminal::TerminalBell,
    terminal::TerminalIdle,
    terminal::TerminalCommand,
    terminal::TerminalLeader,
    workspace::PaneUpdated,
];

/// The catalogue's own copy of `name`, or [`OTHER`]: a label is always from a closed list.
#[must_use]
pub fn label(name: &str) -> &'static str {
    REQUESTS.iter().chain(RESPONSES_AND_NOTICES).find(|known| **known == name).copied().unwrap_or(OTHER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_listed_once() {
        let mut names: Vec<_> = REQUESTS.iter().chain(RESPONSES_AND_NOTICES).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn a_label_is_from_the_list_or_other() {
        assert_eq!(label("terminal:input"), "terminal:input");
        assert_eq!(label("terminal:input:7"), OTHER);
    }
}
