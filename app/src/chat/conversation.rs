//! One conversation: the newest messages in their order, how far they were read, and how they stand on the page.

use std::sync::Arc;

use crate::{
    monitor::Timestamp,
    protocol::{
        MessageId,
        message::{MessagesListed, SessionMessage},
    },
};

/// The most messages of a conversation that a window keeps: twenty pages, more than anybody reads in one sitting.
pub const KEPT: usize = 2_000;

/// Messages of one author within this time stand under one name, in microseconds.
const TOGETHER: u64 = 5 * 60 * 1_000_000;
/// A day, in microseconds.
const DAY: i64 = 86_400 * 1_000_000;

/// What was said in a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conversation {
    /// The oldest first; of two, the later one has the greater id.
    messages: Vec<Arc<SessionMessage>>,
    loading: Loading,
    /// Whether there are older ones on the server.
    more: bool,
    /// The last message that was read.
    read: Option<MessageId>,
    /// What was the last one read when the reader came to look, where more followed; nobody's when they had read none.
    divider: Option<MessageId>,
}

/// How much of a conversation is known to be here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Loading {
    /// Nothing has been asked for.
    #[default]
    Unasked,
    /// What is here may lack the newest messages.
    Outdated,
    /// The newest messages are here.
    Current,
}

/// A line of a conversation on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A day begins: days since 1970, by the reader's clock.
    Day(i64),
    /// From here on nothing was read when the reader came to look.
    Unread,
    /// A message.
    Message {
        /// What was said.
        message: Arc<SessionMessage>,
        /// Whether the name and the time stand above it: it is not the next one of the same author.
        headed: bool,
    },
}

impl Conversation {
    /// How much is here.
    #[must_use]
    pub fn loading(&self) -> Loading {
        self.loading
    }

    /// Whether nothing has been said, as far as is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// Whether there are older messages that this window may ask for.
    #[must_use]
    pub fn has_older(&self) -> bool {
        self.more && self.messages.len() < KEPT
    }

    /// The first message that is here.
    #[must_use]
    pub fn oldest(&self) -> Option<MessageId> {
        self.messages.first().map(|message| message.id)
    }

    /// The last message that is here.
    #[must_use]
    pub fn newest(&self) -> Option<&Arc<SessionMessage>> {
        self.messages.last()
    }

    /// The message that is to be marked as read: the last one, unless it is marked.
    #[must_use]
    pub fn to_mark(&self) -> Option<MessageId> {
        let newest = self.newest()?.id;
        (self.read < Some(newest)).then_some(newest)
    }

    /// Takes a message that has just been said, unless it is here already.
    pub fn hear(&mut self, message: SessionMessage) {
        if let Err(place) = self.messages.binary_search_by_key(&message.id, |known| known.id) {
            self.messages.insert(place, Arc::new(message));
            self.let_go();
        }
    }

    /// Takes a page: the newest messages, or older ones.
    pub fn fill(&mut self, page: MessagesListed) {
        let (first, last) =
            (page.messages.first().map(|message| message.id), page.messages.last().map(|message| message.id));
        let is_older = last.is_some_and(|last| self.oldest().is_some_and(|oldest| last < oldest));
        let is_last = page.messages.is_empty();
        // A page of the newest that does not reach what is here leaves a gap behind it, which nothing would ever fill.
        let gap = self.loading == Loading::Outdated && !is_older && first > self.newest().map(|newest| newest.id);
        if gap {
            self.messages.clear();
        }
        let begins = self.oldest().is_none_or(|oldest| first.is_some_and(|first| first < oldest));
        // What was heard before anything was asked for may reach further back than the first page.
        if begins || is_last || self.loading == Loading::Unasked {
            self.more = page.more;
        }
        for message in page.messages {
            self.hear(message);
        }
        if !is_older {
            self.loading = Loading::Current;
        }
        self.read = self.read.max(page.read);
    }

    /// What was said while the link was broken is not here.
    pub fn outdate(&mut self) {
        if self.loading == Loading::Current {
            self.loading = Loading::Outdated;
        }
    }

