//! What a crate needs that builds a server with more in it than ours has: an event type, a figure, an exporter.
//!
//! - An event type is a [`Request`] and its response, each with its name on the wire.
//!   [`Server::with_event`](crate::Server::with_event) takes the handler; limits, span, tracker entry, metric label, timeout, ack
//!   and refusals follow from the type.
//! - A figure is set with [`Tracker::custom_metric`] on [`Server::tracker`](crate::Server::tracker), and exported as
//!   `aetherterm.custom.{name}`. The same tracker follows requests that came by other ways, if it is told of them.
//! - An exporter is a [`SocketTraceExporter`]; [`Server::with_exporter`](crate::Server::with_exporter) tells it of every request
//!   that has ended.
//!
//! `README.md` has a whole example.

pub use app::protocol::{
    Answer as Expectation, Event, Pace, Recording, Refusal, RefusalCode, Request, RequestId, event::Subject,
};
pub use app::tracking::{
    Matched, Micros, NewRequest, Reason, Response, Settled, SocketTraceEvent, Subscription, Tag, TraceLevel,
    TraceStatus, Tracker,
};

pub use crate::socket::{Answer, Call, Handler, NameTaken, Reply, micros as now};
pub use crate::telemetry::{ExportError, SocketTraceExporter};
