//! The page's own spans and metrics: recorded, queued, posted to the page's server. A failure here is counted and never felt by a
//! terminal.

mod batch;
mod clean;
mod exporter;
mod metrics;
mod outliving;
mod page_load;
mod queue;
mod recorder;
mod resource;
mod spool;
#[cfg(test)]
pub mod testing;
mod vitals;

pub use page_load::PageLoad;
pub use recorder::Recorder;
pub use resource::SERVICE;

/// The attribute that says why a span is there that was not sampled.
pub const KEPT: &str = "sampling.kept";
