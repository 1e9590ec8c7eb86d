//! Operating system commands: title, links, colours, the marks of a shell.

use super::Screen;
use crate::terminal::screen::parser::Parameters;
use crate::terminal::screen::style::Style;

/// A title longer than this is cut: it is shown on a tab.
const TITLE: usize = 512;

/// Titles that programs have put aside; as many as xterm.js keeps.
const TITLES: usize = 10;

/// The longest name of a colour: `rgb:ffff/ffff/ffff` has 18 bytes.
const COLOR: usize = 32;

/// A hyperlink (OSC 8).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(in crate::terminal::screen) struct Link {
    /// Tells links without an id apart: each is one of its own.
    serial: u64,
    pub(in crate::terminal::screen) id: Box<str>,
    pub(in crate::terminal::screen) uri: Box<str>,
}

/// A colour that a program may change, in the order in which they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::terminal::screen) enum PaletteEntry {
    /// OSC 4: one of 256.
    Indexed(u8),
    /// OSC 10, 11 or 12: foreground, background, cursor.
    Special(u8),
}

impl Screen {
    pub(super) fn run_command(&mut self, payload: &[u8]) {
        let payload = String::from_utf8_lossy(payload);
        let (number, rest) = payload.split_once(';').unwrap_or((&payload, ""));
        match number {
            "0" | "2" => self.set_title(rest.to_owned()),
            "4" => self.set_indexed_colors(rest),
            "8" => self.set_link(rest),
            "10" => self.set_special_colors(10, rest),
            "11" => self.set_special_colors(11, rest),
            "12" => self.set_special_colors(12, rest),
            "104" if rest.is_empty() => self.palette.retain(|entry, _| !matches!(entry, PaletteEntry::Indexed(_))),
            "104" => rest.split(';').filter_map(|index| index.parse().ok()).for_each(|index| {
                self.palette.remove(&PaletteEntry::Indexed(index));
            }),
            "110" => drop(self.palette.remove(&PaletteEntry::Special(10))),
            "111" => drop(self.palette.remove(&PaletteEntry::Special(11))),
            "112" => drop(self.palette.remove(&PaletteEntry::Special(12))),
            "133" => self.note(rest),
            _ => {}
        }
    }

    /// Notes where a shell's prompts and commands are. On the alternate screen no page marks any for longer than that is shown.
    fn note(&mut self, mark: &str) {
        if !self.is_alternate {
            let x = self.main.x;
            self.main.row_mut().milestones.note(mark, x);
        }
    }

    /// Puts the title aside or takes one back (`XTWINOPS` 22 and 23).
    pub(super) fn stack_title(&mut self, parameters: &Parameters) {
        match (parameters.get(0), parameters.get(1)) {
            (22, 0 | 2) => {
                if self.titles.len() == TITLES {
                    self.titles.remove(0);
                }
                self.titles.push(self.title.clone());
            }
            (23, 0 | 2) => {
                if let Some(title) = self.titles.pop() {
                    self.set_title(title);
                }
            }
            _ => {}
        }
    }

    fn set_title(&mut self, mut title: String) {
        title.truncate(title.floor_char_boundary(TITLE));
        self.heard.title = Some(title.clone());
        self.title = title;
    }

    fn set_link(&mut self, text: &str) {
        let Some((options, uri)) = text.split_once(';') else { return };
        let link = if uri.is_empty() {
            if !options.trim().is_empty() {
                return;
            }
            0
        } else {
            let id = options.trim().split(':').find_map(|option| option.strip_prefix("id=")).unwrap_or_default();
            if id.is_empty() {
                self.link_serial += 1;
            }
            let serial = if id.is_empty() { self.link_serial } else { 0 };
            self.links.id(Link { serial, id: id.into(), uri: uri.into() })
        };
        self.draw_with(Style { link, ..self.pen });
    }

    fn set_indexed_colors(&mut self, text: &str) {
        let mut slots = text.split(';');
        while let (Some(index), Some(color)) = (slots.next(), slots.next()) {
            if let (Ok(index), true) = (index.parse(), is_color(color)) {
                self.palette.insert(PaletteEntry::Indexed(index), color.to_owned());
            }
        }
    }

    /// Each further colour is that of the next number.
    fn set_special_colors(&mut self, first: u8, text: &str) {
        for (number, color) in (first..=12).zip(text.split(';')) {
            if is_color(color) {
                self.palette.insert(PaletteEntry::Special(number), color.to_owned());
            }
        }
    }
}

/// Whether xterm.js takes it for a colour: `rgb:h/h/h` with one to four digits each, or `#` and 3, 6, 9 or 12 digits. A
/// question mark, which would be a query, is none.
fn is_color(text: &str) -> bool {
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.len() <= COLOR
        && match (text.strip_prefix('#'), text.get(..4)) {
            (Some(digits), _) => matches!(digits.len(), 3 | 6 | 9 | 12) && is_hex(digits),
            (None, Some(head)) if head.eq_ignore_ascii_case("rgb:") => {
                let parts: Vec<&str> = text[4..].split('/').collect();
                parts.len() == 3 && parts.iter().all(|part| (1..=4).contains(&part.len()) && is_hex(part))
            }
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_told_from_queries() {
        for color in ["rgb:ff/00/1a", "RGB:f/0/1", "#fff", "#ffeedd"] {
            assert!(is_color(color), "{color}");
        }
        for other in ["?", "", "red", "rgb:ff/00", "rgb:ff/00/zz", "#ff", "rgb:fffff/0/0", "é?:"] {
            assert!(!is_color(other), "{other}");
        }
    }
}
