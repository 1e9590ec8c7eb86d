//! The wire, as a client of ours or of anybody's sees it.

#![allow(clippy::unwrap_used, reason = "what a test cannot go on without is a failure of the test")]

mod anything;
mod canary;
mod catalogue;
mod extend;
mod host;
mod input;
mod legacy;
mod lifecycle;
mod logs;
mod messages;
mod metrics;
mod output;
mod people;
mod refusals;
mod requests;
mod resume;
mod sessions;
mod shares;
mod silence;
#[path = "../http/site.rs"]
mod site;
mod sizes;
mod store;
mod support;
mod traces;
mod walk;
mod workspace;
