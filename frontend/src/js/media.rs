//! What the person's system prefers.

use super::{listener::Listener, window};

const REDUCED_MOTION: &str = "(prefers-reduced-motion: reduce)";
const COARSE_POINTER: &str = "(pointer: coarse)";
const DARK: &str = "(prefers-color-scheme: dark)";

/// Whether movement on the screen is unwanted.
pub fn reduced_motion() -> bool {
    query(REDUCED_MOTION).is_some_and(|list| list.matches())
}

/// Whether a finger is what points.
pub fn coarse_pointer() -> bool {
    query(COARSE_POINTER).is_some_and(|list| list.matches())
}

/// Calls `then` each time the system's colours or its wish for stillness change.
pub fn on_change(then: impl Fn() + Clone + 'static) -> Vec<Listener> {
    [DARK, REDUCED_MOTION]
        .into_iter()
        .filter_map(query)
        .map(|list| {
            let then = then.clone();
            Listener::new(&list, "change", move |_| then())
        })
        .collect()
}

fn query(query: &str) -> Option<web_sys::MediaQueryList> {
    window().match_media(query).ok().flatten()
}
