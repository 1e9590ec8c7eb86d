//! views. Compiles natively and to WASM; holds no JavaScript and does no I/O.

pub mod client;
pub mod protocol;
pub mod trace;
