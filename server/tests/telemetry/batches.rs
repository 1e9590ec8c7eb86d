//! How large batches are, and how much waits, as it is set: seen from a backend.

use crate::collector::{Collector, Mood};
use crate::process::{Home, Row};

#[tokio::test(flavor = "multi_thread")]
async fn no_batch_is_larger_than_it_is_set() {
    let (home, collector) = (Home::new(), Collector::start(Mood::Well).await);
    let server = home.start(&collector, "export OTEL_BSP_MAX_EXPORT_BATCH_SIZE=7;");
    server.post(0, 100).await;
    server.ledger(|row| row.exported == 101).await;
    let sizes = collector.batches();
    assert_eq!((sizes.iter().sum::<usize>(), sizes.iter().max()), (101, Some(&7)), "{sizes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_waits_than_it_is_set_and_the_rest_is_counted() {
    // While it is waited for, nothing leaves the queue.
    let (home, collector) = (Home::new(), Collector::start(Mood::HalfOpen).await);
    let server = home.start(&collector, "export OTEL_BSP_MAX_QUEUE_SIZE=10 OTEL_BSP_MAX_EXPORT_BATCH_SIZE=5;");
    server.post(0, 100).await;
    let lost = |row: &Row| row.reasons["queue_full"].as_u64().unwrap_or_default();
    server.ledger(|row| row.created == 101 && lost(row) >= 50).await;
}
