//! When a screen tells the server how far it has parsed: that is the server's permission to send more.

/// The protocol's own step, for a server that does not say.
const EVERY: u64 = 64 * 1_024;

/// Counts what has been parsed of one terminal, from the offset it was attached at.
#[derive(Clone, Copy, Debug)]
pub struct Credit {
    every: u64,
    parsed: u64,
    acked: u64,
    /// What was acked when it was quiet.
    rested: u64,
}

impl Credit {
    /// Begins at `seq`, with an ack due after each `every` bytes.
    pub fn begin(seq: u64, every: u64) -> Self {
        Self { every: if every == 0 { EVERY } else { every }, parsed: seq, acked: seq, rested: seq }
    }

    /// Everything before `end` has been parsed; returns the offset to ack when one is due.
    pub fn parsed(&mut self, end: u64) -> Option<u64> {
        // A parse of what came before the last attach says nothing new.
        self.parsed = self.parsed.max(end);
        if self.parsed - self.acked < self.every {
            return None;
        }
        self.acked = self.parsed;
        Some(self.acked)
    }

    /// Nothing more is coming for now: returns the offset to ack, unless that was done at rest before. What was acked in the
    /// flood is said again: a server that was asked too often has refused it, and waits for it before it sends more.
    pub fn rest(&mut self) -> Option<u64> {
        if self.parsed == self.rested {
            return None;
        }
        (self.acked, self.rested) = (self.parsed, self.parsed);
        Some(self.acked)
    }

    /// The offset after the last parsed byte.
    pub fn position(&self) -> u64 {
        self.parsed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ack_is_due_after_each_step() {
        let mut credit = Credit::begin(1_000, 100);
        assert_eq!(credit.parsed(1_099), None);
        assert_eq!(credit.parsed(1_100), Some(1_100));
        assert_eq!(credit.parsed(1_199), None);
        assert_eq!(credit.parsed(1_450), Some(1_450));
    }

    #[test]
    fn what_is_left_is_acked_once_when_it_is_quiet() {
        let mut credit = Credit::begin(0, 100);
        assert_eq!(credit.rest(), None);
        credit.parsed(7);
        assert_eq!(credit.rest(), Some(7));
        assert_eq!(credit.rest(), None);
    }

    #[test]
    fn what_was_acked_in_a_flood_is_said_once_more_when_it_is_quiet() {
        let mut credit = Credit::begin(0, 100);
        assert_eq!(credit.parsed(100), Some(100));
        assert_eq!((credit.rest(), credit.rest()), (Some(100), None));
    }

    #[test]
    fn a_late_parse_from_before_the_attach_takes_nothing_back() {
        let mut credit = Credit::begin(500, 100);
        assert_eq!(credit.parsed(300), None);
        assert_eq!((credit.position(), credit.rest()), (500, None));
    }

    #[test]
    fn a_server_that_does_not_say_gets_the_protocols_step() {
        assert_eq!(Credit::begin(0, 0).parsed(EVERY - 1), None);
        assert_eq!(Credit::begin(0, 0).parsed(EVERY), Some(EVERY));
    }
}
