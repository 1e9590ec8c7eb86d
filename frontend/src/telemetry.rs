//! The page's own spans and metrics: recorded, queued, posted to the page's server. A failure here is counted and never felt by a
//! terminal.

mod batch;
mod exporter;
mod metrics;
mod outliving;
mod queue;
mod recorder;
mod resource;
mod spool;
#[cfg(test)]
pub mod testing;

pub use recorder::Recorder;
pub use resource::SERVICE;
