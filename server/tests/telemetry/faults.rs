//! Faults one after another: at every moment each record is in one column of the ledger, and what can arrive does.

use std::time::Duration;

use crate::collector::{Collector, Mood};
use crate::process::Home;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_uncounted_whatever_the_backend_does_and_kill_9_loses_nothing_that_was_on_disk() {
    let home = Home::new();
    let collector = Collector::start(Mood::Well).await;
    let server = home.start(&collector, "");
    // The self-test is the first to arrive.
    server.ledger(|row| row.exported == 1 && row.error.is_none()).await;
    home.said(&["export ok", "traces"]).await;

    let moods = [
        (Mood::Refusing(503), "503"),
        (Mood::HalfOpen, "no answer in time"),
        (Mood::Slow(Duration::from_millis(900)), "no answer in time"),
        (Mood::Refusing(429), "429"),
    ];
    let mut posted = Vec::new();
    for (mood, said) in moods {
        collector.set(mood);
        posted.extend(server.post(posted.len() as u64, 50).await);
        let all = 1 + posted.len() as u64;
        let row = server
            .ledger(|row| {
                row.created == all && row.queued == 0 && row.error.as_ref().is_some_and(|why| why.contains(said))
            })
            .await;
        assert_eq!((row.spooled, row.dropped), (posted.len() as u64, 0), "{mood:?} {row:?}");
        home.said(&["export failed: ", said, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"]).await;
    }
    home.witnesses(0).await;
    server.kill();

    // The next one finds all of it, and a backend that is slow but in time.
    collector.set(Mood::Slow(Duration::from_millis(20)));
    let server = home.start(&collector, "");
    let row = server.ledger(|row| row.created > 200 && row.spooled == 0 && row.queued == 0).await;
    assert_eq!((row.created, row.exported, row.dropped), (201, 201, 0), "{row:?}");
    assert!(posted.iter().all(|id| collector.has(*id)));
    home.witnesses(0).await;
    server.kill();

    // And what has arrived is not sent again.
    let server = home.start(&collector, "");
    server.ledger(|row| row.created == 1 && row.exported == 1).await;
    server.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_in_memory_at_kill_9_is_counted_by_the_next_server() {
    let home = Home::new();
    let collector = Collector::start(Mood::Well).await;
    let lasting = "OTEL_BSP_SCHEDULE_DELAY=600000";
    let server = home.start(&collector, lasting);
    // Only the self-test leaves at once.
    server.ledger(|row| row.exported == 1).await;
    let posted = server.post(0, 7).await;
    server.ledger(|row| row.queued == 7).await;
    home.witnesses(7).await;
    server.kill();

    let server = home.start(&collector, lasting);
    let row = server.ledger(|row| row.exported == 1).await;
    assert_eq!((row.created, row.dropped, row.reasons["killed"].as_u64()), (8, 7, Some(7)), "{row:?}");
    assert!(!posted.iter().any(|id| collector.has(*id)));
    // What is told in time is not lost, and nothing is counted twice.
    server.post(7, 3).await;
    server.ledger(|row| row.queued == 3).await;
    home.witnesses(3).await;
    server.end();
    home.witnesses(0).await;
    let server = home.start(&collector, lasting);
    let row = server.ledger(|row| row.exported == 1).await;
    assert_eq!((row.created, row.dropped), (1, 0), "{row:?}");
    server.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_to_the_disk_at_kill_9_is_there_or_lost_and_never_both() {
    let home = Home::new();
    let collector = Collector::start(Mood::Refusing(503)).await;
    let mut made = 0;
    for round in 0..8 {
        let server = home.start(&collector, "");
        // What the one before has left on the disk or lost, and the self-test, which goes to the disk.
        made += 1;
        let row = server.ledger(|row| row.created >= made && row.queued == 0).await;
        assert_eq!((row.created, row.spooled + row.dropped), (made, made), "round {round}: {row:?}");
        // The next one does not know of what this one has counted as lost.
        made = row.spooled;

        let length = home.segments();
        let before = length();
        let killed = server.killed_when(move || length() > before);
        made += server.post(50 * round, 50).await.len() as u64;
        killed.join().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_a_backend_that_is_not_configured_any_more_is_told_and_so_is_what_was_lost() {
    let home = Home::new();
    let collector = Collector::start(Mood::Refusing(503)).await;
    let server = home.start(&collector, "OTEL_BSP_SCHEDULE_DELAY=600000");
    // The self-test goes to the disk.
    server.ledger(|row| row.spooled == 1).await;
    server.post(0, 7).await;
    server.ledger(|row| row.queued == 7).await;
    home.witnesses(7).await;
    server.kill();

    let server = home.start(&collector, "unset OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;");
    let row = server.ledger(|row| row.spooled == 1).await;
    assert_eq!((row.created, row.dropped, row.reasons["killed"].as_u64()), (8, 7, Some(7)), "{row:?}");
    let metrics = server.text("/metrics").await;
    for line in ["{backend=\"otlp\",state=\"spooled\"} 1", "{backend=\"otlp\",state=\"dropped\"} 7"] {
        assert!(metrics.contains(&format!("telemetry_backend_ledger{line}\n")), "{line} in {metrics}");
    }
    server.end();

    // And it leaves when the backend is named again.
    collector.set(Mood::Well);
    let server = home.start(&collector, "");
    let row = server.ledger(|row| row.exported == 2).await;
    assert_eq!((row.created, row.spooled, row.dropped), (2, 0, 0), "{row:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_costs_what_does_not_fit_and_says_so() {
    let home = Home::new();
    let collector = Collector::start(Mood::Refusing(503)).await;
    // No file may be longer than 8 KiB, and the system says so by an error instead of a signal.
    let server = home.start(&collector, "trap '' XFSZ; ulimit -f 16;");
    server.ledger(|row| row.spooled == 1).await;
    let mut posted = Vec::new();
    for _ in 0..4 {
        posted.extend(server.post(posted.len() as u64, 100).await);
    }
    let row = server.ledger(|row| row.created == 401 && row.queued == 0).await;
    assert!(row.reasons["spool_failed"].as_u64().is_some_and(|lost| lost >= 100), "{row:?}");
    assert_eq!(row.spooled + row.dropped, 401);

    collector.set(Mood::Well);
    let row = server.ledger(|row| row.spooled == 0).await;
    assert_eq!(row.exported + row.dropped, 401);
    server.kill();
}
