//! One animation frame ahead: work that belongs just before the next paint.

use wasm_bindgen::{JsCast, closure::Closure};

use super::window;

/// A call before the next paint; dropping it cancels it.
pub struct Frame {
    id: i32,
    _callback: Closure<dyn FnMut(f64)>,
}

impl Frame {
    /// Calls `then` before the next paint. A hidden page paints nothing until it is shown again.
    pub fn next(then: impl FnOnce() + 'static) -> Self {
        let callback = Closure::once(move |_: f64| then());
        let id = window()
            .request_animation_frame(callback.as_ref().unchecked_ref())
            .expect("requestAnimationFrame takes a function");
        Self { id, _callback: callback }
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        // A frame that has been drawn has nothing left to cancel.
        drop(window().cancel_animation_frame(self.id));
    }
}
