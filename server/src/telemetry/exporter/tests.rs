use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};

use app::protocol::RequestId;
use app::tracking::{Ending, PendingRequest, Settled};

use super::*;
use crate::telemetry::tests::ledger;
use crate::telemetry::{Telemetry, TelemetryConfig};

fn settled(event: &'static str) -> Settled {
    Settled {
        request: PendingRequest {
            request_id: RequestId::parse("req_1").unwrap(),
            event_name: event.into(),
            started: 1_790_000_000_000_000,
            timeout_ms: 5_000,
            client_id: None,
            data: None,
        },
        expected: None,
        response: Some("answered".into()),
        context: None,
        duration: 1_000,
        ending: Ending::Ok,
    }
}

fn start() -> Telemetry {
    Telemetry::start(&TelemetryConfig::default()).unwrap()
}

/// Does with each batch what it is made for.
struct Exporter<F>(F);

impl<F: Fn(&[SocketTraceEvent]) -> Result<(), ExportError> + Send + 'static> SocketTraceExporter for Exporter<F> {
    async fn export(&self, events: &[SocketTraceEvent]) -> Result<(), ExportError> {
        tokio::time::sleep(Duration::from_millis(1)).await;
        (self.0)(events)
    }
}

fn names(into: Sender<String>) -> impl SocketTraceExporter {
    Exporter(move |events: &[SocketTraceEvent]| {
        events.iter().for_each(|event| drop(into.send(event.operation_name.clone())));
        Ok(())
    })
}

#[tokio::test]
async fn an_exporter_is_told_of_every_request_in_order_and_the_clock_is_none() {
    let telemetry = start();
    assert!(!telemetry.wants_events());
    telemetry.tell(&settled("before"));
    let (told, events) = channel();
    telemetry.add_exporter("mine", names(told)).unwrap();
    assert!(telemetry.wants_events());
    for event in ["first", "clock:probe", "second"] {
        telemetry.tell(&settled(event));
    }
    let view = ledger(&telemetry, |rows| rows[1].exported == 2).await;
    assert_eq!((view.destinations[1].name.as_str(), view.destinations[1].signal.as_str()), ("mine", "events"));
    assert_eq!(events.try_iter().collect::<Vec<_>>(), ["first -> answered", "second -> answered"]);
}

#[tokio::test]
async fn a_failing_or_panicking_exporter_is_counted_and_goes_on() {
    let telemetry = start();
    let attempts = Mutex::new(0);
    let moody = Exporter(move |_: &[SocketTraceEvent]| {
        *attempts.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        let attempt = *attempts.lock().unwrap_or_else(PoisonError::into_inner);
        match attempt {
            1 => Err(ExportError::refused("the disk is full")),
            2 => panic!("what an exporter does is its own business"),
            _ => Ok(()),
        }
    });
    telemetry.add_exporter("moody", moody).unwrap();
    let (told, events) = channel();
    telemetry.add_exporter("well", names(told)).unwrap();
    telemetry.tell(&settled("one"));
    ledger(&telemetry, |rows| rows[1].error.as_deref() == Some("the disk is full")).await;
    telemetry.tell(&settled("two"));
    ledger(&telemetry, |rows| rows[1].error.as_deref() == Some("the exporter panicked")).await;
    telemetry.tell(&settled("three"));
    let view = ledger(&telemetry, |rows| rows[1].exported == 1 && rows[2].exported == 3).await;
    assert_eq!((view.destinations[1].dropped["rejected"], &view.destinations[1].error), (2, &None));
    assert_eq!(events.try_iter().count(), 3);
}

