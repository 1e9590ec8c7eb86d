//! What comes from a client: the raw event, taken apart into envelope and payload.

use std::fmt;

use app::{
    protocol::{
        Attachments, Envelope, Refusal, RefusalCode, Request, RequestId,
        envelope::{REQUEST_ID_KEY, TRACE_KEY},
    },
    trace::Carrier,
    tracking::Capture,
};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;
use socketioxide::handler::Value;

use super::limits::WireLimits;

/// What a payload is when none was sent.
const NOTHING: &str = "{}";

/// One event as it arrived.
#[derive(Debug)]
pub(super) struct Incoming {
    /// The fields that are not the event's own.
    pub(super) envelope: Envelope<Carrier>,
    /// Whether a request id was there that cannot be echoed.
    pub(super) has_bad_id: bool,
    /// How large it is, attachments included.
    pub(super) bytes: usize,
    payload: Box<str>,
    attachments: Attachments,
}

/// The packet holds no JSON array that begins with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotAnEvent;

impl Incoming {
    /// Takes a raw event apart; what is in the payload is looked at by [`Incoming::decode`].
    ///
    /// # Errors
    /// [`NotAnEvent`]: a transport error, not a refusal, since nothing says whom to answer.
    pub(super) fn read(value: Value) -> Result<Self, NotAnEvent> {
        let Value::Str(json, attachments) = value else { return Err(NotAnEvent) };
        let arguments: Arguments<'_> = serde_json::from_str(&json).map_err(|_| NotAnEvent)?;
        let attachments = Attachments::new(attachments.map(Vec::from).unwrap_or_default());
        let payload = match arguments.payload.map_or(NOTHING, RawValue::get) {
            "null" => NOTHING,
            payload => payload,
        };
        // The fields stand in the payload, or behind one that cannot hold them.
        let holder = if is_object(payload) { Some(payload) } else { arguments.trailing.map(RawValue::get) };
        let fields = holder.filter(|json| is_object(json)).map(serde_json::from_str::<Fields>);
        let Fields { request_id, trace } = fields.transpose().map_err(|_| NotAnEvent)?.unwrap_or_default();
        Ok(Self {
            has_bad_id: matches!(request_id, Some(None)),
            envelope: Envelope { request_id: request_id.flatten(), carrier: trace.unwrap_or_default() },
            bytes: json.len() + attachments.bytes(),
            payload: payload.into(),
            attachments,
        })
    }

    /// What the tracker keeps of the payload; nothing of what is too large.
    pub(super) fn kept(&self, limits: &WireLimits, capture: Capture, is_private: bool) -> Option<serde_json::Value> {
        if self.bytes > limits.message { None } else { capture.of(&self.payload, is_private) }
    }

    /// Looks at its size.
    ///
    /// # Errors
    /// It is too large, or brings too much along.
    pub(super) fn check_size(&self, limits: &WireLimits) -> Result<(), Refusal> {
        limits.admit(self.bytes, self.attachments.count())
    }

    /// Reads the payload as a request.
    ///
    /// # Errors
    /// Not an object, or a field that is missing or wrong, by its path.
    pub(super) fn decode<R: Request>(&self) -> Result<R, Refusal> {
        if !is_object(&self.payload) {
            return Err(Refusal::new(RefusalCode::InvalidPayload, "The payload must be an object."));
        }
        let mut json = serde_json::Deserializer::from_str(&self.payload);
        let mut request: R = serde_path_to_error::deserialize(&mut json).map_err(refusal)?;
        request.attach(&self.attachments).map_err(|error| Refusal::invalid(error.field, error.to_string()))?;
        Ok(request)
    }
}

/// Whether it is an object, and not what Socket.IO writes in the place of bytes.
fn is_object(json: &str) -> bool {
    let members = json.strip_prefix('{').map(str::trim_start);
    members.is_some_and(|members| !members.starts_with("\"_placeholder\""))
}

/// Names the field that was wrong. A missing one is reported at the object that lacks it, with its name in the text.
fn refusal(error: serde_path_to_error::Error<serde_json::Error>) -> Refusal {
    let path = error.path().to_string();
    let text = error.into_inner().to_string();
    // Line and column are of a payload that nobody has before them.
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text);
    let text = &without_value(text);
    let missing = text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    let field = match (path.as_str(), missing) {
        (".", Some(name)) => name.to_owned(),
        (path, Some(name)) => format!("{path}.{name}"),
        (".", None) => return Refusal::new(RefusalCode::InvalidPayload, format!("The payload is wrong: {text}.")),
        (path, None) => path.to_owned(),
    };
    let message = format!("`{field}` is wrong: {text}.");
    Refusal::invalid(field, message)
}

