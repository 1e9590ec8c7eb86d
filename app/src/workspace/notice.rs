//! What the server tells a window: notices and named responses that change what it shows.

use serde::de::DeserializeOwned;

use crate::protocol::{
    event::Event,
    pane::PaneUpdated,
    session::ServerClosing,
    terminal::{
        TerminalAttached, TerminalBell, TerminalClosed, TerminalCommand, TerminalCreated, TerminalError, TerminalIdle,
        TerminalLeader, TerminalResized, TerminalTitle,
    },
};

/// One change, decoded.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// A pane has a terminal.
    Created(TerminalCreated),
    /// Output of a terminal follows.
    Attached(TerminalAttached),
    /// Another size is in force.
    Resized(TerminalResized),
    /// A program has named its terminal.
    Title(TerminalTitle),
    /// A terminal is about to be closed, or is not any more.
    Idle(TerminalIdle),
    /// A command was started or has ended.
    Command(TerminalCommand),
    /// Another viewer leads.
    Leader(TerminalLeader),
    /// A program rang.
    Bell(TerminalBell),
    /// A pane is not what it was.
    Pane(PaneUpdated),
    /// A shell has ended.
    Closed(TerminalClosed),
    /// Something is wrong with a terminal.
    Error(TerminalError),
    /// The server is going away.
    Closing(ServerClosing),
}

impl Notice {
    /// Reads the payload of `event` from JSON; `None` when that event changes nothing here.
    ///
    /// # Errors
    /// When the payload is not what the protocol says, in words for the console.
    pub fn decode(event: &str, json: &str) -> Option<Result<Self, String>> {
        Some(match event {
            TerminalCreated::NAME => read(json, Self::Created),
            TerminalAttached::NAME => read(json, Self::Attached),
            TerminalResized::NAME => read(json, Self::Resized),
            TerminalTitle::NAME => read(json, Self::Title),
            TerminalIdle::NAME => read(json, Self::Idle),
            TerminalCommand::NAME => read(json, Self::Command),
            TerminalLeader::NAME => read(json, Self::Leader),
            TerminalBell::NAME => read(json, Self::Bell),
            PaneUpdated::NAME => read(json, Self::Pane),
            TerminalClosed::NAME => read(json, Self::Closed),
            TerminalError::NAME => read(json, Self::Error),
            ServerClosing::NAME => read(json, Self::Closing),
            _ => return None,
        })
    }
}

fn read<T: DeserializeOwned>(json: &str, notice: fn(T) -> Notice) -> Result<Notice, String> {
    serde_json::from_str(json).map(notice).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::TerminalId;

    #[test]
    fn envelope_fields_do_not_disturb() {
        let json = r#"{"terminalId":"t_0000000000001","title":"vim","_trace":{"b3":"0"},"ok":true}"#;
        let title = TerminalTitle { terminal_id: TerminalId::from_random(1), title: "vim".into() };
        assert_eq!(Notice::decode(TerminalTitle::NAME, json), Some(Ok(Notice::Title(title))));
    }

    #[test]
    fn other_events_change_nothing() {
        assert_eq!(Notice::decode("clock:probed", "{}"), None);
    }

    #[test]
    fn a_wrong_payload_is_said_to_be_wrong() {
        assert!(Notice::decode(TerminalTitle::NAME, "{}").is_some_and(|read| read.is_err()));
    }
}
