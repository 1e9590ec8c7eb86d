//! What the server tells a window: notices and named responses that change what it shows.

use serde::de::DeserializeOwned;

use crate::protocol::{
    event::Event,
    session::ServerClosing,
    terminal::{
        TerminalAttached, TerminalBell, TerminalClosed, TerminalCreated, TerminalError, TerminalLeader,
        TerminalResized, TerminalTitle,
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
    /// Another viewer leads.
    Leader(TerminalLeader),
    /// A program rang.
    Bell(TerminalBell),
    /// A shell has ended.
    Closed(TerminalClosed),
    /// Something is wrong with a terminal.
    Error(TerminalError),
    /// The server is going away.
    Closing(ServerClosing),
}

impl Notice {
    /// Reads the payload of `event`; `None` when that event changes nothing here.
    ///
    /// # Errors
    /// When the payload is not what the protocol says, in words for the console.
    pub fn decode(event: &str, payload: &mut dyn erased_serde::Deserializer<'_>) -> Option<Result<Self, String>> {
        Some(match event {
            TerminalCreated::NAME => read(payload, Self::Created),
            TerminalAttached::NAME => read(payload, Self::Attached),
            TerminalResized::NAME => read(payload, Self::Resized),
            TerminalTitle::NAME => read(payload, Self::Title),
            TerminalLeader::NAME => read(payload, Self::Leader),
            TerminalBell::NAME => read(payload, Self::Bell),
            TerminalClosed::NAME => read(payload, Self::Closed),
            TerminalError::NAME => read(payload, Self::Error),
            ServerClosing::NAME => read(payload, Self::Closing),
            _ => return None,
        })
    }
}

fn read<T: DeserializeOwned>(
    payload: &mut dyn erased_serde::Deserializer<'_>,
    notice: fn(T) -> Notice,
) -> Result<Notice, String> {
    erased_serde::deserialize::<T>(payload).map(notice).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::TerminalId;

    fn decode(event: &str, json: &str) -> Option<Result<Notice, String>> {
        let mut json = serde_json::Deserializer::from_str(json);
        Notice::decode(event, &mut <dyn erased_serde::Deserializer<'_>>::erase(&mut json))
    }

    #[test]
    fn envelope_fields_do_not_disturb() {
        let json = r#"{"terminalId":"t_0000000000001","title":"vim","_trace":{"b3":"0"},"ok":true}"#;
        let title = TerminalTitle { terminal_id: TerminalId::from_random(1), title: "vim".into() };
        assert_eq!(decode(TerminalTitle::NAME, json), Some(Ok(Notice::Title(title))));
    }

    #[test]
    fn other_events_change_nothing() {
        assert_eq!(decode("clock:probed", "{}"), None);
    }

    #[test]
    fn a_wrong_payload_is_said_to_be_wrong() {
        assert!(decode(TerminalTitle::NAME, "{}").is_some_and(|read| read.is_err()));
    }
}
