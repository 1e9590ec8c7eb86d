//! The closed list of event names: what may stand in a metric label or a monitor filter.

use super::{
    ai, clock, event::Event, legacy, message, pane, people, session, share, supervision, tab, terminal, workspace,
};

/// The label of every event that is not in the list.
pub const OTHER: &str = "_OTHER";

macro_rules! names {
    ($($type:ty),+ $(,)?) => { &[$(<$type as Event>::NAME),+] };
}

macro_rules! requests {
    ($($type:ty),+ $(,)?) => {
        /// The names of all requests a client may send.
        pub const REQUESTS: &[&str] = names![$($type),+];

        /// Each with the path of its type.
        #[cfg(test)]
        fn types_of_requests() -> Vec<(&'static str, &'static str)> {
            vec![$((<$type as Event>::NAME, core::any::type_name::<$type>())),+]
        }
    };
}

requests![
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
    legacy::CreateTerminal,
    legacy::ShellInput,
    legacy::ShellResize,
    workspace::WorkspaceSyncRequest,
    people::SessionCreate,
    people::SessionJoin,
    people::SessionLeave,
    people::SessionUpdate,
    people::SessionDelete,
    people::MemberSetRole,
    people::MemberRemove,
    people::JoinDecide,
    tab::TabCreate,
    tab::TabSwitch,
    tab::TabClose,
    tab::TabRename,
    tab::TabMove,
    pane::PaneSplit,
    pane::PaneResize,
    pane::PaneZoom,
    pane::PaneArrange,
    pane::PaneFocus,
    pane::PaneClose,
    share::ShareCreate,
    share::ShareList,
    share::ShareRevoke,
    message::SessionMessageSend,
    message::ChatMessage,
    message::MessageList,
    message::MessageRead,
    ai::AiChatMessage,
    ai::AiChatCancel,
    ai::AiTerminalAnalysis,
    ai::AiGetInfo,
    supervision::AdminPauseTerminal,
    supervision::AdminResumeTerminal,
    supervision::AdminSuppressOutput,
    supervision::CommandApproval,
];

/// The names of all messages a server may send, but for those that come back under the name of their request.
pub const RESPONSES_AND_NOTICES: &[&str] = names![
    session::SessionReady,
    session::SessionEnded,
    session::ServerClosing,
    session::ServerStorage,
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
    legacy::TerminalReady,
    legacy::ShellAcked,
    legacy::ShellOutput,
    legacy::ShellClosed,
    workspace::WorkspaceSyncResponse,
    people::SessionCreated,
    people::SessionJoined,
    people::SessionRefused,
    people::SessionLeft,
    people::SessionUpdated,
    people::SessionDeleted,
    people::JoinRequested,
    people::JoinDecided,
    people::UserJoined,
    people::UserUpdated,
    people::UserLeft,
    people::UserPresence,
    tab::TabCreated,
    tab::TabSwitched,
    tab::TabClosed,
    tab::TabUpdated,
    pane::PaneCreated,
    pane::PaneUpdated,
    pane::UserFocused,
    pane::PaneClosed,
    share::ShareCreated,
    share::SharesListed,
    share::ShareRevoked,
    message::SessionMessage,
    message::MessagesListed,
    message::MessagesRead,
    ai::AiChatAccepted,
    ai::AiChatChunk,
    ai::AiChatComplete,
    ai::AiChatError,
    ai::AiAnalysisAccepted,
    ai::AiAnalysisChunk,
    ai::AiAnalysisComplete,
    ai::AiAnalysisError,
    ai::AiInfo,
    supervision::CommandReviewRequired,
];

/// The catalogue's own copy of `name`, or [`OTHER`]: a label is always from a closed list.
#[must_use]
pub fn label(name: &str) -> &'static str {
    REQUESTS.iter().chain(RESPONSES_AND_NOTICES).find(|known| **known == name).copied().unwrap_or(OTHER)
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    /// The rooms whose requests our page does not send: those that have no interface yet, and those that are kept for clients of
    /// before there were panes.
    const OF_OTHERS: [&str; 3] = ["ai", "supervision", "legacy"];

    /// All that the page is made of, without its tests.
    fn page(folder: &Path) -> String {
        let mut text = String::new();
        for entry in fs::read_dir(folder).expect("the sources are where they are compiled from") {
            let path = entry.expect("a folder can be read").path();
            if path.is_dir() {
                text += &page(&path);
            } else if path.file_name().is_some_and(|name| name != "tests.rs") {
                let file = fs::read_to_string(path).expect("sources are text");
                text += file.split("#[cfg(test)]").next().unwrap_or_default();
            }
        }
        text
    }

    /// Whether a value of that type is made somewhere in the text.
    fn makes(text: &str, name: &str) -> bool {
        text.match_indices(&format!("{name} {{")).any(|(at, _)| {
            let before = &text[..at];
            let goes_on = before.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_');
            let declares = ["let ", "struct ", "for "].iter().any(|word| before.ends_with(word));
            !goes_on && !declares
        })
    }

    #[test]
    fn every_request_is_sent_by_the_page_or_is_one_of_others() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a crate of a workspace");
        let text = page(&crates.join("app/src/ui")) + &page(&crates.join("frontend/src"));
        for (name, path) in types_of_requests() {
            let mut parts = path.rsplit("::");
            let (kind, room) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            assert_eq!(makes(&text, kind), !OF_OTHERS.contains(&room), "{name} ({path})");
        }
    }

    #[test]
    fn what_makes_a_value_is_told_from_what_takes_it_apart() {
        assert!(makes("link.emit(&TabMove { id })", "TabMove"));
        assert!(!makes("let TabMove { id } = request;", "TabMove"));
        assert!(!makes("LaterTabMove { id }", "TabMove"));
    }

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
