//! A span as the store keeps it: its own part encoded, and references to the words that it shares with others. A key typed
//! into a terminal takes a fifth of what its spans take on the wire.

use bytes::Bytes;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value::Value};
use opentelemetry_proto::tonic::trace::v1::Status;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use prost::Message;

use super::words::{Word, Words};

/// A span on the wire (`opentelemetry.proto.trace.v1.Span`) whose parts stay encoded as far as nobody asks.
#[derive(Clone, PartialEq, Message)]
pub(in crate::telemetry::outbox) struct WireSpan {
    #[prost(bytes = "bytes", tag = "1")]
    pub(super) trace_id: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    pub(super) span_id: Bytes,
    #[prost(string, tag = "3")]
    trace_state: String,
    #[prost(bytes = "bytes", tag = "4")]
    pub(in crate::telemetry::outbox) parent_span_id: Bytes,
    #[prost(string, tag = "5")]
    pub(in crate::telemetry::outbox) name: String,
    #[prost(int32, tag = "6")]
    kind: i32,
    /// Nanoseconds since 1970.
    #[prost(fixed64, tag = "7")]
    pub(in crate::telemetry::outbox) start: u64,
    #[prost(fixed64, tag = "8")]
    pub(in crate::telemetry::outbox) end: u64,
    #[prost(bytes = "bytes", repeated, tag = "9")]
    attributes: Vec<Bytes>,
    #[prost(uint32, tag = "10")]
    dropped_attributes: u32,
    #[prost(bytes = "bytes", repeated, tag = "11")]
    events: Vec<Bytes>,
    #[prost(uint32, tag = "12")]
    dropped_events: u32,
    #[prost(bytes = "bytes", repeated, tag = "13")]
    links: Vec<Bytes>,
    #[prost(uint32, tag = "14")]
    dropped_links: u32,
    #[prost(message, optional, tag = "15")]
    status: Option<Status>,
    #[prost(fixed32, tag = "16")]
    flags: u32,
    /// Only of a packed span: the word of its name, then those of its attributes in their order; zero where it has kept its
    /// own. On the wire nobody uses this number, and what came under it is not looked at.
    #[prost(uint32, repeated, tag = "100")]
    words: Vec<u32>,
}

/// The words of a packed span, the rest skipped.
#[derive(Clone, PartialEq, Message)]
struct Shared {
    #[prost(uint32, repeated, tag = "100")]
    words: Vec<u32>,
}

impl WireSpan {
    /// Whether it has failed.
    pub(in crate::telemetry::outbox) fn has_failed(&self) -> bool {
        self.status.as_ref().is_some_and(|status| status.code == StatusCode::Error as i32)
    }

    /// The text of an attribute.
    pub(in crate::telemetry::outbox) fn text(&self, key: &str) -> Option<String> {
        let attribute = self.attributes.iter().find(|attribute| has_key(attribute, key))?;
        match KeyValue::decode(attribute.clone()).ok()?.value?.value? {
            Value::StringValue(text) => Some(text),
            _ => None,
        }
    }

    /// Encodes its own part without its ids; what it shares becomes, or is, a word with one more owner.
    pub(super) fn pack(mut self, words: &mut Words) -> Box<[u8]> {
        (self.trace_id, self.span_id) = (Bytes::new(), Bytes::new());
        let name = words.often(self.name.as_bytes());
        if name.is_some() {
            self.name.clear();
        }
        let mut shared = Vec::with_capacity(1 + self.attributes.len());
        shared.push(Word::number(name));
        self.attributes.retain(|attribute| {
            let word = words.often(attribute);
            shared.push(Word::number(word));
            word.is_none()
        });
        self.words = shared;
        self.encode_to_vec().into()
    }

    /// Puts a span together again, as it came but for its ids.
    pub(super) fn unpack(packed: &[u8], words: &Words) -> Option<Self> {
        let mut span = Self::decode(Bytes::copy_from_slice(packed)).ok()?;
        let mut shared = std::mem::take(&mut span.words).into_iter().map(Word::from_number);
        if let Some(name) = shared.next()? {
            words.text(name).clone_into(&mut span.name);
        }
        let mut own = std::mem::take(&mut span.attributes).into_iter();
        let attribute = |word: Option<Word>| match word {
            Some(word) => Some(Bytes::copy_from_slice(words.bytes_of(word))),
            None => own.next(),
        };
        span.attributes = shared.filter_map(attribute).collect();
        Some(span)
    }

