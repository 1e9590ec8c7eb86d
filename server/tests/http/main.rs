//! What the server answers over HTTP, and how its process starts and ends, asked of real ones.

mod client;
mod entrance;
mod files;
mod handshakes;
mod pages;
mod ports;
mod process;
mod running;
mod site;
