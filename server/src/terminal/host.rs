//! Shells that outlive the server: a process of its own holds the PTYs, the rings and the screen models, and the server
//! is its client.
//!
//! ```text
//! server                                              host (`aetherterm pty-host`)
//! viewers ─ ring ─ Link ◀── one stream per terminal ──▶ visit ─ ring, screen model ─ task ─ PTY
//!                  Host ─── one question a connection ─▶ visit
//! ```
//!
//! The kernel's socket buffer is the back-pressure: who is waited for is the server's decision, which stops reading a
//! terminal's stream, and the host reads that PTY as far as the stream takes it; without a server it reads freely. The
//! server's ring has the host's offsets, so that a page which resumes by offset notices nothing of a new server.

mod address;
mod client;
mod frame;
mod link;
mod log;
mod message;
mod outlet;
mod recorded;
mod serve;
mod socket;
mod start;
mod visit;

pub use self::address::{Address, connect};
pub use self::client::{Host, HostError};
pub(super) use self::client::{Kept, Stream};
pub(super) use self::link::Link;
pub use self::message::Refused;
pub(super) use self::message::Streaming;
pub(super) use self::outlet::Outlet;
pub(super) use self::recorded::pass_on;
pub use self::serve::{HostSettings, ServeError, serve};
pub use self::start::{Program, READY};