    /// Gives back the words of a packed span that leaves.
    pub(super) fn release(packed: &[u8], words: &mut Words) {
        let shared = Shared::decode(packed).unwrap_or_default();
        shared.words.into_iter().filter_map(Word::from_number).for_each(|word| words.release(word));
    }
}

/// Whether an encoded attribute has this key, which every encoder writes first: field 1, its length, its text.
fn has_key(attribute: &[u8], key: &str) -> bool {
    attribute.first() == Some(&0x0a)
        && attribute.get(1).map(|length| usize::from(*length)) == Some(key.len())
        && attribute.get(2..2 + key.len()) == Some(key.as_bytes())
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::trace::v1::Span;
    use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};

    use super::*;
    use crate::telemetry::record::attribute;

    /// A span that uses every field, with one attribute of its own between two that never change.
    fn span(number: u64) -> Span {
        Span {
            trace_id: vec![1; 16],
            span_id: vec![2; 8],
            trace_state: "a=b".to_owned(),
            parent_span_id: vec![3; 8],
            flags: 257,
            name: "socketio.terminal:input".to_owned(),
            kind: 2,
            start_time_unix_nano: number,
            end_time_unix_nano: number + 1,
            attributes: vec![
                attribute("socketio.event", "terminal:input"),
                attribute("socketio.request_id", &format!("req_{number}")),
                attribute("messaging.system", "socket.io"),
            ],
            dropped_attributes_count: 1,
            events: vec![Event { name: "said".to_owned(), ..Event::default() }],
            dropped_events_count: 2,
            links: vec![Link { trace_id: vec![4; 16], ..Link::default() }],
            dropped_links_count: 3,
            status: Some(Status { code: 2, message: "no".to_owned() }),
        }
    }

    fn wire(span: &Span) -> WireSpan {
        WireSpan::decode(Bytes::from(span.encode_to_vec())).unwrap()
    }

    #[test]
    fn a_span_comes_out_as_it_went_in_whatever_of_it_has_become_a_word() {
        let mut words = Words::default();
        for number in 0..10 {
            let span = span(number);
            let packed = wire(&span).pack(&mut words);
            let mut unpacked = WireSpan::unpack(&packed, &words).unwrap();
            (unpacked.trace_id, unpacked.span_id) = (span.trace_id.clone().into(), span.span_id.clone().into());
            assert_eq!(Span::decode(unpacked.encode_to_vec().as_slice()).unwrap(), span);
        }
    }

    #[test]
    fn what_spans_share_takes_no_room_in_them_and_none_without_them() {
        let mut words = Words::default();
        let packed: Vec<_> = (0..10).map(|number| wire(&span(number)).pack(&mut words)).collect();
        let contains = |packed: &[u8], text: &str| packed.windows(text.len()).any(|at| at == text.as_bytes());
        for text in ["terminal:input", "socket.io"] {
            assert_eq!((contains(&packed[0], text), contains(&packed[9], text)), (true, false), "{text}");
        }
        assert!(contains(&packed[9], "req_9"));
        packed.iter().for_each(|packed| WireSpan::release(packed, &mut words));
        assert_eq!(words.bytes(), 0);
    }

    #[test]
    fn an_attribute_is_found_by_its_whole_key() {
        let span = wire(&span(1));
        assert_eq!(span.text("socketio.event").as_deref(), Some("terminal:input"));
        assert_eq!(span.text("socketio.even"), None);
        assert_eq!(span.text("socketio.events"), None);
        assert!(span.has_failed());
    }

    #[test]
    fn words_that_came_from_outside_are_not_looked_at() {
        let forged = WireSpan { words: vec![7, 8, 9], ..wire(&span(1)) };
        let mut words = Words::default();
        let packed = forged.pack(&mut words);
        assert_eq!(WireSpan::unpack(&packed, &words).unwrap().attributes.len(), 3);
    }
}
