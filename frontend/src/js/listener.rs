//! Event listeners that end when their owner does.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, EventTarget};

use super::{document, window};

/// A listener on a DOM object; dropping it removes it.
pub struct Listener {
    target: EventTarget,
    event: &'static str,
    capture: bool,
    callback: Closure<dyn FnMut(Event)>,
}

impl Listener {
    /// Listens to `event` of `target`.
    pub fn new(target: &EventTarget, event: &'static str, then: impl FnMut(Event) + 'static) -> Self {
        Self::listen(target, event, false, Closure::new(then))
    }

    /// Listens to `event` of `target` before anything inside of it does.
    pub fn capturing(target: &EventTarget, event: &'static str, then: impl FnMut(Event) + 'static) -> Self {
        Self::listen(target, event, true, Closure::new(then))
    }

    /// Listens to `event` of the window.
    pub fn on_window(event: &'static str, then: impl FnMut(Event) + 'static) -> Self {
        Self::new(&window(), event, then)
    }

    /// Listens to `event` of the window before all who do not capture it.
    pub fn first_on_window(event: &'static str, then: impl FnMut(Event) + 'static) -> Self {
        Self::capturing(&window(), event, then)
    }

    /// Calls `then` with whether the page is hidden, each time that changes.
    pub fn on_visibility(mut then: impl FnMut(bool) + 'static) -> Self {
        Self::new(&document(), "visibilitychange", move |_| then(super::page::hidden()))
    }

    fn listen(target: &EventTarget, event: &'static str, capture: bool, callback: Closure<dyn FnMut(Event)>) -> Self {
        target
            .add_event_listener_with_callback_and_bool(event, callback.as_ref().unchecked_ref(), capture)
            .expect("addEventListener takes a name and a function");
        Self { target: target.clone(), event, capture, callback }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // Removing fails only for an argument of the wrong kind.
        drop(self.target.remove_event_listener_with_callback_and_bool(
            self.event,
            self.callback.as_ref().unchecked_ref(),
            self.capture,
        ));
    }
}
