//! Input on its way to a shell: in order, in pieces the server takes, and bounded wherever it has to wait.

use std::collections::VecDeque;

use crate::protocol::Data;

use super::paste::Pasted;

/// How much is kept before a shell can take it: a line typed ahead, not a document.
pub const BEFORE_ATTACH: usize = 4 * 1_024;
/// How much may wait behind what is under way: the largest paste.
pub const PASTE: usize = 64 * 1_024 * 1_024;
/// How many typed bytes may be under way without an answer.
const WINDOW: usize = 64 * 1_024;
/// The largest typed piece, for a server that does not say.
const PIECE: usize = 64 * 1_024;
/// The largest piece of a paste. One is under way at a time: a refused piece could not be sent again in its place if a later
/// one had been taken.
const PASTE_PIECE: usize = 16 * 1_024;
/// Ends a bracketed paste.
const CLOSE: &str = "\u{1b}[201~";

/// What was typed or pasted and is not yet with the server.
#[derive(Debug, Default)]
pub struct Outgoing {
    waiting: VecDeque<Piece>,
    waiting_bytes: usize,
    under_way: usize,
    /// Whether what is under way is a piece of a paste.
    alone: bool,
    /// Whether the program has been told of a bracketed paste whose end it has not been told of.
    open: bool,
    /// How much was pasted since the last time nothing of a paste was left.
    pasted: usize,
}

/// What is sent at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The bytes.
    pub data: Data,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Typed,
    /// A part of a paste; a bracket begins or ends with it where it does.
    Pasted {
        opens: bool,
        closes: bool,
    },
}

impl Piece {
    /// Whether it is a part of a paste.
    pub fn is_pasted(&self) -> bool {
        matches!(self.kind, Kind::Pasted { .. })
    }
}

/// How far a paste has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pasting {
    /// How many bytes were pasted.
    pub total: usize,
    /// How many of them the server does not have yet.
    pub left: usize,
}

/// There is no room for more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl Outgoing {
    /// Adds what was typed behind what waits already, cut into pieces of at most `piece` bytes (zero: the protocol's own
    /// size).
    ///
    /// # Errors
    /// When more than `limit` bytes would wait; nothing has been added then.
    pub fn push(&mut self, data: Data, piece: usize, limit: usize) -> Result<(), Full> {
        self.reserve(data.len(), limit)?;
        self.waiting.extend(pieces(data, size(piece)).into_iter().map(|data| Piece { data, kind: Kind::Typed }));
        Ok(())
    }

    /// Adds what was pasted behind what waits already, cut as what is typed is, and rather smaller.
    ///
    /// # Errors
    /// When more than `limit` bytes would wait; nothing has been added then.
    pub fn paste(&mut self, pasted: Pasted, piece: usize, limit: usize) -> Result<(), Full> {
        let Pasted { text, bracketed } = pasted;
        self.reserve(text.len(), limit)?;
        self.pasted += text.len();
        let pieces = pieces(Data::Text(text), PASTE_PIECE.min(size(piece)));
        let last = pieces.len() - 1;
        self.waiting.extend(pieces.into_iter().enumerate().map(|(at, data)| {
            let kind = Kind::Pasted { opens: bracketed && at == 0, closes: bracketed && at == last };
            Piece { data, kind }
        }));
        Ok(())
    }

    /// Takes the next piece that may go now; it counts as under way until it is answered.
    pub fn next(&mut self) -> Option<Piece> {
        let front = self.waiting.front()?;
        let (length, alone) = (front.data.len(), front.is_pasted());
        if self.under_way > 0 && (alone || self.alone || self.under_way + length > WINDOW) {
            return None;
        }
        self.under_way += length;
        self.alone = alone;
        self.waiting_bytes -= length;
        let piece = self.waiting.pop_front()?;
        if let Kind::Pasted { opens, closes } = piece.kind {
            self.open = (self.open || opens) && !closes;
        }
        Some(piece)
    }

    /// A piece has been answered.
    pub fn answered(&mut self, piece: &Piece) {
        self.under_way = self.under_way.saturating_sub(piece.data.len());
        if self.pasting().is_none() {
            self.pasted = 0;
        }
    }

    /// Takes back a piece that the server did not take; `false` when others are under way and order would suffer.
    pub fn take_back(&mut self, piece: Piece) -> bool {
        if self.under_way != 0 {
            return false;
        }
        if let Kind::Pasted { opens, closes } = piece.kind {
            self.open = (self.open || closes) && !opens;
        }
        self.waiting_bytes += piece.data.len();
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

    /// Forgets what waits; a bracketed paste that has begun gets its end all the same, or the program would take all that
    /// is typed from now on for a part of it.
    pub fn clear(&mut self) {
        self.waiting.clear();
        self.waiting_bytes = 0;
        self.pasted = 0;
        self.close();
    }

    /// Forgets what is left of a paste, and keeps what was typed since.
    pub fn cancel_paste(&mut self) {
        self.waiting.retain(|piece| piece.kind == Kind::Typed);
        self.waiting_bytes = self.waiting.iter().map(|piece| piece.data.len()).sum();
        self.pasted = 0;
        self.close();
    }

    /// How many bytes wait or are under way, pasted ones included.
    pub fn all(&self) -> usize {
        self.waiting_bytes + self.under_way
    }

    /// How many typed bytes wait.
    pub fn waiting(&self) -> usize {
        self.waiting_bytes - self.pasted_left()
    }

    /// How far the paste has come that is on its way.
    pub fn pasting(&self) -> Option<Pasting> {
        let under_way = if self.alone { self.under_way } else { 0 };
        let left = self.pasted_left() + under_way;
        (left > 0).then_some(Pasting { total: self.pasted.max(left), left })
    }

    fn pasted_left(&self) -> usize {
        let pasted = self.waiting.iter().filter(|piece| piece.is_pasted());
        pasted.map(|piece| piece.data.len()).sum()
    }

    fn close(&mut self) {
        if std::mem::take(&mut self.open) {
            self.waiting_bytes += CLOSE.len();
            self.waiting.push_front(Piece { data: Data::Text(CLOSE.to_owned()), kind: Kind::Typed });
        }
    }

    fn reserve(&mut self, length: usize, limit: usize) -> Result<(), Full> {
        if self.waiting_bytes + length > limit {
            return Err(Full);
        }
        self.waiting_bytes += length;
        Ok(())
    }
}

/// The largest piece, as the server says or for one that does not.
const fn size(said: usize) -> usize {
    if said == 0 { PIECE } else { said }
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
mod tests;
