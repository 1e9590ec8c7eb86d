//! What the people of sessions say to each other, and how far each has read. The words are in the store alone; what is kept here
//! is which messages there are.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use app::{
    protocol::{MessageId, SessionId, message::MessageKind},
    tracking::Micros,
};

use crate::store::{Change, MessageIndex, MessageRecord, Page, ReadRecord, Store};

/// How many messages of a session are kept, the newest.
const KEPT: usize = 10_000;

/// What somebody has read who came before anything was said: ids are times, and nobody said anything in 1970.
const NOTHING: MessageId = MessageId::from_random(1);

/// All messages of a server. Clones are the same.
#[derive(Clone, Debug)]
pub struct Chat {
    /// Locked for a few lines at a time, never across an await.
    talks: Arc<Mutex<HashMap<SessionId, Talk>>>,
    store: Store,
}

/// Something that is being said.
#[derive(Clone, Debug)]
pub struct Saying {
    /// To which session.
    pub session: SessionId,
    /// By whom.
    pub user_id: String,
    /// The name they have.
    pub name: String,
    /// What kind of message it is.
    pub kind: MessageKind,
    /// What.
    pub content: String,
    /// What a program adds, as JSON.
    pub metadata: Option<String>,
}

/// What was said in one session.
#[derive(Debug, Default)]
struct Talk {
    /// In the order of their ids.
    messages: VecDeque<(MessageId, Arc<str>)>,
    /// The last message that each has read.
    reads: HashMap<String, MessageId>,
}

impl Chat {
    /// The messages that were there before.
    pub fn new(store: Store, messages: Vec<MessageIndex>, reads: Vec<ReadRecord>) -> Self {
        let mut talks: HashMap<_, Talk> = HashMap::new();
        for MessageIndex { session, id, user_id } in messages {
            talks.entry(session).or_default().messages.push_back((id, user_id.into()));
        }
        for ReadRecord { session, user_id, message } in reads {
            talks.entry(session).or_default().reads.insert(user_id, message);
        }
        Self { talks: Arc::new(Mutex::new(talks)), store }
    }

    /// Says something; `then` is told of it once it is stored, of two messages of the earlier one first.
    pub fn say(&self, saying: Saying, now: Micros, then: impl FnOnce(MessageRecord) + Send + 'static) {
        let Saying { session, user_id, name, kind, content, metadata } = saying;
        let mut talks = self.talks();
        let talk = talks.entry(session).or_default();
        let id = talk.next_id(now);
        talk.messages.push_back((id, user_id.as_str().into()));
        if talk.messages.len() > KEPT {
            talk.messages.pop_front();
        }
        let oldest = talk.messages.front().map_or(id, |(oldest, _)| *oldest);
        let message = MessageRecord { id, session, user_id, name, kind, content, metadata, sent_at: now };
        // Queued under the lock, so that the order of ids is the order in which everybody hears.
        self.store.save(vec![Change::Message { message: message.clone(), oldest }], move || then(message));
    }

    /// Reads what was said before a message, or the newest, the newest first.
    pub fn page(
        &self,
        session: SessionId,
        before: Option<MessageId>,
        limit: u32,
        then: impl FnOnce(Page) + Send + 'static,
    ) {
        self.store.messages(session, before, limit, then);
    }

    /// Whether there is such a message.
    pub fn has(&self, session: SessionId, message: MessageId) -> bool {
        self.talks().get(&session).is_some_and(|talk| talk.has(message))
    }

    /// Notes that somebody has read up to a message, of which `then` is told once it is stored; nobody reads backwards.
    pub fn read(
        &self,
        session: SessionId,
        user_id: &str,
        message: MessageId,
        then: impl FnOnce(MessageId, u64) + Send + 'static,
    ) {
        let mut talks = self.talks();
        let talk = talks.entry(session).or_default();
        let read = talk.reads.get(user_id).copied().unwrap_or(message).max(message);
        talk.reads.insert(user_id.to_owned(), read);
        let unread = talk.unread(user_id);
        let record = ReadRecord { session, user_id: user_id.to_owned(), message: read };
        self.store.save(vec![Change::Read(record)], move || then(read, unread));
    }

    /// The last message that somebody has read.
    pub fn last_read(&self, session: SessionId, user_id: &str) -> Option<MessageId> {
        self.talks().get(&session)?.reads.get(user_id).copied().filter(|message| *message != NOTHING)
    }

    /// How many messages of others somebody has not read.
    pub fn unread(&self, session: SessionId, user_id: &str) -> u64 {
        self.talks().get(&session).map_or(0, |talk| talk.unread(user_id))
    }

    /// Somebody has come: what was said before is there to be read, and nothing that waits for them. Who was only away finds
    /// what was said meanwhile unread.
    pub fn joined(&self, session: SessionId, user_id: &str) {
        let mut talks = self.talks();
        let talk = talks.entry(session).or_default();
        if talk.reads.contains_key(user_id) {
            return;
        }
        let message = talk.messages.back().map_or(NOTHING, |(message, _)| *message);
        talk.reads.insert(user_id.to_owned(), message);
        let record = ReadRecord { session, user_id: user_id.to_owned(), message };
        self.store.save(vec![Change::Read(record)], || {});
    }

    /// Somebody is no member any more.
    pub fn left(&self, session: SessionId, user_id: &str) {
        let mut talks = self.talks();
        if talks.get_mut(&session).is_some_and(|talk| talk.reads.remove(user_id).is_some()) {
            self.store.save(vec![Change::ReadForgotten { session, user_id: user_id.to_owned() }], || {});
        }
    }

