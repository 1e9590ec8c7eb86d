//! How much one window may send.

use app::protocol::{Pace, Refusal, RefusalCode};

/// What a window may send at most. Beyond it a request is refused by name, never dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WireLimits {
    /// Bytes of a message, payload and attachments together.
    pub message: usize,
    /// Binary attachments of a message.
    pub attachments: usize,
    /// Bytes of input in one message; a page sends a larger paste in pieces.
    pub input: usize,
    /// Ordinary requests a second, and twice as many at once: nobody clicks two hundred times a second.
    pub requests: u32,
    /// Messages of input and credit a second, and twice as many at once: a paste in small pieces, or a page that acks a flood.
    pub stream: u32,
}

impl Default for WireLimits {
    fn default() -> Self {
        Self { message: 1 << 20, attachments: 4, input: 64 << 10, requests: 200, stream: 5_000 }
    }
}

/// So many times what is accepted is taken by the transport before it closes the connection: what is a bit too much is refused
/// by name, and not cut off.
const SLACK: usize = 4;

impl WireLimits {
    /// Bytes of a message that the transport takes.
    pub(super) fn transport(&self) -> usize {
        SLACK * self.message
    }

    /// Binary attachments that the transport takes.
    pub(super) fn transport_attachments(&self) -> usize {
        SLACK * self.attachments
    }

    /// How many messages of a kind are taken a second.
    pub(super) fn rate(&self, pace: Pace) -> u32 {
        match pace {
            Pace::Ordinary => self.requests,
            Pace::Stream => self.stream,
        }
    }

    /// Looks at the size of a message.
    ///
    /// # Errors
    /// [`RefusalCode::TooLarge`], with what there may be.
    pub(super) fn admit(&self, bytes: usize, attachments: usize) -> Result<(), Refusal> {
        let message = if bytes > self.message {
            format!("A message has at most {} bytes; this one has {bytes}.", self.message)
        } else if attachments > self.attachments {
            format!("A message has at most {} attachments.", self.attachments)
        } else {
            return Ok(());
        };
        Err(Refusal::new(RefusalCode::TooLarge, message))
    }

    /// Looks at the size of some input.
    ///
    /// # Errors
    /// [`RefusalCode::TooLarge`], with what there may be.
    pub(super) fn admit_input(&self, bytes: usize) -> Result<(), Refusal> {
        if bytes <= self.input {
            return Ok(());
        }
        let message = format!("Input has at most {} bytes a message; this has {bytes}.", self.input);
        Err(Refusal { field: Some("data".to_owned()), ..Refusal::new(RefusalCode::TooLarge, message) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: usize, attachments: usize, expected: Option<&str>) {
        let limits = WireLimits { message: 100, attachments: 2, ..WireLimits::default() };
        let refused = limits.admit(bytes, attachments).err();
        assert_eq!(refused.as_ref().map(|refused| &*refused.message), expected, "{bytes} {attachments}");
        assert!(refused.is_none_or(|refused| refused.code == RefusalCode::TooLarge));
    }

    #[test]
    fn too_much_is_too_large_and_says_what_there_may_be() {
        check(100, 2, None);
        check(101, 2, Some("A message has at most 100 bytes; this one has 101."));
        check(100, 3, Some("A message has at most 2 attachments."));
        let limits = WireLimits { input: 5, ..WireLimits::default() };
        assert_eq!(limits.admit_input(5), Ok(()));
        assert_eq!(limits.admit_input(6).unwrap_err().field.as_deref(), Some("data"));
    }
}
