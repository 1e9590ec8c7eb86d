//! One row of cells, and what shifting and erasing do to wide characters, as in xterm.js.

mod milestones;

pub(super) use milestones::{End, Milestones};

use super::cell::Cell;

/// A row as wide as the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    cells: Vec<Cell>,
    /// Whether it continues the row above, which was full.
    pub(super) is_wrapped: bool,
    pub(super) milestones: Milestones,
}

impl Row {
    pub(super) fn new(cols: usize, fill: Cell) -> Self {
        Self { cells: vec![fill; cols], is_wrapped: false, milestones: Milestones::default() }
    }

    pub(super) fn cells(&self) -> &[Cell] {
        &self.cells
    }

    pub(super) fn cells_mut(&mut self) -> &mut [Cell] {
        &mut self.cells
    }

    pub(super) fn get(&self, col: usize) -> Cell {
        self.cells[col]
    }

    pub(super) fn set(&mut self, col: usize, cell: Cell) {
        self.cells[col] = cell;
    }

    /// Changes the width; what is cut off is lost.
    pub(super) fn resize(&mut self, cols: usize) {
        self.cells.resize(cols, Cell::empty(0));
    }

    /// Begins anew with nothing but `fill`.
    pub(super) fn reset(&mut self, fill: Cell) {
        self.cells.fill(fill);
        self.is_wrapped = false;
        self.milestones = Milestones::default();
    }

    /// How many cells there are up to the last that holds a character.
    pub(super) fn trimmed(&self) -> usize {
        let last = self.cells.iter().rposition(|cell| cell.is_filled());
        last.map_or(0, |last| last + usize::from(self.cells[last].width()))
    }

    /// Moves what begins at `col` to the right by `count`; what leaves the row is lost.
    pub(super) fn insert(&mut self, col: usize, count: usize, fill: Cell) {
        let cols = self.cells.len();
        let col = col % cols;
        let count = count.min(cols - col);
        if col > 0 && self.cells[col - 1].width() == 2 {
            self.cells[col - 1] = Cell::empty(fill.style);
        }
        self.cells.copy_within(col..cols - count, col + count);
        self.cells[col..col + count].fill(fill);
        if self.cells[cols - 1].width() == 2 {
            self.cells[cols - 1] = Cell::empty(fill.style);
        }
    }

    /// Takes `count` cells at `col` out; the rest moves up to them.
    pub(super) fn delete(&mut self, col: usize, count: usize, fill: Cell) {
        let cols = self.cells.len();
        let col = col % cols;
        let count = count.min(cols - col);
        self.cells.copy_within(col + count.., col);
        self.cells[cols - count..].fill(fill);
        if col > 0 && self.cells[col - 1].width() == 2 {
            self.cells[col - 1] = Cell::empty(fill.style);
        }
        if self.cells[col].is_spacer() {
            self.cells[col] = Cell::empty(fill.style);
        }
    }

    /// Erases the cells from `start` up to `end`, and the other half of a wide character at either side. Those for which
    /// `spares` is true stay.
    pub(super) fn erase(&mut self, start: usize, end: usize, fill: Cell, spares: impl Fn(Cell) -> bool) {
        let cols = self.cells.len();
        let (start, end) = (start.min(cols), end.min(cols));
        if start > 0 && self.cells[start - 1].width() == 2 && !spares(self.cells[start - 1]) {
            self.cells[start - 1] = Cell::empty(fill.style);
        }
        if end > 0 && end < cols && self.cells[end - 1].width() == 2 && !spares(self.cells[end]) {
            self.cells[end] = Cell::empty(fill.style);
        }
        let cells = self.cells.get_mut(start..end).unwrap_or_default();
        cells.iter_mut().filter(|cell| !spares(**cell)).for_each(|cell| *cell = fill);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row written as text: `漢` is wide, `.` empty, `_` what was behind a wide character.
    fn row(text: &str) -> Row {
        let cells = text.chars().flat_map(|c| match c {
            '.' => vec![Cell::empty(0)],
            '_' => vec![Cell::spacer(0)],
            '漢' => vec![Cell::code(c.into(), 2, 0), Cell::spacer(0)],
            _ => vec![Cell::code(c.into(), 1, 0)],
        });
        Row { cells: cells.collect(), is_wrapped: false, milestones: Milestones::default() }
    }

    fn check(before: &str, change: impl FnOnce(&mut Row), after: &str) {
        let mut changed = row(before);
        change(&mut changed);
        assert_eq!(changed, row(after), "{before:?}");
    }

    const FILL: Cell = Cell::empty(0);

    #[test]
    fn inserting_moves_to_the_right() {
        check("abcdef", |row| row.insert(1, 2, FILL), "a..bcd");
        check("abcdef", |row| row.insert(4, 9, FILL), "abcd..");
        check("a漢def", |row| row.insert(2, 1, FILL), "a.._de");
        check("abc漢d", |row| row.insert(0, 2, FILL), "..abc.");
    }

    #[test]
    fn deleting_moves_to_the_left() {
        check("abcdef", |row| row.delete(1, 2, FILL), "adef..");
        check("abcdef", |row| row.delete(4, 9, FILL), "abcd..");
        check("漢cdef", |row| row.delete(1, 1, FILL), ".cdef.");
        check("a漢def", |row| row.delete(0, 2, FILL), ".def..");
    }

    #[test]
    fn erasing_half_of_a_wide_character_erases_it() {
        check("a漢d漢g", |row| row.erase(2, 5, FILL, |_| false), "a.....g");
        check("abc", |row| row.erase(1, 9, FILL, |_| false), "a..");
        check("abc", |row| row.erase(0, 3, FILL, |cell| cell == Cell::code(b'b'.into(), 1, 0)), ".b.");
    }

    #[test]
    fn what_is_written_decides_the_length() {
        assert_eq!(row("ab.c..").trimmed(), 4);
        assert_eq!(row("ab.漢.").trimmed(), 5);
        assert_eq!(row("...").trimmed(), 0);
    }
}