/// Takes the value out of what serde says of it: the message is recorded, and nothing of a payload is.
fn without_value(text: &str) -> String {
    // What follows the last such word is ours; what stands before it may be whatever the client wrote.
    let Some((found, expected)) = text.rsplit_once(", expected ") else { return text.to_owned() };
    let kind = found.split(['"', '`']).next().unwrap_or_default().trim_end();
    format!("{kind}, expected {expected}")
}

/// `[name, payload?, trailing?, …]`: what is beyond is ignored.
#[derive(Default)]
struct Arguments<'a> {
    payload: Option<&'a RawValue>,
    trailing: Option<&'a RawValue>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Arguments<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ArgumentsVisitor;
        impl<'de> Visitor<'de> for ArgumentsVisitor {
            type Value = Arguments<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an event's name and arguments")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                seq.next_element::<IgnoredAny>()?;
                let arguments = Arguments { payload: seq.next_element()?, trailing: seq.next_element()? };
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(arguments)
            }
        }
        deserializer.deserialize_seq(ArgumentsVisitor)
    }
}

/// The envelope's fields, of which none can make the message wrong. Inner `None`: there, but of no use.
#[derive(Default)]
struct Fields {
    request_id: Option<Option<RequestId>>,
    trace: Option<Carrier>,
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldsVisitor;
        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Fields::default();
                while let Some(key) = map.next_key::<Key>()? {
                    match key {
                        Key::RequestId => {
                            let json: &RawValue = map.next_value()?;
                            fields.request_id = Some(serde_json::from_str(json.get()).ok());
                        }
                        Key::Trace => fields.trace = Some(map.next_value()?),
                        Key::Other => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(fields)
            }
        }
        deserializer.deserialize_map(FieldsVisitor)
    }
}

/// The key of a field, told apart without keeping those of the payload.
enum Key {
    RequestId,
    Trace,
    Other,
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl Visitor<'_> for KeyVisitor {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_str<E>(self, key: &str) -> Result<Key, E> {
                Ok(match key {
                    REQUEST_ID_KEY => Key::RequestId,
                    TRACE_KEY => Key::Trace,
                    _ => Key::Other,
                })
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}

