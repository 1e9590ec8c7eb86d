//! The AetherTerm server: shells, sessions and telemetry behind one Socket.IO connection per window.

pub mod auth;
pub mod chat;
mod compose;
pub mod config;
pub mod data_dir;
pub mod descriptors;
pub mod doctor;
pub mod extend;
pub mod http;
mod server;
pub mod share;
pub mod socket;
pub mod stop;
pub mod store;
pub mod telemetry;
pub mod terminal;
pub mod workspace;

pub use config::Config;
pub use server::{Server, StartError};
