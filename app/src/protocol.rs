//! The wire: every event as a type, its name written once. Depends on serde alone; leaves transport, tracing and meaning
//! to others.

pub mod ack;
pub mod catalog;
pub mod clock;
pub mod data;
pub mod envelope;
pub mod event;
pub mod ids;
pub mod layout;
pub mod refusal;
pub mod session;
pub mod terminal;
pub mod workspace;

pub use ack::Ack;
pub use data::{Attachments, Data};
pub use envelope::{Envelope, RequestId};
pub use event::{Answer, Event, Notice, Pace, Recording, Request};
pub use ids::{PaneId, SessionId, TabId, TerminalId};
pub use refusal::{Refusal, RefusalCode};
