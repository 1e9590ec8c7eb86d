//! The wire: every event as a type, its name written once. Depends on serde alone; leaves transport, tracing and meaning
//! to others.

pub mod ack;
pub mod ai;
pub mod catalog;
pub mod clock;
pub mod data;
pub mod envelope;
pub mod event;
pub mod ids;
pub mod layout;
pub mod legacy;
pub mod message;
pub mod pane;
pub mod people;
pub mod refusal;
pub mod session;
pub mod settings;
pub mod share;
pub mod supervision;
pub mod tab;
pub mod terminal;
pub mod workspace;

pub use ack::Ack;
pub use data::{Attachments, Data};
pub use envelope::{Envelope, RequestId};
pub use event::{Answer, Event, Notice, Pace, Recording, Request};
pub use ids::{MessageId, PaneId, SessionId, ShareId, TabId, TerminalId};
pub use refusal::{Refusal, RefusalCode};