    /// The reader has read so far, here or in another window.
    pub fn read_up_to(&mut self, message: MessageId) {
        self.read = self.read.max(Some(message));
    }

    /// The reader comes to look: what is unread now stands below a line, for as long as they look.
    pub fn look(&mut self) {
        self.divider = self.to_mark().map(|_| self.read.unwrap_or(MessageId::NOBODY));
    }

    /// The reader looks away.
    pub fn look_away(&mut self) {
        self.divider = None;
    }

    /// How it stands on the page of a reader whose clock is `offset_minutes` ahead of UTC, whose id is `me`.
    #[must_use]
    pub fn lines(&self, offset_minutes: i32, me: &str) -> Vec<Line> {
        let mut lines = Vec::with_capacity(self.messages.len() + 8);
        let mut before: Option<(&SessionMessage, u64, i64)> = None;
        // Where all has been read by the reader, or said, there is no line to draw.
        let mut divided = self.divider.is_none();
        for message in &self.messages {
            let sent = message.sent_at.parse::<Timestamp>().map_or(0, |at| at.0);
            let local = i64::try_from(sent).unwrap_or(i64::MAX).saturating_add(i64::from(offset_minutes) * 60_000_000);
            let day = local.div_euclid(DAY);
            let new_day = before.is_none_or(|(.., before)| before != day);
            if new_day {
                lines.push(Line::Day(day));
            }
            let unread = !divided && Some(message.id) > self.divider && message.from.user_id != me;
            if unread {
                divided = true;
                lines.push(Line::Unread);
            }
            let follows = before.is_some_and(|(known, at, _)| {
                known.from.user_id == message.from.user_id && sent.saturating_sub(at) < TOGETHER
            });
            lines.push(Line::Message { message: message.clone(), headed: new_day || unread || !follows });
            before = Some((message, sent, day));
        }
        lines
    }

