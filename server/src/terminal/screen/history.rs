//! Rows that have scrolled off the screen, packed: a line of plain text costs about as many bytes as it has characters.

use std::collections::VecDeque;

use super::cell::{Cell, Content};
use super::pool::Marks;
use super::row::{End, Milestones, Row};

/// Rows above the screen, the oldest first.
#[derive(Debug, Default)]
pub(super) struct History {
    rows: VecDeque<Box<[u8]>>,
    limit: usize,
    /// Where a row is packed before it takes memory of its own.
    scratch: Vec<u8>,
}

/// What the cells of a run are packed as.
mod kind {
    /// One byte each, narrow.
    pub(super) const ASCII: u32 = 0;
    /// Nothing: all are empty.
    pub(super) const EMPTY: u32 = 1;
    /// Their bits.
    pub(super) const OTHER: u32 = 2;
}

impl History {
    /// Keeps up to `limit` rows.
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, ..Self::default() }
    }

    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Adds a row below the others. True if the oldest had to go for it.
    pub(super) fn push(&mut self, row: &Row) -> bool {
        if self.limit == 0 {
            return true;
        }
        let is_full = self.rows.len() >= self.limit;
        if is_full {
            self.rows.pop_front();
        }
        pack(row, &mut self.scratch);
        self.rows.push_back(self.scratch.as_slice().into());
        is_full
    }

    /// Takes the newest row back.
    pub(super) fn pop(&mut self, cols: usize) -> Option<Row> {
        let packed = self.rows.pop_back()?;
        let mut row = Row::new(cols, Cell::empty(0));
        unpack(&packed, &mut row);
        Some(row)
    }

    /// Writes the row at `index` into `row`, which is as wide as when it was packed.
    pub(super) fn read(&self, index: usize, row: &mut Row) {
        row.reset(Cell::empty(0));
        unpack(&self.rows[index], row);
    }

    pub(super) fn clear(&mut self) {
        // Not `clear`: the memory is to go, too.
        self.rows = VecDeque::new();
    }

    /// Marks the styles and clusters in use.
    pub(super) fn mark(&self, styles: &mut Marks, clusters: &mut Marks) {
        for packed in &self.rows {
            for run in Runs::new(packed) {
                styles.mark(run.style);
                if run.kind == kind::OTHER {
                    run.cells().for_each(|cell| {
                        if let Content::Cluster(id) = cell.content() {
                            clusters.mark(id);
                        }
                    });
                }
            }
        }
    }
}

/// Cells of one style and kind.
struct Run<'a> {
    style: u32,
    length: usize,
    kind: u32,
    bytes: &'a [u8],
}

impl Run<'_> {
    /// The cells of a run of [`kind::OTHER`].
    fn cells(&self) -> impl Iterator<Item = Cell> {
        let mut bytes = self.bytes;
        (0..self.length).map(move |_| Cell::from_bits(take(&mut bytes), self.style))
    }
}

/// The runs of a packed row.
struct Runs<'a> {
    bytes: &'a [u8],
}

impl<'a> Runs<'a> {
    fn new(packed: &'a [u8]) -> Self {
        Head::take(packed).1
    }
}

/// What a packed row begins with: a byte, and the column in which a command ended where one did.
struct Head {
    is_wrapped: bool,
    milestones: Milestones,
}

impl Head {
    const WRAPPED: u8 = 1;
    const OUTPUT: u8 = 2;
    const PROMPT: u8 = 4;
    const END: u8 = 8;
    const FAILED: u8 = 16;

    fn put(row: &Row, out: &mut Vec<u8>) {
        let Milestones { output, end, prompt } = row.milestones;
        let flags = [
            (row.is_wrapped, Self::WRAPPED),
            (output, Self::OUTPUT),
            (prompt, Self::PROMPT),
            (end.is_some(), Self::END),
            (end.is_some_and(|end| end.has_failed), Self::FAILED),
        ];
        out.push(flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| flag).sum());
        if let Some(end) = end {
            put(end.col.into(), out);
        }
    }

    fn take(packed: &[u8]) -> (Self, Runs<'_>) {
        let (flags, mut bytes) = (packed[0], &packed[1..]);
        let has = |flag| flags & flag != 0;
        let end = has(Self::END).then(|| End { col: take(&mut bytes) as u16, has_failed: has(Self::FAILED) });
        let milestones = Milestones { output: has(Self::OUTPUT), end, prompt: has(Self::PROMPT) };
        (Self { is_wrapped: has(Self::WRAPPED), milestones }, Runs { bytes })
    }
}

impl<'a> Iterator for Runs<'a> {
    type Item = Run<'a>;

    fn next(&mut self) -> Option<Run<'a>> {
        if self.bytes.is_empty() {
            return None;
        }
        let style = take(&mut self.bytes);
        let head = take(&mut self.bytes);
        let (length, kind) = ((head >> 2) as usize, head & 3);
        let size = match kind {
            kind::ASCII => length,
            kind::EMPTY => 0,
            _ => {
                let mut rest = self.bytes;
                (0..length).for_each(|_| _ = take(&mut rest));
                self.bytes.len() - rest.len()
            }
        };
        let (bytes, rest) = self.bytes.split_at(size);
        self.bytes = rest;
        Some(Run { style, length, kind, bytes })
    }
}

