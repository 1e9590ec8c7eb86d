//! The browser's own measurements of the page: how it was loaded, and what has been painted, moved and answered since.

use std::{cell::RefCell, rc::Rc};

use app::trace::{SpanContext, w3c};
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{PerformanceObserver, PerformanceObserverEntryList};

use super::{clock::performance, timer::sleep};

/// How often a page that still loads is looked at, and how often at most: for half a minute.
const LOOK_MS: f64 = 250.0;
const LOOKS: usize = 120;
/// The shortest interaction that is told of: the shortest that browsers allow is 16 ms, and what is below 40 is good anyway.
const SHORTEST_MS: f64 = 40.0;

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

    /// Whether something of it is so.
    pub fn is(&self, name: &str) -> bool {
        self.get(name).is_truthy()
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

/// How many interactions there have been; zero where the browser does not count them.
pub fn interaction_count() -> usize {
    // A float-to-integer cast saturates.
    Entry(performance().into()).number("interactionCount") as usize
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

/// Watches measurements of one kind; dropping it ends that.
pub struct Watch {
    observer: PerformanceObserver,
    then: Rc<RefCell<OnEntry>>,
    _callback: Closure<dyn FnMut(PerformanceObserverEntryList)>,
}

/// Called with each measurement.
type OnEntry = dyn FnMut(&Entry);

impl Watch {
    /// Calls `then` with each, those before included. A browser that does not know the kind has none.
    pub fn new(kind: &str, then: impl FnMut(&Entry) + 'static) -> Option<Self> {
        let then: Rc<RefCell<OnEntry>> = Rc::new(RefCell::new(then));
        let hears = then.clone();
        let callback = move |list: PerformanceObserverEntryList| tell(&hears, &list.get_entries());
        let callback = Closure::<dyn FnMut(PerformanceObserverEntryList)>::new(callback);
        let observer = PerformanceObserver::new(callback.as_ref().unchecked_ref()).ok()?;
        let options = Object::new();
        for (name, value) in [
            ("type", kind.into()),
            ("buffered", JsValue::TRUE),
            // For interactions alone: the browser tells of none that was shorter.
            ("durationThreshold", SHORTEST_MS.into()),
        ] {
            // A new object takes any property.
            drop(Reflect::set(&options, &name.into(), &value));
        }
        observer.observe(options.unchecked_ref());
        Some(Self { observer, then, _callback: callback })
    }

    /// Calls with those that the browser has not told of yet.
    pub fn catch_up(&self) {
        tell(&self.then, &self.observer.take_records());
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

fn tell(then: &RefCell<OnEntry>, entries: &Array) {
    let mut then = then.borrow_mut();
    entries.iter().map(Entry).for_each(|entry| then(&entry));
}

fn entries(kind: &str) -> Vec<Entry> {
    performance().get_entries_by_type(kind).iter().map(Entry).collect()
}
