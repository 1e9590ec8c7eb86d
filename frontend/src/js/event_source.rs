//! A stream of server-sent events.

use wasm_bindgen::JsCast;
use web_sys::{EventSource, MessageEvent};

use super::listener::Listener;

/// An open stream; dropping it closes it. The browser connects again by itself when it breaks.
pub struct Stream {
    source: EventSource,
    _messages: Listener,
}

impl Stream {
    /// Opens `href` and calls `then` with the data of each event called `name`; `None` when the address is no address.
    pub fn open(href: &str, name: &'static str, then: impl Fn(String) + 'static) -> Option<Self> {
        let source = EventSource::new(href).ok()?;
        let messages = Listener::new(&source, name, move |event| {
            if let Some(data) = event.dyn_ref::<MessageEvent>().and_then(|message| message.data().as_string()) {
                then(data);
            }
        });
        Some(Self { source, _messages: messages })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.close();
    }
}
