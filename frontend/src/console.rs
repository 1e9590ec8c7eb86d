//! `window.aetherterm.tracker`: the tracker for whoever types into the browser's console, under the notes' names.

use std::sync::Arc;

use app::tracking::Tracker;
use wasm_bindgen::JsValue;

use crate::js::{
    clock::now_us,
    console::{Exposed, Function},
    payload::to_js,
};

/// Puts the tracker on the window, as long as the answer is kept.
pub fn expose(tracker: Arc<dyn Tracker>) -> Exposed {
    let (metrics, pending, clear) = (tracker.clone(), tracker.clone(), tracker);
    let functions: Vec<Function> = vec![
        ("metrics", Box::new(move || shown(&metrics.metrics(now_us())))),
        ("pendingRequests", Box::new(move || shown(&pending.pending_requests()))),
        (
            "clearMetrics",
            Box::new(move || {
                clear.clear_metrics();
                JsValue::UNDEFINED
            }),
        ),
    ];
    Exposed::new("aetherterm", "tracker", functions)
}

fn shown<T: serde::Serialize>(value: &T) -> JsValue {
    to_js(value).unwrap_or_else(JsValue::from)
}
