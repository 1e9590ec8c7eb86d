use std::{collections::HashMap, sync::mpsc};

use super::{books::MAX_GUESTS, *};
use crate::store::Saved;

const SESSION: SessionId = SessionId::from_random(1);
const NOW: Micros = 1_790_000_000_000_000;
const WANTED: Wanted = Wanted { session: SESSION, terminal: None, role: MemberRole::Viewer, expires_at: None };

fn create(shares: &Shares, wanted: Wanted) -> (Link, String) {
    let (made, is_made) = mpsc::channel();
    shares.create(wanted, NOW, move |created| made.send(created).unwrap());
    let (link, secret) = is_made.recv().unwrap().unwrap();
    (link, secret.reveal().to_owned())
}

fn visit(shares: &Shares, secret: &str, now: Micros) -> Result<Guest, NoEntry> {
    let (made, is_made) = mpsc::channel();
    shares.visit(secret, now, move |guest| made.send(guest).unwrap())?;
    Ok(is_made.recv().unwrap())
}

#[test]
fn a_secret_opens_its_link_and_nothing_else_does() {
    let shares = Shares::for_tests();
    let (link, secret) = create(&shares, WANTED);
    let (other, _) = create(&shares, WANTED);
    assert_ne!(link.id, other.id);
    assert_eq!(secret.len(), 27, "160 bits");
    assert_eq!(shares.open(&secret, NOW), Ok(link));
    for wrong in ["", &secret[1..], &secret.to_uppercase(), &format!("{secret}A"), &link.id.to_string()] {
        assert_eq!(shares.open(wrong, NOW), Err(NoEntry::Unknown), "{wrong}");
    }
}

#[test]
fn each_visit_is_another_guest_with_the_next_name() {
    let shares = Shares::for_tests();
    let (_, secret) = create(&shares, WANTED);
    let (_, of_another_link) = create(&shares, WANTED);
    let (_, elsewhere) = create(&shares, Wanted { session: SessionId::from_random(2), ..WANTED });
    let name = |secret: &str| visit(&shares, secret, NOW).unwrap().user.name;
    assert_eq!(
        [name(&secret), name(&of_another_link), name(&secret), name(&elsewhere)],
        ["Guest Amber", "Guest Birch", "Guest Cedar", "Guest Amber"]
    );
    let (one, other) = (visit(&shares, &secret, NOW).unwrap(), visit(&shares, &secret, NOW).unwrap());
    assert_ne!(one.user.id, other.user.id);
    shares.dismiss(&one.user.id);
    assert_eq!(shares.guest(&one.user.id, NOW), None);
    assert_eq!(name(&secret), one.user.name, "a name that is free again comes first");
    let names: HashMap<_, _> = (0..100).map(|_| (name(&secret), ())).collect();
    assert_eq!(names.len(), 100);
}

#[test]
fn an_expired_link_says_so_and_lets_nobody_in() {
    let shares = Shares::for_tests();
    let end = NOW + 1_000_000;
    let (link, secret) = create(&shares, Wanted { expires_at: Some(end), ..WANTED });
    let guest = visit(&shares, &secret, end - 1).unwrap();
    assert_eq!((shares.next_expiry(), shares.expired(end - 1)), (Some(end), vec![]));
    assert_eq!(shares.guest(&guest.user.id, end), None, "nobody has to be told for that");
    assert_eq!(visit(&shares, &secret, end), Err(NoEntry::Expired));
    assert_eq!(shares.expired(end), [Ended { link, guests: vec![guest.user.id] }]);
    assert_eq!((shares.next_expiry(), shares.expired(end)), (None, vec![]), "once");
    assert_eq!(shares.open(&secret, end), Err(NoEntry::Expired));
    assert_eq!((shares.of_session(SESSION, end), shares.get(link.id, end)), (vec![], None));
}

