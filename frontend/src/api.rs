//! Reading the page's own API. What is read there is about the record and no part of it: each request says so.

use app::trace::{Sampling, SpanContext, b3};

use crate::js::{
    fetch::{self, Answer, NoAnswer},
    random,
};

/// Reads an address of the page's server.
///
/// # Errors
/// When no answer came.
pub async fn read(href: &str) -> Result<Answer, NoAnswer> {
    let context = SpanContext { trace_id: random::trace_id(), span_id: random::span_id(), sampling: Sampling::Deny };
    fetch::get(href, &[(b3::SINGLE, &b3::single(&context))]).await
}
