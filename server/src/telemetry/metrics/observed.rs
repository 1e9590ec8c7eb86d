//! What is not recorded but looked at whenever metrics are collected: the ledger of telemetry itself, and this process.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use app::trace::ledger::{DestinationView, LedgerView};
use opentelemetry::KeyValue;
use opentelemetry::metrics::Meter;

use super::process::Process;
use super::{Moment, lock};
use crate::telemetry::ledger::Reason;

/// What may become of a record.
const STATES: [&str; 5] = ["created", "exported", "queued", "spooled", "dropped"];

/// Observes `moment` from now on, whenever metrics are collected. The meter keeps what is built.
pub(super) fn register(meter: &Meter, moment: &Arc<Mutex<Moment>>) {
    ledger(meter, moment);
    process(meter, moment);
}

fn ledger(meter: &Meter, moment: &Arc<Mutex<Moment>>) {
    let look = ledger_of(moment);
    meter
        .u64_observable_gauge("telemetry.ledger")
        .with_description(
            "Spans, log records, data points and trace events by what became of them, over all destinations.",
        )
        .with_callback(move |observer| {
            let all = by_backend(&look()).into_values().fold([0; STATES.len()], sum);
            for (state, count) in STATES.into_iter().zip(all) {
                observer.observe(count, &[KeyValue::new("state", state)]);
            }
        })
        .build();

    let look = ledger_of(moment);
    meter
        .u64_observable_gauge("telemetry.backend.ledger")
        .with_description(
            "Spans, log records, data points and trace events by destination and by what became of them there.",
        )
        .with_callback(move |observer| {
            for (backend, counts) in by_backend(&look()) {
                for (state, count) in STATES.into_iter().zip(counts) {
                    let labels = [KeyValue::new("backend", backend.clone()), KeyValue::new("state", state)];
                    observer.observe(count, &labels);
                }
            }
        })
        .build();

    let look = ledger_of(moment);
    meter
        .u64_observable_counter("telemetry.dropped")
        .with_description("What was lost on the way to a destination.")
        .with_callback(move |observer| {
            let destinations = look().destinations;
            for reason in Reason::ALL.map(Reason::name) {
                let lost = destinations.iter().filter_map(|destination| destination.dropped.get(reason)).sum();
                observer.observe(lost, &[KeyValue::new("reason", reason)]);
            }
        })
        .build();
}

fn process(meter: &Meter, moment: &Arc<Mutex<Moment>>) {
    let look = process_of(moment, |process| Some(process.cpu));
    meter
        .f64_observable_counter("process.cpu.time")
        .with_description("Processor time.")
        .with_unit("s")
        .with_callback(move |observer| look().into_iter().for_each(|cpu| observer.observe(cpu, &[])))
        .build();
    let look = process_of(moment, |process| Some(process.started));
    meter
        .f64_observable_gauge("process.start.time")
        .with_description("When the process began, in seconds since 1970.")
        .with_unit("s")
        .with_callback(move |observer| look().into_iter().for_each(|started| observer.observe(started, &[])))
        .build();
    type Figure = fn(Process) -> Option<u64>;
    let figures: [(&str, &str, &str, Figure); 3] = [
        ("process.memory.usage", "Memory that is not swapped out.", "By", |process| Some(process.memory)),
        ("process.unix.file_descriptor.count", "Open file descriptors.", "", |process| process.descriptors),
        ("process.thread.count", "Threads.", "", |process| Some(process.threads)),
    ];
    for (name, description, unit, figure) in figures {
        let look = process_of(moment, figure);
        meter
            .u64_observable_gauge(name)
            .with_description(description)
            .with_unit(unit)
            .with_callback(move |observer| look().into_iter().for_each(|count| observer.observe(count, &[])))
            .build();
    }
}

fn ledger_of(moment: &Arc<Mutex<Moment>>) -> impl Fn() -> LedgerView + Send + Sync + 'static {
    let moment = Arc::clone(moment);
    move || lock(&moment).ledger.clone()
}

fn process_of<T>(
    moment: &Arc<Mutex<Moment>>,
    figure: impl Fn(Process) -> Option<T> + Send + Sync + 'static,
) -> impl Fn() -> Option<T> + Send + Sync + 'static {
    let moment = Arc::clone(moment);
    move || lock(&moment).process.and_then(&figure)
}

/// The counts of each destination in the order of [`STATES`]: one that takes several signals has an account for each.
fn by_backend(ledger: &LedgerView) -> BTreeMap<String, [u64; STATES.len()]> {
    let mut counts = BTreeMap::new();
    for destination in &ledger.destinations {
        let of_all: &mut [u64; STATES.len()] = counts.entry(destination.name.clone()).or_default();
        *of_all = sum(*of_all, states(destination));
    }
    counts
}

fn states(destination: &DestinationView) -> [u64; STATES.len()] {
    [destination.created, destination.exported, destination.queued, destination.spooled, destination.lost()]
}

fn sum(one: [u64; STATES.len()], other: [u64; STATES.len()]) -> [u64; STATES.len()] {
    std::array::from_fn(|index| one[index] + other[index])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_states_add_up_with_what_waits_on_disk() {
        let dropped = BTreeMap::from([("evicted".to_owned(), 1)]);
        let (exported, queued, spooled) = (2, 3, 4);
        let row = DestinationView { created: 10, exported, queued, spooled, dropped, ..DestinationView::default() };
        let [created, others @ ..] = states(&row);
        assert_eq!((created, others.iter().sum::<u64>()), (10, 10));
        let reasons = Reason::ALL.map(Reason::name);
        assert!(["poison", "evicted", "spool_failed"].iter().all(|reason| reasons.contains(reason)), "{reasons:?}");
    }
}
