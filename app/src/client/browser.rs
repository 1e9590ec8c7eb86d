//! What a person's browser does for the page beside the link: clipboard, files, memory and the local clock.

use std::any::Any;

use leptos::web_sys::Element;

use super::Local;

/// The browser as the UI knows it.
pub trait Browser {
    /// Puts text on the clipboard; `false` when the browser does not allow it.
    fn copy(&self, text: &str) -> Local<bool>;

    /// Reads the clipboard; `None` when the browser does not allow it.
    fn paste(&self) -> Local<Option<String>>;

    /// Offers text as a file to keep.
    fn save(&self, file: SavedFile<'_>);

    /// What was remembered under `key` on this machine.
    fn recall(&self, key: &str) -> Option<String>;

    /// Remembers `value` under `key` on this machine; a browser that keeps nothing ignores it.
    fn remember(&self, key: &str, value: &str);

    /// Calls back with an element's width and height in CSS pixels, now and whenever they change, until what it returns
    /// is dropped.
    fn watch_size(&self, element: &Element, then: Box<dyn Fn(f64, f64)>) -> Box<dyn Any>;

    /// Types into the field that has the keyboard, as its person would, a line feed as the Enter key; without a field it does
    /// nothing.
    fn type_in(&self, text: &str);

    /// Sounds the bell, quietly.
    fn beep(&self);

    /// Writes a line on the console that somebody should look at.
    fn warn(&self, line: &str);

    /// The page's clock, in milliseconds since the epoch.
    fn now_ms(&self) -> f64;

    /// How far local time is ahead of UTC, in minutes.
    fn utc_offset_minutes(&self) -> i32;
}

/// A file that the page makes.
#[derive(Clone, Copy, Debug)]
pub struct SavedFile<'a> {
    /// The name it is offered under.
    pub name: &'a str,
    /// Its media type.
    pub media_type: &'a str,
    /// What it holds.
    pub text: &'a str,
}
