//! What many spans say in the same words, each once: attributes, names, ids. A word is there as long as somebody has it.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU32;
use std::sync::Arc;

use super::ALLOCATION;

/// Longer ones are seldom said twice, and are kept by whoever says them.
const MAX_LENGTH: usize = 256;

/// How often something is said before it becomes a word. The id of a request is said once in the browser and once here, and
/// would take more room as a word of its own than twice as it is.
const OFTEN: u8 = 4;

/// How many of the latest that are no words yet are known again, at most. A span brings three or four that are its own.
const SIGHTS: usize = 4_096;

/// What a word costs beside its bytes: its entry, its place in the map, which is half empty after it has grown, and the counts of its owners.
const OF_WORD: usize = size_of::<Entry>() + 2 * size_of::<(Arc<[u8]>, Word)>() + 2 * size_of::<usize>() + ALLOCATION;

/// Stands for a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::telemetry::outbox) struct Word(NonZeroU32);

impl Word {
    /// Reads what [`number`](Self::number) wrote; nothing where there was no word.
    pub(super) fn from_number(number: u32) -> Option<Self> {
        NonZeroU32::new(number).map(Self)
    }

    /// Writes it as a number, and none as zero.
    pub(super) fn number(word: Option<Self>) -> u32 {
        word.map_or(0, |Self(number)| number.get())
    }

    fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// The words, by place and by what they say.
pub(in crate::telemetry::outbox) struct Words {
    places: HashMap<Arc<[u8]>, Word>,
    entries: Vec<Entry>,
    /// Places whose words have left.
    free: Vec<Word>,
    /// What has been said lately, each at the place that its hash has.
    sights: Box<[Sight]>,
    hasher: RandomState,
    bytes: usize,
}

struct Entry {
    says: Arc<[u8]>,
    owners: u32,
}

#[derive(Clone, Copy, Default)]
struct Sight {
    /// A part of its hash.
    mark: u32,
    times: u8,
}

impl Default for Words {
    fn default() -> Self {
        Self {
            places: HashMap::new(),
            entries: Vec::new(),
            free: Vec::new(),
            sights: vec![Sight::default(); SIGHTS].into(),
            hasher: RandomState::new(),
            bytes: 0,
        }
    }
}

impl Words {
    /// Returns the word for this, which has one more owner then; nothing as long as it has not been said often enough.
    pub(super) fn often(&mut self, says: &[u8]) -> Option<Word> {
        if says.len() > MAX_LENGTH {
            return None;
        }
        if let Some(word) = self.again(says) {
            return Some(word);
        }
        let hash = self.hasher.hash_one(says);
        let sight = &mut self.sights[hash as usize % SIGHTS];
        let mark = (hash >> 32) as u32;
        if sight.mark != mark {
            *sight = Sight { mark, times: 0 };
        }
        sight.times += 1;
        if sight.times < OFTEN {
            return None;
        }
        *sight = Sight::default();
        Some(self.add(says))
    }

    /// Returns the word for this, which has one more owner then.
    pub(in crate::telemetry::outbox) fn word(&mut self, says: &str) -> Word {
        self.again(says.as_bytes()).unwrap_or_else(|| self.add(says.as_bytes()))
    }

    /// Takes one owner from a word; with the last one it leaves.
    pub(in crate::telemetry::outbox) fn release(&mut self, word: Word) {
        let Entry { says, owners } = &mut self.entries[word.index()];
        *owners -= 1;
        if *owners == 0 {
            self.bytes -= says.len() + OF_WORD;
            self.places.remove(&*std::mem::take(says));
            self.free.push(word);
        }
    }

    /// What a word says.
    pub(super) fn bytes_of(&self, word: Word) -> &[u8] {
        &self.entries[word.index()].says
    }

    /// What a word says that was made of text.
    pub(in crate::telemetry::outbox) fn text(&self, word: Word) -> &str {
        std::str::from_utf8(self.bytes_of(word)).unwrap_or_default()
    }

    /// What all words take.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    fn again(&mut self, says: &[u8]) -> Option<Word> {
        let word = *self.places.get(says)?;
        self.entries[word.index()].owners += 1;
        Some(word)
    }

    fn add(&mut self, says: &[u8]) -> Word {
        let says: Arc<[u8]> = says.into();
        self.bytes += says.len() + OF_WORD;
        let entry = Entry { says: Arc::clone(&says), owners: 1 };
        let word = match self.free.pop() {
            Some(word) => {
                self.entries[word.index()] = entry;
                word
            }
            None => {
                self.entries.push(entry);
                let number = u32::try_from(self.entries.len()).ok().and_then(NonZeroU32::new);
                Word(number.expect("four thousand million words do not fit into the budget"))
            }
        };
        self.places.insert(says, word);
        word
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_often_becomes_a_word_and_leaves_with_its_last_owner() {
        let mut words = Words::default();
        let said: Vec<_> = (0..6).map(|_| words.often(b"socketio.event")).collect();
        assert_eq!(said[..3], [None; 3]);
        let word = said[3].unwrap();
        assert_eq!(said[3..], [Some(word); 3]);
        assert_eq!((words.bytes_of(word), words.bytes()), (&b"socketio.event"[..], 14 + OF_WORD));
        (0..2).for_each(|_| words.release(word));
        assert_eq!(words.again(b"socketio.event"), Some(word));
        (0..2).for_each(|_| words.release(word));
        assert_eq!((words.bytes(), words.again(b"socketio.event")), (0, None));
        assert_eq!(words.word("session"), word, "its place is used again");
        assert_eq!(words.text(word), "session");
    }

    #[test]
    fn what_each_span_says_differently_never_becomes_a_word() {
        let mut words = Words::default();
        for number in 0..100_000_u32 {
            // The browser and the server.
            assert_eq!([words.often(&number.to_le_bytes()), words.often(&number.to_le_bytes())], [None; 2]);
        }
        assert_eq!(words.often(&[1; MAX_LENGTH + 1]), None);
        assert_eq!(words.bytes(), 0);
    }
}
