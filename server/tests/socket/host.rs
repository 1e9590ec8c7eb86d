//! Shells that outlive the server: the real binary, real shells, and every way in which either process can end.

mod commands;
mod death;
mod disk;
mod endurance;
mod lifecycle;
pub mod process;
mod restart;