fn pack(row: &Row, out: &mut Vec<u8>) {
    out.clear();
    Head::put(row, out);
    let cells = row.cells();
    // Rows are blank to begin with, so what is blank at the end need not be there.
    let blank = |cell: &&Cell| **cell == Cell::empty(0);
    let mut rest = &cells[..cells.len() - cells.iter().rev().take_while(blank).count()];
    while let Some(first) = rest.first() {
        let kind = kind_of(*first);
        let (run, later) = rest.split_at(match kind {
            kind::ASCII => ascii_length(rest, first.style),
            _ => rest.iter().take_while(|cell| cell.style == first.style && kind_of(**cell) == kind).count(),
        });
        put(first.style, out);
        put((run.len() as u32) << 2 | kind, out);
        match kind {
            kind::ASCII => out.extend(run.iter().map(|cell| cell.bits() as u8)),
            kind::EMPTY => {}
            _ => run.iter().for_each(|cell| put(cell.bits(), out)),
        }
        rest = later;
    }
}

/// How many cells at the beginning hold ASCII in that style. Most rows are nothing else, so it looks at several at a time,
/// which compiles to vector code.
fn ascii_length(cells: &[Cell], style: u32) -> usize {
    const STEP: usize = 8;
    let fits = |cell: &Cell| (cell.style == style) & cell.is_ascii();
    let whole = cells.chunks_exact(STEP).take_while(|chunk| chunk.iter().fold(true, |all, cell| all & fits(cell)));
    let length = whole.count() * STEP;
    length + cells[length..].iter().take_while(|cell| fits(cell)).count()
}

fn unpack(packed: &[u8], row: &mut Row) {
    let (head, runs) = Head::take(packed);
    (row.is_wrapped, row.milestones) = (head.is_wrapped, head.milestones);
    let mut cells = row.cells_mut();
    for run in runs {
        let (now, later) = cells.split_at_mut(run.length);
        match run.kind {
            kind::ASCII => {
                now.iter_mut().zip(run.bytes).for_each(|(cell, byte)| *cell = Cell::code((*byte).into(), 1, run.style));
            }
            kind::EMPTY => now.fill(Cell::empty(run.style)),
            _ => now.iter_mut().zip(run.cells()).for_each(|(cell, packed)| *cell = packed),
        }
        cells = later;
    }
}

fn kind_of(cell: Cell) -> u32 {
    if cell.is_ascii() {
        kind::ASCII
    } else if cell.is_empty() {
        kind::EMPTY
    } else {
        kind::OTHER
    }
}

/// Appends a number, seven bits a byte, the lowest first.
fn put(mut number: u32, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Takes a number off the front. A packed row is only read as it was written, so there is one.
fn take(bytes: &mut &[u8]) -> u32 {
    let mut number = 0;
    for shift in (0..).step_by(7) {
        let byte = bytes[0];
        *bytes = &bytes[1..];
        number |= u32::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            break;
        }
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cell() -> impl Strategy<Value = Cell> {
        let style = prop_oneof![Just(0u32), 0u32..3, Just(100_000)];
        let make: [fn(u32, u32) -> Cell; 5] = [
            |code, style| Cell::code(0x20 + code % 95, 1, style),
            |_, style| Cell::empty(style),
            |_, style| Cell::spacer(style),
            |code, style| Cell::code(0x4e00 + code, 2, style),
            |id, style| Cell::cluster(id, 2, style),
        ];
        (style, 0u32..5000, prop::sample::select(make.to_vec())).prop_map(|(style, n, make)| make(n, style))
    }

    proptest! {
        #[test]
        fn a_row_comes_back_as_it_was(
            cells in prop::collection::vec(cell(), 1..200),
            is_wrapped: bool,
            output: bool,
            prompt: bool,
            end: Option<(u16, bool)>,
        ) {
            let mut row = Row::new(cells.len(), Cell::empty(0));
            row.cells_mut().copy_from_slice(&cells);
            row.is_wrapped = is_wrapped;
            let end = end.map(|(col, has_failed)| End { col, has_failed });
            row.milestones = Milestones { output, end, prompt };
            let mut history = History::new(10);
            history.push(&row);
            let mut read = Row::new(cells.len(), Cell::empty(7));
            history.read(0, &mut read);
            prop_assert_eq!(&read, &row);
            prop_assert_eq!(history.pop(cells.len()), Some(row));
        }
    }

    #[test]
    fn plain_text_takes_a_byte_a_character() {
        let mut row = Row::new(80, Cell::empty(0));
        (0..60).for_each(|col| row.set(col, Cell::code(b'x'.into(), 1, 0)));
        let mut packed = Vec::new();
        pack(&row, &mut packed);
        assert!(packed.len() <= 64, "{}", packed.len());
    }

    #[test]
    fn the_oldest_go_first() {
        let mut history = History::new(2);
        let pushed = ["a", "b", "c"].map(|text| {
            let mut row = Row::new(1, Cell::empty(0));
            row.set(0, Cell::code(text.as_bytes()[0].into(), 1, 0));
            history.push(&row)
        });
        assert_eq!((pushed, history.len()), ([false, false, true], 2));
        assert_eq!(history.pop(1).map(|row| row.get(0)), Some(Cell::code(b'c'.into(), 1, 0)));
    }
}
