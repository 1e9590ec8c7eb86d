//! Everything the server and the page share: the wire types, the trace context, the tracker, the monitor's data and the
//! views. Compiles natively and to WASM; holds no JavaScript and does no I/O.

// A view is one type as deep as its nesting; the compiler's own limit of 128 is not enough for a page.
#![recursion_limit = "256"]

pub mod client;
pub mod monitor;
pub mod page;
pub mod protocol;
pub mod trace;
pub mod tracking;
pub mod ui;
pub mod workspace;
