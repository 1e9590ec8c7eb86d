//! What becomes of telemetry when backends, disks and the process itself fail, asked of the real binary.

#![allow(clippy::unwrap_used, reason = "what a test cannot go on without is a failure of the test")]

mod batches;
mod certificates;
mod collector;
mod doctor;
mod faults;
mod greeting;
mod headers;
mod process;
#[path = "../http/site.rs"]
mod site;
mod tls;
