//! Payloads on their way through JavaScript: plain objects and byte arrays, the envelope fields beside them.

use app::{
    protocol::{
        RequestId, TerminalId,
        envelope::{REQUEST_ID_KEY, TRACE_KEY},
    },
    trace::Carrier,
};
use js_sys::{ArrayBuffer, JSON, Object, Reflect, Uint8Array};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::{JsCast, JsValue};

/// Writes a value as the Socket.IO parser wants it: objects for maps, `Uint8Array` for bytes, nothing for `None`.
///
/// # Errors
/// When a number is beyond what JavaScript holds exactly, or a map has keys that are not text.
pub fn to_js<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, String> {
    // Bytes as arrays of numbers would be JSON; the Socket.IO parser takes them out as attachments.
    let serializer = Serializer::json_compatible().serialize_bytes_as_arrays(false);
    value.serialize(&serializer).map_err(|error| error.to_string())
}

/// The JSON of a message that carries nothing binary; empty for what has none.
pub fn json(payload: &JsValue) -> String {
    JSON::stringify(payload).map(String::from).unwrap_or_default()
}

/// What a handshake introduces itself with: the context of its span, where it has one.
pub fn introduction(carrier: Option<&Carrier>) -> JsValue {
    let auth = JsValue::from(Object::new());
    if let Some(trace) = carrier.and_then(|carrier| to_js(carrier).ok()) {
        set(&auth, TRACE_KEY, &trace);
    }
    auth
}

/// Adds the envelope fields, to an object only: a string, an array or bytes would be corrupted.
pub fn seal(payload: &JsValue, request_id: &RequestId, carrier: &Carrier) {
    if is_plain_object(payload) {
        set(payload, REQUEST_ID_KEY, &request_id.as_str().into());
        if let Ok(trace) = to_js(carrier) {
            set(payload, TRACE_KEY, &trace);
        }
    }
}

/// Says in a named response what its ack says with `ok`, so that both are read alike.
pub fn say_ok(payload: &JsValue, ok: bool) {
    set(payload, "ok", &ok.into());
}

/// Whether a message carries a refusal.
pub fn is_refusal(payload: &JsValue) -> bool {
    get(payload, "error").is_some_and(|error| error.is_object())
}

/// Why an answer says no, in words: in the protocol's own form, or with `success` or `ok` that is false; `None` when it does not.
pub fn failure(payload: &JsValue) -> Option<String> {
    let error = get(payload, "error").filter(JsValue::is_truthy);
    let denies = |key| get(payload, key).is_some_and(|word| word == JsValue::FALSE);
    match error {
        Some(error) => Some(message_of(&error)),
        None => (denies("success") || denies("ok")).then(String::new),
    }
}

/// What an error says: an object's `message`, or a text.
pub fn message_of(error: &JsValue) -> String {
    get(error, "message").unwrap_or_else(|| error.clone()).as_string().unwrap_or_default()
}

/// The request id of a message, where it has one.
pub fn request_id(payload: &JsValue) -> Option<RequestId> {
    RequestId::parse(&get(payload, REQUEST_ID_KEY)?.as_string()?)
}

/// The propagation carrier of a message, where it has one.
pub fn carrier(payload: &JsValue) -> Option<Carrier> {
    app::json::read(&json(&get(payload, TRACE_KEY)?)).ok()
}

/// The terminal a message is about, where it says so.
pub fn terminal_id(payload: &JsValue) -> Option<TerminalId> {
    get(payload, "terminalId")?.as_string()?.parse().ok()
}

/// A frame of output, its bytes still JavaScript's.
pub struct Output {
    /// Whose.
    pub terminal_id: TerminalId,
    /// The offset of the first byte; for a snapshot the offset that live output continues at.
    pub seq: u64,
    /// The bytes.
    pub data: Uint8Array,
    /// Whether this is a part of a snapshot.
    pub snapshot: bool,
}

/// Reads a frame without copying its bytes; `None` when it is not what the protocol says.
pub fn output(payload: &JsValue) -> Option<Output> {
    let data = get(payload, "data")?;
    let data = match data.dyn_into::<Uint8Array>() {
        Ok(bytes) => bytes,
        Err(other) => Uint8Array::new(other.dyn_ref::<ArrayBuffer>()?),
    };
    Some(Output {
        terminal_id: terminal_id(payload)?,
        // Exact up to 2⁵³ bytes of output.
        seq: get(payload, "seq")?.as_f64()? as u64,
        data,
        snapshot: get(payload, "snapshot").is_some_and(|snapshot| snapshot.is_truthy()),
    })
}

/// A field of an object; `None` for what is undefined and for what is no object.
fn get(payload: &JsValue, key: &str) -> Option<JsValue> {
    if !payload.is_object() {
        return None;
    }
    Reflect::get(payload, &key.into()).ok().filter(|value| !value.is_undefined())
}

fn set(object: &JsValue, key: &str, value: &JsValue) {
    // Setting fails only on what is frozen or no object; these objects were made a moment ago.
    drop(Reflect::set(object, &key.into(), value));
}

fn is_plain_object(value: &JsValue) -> bool {
    value.is_object() && Object::get_prototype_of(value) == Object::get_prototype_of(&Object::new())
}
