use std::collections::VecDeque;
use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

const MIB: u64 = 1 << 20;

fn open(directory: &TempDir, max_bytes: u64) -> Files {
    Files::open(directory.path(), max_bytes, &["a-traces".to_owned(), "b-traces".to_owned()])
}

/// Reads and removes the oldest batch of the first lane.
fn next(files: &mut Files) -> Option<(Vec<u8>, u64)> {
    let (head, unreadable) = files.head(0);
    assert_eq!(unreadable, 0);
    let head = head?;
    files.done(0, head.ticket);
    Some((head.body.to_vec(), head.weight))
}

/// The files of the first lane's segments.
fn segments(directory: &TempDir) -> Vec<PathBuf> {
    let files = fs::read_dir(directory.path().join("a-traces")).into_iter().flatten();
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "seg"));
    paths.sort();
    paths
}

#[test]
fn batches_come_back_in_order_after_a_restart_and_none_twice() {
    let directory = tempfile::tempdir().unwrap();
    let mut files = open(&directory, MIB);
    for (body, weight) in [("one", 1), ("two", 2), ("three", 3)] {
        files.append(0, body.as_bytes(), weight).unwrap();
    }
    assert_eq!(next(&mut files), Some((b"one".to_vec(), 1)));
    // It was read and not sent when the process was killed.
    assert_eq!(files.head(0).0.unwrap().body, "two");

    let mut files = open(&directory, MIB);
    assert_eq!(files.weights(), [(0, 5), (1, 0)]);
    assert_eq!(next(&mut files), Some((b"two".to_vec(), 2)));
    files.append(0, b"four", 4).unwrap();
    assert_eq!(next(&mut files), Some((b"three".to_vec(), 3)));
    assert_eq!(next(&mut files), Some((b"four".to_vec(), 4)));
    assert_eq!((next(&mut files), segments(&directory).len()), (None, 0));
    assert_eq!(open(&directory, MIB).weights(), [(0, 0), (1, 0)]);
}

#[test]
fn how_far_a_lane_was_sent_is_not_said_of_what_is_written_later() {
    let directory = tempfile::tempdir().unwrap();
    let mut files = open(&directory, MIB);
    files.append(0, b"one", 1).unwrap();
    files.append(0, b"two", 1).unwrap();
    next(&mut files);
    next(&mut files);
    let mut files = open(&directory, MIB);
    files.append(0, b"three", 1).unwrap();
    assert_eq!(next(&mut open(&directory, MIB)), Some((b"three".to_vec(), 1)));
}

#[test]
fn a_torn_tail_is_cut_off_and_what_was_whole_stays() {
    let directory = tempfile::tempdir().unwrap();
    let mut files = open(&directory, MIB);
    files.append(0, b"whole", 1).unwrap();
    files.append(0, b"torn", 7).unwrap();
    drop(files);
    let path = &segments(&directory)[0];
    let length = fs::metadata(path).unwrap().len();
    fs::OpenOptions::new().write(true).open(path).unwrap().set_len(length - 1).unwrap();

    let mut files = open(&directory, MIB);
    assert_eq!(files.weights()[0], (0, 1));
    files.append(0, b"later", 2).unwrap();
    assert_eq!(next(&mut files), Some((b"whole".to_vec(), 1)));
    assert_eq!(next(&mut files), Some((b"later".to_vec(), 2)));
}

