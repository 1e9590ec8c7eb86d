//! What the server tells a window: notices and named responses that change what it shows.

use serde::de::DeserializeOwned;

use crate::{
    json,
    protocol::{
        SessionId,
        event::Event,
        message::{ChatMessageSent, MessagesListed, MessagesRead, SessionMessage},
        pane::{PaneClosed, PaneCreated, PaneUpdated, UserFocused},
        people::{
            JoinDecided, JoinRequested, SessionCreated, SessionDeleted, SessionJoined, SessionLeft, SessionRefused,
            SessionUpdated, UserJoined, UserLeft, UserPresence, UserUpdated,
        },
        session::{ServerClosing, ServerStorage},
        share::{ShareCreated, ShareRevoked},
        tab::{TabClosed, TabCreated, TabSwitched, TabUpdated},
        terminal::{
            TerminalAttached, TerminalBell, TerminalClosed, TerminalCommand, TerminalCreated, TerminalError,
            TerminalIdle, TerminalLeader, TerminalResized, TerminalTitle,
        },
    },
};

macro_rules! notices {
    ($($(#[$doc:meta])* $name:ident($payload:ty),)+) => {
        /// One change, decoded.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Notice { $($(#[$doc])* $name($payload)),+ }

        impl Notice {
            /// Reads the payload of `event` from JSON; `None` when that event changes nothing here.
            ///
            /// # Errors
            /// When the payload is not what the protocol says, in words for the console.
            pub fn decode(event: &str, json: &str) -> Option<Result<Self, String>> {
                Some(match event {
                    $(<$payload>::NAME => read(json, Self::$name),)+
                    _ => return None,
                })
            }
        }
    };
}

notices! {
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
    /// A shell has ended.
    Closed(TerminalClosed),
    /// Something is wrong with a terminal.
    Error(TerminalError),
    /// There is a new tab.
    TabCreated(TabCreated),
    /// A tab has another title or place.
    TabUpdated(TabUpdated),
    /// A tab is gone.
    TabClosed(TabClosed),
    /// This window shows another tab.
    TabSwitched(TabSwitched),
    /// There is a new pane.
    PaneCreated(PaneCreated),
    /// A pane, or the layout around it, is not what it was.
    Pane(PaneUpdated),
    /// A pane is gone.
    PaneClosed(PaneClosed),
    /// Somebody is in another pane.
    UserFocused(UserFocused),
    /// There is a new session.
    SessionCreated(SessionCreated),
    /// One is in a session, or waits before it.
    SessionJoined(SessionJoined),
    /// One is not let into a session.
    SessionRefused(SessionRefused),
    /// One is out of a session.
    SessionLeft(SessionLeft),
    /// A session has another name or other settings.
    SessionUpdated(SessionUpdated),
    /// A session is no more.
    SessionDeleted(SessionDeleted),
    /// Other people ask to be let in.
    JoinRequested(JoinRequested),
    /// Somebody was let in or not.
    JoinDecided(JoinDecided),
    /// Somebody has come.
    UserJoined(UserJoined),
    /// Somebody has another role.
    UserUpdated(UserUpdated),
    /// Somebody is no member any more.
    UserLeft(UserLeft),
    /// Somebody's windows have come or gone.
    UserPresence(UserPresence),
    /// A program has said something to the session.
    Message(SessionMessage),
    /// Somebody has said something to the session.
    Chat(ChatMessageSent),
    /// What was said before.
    Listed(MessagesListed),
    /// One has read so far.
    Read(MessagesRead),
    /// There is a new share link.
    ShareCreated(ShareCreated),
    /// A share link does not work any more.
    ShareRevoked(ShareRevoked),
    /// The server is going away.
    Closing(ServerClosing),
    /// What is changed is kept better or worse than before.
    Storage(ServerStorage),
}

impl Notice {
    /// The session that it changes and the revision that this makes; none for what is no change of a session.
    #[must_use]
    pub fn revision(&self) -> Option<(SessionId, u64)> {
        match self {
            Self::TabCreated(TabCreated { session_id, revision, .. })
            | Self::TabUpdated(TabUpdated { session_id, revision, .. })
            | Self::TabClosed(TabClosed { session_id, revision, .. })
            | Self::PaneCreated(PaneCreated { session_id, revision, .. })
            | Self::Pane(PaneUpdated { session_id, revision, .. })
            | Self::PaneClosed(PaneClosed { session_id, revision, .. })
            | Self::SessionUpdated(SessionUpdated { session_id, revision, .. })
            | Self::UserJoined(UserJoined { session_id, revision, .. })
            | Self::UserUpdated(UserUpdated { session_id, revision, .. })
            | Self::UserLeft(UserLeft { session_id, revision, .. }) => Some((*session_id, *revision)),
            Self::Created(_)
            | Self::Attached(_)
            | Self::Resized(_)
            | Self::Title(_)
            | Self::Idle(_)
            | Self::Command(_)
            | Self::Leader(_)
            | Self::Bell(_)
            | Self::Closed(_)
            | Self::Error(_)
            | Self::TabSwitched(_)
            | Self::UserFocused(_)
            | Self::SessionCreated(_)
            | Self::SessionJoined(_)
            | Self::SessionRefused(_)
            | Self::SessionLeft(_)
            | Self::SessionDeleted(_)
            | Self::JoinRequested(_)
            | Self::JoinDecided(_)
            | Self::UserPresence(_)
            | Self::Message(_)
            | Self::Chat(_)
            | Self::Listed(_)
            | Self::Read(_)
            | Self::ShareCreated(_)
            | Self::ShareRevoked(_)
            | Self::Closing(_)
            | Self::Storage(_) => None,
        }
    }
}

fn read<T: DeserializeOwned>(text: &str, notice: fn(T) -> Notice) -> Result<Notice, String> {
    json::read(text).map(notice).map_err(|error| error.to_string())
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
