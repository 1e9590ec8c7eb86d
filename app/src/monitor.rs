//! The monitor as plain data: what the page keeps of its messages and how that is filtered, laid out and exported. Leaves
//! drawing to the views and following requests to the tracker.

mod attribute;
mod figure;
mod filter;
mod journal;
mod row;
mod timestamp;
mod trace_row;
mod viewport;

pub mod export;
pub mod waterfall;

pub use figure::{figure, nanos_figure};
pub use filter::Filter;
pub use journal::{Frozen, Journal};
pub use row::{Direction, Row, RowError, Status};
pub use timestamp::{InvalidTimestamp, Timestamp};
pub use trace_row::{TracePage, TraceRow};
pub use viewport::Viewport;
pub use waterfall::Waterfall;
