//! The file: who may read it, what older, newer and damaged ones come to.

use std::{fs, os::unix::fs::PermissionsExt};

use super::*;

#[test]
fn nobody_else_can_read_it() {
    let directory = tempfile::tempdir().unwrap();
    let (store, _) = open(directory.path());
    save(&store, vec![a_session(SESSION)]);
    let mut names = Vec::new();
    for entry in fs::read_dir(directory.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{entry:?}");
        names.push(entry.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(names, ["aetherterm.db", "aetherterm.db-shm", "aetherterm.db-wal"]);
}

/// A database as the first version had it, with a session in it.
const FIRST: &str = r#"
CREATE TABLE sessions (id TEXT PRIMARY KEY, name TEXT NOT NULL, description TEXT NOT NULL, settings TEXT NOT NULL,
  revision INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE members (session TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE, user TEXT NOT NULL, place INTEGER NOT NULL,
  name TEXT NOT NULL, role TEXT NOT NULL, color INTEGER NOT NULL, only_terminal TEXT, PRIMARY KEY (session, user)) STRICT, WITHOUT ROWID;
CREATE TABLE tabs (session TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE, id TEXT NOT NULL, place INTEGER NOT NULL,
  number INTEGER NOT NULL, title TEXT, kind TEXT NOT NULL, layout TEXT NOT NULL, zoomed TEXT, PRIMARY KEY (session, id)) STRICT, WITHOUT ROWID;
CREATE TABLE panes (session TEXT NOT NULL, tab TEXT NOT NULL, id TEXT NOT NULL, place INTEGER NOT NULL,
  number INTEGER NOT NULL, terminal TEXT,
  directory TEXT, PRIMARY KEY (session, tab, id), FOREIGN KEY (session, tab) REFERENCES tabs ON DELETE CASCADE)
  STRICT, WITHOUT ROWID;
CREATE TABLE active_tabs (session TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE, user TEXT NOT NULL, tab TEXT NOT NULL,
  PRIMARY KEY (session, user)) STRICT, WITHOUT ROWID;
CREATE TABLE active_sessions (user TEXT PRIMARY KEY, session TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE)
  STRICT, WITHOUT ROWID;
INSERT INTO sessions VALUES ('s_0000000000001', 'old', '', '{"maxUsers": 2}', 12);
INSERT INTO members VALUES ('s_0000000000001', 'owner', 0, 'Ada', 'owner', 0, NULL);
INSERT INTO tabs VALUES ('s_0000000000001', 'b_0000000000002', 0, 1, NULL, 'terminal', '{"pane": "p_0000000000003"}', NULL);
INSERT INTO panes VALUES ('s_0000000000001', 'b_0000000000002', 'p_0000000000003', 0, 1, NULL, '/usr');
PRAGMA user_version = 1;
"#;

#[test]
fn a_database_of_the_first_version_is_taken_over() {
    let directory = tempfile::tempdir().unwrap();
    Connection::open(directory.path().join(FILE)).unwrap().execute_batch(FIRST).unwrap();
    let (store, saved) = open(directory.path());
    let [session] = &saved.sessions[..] else { panic!("{saved:?}") };
    assert_eq!((session.id, session.revision, session.settings.max_users), (SESSION, 12, 2));
    assert_eq!(session.tabs[0].panes[0].directory.as_deref(), Some("/usr"));
    save(&store, vec![said(1, 1), Change::Share(share(1))]);
    store.close();
    let (_store, saved) = open(directory.path());
    assert_eq!((saved.messages.len(), saved.shares.len()), (1, 1));
}

#[test]
fn a_database_of_a_newer_server_is_refused_by_name_and_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(FILE);
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 1_000).unwrap();
    let before = fs::read(&path).unwrap();
    let error = Store::open(directory.path(), unwatched()).unwrap_err().to_string();
    assert!(error.contains(path.to_str().unwrap()) && error.contains("version 1000"), "{error}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

/// Damages a database and returns what is in its place and beside it after it was opened.
#[track_caller]
fn check_damaged(damage: impl FnOnce(&mut Vec<u8>)) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(FILE);
    let (store, _) = open(directory.path());
    save(&store, (2..40).map(|id| a_session(SessionId::from_random(id))).collect());
    store.close();
    drop(store);
    let mut bytes = fs::read(&path).unwrap();
    damage(&mut bytes);
    fs::write(&path, &bytes).unwrap();

    let (store, saved) = open(directory.path());
    assert_eq!(saved, Saved::default());
    save(&store, vec![a_session(SESSION)]);
    let beside = fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().path());
    let aside: Vec<_> = beside.filter(|path| path.to_str().unwrap().contains("aetherterm.db.damaged-")).collect();
    assert!(aside.iter().any(|path| fs::read(path).unwrap() == bytes), "{aside:?}");
    drop(store);
    assert_eq!(open(directory.path()).1.sessions.len(), 1);
}

#[test]
fn a_damaged_database_is_kept_beside_a_new_one() {
    check_damaged(|bytes| *bytes = b"this is not a database, and has never been one".repeat(100));
    check_damaged(|bytes| bytes[..16].fill(0xff));
    // Whole pages of rubbish behind a good head.
    check_damaged(|bytes| bytes[4096..].fill(0x5a));
    check_damaged(|bytes| bytes.truncate(4096 * 2));
}

/// What became of how many changes.
type Fates = Arc<Mutex<Vec<(Fate, usize)>>>;

/// A store whose file cannot be there, because a directory has its name.
fn without_a_file(directory: &Path, backoff: Backoff) -> (Store, Fates) {
    fs::create_dir(directory.join(FILE)).unwrap();
    let fates = Fates::default();
    let witness = Arc::clone(&fates);
    let witness: Witness = Box::new(move |fate, changes| witness.lock().unwrap().push((fate, changes)));
    let (store, saved) = Store::open_trying(directory, witness, backoff).unwrap();
    assert_eq!((saved, store.condition()), (Saved::default(), Condition::Remembered));
    (store, fates)
}

#[test]
fn a_place_that_cannot_be_written_to_is_no_reason_not_to_start() {
    let directory = tempfile::tempdir().unwrap();
    let (store, fates) = without_a_file(directory.path(), Backoff::default());
    save(&store, vec![a_session(SESSION), said(1, 1)]);
    assert_eq!(page(&store, None, 1), [1]);
    assert_eq!(*fates.lock().unwrap(), [(Fate::Remembered, 2)]);
}

/// Everything that is remembered, in the order in which a session comes to it.
fn all_of_it() -> Vec<Change> {
    let read = ReadRecord { session: SESSION, user_id: "zoe".to_owned(), message: MessageId::from_random(7) };
    vec![
        a_session(SESSION),
        Change::Shown { user_id: "zoe".to_owned(), session: SESSION },
        Change::Share(share(1)),
        Change::Guest(guest("guest_1", 1)),
        said(7, 7),
        said(8, 7),
        Change::Read(read),
    ]
}

#[test]
fn what_was_only_remembered_is_written_down_once_there_is_a_place() {
    let directory = tempfile::tempdir().unwrap();
    let often = Backoff { first: Duration::from_millis(10), most: Duration::from_millis(40) };
    let (store, fates) = without_a_file(directory.path(), often);
    save(&store, all_of_it());
    fs::remove_dir(directory.path().join(FILE)).unwrap();
    // Nobody changes anything meanwhile.
    until(|| store.condition() == Condition::Stored);
    assert_eq!(fates.lock().unwrap().as_slice(), [(Fate::Remembered, 7), (Fate::Saved, 7)]);
    save(&store, vec![said(9, 8)]);
    assert_eq!(page(&store, None, 10), [9, 8]);
    store.close();

    let (_store, saved) = open(directory.path());
    assert_eq!((&saved.sessions[..], &saved.shares[..]), (&[session(SESSION)][..], &[share(1)][..]));
    assert_eq!((saved.guests.len(), saved.shown.len(), saved.reads.len(), saved.messages.len()), (1, 1, 1, 2));
}

#[test]
fn the_last_chance_to_write_down_what_is_remembered_is_the_end() {
    let directory = tempfile::tempdir().unwrap();
    let never = Backoff { first: Duration::MAX, most: Duration::MAX };
    let (store, _) = without_a_file(directory.path(), never);
    save(&store, all_of_it());
    fs::remove_dir(directory.path().join(FILE)).unwrap();
    store.close();
    assert_eq!(open(directory.path()).1.messages.len(), 2);
}

#[test]
fn a_database_that_turns_out_to_be_damaged_is_begun_anew_with_all_that_is_known() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(FILE);
    let fates = Fates::default();
    let witness = Arc::clone(&fates);
    let witness: Witness = Box::new(move |fate, changes| witness.lock().unwrap().push((fate, changes)));
    let often = Backoff { first: Duration::from_millis(10), most: Duration::from_millis(40) };
    let (store, _) = Store::open_trying(directory.path(), witness, often).unwrap();
    store.learn_from(|| all_of_it().into_iter().filter(|change| !matches!(change, Change::Message { .. })).collect());
    save(&store, all_of_it());
    // All of it is in the file and nothing of it in memory when the file becomes another.
    on_disk(&store, |connection| {
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
        connection.execute_batch("PRAGMA shrink_memory").unwrap();
    });
    let mut bytes = fs::read(&path).unwrap();
    bytes[4096..].fill(0x5a);
    fs::write(&path, &bytes).unwrap();

    save(&store, vec![said(9, 1)]);
    until(|| store.condition() == Condition::Stored);
    let (store_of, kept) = (|fate| move |(of, _): &&(Fate, usize)| *of == fate, fates.lock().unwrap().clone());
    assert_eq!(kept.iter().filter(store_of(Fate::Remembered)).count(), 1, "{kept:?}");
    assert_eq!(kept.iter().filter(store_of(Fate::Failed)).count(), 0, "{kept:?}");
    assert_eq!(page(&store, None, 10), [9]);
    store.close();
    let (_store, saved) = open(directory.path());
    assert_eq!((&saved.sessions[..], &saved.shares[..]), (&[session(SESSION)][..], &[share(1)][..]));
    assert_eq!((saved.guests.len(), saved.shown.len(), saved.reads.len()), (1, 1, 1));
    let beside = fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().path());
    assert!(beside.map(|path| path.display().to_string()).any(|path| path.contains(".damaged-")));
}

#[test]
fn what_a_place_has_held_before_is_still_there_after_the_return_to_it() {
    let directory = tempfile::tempdir().unwrap();
    let (other, aside) = (SessionId::from_random(2), directory.path().join("aside"));
    let (store, _) = open(directory.path());
    save(&store, vec![a_session(other), Change::Session(Box::new(SessionRecord { revision: 1, ..session(SESSION) }))]);
    store.close();
    fs::rename(directory.path().join(FILE), &aside).unwrap();
    let often = Backoff { first: Duration::from_millis(10), most: Duration::from_millis(40) };
    let (store, _) = without_a_file(directory.path(), often);
    save(&store, vec![a_session(SESSION)]);
    let held = hold(&store);
    fs::remove_dir(directory.path().join(FILE)).unwrap();
    fs::rename(&aside, directory.path().join(FILE)).unwrap();
    held.send(()).unwrap();
    until(|| store.condition() == Condition::Stored);
    store.close();
    let mut sessions = open(directory.path()).1.sessions;
    sessions.sort_by_key(|session| session.id);
    assert_eq!(sessions, [session(SESSION), session(other)]);
}
