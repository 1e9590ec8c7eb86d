//! What the next server makes of the file, and of what is on disk beside it.

use std::fs;

use app::trace::ledger::DestinationView;
use reqwest::Url;
use tempfile::TempDir;

use super::*;
use crate::telemetry::config::BackendConfig;
use crate::telemetry::ledger::Place;
use crate::telemetry::signal::Signal;
use crate::telemetry::spool::Spool;
use crate::telemetry::spool::files::Files;
use crate::telemetry::spool::segment::START;

const MAX_BYTES: u64 = 64 << 10;

fn lanes() -> Vec<String> {
    vec!["a-traces".to_owned(), "b-logs".to_owned()]
}

fn ledger() -> Arc<Ledger> {
    let url = Url::parse("http://localhost").unwrap();
    let backends = [("a", Signal::Traces), ("b", Signal::Logs)];
    let backends = backends.map(|(name, signal)| BackendConfig::new(name, signal, "X", url.clone()));
    Arc::new(Ledger::new(&backends))
}

/// What the next server has on its books for each backend once it has read the witness: what was lost, and to whom.
fn killed(directory: &TempDir, said: &str) -> Vec<(String, u64)> {
    fs::write(directory.path().join("queued"), said).unwrap();
    let ledger = ledger();
    Witness::open(directory.path(), lanes(), &ledger).unwrap();
    let rows = ledger.view().destinations.into_iter().skip(1);
    let told = |row: DestinationView| {
        assert_eq!(row.created, row.lost());
        (row.lost() > 0).then(|| (row.name, row.dropped["killed"]))
    };
    rows.filter_map(told).collect()
}

/// Two lanes with batches of 1, 2 and 4 records each, and where each batch ends in its lane.
fn written(directory: &TempDir) -> Vec<Mark> {
    let mut files = Files::open(directory.path(), MAX_BYTES, &lanes());
    let mut ends = vec![files.end(0)];
    for weight in [1, 2, 4] {
        // A segment is a sixteenth of it all: the third batch begins another.
        files.append(0, &[7; 1_500], weight).unwrap();
        files.append(1, &[7; 1_500], weight).unwrap();
        assert_eq!(files.end(0), files.end(1));
        ends.push(files.end(0));
    }
    assert_eq!((ends[0].offset, ends[1].sequence, ends[2].sequence, ends[3].sequence), (START, 1, 1, 2));
    ends
}

fn line(queued: u64, Mark { sequence, offset }: Mark, lane: &str) -> String {
    format!("{queued:020} {sequence:020} {offset:020} {lane}\n")
}

#[test]
fn what_stands_behind_the_mark_is_on_disk_and_not_lost() {
    let directory = tempfile::tempdir().unwrap();
    let ends = written(&directory);
    for (mark, lost) in [(ends[0], 3), (ends[1], 4), (ends[2], 6), (ends[3], 10), (Mark::BEYOND, 10)] {
        assert_eq!(killed(&directory, &line(10, mark, "a-traces")), [("a".to_owned(), lost)], "{mark:?}");
    }
    // Each lane has a mark of its own.
    let both = line(5, ends[2], "a-traces") + &line(7, ends[1], "b-logs");
    assert_eq!(killed(&directory, &both), [("a".to_owned(), 1), ("b".to_owned(), 1)]);
    assert_eq!(killed(&directory, &line(2, ends[1], "a-traces")), [], "there is nothing less than nothing");
}

#[test]
fn what_was_torn_is_lost_and_what_was_sent_is_not() {
    let directory = tempfile::tempdir().unwrap();
    let ends = written(&directory);
    let last = directory.path().join(format!("a-traces/{:016}.seg", ends[3].sequence));
    let whole = fs::metadata(&last).unwrap().len();
    fs::File::options().write(true).open(&last).unwrap().set_len(whole - 1).unwrap();
    assert_eq!(killed(&directory, &line(4, ends[2], "a-traces")), [("a".to_owned(), 4)]);
    assert_eq!(killed(&directory, &line(4, ends[2], "b-logs")), []);

    let mut files = Files::open(directory.path(), MAX_BYTES, &lanes());
    let head = files.head(1).0.unwrap();
    files.done(1, head.ticket);
    assert_eq!(killed(&directory, &line(8, ends[0], "b-logs")), [("b".to_owned(), 1)]);
}