#[tokio::test]
async fn what_has_not_arrived_is_offered_again_before_what_comes_after_it() {
    let telemetry = start();
    let (told, events) = channel();
    let (attempts, moody) = (Mutex::new(0), Mutex::new(told));
    telemetry
        .add_exporter(
            "moody",
            Exporter(move |events: &[SocketTraceEvent]| {
                let mut attempts = attempts.lock().unwrap();
                *attempts += 1;
                if *attempts < 3 {
                    return Err(ExportError::new("nobody is there"));
                }
                let told = moody.lock().unwrap();
                events.iter().for_each(|event| told.send(event.operation_name.clone()).unwrap());
                Ok(())
            }),
        )
        .unwrap();
    telemetry.tell(&settled("first"));
    ledger(&telemetry, |rows| rows[1].error.as_deref() == Some("nobody is there")).await;
    telemetry.tell(&settled("second"));
    let view = ledger(&telemetry, |rows| rows[1].exported == 2).await;
    assert_eq!((view.destinations[1].lost(), &view.destinations[1].error), (0, &None));
    assert_eq!(events.try_iter().collect::<Vec<_>>(), ["first -> answered", "second -> answered"]);
}

#[tokio::test]
async fn the_end_does_not_wait_for_better_times() {
    let telemetry = start();
    telemetry
        .add_exporter("dead", Exporter(|_: &[SocketTraceEvent]| Err(ExportError::new("nobody is there"))))
        .unwrap();
    telemetry.tell(&settled("request"));
    ledger(&telemetry, |rows| rows[1].error.as_deref() == Some("nobody is there") && rows[1].queued == 1).await;
    telemetry.shutdown(Duration::from_secs(20)).await;
    let view = telemetry.ledger();
    assert_eq!((view.destinations[1].queued, view.destinations[1].dropped.get("shutdown")), (0, Some(&1)), "{view:?}");
}

#[tokio::test]
async fn one_that_blocks_its_thread_costs_its_own_events_and_nobody_elses() {
    let telemetry = start();
    let (release, released) = channel::<()>();
    let released = Mutex::new(released);
    let stuck = Exporter(move |_: &[SocketTraceEvent]| {
        // Until the sender is gone.
        let _ = released.lock().unwrap().recv();
        Ok(())
    });
    telemetry.add_exporter("stuck", stuck).unwrap();
    let (told, events) = channel();
    telemetry.add_exporter("well", names(told)).unwrap();
    const MANY: u64 = 3 * MAX_WAITING as u64;
    for told in 1..=MANY {
        telemetry.tell(&settled("request"));
        if told % 1_000 == 0 {
            ledger(&telemetry, |rows| rows[2].exported == told).await;
        }
    }
    let view = ledger(&telemetry, |rows| rows[2].exported == MANY).await;
    let stuck = &view.destinations[1];
    assert_eq!((stuck.created, stuck.exported, stuck.lost() + stuck.queued), (MANY, 0, MANY));
    assert!(stuck.dropped["queue_full"] >= MANY - (MAX_WAITING + MAX_BATCH) as u64, "{stuck:?}");
    assert_eq!(events.try_iter().count() as u64, MANY);
    drop(release);
    telemetry.shutdown(Duration::from_secs(20)).await;
    let stuck = &telemetry.ledger().destinations[1];
    assert_eq!((stuck.queued, stuck.exported + stuck.lost()), (0, MANY), "{stuck:?}");
}

#[tokio::test]
async fn the_end_waits_for_what_is_queued_and_not_for_ever() {
    let telemetry = start();
    let (told, events) = channel();
    telemetry.add_exporter("well", names(told)).unwrap();
    let stuck = Exporter(|_: &[SocketTraceEvent]| {
        loop {
            thread::park();
        }
    });
    telemetry.add_exporter("stuck", stuck).unwrap();
    (0..100).for_each(|_| telemetry.tell(&settled("request")));
    let began = std::time::Instant::now();
    telemetry.shutdown(Duration::from_millis(400)).await;
    assert!(began.elapsed() < Duration::from_secs(5));
    assert_eq!(events.try_iter().count(), 100);
    let view = telemetry.ledger();
    assert_eq!((view.destinations[1].exported, view.destinations[2].dropped["shutdown"]), (100, 100), "{view:?}");
}
