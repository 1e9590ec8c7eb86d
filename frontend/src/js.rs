//! JavaScript behind one door: every extern of the tree is below, each with a safe Rust face; meaning is elsewhere.

pub mod browser;
pub mod clock;
pub mod console;
pub mod csp;
pub mod event_source;
pub mod fetch;
pub mod field;
pub mod frame;
pub mod lazy;
pub mod listener;
pub mod lock;
pub mod media;
pub mod page;
pub mod payload;
pub mod performance;
pub mod random;
pub mod size_observer;
pub mod socket_io;
pub mod storage;
pub mod timer;
pub mod xterm;

/// The window this code runs in.
fn window() -> web_sys::Window {
    web_sys::window().expect("the page's code runs in a window, never in a worker")
}

/// The document of that window.
fn document() -> web_sys::Document {
    window().document().expect("a window that runs a page's code has its document")
}
