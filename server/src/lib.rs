//! The AetherTerm server: shells, sessions and telemetry behind one Socket.IO connection per window.

pub mod terminal;
