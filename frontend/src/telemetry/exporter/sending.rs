//! A body on its way, and the copy of it that the browser keeps meanwhile where the page may go before the answer comes.

use std::cell::RefCell;

use app::trace::otlp::Span;

use super::super::spool::Lease;

/// A body of spans or, where there are none, of the counts of those that are lost. It is posted as it is until it is known what
/// became of it: the server may have taken it and its answer been lost, and knows the same bytes again.
#[derive(Debug)]
pub struct Sending {
    /// The JSON text.
    pub json: String,
    /// The spans it holds.
    pub spans: Vec<Span>,
    /// Set once the browser keeps it, too.
    pub lease: RefCell<Option<Lease>>,
}

impl Sending {
    /// A body that nobody else keeps yet.
    pub fn new(json: String, spans: Vec<Span>) -> Self {
        Self { json, spans, lease: RefCell::default() }
    }
}
