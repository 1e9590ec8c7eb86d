//! What makes a type an event, a request or a notice.

use core::time::Duration;

use serde::{Serialize, de::DeserializeOwned};

use super::data::{AttachmentError, Attachments};

/// A named message on the wire.
pub trait Event {
    /// The name on the wire; spelled nowhere else.
    const NAME: &'static str;
}

/// How long a request that does not say so itself may take; a page's settings may say otherwise.
pub const ORDINARY_TIMEOUT: Duration = Duration::from_secs(5);

/// A message from a client that the server answers.
///
/// Implementing it is what registers an event with the server's one door: handler, span, tracker entry and metric label
/// follow from the type.
pub trait Request: Event + Serialize + DeserializeOwned + Send + 'static {
    /// The named response, whose fields the ack repeats.
    type Response: Event + Serialize + DeserializeOwned + Send + 'static;

    /// Whether our page waits for the answer.
    const ANSWER: Answer = Answer::Expected;

    /// How long a handler may run and a page waits.
    const TIMEOUT: Duration = ORDINARY_TIMEOUT;

    /// How much of it is recorded.
    const RECORDING: Recording = Recording::Always;

    /// Whether it carries what somebody types or says, of which nothing is kept but the names of its fields.
    const IS_PRIVATE: bool = false;

    /// How often it may come.
    const PACE: Pace = Pace::Ordinary;

    /// The event that carries a refusal beside the ack; `None` where the ack alone does.
    const REFUSED_AS: Option<&'static str> = None;

    /// Puts binary attachments where the decoded payload holds their placeholders.
    ///
    /// # Errors
    /// When a placeholder names an attachment that did not come with the message.
    fn attach(&mut self, _attachments: &Attachments) -> Result<(), AttachmentError> {
        Ok(())
    }

    /// The ids that belong on the span of this request.
    fn subject(&self) -> Subject {
        Subject::default()
    }
}

/// A message from the server that nobody asked for; it carries no request id.
pub trait Notice: Event {}

/// Whether an emit waits for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The emitter waits for an ack or the named response; none in time is a timeout.
    Expected,
    /// The emitter does not wait; silence is no timeout.
    FireAndForget,
}

/// How many of a request's spans are recorded; all are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recording {
    /// As the samplers say.
    Always,
    /// The first few of each second and terminal: a key repeat is not thirty traces.
    Sparsely,
    /// None: it measures, and nobody asked for it.
    Never,
}

/// Which of a connection's two limits a request draws from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// What a person causes by hand.
    Ordinary,
    /// What comes with every keystroke and every frame.
    Stream,
}

/// The ids a message is about, as far as it names them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// The terminal.
    pub terminal: Option<super::TerminalId>,
    /// The session.
    pub session: Option<super::SessionId>,
    /// The tab.
    pub tab: Option<super::TabId>,
    /// The pane.
    pub pane: Option<super::PaneId>,
}

/// Declares an event's name.
macro_rules! event {
    ($($type:ty = $name:literal),+ $(,)?) => {
        $(impl $crate::protocol::event::Event for $type { const NAME: &'static str = $name; })+
    };
}

/// Declares notices.
macro_rules! notice {
    ($($type:ty = $name:literal),+ $(,)?) => {
        $(
            impl $crate::protocol::event::Event for $type { const NAME: &'static str = $name; }
            impl $crate::protocol::event::Notice for $type {}
        )+
    };
}

pub(crate) use {event, notice};