    /// Forgets how far those have read who do not come back.
    pub fn forget_readers(&self, session: SessionId, is_gone: impl Fn(&str) -> bool) {
        let mut talks = self.talks();
        let readers = talks.get(&session).into_iter().flat_map(|talk| talk.reads.keys());
        let gone: Vec<_> = readers.filter(|user| is_gone(user)).cloned().collect();
        let Some(talk) = talks.get_mut(&session).filter(|_| !gone.is_empty()) else { return };
        talk.reads.retain(|user, _| !gone.contains(user));
        let forgotten = gone.into_iter().map(|user_id| Change::ReadForgotten { session, user_id });
        self.store.save(forgotten.collect(), || {});
    }

    /// How far everybody has read, as it is stored.
    pub fn records(&self) -> Vec<Change> {
        let mut records = Vec::new();
        for (&session, talk) in &*self.talks() {
            let read = |(user, &message): (&String, _)| ReadRecord { session, user_id: user.clone(), message };
            records.extend(talk.reads.iter().map(read).map(Change::Read));
        }
        records
    }

    /// A session is no more; the store forgets its messages with it.
    pub fn forget(&self, session: SessionId) {
        self.talks().remove(&session);
    }

    fn talks(&self) -> MutexGuard<'_, HashMap<SessionId, Talk>> {
        // Every change leaves the talks whole at each step, so those of a panicked thread are still good.
        self.talks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Talk {
    /// The time, but later than all before, also when the clock was set back.
    fn next_id(&self, now: Micros) -> MessageId {
        let id = MessageId::from_random(now);
        self.messages.back().map_or(id, |(last, _)| id.max(last.next()))
    }

    fn has(&self, message: MessageId) -> bool {
        self.messages.binary_search_by_key(&message, |(id, _)| *id).is_ok()
    }

    fn unread(&self, user_id: &str) -> u64 {
        let first = match self.reads.get(user_id) {
            Some(read) => self.messages.partition_point(|(id, _)| id <= read),
            None => 0,
        };
        self.messages.range(first..).filter(|(_, author)| **author != *user_id).count() as u64
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const SESSION: SessionId = SessionId::from_random(1);

    fn chat() -> Chat {
        let store = Store::in_memory(Box::new(|_, _| {})).unwrap();
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
        Chat::new(store, Vec::new(), Vec::new())
    }

    fn say(chat: &Chat, by: &str, now: Micros) -> MessageId {
        let (said, is_said) = mpsc::channel();
        let (user_id, name, content) = (by.to_owned(), by.to_uppercase(), format!("at {now}"));
        let saying = Saying { session: SESSION, user_id, name, kind: MessageKind::Text, content, metadata: None };
        chat.say(saying, now, move |message| said.send(message.id).unwrap());
        is_said.recv().unwrap()
    }

    fn read(chat: &Chat, by: &str, message: MessageId) -> (MessageId, u64) {
        let (noted, is_noted) = mpsc::channel();
        chat.read(SESSION, by, message, move |read, unread| noted.send((read, unread)).unwrap());
        is_noted.recv().unwrap()
    }

    #[test]
    fn ids_grow_with_time_and_never_fall_with_the_clock() {
        let chat = chat();
        let ids: Vec<_> = [5_000, 5_000, 4_000, 7_000].map(|now| say(&chat, "ada", now)).into();
        assert!(ids.is_sorted_by(|one, other| one < other), "{ids:?}");
        assert_eq!(ids[3], MessageId::from_random(7_000));
    }

    #[test]
    fn what_others_have_said_since_is_unread() {
        let chat = chat();
        let ids: Vec<_> = (1..=4).map(|now| say(&chat, if now == 3 { "eve" } else { "ada" }, now)).collect();
        assert_eq!((chat.unread(SESSION, "eve"), chat.unread(SESSION, "ada")), (3, 1));
        assert_eq!(read(&chat, "eve", ids[1]), (ids[1], 1));
        assert_eq!(read(&chat, "eve", ids[0]), (ids[1], 1), "nobody reads backwards");
        assert_eq!(chat.last_read(SESSION, "eve"), Some(ids[1]));
        assert!(chat.has(SESSION, ids[0]) && !chat.has(SESSION, MessageId::from_random(9)));
        chat.joined(SESSION, "bob");
        assert_eq!(chat.unread(SESSION, "bob"), 0);
        say(&chat, "ada", 5);
        assert_eq!(chat.unread(SESSION, "bob"), 1);
        chat.joined(SESSION, "bob");
        assert_eq!(chat.unread(SESSION, "bob"), 1, "they were only away");
        chat.forget_readers(SESSION, |user| user == "bob");
        chat.joined(SESSION, "bob");
        assert_eq!(chat.unread(SESSION, "bob"), 0, "they come anew");
    }

    #[test]
    fn who_came_before_anything_was_said_and_was_away_has_all_of_it_to_read() {
        let chat = chat();
        chat.joined(SESSION, "bob");
        assert_eq!(chat.last_read(SESSION, "bob"), None);
        say(&chat, "ada", 2);
        chat.joined(SESSION, "bob");
        assert_eq!(chat.unread(SESSION, "bob"), 1);
    }

    #[test]
    fn the_newest_messages_are_kept() {
        let chat = chat();
        let first = say(&chat, "ada", 1);
        for now in 2..=KEPT as u64 + 1 {
            say(&chat, "ada", now);
        }
        assert_eq!(chat.unread(SESSION, "eve"), KEPT as u64);
        assert!(!chat.has(SESSION, first));
        let (page, is_read) = mpsc::channel();
        chat.page(SESSION, Some(MessageId::from_random(4)), 10, move |read| page.send(read).unwrap());
        let times: Vec<_> = is_read.recv().unwrap().unwrap().into_iter().map(|message| message.sent_at).collect();
        assert_eq!(times, [3, 2]);
    }
}
