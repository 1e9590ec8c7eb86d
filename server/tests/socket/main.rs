//! The wire, as a client of ours or of anybody's sees it.

mod input;
mod output;
mod refusals;
mod requests;
mod sessions;
mod support;
mod traces;
