//! The national and graphical character sets that replace printable ASCII, as far as xterm.js has them.

/// A character set, by the last byte of the sequence that designates it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Charset(u8);

impl Default for Charset {
    /// ASCII.
    fn default() -> Self {
        Self(b'B')
    }
}

/// From `_` on: line drawing and a few symbols. The first is a blank in DEC's table; xterm.js keeps the underscore.
const GRAPHICS: [char; 31] = [
    '◆', '▒', '␉', '␌', '␍', '␊', '°', '±', '␤', '␋', '┘', '┐', '┌', '└', '┼', '⎺', '⎻', '─', '⎼', '⎽', '├', '┤', '┴',
    '┬', '│', '≤', '≥', 'π', '≠', '£', '·',
];

impl Charset {
    /// The set designated by a byte; ASCII by one that is unknown.
    pub(super) fn designated(by: u8) -> Self {
        let known =
            matches!(by, b'0' | b'A' | b'4'..=b'7' | b'C' | b'E' | b'H' | b'K' | b'Q' | b'R' | b'Y' | b'Z' | b'=');
        if known { Self(by) } else { Self::default() }
    }

    pub(super) fn is_ascii(self) -> bool {
        self == Self::default()
    }

    /// The byte that designates it.
    pub(super) fn designator(self) -> u8 {
        self.0
    }

    /// The code point that an ASCII character stands for.
    pub(super) fn map(self, byte: u8) -> u32 {
        let mapped = if self.0 == b'0' {
            byte.checked_sub(b'`').and_then(|index| GRAPHICS.get(usize::from(index)).copied())
        } else {
            let table = national(self.0);
            table.split(' ').find_map(|pair| pair.strip_prefix(char::from(byte))?.chars().next())
        };
        mapped.map_or_else(|| byte.into(), u32::from)
    }
}

/// Pairs of an ASCII character and what replaces it.
fn national(set: u8) -> &'static str {
    match set {
        b'A' => "#£",
        b'4' => "#£ @¾ [ij \\½ ]| {¨ |f }¼ ~´",
        b'C' | b'5' => "[Ä \\Ö ]Å ^Ü `é {ä |ö }å ~ü",
        b'R' => "#£ @à [° \\ç ]§ {é |ù }è ~¨",
        b'Q' => "@à [â \\ç ]ê ^î `ô {é |ù }è ~û",
        b'K' => "@§ [Ä \\Ö ]Ü {ä |ö }ü ~ß",
        b'Y' => "#£ @§ [° \\ç ]é `ù {à |ò }è ~ì",
        b'E' | b'6' => "@Ä [Æ \\Ø ]Å ^Ü `ä {æ |ø }å ~ü",
        b'Z' => "#£ @§ [¡ \\Ñ ]¿ {° |ñ }ç",
        b'H' | b'7' => "@É [Ä \\Ö ]Å ^Ü `é {ä |ö }å ~ü",
        b'=' => "#ù @à [é \\ç ]ê ^î _è `ô {ä |ö }ü ~û",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(set: u8, text: &str, expected: &str) {
        let set = Charset::designated(set);
        let mapped: String = text.bytes().filter_map(|byte| char::from_u32(set.map(byte))).collect();
        assert_eq!(mapped, expected);
    }

    #[test]
    fn sets_replace_some_of_ascii() {
        check(b'B', "lqk#", "lqk#");
        check(b'0', "lqk_`~A", "┌─┐_◆·A");
        check(b'A', "a#", "a£");
        check(b'K', "[|]", "ÄöÜ");
        check(b'4', "[f", "if");
        check(b'?', "[|]", "[|]");
    }
}