#[test]
fn a_witness_of_before_there_were_marks_is_believed_and_nonsense_is_not() {
    let directory = tempfile::tempdir().unwrap();
    written(&directory);
    assert_eq!(killed(&directory, "00000000000000000007 a-traces\n"), [("a".to_owned(), 7)]);
    for said in
        ["", "\n", "7\n", "7 a\n", "x a-traces\n", "7 1 a-traces\n", "7 1 x a-traces\n", "7 ../a-traces\n", "\0\0"]
    {
        assert_eq!(killed(&directory, said), [], "{said:?}");
    }
}

#[test]
fn what_was_in_memory_for_a_backend_that_is_not_configured_is_counted() {
    let directory = tempfile::tempdir().unwrap();
    Files::open(directory.path(), MAX_BYTES, &["old-metrics".to_owned()]).append(0, b"batch", 3).unwrap();
    let first = Mark { sequence: 1, offset: START };
    let said = line(5, first, "old-metrics") + &line(0, first, "older-logs") + &line(2, first, "b-logs");
    assert_eq!(killed(&directory, &said), [("b".to_owned(), 2), ("old".to_owned(), 2)]);
}

/// At each step of the spool the process is killed before its witness has heard of it: what the witness said before is read beside
/// what is on disk afterwards.
#[tokio::test]
async fn no_batch_is_both_on_disk_and_lost_whenever_the_process_is_killed() {
    let directory = tempfile::tempdir().unwrap();
    let (ledger, queued) = (ledger(), directory.path().join("queued"));
    let spool = Spool::open(directory.path(), MAX_BYTES, lanes(), Arc::clone(&ledger)).unwrap();
    // The thread has read what there is once it answers.
    assert_eq!(spool.head(0).await, None);
    let said = |queued: &Path| fs::read_to_string(queued).unwrap();
    let account = ledger.account(1);
    account.created(100);
    for (step, weight) in [(1, 10), (2, 20), (3, 30)] {
        let waiting = account.in_memory().0;
        let next = line(waiting, account.in_memory().1, "a-traces");
        spool.append(0, vec![7; 1_500].into(), weight, Place::Queue).await;
        // What the spool has had written before it wrote the batch.
        let all: u64 = Files::open(directory.path(), MAX_BYTES, &lanes()).weights()[0].1;
        let lost: u64 = killed_in_a_copy(&directory, &next);
        assert_eq!((all + lost, lost), (100, waiting - weight), "step {step}");
    }
    // A batch that was on disk before and is written anew was not in memory.
    ledger.bell().answered().await;
    let head = spool.head(0).await.unwrap();
    spool.append(0, vec![7; 1_500].into(), 4, Place::Spool).await;
    assert!(said(&queued).starts_with(&line(40, Mark::BEYOND, "a-traces")), "{}", said(&queued));
    spool.done(0, head.ticket).await;
    // Who removes a batch has had everything before it written down.
    let (waiting, mark) = account.in_memory();
    assert!(said(&queued).starts_with(&line(waiting, mark, "a-traces")), "{}", said(&queued));
    assert_eq!(killed_in_a_copy(&directory, &said(&queued)), 40);
}

/// What the next server counts as killed, in a copy of the directory.
fn killed_in_a_copy(directory: &TempDir, said: &str) -> u64 {
    let copy = tempfile::tempdir().unwrap();
    let lane = copy.path().join("a-traces");
    fs::create_dir(&lane).unwrap();
    for file in fs::read_dir(directory.path().join("a-traces")).unwrap() {
        let path = file.unwrap().path();
        fs::copy(&path, lane.join(path.file_name().unwrap())).unwrap();
    }
    killed(&copy, said).iter().map(|(_, lost)| lost).sum()
}
