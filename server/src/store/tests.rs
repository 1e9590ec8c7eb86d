mod file;

use std::{
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use app::protocol::{
    MessageId, PaneId, SessionId, ShareId, TabId, TerminalId,
    layout::{Direction, Layout},
    message::MessageKind,
    workspace::{MemberRole, SessionSettings, TabKind},
};

use super::*;

/// Longer than any disk takes.
const PATIENCE: Duration = Duration::from_secs(20);

const SESSION: SessionId = SessionId::from_random(1);

fn unwatched() -> Witness {
    Box::new(|_, _| {})
}

fn open(directory: &Path) -> (Store, Saved) {
    Store::open(directory, unwatched()).unwrap()
}

/// Saves and waits until that is done.
fn save(store: &Store, changes: Vec<Change>) {
    let (done, is_done) = mpsc::channel();
    store.save(changes, move || done.send(()).unwrap());
    is_done.recv_timeout(PATIENCE).unwrap();
}

/// Waits for a condition.
fn until(mut condition: impl FnMut() -> bool) {
    let deadline = std::time::Instant::now() + PATIENCE;
    while !condition() {
        assert!(std::time::Instant::now() < deadline, "it never comes");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Holds up the thread that writes until something is sent.
fn hold(store: &Store) -> mpsc::Sender<()> {
    let (held, is_held) = mpsc::channel();
    store.0.queue.ask(Box::new(move |_| assert_eq!(is_held.recv_timeout(PATIENCE), Ok(()))));
    held
}

/// Does something with the connection of the thread that writes.
fn on_disk(store: &Store, act: impl FnOnce(&Connection) + Send + 'static) {
    let (done, is_done) = mpsc::channel();
    store.0.queue.ask(Box::new(move |connection| {
        act(connection.unwrap());
        done.send(()).unwrap();
    }));
    is_done.recv_timeout(PATIENCE).unwrap();
}

fn session(id: SessionId) -> SessionRecord {
    let (left, right) = (PaneId::from_random(1), PaneId::from_random(2));
    let part = |pane| Box::new(Layout::Pane { pane });
    let layout = Layout::Split { split: Direction::Vertical, ratio: 0.3, first: part(left), second: part(right) };
    let terminal = Some(TerminalId::from_random(u64::MAX));
    let panes = vec![
        PaneRecord { id: left, number: 1, terminal, directory: Some("/äö".to_owned()) },
        PaneRecord { id: right, number: 3, terminal: None, directory: None },
    ];
    let (tab, other) = (TabId::from_random(9), TabId::from_random(3));
    let empty = vec![PaneRecord { id: left, number: 1, terminal: None, directory: None }];
    let member = |user: &str, role, active_tab| MemberRecord {
        user_id: user.to_owned(),
        name: user.to_uppercase(),
        role,
        color: 7,
        only: (role == MemberRole::Viewer).then_some(TerminalId::from_random(4)),
        active_tab,
    };
    SessionRecord {
        id,
        name: "'); DROP TABLE tabs; --".to_owned(),
        description: "what\nfor".to_owned(),
        settings: SessionSettings { max_users: 3, require_approval_for_join: true, ..SessionSettings::default() },
        revision: 41,
        members: vec![
            member("zoe", MemberRole::Owner, Some(other)),
            member("ada", MemberRole::Viewer, None),
            member("guest_1", MemberRole::Collaborator, Some(tab)),
        ],
        tabs: vec![
            TabRecord { id: tab, number: 1, title: None, kind: TabKind::Terminal, layout, zoomed: Some(right), panes },
            TabRecord {
                id: other,
                number: 4,
                title: Some("logs".to_owned()),
                kind: TabKind::AiAssistant,
                layout: *part(left),
                zoomed: None,
                panes: empty,
            },
        ],
    }
}

fn share(id: u64) -> ShareRecord {
    ShareRecord {
        id: ShareId::from_random(id),
        session: SESSION,
        terminal: Some(TerminalId::from_random(5)),
        role: MemberRole::Viewer,
        hash: [u8::try_from(id).unwrap(); 32],
        created_at: 1_790_000_000_000_000,
        expires_at: Some(1_790_000_001_000_000),
    }
}

fn guest(id: &str, share: u64) -> GuestRecord {
    let share = ShareId::from_random(share);
    let role = id.ends_with('1').then_some(MemberRole::Collaborator);
    GuestRecord { id: id.to_owned(), share, name: "Guest Amber".to_owned(), is_admitted: true, role }
}

fn message(id: u64) -> MessageRecord {
    MessageRecord {
        id: MessageId::from_random(id),
        session: SESSION,
        user_id: "ada".to_owned(),
        name: "Ada".to_owned(),
        kind: MessageKind::Command,
        content: format!("message {id}"),
        metadata: Some("{\"a\":1}".to_owned()),
        sent_at: id,
    }
}

fn said(id: u64, oldest: u64) -> Change {
    Change::Message { message: message(id), oldest: MessageId::from_random(oldest) }
}

fn a_session(id: SessionId) -> Change {
    Change::Session(Box::new(session(id)))
}

fn page(store: &Store, before: Option<u64>, limit: u32) -> Vec<u64> {
    let (read, is_read) = mpsc::channel();
    store.messages(SESSION, before.map(MessageId::from_random), limit, move |page| read.send(page).unwrap());
    is_read.recv_timeout(PATIENCE).unwrap().unwrap().iter().map(|message| message.sent_at).collect()
}

#[test]
fn everything_is_there_again() {
    let directory = tempfile::tempdir().unwrap();
    let (store, saved) = open(directory.path());
    assert_eq!(saved, Saved::default());
    let read = ReadRecord { session: SESSION, user_id: "zoe".to_owned(), message: MessageId::from_random(7) };
    save(&store, vec![a_session(SESSION), Change::Shown { user_id: "zoe".to_owned(), session: SESSION }]);
    save(&store, vec![Change::Share(share(1)), Change::Guest(guest("guest_1", 1))]);
    save(&store, vec![said(7, 7), said(8, 7), Change::Read(read.clone())]);
    store.close();

    let (_store, saved) = open(directory.path());
    let index = |id| MessageIndex { session: SESSION, id: MessageId::from_random(id), user_id: "ada".to_owned() };
    let expected = Saved {
        sessions: vec![session(SESSION)],
        shown: vec![("zoe".to_owned(), SESSION)],
        shares: vec![share(1)],
        guests: vec![guest("guest_1", 1)],
        messages: vec![index(7), index(8)],
        reads: vec![read],
    };
    assert_eq!(saved, expected);
}

#[test]
fn the_later_of_two_records_counts_and_what_is_gone_is_gone_with_all_that_belongs_to_it() {
    let directory = tempfile::tempdir().unwrap();
    let (store, _) = open(directory.path());
    let other = SessionId::from_random(2);
    let mut changed = SessionRecord { revision: 42, ..session(SESSION) };
    changed.tabs.remove(0);
    changed.members.pop();
    save(&store, vec![a_session(SESSION), a_session(other)]);
    save(&store, vec![Change::Session(Box::new(changed.clone())), said(1, 1), Change::Share(share(1))]);
    save(&store, vec![Change::Share(share(2)), Change::Guest(guest("a", 1)), Change::Guest(guest("b", 2))]);
    save(&store, vec![Change::SessionGone(other)]);
    save(&store, vec![Change::ShareGone(ShareId::from_random(1))]);
    store.close();

    let (store, saved) = open(directory.path());
    assert_eq!(saved.sessions, [changed]);
    assert_eq!((saved.shares, saved.guests), (vec![share(2)], vec![guest("b", 2)]));
    save(&store, vec![Change::SessionGone(SESSION)]);
    store.close();
    assert_eq!(open(directory.path()).1, Saved::default());
}

#[test]
fn messages_are_read_by_the_page_and_the_oldest_are_forgotten() {
    let store = Store::in_memory(unwatched()).unwrap();
    save(&store, vec![a_session(SESSION)]);
    for id in 1..=9 {
        store.save(vec![said(id, id.saturating_sub(5).max(1))], || {});
    }
    assert_eq!(page(&store, None, 3), [9, 8, 7]);
    assert_eq!(page(&store, Some(7), 3), [6, 5, 4]);
    assert_eq!(page(&store, Some(5), 100), [4], "three were forgotten");
}

#[test]
fn what_follows_changes_comes_in_their_order() {
    let store = Store::in_memory(unwatched()).unwrap();
    let told: Arc<Mutex<Vec<u64>>> = Arc::default();
    for number in 0..1_000 {
        let told = Arc::clone(&told);
        store.save(vec![a_session(SESSION)], move || {
            assert_ne!(number, 500, "one that fails takes nobody with it");
            told.lock().unwrap().push(number);
        });
    }
    store.close();
    assert_eq!(*told.lock().unwrap(), (0..1_000).filter(|number| *number != 500).collect::<Vec<_>>());
}

#[test]
fn a_disk_that_is_too_slow_is_not_waited_for_and_the_order_is_kept() {
    let store = Store::in_memory(unwatched()).unwrap();
    let (held, is_held) = mpsc::channel::<()>();
    // What follows the first change takes its time.
    store.save(Vec::new(), move || assert_eq!(is_held.recv_timeout(PATIENCE), Ok(())));
    let (told, is_told) = mpsc::channel();
    let mut number = 0;
    while number < 10_000 {
        let told = told.clone();
        store.save(vec![a_session(SESSION)], move || told.send(number).unwrap());
        number += 1;
    }
    assert_eq!(is_told.try_recv().ok(), None);
    held.send(()).unwrap();
    for expected in 0..number {
        assert_eq!(is_told.recv_timeout(PATIENCE), Ok(expected));
    }
}

#[test]
fn while_a_disk_hangs_what_was_to_follow_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let (store, _) = open(directory.path());
    // Somebody else has the database, for longer than it takes to queue all this.
    let other = Connection::open(directory.path().join(FILE)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (told, is_told) = mpsc::channel();
    for number in 0..5_000 {
        let told = told.clone();
        store.save(vec![a_session(SESSION)], move || told.send(number).unwrap());
    }
    assert_eq!(is_told.recv_timeout(PATIENCE), Ok(0), "who asked first is answered before the disk has anything");
    other.execute_batch("ROLLBACK").unwrap();
    store.close();
    assert_eq!(open(directory.path()).1.sessions.len(), 1);
}

#[test]
fn what_cannot_be_written_is_told_all_the_same_and_written_with_the_next_change() {
    let directory = tempfile::tempdir().unwrap();
    let fates: Arc<Mutex<Vec<(Fate, usize)>>> = Arc::default();
    let witness = Arc::clone(&fates);
    let witness: Witness = Box::new(move |fate, changes| witness.lock().unwrap().push((fate, changes)));
    // Nothing is tried again by itself.
    let never = Backoff { first: Duration::MAX, most: Duration::MAX };
    let (store, _) = Store::open_trying(directory.path(), witness, never).unwrap();
    save(&store, vec![a_session(SESSION)]);
    let pages = |store: &Store, limit: u32| {
        on_disk(store, move |connection| connection.pragma_update(None, "max_page_count", limit).unwrap());
    };
    // The database may not grow: what a full disk looks like from here.
    pages(&store, 1);
    let long = || MessageRecord { content: "x".repeat(100_000), ..message(3) };
    save(&store, vec![Change::Message { message: long(), oldest: MessageId::from_random(1) }]);
    save(&store, vec![said(4, 1)]);
    pages(&store, 1_000_000);
    save(&store, vec![said(5, 1)]);
    assert_eq!(page(&store, None, 10), [5, 4, 3]);
    // The third attempt comes with the question that gives the database room.
    let expected = [(Fate::Saved, 1), (Fate::Failed, 1), (Fate::Failed, 2), (Fate::Failed, 2), (Fate::Saved, 3)];
    assert_eq!(*fates.lock().unwrap(), expected);
}

#[test]
fn what_could_not_be_written_is_tried_again_by_itself() {
    let directory = tempfile::tempdir().unwrap();
    let often = Backoff { first: Duration::from_millis(10), most: Duration::from_millis(40) };
    let (store, _) = Store::open_trying(directory.path(), unwatched(), often).unwrap();
    // The database may not grow, until somebody else makes room.
    on_disk(&store, |connection| connection.pragma_update(None, "max_page_count", 1).unwrap());
    let long = MessageRecord { content: "x".repeat(100_000), ..message(1) };
    save(&store, vec![a_session(SESSION), Change::Message { message: long, oldest: MessageId::from_random(1) }]);
    assert_eq!(store.condition(), Condition::Behind);
    on_disk(&store, |connection| connection.pragma_update(None, "max_page_count", 1_000_000).unwrap());
    until(|| store.condition() == Condition::Stored);
    assert_eq!(page(&store, None, 10), [1]);
}

#[test]
fn a_change_that_never_fits_holds_up_nobody() {
    let directory = tempfile::tempdir().unwrap();
    let (store, _) = open(directory.path());
    let (orphan, of_nobody) = (said(1, 1), Change::Guest(guest("a", 1)));
    let held = hold(&store);
    store.save(vec![orphan], || {});
    store.save(vec![a_session(SESSION), of_nobody], || {});
    held.send(()).unwrap();
    store.close();
    let (_store, saved) = open(directory.path());
    assert_eq!((saved.sessions.len(), saved.guests, saved.messages), (1, vec![], vec![]));
}

#[test]
fn questions_have_a_limit_and_who_asks_beyond_it_is_told_so() {
    let store = Store::in_memory(unwatched()).unwrap();
    let held = hold(&store);
    let (read, is_read) = mpsc::channel();
    for _ in 0..1_000 {
        let read = read.clone();
        store.messages(SESSION, None, 1, move |page| read.send(page).unwrap());
    }
    held.send(()).unwrap();
    let pages: Vec<_> = (0..1_000).map(|_| is_read.recv_timeout(PATIENCE).unwrap()).collect();
    let refused = pages.iter().filter(|page| **page == Err(Unread::Busy)).count();
    assert!(refused > 0 && refused < 1_000, "{refused}");
    assert_eq!(pages.iter().filter(|page| page.is_ok()).count(), 1_000 - refused);
}
