//! Text or bytes in a payload, and the binary attachments they come from.

use core::fmt;

use bytes::Bytes;
use serde::{Deserialize, Serialize, Serializer};

/// What a client types: a string, or bytes that travel as a binary attachment.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "Wire")]
pub enum Data {
    /// A JSON string.
    Text(String),
    /// The bytes of an attachment.
    Bytes(Bytes),
    /// The place of an attachment in a message whose attachments have not been put in yet.
    Placeholder(usize),
}

impl Data {
    /// Puts the attachment in the place that asks for it.
    ///
    /// # Errors
    /// When the placeholder's number is beyond the attachments that came.
    pub fn attach(&mut self, field: &'static str, attachments: &Attachments) -> Result<(), AttachmentError> {
        if let Self::Placeholder(num) = *self {
            *self = Self::Bytes(attachments.get(num).ok_or(AttachmentError { field, num })?);
        }
        Ok(())
    }

    /// The bytes, whichever way they came; none for a placeholder.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        match self {
            Self::Text(text) => text.into(),
            Self::Bytes(bytes) => bytes,
            Self::Placeholder(_) => Bytes::new(),
        }
    }

    /// How many bytes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
            Self::Placeholder(_) => 0,
        }
    }

    /// Whether there are no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Bytes(bytes) => serializer.serialize_bytes(bytes),
            Self::Placeholder(num) => Placeholder { placeholder: true, num: *num }.serialize(serializer),
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a string or bytes")]
enum Wire {
    Text(String),
    Placeholder(Placeholder),
}

/// How the Socket.IO parser marks the place of attachment `num`.
#[derive(Serialize, Deserialize)]
struct Placeholder {
    #[serde(rename = "_placeholder")]
    placeholder: bool,
    num: usize,
}

impl From<Wire> for Data {
    fn from(wire: Wire) -> Self {
        match wire {
            Wire::Text(text) => Self::Text(text),
            Wire::Placeholder(Placeholder { num, .. }) => Self::Placeholder(num),
        }
    }
}

/// The binary attachments of one message, by number.
#[derive(Clone, Debug, Default)]
pub struct Attachments(Vec<Bytes>);

impl Attachments {
    /// The attachments in the order of their numbers.
    #[must_use]
    pub fn new(attachments: Vec<Bytes>) -> Self {
        Self(attachments)
    }

    /// Attachment `num`.
    #[must_use]
    pub fn get(&self, num: usize) -> Option<Bytes> {
        self.0.get(num).cloned()
    }

    /// How many came.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// How many bytes they hold together.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.0.iter().map(Bytes::len).sum()
    }
}

/// A payload that asks for an attachment that did not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttachmentError {
    /// The field that asks.
    pub field: &'static str,
    /// The number it asks for.
    pub num: usize,
}

impl fmt::Display for AttachmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` asks for attachment {}, which did not come.", self.field, self.num)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, expected: &Data) {
        let mut data: Data = serde_json::from_str(json).expect("decodes");
        let attachments = Attachments::new(vec![Bytes::from_static(b"zero"), Bytes::from_static(b"one")]);
        data.attach("data", &attachments).expect("the attachment came");
        assert_eq!(&data, expected);
    }

    #[test]
    fn text_and_attachments_are_both_data() {
        check(r#""l""#, &Data::Text("l".into()));
        check(r#"{"_placeholder":true,"num":0}"#, &Data::Bytes(Bytes::from_static(b"zero")));
        check(r#"{"_placeholder":true,"num":1}"#, &Data::Bytes(Bytes::from_static(b"one")));
    }

    #[test]
    fn an_attachment_that_did_not_come_is_named() {
        let error = Data::Placeholder(3).attach("data", &Attachments::default());
        assert_eq!(error, Err(AttachmentError { field: "data", num: 3 }));
    }

    #[test]
    fn a_number_is_no_data() {
        assert!(serde_json::from_str::<Data>("7").is_err());
    }
}
