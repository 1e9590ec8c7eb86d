//! A server on a free port and clients that speak Socket.IO to it.

pub mod client;
pub mod collector;
pub mod exposition;
pub mod packet;
pub mod recorder;
pub mod scene;
pub mod server;
pub mod web;
pub mod whole;

pub use self::{
    client::Client,
    packet::Packet,
    recorder::{Recorder, attribute},
    scene::{Answered, Scene},
    server::TestServer,
    whole::Whole,
};