    fn let_go(&mut self) {
        let surplus = self.messages.len().saturating_sub(KEPT);
        if surplus > 0 {
            self.messages.drain(..surplus);
            self.more = true;
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::protocol::{
        SessionId,
        message::{Author, MessageKind},
    };

    const ME: &str = "bob";

    /// A message with the id `id`, said `id` minutes after noon.
    pub fn message(id: u64, from: &str) -> SessionMessage {
        SessionMessage {
            id: MessageId::from_random(id),
            session_id: SessionId::from_random(1),
            from: Author { user_id: from.to_owned(), name: from.to_owned() },
            kind: MessageKind::Text,
            content: format!("message {id}"),
            metadata: None,
            sent_at: Timestamp(1_790_078_400_000_000 + id * 60_000_000).to_string(),
        }
    }

    fn page(ids: impl IntoIterator<Item = u64>, more: bool, read: Option<u64>) -> MessagesListed {
        MessagesListed {
            session_id: SessionId::from_random(1),
            messages: ids.into_iter().map(|id| message(id, "ada")).collect(),
            more,
            read: read.map(MessageId::from_random),
        }
    }

    fn ids(conversation: &Conversation) -> Vec<u64> {
        (1..=KEPT as u64 + 100)
            .filter(|id| conversation.messages.iter().any(|known| known.id == MessageId::from_random(*id)))
            .collect()
    }

    fn words(conversation: &Conversation) -> Vec<String> {
        let word = |line: &Line| match line {
            Line::Day(_) => "day".to_owned(),
            Line::Unread => "unread".to_owned(),
            Line::Message { message, headed: true } => format!("{}: {}", message.from.name, message.content),
            Line::Message { message, headed: false } => message.content.clone(),
        };
        conversation.lines(0, ME).iter().map(word).collect()
    }

    #[test]
    fn messages_stand_in_the_order_in_which_they_were_said() {
        let mut conversation = Conversation::default();
        for id in [2, 1, 3, 2] {
            conversation.hear(message(id, "ada"));
        }
        assert_eq!(ids(&conversation), [1, 2, 3]);
    }

    #[test]
    fn older_pages_come_before_and_say_whether_more_do() {
        let mut conversation = Conversation::default();
        conversation.fill(page([5, 6], true, None));
        assert!(conversation.has_older());
        conversation.fill(page([3, 4], true, None));
        assert!(conversation.has_older());
        conversation.fill(page([1, 2], false, None));
        assert_eq!(ids(&conversation), [1, 2, 3, 4, 5, 6]);
        assert!(!conversation.has_older());
    }

    #[test]
    fn a_message_that_is_said_while_a_page_is_under_way_does_not_hide_the_older_ones() {
        let mut conversation = Conversation::default();
        conversation.hear(message(7, "ada"));
        conversation.fill(page([5, 6, 7], true, None));
        assert_eq!(ids(&conversation), [5, 6, 7]);
        assert!(conversation.has_older());
    }

    #[test]
    fn a_window_that_has_heard_more_than_a_page_still_asks_for_what_was_before() {
        let mut conversation = Conversation::default();
        for id in [5, 6, 7] {
            conversation.hear(message(id, "ada"));
        }
        conversation.fill(page([6, 7], true, None));
        assert!(conversation.has_older());
        conversation.fill(page([], false, None));
        assert!(!conversation.has_older());
    }

    #[test]
    fn what_was_missed_comes_in_and_a_gap_is_not_papered_over() {
        let mut conversation = Conversation::default();
        conversation.fill(page([1, 2], false, None));
        conversation.outdate();
        assert_eq!(conversation.loading(), Loading::Outdated);
        conversation.fill(page([2, 3], true, None));
        assert_eq!(ids(&conversation), [1, 2, 3]);
        assert!(!conversation.has_older(), "the first message is still the first");
        conversation.outdate();
        conversation.fill(page([8, 9], true, None));
        assert_eq!(ids(&conversation), [8, 9]);
        assert!(conversation.has_older());
    }

    #[test]
    fn the_oldest_go_when_there_are_too_many() {
        let mut conversation = Conversation::default();
        conversation.fill(page(1..=KEPT as u64, false, None));
        assert!(!conversation.has_older());
        conversation.hear(message(KEPT as u64 + 1, "ada"));
        assert_eq!((conversation.messages.len(), conversation.oldest()), (KEPT, Some(MessageId::from_random(2))));
    }

    #[test]
    fn one_line_divides_what_was_unread_and_it_stays_while_one_reads() {
        let mut conversation = Conversation::default();
        conversation.fill(page([1, 2, 3], false, Some(1)));
        conversation.look();
        conversation.read_up_to(MessageId::from_random(3));
        assert_eq!(conversation.to_mark(), None);
        assert_eq!(words(&conversation), ["day", "ada: message 1", "unread", "ada: message 2", "message 3"]);
        conversation.look_away();
        conversation.look();
        assert_eq!(words(&conversation), ["day", "ada: message 1", "message 2", "message 3"]);
    }

    #[test]
    fn who_has_read_nothing_has_all_of_it_before_them() {
        let mut conversation = Conversation::default();
        conversation.fill(page([1, 2], false, None));
        conversation.look();
        assert_eq!(words(&conversation), ["day", "unread", "ada: message 1", "message 2"]);
    }

    #[test]
    fn what_one_has_said_oneself_is_not_unread() {
        let mut conversation = Conversation::default();
        conversation.fill(page([1], false, Some(1)));
        conversation.hear(message(2, ME));
        conversation.look();
        assert_eq!(words(&conversation), ["day", "ada: message 1", "bob: message 2"]);
    }

    #[test]
    fn a_day_and_a_pause_head_what_follows() {
        let mut conversation = Conversation::default();
        for id in [1, 2, 30, 12 * 60] {
            conversation.hear(message(id, "ada"));
        }
        let expected = ["day", "ada: message 1", "message 2", "ada: message 30", "day", "ada: message 720"];
        assert_eq!(words(&conversation), expected);
        // The day is the reader's: nine hours further east all of it was said on one.
        assert_eq!(conversation.lines(-12 * 60, ME).iter().filter(|line| matches!(line, Line::Day(_))).count(), 1);
    }
}
