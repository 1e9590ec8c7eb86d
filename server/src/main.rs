//! The binary `aetherterm`.
fn main() {}
