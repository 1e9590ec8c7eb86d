//! A body on its way, and the copy of it that the browser keeps meanwhile where the page may go before the answer comes.

use std::cell::RefCell;

use super::super::spool::Lease;

/// A body of so many spans.
#[derive(Debug)]
pub struct Sending {
    /// The JSON text.
    pub json: String,
    /// How many spans it holds.
    pub spans: usize,
    /// Set once the browser keeps it, too.
    pub lease: RefCell<Option<Lease>>,
}

impl Sending {
    /// A body that nobody else keeps yet.
    pub fn new(json: String, spans: usize) -> Self {
        Self { json, spans, lease: RefCell::default() }
    }
}
