//! What the server answers over HTTP, and how its process starts and ends, asked of real ones.

#![allow(clippy::unwrap_used, reason = "what a test cannot go on without is a failure of the test")]

mod client;
mod entrance;
mod files;
mod handshakes;
mod pages;
mod ports;
mod posts;
mod process;
mod running;
mod site;