#[test]
fn what_the_disk_has_changed_is_never_sent() {
    let directory = tempfile::tempdir().unwrap();
    let mut files = open(&directory, MIB);
    files.append(0, b"first", 1).unwrap();
    files.append(0, b"second", 2).unwrap();
    let path = &segments(&directory)[0];
    let mut bytes = fs::read(path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(path, bytes).unwrap();
    assert_eq!(next(&mut files), Some((b"first".to_vec(), 1)));
    let (head, unreadable) = files.head(0);
    assert_eq!((head, unreadable), (None, 2));
}

#[test]
fn the_oldest_make_room_and_are_counted() {
    let directory = tempfile::tempdir().unwrap();
    let mut files = open(&directory, 64 << 10);
    let (mut evicted, mut appended) = (0, 0);
    for number in 0..1_000_u64 {
        let body = number.to_le_bytes().repeat(64);
        files.append((number % 2) as usize, &body, number).unwrap();
        appended += number;
        evicted += files.take_evicted().iter().map(|(_, weight)| weight).sum::<u64>();
        let bytes: u64 = segments(&directory).iter().map(|path| fs::metadata(path).unwrap().len()).sum();
        assert!(bytes <= 64 << 10);
    }
    let left: u64 = files.weights().iter().map(|(_, weight)| weight).sum();
    assert_eq!(left + evicted, appended);
    assert!(evicted > 0);
    let (first, _) = next(&mut files).unwrap();
    assert!(u64::from_le_bytes(first[..8].try_into().unwrap()) > 800, "the youngest are there");
}

#[test]
fn a_batch_that_is_being_sent_while_it_makes_room_is_its_senders_to_count() {
    let directory = tempfile::tempdir().unwrap();
    let mut files = open(&directory, 1_000);
    files.append(0, &[0; 400], 1).unwrap();
    files.append(0, &[0; 400], 2).unwrap();
    let head = files.head(0).0.unwrap();
    assert!(files.holds(0, head.ticket));
    files.append(0, &[0; 900], 4).unwrap();
    assert_eq!(files.take_evicted().iter().map(|(_, weight)| weight).sum::<u64>(), 2);
    assert!(!files.holds(0, head.ticket));
    files.done(0, head.ticket);
    assert_eq!(files.weights()[0], (0, 4));
}

#[test]
fn a_batch_that_was_taken_back_is_counted_where_it_makes_room() {
    let directory = tempfile::tempdir().unwrap();
    let mut files = open(&directory, 1_000);
    files.append(0, &[0; 400], 1).unwrap();
    files.append(0, &[0; 400], 2).unwrap();
    let head = files.head(0).0.unwrap();
    assert!(files.take_back(0, head.ticket) && !files.take_back(0, head.ticket));
    files.append(0, &[0; 900], 4).unwrap();
    assert_eq!(files.take_evicted().iter().map(|(_, weight)| weight).sum::<u64>(), 3);
}

#[test]
fn a_batch_that_cannot_be_read_again_is_counted() {
    let directory = tempfile::tempdir().unwrap();
    let mut files = open(&directory, MIB);
    files.append(0, b"batch", 3).unwrap();
    assert!(files.head(0).0.is_some());
    let path = &segments(&directory)[0];
    let mut bytes = fs::read(path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(path, bytes).unwrap();
    assert_eq!(files.head(0), (None, 3));
}

#[test]
fn a_batch_larger_than_the_spool_is_an_error_and_costs_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let mut files = open(&directory, 1_000);
    files.append(0, b"small", 1).unwrap();
    assert!(files.append(0, &[0; 1_000], 1).is_err());
    assert_eq!(next(&mut files), Some((b"small".to_vec(), 1)));
}

#[test]
fn lanes_of_other_settings_wait_and_are_the_first_to_go() {
    let directory = tempfile::tempdir().unwrap();
    Files::open(directory.path(), 1_000, &["old-traces".to_owned()]).append(0, &[0; 500], 3).unwrap();
    open(&directory, 1_000).append(0, &[0; 100], 1).unwrap();
    let other = || Files::open(directory.path(), 1_000, &["old-traces".to_owned()]).weights();
    assert_eq!(other(), [(0, 3), (1, 1)]);

    let mut files = open(&directory, 1_000);
    files.append(0, &[0; 400], 1).unwrap();
    // They come behind those of the settings.
    assert_eq!((files.take_evicted(), files.weights()[0]), (vec![(2, 3)], (0, 2)));
    assert_eq!(other(), [(0, 0), (1, 2)]);
}

#[test]
fn one_process_has_it_at_a_time() {
    let directory = tempfile::tempdir().unwrap();
    let ledger = || Arc::new(Ledger::new([]));
    let first = Spool::open(directory.path(), MIB, Vec::new(), ledger()).unwrap();
    let error = Spool::open(directory.path(), MIB, Vec::new(), ledger()).unwrap_err().to_string();
    assert!(error.contains("in use by another server"), "{error}");
    drop(first);
}

#[test]
fn a_bounded_number_of_records_is_kept_aside() {
    let directory = tempfile::tempdir().unwrap();
    let files = open(&directory, MIB);
    let paths: Vec<_> = (0..100_u8).map(|number| files.quarantine(0, &[number]).unwrap()).collect();
    let kept: Vec<_> = paths.iter().filter(|path| fs::exists(path).unwrap()).collect();
    assert_eq!((kept.len(), fs::read(kept[31]).unwrap()), (32, vec![99]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is done in whatever order, and wherever the process ends, it is a queue.
    #[test]
    fn it_is_a_queue_that_outlives_its_process(steps in prop::collection::vec((0..4_u8, 0..3_000_usize), 0..60)) {
        let directory = tempfile::tempdir().unwrap();
        let mut files = open(&directory, 16 * MIB);
        let mut expected = VecDeque::new();
        for (number, (step, length)) in steps.into_iter().enumerate() {
            match step {
                0 | 1 => {
                    let body = vec![number as u8; length];
                    files.append(0, &body, number as u64).unwrap();
                    expected.push_back((body, number as u64));
                }
                2 => prop_assert_eq!(next(&mut files), expected.pop_front()),
                _ => files = open(&directory, 16 * MIB),
            }
            prop_assert_eq!(files.weights()[0].1, expected.iter().map(|(_, weight)| weight).sum::<u64>());
        }
    }
}
