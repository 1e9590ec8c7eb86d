//! How cells look, and the control sequences that say it.

use std::io::Write as _;

/// A colour as it was chosen: the first sixteen by their own sequences, since bold may brighten only those.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Color {
    #[default]
    Default,
    Basic(u8),
    Indexed(u8),
    Rgb(u8, u8, u8),
}

/// Attributes as a set of bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Attributes(u16);

impl Attributes {
    pub(super) const BOLD: Self = Self(1);
    pub(super) const DIM: Self = Self(1 << 1);
    pub(super) const ITALIC: Self = Self(1 << 2);
    pub(super) const UNDERLINE: Self = Self(1 << 3);
    pub(super) const BLINK: Self = Self(1 << 4);
    pub(super) const INVERSE: Self = Self(1 << 5);
    pub(super) const INVISIBLE: Self = Self(1 << 6);
    pub(super) const STRIKE: Self = Self(1 << 7);
    pub(super) const OVERLINE: Self = Self(1 << 8);
    /// Selective erasure passes it over (DECSCA).
    pub(super) const PROTECTED: Self = Self(1 << 9);

    pub(super) fn has(self, attribute: Self) -> bool {
        self.0 & attribute.0 != 0
    }

    pub(super) fn set(&mut self, attribute: Self, on: bool) {
        if on {
            self.0 |= attribute.0;
        } else {
            self.0 &= !attribute.0;
        }
    }
}

/// What a cell looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Style {
    pub(super) foreground: Color,
    pub(super) background: Color,
    pub(super) attributes: Attributes,
    /// 1 single, 2 double, 3 curly, 4 dotted, 5 dashed; meant only with [`Attributes::UNDERLINE`].
    pub(super) underline: u8,
    pub(super) underline_color: Color,
    /// The number of a hyperlink, 0 for none.
    pub(super) link: u32,
}

impl Style {
    /// What erasing leaves behind: the background alone.
    pub(super) fn erased(self) -> Self {
        Self { background: self.background, ..Self::default() }
    }

    /// What a cell keeps of the pen: an underline's looks only where something is underlined.
    pub(super) fn of_cell(self) -> Self {
        if self.attributes.has(Attributes::UNDERLINE) {
            Self { underline: self.underline.max(1), ..self }
        } else {
            Self { underline: 0, underline_color: Color::Default, ..self }
        }
    }

    /// Writes the sequences that lead from `before` to this, the link apart.
    pub(super) fn write(self, before: Self, out: &mut Vec<u8>) {
        let protected = self.attributes.has(Attributes::PROTECTED);
        let was_protected = before.attributes.has(Attributes::PROTECTED);
        let mut looks = self;
        looks.attributes.set(Attributes::PROTECTED, was_protected);
        if (Self { link: before.link, ..looks }) != before {
            self.write_looks(out);
            // `SGR 0` has ended the protection, if there was any.
            if protected {
                out.extend_from_slice(b"\x1b[1\"q");
            }
        } else if protected != was_protected {
            out.extend_from_slice(if protected { b"\x1b[1\"q" } else { b"\x1b[2\"q" });
        }
    }

    fn write_looks(self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\x1b[");
        let codes = [
            (Attributes::BOLD, b"1"),
            (Attributes::DIM, b"2"),
            (Attributes::ITALIC, b"3"),
            (Attributes::BLINK, b"5"),
            (Attributes::INVERSE, b"7"),
            (Attributes::INVISIBLE, b"8"),
            (Attributes::STRIKE, b"9"),
        ];
        if self.erased() != (Self { link: 0, ..self }) || self.background != Color::Default {
            out.push(b'0');
        }
        for (attribute, code) in codes {
            if self.attributes.has(attribute) {
                out.push(b';');
                out.extend_from_slice(code);
            }
        }
        if self.attributes.has(Attributes::OVERLINE) {
            out.extend_from_slice(b";53");
        }
        if self.attributes.has(Attributes::UNDERLINE) {
            out.extend_from_slice(b";4");
            if self.underline > 1 {
                out.extend_from_slice(&[b':', b'0' + self.underline]);
            }
        }
        write_color(self.foreground, 30, out);
        write_color(self.background, 40, out);
        // Writing to memory does not fail. Colons, because a terminal that does not know 58 passes over all of it then.
        let _ = match self.underline_color {
            Color::Default => Ok(()),
            Color::Basic(index) | Color::Indexed(index) => write!(out, ";58:5:{index}"),
            Color::Rgb(r, g, b) => write!(out, ";58:2::{r}:{g}:{b}"),
        };
        out.push(b'm');
    }
}

fn write_color(color: Color, base: u8, out: &mut Vec<u8>) {
    // Writing to memory does not fail.
    let _ = match color {
        Color::Default => Ok(()),
        Color::Basic(index @ 0..8) => write!(out, ";{}", base + index),
        Color::Basic(index) => write!(out, ";{}", base + 60 + (index & 7)),
        Color::Indexed(index) => write!(out, ";{};5;{index}", base + 8),
        Color::Rgb(r, g, b) => write!(out, ";{};2;{r};{g};{b}", base + 8),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(style: Style, before: Style, expected: &str) {
        let mut out = Vec::new();
        style.write(before, &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    fn attributes(list: &[Attributes]) -> Attributes {
        let mut attributes = Attributes::default();
        list.iter().for_each(|attribute| attributes.set(*attribute, true));
        attributes
    }

    #[test]
    fn a_style_is_written_from_nothing() {
        let plain = Style::default();
        check(plain, plain, "");
        check(plain, Style { background: Color::Basic(1), ..plain }, "\x1b[m");
        check(Style { foreground: Color::Basic(9), ..plain }, plain, "\x1b[0;91m");
        check(Style { background: Color::Indexed(7), ..plain }, plain, "\x1b[0;48;5;7m");
        let bold = attributes(&[Attributes::BOLD, Attributes::INVERSE]);
        check(Style { attributes: bold, foreground: Color::Rgb(1, 2, 3), ..plain }, plain, "\x1b[0;1;7;38;2;1;2;3m");
        let curly = attributes(&[Attributes::UNDERLINE]);
        let curly = Style { attributes: curly, underline: 3, underline_color: Color::Rgb(1, 2, 3), ..plain };
        check(curly, plain, "\x1b[0;4:3;58:2::1:2:3m");
    }

    #[test]
    fn protection_is_said_apart() {
        let plain = Style::default();
        let protected = Style { attributes: attributes(&[Attributes::PROTECTED]), ..plain };
        check(protected, plain, "\x1b[1\"q");
        check(plain, protected, "\x1b[2\"q");
        check(Style { foreground: Color::Basic(1), ..protected }, protected, "\x1b[0;31m\x1b[1\"q");
    }
}
