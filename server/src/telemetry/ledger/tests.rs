//! The equation, whatever happens to records, and what is lost of it.

use reqwest::Url;

use super::*;
use crate::telemetry::signal::Origin;

fn ledger(backends: &[(&str, Signal)]) -> Ledger {
    let url = Url::parse("http://localhost").unwrap();
    let backends: Vec<_> =
        backends.iter().map(|(name, signal)| BackendConfig::new(*name, *signal, "X", url.clone())).collect();
    Ledger::new(&backends)
}

fn balanced(view: &LedgerView) -> bool {
    view.destinations.iter().all(|row| row.created == row.exported + row.queued + row.spooled + row.lost())
}

proptest::proptest! {
    #[test]
    fn the_equation_holds_whatever_happens(steps in proptest::collection::vec((0..10_u8, 0..20_u64), 0..200)) {
        let ledger = ledger(&[("a", Signal::Traces)]);
        let account = ledger.account(1);
        let mut created = 0;
        for (step, records) in steps {
            match step {
                0 | 1 => {
                    ledger.created(Signal::Traces, records);
                    created += records;
                }
                2 => account.exported(records),
                3 => account.spooled(records, Mark::BEYOND),
                4 => account.exported_from(Place::Spool, records),
                5 => account.dropped_from(Place::Spool, records, Reason::Evicted),
                6 => account.dropped(records, Reason::Rejected),
                7 => ledger.dropped(Signal::Traces, records, Reason::QueueFull),
                8 => {
                    account.lost_before(records, Reason::Killed);
                    created += records;
                }
                _ => {
                    account.recovered(records, Mark::BEYOND);
                    created += records;
                }
            }
            let view = ledger.view();
            proptest::prop_assert!(balanced(&view), "{view:?}");
            proptest::prop_assert_eq!(view.destinations[1].created, created);
        }
    }
}

#[test]
fn every_record_is_in_exactly_one_column_of_each_destination() {
    let ledger = ledger(&[("otlp", Signal::Traces)]);
    ledger.created(Signal::Traces, 10);
    assert!(balanced(&ledger.view()));
    ledger.dropped(Signal::Traces, 2, Reason::QueueFull);
    ledger.account(0).exported(8);
    ledger.account(1).exported(3);
    ledger.account(1).dropped(1, Reason::Rejected);
    let view = ledger.view();
    assert!(balanced(&view), "{view:?}");
    assert_eq!(view.destinations.iter().map(|row| row.queued).collect::<Vec<_>>(), [0, 4]);
    assert_eq!((view.exported(), view.lost()), (11, 5));

    ledger.dropped_rest(Reason::Shutdown);
    let view = ledger.view();
    assert!(balanced(&view), "{view:?}");
    assert_eq!(view.destinations[1].dropped["shutdown"], 4);

    ledger.account(1).exported(4);
    assert_eq!(ledger.view(), view, "what arrives after it was given up is not counted twice");
}

#[test]
fn a_record_is_meant_for_those_that_take_its_signal() {
    let ledger = ledger(&[("otlp", Signal::Traces), ("otlp", Signal::Metrics), ("other", Signal::Metrics)]);
    ledger.created(Signal::Metrics, 5);
    ledger.dropped(Signal::Metrics, 2, Reason::QueueFull);
    ledger.created(Signal::Logs, 7);
    let view = ledger.view();
    assert_eq!(view.destinations.iter().map(|row| row.queued).collect::<Vec<_>>(), [0, 0, 3, 3]);
    assert_eq!((view.destinations[2].signal.as_str(), view.destinations[2].lost()), ("metrics", 2));
}

#[test]
fn a_destination_for_pages_takes_only_what_they_recorded() {
    let url = Url::parse("http://localhost").unwrap();
    let new = BackendConfig::new("browser", Signal::Traces, "X", url);
    let ledger = Ledger::new(&[BackendConfig { takes: Takes::Pages, ..new }]);
    for (origin, records) in [(Origin::Server, 1), (Origin::Page, 2), (Origin::Program, 4)] {
        ledger.created(Kind { signal: Signal::Traces, origin }, records);
    }
    let view = ledger.view();
    assert_eq!((view.destinations[0].created, view.destinations[1].created), (7, 2));
}

#[test]
fn an_exporter_has_a_row_of_its_own_that_no_signal_fills() {
    let ledger = ledger(&[("otlp", Signal::Logs)]);
    let account = ledger.open("mine");
    Signal::ALL.into_iter().for_each(|signal| ledger.created(signal, 1));
    account.created(3);
    account.exported(1);
    account.dropped(1, Reason::Rejected);
    let view = ledger.view();
    let mine = &view.destinations[2];
    assert_eq!((mine.name.as_str(), mine.signal.as_str()), ("mine", "events"));
    assert_eq!((mine.created, mine.exported, mine.queued, mine.lost()), (3, 1, 1, 1));
    assert!(balanced(&view));
}

#[test]
fn backends_that_are_not_configured_have_rows_of_their_own_and_those_beyond_a_number_share_one() {
    let ledger = ledger(&[("otlp", Signal::Traces)]);
    for number in 0..100 {
        let name = format!("old{number}");
        ledger.stranger(&name, Signal::Logs).recovered(2, Mark::BEYOND);
        ledger.stranger(&name, Signal::Logs).dropped_from(Place::Spool, 1, Reason::Evicted);
    }
    // What is made now is for others.
    ledger.created(Signal::Logs, 5);
    let view = ledger.view();
    assert!(balanced(&view), "{view:?}");
    let strangers = &view.destinations[2..];
    assert_eq!((strangers.len(), strangers[15].name.as_str()), (17, "old15"));
    assert!(strangers[..16].iter().all(|row| (row.created, row.spooled, row.lost()) == (2, 1, 1)), "{view:?}");
    let others = &strangers[16];
    assert_eq!((others.name.as_str(), others.created, others.spooled, others.lost()), ("_OTHER", 168, 84, 84));
    assert_eq!(ledger.names(), ["local", "otlp"]);
}

#[test]
fn an_outcome_is_news_only_when_it_changes() {
    let ledger = ledger(&[]);
    let account = ledger.account(0);
    let failed = || Err("answered 401".to_owned());
    assert!(account.outcome(failed()));
    assert!(!account.outcome(failed()));
    assert_eq!(ledger.view().destinations[0].error.as_deref(), Some("answered 401"));
    assert!(account.outcome(Ok(())));
    assert!(!account.outcome(Ok(())));
    assert_eq!(ledger.view().destinations[0].error, None);
}
