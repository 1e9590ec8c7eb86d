//! Timers that end when their owner does.

use futures_channel::oneshot;
use wasm_bindgen::{JsCast, closure::Closure};

use super::window;

/// A timer of the window; dropping it cancels it.
pub struct Timer {
    id: i32,
    clear: fn(&web_sys::Window, i32),
    _callback: Closure<dyn FnMut()>,
}

impl Timer {
    /// Calls `then` once, after `delay_ms`.
    pub fn after(delay_ms: f64, then: impl FnOnce() + 'static) -> Self {
        let callback = Closure::once(then);
        let id = window()
            .set_timeout_with_callback_and_timeout_and_arguments_0(callback.as_ref().unchecked_ref(), millis(delay_ms))
            .expect("setTimeout takes a function and a number");
        Self { id, clear: web_sys::Window::clear_timeout_with_handle, _callback: callback }
    }

    /// Calls `then` every `period_ms`.
    pub fn every(period_ms: f64, then: impl FnMut() + 'static) -> Self {
        let callback = Closure::new(then);
        let id = window()
            .set_interval_with_callback_and_timeout_and_arguments_0(
                callback.as_ref().unchecked_ref(),
                millis(period_ms),
            )
            .expect("setInterval takes a function and a number");
        Self { id, clear: web_sys::Window::clear_interval_with_handle, _callback: callback }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        (self.clear)(&window(), self.id);
    }
}

/// Waits; dropping the future cancels the timer.
pub async fn sleep(delay_ms: f64) {
    let (sender, receiver) = oneshot::channel();
    // A waiter that is gone has cancelled the timer with it, so there is always somebody to tell.
    let _timer = Timer::after(delay_ms, move || _ = sender.send(()));
    receiver.await.expect("the timer lives as long as this wait");
}

/// Whole milliseconds, as the DOM takes them.
fn millis(delay: f64) -> i32 {
    delay.clamp(0.0, f64::from(i32::MAX)) as i32
}
