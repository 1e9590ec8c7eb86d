//! Everything the server and the page share: the wire types, the trace context, the tracker, the monitor's data and the
//! views. Compiles natively and to WASM; holds no JavaScript and does no I/O.

// A view's type is as deep as its elements are nested.
#![recursion_limit = "512"]

pub mod chat;
pub mod client;
pub mod json;
pub mod monitor;
pub mod page;
pub mod people;
pub mod protocol;
pub mod redact;
pub mod trace;
pub mod tracking;
pub mod ui;
pub mod width;
pub mod workspace;
