//! The page's clock: one anchor per page and a monotonic count from it, in fractions of a millisecond.

use super::window;

/// Milliseconds since the epoch; never runs backwards while the page lives.
pub fn now_ms() -> f64 {
    let performance = performance();
    performance.time_origin() + performance.now()
}

/// When the page began, in milliseconds since the epoch.
pub fn origin_ms() -> f64 {
    performance().time_origin()
}

/// Microseconds since the epoch.
pub fn now_us() -> u64 {
    // Positive and far below 2⁵³ for thousands of years.
    (now_ms() * 1_000.0) as u64
}

/// How far local time is ahead of UTC, in minutes.
pub fn utc_offset_minutes() -> i32 {
    -(js_sys::Date::new_0().get_timezone_offset() as i32)
}

pub(super) fn performance() -> web_sys::Performance {
    window().performance().expect("every browser that runs WebAssembly has a performance clock")
}