#[test]
fn a_revoked_link_is_as_if_it_had_never_been() {
    let shares = Shares::for_tests();
    let (link, secret) = create(&shares, WANTED);
    let guest = visit(&shares, &secret, NOW).unwrap().user.id;
    assert_eq!(shares.revoke(link.id, || {}), Some(Ended { link, guests: vec![guest.clone()] }));
    assert_eq!(visit(&shares, &secret, NOW), Err(NoEntry::Unknown));
    assert_eq!((shares.guest(&guest, NOW), shares.revoke(link.id, || {})), (None, None));
}

#[test]
fn the_owner_sees_the_newest_link_first_and_who_is_here() {
    let shares = Shares::for_tests();
    let (first, secret) = create(&shares, WANTED);
    let (sent, made) = mpsc::channel();
    shares.create(WANTED, NOW + 1, move |created| sent.send(created).unwrap());
    let (second, _) = made.recv().unwrap().unwrap();
    let guest = visit(&shares, &secret, NOW).unwrap().user.id;
    visit(&shares, &secret, NOW).unwrap();
    shares.came(&guest);
    shares.came(&guest);
    assert_eq!(shares.of_session(SESSION, NOW), [(second, 0), (first, 1)]);
    shares.went(&guest);
    assert_eq!(shares.of_session(SESSION, NOW)[1].1, 1);
    shares.went(&guest);
    assert_eq!(shares.of_session(SESSION, NOW)[1].1, 0);
}

fn is_full(shares: &Shares) -> bool {
    let (told, is_told) = mpsc::channel();
    shares.create(WANTED, NOW, move |created| told.send(created.is_err()).unwrap());
    is_told.recv().unwrap()
}

#[test]
fn links_have_a_limit_and_expired_ones_make_room() {
    let shares = Shares::for_tests();
    let (expired, secret) = create(&shares, Wanted { expires_at: Some(NOW + 1), ..WANTED });
    for _ in 1..MAX_LINKS {
        create(&shares, WANTED);
    }
    assert!(is_full(&shares));
    assert_eq!(shares.expired(NOW + 1)[0].link, expired);
    create(&shares, WANTED);
    assert_eq!(shares.open(&secret, NOW + 1), Err(NoEntry::Unknown));
    assert!(is_full(&shares));
}

#[test]
fn whoever_is_not_here_is_forgotten_first() {
    let shares = Shares::for_tests();
    let (_, secret) = create(&shares, WANTED);
    let here = visit(&shares, &secret, NOW).unwrap().user.id;
    shares.came(&here);
    let first = visit(&shares, &secret, NOW).unwrap().user.id;
    for _ in 2..=MAX_GUESTS {
        visit(&shares, &secret, NOW).unwrap();
    }
    assert!(shares.guest(&here, NOW).is_some());
    assert_eq!(shares.guest(&first, NOW), None);
}

#[test]
fn links_and_guests_outlive_the_server_and_the_secret_is_nowhere() {
    let directory = tempfile::tempdir().unwrap();
    let open = || {
        let (store, Saved { shares, guests, .. }) = Store::open(directory.path(), Box::new(|_, _| {})).unwrap();
        (Shares::new(store.clone(), shares, guests), store)
    };
    let (shares, store) = open();
    let session = crate::store::SessionRecord {
        id: SESSION,
        name: String::new(),
        description: String::new(),
        settings: app::protocol::workspace::SessionSettings::default(),
        revision: 1,
        members: Vec::new(),
        tabs: Vec::new(),
    };
    store.save(vec![Change::Session(Box::new(session))], || {});
    let (link, secret) = create(&shares, WANTED);
    let guest = visit(&shares, &secret, NOW).unwrap();
    shares.admit(&guest.user.id);
    store.close();

    let mut written = Vec::new();
    for entry in std::fs::read_dir(directory.path()).unwrap() {
        written.extend(std::fs::read(entry.unwrap().path()).unwrap());
    }
    let has = |text: &str| memchr::memmem::find(&written, text.as_bytes()).is_some();
    assert!(has(&link.id.to_string()) && has(&guest.user.id));
    assert!(!has(&secret));

    let (shares, _store) = open();
    assert_eq!(shares.open(&secret, NOW), Ok(link));
    assert_eq!(shares.guest(&guest.user.id, NOW), Some(Guest { is_admitted: true, ..guest }));
}