/// The carrier in what a client sends with CONNECT: `{"_trace": {…}}`.
pub(super) fn carrier_of(auth: Option<&Value>) -> Carrier {
    let Some(Value::Str(json, _)) = auth else { return Carrier::new() };
    serde_json::from_str::<Fields>(json).ok().and_then(|fields| fields.trace).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use app::protocol::{
        TerminalId,
        clock::ClockProbe,
        terminal::{TerminalCreate, TerminalInput},
    };
    use bytes::Bytes;

    use super::*;

    fn read(json: &str) -> Incoming {
        Incoming::read(Value::Str(json.to_owned().into(), None)).expect("it is an event")
    }

    fn check_refused<R: Request + fmt::Debug>(json: &str, code: RefusalCode, field: Option<&str>) {
        let refusal = read(json).decode::<R>().unwrap_err();
        assert_eq!((refusal.code, refusal.field.as_deref()), (code, field), "{json}: {refusal}");
    }

    #[test]
    fn no_argument_and_null_are_an_empty_object() {
        for json in
            [r#"["clock:probe"]"#, r#"["clock:probe",null]"#, r#"["clock:probe",{}]"#, r#"["clock:probe",{"x":1}]"#]
        {
            assert!(read(json).decode::<ClockProbe>().is_ok(), "{json}");
        }
    }

    #[test]
    fn what_is_not_an_object_is_refused() {
        for payload in ["7", "\"text\"", "[]", "true", r#"[{"terminalId":"t"}]"#] {
            check_refused::<ClockProbe>(&format!(r#"["e",{payload}]"#), RefusalCode::InvalidPayload, None);
        }
    }

    #[test]
    fn a_missing_or_wrong_field_is_named() {
        let invalid = RefusalCode::InvalidPayload;
        check_refused::<TerminalInput>(r#"["e",{"data":"l"}]"#, invalid, Some("terminalId"));
        check_refused::<TerminalInput>(r#"["e",{"terminalId":7,"data":"l"}]"#, invalid, Some("terminalId"));
        check_refused::<TerminalInput>(r#"["e",{"terminalId":"t1"}]"#, invalid, Some("data"));
        check_refused::<TerminalCreate>(r#"["e",{"cols":"80","rows":24}]"#, invalid, Some("cols"));
    }

    #[test]
    fn a_refusal_says_what_kind_of_value_is_wrong_and_never_the_value() {
        let check = |value: &str, expected: &str| {
            let refusal =
                read(&format!(r#"["e",{{"cols":{value},"rows":24}}]"#)).decode::<TerminalCreate>().unwrap_err();
            assert_eq!(refusal.message, format!("`cols` is wrong: invalid type: {expected}, expected i64."));
        };
        check(r#""hunter2""#, "string");
        check(r#""hunter2, expected \"hunter2\" at line 1, expected ` hunter2""#, "string");
        check("4711.5", "floating point");
        check("true", "boolean");
        check(r#"{"hunter2":1}"#, "map");
    }

    #[test]
    fn an_attachment_is_taken_by_its_number() {
        let json = r#"["e",{"terminalId":"t_0000000000001","data":{"_placeholder":true,"num":1}}]"#;
        let attachments = [Bytes::from_static(b"zero"), Bytes::from_static(b"one")];
        let value = Value::Str(json.into(), Some(attachments.into()));
        let input: TerminalInput = Incoming::read(value).unwrap().decode().unwrap();
        assert_eq!(
            (input.terminal_id, input.data.into_bytes()),
            (TerminalId::from_random(1), Bytes::from_static(b"one"))
        );
        check_refused::<TerminalInput>(json, RefusalCode::InvalidPayload, Some("data"));
    }

    #[test]
    fn the_envelope_stands_in_the_payload_or_behind_it() {
        for json in [
            r#"["e",{"_requestId":"req_1","_trace":{"b3":"0"},"x":1}]"#,
            r#"["e","text",{"_requestId":"req_1","_trace":{"b3":"0"}}]"#,
        ] {
            let incoming = read(json);
            assert_eq!(incoming.envelope.request_id, RequestId::parse("req_1"), "{json}");
            assert_eq!(incoming.envelope.carrier.get("b3"), Some("0"), "{json}");
        }
    }

    #[test]
    fn an_id_that_cannot_be_echoed_is_ignored_and_known() {
        for id in ["7", "\"\"", "null", "\"line\\nbreak\"", "{}"] {
            let incoming = read(&format!(r#"["clock:probe",{{"_requestId":{id}}}]"#));
            assert_eq!((incoming.envelope.request_id.as_ref(), incoming.has_bad_id), (None, true), "{id}");
            assert!(incoming.decode::<ClockProbe>().is_ok(), "{id}");
        }
    }

    #[test]
    fn too_much_is_too_large() {
        let limits = WireLimits::default();
        let json = format!(r#"["e",{{"terminalId":"t","data":"{}"}}]"#, "a".repeat(limits.message));
        assert_eq!(read(&json).check_size(&limits).unwrap_err().code, RefusalCode::TooLarge);
        let attachments = vec![Bytes::from_static(b"x"); limits.attachments + 1];
        let incoming = Incoming::read(Value::Str(r#"["e",{}]"#.into(), Some(attachments.into()))).unwrap();
        assert_eq!(incoming.check_size(&limits).unwrap_err().code, RefusalCode::TooLarge);
        assert_eq!(read(r#"["e",{}]"#).check_size(&limits), Ok(()));
    }

    #[test]
    fn broken_json_is_no_event() {
        for json in [r#"["e",{]"#, "{}", "", "[", r#"["e",1"#] {
            assert!(Incoming::read(Value::Str(json.to_owned().into(), None)).is_err(), "{json}");
        }
    }

    #[test]
    fn connect_may_carry_a_context() {
        let auth = Value::Str(r#"{"token":"x","_trace":{"b3":"1"}}"#.into(), None);
        assert_eq!(carrier_of(Some(&auth)).get("b3"), Some("1"));
        assert!(carrier_of(None).is_empty());
        assert!(carrier_of(Some(&Value::Str("7".into(), None))).is_empty());
    }
}
