//! The tracker: which requests wait for an answer, how each one ended, and how long answers take. The same code runs in
//! the page and on the server; spans, rows and timers belong to their owners.

mod capture;
mod connection;
mod counts;
mod event;
mod listeners;
mod metrics;
mod names;
mod noop;
mod pending;
mod recent;
mod request;
mod settled;

pub mod histogram;
pub mod meter;
pub mod rate;

pub use capture::Capture;
pub use connection::{Settings, SocketConnectionTracker};
pub use event::{SocketTraceEvent, Tag, TraceLevel, TraceStatus};
pub use listeners::Subscription;
pub use metrics::{ConnectionMetrics, EventMetrics};
pub use names::lifecycle;
pub use noop::NoOpSocketConnectionTracker;
pub use request::{NewRequest, PendingRequest, Reason, Response};
pub use settled::{Ending, Matched, Settled};

use std::time::Duration;

use serde_json::Value;

use crate::protocol::RequestId;

/// A moment, in microseconds since 1970, by the clock of whoever calls.
pub type Micros = u64;

/// Called with a request that has ended, however it did.
pub type OnSettled = dyn Fn(&Settled) + Send + Sync;
/// Called with a request that got no answer in time.
pub type OnTimeout = dyn Fn(&PendingRequest) + Send + Sync;
/// Called with a request whose answer took at least the slow limit, and how long it took.
pub type OnSlow = dyn Fn(&PendingRequest, Duration) + Send + Sync;
/// Called with a request that failed, and why.
pub type OnError = dyn Fn(&PendingRequest, &Reason<'_>) + Send + Sync;

/// Follows requests from emit to answer.
///
/// Matching is by request id alone. Nothing here reads a clock or starts a timer: each call says when it happens, and the
/// owner calls [`Tracker::expire`] now and then.
pub trait Tracker: Send + Sync {
    /// Begins to follow a request and names it; `None` when tracking is off, and then nothing goes on the wire.
    ///
    /// A fire-and-forget request is counted and named but never pending. An id that is already pending is somebody
    /// else's: the request gets a new one.
    fn track_request(&self, request: &NewRequest<'_>) -> Option<RequestId>;

    /// Adds to a pending request what is kept of its payload; one that has ended needs nothing more.
    fn keep_data(&self, id: &RequestId, data: Value);

    /// Takes an answer; without a request id it records a received event and completes nothing.
    fn track_response(&self, response: &Response<'_>, now: Micros) -> Matched;

    /// Ends one request as timed out, whatever its own limit; `None` when it is not pending.
    fn track_timeout(&self, id: &RequestId, now: Micros) -> Option<Settled>;

    /// Ends one request as failed without an answer from the other side; `None` when it is not pending.
    fn track_error(&self, id: &RequestId, reason: &Reason<'_>, now: Micros) -> Option<Settled>;

    /// Ends every request whose time is up, oldest first.
    fn expire(&self, now: Micros) -> Vec<Settled>;

    /// Ends what is pending for one client, or for all with `None`, because the connection is gone.
    fn disconnect(&self, client_id: Option<&str>, now: Micros) -> Vec<Settled>;

    /// The requests without an answer yet, oldest first.
    fn pending_requests(&self) -> Vec<PendingRequest>;

    /// Counts and durations since the start or the last [`Tracker::clear_metrics`].
    fn metrics(&self, now: Micros) -> ConnectionMetrics;

    /// Begins all counts anew; what is pending stays and counts as requested.
    fn clear_metrics(&self);

    /// Sets a figure of the caller's own; `false` when it was refused: not finite, a bad name, or one name too many.
    fn custom_metric(&self, name: &str, value: f64) -> bool;

    /// Calls back for each request that ends until the subscription is dropped, and once more for an answer that comes after
    /// the time-out. One that newer requests have pushed out has not ended.
    fn on_settled(&self, call: Box<OnSettled>) -> Subscription;

    /// Calls back for each timed-out request until the subscription is dropped.
    fn on_request_timeout(&self, call: Box<OnTimeout>) -> Subscription;

    /// Calls back for each slow answer until the subscription is dropped.
    fn on_slow_response(&self, call: Box<OnSlow>) -> Subscription;

    /// Calls back for each refused, failed or disconnected request until the subscription is dropped.
    fn on_error(&self, call: Box<OnError>) -> Subscription;
}
