//! What of a terminal can be told from outside, in a form that can be compared and read.

use super::*;
use crate::terminal::screen::buffer::Saved;
use crate::terminal::screen::row::Milestones;

/// Everything of a terminal that can be told from outside.
#[derive(Debug, PartialEq)]
pub(super) struct State {
    pub(super) main: Page,
    pub(super) alternate: Option<Page>,
    pub(super) pen: Style,
    pub(super) charset: Charset,
    pub(super) level: usize,
    pub(super) modes: Modes,
    pub(super) titles: (String, Vec<String>),
    pub(super) palette: BTreeMap<PaletteEntry, String>,
    pub(super) join: Properties,
    pub(super) unfinished: Vec<u8>,
}

#[derive(Debug, PartialEq)]
pub(super) struct Page {
    pub(super) lines: Vec<String>,
    pub(super) cursor: Option<(usize, usize)>,
    pub(super) margins: (usize, usize),
    pub(super) tabs: Vec<bool>,
    pub(super) saved: (usize, usize, Style, Charset),
}

impl Emulator {
    pub(super) fn state(&self) -> State {
        let screen = &self.screen;
        State {
            main: screen.page(&screen.main, !screen.is_alternate),
            alternate: screen.is_alternate.then(|| screen.page(&screen.alternate, true)),
            pen: Style { link: 0, ..screen.pen.of_cell() },
            charset: screen.charset,
            level: screen.level,
            modes: screen.modes.clone(),
            titles: (screen.title.clone(), screen.titles.clone()),
            palette: screen.palette.clone(),
            join: screen.join,
            unfinished: self.parser.unfinished(),
        }
    }
}

impl Screen {
    pub(super) fn page(&self, buffer: &Buffer, is_shown: bool) -> Page {
        let mut rows: Vec<Row> = (0..buffer.history.len())
            .map(|index| {
                let mut row = Row::new(self.cols, Cell::empty(0));
                buffer.history.read(index, &mut row);
                row
            })
            .collect();
        rows.extend(buffer.rows.iter().cloned());
        // What the first row continues is gone.
        if let Some(first) = rows.first_mut() {
            first.is_wrapped = false;
        }
        let mut lines: Vec<String> = rows.iter().map(|row| self.line(row)).collect();
        // No output brings the cursor behind an erased cell, so there a blank is as good.
        let last = lines.len() - buffer.rows.len() + buffer.y.min(buffer.rows.len() - 1);
        if is_shown && buffer.x == self.cols && lines[last].ends_with('·') {
            lines[last].pop();
            lines[last].push(' ');
        }
        let Saved { x, style, charset, .. } = buffer.saved;
        // The links' numbers may be others.
        let style = Style { underline: 0, underline_color: Color::Default, link: 0, ..style };
        Page {
            lines,
            cursor: is_shown.then_some((buffer.x, buffer.y)),
            margins: (buffer.top, buffer.bottom),
            tabs: buffer.tabs.clone(),
            saved: (x.min(self.cols - 1), buffer.saved_row(), style, charset),
        }
    }

    /// A row in words, equal for rows that look and behave alike.
    fn line(&self, row: &Row) -> String {
        let mut line = String::from(if row.is_wrapped { "↪" } else { "" });
        let mut milestones = row.milestones;
        if let Some(end) = &mut milestones.end {
            // As near as output brings the cursor: neither into a character, nor before the first of a row that wraps, nor
            // behind the last column.
            let here = usize::from(end.col).max(if row.is_wrapped { row.get(0).width().max(1).into() } else { 0 });
            let here = here.min(self.cols - 1);
            end.col = (here + usize::from(row.get(here).is_spacer())).min(self.cols - 1) as u16;
        }
        if milestones != Milestones::default() {
            line.push_str(&format!("{milestones:?}"));
        }
        let mut before = None;
        let mut is_half = false;
        for (col, cell) in row.cells().iter().enumerate() {
            // Moved there, with its style, behind a character that hides it, by cells that were deleted or scrolled.
            if is_half && col + 1 < row.cells().len() && !matches!(cell.content(), Content::Empty) {
                line.push('_');
                is_half = cell.width() == 2;
                continue;
            }
            let style = *self.styles.get(cell.style);
            let link = self.links.get(style.link);
            let looks = (Style { link: 0, ..style }, &link.id, &link.uri);
            if before != Some(looks) && looks != (Style::default(), &"".into(), &"".into()) {
                line.push_str(&format!("‹{looks:?}›"));
            }
            before = Some(looks);
            match cell.content() {
                // Erased in more than a background is what only halves of wide characters are; a blank looks like it.
                Content::Empty if is_half => line.push('_'),
                Content::Empty if style != style.erased() => line.push(' '),
                Content::Empty => line.push('·'),
                Content::Code(code) => line.extend(char::from_u32(code)),
                Content::Cluster(id) => line.extend(["⟨", self.cluster(id), "⟩"]),
            }
            is_half = cell.width() == 2;
        }
        line
    }
}
