//! Input on its way to a shell: in order, in pieces the server takes, and bounded wherever it has to wait.

use std::collections::VecDeque;

use crate::protocol::Data;

/// How much is kept before a shell can take it: a line typed ahead, not a document.
pub const BEFORE_ATTACH: usize = 4 * 1_024;
/// How much of a paste may wait behind what is under way.
pub const PASTE: usize = 8 * 1_024 * 1_024;
/// How much may be under way without an answer; keys flow freely, a paste goes piece by piece.
const WINDOW: usize = 64 * 1_024;
/// The largest piece, for a server that does not say.
const PIECE: usize = 64 * 1_024;

/// What was typed and is not yet with the server.
#[derive(Debug, Default)]
pub struct Outgoing {
    waiting: VecDeque<Data>,
    waiting_bytes: usize,
    under_way: usize,
}

/// There is no room for more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl Outgoing {
    /// Adds input behind what waits already, cut into pieces of at most `piece` bytes (zero: the protocol's own size).
    ///
    /// # Errors
    /// When more than `limit` bytes would wait; nothing has been added then.
    pub fn push(&mut self, data: Data, piece: usize, limit: usize) -> Result<(), Full> {
        if self.waiting_bytes + data.len() > limit {
            return Err(Full);
        }
        self.waiting_bytes += data.len();
        self.waiting.extend(pieces(data, if piece == 0 { PIECE } else { piece }));
        Ok(())
    }

    /// Takes the next piece that may go now; it counts as under way until it is answered.
    pub fn next(&mut self) -> Option<Data> {
        let length = self.waiting.front()?.len();
        if self.under_way > 0 && self.under_way + length > WINDOW {
            return None;
        }
        self.under_way += length;
        self.waiting_bytes -= length;
        self.waiting.pop_front()
    }

    /// A piece has been answered.
    pub fn answered(&mut self, length: usize) {
        self.under_way = self.under_way.saturating_sub(length);
    }

    /// Takes back a piece that the server did not take; `false` when others are under way and order would suffer.
    pub fn take_back(&mut self, piece: Data) -> bool {
        if self.under_way != 0 {
            return false;
        }
        self.waiting_bytes += piece.len();
        self.waiting.push_front(piece);
        true
    }

    /// The connection broke: returns how many bytes were under way. What would have followed them is forgotten, since
    /// nobody knows what it would follow.
    pub fn broke(&mut self) -> usize {
        let lost = std::mem::take(&mut self.under_way);
        if lost > 0 {
            self.clear();
        }
        lost
    }

    /// Forgets what waits.
    pub fn clear(&mut self) {
        self.waiting.clear();
        self.waiting_bytes = 0;
    }

    /// How many bytes wait.
    pub fn waiting(&self) -> usize {
        self.waiting_bytes
    }
}

/// Cuts input into pieces; text is cut between characters.
fn pieces(data: Data, size: usize) -> Vec<Data> {
    if data.len() <= size {
        return vec![data];
    }
    match data {
        Data::Text(text) => {
            let mut rest = text.as_str();
            let mut pieces = Vec::new();
            while !rest.is_empty() {
                // A piece smaller than one character would be no piece at all.
                let cut = rest.floor_char_boundary(size).max(rest.chars().next().map_or(1, char::len_utf8));
                let (piece, behind) = rest.split_at(cut);
                pieces.push(Data::Text(piece.to_owned()));
                rest = behind;
            }
            pieces
        }
        Data::Bytes(bytes) => {
            (0..bytes.len()).step_by(size).map(|at| Data::Bytes(bytes.slice(at..bytes.len().min(at + size)))).collect()
        }
        Data::Placeholder(_) => vec![data],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Data {
        Data::Text(text.to_owned())
    }

    fn cut(data: Data, size: usize) -> Vec<usize> {
        pieces(data, size).iter().map(Data::len).collect()
    }

    #[test]
    fn text_is_cut_between_characters() {
        assert_eq!(cut(text("あいう"), 4), [3, 3, 3]);
        assert_eq!(cut(text("あいう"), 6), [6, 3]);
        assert_eq!(cut(text("あ"), 1), [3]);
        assert_eq!(cut(text("abc"), 3), [3]);
        assert_eq!(cut(Data::Bytes(vec![0; 7].into()), 3), [3, 3, 1]);
    }

    #[test]
    fn pieces_leave_in_the_order_they_were_typed() {
        let mut outgoing = Outgoing::default();
        for key in ["a", "bc", "d"] {
            outgoing.push(text(key), 1, BEFORE_ATTACH).unwrap();
        }
        let sent: Vec<_> = std::iter::from_fn(|| outgoing.next()).collect();
        assert_eq!(sent, ["a", "b", "c", "d"].map(text));
    }

    #[test]
    fn more_than_the_limit_is_refused_whole() {
        let mut outgoing = Outgoing::default();
        outgoing.push(text("abc"), 0, 4).unwrap();
        assert_eq!(outgoing.push(text("de"), 0, 4), Err(Full));
        assert_eq!(outgoing.waiting(), 3);
    }

    #[test]
    fn a_paste_waits_for_answers_and_keys_do_not() {
        let mut outgoing = Outgoing::default();
        outgoing.push(text(&"x".repeat(3 * WINDOW)), WINDOW, PASTE).unwrap();
        let first = outgoing.next().expect("nothing is under way");
        assert_eq!(outgoing.next(), None);
        outgoing.answered(first.len());
        assert!(outgoing.next().is_some());

        let mut outgoing = Outgoing::default();
        outgoing.push(text("ls"), 1, PASTE).unwrap();
        assert!(outgoing.next().is_some() && outgoing.next().is_some());
    }

    #[test]
    fn what_followed_lost_input_is_not_sent_either() {
        let mut outgoing = Outgoing::default();
        outgoing.push(text("ab"), 1, PASTE).unwrap();
        outgoing.next();
        assert_eq!((outgoing.broke(), outgoing.waiting()), (1, 0));
        outgoing.push(text("typed since"), 0, BEFORE_ATTACH).unwrap();
        assert_eq!((outgoing.broke(), outgoing.waiting()), (0, 11));
    }

    #[test]
    fn a_piece_goes_back_only_while_it_is_alone() {
        let mut outgoing = Outgoing::default();
        outgoing.push(text("ab"), 1, PASTE).unwrap();
        let (first, second) = (outgoing.next().unwrap(), outgoing.next().unwrap());
        outgoing.answered(1);
        assert!(!outgoing.take_back(first));
        outgoing.answered(1);
        assert!(outgoing.take_back(second));
        assert_eq!(outgoing.waiting(), 1);
    }
}
