//! The person's browser behind its port.

use std::any::Any;

use app::client::{Browser, Local, SavedFile};
use leptos::{task::spawn_local, web_sys::Element};

use crate::js::{browser, clock, console, field, size_observer::SizeObserver, storage};

/// The browser this page runs in.
pub struct ThisBrowser;

impl Browser for ThisBrowser {
    fn copy(&self, text: &str) -> Local<bool> {
        let text = text.to_owned();
        Box::pin(async move { browser::copy(&text).await })
    }

    fn paste(&self) -> Local<Option<String>> {
        Box::pin(browser::paste())
    }

    fn save(&self, file: SavedFile<'_>) {
        let SavedFile { name, media_type, text } = file;
        let saving = browser::save(name, media_type, text);
        spawn_local(async move {
            if saving.await.is_err() {
                console::warn("The browser did not take the file.");
            }
        });
    }

    fn recall(&self, key: &str) -> Option<String> {
        storage::get(key)
    }

    fn remember(&self, key: &str, value: &str) {
        // A full or forbidden store means that this browser keeps nothing.
        _ = storage::put(key, value);
    }

    fn watch_size(&self, element: &Element, then: Box<dyn Fn(f64, f64)>) -> Box<dyn Any> {
        let watched = element.clone();
        Box::new(SizeObserver::new(element, move || {
            then(f64::from(watched.client_width()), f64::from(watched.client_height()));
        }))
    }

    fn type_in(&self, text: &str) {
        field::type_in(text);
    }

    fn beep(&self) {
        browser::beep();
    }

    fn warn(&self, line: &str) {
        console::warn(line);
    }

    fn now_ms(&self) -> f64 {
        clock::now_ms()
    }

    fn utc_offset_minutes(&self) -> i32 {
        clock::utc_offset_minutes()
    }
}
