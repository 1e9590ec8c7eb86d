//! The browser's own measurements of the page: how it was loaded, and what has been painted, moved and answered since.

use app::trace::{SpanContext, w3c};
use js_sys::{Array, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::{clock::performance, timer::sleep};

/// How often a page that still loads is looked at, and how often at most: for half a minute.
const LOOK_MS: f64 = 250.0;
const LOOKS: usize = 120;

/// A measurement. A number that is not there is zero, as the browser writes what has not happened.
pub struct Entry(JsValue);

impl Entry {
    /// A number of it.
    pub fn number(&self, name: &str) -> f64 {
        self.get(name).as_f64().unwrap_or(0.0)
    }

    /// A text of it.
    pub fn text(&self, name: &str) -> String {
        self.get(name).as_string().unwrap_or_default()
    }

    fn get(&self, name: &str) -> JsValue {
        // An entry that is not there has no properties either.
        Reflect::get(&self.0, &name.into()).unwrap_or_default()
    }
}

/// How the page was loaded, as far as that has come: Navigation Timing, in milliseconds after [`super::clock::origin_ms`].
pub fn navigation() -> Entry {
    entries("navigation").pop().unwrap_or(Entry(JsValue::UNDEFINED))
}

/// What was painted first, and when.
pub fn paints() -> Vec<(String, f64)> {
    entries("paint").iter().map(|paint| (paint.text("name"), paint.number("startTime"))).collect()
}

/// The context of the server's span for this page, which it names in `Server-Timing`.
pub fn served_as() -> Option<SpanContext> {
    let timings = navigation().get("serverTiming");
    let timings = timings.dyn_ref::<Array>()?.iter().map(Entry);
    let named = timings.into_iter().find(|timing| timing.text("name") == w3c::TRACEPARENT)?;
    w3c::parse(&named.text("description"))
}

/// Waits until the page is loaded; not for ever, since a page may wait for a picture that never comes.
pub async fn loaded() {
    for _ in 0..LOOKS {
        if navigation().number("loadEventEnd") > 0.0 {
            return;
        }
        sleep(LOOK_MS).await;
    }
}

fn entries(kind: &str) -> Vec<Entry> {
    performance().get_entries_by_type(kind).iter().map(Entry).collect()
}
