//! Watching an element's size.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, ResizeObserver};

/// Calls back each time an element's size changes; dropping it ends that.
pub struct SizeObserver {
    observer: ResizeObserver,
    _callback: Closure<dyn FnMut()>,
}

impl SizeObserver {
    /// Watches `element`; the first call comes at once.
    pub fn new(element: &Element, then: impl FnMut() + 'static) -> Self {
        let callback = Closure::<dyn FnMut()>::new(then);
        let observer = ResizeObserver::new(callback.as_ref().unchecked_ref()).expect("ResizeObserver takes a function");
        observer.observe(element);
        Self { observer, _callback: callback }
    }
}

impl Drop for SizeObserver {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
