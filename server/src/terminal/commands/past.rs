//! What is known of a terminal's commands so far: the last one, and those that nobody has recorded yet. It is kept where the
//! terminal is held, so that a server which comes later goes on from there.

use std::collections::VecDeque;

use app::trace::SpanContext;
use serde::{Deserialize, Serialize};

use super::CommandNews;

/// Commands that wait for being recorded, some hundred bytes each: hours of work by hand without a server.
const UNRECORDED: usize = 1024;

/// The commands of a terminal up to an offset of its output.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    /// The offset.
    pub(super) seq: u64,
    /// The trace context that the next command is given.
    pub(super) trace: Option<SpanContext>,
    last: Option<CommandNews>,
    /// In order, without what was typed and where: neither is recorded.
    unrecorded: VecDeque<CommandNews>,
    forgotten: u64,
}

impl Past {
    /// Nothing is known of what was before `seq`.
    pub(in crate::terminal) fn unknown(seq: u64) -> Self {
        Self { seq, ..Self::default() }
    }

    /// The command that runs, or was the last.
    pub fn last(&self) -> Option<&CommandNews> {
        self.last.as_ref()
    }

    /// The commands that have ended and that nobody has recorded, in order.
    pub fn unrecorded(&self) -> impl Iterator<Item = &CommandNews> {
        self.unrecorded.iter()
    }

    /// How many more there were than are kept.
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// Whether a command has ended that nobody has recorded.
    pub(in crate::terminal) fn is_owed(&self) -> bool {
        !self.unrecorded.is_empty()
    }

    pub(super) fn running(&self) -> Option<&CommandNews> {
        self.last.as_ref().filter(|news| news.end.is_none())
    }

    pub(super) fn note(&mut self, news: &CommandNews) {
        if news.end.is_some() {
            if self.unrecorded.len() == UNRECORDED {
                self.unrecorded.pop_front();
                self.forgotten += 1;
            }
            self.unrecorded.push_back(CommandNews { command: None, directory: None, ..news.clone() });
        }
        self.last = Some(news.clone());
    }

    pub(super) fn recorded(&mut self, seq: u64) {
        while self.unrecorded.pop_front_if(|news| news.seq <= seq).is_some() {}
        self.forgotten = 0;
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::terminal::CommandEnd;

    fn ended(seq: u64) -> CommandNews {
        let end = Some(CommandEnd { exit: Some(0), duration: Duration::ZERO });
        let (command, directory) = (Some("secret".to_owned()), Some("/home".to_owned()));
        CommandNews { seq, command, directory, trace: None, started: SystemTime::now(), end }
    }

    fn owed(past: &Past) -> Vec<u64> {
        past.unrecorded().map(|news| news.seq).collect()
    }

    #[test]
    fn what_is_recorded_is_owed_no_more() {
        let mut past = Past::default();
        [3, 7, 9].iter().for_each(|seq| past.note(&ended(*seq)));
        past.note(&CommandNews { end: None, ..ended(12) });
        assert_eq!(owed(&past), [3, 7, 9]);
        past.recorded(7);
        past.recorded(3);
        assert_eq!(owed(&past), [9]);
        past.recorded(9);
        assert!(!past.is_owed());
        assert_eq!(past.running().map(|news| news.seq), Some(12));
    }

    #[test]
    fn of_too_many_the_newest_are_kept_and_the_others_counted() {
        let mut past = Past::default();
        let most = UNRECORDED as u64;
        (1..=most + 5).for_each(|seq| past.note(&ended(seq)));
        assert_eq!((owed(&past)[0], owed(&past).len(), past.forgotten()), (6, UNRECORDED, 5));
    }

    #[test]
    fn what_was_typed_is_kept_of_the_last_one_only() {
        let mut past = Past::default();
        past.note(&ended(3));
        assert!(past.unrecorded().all(|news| news.command.is_none() && news.directory.is_none()));
        assert_eq!(past.last().and_then(|news| news.command.as_deref()), Some("secret"));
    }
}
