//! The official Socket.IO client, as far as one connection per window needs it.

use js_sys::{Array, Function};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

use super::payload::{message_of, to_js};

mod raw {
    use js_sys::{Array, Function};
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen(module = "socket.io-client")]
    extern "C" {
        pub fn io(url: &str, options: &JsValue) -> Socket;
    }

    #[wasm_bindgen]
    extern "C" {
        pub type Socket;

        #[wasm_bindgen(method, getter)]
        pub fn connected(this: &Socket) -> bool;

        #[wasm_bindgen(method, setter)]
        pub fn set_auth(this: &Socket, auth: &JsValue);

        #[wasm_bindgen(method)]
        pub fn connect(this: &Socket);

        #[wasm_bindgen(method)]
        pub fn disconnect(this: &Socket);

        #[wasm_bindgen(method)]
        pub fn on(this: &Socket, event: &str, listener: &Function);

        #[wasm_bindgen(method, js_name = onAny)]
        pub fn on_any(this: &Socket, listener: &Function);

        #[wasm_bindgen(method)]
        pub fn off(this: &Socket);

        #[wasm_bindgen(method, js_name = offAny)]
        pub fn off_any(this: &Socket);

        #[wasm_bindgen(method, variadic)]
        pub fn emit(this: &Socket, event: &str, arguments: &Array);

        #[wasm_bindgen(method, getter)]
        pub fn io(this: &Socket) -> Manager;

        pub type Manager;

        #[wasm_bindgen(method, getter)]
        pub fn engine(this: &Manager) -> Option<Engine>;

        pub type Engine;

        #[wasm_bindgen(method, getter)]
        pub fn transport(this: &Engine) -> Option<EngineTransport>;

        pub type EngineTransport;

        #[wasm_bindgen(method, getter)]
        pub fn name(this: &EngineTransport) -> String;
    }
}

/// How the client connects. It never reconnects by itself: when to try again is the page's own, visible decision.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Options<'a> {
    path: &'a str,
    transports: [&'a str; 2],
    try_all_transports: bool,
    auto_connect: bool,
    reconnection: bool,
    multiplex: bool,
    timeout: u32,
}

/// How long one attempt may take, in milliseconds.
const CONNECT_TIMEOUT_MS: u32 = 10_000;

/// Called with an event and its payload.
pub type OnMessage = dyn Fn(&str, JsValue);

/// What the socket reports.
pub struct Handlers {
    /// Messages go through.
    pub connected: Box<dyn Fn()>,
    /// They no longer do; the client library says why.
    pub disconnected: Box<dyn Fn(String)>,
    /// An attempt failed; the client library says why.
    pub failed: Box<dyn Fn(String)>,
    /// A message came: its event and its first argument.
    pub message: Box<OnMessage>,
}

/// The window's socket; dropping it closes it.
pub struct Socket {
    raw: raw::Socket,
    _connected: Closure<dyn FnMut()>,
    _disconnected: Closure<dyn FnMut(String)>,
    _failed: Closure<dyn FnMut(JsValue)>,
    _message: Closure<dyn FnMut(String, JsValue)>,
}

impl Socket {
    /// Makes the socket of `path` on the page's own origin; it connects when it is told to.
    pub fn new(path: &str, handlers: Handlers) -> Self {
        let options = Options {
            path,
            transports: ["websocket", "polling"],
            try_all_transports: true,
            auto_connect: false,
            reconnection: false,
            multiplex: false,
            timeout: CONNECT_TIMEOUT_MS,
        };
        let raw = raw::io("", &to_js(&options).expect("text, flags and a small number are JavaScript values"));
        let Handlers { connected, disconnected, failed, message } = handlers;
        let connected = Closure::<dyn FnMut()>::new(connected);
        let disconnected = Closure::<dyn FnMut(String)>::new(disconnected);
        let failed = Closure::<dyn FnMut(JsValue)>::new(move |error| failed(message_of(&error)));
        let message =
            Closure::<dyn FnMut(String, JsValue)>::new(move |event: String, payload| message(&event, payload));
        raw.on("connect", connected.as_ref().unchecked_ref());
        raw.on("disconnect", disconnected.as_ref().unchecked_ref());
        raw.on("connect_error", failed.as_ref().unchecked_ref());
        raw.on_any(message.as_ref().unchecked_ref());
        Self { raw, _connected: connected, _disconnected: disconnected, _failed: failed, _message: message }
    }

    /// Whether messages go through.
    pub fn is_connected(&self) -> bool {
        self.raw.connected()
    }

    /// Begins an attempt that introduces itself with `auth`.
    pub fn connect(&self, auth: &JsValue) {
        self.raw.set_auth(auth);
        self.raw.connect();
    }

    /// Ends the connection.
    pub fn disconnect(&self) {
        self.raw.disconnect();
    }

    /// The name of what carries the connection now.
    pub fn transport(&self) -> Option<String> {
        Some(self.raw.io().engine()?.transport()?.name())
    }

    /// Emits one message; `ack`, where there is one, is called with the answer.
    pub fn emit(&self, event: &str, payload: &JsValue, ack: Option<&Function>) {
        let arguments = Array::of1(payload);
        if let Some(ack) = ack {
            arguments.push(ack);
        }
        self.raw.emit(event, &arguments);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.raw.off();
        self.raw.off_any();
        self.raw.disconnect();
    }
}
